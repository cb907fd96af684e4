#!/usr/bin/env bats
# cdrrules lists, lists import, the age of lists, entries in evidence.

bats_require_minimum_version 1.5.0
load common

@test "lists: each with its entries and its newest; one with all of them" {
	run cdrrules lists
	[ "$status" -eq 0 ]
	[[ $output == *"known-bad "*" prefix "*" dst "*" 3 "*"2026-01-01"* ]]
	run cdrrules lists known-bad
	[[ $output == *"+442079460987"*"2026-01-01  2031-01-01  example, number reserved"* ]]
	run cdrrules lists --now 2031-01-01 known-bad
	[ "$status" -eq 0 ]
	run cdrrules lists --now 2031-01-01
	[[ $output == *" dst "*" 0        3 "* ]]
	run cdrrules lists known-bat
	[ "$status" -eq 2 ]
	[[ $output == *"no such list: 'known-bat'; did you mean 'known-bad'?"* ]]
}

@test "with a store: the calls on each list and entry, and the last of them" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	now=(--now 2026-01-15T12:00:00Z -c "$CONFIG")
	run cdrrules lists "${now[@]}" -d n.db
	[[ $output == *"newest        calls  last call      idle  file"* ]]
	cdrrules lists "${now[@]}" -d n.db -f json >lists.json
	cdrrules lists "${now[@]}" -d n.db -f json known-bad >one.json
	# What a predicate finds is what the entries took.
	n=$(cdrrules try -c "$CONFIG" -d n.db -f json -m '{ "dst": { "list": "known-bad" } }' |
	    jq .matched)
	[ "$n" -gt 0 ]
	jq -e --argjson n "$n" 'map(.calls) | add == $n' one.json
	jq -e --slurpfile one one.json '.[] | select(.name == "known-bad") |
	    .calls == ($one[0] | map(.calls) | add) and
	    .last_call == ($one[0] | map(.last_call // "") | max) and
	    .idle == ($one[0] | map(select(.calls == 0)) | length)' lists.json
	# A year later nothing has hit for a year.
	cdrrules lists -c "$CONFIG" -d n.db -f json --now 2027-03-01 |
		jq -e 'all(.idle == .in_force)'
	# An entry counts only on the days on which it is in force.
	mkdir own.d
	value=$(jq -r 'max_by(.calls).value' one.json)
	last=$(jq -r 'map(.last_call // "") | max | .[0:10]' one.json)
	echo '{ "cdrrules": 1, "lists": { "mine": { "kind": "prefix", "of": "dst", "values": [
	    { "value": "'"$value"'", "expires": "'"$last"'" }, "+1" ] } } }' >own.d/l.json
	jq '.rules = ["own.d"]' "$CONFIG" >config.json
	cdrrules lists -c config.json -d n.db -f json mine |
		jq -e '.[0].calls == 0 and (.[0] | has("last_call") | not) and .[1].calls > 50'
	run cdrrules lists -d nowhere.db
	[ "$status" -eq 2 ]
	# Without a store nothing is said of calls.
	cdrrules lists -f json | jq -e 'all(has("calls") | not) and length > 3'
}

@test "the day of an entry is that of the account's calendar" {
	mkdir -p own.d
	cat >own.d/own.json <<-'EOF'
		{ "cdrrules": 1,
		  "lists": { "dated": { "kind": "exact", "of": "dst", "values": [
		    { "value": "+5375550142", "added": "2026-01-01", "expires": "2026-01-22" }] } },
		  "calendars": { "far": { "tz": "Pacific/Auckland", "open": { "mon-fri": ["08:00-18:00"] } } } }
	EOF
	printf 'number,name,account,class,group,calendar\n207,,A,,,far\n208,,B,,,\n' >who.csv
	echo '{ "cdrconfig": 1, "home_country": "US", "tz": "UTC", "rules": ["own.d"],
	    "directory": "who.csv", "db": "n.db" }' >config.json
	# At noon of the 21st it is the 22nd there.
	cat >calls.csv <<-'EOF'
		start,src,dst,talk,status
		2026-01-21 12:00:00,207,+5375550142,60,answered
		2026-01-21 12:30:00,208,+5375550142,60,answered
	EOF
	cdrscan -c config.json --now 2026-01-22T00:00Z calls.csv || [ $? -eq 1 ]
	cdrrules lists -c config.json -f json dated |
		jq -e '.[0] | .calls == 1 and .last_call == "2026-01-21T12:30:00Z"'
}

@test "import: numbers, prefixes, ranges and patterns, under the dial plan" {
	cat >theirs.csv <<-'EOF'
		Phone,When,What,Other
		3125550142,2026-01-02 08:00:00,robots,x
		(312) 555-0142,2026-01-05,robots again,x
		+442079460123,,london,x
		3125550*,2026-01-02,begins,x
		31255501XX,2026-01-02,pattern,x
		3125550100-3125550199,2026-01-02,range,x
		none,2026-01-02,words,x
		3125550143,yesterday,odd date,x
		,2026-01-02,nothing,x
	EOF
	echo '{ "cdrconfig": 1, "home_country": "US" }' >us.json
	run --separate-stderr cdrrules lists import -c us.json theirs.csv --name theirs \
		--map value=Phone,added=When,note=What -o list.json
	[ "$status" -eq 3 ]
	[[ $stderr == *"9 rows: 5 entries, 1 given twice, 3 refused"* ]]
	jq -e '.lists | (.theirs.values | map(.value) ==
	    ["+13125550142", "+442079460123"]) and
	    (.theirs.values[0] | .added == "2026-01-05" and .note == "robots again") and
	    (."theirs-prefix".values[0].value == "+13125550") and
	    (."theirs-range".values[0].value == "+13125550100-+13125550199") and
	    (."theirs-pattern".values[0].value == "+131255501##") and
	    all(.of == "src")' list.json
	cdrrules check list.json | grep -q '^0 errors'
	for map in Phone value= source=Phone value=Phone,colour=What; do
		run cdrrules lists import -c us.json theirs.csv --map "$map"
		[ "$status" -eq 2 ]
	done
	run cdrrules lists import -c us.json theirs.csv --map value=Fon
	[[ $output == *"theirs.csv:1: the header has no column 'Fon'"* ]]
}

@test "import: what cannot become a list is said, and nothing is written" {
	printf 'Phone;When\n3125550142;2026-01-02\n' >semicolons.csv
	run -2 cdrrules lists import --map value=Phone semicolons.csv
	[[ $output == *"semicolons.csv:1: the header has no column 'Phone' (there are Phone;When); commas part columns" ]]
	printf 'Phone,When\n3125550142,2026-01-02\n3125550143,x\n' >home.csv
	run -2 cdrrules lists import --no-config --map value=Phone -o home.json home.csv
	[[ $output == *'2 numbers without a + need a country: "home_country" in a configuration (-c)'* ]]
	[[ $output == *"home.csv: no list: 2 rows, 2 refused"* ]]
	[ ! -e home.json ]
	for of in dts duration; do
		run -2 cdrrules lists import --of "$of" --map value=Phone -o home.json home.csv
		[[ $output == *"--of: "*"'$of'"* ]]
	done
	run cdrrules lists import --of dts --map value=Phone home.csv
	[[ $output == *"did you mean 'dst'?"* ]]
	echo '{ "cdrconfig": 1, "home_country": "US" }' >us.json
	run -3 --separate-stderr cdrrules lists import -v -c us.json --map value=Phone,added=When home.csv
	[[ $stderr == *"home.csv:3: not a date: 'x'"* ]]
	# A star is the end of a beginning, several are digits; else who knows?
	printf 'Phone\n+1312555*12\n+1312555**12\n+1312*\n' >stars.csv
	run -3 --separate-stderr cdrrules lists import -v --map value=Phone stars.csv
	[[ $stderr == *"stars.csv:2: a single * stands only at the end: '+1312555*12'"* ]]
	jq -e '.lists | map(.values[].value) == ["+1312", "+1312555##12"]' <<<"$output"
}

@test "a list that nobody keeps up is told" {
	mkdir -p own.d
	jq '.lists."known-bad" |= (del(.file) | .max_age = "30d" |
	    .values = [{ value: "+53", added: "2026-01-01" }])' \
		"$TOP/rules/lists/known-bad.json" >own.d/l.json
	jq '.rules = ["own.d"]' "$CONFIG" >config.json
	cdrscan -c config.json -f ndjson --now 2026-01-31 "$NIGHT" 2>err | tail -1 >run.json
	jq -e '.remarks | all(test("newest entry") | not)' run.json
	cdrscan -c config.json -f ndjson --now 2026-02-01 "$NIGHT" 2>err | tail -1 >run.json
	jq -e ".remarks | any(test(\"list 'known-bad': its newest entry is 31 days old\"))" run.json
}

@test "evidence names the entry, who says so and what" {
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" >found.ndjson
	jq -es 'map(select(.rule.id == "known-bad-number")) | length > 0 and
	    all(.evidence | all(.list == "known-bad" and (.entry | startswith("+")) and
	        .entry_source == "example" and (.entry_note | length > 0)))' found.ndjson
	jq -es 'map(select(.rule.id == "known-bad-number")) | all(.reason |
	    endswith(", on list known-bad: +53755501 (example, 2026-01-01)"))' found.ndjson
	jq -es 'map(select(.rule.id == "volume-spike")) | length > 0 and
	    all(.evidence | all(has("list") | not))' found.ndjson
	(cd "$TOP" && python3 tests/cli/schema.py "$OLDPWD/found.ndjson")
}
