#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the bench's kernel from Debian's source package: stock kernels come without gpio-sim. Done
# once; again when kernel.config or the package changes. A few minutes on two processors, 1.5 GiB
# while it builds.
# Usage: kernel.sh FOLDER      (the result is FOLDER/bzImage)
set -eu

config=$(realpath "$(dirname "$0")/kernel.config")
mkdir -p "$1"
cd "$1"
archive=$(find /usr/src -name 'linux-source-*.tar.xz' | sort -V | tail -n 1)
package=$(basename "$archive" .tar.xz)
stamp="$(dpkg-query -W "$package") $(sha256sum <"$config")"
[ -s bzImage ] && [ "$(cat stamp 2>/dev/null)" = "$stamp" ] && exit 0

echo "target: building a kernel from $package (once, some minutes)"
rm -rf "$package" stamp
tar -xf "$archive"
make -s -C "$package" allnoconfig KCONFIG_ALLCONFIG="$config" >build.log 2>&1
if grep '^CONFIG_' "$config" | grep -vxF -f "$package/.config" >dropped; then
	echo "target: this kernel does not take:" >&2
	cat dropped >&2
	exit 1
fi
make -s -C "$package" -j"$(nproc)" bzImage >>build.log 2>&1 || { tail -20 build.log >&2; exit 1; }
cp "$package/arch/x86/boot/bzImage" bzImage
rm -rf "$package"
echo "$stamp" >stamp
