#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Memory and start-up time of farod built for another machine, under qemu-user: as what they are.
# Every instruction is translated (several times slower than a board), and qemu's own memory is
# counted with farod's; beside it the same of this machine's farod.
# Usage: arm64.sh ROOT [FAROD], from the top of the source: ROOT has the libraries (build.sh makes
# one: build/deb/root-trixie-arm64), FAROD is by default what was built there.
set -eu
root=$1
farod=${2:-$root/one/faro/build/farod}
dir=$(mktemp -d)
pid=
clean() {
	[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || true
	rm -rf "$dir"
}
trap clean EXIT INT TERM

# The message files are those of the tree in which it was built.
configure() { # farod
	printf '%s\n' "box : { data_dir = \"$dir/data\"; control_socket = \"$dir/sock\";" \
		"messages_dir = \"$(dirname "$1")/../config/messages\"; };" \
		'board : { driver = "none"; };' \
		'people = ( { phone = "+15105550100"; role = "admin"; } );' >"$dir/faro.cfg"
}

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

measure() { # name, command ...
	name=$1
	shift
	for start in first second; do
		began=$(now_ms)
		"$@" -c "$dir/faro.cfg" >"$dir/log" 2>&1 &
		pid=$!
		while [ ! -S "$dir/sock" ]; do
			kill -0 "$pid" 2>/dev/null || { cat "$dir/log" >&2 && exit 1; }
			sleep 0.01
		done
		took=$(($(now_ms) - began))
		# fields 14 and 15 of stat, in hundredths of a second
		cpu=$(sed 's/.*) //' "/proc/$pid/stat" | awk '{ print ($12 + $13) * 10 }')
		sleep 1
		rss=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
		peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
		echo "$name, $start start: open after $took ms (CPU $cpu ms)," \
			"memory $rss KiB, peak $peak KiB"
		kill "$pid"
		wait "$pid" || true
		pid=
	done
	rm -rf "$dir/data"
}

configure "$PWD/build/farod"
measure "this machine" build/farod
configure "$farod"
measure "under qemu-user" qemu-aarch64-static -L "$root" "$farod"
