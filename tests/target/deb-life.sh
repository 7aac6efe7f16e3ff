#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The life of a package: installed, configured and used, upgraded, removed, purged with each
# answer. Run by deb.sh in a root of its own, where /debs has old.deb and new.deb.
set -u
export PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
dir=$(mktemp -d)
. /debs/checks.sh
new=$(dpkg-deb -f /debs/new.deb Version)

# What the package asks of a running systemd is written down instead; nothing may depend on that
# it can be told to look again.
mkdir -p /run/systemd/system
for program in systemctl deb-systemd-invoke; do
	printf '#!/bin/sh\necho %s "$*" >>/run/asked\n[ "$1" != daemon-reload ]\n' $program \
		>/usr/local/sbin/$program
	chmod 755 /usr/local/sbin/$program
done
asked() { # what of systemd
	grep -qxF "$1" /run/asked || { cat /run/asked && false; }
}

install() { # old|new
	: >/run/asked
	apt-get install -y -q -o DPkg::Path="$PATH" /debs/"$1".deb
}
is_installed() { # version
	[ "$(dpkg-query -Wf '${Version}' faro)" = "$1" ]
}
same() { # file
	cmp "$1" "$dir/kept/$(basename "$1")"
}

# systemd makes these two for the service.
start() {
	mkdir -p /run/faro /var/lib/faro
	chown faro:faro /run/faro /var/lib/faro
	chmod 700 /var/lib/faro
	setpriv --reuid faro --regid faro --init-groups /usr/sbin/farod >"$dir/log" 2>&1 &
	farod=$!
	wait_for 20 faroctl status || { cat "$dir/log" && false; }
}
stop() {
	kill "$farod" && wait "$farod"
}
members() {
	faroctl members export | sort
}
# Starts the box, does that, stops the box.
with_box() { # command ...
	start && "$@"
	rc=$?
	stop && [ $rc = 0 ]
}
the_list_is_there() {
	members | diff - "$dir/kept/members"
}

use_the_box() {
	faroctl members add +15105550120 --role responder --name Lupe --language es &&
		faroctl members add +15105550121 --name Tariq &&
		members >"$dir/kept/members" && [ "$(wc -l <"$dir/kept/members")" -ge 3 ] &&
		cp /var/lib/faro/key "$dir/kept/"
}
purge_without_a_terminal() {
	dpkg --purge faro >"$dir/said" 2>&1 </dev/null
}
# On a terminal of its own, which script(1) makes.
purge_and_say() { # yes|no
	echo "$1" | DEBIAN_FRONTEND=teletype script -qec 'dpkg --purge faro' "$dir/said"
}
data_is() { # kept|gone
	case $1 in
	kept) same /var/lib/faro/key && test -s /var/lib/faro/faro.db ;;
	gone) ! ls /var/lib/faro 2>/dev/null ;;
	esac
}
nothing_is_left_in_etc() {
	! find /etc -name '*faro*' ! -name 'faro.conf' ! -path '*/faro/*' | grep . && ! ls /etc/faro
}

units_are_understood() {
	said=$(systemd-analyze verify --man=no farod.service faro-fault.service \
		faro-poweroff.service faro-poweroff.path 2>&1) && [ -z "$said" ] && return
	echo "$said"
	return 1
}

mkdir "$dir/kept"
echo "deb-test: Debian $(cat /etc/debian_version), from 0.0.9 to $new"

check "it installs, with what it needs and nothing that it only likes" install old
check "the user is made and may use ports and lines" \
	sh -c 'id -nG faro | grep -qw dialout && id -nG faro | grep -qw gpio'
check "the configuration is the sample, for root and the box alone" \
	sh -c 'cmp /etc/faro/faro.cfg /usr/share/faro/faro.cfg &&
		stat -c %U:%G:%a /etc/faro/faro.cfg | grep -qx root:faro:640'
check "it is not started before it was configured" \
	sh -c '! grep -E "(start|enable).*faro" /run/asked'

check "systemd understands its units" units_are_understood
check "and finds them closed: at most 1.5" \
	systemd-analyze security --offline=true --threshold=15 farod.service
tail -n 1 "$dir/check" | sed 's/^/      /'

cat >/etc/faro/faro.cfg <<'END'
# The words of an admin.
board = { driver = "none"; };
people = ( { phone = "+15105550100"; name = "Ana"; role = "admin"; } );
END
echo '# A word of an admin.' >>/etc/faro/messages/fr.cfg
cp /etc/faro/faro.cfg /etc/faro/messages/fr.cfg "$dir/kept/"
check "it runs as that user and gets a list" with_box use_the_box

check "it is upgraded" install new
check "to the new version" is_installed "$new"
check "the configuration is as it was" same /etc/faro/faro.cfg
check "and still for root and the box alone" \
	sh -c 'stat -c %U:%G:%a /etc/faro/faro.cfg | grep -qx root:faro:640'
check "a message file that was edited is as it was" same /etc/faro/messages/fr.cfg
check "a message file that was not is the new one" \
	sh -c '! grep "has no more" /etc/faro/messages/tl.cfg'
check "a box that ran is started anew" asked "deb-systemd-invoke try-restart farod.service"
check "the list is as it was" with_box the_list_is_there
check "and so is the key" data_is kept

check "it is removed" dpkg --remove faro
check "the box was stopped before" \
	asked "deb-systemd-invoke stop farod.service faro-fault.service faro-poweroff.path"
check "the configuration is kept" same /etc/faro/faro.cfg
check "the list is kept" data_is kept
check "installed again" install new
check "it has its configuration" same /etc/faro/faro.cfg
check "and its list" with_box the_list_is_there

check "a purge that can ask nobody" purge_without_a_terminal
check "keeps the list" data_is kept
check "and says so" grep -q 'kept in /var/lib/faro' "$dir/said"
check "the configuration is gone" nothing_is_left_in_etc

install new >"$dir/log" 2>&1
cp "$dir/kept/faro.cfg" /etc/faro/faro.cfg
check "a purge on a terminal" purge_and_say no
check "asks" grep -q 'Remove the list as well' "$dir/said"
check "and told no it keeps the list" data_is kept
install new >"$dir/log" 2>&1
cp "$dir/kept/faro.cfg" /etc/faro/faro.cfg
check "which is there when it is installed again" with_box the_list_is_there

check "removed first" dpkg --remove faro
check "a purge asks later" purge_and_say yes
check "and told yes" grep -q 'Remove the list as well' "$dir/said"
check "deletes the list and its key" data_is gone
check "and the configuration" nothing_is_left_in_etc

install new >"$dir/log" 2>&1
cp "$dir/kept/faro.cfg" /etc/faro/faro.cfg
check "a yes of the last time" with_box use_the_box
check "is not remembered by a purge that can ask nobody" purge_without_a_terminal
check "it keeps the list" data_is kept
install new >"$dir/log" 2>&1
echo 'faro faro/purge-list boolean true' | debconf-set-selections
check "a yes said beforehand" purge_without_a_terminal
check "deletes the list" data_is gone
rm -rf "$dir"
counts
