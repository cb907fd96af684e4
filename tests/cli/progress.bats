#!/usr/bin/env bats
# One line on a terminal while a run lasts: script(1) makes the terminal, and a
# pipe that waits makes a run that lasts.

bats_require_minimum_version 1.5.0

load common

# Some nights, more than is looked at to recognise them, and after a pause one
# more.
slow() { # SECONDS
	for _ in 1 2 3 4 5 6; do cat "$NIGHT"; done >first.csv
	mkfifo slow.csv
	{
		cat first.csv
		sleep "$1"
		cat "$NIGHT"
	} >slow.csv &
}

on_terminal() { # COMMAND
	TERM=xterm script -qec "$1" /dev/null >seen </dev/null
}

ERASE=$'\r\e[K'

@test "a run that lasts shows how far it is, and erases that" {
	slow 3
	on_terminal "cdrscan -c $CONFIG -o report slow.csv"
	[[ $(cat seen) == *"${ERASE}cdrscan: "*" records, "*" MB, "*" MB/s"* ]]
	# The last one is erased, too.
	seen=$(cat seen)
	[[ ${seen##* records, } == *"$ERASE"* ]]
	cat first.csv "$NIGHT" >all.csv
	cdrscan -q -c "$CONFIG" -o alone all.csv
	cmp <(sed 's/slow.csv/all.csv/' report) alone
}

@test "a message begins where the line was" {
	slow 3
	on_terminal "cdrscan --no-config -v -o report slow.csv"
	[[ $(cat seen) == *"$ERASE"*"${ERASE}cdrscan: slow.csv: asterisk-csv"* ]]
}

@test "nothing of it with --quiet" {
	slow 3
	on_terminal "cdrscan -q -c $CONFIG -o report slow.csv"
	[ ! -s seen ]
}

@test "nothing of it where a terminal cannot erase" {
	slow 3
	TERM=dumb script -qec "cdrscan -c $CONFIG -o report slow.csv" /dev/null >seen </dev/null
	[[ $(cat seen) != *MB/s* ]]
}

@test "nothing of it without a terminal" {
	slow 3
	TERM=xterm cdrscan -c "$CONFIG" -o report slow.csv 2>err
	[[ $(cat err) != *MB/s* ]]
	[[ $(cat err) != *$'\r'* ]]
}

@test "nothing of it in a run that is soon over" {
	on_terminal "cdrscan -c $CONFIG -o report $NIGHT"
	[[ $(cat seen) != *MB/s* ]]
}
