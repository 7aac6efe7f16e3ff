#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Boots the bench's kernel in QEMU, runs one program in it as root, shows what it prints and ends as
# it does. Usage: boot.sh KERNEL ROOT PROGRAM
# PROGRAM is an absolute path below ROOT ("/" for this machine's own): it and the libraries it needs
# are packed, as they are in ROOT. 124: it took longer than FARO_TARGET_LIMIT_S (300); 125: the
# machine ended without a result.
set -eu

kernel=$1 root=$2 program=$3
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What the guest sees: busybox, the program, its libraries at their places.
guest=$work/guest
mkdir -p "$guest/dev" "$guest/proc" "$guest/sys" "$guest/tmp" "$guest/bin"
cp /bin/busybox "$guest/bin/busybox"
install -m 755 "$here/init.sh" "$guest/init"
if [ "$root" = / ]; then inside=; else inside="chroot $root"; fi
for file in "$program" $($inside ldd "$program" | grep -o '/[^ ]*'); do
	mkdir -p "$guest$(dirname "$file")"
	cp -L "${root%/}$file" "$guest$file"
done
echo "$program" >"$guest/program"
(cd "$guest" && find . | cpio -o -H newc -R 0:0 --quiet) >"$work/initramfs"

# KVM where the processor has the extension; elsewhere /dev/kvm, if it is there at all, is slower
# than none.
accel=tcg
[ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo && accel=kvm
code=0
timeout -k 5 "${FARO_TARGET_LIMIT_S:-300}" \
	qemu-system-x86_64 -M pc -accel "$accel" -m 256 -nodefaults -no-user-config \
	-display none -no-reboot -kernel "$kernel" -initrd "$work/initramfs" \
	-append "console=ttyS0 panic=-1 reboot=t" -serial "file:$work/console" -serial stdio \
	</dev/null >"$work/out" 2>&1 || code=$?
tr -d '\r' <"$work/out" | sed '/^faro-target-result /d'
[ "$code" != 124 ] || { echo "target: longer than ${FARO_TARGET_LIMIT_S:-300} s" >&2; exit 124; }
result=$(tr -d '\r' <"$work/out" | sed -n 's/^faro-target-result //p')
[ -n "$result" ] || { tail -20 "$work/console" >&2; exit 125; }
exit "$result"
