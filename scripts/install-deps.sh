#!/usr/bin/env bash
# Installs from Debian's packages what is missing here. As root or with sudo. Says nothing and takes
# no time if all is there. Usage: install-deps.sh [build|test|ci]
#   build  what the program is built from
#   test   and what its tests need; the default
#   ci     and what checks of the source need: format, fuzzing, a fresh machine, counts
set -euo pipefail

build=(
  g++ cmake ninja-build ccache pkg-config
  libtbb-dev libyaml-cpp-dev libspdlog-dev libfmt-dev libcli11-dev libsimdjson-dev libre2-dev
  libluajit-5.1-dev libabsl-dev tzdata zlib1g-dev libzstd-dev liblzma-dev libbz2-dev liblz4-dev
  nettle-dev libcurl4-openssl-dev
)
test=("${build[@]}" catch2 python3 python3-yaml python3-jsonschema openssl spin graphviz zstd)
ci=("${test[@]}" clang libclang-rt-dev clang-format debootstrap git valgrind)

case ${1:-test} in
  build) packages=("${build[@]}") ;;
  test) packages=("${test[@]}") ;;
  ci) packages=("${ci[@]}") ;;
  *)
    echo "usage: install-deps.sh [build|test|ci]" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
  echo "install-deps: no apt here; weir needs: ${packages[*]}" >&2
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true)
  if [[ $state != installed ]]; then missing+=("$package"); fi
done
if ((${#missing[@]} == 0)); then exit 0; fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo > /dev/null; then
    echo "install-deps: run as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "install-deps: installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}"
