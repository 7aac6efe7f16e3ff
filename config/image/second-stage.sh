#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The second half of making the card, inside an emulated arm64 machine that has the card as its
# disk: packages are configured by the programs of their own machine, so the builder needs no
# binfmt_misc. It is the machine's first process; the last thing it says is DONE.
set -eu
export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root

switch_off() {
	sync
	[ -e /proc/sysrq-trigger ] || mount -t proc proc /proc
	echo o >/proc/sysrq-trigger
	sleep 60
}
trap 'tail -n 20 /debootstrap/debootstrap.log; echo "second stage: failed"; switch_off' EXIT

/debootstrap/debootstrap --second-stage
[ -e /proc/sysrq-trigger ] || mount -t proc proc /proc
echo "second stage: all other packages"
dpkg --unpack --force-depends --skip-same-version /var/cache/apt/archives/*.deb \
	/faro.deb
dpkg --configure --pending

useradd -m -s /bin/bash -c Admin -G sudo,adm,faro admin
echo 'admin ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin
chmod 440 /etc/sudoers.d/admin
echo faro >/etc/hostname
printf '127.0.0.1 localhost\n127.0.1.1 faro\n::1 localhost\n' >/etc/hosts
systemctl enable systemd-networkd systemd-resolved systemd-timesyncd ssh faro-first-boot farod
# A box has no screen to sit at, and nothing of it changes behind its admin's back.
systemctl mask getty@tty1.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
	e2scrub_all.timer fstrim.timer
rm -f /etc/ssh/ssh_host_*

# What the box writes lives on the last partition.
mkdir -p /data /var/log/journal /var/lib/faro
mount -t ext4 /dev/vda3 /data
mkdir -p /data/journal /data/ssh
cp -a /etc/faro /data/etc
cp -a /var/lib/systemd /data/systemd
install -d -m 700 -o faro -g faro /data/faro
chgrp systemd-journal /data/journal
chmod 2755 /data/journal
umount /data

rm -rf /faro.deb /debootstrap /etc/dpkg/dpkg.cfg.d/image /var/cache/apt/archives/*.deb \
	/var/lib/apt/lists/*
rm -rf /var/log/bootstrap.log /var/log/dpkg.log /var/log/alternatives.log /second-stage.sh
: >/etc/machine-id
ls -l /boot/firmware
df -h / /boot/firmware
umount /boot/firmware
trap - EXIT
# Another shell: this one's text, program and libraries have been replaced or removed, and as long
# as they are open the system cannot be put away.
exec sh -c 'sync
	mount -o remount,ro /dev/vda2 / && echo "second stage: DONE"
	echo o >/proc/sysrq-trigger
	sleep 60'
