#!/usr/bin/env bats
# Waivers: what they take away, what is told of them.

bats_require_minimum_version 1.5.0
load common

# A configuration with a folder of waivers beside it.
site() { # WAIVERS-JSON
	mkdir -p waivers.d
	printf '{ "cdrrules": 1, "waivers": [%s] }\n' "$1" >waivers.d/one.json
	jq '.waivers = "waivers.d"' "$CONFIG" >config.json
}

# The account and the rule of the worst finding of the night that an account
# alone can waive.
worst() {
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" >plain.ndjson
	jq -rs 'map(select(.rule.id == "after-hours-international")) | .[0] |
	    "\(.group.account) \(.rule.id)"' plain.ndjson
}

waiver() { # ACCOUNT RULE [MORE-KEYS]
	printf '{ "id": "w-1", "rules": ["%s"], "match": { "account": "%s" },
	    "reason": "Agreed by telephone", "owner": "anna",
	    "created": "2026-01-01", "expires": "2026-12-31"%s }' "$2" "$1" "$3"
}

@test "a waiver takes calls away from its rule, and is told with them" {
	read -r account rule < <(worst)
	site "$(waiver "$account" "$rule")"
	cdrscan -c config.json -f ndjson "$NIGHT" >waived.ndjson
	jq -es --arg r "$rule" --arg a "$account" '
	    (map(select(.kind == "finding" and .rule.id == $r and
	        .group.account == $a)) | length == 0) and
	    (map(select(.kind == "waived")) | length > 0 and
	        all(.waivers == ["w-1"] and (has("case") | not)))' waived.ndjson
	jq -es 'last.waivers[0] | .id == "w-1" and .state == "used" and
	    .calls.count > 0' waived.ndjson
	# Every other rule finds what it found.
	for f in plain waived; do
		jq -cS --arg r "$rule" 'select(.kind == "finding" and .rule.id != $r) |
		    del(.case, .ruleset, .evidence)' $f.ndjson | sort >$f.others
	done
	[ -s plain.others ]
	cmp plain.others waived.others
	cdrscan -c config.json "$NIGHT" >text
	grep -q '^Waivers: - w-1 (anna): used, .*; ends 2026-12-31' text
	grep -q '^Not counted: .* waived finding' text
	(cd "$TOP" && python3 tests/cli/schema.py "$OLDPWD/waived.ndjson")
}

@test "a store keeps waived findings; cdrreport --waived lists them" {
	read -r account rule < <(worst)
	site "$(waiver "$account" "$rule")"
	cdrscan -c config.json -d calls.db "$NIGHT"
	cdrreport -d calls.db -c config.json --waived >text
	grep -q '^Waived findings, not counted' text
	cdrreport -d calls.db -c config.json -f ndjson --waived >waived.ndjson
	jq -es 'map(select(.kind == "waived")) | length > 0 and
	    all(.waivers == ["w-1"])' waived.ndjson
}

@test "beyond its limit a waiver is none" {
	read -r account rule < <(worst)
	site "$(waiver "$account" "$rule" ', "limit": { "calls_per_day": 1 }')"
	cdrscan -c config.json -f ndjson "$NIGHT" >waived.ndjson
	jq -es --arg r "$rule" --arg a "$account" 'any(.kind == "finding" and
	    .rule.id == $r and .group.account == $a)' waived.ndjson
	jq -es 'last.waivers[0].days_over >= 1' waived.ndjson
}

@test "a wrong waiver is told with its place, and nothing is scanned" {
	site "$(waiver A1 no-such-rule)"
	run cdrscan -c config.json "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"waivers.d/one.json:1:"*"error[E401]: unknown rule 'no-such-rule'"* ]]
	site "$(waiver A1 '*')"
	run cdrscan -c config.json "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"error[E407]"* ]]
	jq '.allow_wildcard_waivers = true' config.json >allowing.json
	run cdrscan -c allowing.json "$NIGHT"
	[ "$status" -eq 0 ]
	# A folder that is not there yet is fine.
	jq '.waivers = "nowhere.d"' "$CONFIG" >config.json
	run cdrscan -c config.json "$NIGHT"
	[ "$status" -eq 0 ]
}

@test "tuning: another threshold, for all or for one account" {
	mkdir -p own.d
	jq '.rules = ["own.d"]' "$CONFIG" >config.json
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" >plain.ndjson
	jq -es 'map(select(.rule.id == "after-hours-international")) |
	    length > 0 and all(.params.calls == 3)' plain.ndjson
	echo '{ "cdrrules": 1, "tuning": { "after-hours-international":
	    { "params": { "calls": 5 }, "score": "+5", "reason": "On call" } } }' >own.d/t.json
	cdrscan -c config.json -f ndjson "$NIGHT" >tuned.ndjson
	jq -es 'map(select(.rule.id == "after-hours-international")) |
	    length > 0 and all(.params.calls == 5 and .measure.limit == 5)' tuned.ndjson
	(cd "$TOP" && python3 tests/cli/schema.py "$OLDPWD/tuned.ndjson")
	run cdrrules show -c config.json after-hours-international
	[[ $output == *"score            35"*"score set in"*"own.d/t.json:2"* ]]
	[[ $output == *"calls = 5 (1 to 100)"*"own.d/t.json:2"* ]]
	run cdrrules test -c config.json -k after-hours-international
	[ "$status" -eq 0 ]
	echo '{ "cdrrules": 1, "tuning": { "after-hours-international":
	    { "match": { "account": "207" }, "enabled": false } } }' >own.d/t.json
	cdrscan -c config.json -f ndjson "$NIGHT" >tuned.ndjson
	jq -es 'all(.rule.id == "after-hours-international" and
	    .group.account == "207" | not)' tuned.ndjson
	run cdrrules show -c config.json after-hours-international
	[[ $output == *"tuning           for account 207, enabled false"* ]]
	echo '{ "cdrrules": 1, "tuning": { "after-hours-international":
	    { "params": { "calls": 101 } } } }' >own.d/t.json
	run cdrscan -c config.json "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"own.d/t.json:2:29: error[E410]"* ]]
}

@test "waive writes what it checked, waivers lists it" {
	jq '.waivers = "new.d"' "$CONFIG" >config.json
	now=(-c config.json --now 2026-01-14T12:00:00Z)
	run cdrrules waive "${now[@]}" after-hours-international --match account=207 \
		--reason "Night shift of the week" --expires 2026-01-21 --owner anna \
		--limit calls=500 --limit cost=50.5
	[ "$status" -eq 0 ]
	[ "$output" = w-2026-001 ]
	run cdrrules waive "${now[@]}" known-bad-number --match account=A1 \
		--match 'dst=+5375550*' --match dst=@known-bad --reason "Agreed in writing" \
		--from 2026-01-01 --expires 2026-12-31 --owner otto --ticket FR-118
	[ "$output" = w-2026-002 ]
	jq -e '.waivers | length == 2 and .[0] == { id: "w-2026-001",
	    rules: ["after-hours-international"], match: { account: "207" },
	    reason: "Night shift of the week", owner: "anna", created: "2026-01-14",
	    expires: "2026-01-21", limit: { calls_per_day: 500, cost_per_day: 50.5 } } and
	    .[1].match == { account: "A1", dst: [{ prefix: "+5375550" }, { list: "known-bad" }] } and
	    .[1].ticket == "FR-118" and .[1].from == "2026-01-01"' new.d/waivers.json
	run cdrrules waivers "${now[@]}"
	[[ $output == *"w-2026-001  holds, 2026-01-14 to 2026-01-20, anna: Night shift"* ]]
	[ "$(cdrrules waivers "${now[@]}" --soon 7d | grep -c '^w-')" -eq 1 ]
	[ "$(cdrrules waivers "${now[@]}" --expired | wc -l)" -eq 0 ]
	[ "$(cdrrules waivers -c config.json --now 2026-01-21 --expired | grep -c '^w-')" -eq 1 ]
	cdrrules waivers "${now[@]}" -f json | jq -e 'map(.state) == ["holds", "holds"]'
	run cdrrules waivers "${now[@]}" --unused
	[ "$status" -eq 2 ]
	jq '.waivers[0].created = "2026-01-01"' new.d/waivers.json >w.json
	mv w.json new.d/waivers.json
	cdrscan -c config.json -d calls.db "$NIGHT"
	run cdrrules waivers "${now[@]}" -d calls.db
	[[ $output == *"w-2026-001"*" calls in the last run"*"w-2026-002"*"no call in the last run"* ]]
	[ "$(cdrrules waivers "${now[@]}" -d calls.db --unused | grep -c '^w-')" -eq 1 ]
}

@test "waive: of many at once none is lost, and each has its own id" {
	jq '.waivers = "new.d"' "$CONFIG" >config.json
	for i in 1 2 3 4 5 6 7 8; do
		cdrrules waive -c config.json --now 2026-01-14 after-hours-international \
			--match account=20$i --reason "Night shift of the week" \
			--expires 2026-01-21 --owner anna >id.$i &
	done
	wait
	jq -e '(.waivers | length == 8) and (.waivers | map(.id) | unique | length == 8) and
	    (.waivers | map(.match.account) | sort == ["201", "202", "203", "204",
	        "205", "206", "207", "208"])' new.d/waivers.json
	[ "$(sort -u id.? | wc -l)" -eq 8 ]
	cdrrules waivers -c config.json --now 2026-01-14 | grep -c '^w-2026-00' | grep -qx 8
}

@test "waive: what is wrong is told, and nothing is written" {
	jq '.waivers = "new.d"' "$CONFIG" >config.json
	try() { # WORDS ARGUMENT...
		words=$1
		shift
		run cdrrules waive -c config.json --now 2026-01-14 "$@"
		[ "$status" -eq 2 ]
		[[ $output == *"$words"* ]]
		[ ! -e new.d/waivers.json ]
	}
	good=(--match account=A1 --reason "Night shift of the week" --owner o)
	try "error[E401]: unknown rule 'after-hour'" after-hour "${good[@]}" --expires 2026-02-01
	try "error[E406]" after-hours-international "${good[@]}" --expires 2026-01-14
	try "error[E402]" after-hours-international --match user=207 \
		--reason "Night shift of the week" --expires 2026-02-01
	try "error[E408]" after-hours-international --match account=A1 --reason why --expires 2026-02-01
	try "needs --match, --reason and --expires" after-hours-international "${good[@]}"
	try "--match: not FIELD=VALUE: 'account'" after-hours-international --match account \
		--reason "Night shift of the week" --expires 2026-02-01
	try "--limit: not calls=N or cost=N: 'many'" after-hours-international "${good[@]}" \
		--expires 2026-02-01 --limit many
	run cdrrules waive -c "$CONFIG" after-hours-international "${good[@]}" --expires 2026-02-01
	[ "$status" -eq 2 ]
	[[ $output == *"no folder of waivers"* ]]
}

@test "what is wrong with a waiver is told of its option" {
	site ""
	refused() { # MESSAGE OPTION...
		local message=$1
		shift
		run -2 cdrrules -c config.json --now 2026-01-14 waive "$@"
		[ "$output" = "cdrrules: $message" ] || { echo "$output"; false; }
	}
	good=(--match account=A --match dst_country=CU
	    --reason "Agreed by telephone")
	refused "--expires: error[E304]: no such date: '2026-02-30'" \
	    high-risk-country "${good[@]}" --expires 2026-02-30
	refused "--expires: error[E304]: wrong type; a date such as \"2026-01-13\" is needed" \
	    high-risk-country "${good[@]}" --expires soon
	refused "--expires: error[E406]: the waiver ends before it begins; the first day on which it no longer holds" \
	    high-risk-country "${good[@]}" --expires 2026-01-02
	refused "--reason: error[E408]: a reason of fewer than 10 characters tells nobody why" \
	    high-risk-country "${good[@]}" --reason short --expires 2026-02-02
	refused "RULE: error[E401]: unknown rule 'high-risk-countr'; did you mean \"high-risk-country\"?
      = note: cdrrules list names them" \
	    high-risk-countr "${good[@]}" --expires 2026-02-02
	refused "--match: error[E212]: 'cu' is no country; did you mean \"CU\"?
      = note: codes are those of ISO 3166, such as \"CU\"" \
	    high-risk-country --match account=A --match dst_country=cu \
	    --reason "Agreed by telephone" --expires 2026-02-02
	[ ! -e waivers.d/waivers.json ]
}

@test "a country that is none is an error in rules, tuning and try" {
	run -2 cdrrules try -m '{ "dst_country": "UK" }' "$NIGHT"
	[[ $output == *"'UK' is no country"*'did you mean "GB"?'* ]]
	cat >tuning.json <<-'END'
	{ "cdrrules": 1, "tuning": { "high-risk-country": { "match": { "dst_country": "uk" },
	    "score": 20, "by": "anna", "date": "2026-01-14",
	    "reason": "Our second office is there" } } }
	END
	run -1 cdrrules check tuning.json
	[[ $output == *"E212"*"'uk' is no country"* ]]
}

@test "waivers: limit, ticket, cost and days over it; none is told" {
	read -r account rule < <(worst)
	site "$(waiver "$account" "$rule" ', "ticket": "FR-118",
	    "limit": { "calls_per_day": 1, "cost_per_day": 2.5 }')"
	cdrscan -c config.json -d calls.db "$NIGHT"
	cdrrules waivers -c config.json -d calls.db --now 2026-01-15 >text
	grep -q "Agreed by telephone (FR-118)" text
	grep -q ", at most 1 call and a cost of 2.50 a day" text
	grep -q "1 call in the last run.*, over its limit on 1 day" text
	cdrrules waivers -c config.json -d calls.db --now 2026-01-15 -f json |
	    jq -e --arg a "$account" '.[0] | .ticket == "FR-118" and .match == { account: $a } and
	        .limit == { calls_per_day: 1, cost_per_day: 2.5 } and
	        .calls == 1 and .days_over == 1 and (.money | type == "array")'
	run --separate-stderr -0 cdrrules waivers -c config.json --expired --now 2026-01-15
	[ "$stderr" = "cdrrules: none of 1 waiver" ]
	run --separate-stderr -0 cdrrules waivers --no-config
	[ "$stderr" = "cdrrules: no waivers: the configuration names no folder of them" ]
	[ -z "$output" ]
}
