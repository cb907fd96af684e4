#!/usr/bin/env bats
# Callers choose their names: one that a pattern gives up on must not hide
# what all others did.

bats_require_minimum_version 1.5.0
load common

# The night with one caller's name, or channel, made long.
night_with() { # SED-EXPRESSION
	sed "2$1" "$NIGHT" >Master.csv
	run -1 cmp -s Master.csv "$NIGHT"
}

LONG=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa

slow_rule() {
	mkdir rules.d
	cat >rules.d/slow.json <<-'EOF'
	{"cdrrules": 1, "rules": [{"id": "slow-name", "version": 1,
	 "title": "Name", "description": "A name that ends loudly.",
	 "status": "test", "fraud_type": "irsf", "family": "pattern",
	 "score": 30, "match": {"src_name": {"regex": "(\\w+\\s?)+[!?]"}},
	 "by": ["account"], "waiver_needs": ["account"]}]}
	EOF
	jq --arg dir "$PWD/rules.d" '.rules = [$dir]' "$CONFIG" >slow.conf
}

# Findings but those about rules.
of_others() {
	jq -c 'select(.schema == "cdr.finding/1" and .entity.type != "rule") |
	    [.rule.id, .entity, .score]' "$1" | sort
}

@test "a rule whose pattern gives up stops, the others find the same" {
	slow_rule
	night_with "s/\"\"\"[^\"]*\"\"/\"\"\"$LONG\"\"/"
	run -0 --separate-stderr cdrscan -c "$CONFIG" -f ndjson Master.csv
	printf '%s\n' "$output" >without
	run -3 --separate-stderr cdrscan -c slow.conf -f ndjson Master.csv
	printf '%s\n' "$output" >with
	[[ $stderr == *"rule 'slow-name': stopped, src_name: '$LONG': pattern "*"gave up"* ]]
	[ "$(of_others without | wc -l)" -gt 1 ]
	[ "$(of_others without)" = "$(of_others with)" ]
	[ "$(jq -r 'select(.rule.id? == "rule-stopped") |
	    [.kind, .rule.family, .rule.fraud_type, .score, .severity,
	     .entity.type, .entity.id] | join(" ")' with)" = \
	  "finding data-quality data-quality 20 low rule slow-name" ]
	(cd "$TOP" && python3 tests/cli/schema.py "$BATS_TEST_TMPDIR/with")
}

@test "the rule that stopped is a case of the text report" {
	slow_rule
	night_with "s/\"\"\"[^\"]*\"\"/\"\"\"$LONG\"\"/"
	run -3 --separate-stderr cdrscan -c slow.conf Master.csv
	[[ $output == *"rule slow-name"* && $output == *"rule-stopped"* ]]
	[[ $output == *"known-bad-number"* ]]
}

@test "a store keeps the case of a stopped rule until it stops no more" {
	slow_rule
	night_with "s/\"\"\"[^\"]*\"\"/\"\"\"$LONG\"\"/"
	run -3 cdrscan -c slow.conf -d calls.db Master.csv
	cdrreport -d calls.db --min-score 0 -f ndjson >open
	[ "$(jq -r 'select(.rule.id? == "rule-stopped") | .entity.id' open)" = \
		slow-name ]
	run -0 cdrscan -c "$CONFIG" -d calls.db "$NIGHT"
	cdrreport -d calls.db --min-score 0 --state closed -f ndjson >now
	[ "$(jq -r 'select(.rule.id? == "rule-stopped") | .state' now)" = closed ]
}

@test "a trunk pattern that gives up on a channel is said, exit 3" {
	night_with "s/PJSIP\/[0-9]*-/PJSIP\/$LONG-/"
	jq '.trunks += ["(\\w+\\s?)+[!?]"]' "$CONFIG" >slow.conf
	for store in "" "-d calls.db --print"; do
		# shellcheck disable=SC2086
		run -3 --separate-stderr cdrscan -c slow.conf $store \
			-f ndjson Master.csv
		[ "$(grep -c 'gave up on some texts' <<<"$stderr")" -eq 1 ]
	done
	run --separate-stderr cdrreport -c slow.conf -d calls.db unused
	[[ $stderr == *"cdrreport: "*"gave up on some texts"* ]]
	cdrscan -c slow.conf -f ndjson Master.csv >out 2>err || true
	[ "$(of_others out | wc -l)" -gt 1 ]
}
