#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Boots the card image in an emulated arm64 machine and looks at it as its admin does: over SSH,
# with a key. Emulated are the machine (qemu's "virt": a Cortex-A72, a virtio disk for the card,
# an i6300esb watchdog, a USB serial adapter with a simulated modem behind it); kernel, memory
# disk, packages and files are the card's own. A Raspberry Pi's boot programs are not run.
# Usage: image.sh BUILD_DIR
set -eu
O=$(realpath "$1")
dir=$(mktemp -d "${TMPDIR:-/tmp}/faro-image.XXXXXX")
qemu=
sim=

stop() { # pid
	[ -z "$1" ] || { kill -9 "$1" && wait "$1"; } 2>/dev/null || true
}
finish() {
	stop "$qemu"
	stop "$sim"
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT TERM

. tests/target/checks.sh

card=$dir/card.img
cp --sparse=always "$O/image/faro-arm64.img" "$card"
# A card is larger than the image that is written to it.
truncate -s +256M "$card"
export MTOOLS_SKIP_CHECK=1
ssh-keygen -q -t ed25519 -N '' -f "$dir/key"
mcopy -o -i "$card@@4M" "$dir/key.pub" ::authorized_keys
kernel=$(mdir -b -i "$card@@4M" | sed -n 's|^::/\(vmlinuz-.*\)|\1|p' | tail -n 1)
mcopy -i "$card@@4M" "::$kernel" "::initrd.img-${kernel#vmlinuz-}" ::cmdline.txt "$dir/"
check "the boot partition has a kernel, its memory disk and the Raspberry Pi's boot programs" \
	sh -c "test -s '$dir/$kernel' && mdir -b -i '$card@@4M' | grep -q start4.elf"
# (the partition begins where build.sh has put it: after 4 MiB and the first one's 384)
system="$card?offset=$((388 << 20))"
check "its system was put away without a fault" e2fsck -fn "$system"
peek() { # at what is on it, by debugfs(8)
	debugfs -R "$1" "$system" 2>/dev/null
}
nameless() {
	peek 'stat /etc/machine-id' | grep -q '^User.* Size: 0$' &&
		! peek 'ls /etc/ssh' | grep ssh_host
}
check "and has no name and no keys yet" nameless
check "the kernel is told to read the system partition only" \
	grep -q 'root=LABEL=faro-root.* ro' "$dir/cmdline.txt"

"$O/modemsim" -d "$dir" -n 1 -r 100 -l "$dir/journal" -k >"$dir/sim.out" 2>&1 &
sim=$!
wait_for 20 grep -q ready "$dir/sim.out" || { cat "$dir/sim.out" >&2; exit 1; }
port=$((20000 + $$ % 20000))

# The card's watchdog counts to 15 s, the most that a Pi's can; systemd does not get round to it for
# longer while it starts up emulated on a busy machine.
power_on() {
	on=$(date +%s)
	qemu-system-aarch64 -M virt -cpu cortex-a72 -smp 2 -m 1024 -display none -no-reboot \
		-kernel "$dir/$kernel" -initrd "$dir/initrd.img-${kernel#vmlinuz-}" \
		-append "root=LABEL=faro-root ro rootwait console=ttyAMA0 panic=0 \
systemd.watchdog_sec=60" \
		-serial "file:$dir/console" \
		-drive "file=$card,format=raw,if=none,id=card" \
		-device virtio-blk-device,drive=card \
		-nic "user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:$port-:22" \
		-device i6300esb -action watchdog=reset \
		-device qemu-xhci -chardev "serial,id=modem,path=$(realpath "$dir/sim1")" \
		-device usb-serial,chardev=modem \
		</dev/null >"$dir/qemu.log" 2>&1 &
	qemu=$!
}
power_cut() {
	stop "$qemu"
	qemu=
}
box() { # command
	ssh -n -p "$port" -i "$dir/key" -o BatchMode=yes -o ConnectTimeout=20 \
		-o UserKnownHostsFile="$dir/known" \
		-o StrictHostKeyChecking=accept-new -o LogLevel=ERROR admin@127.0.0.1 "$@"
}
answers() {
	box faroctl status
}
gone() {
	! kill -0 "$qemu" 2>/dev/null
}
seconds() {
	echo $(($(date +%s) - on))
}

power_on
lets_in() {
	box true || gone
}
if ! wait_for 900 lets_in || gone; then
	say not "SSH answers"
	tail -n 30 "$dir/console"
	exit 1
fi
say ok "SSH lets in who has the key, $(seconds) s after power (emulated)"
# An admin's first change, checked before it takes effect. The emulated machine has no Raspberry
# Pi's pins.
cat >"$dir/faro.cfg" <<'EOF'
modems = ( { name = "sim1"; port = "auto"; } );
board = { driver = "none"; };
people = ( { phone = "+15105550100"; name = "Ana"; role = "admin"; },
           { phone = "+15105550101"; name = "Ben"; role = "dispatcher"; } );
EOF
ssh -p "$port" -i "$dir/key" -o BatchMode=yes -o UserKnownHostsFile="$dir/known" admin@127.0.0.1 \
	'sudo tee /etc/faro/faro.cfg' <"$dir/faro.cfg" >/dev/null
check "a changed configuration is checked and taken" \
	box 'sudo farod -n && sudo systemctl restart farod'
check "farod answers faroctl status" wait_for 300 answers
echo "      $(seconds) s after power (emulated)"
box faroctl status | sed 's/^/      /'
check "a password is not asked for" \
	sh -c "ssh -n -p $port -o PubkeyAuthentication=no -o BatchMode=yes \
	-o UserKnownHostsFile='$dir/known' admin@127.0.0.1 true 2>&1 | grep -q 'denied (publickey)'"
check "the system cannot be written to" \
	sh -c "! $(command -v ssh) -n -p $port -i '$dir/key' -o BatchMode=yes \
	-o UserKnownHostsFile='$dir/known' admin@127.0.0.1 sudo touch /usr/x"
check "what the box writes has a partition of its own" \
	box 'findmnt -no SOURCE /var/lib/faro | grep -q vda3'
check "it took the rest of the card" box 'test $(df --output=size -m /data | tail -n 1) -gt 320'
check "the list's key was made here and is farod's alone" \
	box 'sudo stat -c %U:%a /var/lib/faro/key | grep -qx faro:600'
check "the hardware watchdog runs" box 'grep -qx active /sys/class/watchdog/watchdog0/state'
check "no unit failed" \
	box 'test -z "$(systemctl --failed --no-legend)" || { systemctl --failed; false; }'

ready() {
	box faroctl --json status | grep -q '"state": *"ready"'
}
check "the modem on the USB serial adapter is found and ready" wait_for 300 ready
check "an alert is accepted" box 'faroctl alert --yes "Card test"'
check "and its texts left the box" \
	wait_for 120 sh -c "[ \$(grep -c 'Card test' '$dir/journal') -ge 2 ]"

host_key=$(ssh-keyscan -p "$port" -t ed25519 127.0.0.1 2>/dev/null | cut -d' ' -f3)
id=$(box cat /etc/machine-id)
power_cut
power_on
check "after the plug was pulled it comes back" wait_for 900 answers
echo "      $(seconds) s after power (emulated)"
check "with the same keys and name" \
	sh -c "[ '$(box cat /etc/machine-id)' = '$id' ] && [ '$host_key' = \
	'$(ssh-keyscan -p "$port" -t ed25519 127.0.0.1 2>/dev/null | cut -d' ' -f3)' ]"
check "and the list" box 'faroctl members list | grep -q Ana'

# A kernel that is dead: only the watchdog's own clock is left to start the machine anew.
on=$(date +%s)
box 'echo 0 | sudo tee /proc/sys/kernel/panic; echo c | sudo tee /proc/sysrq-trigger' \
	>/dev/null 2>&1 || true
check "a dead kernel is started anew by the watchdog" wait_for 120 gone
echo "      $(seconds) s after it died"
counts
