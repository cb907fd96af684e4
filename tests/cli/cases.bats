#!/usr/bin/env bats
# What people say of cases, and what the next scans make of it.

bats_require_minimum_version 1.5.0
load common

# One rule with a baseline: calls of a day, over those of the days before.
setup_file() {
	cat >"$BATS_FILE_TMPDIR/rule.json" <<-'JSON'
	{ "cdrrules": 1, "rules": [
	  { "id": "local-spike", "version": 1, "title": "Many calls",
	    "description": "More calls than on other days.", "status": "test",
	    "fraud_type": "irsf", "family": "volume", "score": 45,
	    "match": { "direction": "out" }, "by": ["account"],
	    "measure": { "fn": "count", "window": "day" },
	    "baseline": { "history": "28d", "stat": "median", "min_buckets": 3 },
	    "when": { "gte": 5, "times": 3 },
	    "waiver_needs": ["account"] },
	  { "id": "local-cuba", "version": 1, "title": "Calls to Cuba",
	    "description": "Calls to Cuba.", "status": "test",
	    "fraud_type": "irsf", "family": "destination", "score": 65,
	    "match": { "dst_country": "CU" }, "by": ["account"],
	    "measure": { "fn": "count", "over": "2h" },
	    "when": { "gte": 2 }, "waiver_needs": ["account"] } ] }
	JSON
	cat >"$BATS_FILE_TMPDIR/site" <<-'JSON'
	{ "cdrconfig": 1, "tz": "UTC", "home_country": "US",
	  "dialplan": { "extensions": "2\\d{3}" }, "trunks": ["carrier"] }
	JSON
}

# calls DAY NUMBER [DESTINATION [HOUR]]: as many calls of 2001 on that day of January.
calls() {
	awk -v day="$1" -v n="$2" -v dst="${3:-13125550142}" -v hour="${4:-9}" 'BEGIN {
		for (i = 0; i < n; i++) {
			at = sprintf("2026-01-%02d %02d:%02d", day, hour + int(i / 60), i % 60)
			printf "\"\",\"2001\",\"%s\",\"office\",\"\",\"PJSIP/2001-%08x\",\"PJSIP/carrier-%08x\"," \
			    "\"Dial\",\"\",\"%s:00\",\"%s:05\",\"%s:35\",35,30," \
			    "\"ANSWERED\",\"DOCUMENTATION\",\"%d%02d.%s\",\"\"\n",
			    dst, i, i, at, at, at, day, hour, substr(dst, 9) i
		}
	}'
}

scan() {
	cdrscan -c "$BATS_FILE_TMPDIR/site" -R "$BATS_FILE_TMPDIR/rule.json" -d n.db --source pbx "$@" 2>err
}

# All that there is of cases, or a command.
report() {
	case $1 in
	label | ack | close | note | labels) cdrreport --no-config -d n.db "$@" ;;
	*) cdrreport --no-config -d n.db --since 2000-01-01 --min-score 0 "$@" ;;
	esac
}

# "2026-01-09 closed ..." of the findings of a rule.
findings() { # RULE
	sqlite3 n.db "select date(first_seen / 1000, 'unixepoch') || ' ' || state
	    from findings where rule = '$1' order by first_seen"
}

# The open case of 2001.
open_case() {
	report --state open -f json | jq -r '.cases[0].id'
}

case_of() { # RULE DATE
	sqlite3 n.db "select case_id from findings where rule = '$1' and
	    date(first_seen / 1000, 'unixepoch') = '$2'"
}

state_of() { # CASE
	report -f json "$1" | jq -r '.cases[0].state'
}

previous_of() { # CASE
	report -f json "$1" | jq -r '.cases[0].previous // "none"'
}

@test "an attack labelled fraud does not become the norm" {
	for day in 01 02 03 04 05; do calls $day 2; done >usual.csv
	cp usual.csv all.csv
	scan --now 2026-01-06 usual.csv
	for day in 06 07 08 09 10 11 12 13 14 15 16; do
		calls $day 15 >day$day.csv
		cat day$day.csv >>all.csv
		scan --now "2026-01-$day 23:59:59" day$day.csv
		report label "$(open_case)" fraud
	done
	scan --now 2026-01-17 day16.csv
	[ "$(findings local-spike | wc -l)" -eq 11 ]
	run -1 grep closed <(findings local-spike)
	# It stays so, however often it is scanned.
	scan --now 2026-01-17 all.csv
	scan --now 2026-01-17 --rescore all.csv
	[ "$(findings local-spike | wc -l)" -eq 11 ]
	[ "$(report --state fraud -f ndjson | jq -r 'select(.case).measure.baseline' | sort -n | tail -n 1)" = 2 ]
	# Without the labels it is usual after a while.
	mv n.db labelled.db
	scan --now 2026-01-17 all.csv
	[ "$(findings local-spike | wc -l)" -lt 11 ]
	run -1 grep 2026-01-16 <(findings local-spike)
}

@test "a label changes what is learnt at the next scan, and back" {
	for day in 01 02 03 04 05; do calls $day 2; done >usual.csv
	for day in 06 07 08 09 10 11 12 13 14 15 16; do calls $day 15; done >attack.csv
	scan --now 2026-01-17 usual.csv attack.csv
	before=$(findings local-spike)
	case=$(open_case)
	report label "$case" fraud
	scan --now 2026-01-17 usual.csv
	after=$(findings local-spike)
	[ "$(wc -l <<<"$after")" -gt "$(wc -l <<<"$before")" ]
	# It is the same in the nights after.
	scan --now 2026-01-17 usual.csv
	[ "$(findings local-spike | sed 's/ .*//')" = "$(sed 's/ .*//' <<<"$after")" ]
	# What is found only now is a case of its own, which names the first.
	[ "$(state_of "$case")" = fraud ]
	[ "$(previous_of "$(open_case)")" = "$case" ]
	report label "$case" benign
	scan --now 2026-01-17 usual.csv
	[ "$(findings local-spike | grep -vc closed)" -eq "$(wc -l <<<"$before")" ]
}

@test "what a person said ends a case, what comes then is its successor" {
	calls 10 3 0115352501234 1 >a.csv
	scan --now 2026-01-10T12:00:00 a.csv
	first=$(open_case)
	[ "$(previous_of "$first")" = none ]
	report close "$first" --note 'blocked'
	calls 11 3 0115352501235 1 >b.csv
	scan --now 2026-01-11T12:00:00 b.csv
	second=$(case_of local-cuba 2026-01-11)
	[ "$second" != "$first" ]
	[ "$(previous_of "$second")" = "$first" ]
	[ "$(state_of "$first") $(state_of "$second")" = "closed open" ]
	# Not ended by who is at it, nor by who cannot tell.
	report ack "$second"
	report label "$second" unsure
	report ack "$second"
	calls 12 3 0115352501236 1 >c.csv
	scan --now 2026-01-12T12:00:00 c.csv
	[ "$(case_of local-cuba 2026-01-12)" = "$second" ]
	[ "$(state_of "$second")" = open ]
	report label "$second" fraud
	# What had been labelled has more calls: it is open again.
	calls 12 5 0115352501237 2 >d.csv
	scan --now 2026-01-12T13:00:00 d.csv
	[ "$(case_of local-cuba 2026-01-12)" = "$second" ]
	[ "$(state_of "$first") $(state_of "$second")" = "closed open" ]
	# Without them it is as it was said.
	scan --now 2026-01-12T13:00:00 --forget "$PWD/d.csv"
	[ "$(state_of "$second")" = fraud ]
	calls 14 3 0115352501236 1 >e.csv
	scan --now 2026-01-14T13:00:00 e.csv
	[ "$(previous_of "$(case_of local-cuba 2026-01-14)")" = "$second" ]
	# Three days later nothing of it.
	calls 20 3 0115352501236 1 >f.csv
	scan --now 2026-01-20T13:00:00 f.csv
	[ "$(previous_of "$(case_of local-cuba 2026-01-20)")" = none ]
	# However often it is scanned, and in how many parts.
	report -f json | jq -c '[.cases[] | [.id, .previous, .state, .findings]]' >was
	scan --now 2026-01-20T13:00:00 a.csv b.csv c.csv e.csv f.csv
	scan --now 2026-01-20T13:00:00 --rescore a.csv b.csv c.csv e.csv f.csv
	report -f json | jq -c '[.cases[] | [.id, .previous, .state, .findings]]' | diff was -
}

@test "earlier calls change the id of a finding, not what was said" {
	calls 10 3 0115352501234 3 >late.csv
	calls 10 3 0115352501234 2 >early.csv
	scan --now 2026-01-10T12:00:00 late.csv
	case=$(open_case)
	old=$(report -f json | jq -r '.findings[0].id')
	report label "$case" fraud
	scan --now 2026-01-10T12:00:00 early.csv
	new=$(report --state open -f json | jq -r '.findings[] | select(.rule.id == "local-cuba" and .state != "closed").id')
	[ "$new" != "$old" ]
	# It has more calls, so somebody has to look; its name stays.
	[ "$(open_case)" = "$case" ]
	[ "$(sqlite3 n.db "select word from aliases where alias = '$old' and id = '$new'")" = fraud ]
	report label "$old" benign
	[ "$(sqlite3 n.db "select word from labels where target = '$new'")" = benign ]
}

# Two cases, which calls between them make one.
merge() {
	calls 10 3 0115352501234 1 >first.csv
	calls 14 3 0115352501235 1 >second.csv
	calls 12 3 0115352501235 1 >late.csv
	scan --now 2026-01-15 first.csv
	scan --now 2026-01-15 second.csv
	heir=$(case_of local-cuba 2026-01-10)
	old=$(case_of local-cuba 2026-01-14)
	[ "$heir" != "$old" ]
	report ack "$old"
	scan --now 2026-01-15 late.csv
}

@test "a case that was merged into another names it, in every format" {
	merge
	report --state closed >text
	grep -x "merged into $heir" text
	report --state closed -f html | grep "closed, case $old, merged into $heir<"
	report -f ndjson >all.ndjson
	jq -es --arg old "$old" --arg heir "$heir" 'map(select(.merged_into)) | length == 1 and
	    (.[0] | .id == $old and .state == "closed" and .merged_into == [$heir])' all.ndjson
	# As well from a stream.
	cdrreport --no-config --min-score 0 - <all.ndjson | grep -x "merged into $heir"
}

@test "what is closed or merged is not among the cases to look at" {
	merge
	new=(--new --cursor "$PWD/told" --min-score 0)
	# Both are told before they are merged.
	rm n.db
	scan --now 2026-01-15 first.csv second.csv
	report "${new[@]}" >text
	grep '^2 cases to look at: 2 high\.  2 new, 0 continuing, 0 closed\.$' text
	report ack "$old"
	scan --now 2026-01-15 late.csv
	cp told was
	report "${new[@]}" >text
	grep '^1 case to look at: 1 high\.  0 new, 1 continuing, 0 closed, 1 merged\.$' text
	grep '^Implicated: 9 calls' text
	grep "^ 65 high  *2001@pbx  *merged into $heir  *3  " text
	cp was told
	report "${new[@]}" -f html | grep '<p class="lead">1 case to look at: 1 high\. 0 new, 1 continuing, 0 closed, 1 merged\.<'
	cp was told
	report "${new[@]}" -f mail | grep -x 'Subject: \[cdr\] 1 high: 2001@pbx; 1 merged'
	# The heir is closed, too.
	report close "$heir"
	cp was told
	report "${new[@]}" >text
	grep '^No case to look at\.  0 new, 0 continuing, 1 closed, 1 merged\.$' text
	grep '^ 65 high  *2001@pbx  *local-cuba (closed)  *9  ' text
	cp was told
	report "${new[@]}" -f mail >mail
	grep -x 'Subject: \[cdr\] 1 closed, 1 merged: 2001@pbx, 2001@pbx' mail
	grep -x 'X-CDR-Severity: none' mail
	# Of a label as well.
	report label "$heir" fraud
	report --state fraud | grep '^No case to look at\.  0 new, 0 continuing, 0 closed, 1 fraud\.$'
}

@test "the table tells a case that somebody is at from one that nobody has seen" {
	calls 10 3 0115352501234 1 >a.csv
	scan --now 2026-01-10T12:00:00 a.csv
	report --detail low >before
	report ack "$(open_case)" --note Bob
	report --detail low >after
	grep '^ 65 high  *2001@pbx  *local-cuba  *3  ' before
	grep '^ 65 high  *2001@pbx  *local-cuba (acknowledged)  *3  ' after
	grep -x '1 case to look at: 1 high\.  1 new, 0 continuing, 0 closed\.' after
	report --detail low -f html | grep '<td class="why">local-cuba (acknowledged)</td>'
}

@test "the picture of a merged case draws no rules that saw something in its heir" {
	merge
	cdrreport --no-config -d n.db --since 2000-01-01 --min-score 0 --state closed \
	    --state open -f html >page.html
	grep "closed, case $old, merged into <a href=\"#$heir\">$heir</a><" page.html
	grep "<section id=\"$heir\">" page.html
	# The heir has its rules drawn, the other only its calls.
	[ "$(grep -o 'what each rule saw;' page.html | wc -l)" -eq 1 ]
	[ "$(grep -o 'time, by weekday and hour</figcaption>' page.html | wc -l)" -eq 2 ]
	report --state closed -f html >alone.html
	[ "$(grep -o 'what each rule saw;' alone.html | wc -l)" -eq 0 ]
	[ "$(grep -o 'time, by weekday and hour</figcaption>' alone.html | wc -l)" -eq 1 ]
	# Without the heir there is nothing to go to.
	run ! grep "href=\"#$heir\"" alone.html
}

@test "who asks for a case that was merged is shown its heir" {
	merge
	report -f json "$old" >out.json 2>err
	[ "$(jq -r '.cases[].id' out.json)" = "$heir" ]
	[ "$(cat err)" = "cdrreport: case $old is merged into $heir" ]
	cdrreport --no-config -d n.db calls "$old" -f csv >calls.csv 2>err
	cdrreport --no-config -d n.db calls "$heir" -f csv | diff calls.csv -
	[ "$(wc -l <calls.csv)" -eq 10 ]
	[ "$(cat err)" = "cdrreport: case $old is merged into $heir" ]
	run -0 --separate-stderr cdrreport -q --no-config -d n.db calls "$old"
	[ -z "$stderr" ]
	# Where the heir is not in the stream there is only the case itself.
	report -f ndjson | jq -c --arg heir "$heir" 'select(.id != $heir and .case != $heir)' >some
	cdrreport --no-config - "$old" <some | grep -x "merged into $heir"
	# What was said of it stays with it.
	report labels "$old" >said 2>err
	grep "$old  ack" said
	[ "$(cat err)" = "cdrreport: case $old is merged into $heir" ]
	# Options may leave the heir out.
	report label "$heir" benign
	report --state open "$old" >out 2>err
	run ! grep "$heir" out
	[ "$(cat err)" = "cdrreport: case $old is merged into $heir" ]
}

@test "what was said of a case that was merged is told with its heir" {
	merge
	report note "$heir" 'ticket 4711'
	report labels "$heir" >said 2>err
	[ "$(wc -l <said)" -eq 2 ]
	sed -n 1p said | grep "  $old  ack"
	sed -n 2p said | grep "  $heir  note .*: ticket 4711$"
	[ ! -s err ]
	# Of all it is told once.
	report labels | diff said -
	report "$heir" --detail med >text
	grep "^Said: .* ack of $old" text
	grep "^Said: .* note .*: ticket 4711$" text
	[ "$(grep -c '^Said: ' text)" -eq 2 ]
	report "$heir" -f html | grep '<p class="soft">Said: .* note .*: ticket 4711</p>'
	# In the case that it was said of there is nothing to add.
	report --state closed | run ! grep Said:
	report note "$heir" 'asked +5352501234'
	report "$heir" --redact 4 | grep '^Said: .*: asked +535250xxxx$'
}

@test "nothing more can be said of a case that was merged" {
	merge
	before=$(content n.db)
	for word in fraud benign unsure; do
		run -2 report label "$old" $word
		[ "$output" = "cdrreport: case $old is merged into $heir: nothing can be said of it any more" ]
	done
	for command in ack close; do
		run -2 report $command "$old"
		[[ $output == *"is merged into $heir: "* ]]
	done
	run -2 report note "$old" 'called them'
	[[ $output == *"is merged into $heir: "* ]]
	[ "$(content n.db)" = "$before" ]
	report ack "$heir"
	[ "$(state_of "$heir")" = acknowledged ]
}

@test "a case of which nothing is found any more has no heir" {
	calls 10 3 0115352501234 1 >a.csv
	scan --now 2026-01-10T12:00:00 a.csv
	case=$(open_case)
	scan --now 2026-01-10T12:00:00 --forget "$PWD/a.csv"
	[ "$(state_of "$case")" = closed ]
	report -f json "$case" | jq -e '.cases[0] | has("merged_into") | not'
	run -2 cdrreport --no-config -d n.db calls "$case"
	[ "$output" = "cdrreport: case $case is over: none of its findings is found any more" ]
}
