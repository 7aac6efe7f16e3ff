#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the SD card image of a Faro box for arm64 boards: Debian 13, the faro package, a system
# that is only read, and a partition for what the box writes. Nothing of the card is mounted
# here and no binfmt_misc is needed: file systems are made from folders, and Debian's packages
# are configured in an emulated machine that has the card as its disk.
# Usage: build.sh [AUTHORIZED_KEYS], from the top of the source.
# Environment: O (build folder), FARO_MIRROR (Debian mirror).
# What comes of it is O/image/faro-arm64.img.
set -eu
O=${O:-build}
keys=${1:-}
work=$O/image
mirror=${FARO_MIRROR:-http://deb.debian.org/debian}
here=config/image
[ "$(id -u)" = 0 ] || exec sudo O="$O" FARO_MIRROR="${FARO_MIRROR:-}" "$0" "$@"

# Sizes in MiB: boot, system, data (the box makes it as large as its card).
boot=384
system=1664
data=128

deb=$(ls "$O"/deb/faro_*+deb13_arm64.deb 2>/dev/null || true)
if [ -z "$deb" ]; then
	DEB_BUILD_OPTIONS=nocheck config/debian/build.sh trixie arm64
	deb=$(ls "$O"/deb/faro_*+deb13_arm64.deb)
fi

# What a box needs besides its package; what the package needs it says itself.
packages=systemd-sysv,dbus,udev,kmod,openssh-server,raspi-firmware,initramfs-tools,systemd-timesyncd,systemd-resolved
packages=$packages,libnss-resolve,libnss-myhostname,busybox-static,sudo,adduser,nano,less,iproute2,fdisk,util-linux-extra
packages=$packages,e2fsprogs,dosfstools,gpiod,linux-image-arm64
needs=$(dpkg-deb -f "$deb" Depends Pre-Depends |
	sed 's/^[A-Za-z-]*: *//; s/([^)]*)//g; s/|[^,]*//g; s/ //g' | paste -sd,)

mkdir -p "$work"
root=$work/root
rm -rf --one-file-system "$root" "$work/kernel"
echo "image: Debian 13 for arm64"
debootstrap --foreign --arch=arm64 --variant=minbase --components=main,non-free-firmware \
	--include="$packages,$needs" trixie "$root" "$mirror" >"$work/debootstrap.log" 2>&1 || {
	tail -5 "$work/debootstrap.log" >&2
	exit 1
}
archives=$root/var/cache/apt/archives
dpkg-deb -x "$archives"/linux-image-6*_arm64.deb "$work/kernel"
dpkg-deb -x "$archives"/busybox-static_*_arm64.deb "$work/kernel"

# In a container debootstrap leaves links to the builder's own.
for d in proc sys; do
	[ ! -L "$root/$d" ] || { rm "$root/$d" && mkdir "$root/$d"; }
done
# Only the essential packages are put in one by one; all others in one go, which is many times
# faster when emulated.
: >"$root/debootstrap/base"
cp -r $here/root/. "$root/"
chown -R 0:0 "$root/etc/ssh" "$root/etc/systemd" "$root/usr/lib/faro"
install -m 755 $here/second-stage.sh "$root/second-stage.sh"
cp "$deb" "$root/faro.deb"
mkdir -p "$root/etc/dpkg/dpkg.cfg.d" "$root/boot/firmware"
printf "force-confold\nforce-unsafe-io\n" >"$root/etc/dpkg/dpkg.cfg.d/image"

img=$work/faro-arm64.img
rm -f "$img"
truncate -s $((4 + boot + system + data))M "$img"
# The boot programs of a Raspberry Pi read the old kind of partition table, all of them.
sfdisk --quiet "$img" <<EOF
label: dos
start=4MiB, size=${boot}MiB, type=c, bootable
start=$((4 + boot))MiB, size=${system}MiB, type=83
start=$((4 + boot + system))MiB, size=${data}MiB, type=83
EOF
mkfs.vfat -n FARO-BOOT --offset=$((4 * 2048)) "$img" $((boot * 1024)) >/dev/null
mke2fs -q -F -t ext4 -L faro-root -d "$root" -E offset=$(((4 + boot) << 20)) "$img" ${system}M
mke2fs -q -F -t ext4 -L faro-data -m 1 -E offset=$(((4 + boot + system) << 20)) "$img" ${data}M
if [ -n "$keys" ]; then
	MTOOLS_SKIP_CHECK=1 mcopy -i "$img@@4M" "$keys" ::authorized_keys
fi

echo "image: configuring the packages in an emulated machine (minutes)"
$here/initrd.sh "$work/kernel" /second-stage.sh "$work/initrd"
timeout 7200 qemu-system-aarch64 -M virt -cpu cortex-a72 -smp 2 -m 1024 -nographic -no-reboot \
	-nic none \
	-kernel "$work"/kernel/boot/vmlinuz-* -initrd "$work/initrd" \
	-append "console=ttyAMA0 quiet panic=-1" \
	-drive file="$img",format=raw,if=none,id=card,cache=unsafe \
	-device virtio-blk-device,drive=card \
	</dev/null >"$work/second-stage.log" 2>&1 || true
grep -q 'second stage: DONE' "$work/second-stage.log" || {
	tail -20 "$work/second-stage.log" >&2
	exit 1
}
e2fsck -fn "$img?offset=$(((4 + boot) << 20))" >"$work/e2fsck.log" 2>&1 || {
	cat "$work/e2fsck.log" >&2
	exit 1
}
rm -rf --one-file-system "$root"
echo "image: $img, $(du -m "$img" | cut -f1) MiB of data"
