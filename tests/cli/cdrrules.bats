#!/usr/bin/env bats
# cdrrules list, show, fields, check, test, schema.

bats_require_minimum_version 1.5.0
load common

@test "list names every shipped rule" {
	run cdrrules list
	[ "$status" -eq 0 ]
	for id in after-hours-international volume-spike known-bad-number; do
		[[ $output == *"$id "* ]]
	done
	run cdrrules list 'known-*'
	[[ $output != *volume-spike* ]]
	cdrrules list -f json | jq -e 'length >= 8 and (map(.id) | contains(["volume-spike"]))'
}

@test "show tells where every value comes from" {
	run cdrrules show volume-spike
	[ "$status" -eq 0 ]
	[[ $output == *"volume-spike.json"* && $output == *"times = 4"* ]]
	run cdrrules show volume-spik
	[ "$status" -eq 2 ]
	[[ $output == *"did you mean 'volume-spike'?"* ]]
}

@test "the shipped rules and layouts are right, and their tests hold" {
	run cdrrules check
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run cdrrules test
	[ "$status" -eq 0 ]
	[[ $output == *" passed, 0 failed"* ]]
}

@test "check: errors are exit 1, a missing file is exit 2" {
	echo '{ "cdrrules": 1, "rulez": [] }' >bad.json
	run cdrrules check bad.json
	[ "$status" -eq 1 ]
	[[ $output == *"bad.json:1:18: error[E122]"* ]]
	[[ $output == *'did you mean "rules"?'* ]]
	run cdrrules check nowhere.json
	[ "$status" -eq 2 ]
	run cdrrules check -f json bad.json
	[ "$status" -eq 1 ]
	printf '%s' "$output" | jq -e '.[0].code == "E122" and .[0].line == 1'
}

@test "check of a file: the shipped lists need no rule there, its own do" {
	own=$TOP/rules/rules.d/known-bad-number.json
	cp "$own" own.json
	run cdrrules check --strict own.json
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	jq '.lists = { "mine": { "kind": "exact", "of": "dst", "title": "T",
	    "values": ["+13125550142"] } }' "$own" >own.json
	run cdrrules check --strict own.json
	[ "$status" -eq 1 ]
	[[ $output == *"own.json:"*"warning[W305]: no rule asks this list"* ]]
}

@test "check knows layouts and configurations by their first key" {
	echo '{ "cdrlayout": 1, "idd": "x" }' >l.json
	run cdrrules check l.json
	[ "$status" -eq 1 ]
	[[ $output == *"l.json:1:"*"error[E6"* ]]
	echo '{ "cdrconfig": 1, "zone": "UTC" }' >c.json
	run cdrrules check c.json
	[ "$status" -eq 1 ]
	[[ $output == *"c.json:1:19: error[E201]"* ]]
	run cdrrules check "$CONFIG"
	[ "$status" -eq 0 ]
	# What only a program that uses it would see.
	jq '.trunks = ["("]' "$CONFIG" >c.json
	run cdrrules check c.json
	[ "$status" -eq 1 ]
	[[ $output == *"error[E203]: bad regular expression"* ]]
	jq '.tz = "Mars"' "$CONFIG" >c.json
	run cdrrules check c.json
	[ "$status" -eq 1 ]
	[[ $output == *"error[E208]: "*"Mars"* ]]
	jq '.home_country = "XQ"' "$CONFIG" >c.json
	run cdrrules check c.json
	[ "$status" -eq 1 ]
	[[ $output == *"error[E209]: "*"XQ"* ]]
}

@test "test: a failing test is exit 1 and says what differs" {
	jq '.rules |= map(select(.id == "known-bad-number")) |
	    .rules[0].tests[0].expect[0].score = 11' \
		"$TOP/rules/rules.d/known-bad-number.json" >mine.json
	run cdrrules test mine.json
	[ "$status" -eq 1 ]
	[[ $output == *"FAIL mine.json:"*"expected 11"* ]]
	run cdrrules test -f tap mine.json
	[ "$status" -eq 1 ]
	[[ $output == "1.."*"not ok 1"* ]]
}

@test "test --mutate: the tests of the shipped rules notice every damage" {
	run cdrrules test --mutate
	[ "$status" -eq 0 ] || { echo "$output"; false; }
	[[ $output =~ ([0-9]+)" mutants, "([0-9]+)" killed, 0 survived, "([0-9]+)" excused" ]]
	[ "${BASH_REMATCH[1]}" -eq "$((BASH_REMATCH[2] + BASH_REMATCH[3]))" ]
	[ "${BASH_REMATCH[2]}" -gt 100 ]
	echo "# figures: ${BASH_REMATCH[0]}"
}

@test "test --mutate: a survivor is exit 1, with its place and the line to add" {
	jq 'del(.rules[].tests[].not_when) | .rules |= .[:1]' \
		"$TOP/rules/rules.d/after-hours.json" >mine.json
	run cdrrules test --mutate mine.json
	[ "$status" -eq 1 ]
	line=$(grep -n '"international": true' mine.json | head -n 1 | cut -d : -f 1)
	[[ $output == *"mine.json:$line: after-hours-international survives without match.international"* ]]
	[[ $output == *'add to a test:  "not_when": [ { "international": false } ]'* ]]
	run cdrrules test --mutate -f tap mine.json
	[ "$status" -eq 1 ]
	[[ $output == "1.."*"not ok "*": match.international is noticed"* ]]
	cdrrules test --mutate -f json mine.json >out.json || [ $? -eq 1 ]
	jq -e 'map(select(.fate == "survived" and .mutant == "match.international")) |
	    length == 1 and (.[0].advice | contains("false"))' out.json
	# A reason in the rule excuses it.
	jq '.rules[0].mutant_ok = ["match.international: a reason"]' mine.json >excused.json
	run cdrrules test --mutate excused.json
	[[ $output != *"without match.international"* && $output == *", 1 excused" ]]
	# A test that fails is told first.
	jq '.rules[0].tests[0].expect[0].score = 1' mine.json >wrong.json
	run cdrrules test --mutate wrong.json
	[ "$status" -eq 1 ]
	[[ $output == *"FAIL wrong.json"* && $output != *mutants* ]]
}

@test "test -k: only rules like that" {
	run cdrrules test -k 'volume-*' -f json
	[ "$status" -eq 0 ]
	printf '%s' "$output" | jq -e 'length > 3 and all(.[]; .rule | startswith("volume-"))'
	run cdrrules test --mutate -k 'after-hours-international' -f json
	[ "$status" -eq 0 ]
	printf '%s' "$output" | jq -e 'length > 10 and all(.[]; .rule == "after-hours-international")'
	run cdrrules test -k 'nothing-*'
	[ "$status" -eq 2 ]
}

@test "explain: a line of a file, and the finding that holds it" {
	line=$(grep -n 1768470410.262 "$NIGHT" | head -n 1 | cut -d : -f 1)
	run cdrrules explain -c "$CONFIG" after-hours-international "$NIGHT:$line"
	[ "$status" -eq 0 ]
	[[ $output == *" finding f-"* && $output == *"pass  international = true"* ]]
	[[ $output == *"outside business-hours"* && $output == *"pass  count = 52, needs >= 3"* ]]
	cdrscan -q -c "$CONFIG" -f ndjson "$NIGHT" >found
	id=$(jq -r 'select(.schema == "cdr.finding/1" and .rule.id == "after-hours-international") | .id' found)
	[[ $output == *"finding         $id, "* ]]
}

@test "explain: by the id of a call in a store says the same" {
	cdrscan -q -c "$CONFIG" -d s.db "$NIGHT" >out || [ $? -eq 1 ]
	run cdrrules explain -c "$CONFIG" -d s.db known-bad-number 1768470410.262
	[ "$status" -eq 0 ]
	[[ $output == "known-bad-number v"*"call 1768470410.262 "* ]]
	stored=$output
	line=$(grep -n 1768470410.262 "$NIGHT" | head -n 1 | cut -d : -f 1)
	[ "$stored" = "$(cdrrules explain -c "$CONFIG" -d s.db known-bad-number "$NIGHT:$line")" ]
	alone=$(cdrrules explain -c "$CONFIG" known-bad-number "$NIGHT:$line")
	[ "$alone" = "$stored"$'\n'"  calls           from this file alone: $NIGHT" ]
}

@test "explain: the entry of a list, the waiver that takes the call away, JSON" {
	jq '.waivers = "w.d"' "$CONFIG" >w.json
	call=1768470410.262
	cdrscan -q -c "$CONFIG" -d s.db "$NIGHT"
	run cdrrules explain -c w.json -d s.db known-bad-number $call
	[[ $output == *'in list known-bad: entry "+53755501" (example, 2026-01-01)'* ]]
	[[ $output != *waiver* ]]
	cdrrules waive -c w.json --now 2026-01-14 known-bad-number --match account=207 \
		--match dst=@known-bad --reason "Agreed in writing" --expires 2026-02-01 --owner anna
	run cdrrules explain -c w.json -d s.db known-bad-number $call
	[ "$status" -eq 0 ]
	[[ $output == *"  waiver    stop  w-2026-001 until 2026-02-01, anna: Agreed in writing" ]]
	# Another rule, and a call before it held, are not under it.
	[ "$(cdrrules explain -c w.json -d s.db after-hours-international $call | grep -c waiver)" -eq 0 ]
	cdrrules explain -c w.json -d s.db -f json known-bad-number $call >one.json
	jq -e 'length == 1 and (.[0] | .schema == "cdr.explain/1" and .waived and
	    (.finding | not) and .standing == "active" and .rule == "known-bad-number" and .call_id == "1768470410.262" and
	    .start == "2026-01-15T09:46:50Z" and
	    (.steps[0] | .part == "match" and .verdict == "pass" and
	        .text == "direction = \"out\"") and
	    (.steps[1].text | contains("in list known-bad: entry")) and
	    (.steps[2] | .part == "by" and (has("verdict") | not)) and
	    (.steps[-1] | .part == "waiver" and .verdict == "stop"))' one.json
	cdrrules explain -c "$CONFIG" -d s.db -f json after-hours-international $call |
		jq -e '.[0] | (.waived | not) and any(.steps[]; .part == "measure" and
		    .verdict == "pass" and .text == "count = 52, needs >= 3")'
	# What explain says in lines is what it says in JSON.
	cdrrules explain -c "$CONFIG" -d s.db after-hours-international $call |
		tail -n +3 | cut -c 19- | sed 's/^ *//' >text
	cdrrules explain -c "$CONFIG" -d s.db -f json after-hours-international $call |
		jq -r '.[0].steps[].text' | diff text -
	# A clause in a combination is deeper than the combination.
	mkdir r.d
	cat >r.d/r.json <<-'EOF'
	{ "cdrrules": 1, "rules": [ { "id": "local-any", "version": 1, "title": "Any",
	  "description": "Any of them.", "status": "test", "waiver_needs": ["account"],
	  "score": 10, "family": "time", "fraud_type": "probing",
	  "match": { "direction": "out",
	    "any": [ { "duration": { "gte": "1h" } }, { "not": { "status": "busy" } } ] },
	  "by": ["account"] } ] }
	EOF
	cdrrules explain -c "$CONFIG" -R r.d -d s.db -f json local-any $call |
		jq -c '[.[0].steps[] | select(.part == "match") | [.verdict, .depth, .text[:9]]]' >steps
	cat >expected <<-'EOF'
	[["pass",null,"direction"],["pass",null,"any of"],["fail",1,"all of"],["fail",2,"duration "],["pass",1,"all of"],["pass",2,"not"],["fail",3,"all of"],["fail",4,"status = "]]
	EOF
	diff expected steps
}

@test "explain: a line is looked up among the stored calls, or those of the sources" {
	# Two halves of a night: the window of a call in the second has both.
	head -n 230 "$NIGHT" >one.csv
	tail -n +231 "$NIGHT" >two.csv
	line=$(grep -n 1768473886.294 two.csv | head -n 1 | cut -d : -f 1)
	all="pass  count = 65, needs >= 3"
	cdrscan -q -c "$CONFIG" -d s.db one.csv two.csv
	run cdrrules explain -c "$CONFIG" -d s.db after-hours-international "two.csv:$line"
	[[ $status -eq 0 && $output == *"$all"* && $output != *"  calls  "* ]]
	# By another path to it.
	mkdir in
	run bash -c "cd in && cdrrules explain -c '$CONFIG' -d ../s.db after-hours-international ../two.csv:$line"
	[[ $output == *"$all"* ]]
	jq '.sources = [{ "name": "pbx", "files": ["*.csv"] }]' "$CONFIG" >sources.json
	run cdrrules explain -c sources.json after-hours-international "two.csv:$line"
	[[ $status -eq 0 && $output == *"$all"* && $output != *"  calls  "* ]]
	run cdrrules explain -c sources.json after-hours-international 1768473886.294
	[[ $status -eq 0 && $output == *"$all"* ]]
	# A store that is still to be made is none.
	jq '.db = "later.db"' sources.json >later.json
	run cdrrules explain -c later.json after-hours-international "two.csv:$line"
	[[ $status -eq 0 && $output == *"$all"* ]]
	# What neither has is read alone, and says so.
	run cdrrules explain -c "$CONFIG" after-hours-international "two.csv:$line"
	[[ $output == *"count = "* && $output != *"$all"* ]]
	[[ $output == *"  calls           from this file alone: two.csv" ]]
	mkdir other
	cp two.csv other/elsewhere.csv
	run cdrrules explain -c "$CONFIG" -d s.db after-hours-international "other/elsewhere.csv:$line"
	[[ $output == *"  calls           from this file alone: other/elsewhere.csv" ]]
	cdrrules explain -c "$CONFIG" -f json after-hours-international "two.csv:$line" |
		jq -e '.[0].steps[-1] | .part == "calls" and (.text | startswith("from this file alone"))'
}

@test "explain: tuning for some accounts, waivers with a limit, rules that are off" {
	mkdir t.d
	jq '.rules = ["t.d"] | .waivers = "w.d"' "$CONFIG" >c.json
	line=$(grep -n 1768473886.294 "$NIGHT" | head -n 1 | cut -d : -f 1)
	why() { cdrrules explain -c c.json "$@" after-hours-international "$NIGHT:$line"; }
	tune() { echo '{ "cdrrules": 1, "tuning": { "after-hours-international": '"$1"' } }' >t.d/t.json; }
	plain=$(why)
	tune '{ "match": { "account": "203" }, "params": { "calls": 8 } }'
	[ "$(why)" = "$plain" ]
	tune '{ "match": { "account": "207" }, "params": { "calls": 9 } }'
	why | grep -q 'measure   pass  count = 65, needs >= 9$'
	why | grep -q '^  tuning .*t.d/t.json:1$'
	tune '{ "status": "experimental" }'
	why | head -n 1 | grep -q '   shadow finding f-'
	why -f json | jq -e '.[0] | .standing == "shadow" and (.finding | not)'
	tune '{ "enabled": false }'
	why | head -n 1 | grep -q '   off, no finding$'
	why | grep -q '^  finding         would be f-'
	tune '{}'
	# Of 84 calls 20 are waived: there is a finding of the others.
	cdrrules waive -c c.json --now 2026-01-14 after-hours-international --match account=207 \
		--reason "Agreed in writing" --expires 2026-02-01 --owner anna --limit calls=20
	cdrscan -q -c c.json -f ndjson "$NIGHT" >found
	id=$(jq -r 'select(.rule.id == "after-hours-international") | .id' found)
	why | head -n 1 | grep -q "   finding $id\$"
	why | grep -q "^  finding         $id, .*, 64 calls, "
	why | grep -q '^  measure   pass  count = 64 without waived calls (65 with), needs >= 3$'
	why | grep -q '^  waiver    over  w-2026-001 .*; its limit of 20 calls a day is used up$'
	# One of the 20.
	line=$(grep -n 1768464669.211 "$NIGHT" | head -n 1 | cut -d : -f 1)
	why | head -n 1 | grep -q '   no finding, waived$'
	why | grep -q '^  measure   fail  count = 0 without waived calls (1 with), needs >= 3$'
	why -f json | jq -e '.[0] | .waived and (.finding | not)'
}

@test "explain: the entry of a list that has ended" {
	cdrrules new local-mine | jq '.lists.mine = { "kind": "prefix", "of": "dst",
	        "title": "T", "values": [{ "value": "+53755", "expires": "2026-01-15" }] } |
	    .rules[0].match = { "dst": { "list": "mine" } }' >own.json
	run cdrrules explain -c "$CONFIG" -R own.json local-mine "$NIGHT:355"
	[ "$status" -eq 0 ]
	[[ $output == *'fail  dst = "+5375550133", entry "+53755" of list mine ended 2026-01-15, needs in list mine'* ]]
	sed -i 's/2026-01-15/2026-01-16/' own.json
	run cdrrules explain -c "$CONFIG" -R own.json local-mine "$NIGHT:355"
	[[ $output == *'pass  dst = "+5375550133" in list mine: entry "+53755"'* ]]
}

@test "explain: what is wrong with a place, and a call that is still to come" {
	cp "$NIGHT" m.csv
	for line in abc 0 -1 12x; do
		run cdrrules explain -c "$CONFIG" known-bad-number "m.csv:$line"
		[ "$status" -eq 2 ]
		[[ $output == "cdrrules: m.csv: no line: '$line'; lines count from 1" ]]
	done
	run cdrrules explain -c "$CONFIG" --now 2026-01-14T12:00:00 known-bad-number m.csv:355
	[ "$status" -eq 0 ]
	[[ $output == *"  now             the call is later than 2026-01-14 12:00:00, "* ]]
}

@test "explain: no such call, rule, file, store, layout is exit 2" {
	for args in "known-bad-number $NIGHT:99999" "known-bad-numbr $NIGHT:1" \
		"known-bad-number nowhere.csv:1" "known-bad-number 17.5" \
		"known-bad-number $NIGHT:1 -t nonsense"; do
		# shellcheck disable=SC2086
		run cdrrules explain $args
		echo "$args: $output"
		[ "$status" -eq 2 ]
		[ -n "$output" ]
	done
	cdrrules explain -c "$CONFIG" -t asterisk-csv known-bad-number "$NIGHT:1"
}

@test "try: what only the group of a rule has is told" {
	for field in since_prev src_new; do
		run cdrrules try -m '{ "'$field'": { "exists": true } }' "$NIGHT"
		[ "$status" -eq 2 ]
		[[ $output == *"--match asks for '$field', which only a rule's group has"* ]]
	done
}

@test "try: how many calls each clause leaves" {
	run cdrrules try -c "$CONFIG" -m '{ "direction": "out", "status": "answered",
	    "dst_country": "CU" }' "$NIGHT"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == "     340 calls, 2026-01-05 00:59:53 to "* ]]
	[[ ${lines[1]} == *" %   direction out" && ${lines[3]} == *"dst_country CU" ]]
	[[ ${lines[4]} == *" calls, 1 group by account"* ]]
	[ "${#lines[@]}" -eq 10 ]
	cdrrules try -c "$CONFIG" -f json --by dst,direction -m '{ "direction": ["out", "in"] }' \
		"$NIGHT" >out.json
	jq -e '.calls == 340 and .matched == .clauses[0].left and .groups > 10' out.json
	# The same of the store.
	cdrscan -q -c "$CONFIG" -d s.db "$NIGHT" >out || [ $? -eq 1 ]
	cdrrules try -c "$CONFIG" -d s.db -f json --by dst,direction \
		-m '{ "direction": ["out", "in"] }' | cmp - out.json
	# An empty one is every call.
	cdrrules try -c "$CONFIG" -f json -m '{}' "$NIGHT" | jq -e '.matched == 340'
}

@test "try: what cannot be asked is exit 2" {
	run cdrrules try "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"--match is needed"* ]]
	run cdrrules try -m '{ "dst_contry": "CU" }' "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"E201"*'did you mean "dst_country"?'* ]]
	run cdrrules try -m '{ "dst": { "list": "nowhere" } }' "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"E206"* ]]
	run cdrrules try -m '{' "$NIGHT"
	[ "$status" -eq 2 ]
	run cdrrules try -m '{}' --by acount "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"did you mean 'account'?"* ]]
	run cdrrules try -m '{}' --by duration "$NIGHT"
	[ "$status" -eq 2 ]
	run cdrrules try -m '{}'
	[ "$status" -eq 2 ]
	[[ $output == *"no store"* ]]
}

@test "fmt: the shipped files are laid out, and stay as they are" {
	run cdrrules fmt --check "$TOP"/rules/rules.d/*.json "$TOP"/rules/lists/*.json \
		"$TOP"/rules/calendars/*.json
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	# From any other layout they come back.
	for file in "$TOP"/rules/rules.d/*.json; do
		jq -c . "$file" >one.json
		jq --indent 7 . "$file" >wide.json
		cdrrules fmt one.json | cmp - "$file"
		cdrrules fmt wide.json | cmp - "$file"
	done
}

@test "fmt: --check names, --write changes, nothing else does" {
	echo '{"cdrrules":1,"note":"\u00fcber","rules":[ ]}' >a.json
	chmod 640 a.json
	cp -p a.json before.json
	run cdrrules fmt --check a.json
	[ "$status" -eq 1 ]
	[ "$output" = a.json ]
	cmp a.json before.json
	cdrrules fmt -w a.json
	printf '{\n  "cdrrules": 1,\n  "note": "\\u00fcber",\n  "rules": []\n}\n' | cmp - a.json
	[ "$(stat -c %a a.json)" = 640 ]
	run cdrrules fmt --check a.json
	[ "$status" -eq 0 ]
	echo '{"cdrrules":1' >broken.json
	run cdrrules fmt -w broken.json
	[ "$status" -eq 2 ]
	[ "$(cat broken.json)" = '{"cdrrules":1' ]
	echo '{"a":1}' >other.json
	run cdrrules fmt other.json
	[ "$status" -eq 2 ]
	[[ $output == *"no rule file"* ]]
}

@test "new: a skeleton and a copy pass check, fmt, test and mutation" {
	cdrrules new -o mine.json my-rule
	cdrrules new -o copy.json --like volume-spike my-volume
	for file in mine.json copy.json; do
		run cdrrules check --strict "$file"
		echo "$output"
		[ "$status" -eq 0 ]
		cdrrules fmt --check "$file"
		run cdrrules test --mutate "$file"
		[ "$status" -eq 0 ]
		[[ $output == *" 0 survived"* ]]
	done
	jq -e '.rules[0] | .id == "my-volume" and .version == 1 and .status == "test"' copy.json
	run cdrrules new volume-spike
	[ "$status" -eq 2 ]
	[[ $output == *"there is a rule 'volume-spike'"* ]]
	run cdrrules new 'My rule'
	[ "$status" -eq 2 ]
	run cdrrules new a--b
	[ "$status" -eq 2 ]
	run cdrrules new --like volume-spik mine
	[ "$status" -eq 2 ]
	[[ $output == *"did you mean 'volume-spike'?"* ]]
}

@test "diff: added, removed, changed, and what it does to findings" {
	old=$TOP/rules/rules.d/after-hours.json
	run cdrrules diff "$old" "$old"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	jq -c '.rules[0].version = 3 | .rules[0].params.calls.value = 5 | .rules[1].id = "other"' \
		"$old" >new.json
	run cdrrules diff "$old" new.json
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = "changed  after-hours-international v2 to v3: version, params" ]
	[ "${lines[1]}" = "removed  after-hours-volume v1" ]
	[ "${lines[2]}" = "added    other v1" ]
	cdrscan -q -c "$CONFIG" -d s.db "$NIGHT" >out || [ $? -eq 1 ]
	run cdrrules diff -c "$CONFIG" -d s.db --now 2026-01-16T00:00:00Z "$old" "$old"
	[[ $output == *" calls looked at; findings of the 30 days before 2026-01-15 18:00:00: 0 appear, 0 vanish, 3 stay" ]]
	# Without --now it is where the last run stood, whatever the clock says.
	run cdrrules diff -c "$CONFIG" -d s.db "$old" "$old"
	[ "$output" = "340 calls looked at; findings of the 30 days before 2026-01-15 05:26:30: 0 appear, 0 vanish, 3 stay" ]
	run -0 cdrrules diff -f json -c "$CONFIG" -d s.db "$old" "$old"
	jq -e '.calls == 340 and .as_of == "2026-01-15T11:26:30Z" and .stay == 3' <<<"$output"
	jq -c '.rules[0].params.calls = { value: 100, min: 3, max: 100, help: "h" } |
	    .rules[0].escalate[0].gte = 200' "$old" >high.json
	run cdrrules diff -c "$CONFIG" -d s.db --now 2026-01-16T00:00:00Z "$old" high.json
	[ "$status" -eq 1 ]
	[[ $output == *"0 appear, 1 vanish, 2 stay" ]]
	run cdrrules diff -c "$CONFIG" -d s.db --now 2026-06-16T00:00:00Z "$old" high.json
	[[ $output == *"0 appear, 0 vanish, 0 stay" ]]
	cdrrules diff -f json "$old" new.json >d.json || [ $? -eq 1 ]
	jq -e '.rules | length == 3 and .[0].keys == "version, params"' d.json
	echo '{' >bad.json
	run cdrrules diff "$old" bad.json
	[ "$status" -eq 2 ]
}

@test "fields" {
	run cdrrules fields
	[ "$status" -eq 0 ]
	[[ $output == *"dst_country"* && $output == *"trunk_in"* ]]
	run cdrrules fields direction
	[[ $output == *"out in internal transit"* ]]
	run cdrrules fields dst_contry
	[ "$status" -eq 2 ]
}

@test "commands: unknown, missing, too many arguments" {
	run cdrrules lst
	[ "$status" -eq 2 ]
	[[ $output == *"did you mean 'list'?"* ]]
	run cdrrules
	[ "$status" -eq 2 ]
	run cdrrules show
	[ "$status" -eq 2 ]
	[[ $output == *"usage: cdrrules show ID"* ]]
	run cdrrules list -f tap
	[ "$status" -eq 2 ]
	[[ $output == *"--format tap is for cdrrules test"* ]]
}

@test "check: what a configuration names has to be there" {
	mkdir -p there.d
	echo 'prefix,colour' >rates.csv
	echo '{ "cdrrules": 1, "lists": { "l": { "kind": "exact", "of": "dst", "file": "gone.csv" } } }' \
		>there.d/l.json
	cat >c.json <<-'END'
		{ "cdrconfig": 1, "calendar": "busines-hours",
		  "rules": [ "nowhere.d", "there.d" ],
		  "directory": "dir.csv", "rates": "rates.csv",
		  "waivers": "no/waivers.d",
		  "sources": [ { "name": "a", "layout": "asterisk-cvs" },
		    { "name": "b", "layout": "map:own.json" }, { "name": "c", "layout": "asterisk-csv" } ] }
	END
	problems() {
		cdrrules check --no-config -f json "$1" >said || [ $? -eq 1 ]
		jq -r '.[] | "\(.file // ""):\(.line):\(.column):\(.code // ""): \(.message)"' said |
			sed "s|$PWD/||g" >got
	}
	problems c.json
	diff - got <<-'END'
		:0:0:: rates.csv:1: no such column: 'colour' (there are prefix, per_minute, currency, increment)
		there.d/l.json:1:74:E313: there.d/gone.csv: No such file or directory
		c.json:2:14:E101: cannot read 'nowhere.d'
		c.json:3:16:E101: cannot read 'dir.csv'
		c.json:4:14:E101: cannot make 'no/waivers.d'
		c.json:5:41:E206: no such layout: 'asterisk-cvs'
		c.json:6:30:E101: cannot read 'own.json'
	END
	[ "$(jq -r '.[5].help' said)" = 'did you mean "asterisk-csv"?' ]
	# Calendars may come from the rules, so these have to be right first.
	rm there.d/l.json
	mkdir nowhere.d no
	printf 'number,name,calendar\n201,x,shoop\n' >dir.csv
	printf 'prefix,per_minute,currency\n+53,1,USD\n' >rates.csv
	printf '{ "cdrlayout": 1 }\n' >own.json
	sed -i 's/asterisk-cvs/asterisk-csv/; s/"name": "b"/"name": "b", "calendar": "shop"/' c.json
	problems c.json
	grep -q "^c.json:1:31:E207: no such calendar: 'busines-hours'" got
	grep -q "^c.json:6:32:E207: no such calendar: 'shop'" got
	grep -q '^own.json:1:1:E6' got
	sed -i 's/"busines-hours"/"business-hours"/; s/, "calendar": "shop"//; s/map:own.json/asterisk-csv/' c.json
	problems c.json
	grep -q "^dir.csv:2:7:: no such calendar: 'shoop'" got
	printf 'number,calendar\n201,business-hours\n' >dir.csv
	run cdrrules check --no-config c.json
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "check: waivers and tuning alone are checked with the rules in force" {
	mkdir -p own.d only.d
	cdrrules new local-mine >own.d/mine.json
	echo '{ "cdrconfig": 1, "rules": ["own.d"] }' >c.json
	waiver='"match": { "account": "A" }, "reason": "Agreed by telephone", "owner": "o",
	    "created": "2026-01-02", "expires": "2026-01-24" }'
	echo '{ "cdrrules": 1, "waivers": [ { "id": "w-1", "rules": ["volume-spike"], '"$waiver"' ] }' \
		>only.d/w.json
	echo '{ "cdrrules": 1, "tuning": { "volume-spike": { "score": 30 } } }' >only.d/t.json
	for what in only.d only.d/w.json only.d/t.json "only.d/t.json only.d/w.json"; do
		run cdrrules check --no-config --strict $what
		[ "$status" -eq 0 ] || { echo "$what: $output"; false; }
	done
	# The site's own rules are in force, too, and unknown ones are still told.
	sed 's/volume-spike/local-mine/' only.d/w.json >w2.json
	run cdrrules check -c c.json w2.json
	[ "$status" -eq 0 ]
	run cdrrules check --no-config w2.json
	[ "$status" -eq 1 ]
	[[ $output == "w2.json:1:"*"error[E401]: unknown rule 'local-mine'"* ]]
	run cdrrules check --no-config own.d/mine.json only.d/w.json
	[ "$status" -eq 0 ]
}

@test "check, test: own rules refer to those in force; -R reads only what it names" {
	cdrrules new local-mine >plain.json
	jq '.rules[0].follows = { "rule": "after-hours-international", "within": "1d",
	        "same": ["account"] } | .rules[0].match.src = { "list": "mine" } |
	    del(.rules[0].tests) | .rules[0].status = "test" |
	    .tuning = { "volume-spike": { "score": "+5" } }' plain.json >rule.json
	echo '{ "cdrrules": 1, "lists": { "mine": { "kind": "exact", "of": "src",
	    "title": "T", "values": ["207"] } } }' >list.json
	run cdrrules check --no-config --strict rule.json list.json
	[ "$status" -eq 0 ] || { echo "$output"; false; }
	run cdrrules check --no-config rule.json
	[ "$status" -eq 1 ]
	[[ $output == *"error[E206]: unknown list 'mine'"*"1 error,"* ]]
	# Those of the folders of a configuration, and a file of one of them.
	mkdir own.d
	cp rule.json list.json plain.json own.d
	sed -i 's/local-mine/local-plain/' own.d/plain.json
	echo '{ "cdrconfig": 1, "rules": ["own.d"] }' >c.json
	run cdrrules check -c c.json own.d/rule.json
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run cdrrules test -c c.json own.d/plain.json
	[ "$status" -eq 0 ]
	[[ $output == "2 tests, 2 passed, 0 failed" ]]
	# A rule that follows one of another file is tested and damaged alone.
	jq '.rules[0] |= (.follows = { "rule": "known-bad-number", "within": "1d",
	        "same": ["account"] } | .tests = [{ "name": "n", "calls": [{ "start":
	        "2026-01-13T02:00:00", "account": "A", "direction": "out" }], "expect": [] }])' \
		plain.json >follows.json
	run cdrrules test --no-config follows.json
	[ "$status" -eq 0 ]
	[[ $output == "1 tests, 1 passed, 0 failed" ]]
	run cdrrules test --no-config --mutate follows.json
	[ "$status" -eq 1 ]
	[[ $output == *" mutants, "* && $output == *"local-mine survives"* ]]
	[[ $output != *"known-bad-number survives"* ]]
	# Instead of all others: it is said what was read.
	run cdrscan -c "$CONFIG" -R follows.json "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"error[E317]: unknown rule 'known-bad-number'"* ]]
	[[ $output == *"--rules: only follows.json was read; what it refers to must be named, too"* ]]
}
