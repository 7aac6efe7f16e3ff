#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# The first process of the bench: mounts what the tests need, runs the program, says how it ended,
# stops.
/bin/busybox --install -s /bin
export PATH=/bin HOME=/
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t configfs configfs /sys/kernel/config
exec </dev/null >/dev/ttyS1 2>&1
stty -F /dev/ttyS1 115200 raw -echo
"$(cat /program)"
echo "faro-target-result $?"
stty -F /dev/ttyS1 -echo # returns when all is out
reboot -f
