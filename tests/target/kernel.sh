#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the bench's kernel from Debian's source package: stock kernels come without gpio-sim. Done
# once for each kernel.config and version of the package; every clone finds it in FOLDER again. A
# few minutes on two processors, 1.5 GiB while it builds.
# Usage: kernel.sh FOLDER      (prints the path of the kernel; what else it says goes to stderr)
set -eu

config=$(realpath "$(dirname "$0")/kernel.config")
archive=$(find /usr/src -name 'linux-source-*.tar.xz' | sort -V | tail -n 1)
package=$(basename "$archive" .tar.xz)
version=$(dpkg-query -W -f '${Version}' "$package")
name=kernel-$version-$(grep '^CONFIG_' "$config" | sha256sum | cut -c 1-12)
mkdir -p "$1"
kernel=$(realpath "$1")/$name
[ -s "$kernel" ] && echo "$kernel" && exit 0

echo "target: building $kernel from $package (once, some minutes)" >&2
work=$(mktemp -d "$1/build.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
cd "$work"
tar -xf "$archive"
make -s -C "$package" allnoconfig KCONFIG_ALLCONFIG="$config" >build.log 2>&1
if grep '^CONFIG_' "$config" | grep -vxF -f "$package/.config" >dropped; then
	echo "target: this kernel does not take:" >&2
	cat dropped >&2
	exit 1
fi
nice make -s -C "$package" -j"$(nproc)" bzImage >>build.log 2>&1 ||
	{ tail -20 build.log >&2; exit 1; }
mv "$package/arch/x86/boot/bzImage" "$kernel"
echo "$kernel"
