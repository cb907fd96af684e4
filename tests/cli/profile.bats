#!/usr/bin/env bats
# --profile: what each stage and each rule took.  Times are not judged, but
# that every line has them, and that nothing is missing.

bats_require_minimum_version 1.5.0

load common

# Lines of stages, and of parts, without their figures.
stages() { # FILE
	sed -n 's/^ *[0-9.]\+ \+[0-9.]\+ \+[0-9.]\+  \([a-z(].*\)/\1/p' "$1"
}
parts() { # FILE
	sed -n 's/^ *[0-9.]\+ \+[0-9.]\+    \([a-z].*\)/\1/p' "$1"
}

# Of the rules alone; reading has parts, too.
rules() { # FILE
	sed -n '/  rules, /,$p' "$1" | parts /dev/stdin
}

@test "every line is figures and a stage, or a part of one" {
	cdrscan -q -c "$CONFIG" --profile "$NIGHT" >out 2>err
	head -n 1 err | grep -Eqx ' +seconds +core-s +share  stage'
	sed 1d err | grep -Evx ' *-?[0-9]+\.[0-9]{3} +-?[0-9]+\.[0-9]{3} +-?[0-9]+\.[0-9]  .*| +[0-9]+\.[0-9]{3} +[0-9]+\.[0-9]    .*' && return 1
	[ "$(wc -l <err)" -gt 20 ]
}

@test "the stages of a run follow each other, and the total ends it" {
	cdrscan -q -c "$CONFIG" --profile "$NIGHT" >out 2>err
	stages err | sed 's/,.*//' >names
	printf '%s\n' settings recognise read times sort duplicates numbers \
		legs 'directory and rates' questions rules cases report \
		'(the rest)' total | diff - names
	stages err | grep -qx 'read, 356 records'
	stages err | grep -qx 'recognise, 1 file'
}

@test "each rule has its line" {
	cdrscan -q -c "$CONFIG" --profile -r call-rate -r 'long-call' "$NIGHT" >out 2>err
	rules err | sed 's/,.*//' | sort >names
	printf '%s\n' call-rate long-call | diff - names
	cdrscan -q -c "$CONFIG" -f ndjson -r call-rate "$NIGHT" >found
	n=$(grep -c cdr.finding/ found || :)
	rules err | grep -Eqx "call-rate, $n findings?"
	cdrscan -q -c "$CONFIG" --profile "$NIGHT" >out 2>err
	stages err | grep -qx "rules, $(rules err | wc -l) rules"
}

@test "what is found is the same, and without it nothing is said" {
	cdrscan -q -c "$CONFIG" -f ndjson "$NIGHT" >without 2>err
	[ ! -s err ]
	cdrscan -q -c "$CONFIG" -f ndjson --profile "$NIGHT" >with 2>err
	cmp with without
	[ -s err ]
}

@test "with a store it tells of the store, too" {
	cdrscan -q -c "$CONFIG" -d calls.db --profile "$NIGHT" 2>err
	for stage in 'look up files, 1 file' 'store calls, 356 calls' commit; do
		stages err | grep -Fqx "$stage"
	done
	stages err | grep -q '^store findings, '
	# What was just read is not asked back.
	run -1 grep -q 'load calls' err
	cdrscan -q -c "$CONFIG" -d calls.db --profile "$TOP/samples/clean-day.csv" 2>err
	stages err | grep -q '^load calls, '
	cdrscan -q -c "$CONFIG" -d calls.db --forget "$NIGHT" --profile 2>err
	n=$(grep -vc clid "$TOP/samples/clean-day.csv")
	stages err | grep -qx "load calls, $n calls"
}

@test "files that were not read are told, too" {
	mkdir logs
	for i in 1 2 3; do cp "$NIGHT" logs/$i.csv; done
	jq '.sources = [{ "name": "pbx", "files": ["logs/*.csv"] }]' "$CONFIG" >c.json
	cdrscan -q -c c.json -d calls.db 2>err
	cdrscan -q -c c.json -d calls.db --profile 2>err
	stages err | grep -qx 'look up files, 3 files'
	run -1 grep -q recognise err
	parts err | grep -qx 'files, 3 files'
}

@test "what standard input let wait is told" {
	cdrscan -q -c "$CONFIG" --profile - <"$NIGHT" >out 2>err
	stages err | grep -qx 'waiting for standard input'
	stages err | grep -qx 'recognise, 1 file'
}

@test "of several threads, the parts of reading are told" {
	for i in $(seq 2000); do cat "$NIGHT"; done >big.csv
	cdrscan -q -c "$CONFIG" -r call-rate --threads 2 --profile big.csv >out 2>err
	for part in rows decode add; do
		parts err | grep -Eqx "$part(, [0-9]+ blocks)?"
	done
	cdrscan -q -c "$CONFIG" -r call-rate --threads 1 --profile big.csv >out 2>err
	[ "$(parts err | wc -l)" -eq 1 ]
}

@test "a run that ends early tells how far it came" {
	run -2 --separate-stderr cdrscan -q --no-config --profile missing.csv
	[[ $stderr == *"missing.csv: No such file or directory"* ]]
	[[ $stderr == *settings* ]]
	[[ $stderr == *total* ]]
	[[ $stderr != *cases* ]]
}
