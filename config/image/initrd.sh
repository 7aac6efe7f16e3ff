#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A first memory disk that mounts the card's first two partitions and goes there, made of an
# unpacked kernel package and an unpacked busybox-static.
# Usage: initrd.sh TREE INIT OUT
set -eu
tree=$1
init=$2
out=$3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
release=$(ls "$tree/usr/lib/modules")
mkdir -p "$dir/bin" "$dir/mnt" "$dir/proc" "$dir/dev" "$dir/modules"
cp "$tree/usr/bin/busybox" "$dir/bin/"
depmod -b "$tree/usr" "$release"
for module in virtio_mmio virtio_blk ext4 vfat nls_ascii nls_cp437; do
	modprobe -d "$tree/usr" -S "$release" --show-depends "$module"
done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' | while read -r ko; do
	xz -dc "$ko" >"$dir/modules/$(basename "$ko" .xz)"
	basename "$ko" .xz
done >"$dir/modules.order"
cat >"$dir/init" <<EOF
#!/bin/busybox sh
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
while read -r m; do insmod "/modules/\$m"; done </modules.order
while [ ! -b /dev/vda3 ]; do sleep 0.1; done
mount -t ext4 /dev/vda2 /mnt
mkdir -p /mnt/boot/firmware
mount -t vfat /dev/vda1 /mnt/boot/firmware
cp -a /dev/vda3 /mnt/dev/ 2>/dev/null
umount /proc
exec switch_root /mnt $init </dev/console >/dev/console 2>&1
EOF
chmod 755 "$dir/init"
(cd "$dir" && find . | cpio --quiet -o -H newc) | gzip -1 >"$out"
