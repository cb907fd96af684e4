#!/usr/bin/env bats
# The options of cdrscan, each where it works and where it is refused.  Those
# of the store are in store.bats.

bats_require_minimum_version 1.5.0
load common

@test "--fail-on tells by exit 1" {
	run cdrscan -c "$CONFIG" --fail-on critical "$NIGHT"
	[ "$status" -eq 1 ]
	run cdrscan -c "$CONFIG" --fail-on low "$TOP/samples/clean-day.csv"
	[ "$status" -eq 0 ]
}

@test "--rejects writes the rejected records" {
	{ cat "$TOP/samples/clean-day.csv"; echo 'a "b",c'; } >x.csv
	run cdrscan -c "$CONFIG" --rejects r.csv x.csv
	[ "$status" -eq 3 ]
	[ "$(head -n 1 r.csv)" = $'file,line,byte,column,reason,record\r' ]
	[[ $(tail -n 1 r.csv) == *'"a ""b"",c"'* ]]
	[[ $(tail -n 1 r.csv) == '"x.csv",26,'* ]]
	# A later run without rejects does not leave the old ones there.
	run cdrscan -c "$CONFIG" --rejects r.csv "$TOP/samples/clean-day.csv"
	[ "$status" -eq 0 ]
	[ "$(wc -l <r.csv)" -eq 1 ]
	run cdrscan -c "$CONFIG" --rejects nowhere/r.csv x.csv
	[ "$status" -eq 2 ]
	[[ $output == *"cannot write nowhere/r.csv: No such file or directory"* ]]
}

# A file of 20 good records and N bad ones.
with_bad() { # N
	head -n 20 "$NIGHT"
	sed -n "21,$((20 + $1))p" "$NIGHT" | sed 's/,"ANSWERED",/,"SOMETHING",/
		s/,"NO ANSWER",/,"SOMETHING",/; s/,"BUSY",/,"SOMETHING",/
		s/,"FAILED",/,"SOMETHING",/'
}

@test "the first rejects are named, the others counted" {
	with_bad 5 >x.csv
	run --separate-stderr cdrscan -c "$CONFIG" x.csv
	[ "$status" -eq 3 ]
	[ "$(grep -c 'x.csv:2[0-9]: rejected: ' <<<"$stderr")" -eq 3 ]
	[[ $stderr == *"2 more rejected; --rejects FILE lists them"* ]]
	run --separate-stderr cdrscan -c "$CONFIG" -v x.csv
	[ "$(grep -c 'x.csv:2[0-9]: rejected: ' <<<"$stderr")" -eq 5 ]
	[[ $stderr != *"more rejected"* ]]
}

@test "--max-rejects: a number, a share, none of both" {
	with_bad 5 >x.csv
	rejects() { cdrscan -c "$CONFIG" -t asterisk-csv -f ndjson "$@" x.csv 2>err | tail -n 1 | jq .counts.rejects; }
	[ "$(rejects)" -eq 5 ]
	[ "$(rejects --max-rejects 5)" -eq 5 ]
	[ "$(rejects --max-rejects 4)" -eq 25 ]
	[ "$(grep -c 'x.csv: refused: 5 of 25 records cannot be read as asterisk-csv' err)" -eq 1 ]
	[ "$(rejects --max-rejects 20%)" -eq 5 ]
	[ "$(rejects --max-rejects 19.9%)" -eq 25 ]
	run cdrscan -c "$CONFIG" --max-rejects 4 x.csv
	[ "$status" -eq 3 ]
	with_bad 30 >x.csv
	[ "$(rejects)" -eq 50 ]
	[ "$(rejects --max-rejects 100%)" -eq 30 ]
	for wrong in x -1 101% 1.5 1e3 inf% '' % 99999999999999999999; do
		run cdrscan -c "$CONFIG" --max-rejects "$wrong" x.csv
		echo "$wrong: $status $output"
		[ "$status" -eq 2 ]
		[[ $output == *"--max-rejects: a number or a share such as 20% is needed: '$wrong'"* ]]
	done
}

@test "--strict: a rejected record is exit 2, and nothing is printed" {
	with_bad 1 >x.csv
	run --separate-stderr cdrscan -c "$CONFIG" --strict -f ndjson x.csv
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ $stderr == *"x.csv:21: rejected: "*"not done, because of --strict"* ]]
	run cdrscan -c "$CONFIG" --strict "$TOP/samples/clean-day.csv"
	[ "$status" -eq 0 ]
}

@test "-t states the layout, auto recognises it, an unknown one is exit 2" {
	layout() { cdrscan -v "$@" "$NIGHT" 2>&1 >/dev/null | sed -n 's/.*Master.csv: \([a-z-]*\), confidence.*/\1/p'; }
	[ "$(layout -c "$CONFIG")" = asterisk-csv ]
	[ "$(layout -c "$CONFIG" -t asterisk-csv)" = asterisk-csv ]
	jq '. + { sources: [ { name: "pbx1", layout: "asterisk-simple",
	    files: ["/*/*/*/*/*", "/*/*/*/*", "/*/*/*/*/*/*", "/*/*/*"] } ] }' "$CONFIG" >c.json
	run cdrscan -c c.json --source pbx1 "$NIGHT"
	[ "$status" -eq 3 ]
	[ "$(layout -c c.json --source pbx1 --layout auto)" = asterisk-csv ]
	run cdrscan -c "$CONFIG" --type asterisk-csw "$NIGHT" "$NIGHT"
	[ "$status" -eq 2 ]
	[ "$output" = "cdrscan: --type: no such layout: 'asterisk-csw'; did you mean 'asterisk-csv'?" ]
	sed -i 's/asterisk-simple/asterisk-sample/' c.json
	run cdrscan -c c.json "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == "cdrscan: c.json:"*": error[E206]: no such layout: 'asterisk-sample'"* ]]
	[[ $output == *"did you mean \"asterisk-simple\"?"*"a layout of one's own is \"map:FILE\""* ]]
	# All that are wrong, each where it stands.
	cat >two.json <<-'JSON'
	{ "cdrconfig": 1, "sources": [
	  { "name": "a", "layout": "asterisk" },
	  { "name": "b", "layout": "map:none.json" } ] }
	JSON
	run -2 cdrscan -c two.json "$NIGHT"
	[[ $output == "cdrscan: two.json:2:28: error[E206]: no such layout: 'asterisk'"*'^'*"two.json:3:28: error[E101]: cannot read '$PWD/none.json'"*"No such file"* ]]
	run -2 cdrrules -c two.json try --match '{}' "$NIGHT"
	[[ $output == "cdrrules: two.json:2:28: error[E206]"* ]]
}

@test "--source: a configured one, or just a name where none is configured" {
	source_of() { cdrscan "$@" -f ndjson "$NIGHT" 2>/dev/null | tail -n 1 | jq -r '.feeds[].source'; }
	[ "$(source_of -c "$CONFIG")" = default ]
	[ "$(source_of -c "$CONFIG" --source chicago)" = chicago ]
	jq '. + { sources: [ { name: "pbx1" }, { name: "pbx2" } ] }' "$CONFIG" >c.json
	[ "$(source_of -c c.json --source pbx2)" = pbx2 ]
	[ "$(source_of -c c.json)" = default ]
	run cdrscan -c c.json --source pbx3 "$NIGHT"
	[ "$status" -eq 2 ]
	[ "$output" = "cdrscan: no such source: 'pbx3'; did you mean 'pbx1'?" ]
	run cdrscan -c "$CONFIG" --source '' "$NIGHT"
	[ "$status" -eq 2 ]
}

@test "configured sources: their files, one of them, files that are not there" {
	cp "$NIGHT" Master.csv
	cp "$TOP/samples/clean-day.csv" quiet.csv
	jq '. + { sources: [ { name: "a", files: ["Mast*.csv"] },
	    { name: "b", files: ["quiet.csv"] } ] }' "$CONFIG" >c.json
	feeds() { cdrscan -c c.json -f ndjson "$@" 2>err | tail -n 1 | jq -r '.feeds | map(.source) | join(" ")'; }
	[ "$(feeds)" = "a b" ]
	[ "$(feeds --source b)" = b ]
	# Named as operands they are of the same sources, also through a link.
	ln -s quiet.csv other.csv
	[ "$(feeds ./Master.csv other.csv)" = "a b" ]
	rm Master.csv
	run cdrscan -c c.json
	[ "$status" -eq 3 ]
	[[ $output == *"Mast*.csv: no such file"* ]]
	rm quiet.csv
	run cdrscan -c c.json
	[ "$status" -eq 2 ]
	echo '{ "cdrconfig": 1, "sources": [ { "name": "a" } ] }' >c.json
	run cdrscan -c c.json
	[ "$status" -eq 2 ]
	[[ $output == *'nothing to read: no source has "files"'* ]]
}

@test "a file is looked at without a store, whatever is configured" {
	jq '. + { db: "configured.db" }' "$CONFIG" >c.json
	CDR_DB=variable.db cdrscan -c c.json "$NIGHT" >with 2>/dev/null
	cdrscan -c "$CONFIG" "$NIGHT" >without 2>/dev/null
	diff <(sed 's/Run r-[0-9a-f]*//' with) <(sed 's/Run r-[0-9a-f]*//' without)
	[ -z "$(ls ./*.db 2>/dev/null)" ]
	# Without operands the store is used, the variable before the file.
	cp "$NIGHT" Master.csv
	jq '. + { db: "configured.db", sources: [ { name: "a", files: ["Master.csv"] } ] }' \
		"$CONFIG" >c.json
	CDR_DB=variable.db cdrscan -c c.json
	[ -s variable.db ]
	[ ! -e configured.db ]
	cdrscan -c c.json
	[ -s configured.db ]
}

@test "--sensitivity takes rules of further levels" {
	jq '{ cdrrules: 1, rules: [.rules[] | .sensitivity = 2 | .tests = []] }' \
		"$TOP/rules/rules.d/known-bad-number.json" >two.json
	n() { cdrscan -c "$CONFIG" -R two.json -f ndjson "$@" "$NIGHT" 2>/dev/null | grep -c cdr.finding/1; }
	[ "$(n)" -eq 0 ]
	[ "$(n --sensitivity 1)" -eq 0 ]
	[ "$(n --sensitivity 2)" -gt 0 ]
	[ "$(n --sensitivity 3)" -gt 0 ]
	for wrong in 0 4 x; do
		run cdrscan --sensitivity "$wrong" "$NIGHT"
		[ "$status" -eq 2 ]
		[[ $output == *"--sensitivity: one of 1|2|3 is needed: '$wrong'"* ]]
	done
}

@test "times that are none are exit 2 with words" {
	run cdrscan -c "$CONFIG" --now yesterday "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == "cdrscan: --now: "*"'yesterday'"* ]]
	for wrong in x 1e9 -5 99999999999999999999 253402300800; do
		SOURCE_DATE_EPOCH=$wrong run cdrscan -c "$CONFIG" "$NIGHT"
		[ "$status" -eq 2 ]
		[ "$output" = "cdrscan: SOURCE_DATE_EPOCH: not seconds since 1970: '$wrong'" ]
	done
	SOURCE_DATE_EPOCH=1768500000 run cdrscan -c "$CONFIG" -f json -q "$NIGHT"
	[ "$status" -eq 0 ]
	[[ $output == *'"as_of": "2026-01-15T18:00:00Z"'* ]]
	run cdrscan --tz Europe/Berln "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"--tz: "*"Europe/Berln"* ]]
}

@test "a report that finds nothing takes the place of an old one" {
	echo old >out.txt
	run cdrscan -c "$CONFIG" -o out.txt "$TOP/samples/clean-day.csv"
	[ "$status" -eq 0 ]
	run -1 grep old out.txt
	grep -q 'Records: 25 read' out.txt
}

@test "remarks are guesses and warnings, no details" {
	cdrscan --no-config -f ndjson "$NIGHT" 2>err | tail -n 1 | jq -r '.remarks[]' >remarks
	[ "$(wc -l <remarks)" -eq 3 ]
	diff <(sort remarks) <(sed 's/^cdrscan: //' err | sort)
}

@test "--output is complete or absent" {
	cdrscan -c "$CONFIG" -f json -o out.json "$NIGHT" 2>/dev/null
	jq -e '.schema == "cdr.report/1"' out.json
	[ "$(stat -c %a out.json)" = 600 ]
	[ "$(ls out.json*)" = out.json ]
	run cdrscan -c "$CONFIG" -o nowhere/out.json "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"cannot write nowhere/out.json: No such file or directory"* ]]
}

@test "--show-config: what is in force, and where it is from" {
	echo '{ "cdrconfig": 1, "tz": "Europe/Berlin", "db": "x.db",
	    "sources": [ { "name": "a", "layout": "asterisk-csv" } ] }' >c.json
	here=$(pwd -P)
	setting() { cdrscan "$@" --show-config | sed -n "s/^$key = //p" | tr -s ' '; }
	key=db
	[ "$(setting -c c.json)" = "$here/x.db # c.json" ]
	[ "$(CDR_DB=e.db setting -c c.json)" = "e.db # CDR_DB" ]
	[ "$(CDR_DB=e.db setting -c c.json -d o.db)" = "o.db # --db" ]
	[ "$(setting --no-config)" = "(none) # built in" ]
	key=tz
	[ "$(setting -c c.json)" = "Europe/Berlin # c.json" ]
	[ "$(setting -c c.json --tz UTC)" = "UTC # --tz" ]
	key=configuration
	[ "$(CDR_CONFIG=c.json setting)" = "c.json # CDR_CONFIG" ]
	[ "$(setting --no-config)" = "(none) # --no-config" ]
	key=sources.a.layout
	[ "$(setting -c c.json)" = "asterisk-csv # c.json" ]
	key=rules
	[ "$(setting -c c.json -R a -R b)" = "a, b # --rules" ]
	run bash -c 'cdrscan --no-config --show-config >/dev/full'
	[ "$status" -eq 2 ]
}

@test "options that exclude each other are an error, and nothing is done" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	before=$(content n.db)
	while read -r options; do
		# shellcheck disable=SC2086
		run -2 cdrscan -c "$CONFIG" -d n.db $options
		[[ $output == *"exclude each other" ]]
	done <<-'END'
		--no-config --recognise
		--number 1 --check-config
		--show-config --number 1
		--check-config --recognise
		--recognise --forget pbx
		--forget default --show-config
		--forget default --rescore
	END
	run -2 cdrscan -c "$CONFIG" -d n.db --forget default --recognise
	[ "$output" = "cdrscan: --recognise and --forget exclude each other" ]
	[ "$(content n.db)" = "$before" ]
	for program in cdrrules cdrreport; do
		run -2 $program -c "$CONFIG" --no-config list
		[ "$output" = "$program: --config and --no-config exclude each other" ]
	done
}

@test "a file without a name is an error of its option" {
	for option in --output --stats --rejects --config --db --rules; do
		run -2 cdrscan $option "" "$NIGHT"
		[ "$output" = "cdrscan: $option: the name is empty; see cdrscan --help" ]
	done
}

@test "-r and -x choose rules" {
	cdrscan -c "$CONFIG" -r 'known-bad-*' -f ndjson "$NIGHT" 2>/dev/null |
		jq -r 'select(.schema == "cdr.finding/1") | .rule.id' | sort -u >ids
	[ "$(cat ids)" = $'known-bad-number\nknown-bad-probe' ]
	cdrscan -c "$CONFIG" -x 'known-bad-*' -f ndjson "$NIGHT" 2>/dev/null |
		jq -r 'select(.schema == "cdr.finding/1") | .rule.id' >ids
	run -1 grep known-bad ids
}
