#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the Debian package for one release and one machine in a root of that release, runs the
# unit tests (of another machine's package under qemu-user), builds it a second time elsewhere and
# compares, and asks lintian.
# Usage: build.sh SUITE ARCH [tests], from the top of the source; tests: only the unit tests, with
# what was compiled there earlier.
# Environment: O (build folder), FARO_MIRROR (Debian mirror), DEB_BUILD_OPTIONS (nocheck: no tests).
# What comes of it is in O/deb.
set -eu
suite=$1
arch=$2
only=${3:-}
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
		--aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
		"$suite" "$root" "$mirror"
	touch "$root/.complete"
fi

# A tree as a release would have it; the package says for which Debian it is.
put_source() { # directory in the root
	mkdir -p "$root$1"
	find "$root$1" -mindepth 1 -maxdepth 1 ${only:+! -name build} \
		-exec rm -rf --one-file-system {} +
	tar -c --exclude=./.git --exclude=./build --exclude="./$O" . | tar -x -C "$root$1"
	cp -r config/debian "$root$1/debian"
	rm "$root$1/debian/build.sh" "$root$1/debian/inside.sh"
	sed -i "1s/)/+deb$release)/" "$root$1/debian/changelog"
}

in_root() { # shell text
	config/debian/inside.sh "$root" "$1"
}

build() { # directory, name of the log, shell text that sets the scene, arguments ...
	log=$work/$suite-$arch$2.log
	scene="cd $1 && $3"
	shift 3
	in_root "$scene && dpkg-buildpackage -uc -us -a$arch $*" >"$log" 2>&1 || {
		tail -40 "$log" >&2
		exit 1
	}
}

put_source /one/faro
if [ "$only" = tests ]; then
	build /one/faro -tests "export DEB_BUILD_OPTIONS=" --rules-target=build-arch
	echo "deb: the unit tests of $suite $arch:"
	grep -aE '^ok .* skipped' "$log" || true
	grep -aE '^[0-9]+ passed' "$log"
	exit 0
fi
put_source /two/elsewhere/faro-again
build /one/faro "" "export DEB_BUILD_OPTIONS='${DEB_BUILD_OPTIONS:-}'" -b
grep -aE '^[0-9]+ passed' "$log" || true
build /two/elsewhere/faro-again -again \
	"umask 027 && export TZ=Asia/Kolkata DEB_BUILD_OPTIONS=nocheck" -b -Pnocheck
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
