#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes what the bench's kernel boots into: busybox, and of ROOT what is named, at the same places.
# Usage: pack.sh OUT ROOT SRC COMMAND PATH...
# COMMAND is what the guest's sh runs in the folder SRC. ROOT is "/" for this machine's own. A PATH
# is absolute or begins in SRC: a folder comes whole, a program with the libraries that it needs.
set -eu

out=$1 root=$2 src=$3 command=$4
shift 4
here=$(realpath "$(dirname "$0")")
guest=$(mktemp -d)
trap 'rm -rf --one-file-system "$guest"' EXIT
if [ "$root" = / ]; then inside=; else inside="chroot $root"; fi

bring() { # FILE
	mkdir -p "$guest$(dirname "$1")"
	cp -rL "${root%/}$1" "$guest$(dirname "$1")"
}

for path in /etc/passwd /etc/group "$@"; do
	case $path in /*) ;; *) path=$src/$path ;; esac
	bring "$path"
	[ ! -f "${root%/}$path" ] || [ ! -x "${root%/}$path" ] && continue
	for library in $($inside ldd "$path" 2>/dev/null | grep -o '/[^ ]*'); do
		[ -e "$guest$library" ] || bring "$library"
	done
done
mkdir -p "$guest/dev" "$guest/proc" "$guest/sys" "$guest/run" "$guest/tmp" "$guest/bin"
cp /bin/busybox "$guest/bin/busybox"
install -m 755 "$here/init.sh" "$guest/init"
printf 'cd %s\n%s\n' "$src" "$command" >"$guest/command"
(cd "$guest" && find . | cpio -o -H newc -R 0:0 --quiet) >"$out"
