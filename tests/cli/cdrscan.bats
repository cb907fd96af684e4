#!/usr/bin/env bats
# cdrscan as a person or cron calls it: results, messages, exit codes.

bats_require_minimum_version 1.5.0
load common

@test "findings as text; the points add up" {
	run cdrscan -c "$CONFIG" "$NIGHT"
	[ "$status" -eq 0 ]
	[[ $output == *"207"* && $output == *"known-bad-number"* ]]
}

@test "findings as NDJSON; the run line is last" {
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" >out 2>err
	[ "$(tail -n 1 out | jq -r .schema)" = cdr.run/1 ]
	[ "$(grep -c cdr.run/1 out)" -eq 1 ]
	[ "$(jq -r 'select(.schema == "cdr.finding/1") | .entity.id' out |
		sort -u | grep -c 207)" -eq 1 ]
}

@test "a clean day: no findings, said on stderr" {
	run --separate-stderr cdrscan -c "$CONFIG" "$TOP/samples/clean-day.csv"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[[ $stderr == *"no findings in 23 calls"* ]]
}

@test "without a configuration the guesses are said" {
	run --separate-stderr cdrscan --no-config "$TOP/samples/clean-day.csv"
	[ "$status" -eq 0 ]
	[[ $stderr == *"home country"*"US"* ]]
	[[ $stderr == *"trunks guessed"*"PJSIP/carrier"* ]]
	[[ $stderr == *"-06:00"* ]]
}

@test "what was looked at is called what the records were read as" {
	cdrscan -q -c "$CONFIG" "$NIGHT" >report
	grep -q '^Looked at: 340 calls, ' report
	grep -q '^Records: 356 read from 1 file = 340 calls + 16 further legs ' report
	# In a store there may be events, too.
	cdrscan -q -c "$CONFIG" -d n.db --print "$NIGHT" >report
	grep -q '^Looked at: 340 calls and events, ' report
}

@test "a finding leads back: sed prints the record it names" {
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" >out 2>/dev/null
	jq -r 'select(.schema == "cdr.finding/1") | .evidence[] |
	    [.line, .call_id] | @tsv' out >places
	[ -s places ]
	while read -r line id; do
		sed -n "${line}p" "$NIGHT" | grep -q "\"$id\""
	done <places
}

@test "two runs are the same bytes" {
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" >one 2>/dev/null
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" >two 2>/dev/null
	cmp one two
	cdrscan -c "$CONFIG" "$NIGHT" >one 2>/dev/null
	cdrscan -c "$CONFIG" "$NIGHT" >two 2>/dev/null
	cmp one two
}

@test "a shuffled file gives the same findings" {
	cp "$NIGHT" Master.csv
	cdrscan -c "$CONFIG" -f ndjson Master.csv >one 2>/dev/null
	for seed in 1 2 3; do
		shuf --random-source=<(yes "$seed") "$NIGHT" >Master.csv
		cdrscan -c "$CONFIG" -f ndjson Master.csv >two 2>/dev/null
		diff <(same_findings one) <(same_findings two)
	done
}

@test "plain, gzipped, piped, in halves, in an archive: the same findings" {
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" >plain 2>/dev/null
	gzip -c "$NIGHT" >night.gz
	head -n 150 "$NIGHT" >a.csv
	tail -n +151 "$NIGHT" >b.csv
	cdrscan -c "$CONFIG" -f ndjson night.gz >gz 2>/dev/null
	cdrscan -c "$CONFIG" -f ndjson - <"$NIGHT" >pipe 2>/dev/null
	zcat night.gz | cdrscan -c "$CONFIG" -f ndjson >/dev/null 2>&1 - # closed early
	cdrscan -c "$CONFIG" -f ndjson b.csv a.csv >halves 2>/dev/null
	tar cf - b.csv a.csv | gzip -c >night.tar.gz
	cdrscan -c "$CONFIG" -f ndjson night.tar.gz >tar 2>/dev/null
	for other in gz pipe halves tar; do
		diff <(same_findings plain) <(same_findings $other)
	done
}

@test "the same file twice on one command line: duplicates, not calls" {
	cp "$NIGHT" copy.csv
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" copy.csv >out 2>/dev/null
	tail -n 1 out | jq -e '.counts |
	    .duplicates == 356 and .records == 712 and
	    .calls + .legs + .skipped + .duplicates + .rejects == .records'
}

@test "an empty file is fine" {
	: >empty.csv
	run --separate-stderr cdrscan --no-config empty.csv
	[ "$status" -eq 0 ]
	[[ $stderr == *"no calls, so nothing could be found"* ]]
}

@test "a file with nothing but its header is empty, too" {
	n=0
	for layout in $(jq -r 'select(.header) | .id' "$TOP"/rules/layouts/*.json); do
		head -n 1 "$TOP/samples/$layout.csv" >header.csv
		run --separate-stderr cdrscan --no-config -v header.csv
		[ "$status" -eq 0 ]
		[[ $stderr == *"header.csv: $layout, confidence 1.00: the header names its columns, no record follows"* ]]
		[[ $stderr == *"no calls, so nothing could be found"* ]]
		cdrscan --no-config -t "$layout" header.csv
		n=$((n + 1))
	done
	[ "$n" -gt 20 ]
	# With the types of its columns; and with what is no call.
	head -n 2 "$TOP/samples/cisco-cucm.csv" >header.csv
	cdrscan --no-config header.csv
	sed -n '3s/^1/2/p' "$TOP/samples/cisco-cucm.csv" >>header.csv
	run -3 cdrscan --no-config header.csv
	[[ $output == *"not one call in it: layout 'cisco-cucm' skips all its records"* ]]
}

@test "a header that is cut off is told" {
	head -c 60 "$TOP/samples/voipms.csv" >header.csv
	run --separate-stderr cdrscan --no-config header.csv
	[ "$status" -eq 0 ]
	[[ $stderr == *"header.csv: the last line has no end: it may not be whole"* ]]
}

@test "a last line without its end, and records twice, are told" {
	cp "$TOP/samples/clean-day.csv" cut.csv
	cat cut.csv cut.csv >twice.csv
	truncate -s -60 cut.csv
	run --separate-stderr cdrscan --no-config cut.csv
	[[ $stderr == *"cut.csv: the last line has no end: it may not be whole"* ]]
	run --separate-stderr cdrscan --no-config twice.csv
	[[ $stderr == *"twice.csv: warning: 25 of 50 calls are written like others in it, and are counted: is it there twice?"* ]]
	run --separate-stderr cdrscan --no-config "$TOP/samples/clean-day.csv"
	[[ $stderr != *"no end"* && $stderr != *"twice"* ]]
}

@test "a truncated record is rejected with its place, the others count" {
	head -n 5 "$NIGHT" >cut.csv
	sed -n 6p "$NIGHT" | head -c 60 >>cut.csv
	echo >>cut.csv
	sed -n 7,12p "$NIGHT" >>cut.csv
	run cdrscan -c "$CONFIG" -f ndjson cut.csv
	[ "$status" -eq 3 ]
	[[ $output == *"cut.csv:6: rejected: "* ]]
	cdrscan -c "$CONFIG" -f ndjson cut.csv 2>/dev/null | tail -n 1 |
		jq -e '.counts.calls + .counts.legs == 11 and .counts.rejects == 1'
}

@test "a lost quote costs its own record only" {
	sed '20s/"$//; 20s/^"//' "$NIGHT" >quote.csv
	cdrscan -c "$CONFIG" -f ndjson quote.csv 2>err | tail -n 1 >run.json || true
	jq -e '.counts | .calls + .legs + .rejects == .records and .rejects <= 1' run.json
}

@test "a file that is no call record file is named, exit 3" {
	echo "hello world" >no.csv
	run cdrscan --no-config no.csv
	[ "$status" -eq 3 ]
	[[ $output == *"no.csv: "*"not a call record file"* ]]
}

@test "a missing file among others: exit 3, the others are read" {
	run cdrscan -c "$CONFIG" nowhere.csv "$NIGHT"
	[ "$status" -eq 3 ]
	[[ $output == *"nowhere.csv: No such file or directory"* ]]
	[[ $output == *"known-bad-number"* ]]
}

@test "nothing readable at all: exit 2" {
	run cdrscan --no-config nowhere.csv
	[ "$status" -eq 2 ]
}

@test "an unreadable file" {
	[ "$(id -u)" -ne 0 ] || skip "root reads everything"
	cp "$NIGHT" secret.csv
	chmod 000 secret.csv
	run cdrscan --no-config secret.csv
	[ "$status" -eq 2 ]
	[[ $output == *"secret.csv: Permission denied"* ]]
}

@test "a folder is read, what fits no layout is named" {
	mkdir d
	cp "$TOP/samples/clean-day.csv" d/a.csv
	echo junk >d/b.txt
	run cdrscan -c "$CONFIG" -f ndjson d
	[ "$status" -eq 3 ]
	[[ $output == *"d/b.txt: "* ]]
	[[ $output == *'"records":25'* || $output == *'"records": 25'* ]]
}

@test "a full disk under the output is exit 2" {
	[ -c /dev/full ] || skip "no /dev/full"
	run bash -c 'cdrscan -c "$1" "$2" >/dev/full' _ "$CONFIG" "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"cannot write standard output: No space left on device"* ]]
}

@test "help that cannot be written is told" {
	[ -c /dev/full ] || skip "no /dev/full"
	local program option
	for program in cdrscan cdrreport cdrrules; do
		for option in --help --version --completion; do
			run bash -c '"$1" "$2" >/dev/full' _ "$program" "$option"
			[ "$status" -eq 2 ]
			[ "$output" = "$program: cannot write standard output: No space left on device" ]
			run bash -c '"$1" "$2" >&-' _ "$program" "$option"
			[ "$status" -eq 2 ]
			[ "$output" = "$program: cannot write standard output: Bad file descriptor" ]
		done
	done
}

@test "a standard input that is closed is no empty file" {
	run bash -c 'cdrscan -c "$1" - <&-' _ "$CONFIG"
	[ "$status" -eq 2 ]
	[[ $output == *"standard input: Bad file descriptor"* ]]
}

@test "what follows gzip data and is none is told, and read before is what was" {
	gzip -c "$NIGHT" >night.gz
	cat night.gz "$TOP/samples/clean-day.csv" >both.gz
	run --separate-stderr cdrscan -c "$CONFIG" -f ndjson both.gz
	[ "$status" -eq 3 ]
	[[ $stderr == *"both.gz: damaged gzip data: what follows it is no gzip"* ]]
	[[ $output == *'"records":356'* ]]
}

@test "a reader that goes away ends it quietly" {
	run bash -c 'cdrscan -c "$1" -f ndjson "$2" 2>err | head -n 1 >/dev/null; cat err' _ "$CONFIG" "$NIGHT"
	[[ $output != *"Broken pipe"* ]]
}

@test "wrong options and wrong rules are exit 2" {
	run cdrscan --no-such-option x
	[ "$status" -eq 2 ]
	[[ $output == *"unknown option: '--no-such-option'"* ]]
	run cdrscan -f xml "$NIGHT"
	[ "$status" -eq 2 ]
	echo '{ "cdrrules": 1, "rules": [ {} ] }' >bad.json
	run cdrscan -R bad.json "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"bad.json:1:"*"error[E301]"* ]]
	run cdrscan
	[ "$status" -eq 2 ]
}

@test "--help and --version go to stdout and are exit 0" {
	run --separate-stderr cdrscan --help
	[ "$status" -eq 0 ]
	[[ $output == "usage: cdrscan "* && -z $stderr ]]
	run cdrscan --version
	[ "$status" -eq 0 ]
	[[ $output == "cdrscan "[0-9]* ]]
}

# N answered calls to London at night, five minutes apart, from extension 201.
abroad() {
	local i
	for ((i = 0; i < $1; i++)); do
		printf '"","201","011442079460%03d","from-internal","201","PJSIP/201-%08x","PJSIP/carrier-%08x","Dial","PJSIP/x@carrier","2026-01-15 02:%02d:00","2026-01-15 02:%02d:05","2026-01-15 02:%02d:59",59,54,"ANSWERED","DOCUMENTATION","17684643%02d.%d",""\n' \
			"$i" "$i" "$i" $((i * 5)) $((i * 5)) $((i * 5)) "$i" "$2"
	done
}

@test "extension 201 of two sites is two parties" {
	jq '. + { sources: [
	    { name: "ulm", files: ["ulm.csv"] },
	    { name: "pbx2", site: "berlin", files: ["berlin.csv"] } ] }' \
		"$CONFIG" >two.json
	# four calls together would be too many, two at each site are not
	abroad 2 1 >ulm.csv
	abroad 2 2 >berlin.csv
	run --separate-stderr cdrscan -c two.json -f ndjson ulm.csv berlin.csv
	[ "$status" -eq 0 ]
	[ "$(jq -c '[.looked_at, .feeds[].source]' <<<"$output")" = '[4,"pbx2","ulm"]' ]
	# of one site they are
	jq '.sources[].site = "ulm"' two.json >one.json
	cdrscan -c one.json -f ndjson ulm.csv berlin.csv 2>/dev/null >out
	[ "$(jq -r 'select(.schema == "cdr.case/1") |
	    [.entity.type, .entity.id, .calls.count] | @tsv' out)" = \
		$'extension\t201@ulm\t4' ]
	# and with three at each site there are two cases
	abroad 3 1 >ulm.csv
	abroad 3 2 >berlin.csv
	cdrscan -c two.json -f ndjson ulm.csv berlin.csv 2>/dev/null >out
	[ "$(jq -r 'select(.schema == "cdr.case/1") | [.entity.type,
	    .entity.id, .calls.count, (.findings | length)] | @tsv' out | sort)" = \
		$'extension\t201@berlin\t3\t1\nextension\t201@ulm\t3\t1' ]
	[ "$(jq -r '.evidence[]?.src' out | sort -u | tr '\n' ' ')" = \
		"201@berlin 201@ulm " ]
	# without sources nothing is added
	cdrscan -c "$CONFIG" -f ndjson ulm.csv 2>/dev/null >out
	[ "$(jq -r '.evidence[]?.src' out | sort -u)" = 201 ]
	# and the report finds them by these names
	cdrscan -c two.json -d n.db ulm.csv berlin.csv 2>/dev/null
	cdrreport -d n.db --now 2026-01-15T12:00:00Z -f ndjson 201@ulm >out
	[ "$(jq -r 'select(.schema == "cdr.case/1") | .entity.id' out)" = 201@ulm ]
}

@test "an own number is a number, not an extension" {
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" 2>/dev/null >out
	[ "$(jq -r 'select(.schema == "cdr.case/1" and .score >= 60) |
	    [.entity.type, .entity.id] | @tsv' out)" = \
		$'extension\t207\nnumber\t+18005550199' ]
	run --separate-stderr cdrscan -c "$CONFIG" "$NIGHT"
	[[ $output == *$'\nnumber +18005550199 '* ]]
}

@test "a rule that does not exist is not one that found nothing" {
	run cdrscan -c "$CONFIG" -r 'local-long-cubba' "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"--rule: no such rule: 'local-long-cubba'"* ]]
	run cdrscan -c "$CONFIG" -x 'known-bad-nubmer' "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"--exclude: no such rule: 'known-bad-nubmer'; did you mean 'known-bad-number'?" ]]
	run cdrscan -c "$CONFIG" -x '*' "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"no rule is active"* ]]
}

@test "what could not be read stands in the report, too" {
	cdrscan -c "$CONFIG" -f json nowhere.csv "$NIGHT" 2>/dev/null >out || true
	jq -e '.run.remarks | any(startswith("NOT READ: nowhere.csv: "))' out
}

@test "a night of fraud alone does not make its country home" {
	grep '"0115375' "$NIGHT" >only.csv
	run cdrscan --no-config only.csv
	[ "$status" -eq 0 ]
	[[ $output == *"known-bad-number"*"after-hours-international"* ]]
}

# rule_about_ids ID MATCH: counts different call ids, besides.
rule_about_ids() {
	cat <<-EOF
	{"id": "$1", "version": 1, "title": "Ids", "description": "Call ids.",
	 "status": "test", "fraud_type": "irsf", "family": "volume",
	 "score": 30, "match": $2, "by": ["account"],
	 "measure": {"fn": "distinct", "of": "call_id", "over": "1h"},
	 "when": {"gte": 3}, "waiver_needs": ["account"]}
	EOF
}

@test "a rule that asks for call_id finds the same as one that counts calls" {
	mkdir rules.d
	printf '{"cdrrules": 1, "rules": [%s, %s]}\n' \
		"$(rule_about_ids ids-all '{"direction": "out"}')" \
		"$(rule_about_ids ids-some '{"call_id": {"prefix": "17684"}}')" \
		>rules.d/ids.json
	jq --arg dir "$PWD/rules.d" '.rules = [$dir]' "$CONFIG" >ids.conf
	for threads in 1 2; do
		cdrscan -c ids.conf --threads $threads -f ndjson "$NIGHT" \
			>"out$threads"
	done
	cmp out1 out2
	[ "$(jq -r 'select(.rule.id? == "ids-some") | .rule.id' out1 |
	    wc -l)" -gt 0 ]
	# What other rules find does not depend on who asks.
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" >without
	same() {
		jq -c 'select(.schema == "cdr.finding/1" and
		    (.rule.id | startswith("ids-") | not)) |
		    [.rule.id, .entity, .evidence]' "$1"
	}
	diff <(same without) <(same out1)
}
