#!/usr/bin/env bash
# Installs what weir is built from, from Debian's packages, where it is missing. As root or with
# sudo. Says nothing and takes no time if all is there.
set -euo pipefail

packages=(
  g++ cmake ninja-build ccache pkg-config
  libtbb-dev libyaml-cpp-dev libspdlog-dev libfmt-dev libcli11-dev libsimdjson-dev libre2-dev
  libluajit-5.1-dev zlib1g-dev libzstd-dev nettle-dev libcurl4-openssl-dev
  catch2 clang-format python3 openssl spin
)

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
