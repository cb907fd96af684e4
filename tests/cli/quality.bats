#!/usr/bin/env bats
# Labelled traffic and its score: what `make quality` stands on.

bats_require_minimum_version 1.5.0
load common

ROWS="after-hours-international after-hours-volume volume-spike call-rate
known-bad-number known-bad-probe high-risk-country premium-and-satellite
first-country toll-free-pumping-in toll-free-pumping-out concurrent-user
concurrent-group long-call sequential-numbers prefix-probing
range-accumulation forward-international voicemail-pin-guessing
voicemail-breakout dial-around do-not-originate robocall hang-ups harassment
wangiri wangiri-call-back dormant-account test-account restricted-class
simultaneous-code same-number-both-ways feed-silent feed-gap admin-change"
NEGATIVES="alarm-dialler call-centre-campaign clock-change
conference-two-hours fax-broadcast late-shift month-end new-employee
number-porting public-holiday school-alert several-legs support-caller
weekly-partner"

traffic() { # OPTION...
	"$BUILD_DIR/bench/gentraffic" --accounts 200 "$@"
}

# All that gentraffic can write, in the folder $1.
everything() { # DIR [OPTION]...
	mkdir -p "$1/out" "$1/rules"
	(cd "$1" && traffic --fraud all --split out --truth truth.csv \
		--config config.json --directory directory.csv \
		--rates rates.csv --rules rules --audit audit.csv "${@:2}")
}

@test "gentraffic: the same seed writes the same bytes, another one others" {
	everything one --days 7 --history 20
	everything two --days 7 --history 20
	everything three --days 7 --history 20 --seed 2
	diff -r one two
	for file in out/main-2025-10-29.csv truth.csv directory.csv; do
		run -1 cmp -s "one/$file" "three/$file"
	done
}

@test "gentraffic: ordinary calls are the same with fraud and without" {
	traffic --days 7 --only known-bad-number --fraud easy --truth t >with
	traffic --days 7 >without
	# Numbers of records differ behind the fraud, the calls do not.
	cut -d, -f1-16 with | sort >a
	cut -d, -f1-16 without | sort >b
	[ "$(comm -13 a b | wc -l)" -eq 0 ]
	[ "$(comm -23 a b | wc -l)" -eq "$(grep -c ^fraud t)" ]
}

@test "gentraffic: each layout is recognised and read without a reject" {
	counts=
	for layout in asterisk-csv freeswitch-csv generic yeastar-p; do
		traffic --days 7 --layout $layout --fraud all --truth truth.csv \
			--config config.json >$layout.csv
		run -0 --separate-stderr cdrscan -v -f json -o out.json \
			--now 2025-11-03T07:00:00 -c config.json $layout.csv
		[[ $stderr == *": $layout, confidence 1.00"* ]]
		now=$(jq -c '.run.counts | [.calls, .legs, .duplicates, .rejects]' \
			out.json)
		[ "${counts:=$now}" = "$now" ] || { echo "$now" && return 1; }
		# The calls that the truth names are there, each once.
		cut -d, -f6 truth.csv | sed 1d | grep . | sort >ids
		[ "$(wc -l <ids)" -gt 1000 ]
		[ "$(uniq -d ids | wc -l)" -eq 0 ]
		grep -ohwFf ids $layout.csv | sort -u | diff - ids
	done
	[[ $counts == *",0,0]" ]]
}

@test "gentraffic: every row in every form, and everything that must not alarm" {
	everything all --days 30
	cut -d, -f1,3,4 all/truth.csv | sed 1d | sort -u >have
	for row in $ROWS; do
		for form in easy typical evasive; do
			echo "fraud,$row,$form"
		done
	done >want
	for name in $NEGATIVES; do
		echo "negative,$name,"
	done >>want
	sort want | diff - have
	# A line for each fraudulent call, and its begin is that of a call.
	grep ^fraud all/truth.csv | grep -v ',feed-' |
		awk -F, '$6 == "" || $7 < $9 || $7 > $10 { print; bad = 1 }
			END { exit bad }'
	awk -F, 'NR > 1 && $5 == "" { print; bad = 1 } END { exit bad }' \
		all/truth.csv
}

@test "gentraffic: --only and a form restrict the fraud" {
	traffic --days 7 --fraud typical --only harassment --each 2 \
		--truth truth.csv >calls.csv
	[ "$(grep ^fraud truth.csv | cut -d, -f3,4 | sort -u)" = \
		harassment,typical ]
	[ "$(grep ^fraud truth.csv | cut -d, -f2 | sort -u | wc -l)" -eq 2 ]
	run -2 traffic --fraud often
	run -2 traffic --fraud all --only nothing
	run -2 traffic --layout unheard-of
	run -2 "$BUILD_DIR/bench/gentraffic" --accounts 20
}

@test "gentraffic: its configuration is one, and each switch is a source" {
	everything all --days 7
	cd all
	run -0 --separate-stderr cdrscan -v -c config.json \
		--now 2025-11-03T07:00:00 -f json -o found.json out/*.csv
	jq -e '.run.counts.rejects == 0 and (.run.feeds | length) == 8' found.json
}

@test "gentraffic: codes, the audit log and the site's lists are understood" {
	everything all --days 12
	cd all
	run -0 cdrscan -q -c config.json --now 2025-11-08T07:00:00 \
		-f ndjson -o found.ndjson out/*.csv
	for rule in admin-change-calls simultaneous-code do-not-originate; do
		jq -se --arg rule $rule 'any(.rule.id == $rule)' found.ndjson
	done
}

# Records of a file that ended in an outage of this row.
ended_in() { # ROW FILE...
	set -- "$(grep "^fraud,f[0-9]*,$1,typical," truth.csv |
		jq -Rr 'split(",") | map(select(endswith("Z"))) | map(fromdate) |
			"\(.[0]) \(.[1])"')" "${@:2}"
	cat "${@:2}" | tr -d '"' | awk -F, -v from="${1% *}" -v to="${1#* }" \
		'{ end = int($17) + $13 } end >= from && end < to' | wc -l
}

@test "gentraffic: a switch that is silent wrote nothing, the others did" {
	everything all --days 7 --layout asterisk-csv
	cd all
	[ "$(ended_in feed-silent out/sw2-*.csv)" -eq 0 ]
	[ "$(ended_in feed-silent out/sw1-*.csv)" -gt 0 ]
	[ "$(ended_in feed-silent out/main-*.csv)" -gt 100 ]
	[ "$(ended_in feed-gap out/sw5-*.csv)" -eq 0 ]
	[ "$(ended_in feed-gap out/main-*.csv)" -gt 10 ]
}

@test "quality: the score of an example that was worked out by hand" {
	"$TOP/bench/quality.py" score "$TOP/tests/cli/quality" >score.txt
	diff "$TOP/tests/cli/quality/score.txt" score.txt
}

@test "quality: alarms of the fixed thresholds, worked out by hand" {
	"$TOP/bench/quality.py" opensips "$TOP/tests/cli/quality/calls/minute.csv" \
		>opensips.txt
	diff "$TOP/tests/cli/quality/opensips.txt" opensips.txt
}

@test "quality: a report that ends early is not scored" {
	cp -r "$TOP/tests/cli/quality" cut
	sed -i '$d' cut/reports/2025-10-29.ndjson
	run -1 --separate-stderr "$TOP/bench/quality.py" score cut
	[[ $stderr == *"2025-10-29.ndjson: incomplete" ]]
}

@test "quality: a small run ends with all its tables" {
	BUILD=$BUILD_DIR DAYS=3 ACCOUNTS=200 SEEDS=1 HISTORY=3 JOBS=1 \
		"$TOP/bench/quality.py" >quality.md
	grep -q '^| cdrguard | [01]\.[0-9]' quality.md
	[ "$(grep -c '^| OpenSIPS' quality.md)" -eq 4 ]
	for row in $ROWS; do
		grep -q "^| $row | [01]/1 |" quality.md
	done
}
