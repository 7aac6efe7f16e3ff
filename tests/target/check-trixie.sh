#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds and tests everything in a Debian 13 root: gcc 14, libgpiod 2.2, libconfig 1.7. The root is
# made once and kept in the build folder, together with what was compiled there.
# Usage: check-trixie.sh [what make is to do there; without it: test]
# Environment: O (build folder), FARO_MIRROR (Debian mirror), CI=1 (warnings are errors).
set -eu

cd "$(dirname "$0")/../.."
if [ "$(id -u)" != 0 ]; then
	exec sudo O="${O:-build}" FARO_MIRROR="${FARO_MIRROR:-}" CI="${CI:-}" "$0" "$@"
fi
work=${O:-build}/trixie
root=$work/root
mirror=${FARO_MIRROR:-http://deb.debian.org/debian}
[ $# -gt 0 ] || set -- test

if [ ! -e "$root/.complete" ]; then
	echo "check-trixie: making a Debian 13 root in $root"
	rm -rf --one-file-system "$root"
	mkdir -p "$work"
	mmdebstrap --quiet --variant=apt --include=make,mount,ca-certificates \
		--aptopt='APT::Install-Recommends "false"' trixie "$root" "$mirror"
	touch "$root/.complete"
fi

# The sources as they are now; what was compiled there earlier stays.
mkdir -p "$root/src"
find "$root/src" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
tar -c --exclude=./.git --exclude=./build --exclude="./${O:-build}" . | tar -x -C "$root/src"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"

# All mounts are in a namespace of their own and end with it.
cat >"$root/inside.sh" <<'INSIDE'
set -eu
mount -t proc proc /proc
mount -t sysfs -o ro sysfs /sys
mount -t tmpfs tmpfs /tmp
mkdir -p /dev/pts /dev/shm
mount -t tmpfs tmpfs /dev/shm
mount -t devpts -o newinstance,ptmxmode=666 devpts /dev/pts
[ -c /dev/ptmx ] && mount --bind /dev/pts/ptmx /dev/ptmx
cd /src
echo "check-trixie: Debian $(cat /etc/debian_version)"
exec make "$@"
INSIDE
exec unshare --mount --pid --fork --kill-child \
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 ${CI:+CI=1} \
	${FARO_TEST:+FARO_TEST="$FARO_TEST"} chroot "$root" sh /inside.sh "$@"
