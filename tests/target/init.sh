#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# The first process of the bench: mounts what the tests need, runs the command, says how it ended,
# stops.
/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin:/usr/sbin HOME=/
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts -o ptmxmode=666 devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs run /run
mount -t configfs configfs /sys/kernel/config
exec </dev/null >/dev/ttyS1 2>&1
stty -F /dev/ttyS1 115200 raw -echo
sh /command
echo "faro-target-result $?"
stty -F /dev/ttyS1 -echo # returns when all is out
reboot -f
