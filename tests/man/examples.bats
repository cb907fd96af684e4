#!/usr/bin/env bats
# Every command that a manual page shows does what the page says.

load common
load session
load ../mailbox/mailbox

teardown() {
	mailbox_close
}

@test "EXAMPLES of cdrscan.1" {
	run_session "$MAN/cdrscan.1"
}

@test "EXAMPLES of cdrrules.1" {
	run_session "$MAN/cdrrules.1"
}

@test "EXAMPLES of cdrreport.1" {
	mailbox_open "$TOP"
	run_session "$MAN/cdrreport.1"
}

@test "the tutorial, cdrguard.7" {
	run_session "$MAN/cdrguard.7"
}

@test "the nightly job of the tutorial is silent on a quiet night" {
	mkdir session-steps
	(cd session-steps && read_session "$MAN/cdrguard.7")
	for step in $(grep -l '^cat > \(config.json\|nightly\)' session-steps/*.cmd); do
		sed 's|night/Master.csv\*|clean-day.csv|' "$step" | bash
	done
	[ -s nightly ]
	run env SOURCE_DATE_EPOCH=1769054400 sh nightly # 22 January 2026
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	grep -q 'All clear' report.txt
}

# The first block of a page that is a whole file, which has this key.
whole_file() { # KEY PAGE
	code_blocks "$2" | awk -v key="\"$1\": 1" '
	/^\t\{$/ { file = ""; on = 1 }
	on { file = file substr($0, 2) "\n" }
	/^\t\}$/ && on {
		on = 0
		if (index(file, key)) {
			printf "%s", file
			exit
		}
	}'
}

@test "the rule file of cdrguard-rules.5 is right, and its tests pass" {
	whole_file cdrrules "$MAN/cdrguard-rules.5" >lakeside.json
	run cdrrules check lakeside.json
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *lakeside.json* ]]
	run cdrrules test lakeside.json
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "2 tests, 2 passed, 0 failed" ]]
}

@test "every clause of that rule is defended by a test" {
	whole_file cdrrules "$MAN/cdrguard-rules.5" >lakeside.json
	for key in direction status international time not; do
		jq "del(.rules[0].match.$key)" lakeside.json >broken.json
		run cdrrules test broken.json
		echo "without $key: $output"
		[ "$status" -eq 1 ]
	done
}

@test "the layout of cdrguard-layouts.5 is right and reads its record" {
	whole_file cdrlayout "$MAN/cdrguard-layouts.5" >example.json
	cdrrules check --strict example.json
	# In a data folder of its own, as where the programs are installed.
	mkdir -p prefix/bin prefix/share/cdrguard
	cp "$(command -v cdrscan)" prefix/bin
	cp -R "$TOP"/rules/. prefix/share/cdrguard
	cp example.json prefix/share/cdrguard/layouts
	code_blocks "$MAN/cdrguard-layouts.5" |
		sed -n 's/^\t\([0-9.]*;.*;sales\)$/\1/p' >record.csv
	[ -s record.csv ]
	prefix/bin/cdrscan -f ndjson --no-config record.csv >out 2>err || cat err
	jq -se 'last.counts | .calls == 1 and .rejects == 0' out
	jq -se 'any(.[]; .schema == "cdr.finding/1" and .entity.id == "sales")' out
}

@test "the configuration of cdrguard-config.5 is right" {
	whole_file cdrconfig "$MAN/cdrguard-config.5" >config.json
	# Its folder of rules is there where it is used.
	mkdir rules.d
	sed 's|"/etc/cdrguard/rules.d"|"rules.d"|' config.json >here.json
	cdrrules check --strict here.json
	run cdrscan -c config.json --show-config
	[ "$status" -eq 0 ]
	[[ $output == *"sources.pbx1.tz = America/Chicago"* ]]
	[[ $output == *'dialplan.extensions = [2-5]\d{2}'* ]]
}

@test "the diagnostic of cdrguard-rules.5 is what cdrrules prints" {
	cat >my.json <<-'END'
		{
		  "cdrrules": 1,
		  "rules": [
		    {
		      "id": "local-cuba",
		      "version": 1,
		      "title": "Calls to Cuba",
		      "description": "Any call to Cuba.",
		      "match": { "dst_contry": "CU" },
		      "status": "test", "fraud_type": "irsf",
		      "family": "destination", "score": 30,
		      "by": ["account"], "waiver_needs": ["account"]
		    }
		  ]
		}
	END
	run cdrrules check my.json
	[ "$status" -eq 1 ]
	code_blocks "$MAN/cdrguard-rules.5" |
		awk '/^\tmy.json:/ { on = 1 } /^$/ { on = 0 } on' |
		sed 's/^\t//' >shown
	[ -s shown ]
	printf '%s\n' "$output" | head -n "$(wc -l <shown)" >got
	diff shown got
}
