#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a shell text in another Debian's root, as its first process and with mounts of its own: all
# of it ends with the text.
# Usage: inside.sh ROOT TEXT
set -eu
exec unshare --mount --pid --fork --kill-child \
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
	chroot "$1" sh -euc "mount -t proc proc /proc; mount -t tmpfs tmpfs /tmp
		mkdir -p /dev/pts /dev/shm; mount -t tmpfs tmpfs /dev/shm
		mount -t devpts -o newinstance,ptmxmode=666 devpts /dev/pts
		[ ! -c /dev/ptmx ] || mount --bind /dev/pts/ptmx /dev/ptmx; $2"
