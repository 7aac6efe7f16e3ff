#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Boots the bench's kernel in QEMU, runs a command in it as root, shows what it prints and ends as
# it does. Usage: boot.sh KERNEL ROOT SRC COMMAND PATH... (see pack.sh)
# Environment: FARO_TARGET_CLOCK, what host_clock says; FARO_TARGET_LIMIT_S (1200).
# 124: it took longer; 125: the machine ended without a result.
set -eu

kernel=$1
shift
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
"$(dirname "$0")/pack.sh" "$work/initramfs" "$@"

# KVM where the processor has the extension; elsewhere /dev/kvm, if it is there at all, is slower
# than none.
accel=tcg
[ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo && accel=kvm
clock=
[ "$accel" = kvm ] || clock=${FARO_TARGET_CLOCK:-}
code=0
timeout -k 5 "${FARO_TARGET_LIMIT_S:-1200}" \
	qemu-system-x86_64 -M pc -accel "$accel" -cpu max -m 512 -nodefaults -no-user-config \
	-display none -no-reboot -kernel "$kernel" -initrd "$work/initramfs" \
	-append "console=ttyS0 panic=-1 reboot=t dummy_hcd.num=2 $clock" \
	-serial "file:$work/console" -serial stdio </dev/null >"$work/out" 2>&1 || code=$?
tr -d '\r' <"$work/out" | sed '/^faro-target-result /d'
[ "$code" != 124 ] || { echo "target: longer than ${FARO_TARGET_LIMIT_S:-1200} s" >&2; exit 124; }
result=$(tr -d '\r' <"$work/out" | sed -n 's/^faro-target-result //p')
[ -n "$result" ] || { tail -20 "$work/console" >&2; exit 125; }
exit "$result"
