#!/usr/bin/env bash
# Builds oneTBB with ThreadSanitizer from Debian's source package, once, so that no suppression has
# to hide what happens inside it. Usage: build-tsan-tbb.sh FOLDER; TBBConfig.cmake is then below
# FOLDER/install. Exit code 3: the source package cannot be had here.
set -euo pipefail

mkdir -p "$1"
folder=$(cd "$1" && pwd)
if [[ -n $(find "$folder/install" -name TBBConfig.cmake 2> /dev/null) ]]; then exit 0; fi

skip() {
  echo "build-tsan-tbb: $1" >&2
  exit 3
}
command -v apt-get > /dev/null || skip "no apt here"

# Sources of this machine's own mirrors, in lists of our own: nothing of the system is changed.
apt=$folder/apt
rm -rf "$apt" "$folder/source" "$folder/build"
mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache/archives/partial" "$folder/source"
for file in /etc/apt/sources.list.d/*.sources; do
  if [[ -f $file ]] && grep -q debian "$file"; then
    sed 's/^Types:.*/Types: deb-src/' "$file" > "$apt/parts/$(basename "$file")"
  fi
done
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  if [[ -f $file ]]; then
    sed -n 's/^deb \(.*debian.*\)/deb-src \1/p' "$file" > "$apt/parts/$(basename "$file" .list).list"
  fi
done
options=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$apt/parts"
         -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache"
         -o APT::Sandbox::User=)

version=$(dpkg-query -W -f '${source:Version}' libtbb-dev 2> /dev/null || true)
apt-get "${options[@]}" update -qq || skip "apt-get update failed for the source lists"
cd "$folder/source"
apt-get "${options[@]}" source -qq --download-only "onetbb${version:+=$version}" ||
  skip "apt-get has no source package onetbb ${version}"
tar xf onetbb_*.orig.tar.*
tree=$(find . -mindepth 1 -maxdepth 1 -type d | head -n 1)

cmake -S "$tree" -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_CXX_FLAGS="-fsanitize=thread -g1 -Wno-tsan" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache \
  -DCMAKE_INSTALL_PREFIX="$folder/install" -DTBB_TEST=OFF -DTBB_STRICT=OFF \
  -DTBBMALLOC_BUILD=OFF -DTBB_DISABLE_HWLOC_AUTOMATIC_SEARCH=ON > "$folder/configure.log"
cmake --build "$folder/build"
cmake --install "$folder/build" > /dev/null
rm -rf "$folder/build" "$apt"
