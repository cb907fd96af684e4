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

@test "of many files the line tells how far all of them are" {
	mkdir many
	for i in 1 2 3; do cp "$NIGHT" many/$i.csv; done
	slow 3
	on_terminal "cdrscan -c $CONFIG -o report many slow.csv"
	[[ $(cat seen) == *"${ERASE}cdrscan: "*" records, "*" MB/s, file 4 of 4$ERASE"* ]]
	[[ $(cat seen) != *recognise* ]]
}

# The lines that were shown, one after another.
shown() {
	tr '\r' '\n' <seen | sed -n 's/^\x1b\[K\(cdrscan: [0-9]* records\)/\1/p'
}

@test "the line is no wider than the terminal" {
	slow 3
	on_terminal "stty cols 36; cdrscan -c $CONFIG -o report slow.csv"
	shown | grep -q ' records, .* MB$'
	[ "$(shown | wc -L)" -le 35 ]
}

@test "the line is no wider than COLUMNS says" {
	slow 3
	on_terminal "COLUMNS=36 cdrscan -c $CONFIG -o report slow.csv"
	shown | grep -q ' records, .* MB$'
	[ "$(shown | wc -L)" -le 35 ]
}

@test "COLUMNS of a wider terminal does not make it wider" {
	slow 3
	on_terminal "stty cols 36; COLUMNS=200 cdrscan -c $CONFIG -o report slow.csv"
	shown | grep -q ' records, .* MB$'
	[ "$(shown | wc -L)" -le 35 ]
}

@test "who waits for standard input is told so" {
	# One end of it is enough, as of a file.
	sleep 4 | TERM=xterm timeout 60 script -qec "cdrscan --no-config -o report -" /dev/null >seen
	[[ $(cat seen) == *"${ERASE}cdrscan: 0 records, waiting for standard input, "*" s so far$ERASE"* ]]
	[[ $(cat seen) != *settings* ]]
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
