# SPDX-License-Identifier: Apache-2.0
# For scripts that look at a whole system: one line a check, and what it said when it failed. They
# set `dir`, a folder of their own.
passed=0
failed=0

say() { # ok|not what
	if [ "$1" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
	printf '%-5s %s\n' "$1" "$2"
}
check() { # what command ...
	what=$1
	shift
	if "$@" >"$dir/check" 2>&1; then
		say ok "$what"
	else
		say not "$what"
		sed 's/^/      /' "$dir/check"
	fi
}
# Repeats a command until it succeeds, for at most so many seconds.
wait_for() { # LIMIT command ...
	end=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$end" ] || return 1
		sleep 0.2
	done
}
counts() {
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}
