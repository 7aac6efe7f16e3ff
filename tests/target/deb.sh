#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The life of this machine's package in a fresh root of its release, to which it is new: see
# deb-life.sh. The older package is the same with a lower version and another message file.
# Usage: deb.sh SUITE, from the top of the source. The package is made when there is none.
# Environment: O (build folder), FARO_MIRROR (Debian mirror).
set -eu
suite=$1
O=${O:-build}
mirror=${FARO_MIRROR:-http://deb.debian.org/debian}
[ "$(id -u)" = 0 ] || exec sudo O="$O" FARO_MIRROR="${FARO_MIRROR:-}" "$0" "$@"

case $suite in
bookworm) release=12 ;;
trixie) release=13 ;;
*) echo "deb.sh: bookworm or trixie, not $suite" >&2 && exit 64 ;;
esac
here=$(dpkg --print-architecture)
made="$O/deb/faro_*+deb${release}_$here.deb"
ls $made >/dev/null 2>&1 || config/debian/build.sh "$suite" "$here"
deb=$(ls $made)
dir=$(mktemp -d "${TMPDIR:-/tmp}/faro-deb.XXXXXX")
trap 'rm -rf --one-file-system "$dir"' EXIT
trap 'exit 130' INT TERM

root=$dir/root
echo "deb-test: a fresh root of $suite"
mmdebstrap --quiet --variant=apt --include=mount,ca-certificates --dpkgopt=force-unsafe-io \
	--aptopt='APT::Install-Recommends "false"' --skip=cleanup/apt "$suite" "$root" "$mirror"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"

mkdir "$root/debs"
cp "$deb" "$root/debs/new.deb"
dpkg-deb -R "$deb" "$dir/old"
sed -i 's/^Version: .*/Version: 0.0.9/' "$dir/old/DEBIAN/control"
echo '# A line that the new one has no more.' >>"$dir/old/etc/faro/messages/tl.cfg"
dpkg-deb --root-owner-group -b "$dir/old" "$root/debs/old.deb" >/dev/null

cp tests/target/checks.sh tests/target/deb-life.sh "$root/debs/"
config/debian/inside.sh "$root" "exec sh /debs/deb-life.sh"
