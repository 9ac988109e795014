#!/usr/bin/env bash
# Runs `make demo` or `make test` as on a fresh machine: in a minimal Debian that knows nothing but
# apt and make, so that an install step that is missing shows. Needs root; what it mounts is seen by
# itself alone and gone with it, however it ends.
# Usage: fresh.sh RELEASE demo|test, for example: fresh.sh trixie demo
# Exit code 3: this machine does not allow it; the last line says why.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: fresh.sh RELEASE demo|test"
release=${1:?$usage}
job=${2:?$usage}
if [[ ! $release =~ ^[a-z]+$ || ! $job =~ ^(demo|test)$ ]]; then
  echo "$usage" >&2
  exit 2
fi

skip() {
  echo "fresh: $1" >&2
  exit 3
}
((EUID == 0)) || skip "only root may make a chroot"
command -v debootstrap > /dev/null || skip "no debootstrap here: scripts/install-deps.sh ci"
unshare --mount --pid --fork sh -c 'mount -t tmpfs none /tmp && mount -t proc proc /proc' \
  2> /dev/null || skip "mounts are not allowed here"

# "URI SUITE KEYRING" for each suite of Debian's that this machine's apt knows.
suites() {
  local files
  files=$(find /etc/apt/sources.list.d -name '*.sources' 2> /dev/null || true)
  if [[ -n $files ]]; then
    # shellcheck disable=SC2086
    awk 'BEGIN { RS = ""; FS = "\n" }
      {
        split("", of)
        for (i = 1; i <= NF; ++i) {
          if (!match($i, /^[A-Za-z-]+:/)) continue
          value = substr($i, RLENGTH + 1)
          gsub(/^[ \t]+/, "", value)
          of[tolower(substr($i, 1, RLENGTH - 1))] = value
        }
        if (of["types"] !~ /(^| )deb( |$)/ || of["enabled"] == "no") next
        count = split(of["suites"], names, " ")
        for (i = 1; i <= count; ++i) print of["uris"], names[i], of["signed-by"]
      }' $files
  fi
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2> /dev/null |
    sed -nE 's/^deb +(\[[^]]*\] +)?([^ ]+) +([^ ]+) .*/\2 \3/p' || true
}

# The same for RELEASE, whatever release this machine is: its mirrors, other suites.
own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
sources=$(suites | awk -v own="$own" -v wanted="$release" '
  $2 == own || $2 == own "-updates" || $2 == own "-security" { sub("^" own, wanted, $2); print }')
main=$(awk -v wanted="$release" '$2 == wanted { print; exit }' <<< "$sources")
[[ -n $main ]] || skip "no mirror of Debian among this machine's sources of apt"
read -r mirror _ keyring <<< "$main"
keyring=${keyring:-/usr/share/keyrings/debian-archive-keyring.gpg}

home=$PWD/build/fresh
root=$home/$release
packages=$home/packages-$release
mkdir -p "$home" "$packages/partial"
exec 9> "$home/$release.lock"
if ! flock --nonblock 9; then
  echo "fresh: another run is in $root" >&2
  exit 1
fi

inside=
leave() {
  if [[ -n $inside ]]; then
    kill -KILL "$inside" 2> /dev/null || true
    wait "$inside" 2> /dev/null || true
  fi
  rm -rf --one-file-system "$root"
}
trap leave EXIT
trap 'exit 130' INT TERM HUP
rm -rf --one-file-system "$root"

# Kills itself and all below it with this script; its mounts go with it.
aside() {
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child "$@" 9>&- < /dev/null &
  inside=$!
  local code=0
  wait "$inside" || code=$?
  inside=
  return "$code"
}

eval "$(apt-config shell proxy Acquire::http::Proxy)"
echo "fresh: a minimal $release of $mirror"
http_proxy=${http_proxy:-${proxy:-}} aside debootstrap --variant=minbase --include=ca-certificates \
  --cache-dir="$packages" --keyring="$keyring" "$release" "$root" "$mirror" \
  > "$home/debootstrap.log" 2>&1 || {
  tail -n 20 "$home/debootstrap.log" >&2
  exit 1
}

# How this machine reaches its mirrors, it does as well.
rm -f "$root/etc/apt/sources.list"
while read -r uri suite key; do
  if [[ -n $key && ! -e $root$key ]]; then install -D -m 644 "$key" "$root$key"; fi
  echo "deb ${key:+[signed-by=$key] }$uri $suite main"
done <<< "$sources" > "$root/etc/apt/sources.list"
apt-config dump | grep -E '^Acquire::(https?|Check|Retries)' > "$root/etc/apt/apt.conf.d/90machine" ||
  true
cp -r /etc/apt/auth.conf.d "$root/etc/apt/" 2> /dev/null || true
cp -r /usr/local/share/ca-certificates "$root/usr/local/share/" 2> /dev/null || true
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"

# The sources as a checkout has them, with what is not committed yet.
mkdir "$root/weir"
git ls-files -z --cached --others --exclude-standard |
  while IFS= read -r -d '' file; do
    if [[ -e $file || -L $file ]]; then printf '%s\0' "$file"; fi
  done | tar --null --create --files-from=- | tar --extract --no-same-owner --directory="$root/weir"

# The compiler's cache saves time and installs nothing.
cache=
if command -v ccache > /dev/null; then cache=$(ccache --get-config cache_dir); fi
if [[ ! -d $cache ]]; then cache=$home/ccache; fi
mkdir -p "$cache"
cp scripts/fresh_inside.sh "$root/"
aside scripts/fresh_inside.sh enter "$root" "$packages" "$cache" "$job" "${JOBS:-}"
