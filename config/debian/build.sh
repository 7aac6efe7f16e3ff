#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the Debian package for one release and one machine in a root of that release, runs the
# unit tests (of another machine's package under qemu-user), builds it a second time elsewhere and
# compares, and asks lintian.
# Usage: build.sh SUITE ARCH, from the top of the source.
# Environment: O (build folder), FARO_MIRROR (Debian mirror), DEB_BUILD_OPTIONS (nocheck: no tests).
# What comes of it is in O/deb.
set -eu
suite=$1
arch=$2
O=${O:-build}
work=$O/deb
root=$work/root-$suite-$arch
mirror=${FARO_MIRROR:-http://deb.debian.org/debian}
here=$(dpkg --print-architecture)
[ "$(id -u)" = 0 ] || exec sudo O="$O" FARO_MIRROR="${FARO_MIRROR:-}" "$0" "$@"

case $suite in
bookworm) release=12 ;;
trixie) release=13 ;;
*) echo "build.sh: bookworm or trixie, not $suite" >&2 && exit 64 ;;
esac

tools=build-essential,mount,debhelper,po-debconf,fakeroot,pkgconf,lintian,ca-certificates,tzdata
at=
if [ "$arch" != "$here" ]; then
	at=:$arch
	tools=$tools,crossbuild-essential-$arch,qemu-user-static
fi
for lib in config csv gpiod jansson serialport sodium sqlite3 systemd cmocka; do
	tools=$tools,lib$lib-dev$at
done

if [ ! -e "$root/.complete" ]; then
	echo "deb: making a root of $suite for $arch"
	rm -rf --one-file-system "$root"
	mkdir -p "$work"
	mmdebstrap --quiet --variant=apt --architectures="$here${at:+,$arch}" --include="$tools" \
		--aptopt='APT::Install-Recommends "false"' "$suite" "$root" "$mirror"
	touch "$root/.complete"
fi

# A tree as a release would have it; the package says for which Debian it is.
put_source() { # directory in the root
	rm -rf --one-file-system "$root$1"
	mkdir -p "$root$1"
	tar -c --exclude=./.git --exclude=./build --exclude="./$O" . | tar -x -C "$root$1"
	cp -r config/debian "$root$1/debian"
	rm "$root$1/debian/build.sh"
	sed -i "1s/)/+deb$release)/" "$root$1/debian/changelog"
}

inside() { # command ...
	unshare --mount --pid --fork --kill-child \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"
}
in_root() { # shell text
	inside chroot "$root" sh -euc "mount -t proc proc /proc; mount -t tmpfs tmpfs /tmp
		mkdir -p /dev/pts /dev/shm; mount -t tmpfs tmpfs /dev/shm
		mount -t devpts -o newinstance,ptmxmode=666 devpts /dev/pts
		[ ! -c /dev/ptmx ] || mount --bind /dev/pts/ptmx /dev/ptmx; $1"
}

put_source /one/faro
put_source /two/elsewhere/faro-again
in_root "cd /one/faro && export DEB_BUILD_OPTIONS='${DEB_BUILD_OPTIONS:-}' &&
	dpkg-buildpackage -b -uc -us -a$arch" >"$work/$suite-$arch.log" 2>&1 || {
	tail -40 "$work/$suite-$arch.log" >&2
	exit 1
}
grep -E '^[0-9]+ passed' "$work/$suite-$arch.log" || true
in_root "cd /two/elsewhere/faro-again && umask 027 && export TZ=Asia/Kolkata &&
	DEB_BUILD_OPTIONS=nocheck dpkg-buildpackage -b -uc -us -a$arch -Pnocheck" \
	>"$work/$suite-$arch-again.log" 2>&1 || {
	tail -40 "$work/$suite-$arch-again.log" >&2
	exit 1
}
for deb in "$root"/one/*.deb; do
	name=${deb##*/}
	cmp "$deb" "$root/two/elsewhere/$name"
	cp "$deb" "$work/"
	(cd "$work" && sha256sum "$name")
done
in_root "lintian --fail-on error,warning --tag-display-limit 0 -i --pedantic /one/*.changes" \
	>"$work/$suite-$arch.lintian" 2>&1 || {
	cat "$work/$suite-$arch.lintian" >&2
	exit 1
}
echo "deb: $suite $arch: twice the same, lintian finds nothing"
