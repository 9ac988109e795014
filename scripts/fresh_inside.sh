#!/usr/bin/env bash
# The part of fresh.sh with a namespace of its own. Usage: fresh_inside.sh enter ROOT PACKAGES CACHE
# JOB JOBS, which calls itself in the chroot as: fresh_inside.sh work JOB JOBS
set -euo pipefail

enter() { # ROOT PACKAGES CACHE JOB JOBS
  local root=$1
  mount --rbind /dev "$root/dev"
  mount -t proc proc "$root/proc"
  mount --rbind /sys "$root/sys"
  mount --bind "$2" "$root/var/cache/apt/archives"
  mkdir -p "$root/root/.cache/ccache"
  mount --bind "$3" "$root/root/.cache/ccache"
  exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    LANG=C.UTF-8 CCACHE_BASEDIR=/weir CCACHE_NOHASHDIR=1 CCACHE_DIR=/root/.cache/ccache \
    chroot "$root" bash /fresh_inside.sh work "$4" "$5"
}

work() { # JOB JOBS
  update-ca-certificates > /dev/null 2>&1 || true
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends make \
    > /dev/null
  cd /weir
  make "$1" ${2:+JOBS="$2"}
  if [[ $1 == demo ]]; then after_demo; fi
}

# The program is whole, and nothing was installed that only tests need.
after_demo() {
  build/release/bin/weir describe http.fetch > /dev/null
  local package
  for package in catch2 clang-format graphviz python3 spin; do
    if dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null | grep -qx installed; then
      echo "fresh: make demo installed $package, which only tests need" >&2
      exit 1
    fi
  done
}

"$@"
