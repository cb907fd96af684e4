#!/usr/bin/env bats
# The files that cdrrules reads and writes: what is said of them, who can read them, what they replace.

bats_require_minimum_version 1.5.0
load common

mode() { # FILE
	stat -c %a "$1"
}

site() {
	jq '.waivers = "waivers.d" | .tz = "Europe/Berlin"' "$CONFIG" >config.json
}

waive() { # ACCOUNT
	cdrrules -c config.json --now 2026-01-14 waive high-risk-country \
	    --match "account=$1" --match dst_country=CU \
	    --reason "Agreed by telephone" --expires 2026-02-01 --owner anna
}

@test "rules, lists and waivers are as readable as the umask allows" {
	site
	umask 022
	run -0 waive EXPORT-3
	[ "$(mode waivers.d/waivers.json)" = 644 ]
	cdrrules new -o own.json local-own
	[ "$(mode own.json)" = 644 ]
	printf 'phone\n+13125550142\n' >list.csv
	cdrrules lists import --map value=phone -o list.json list.csv
	[ "$(mode list.json)" = 644 ]
	umask 027
	cdrrules new -o group.json local-group
	[ "$(mode group.json)" = 640 ]
	# What is there keeps its mode, be it wider or narrower.
	chmod 664 waivers.d/waivers.json
	run -0 waive EXPORT-4
	[ "$(mode waivers.d/waivers.json)" = 664 ]
	chmod 600 waivers.d/waivers.json
	run -0 waive EXPORT-5
	[ "$(mode waivers.d/waivers.json)" = 600 ]
	jq -e '.waivers | length == 3' waivers.d/waivers.json
	# Call data are nobody else's.
	cdrscan -c "$CONFIG" -f ndjson -o found.ndjson "$NIGHT"
	[ "$(mode found.ndjson)" = 600 ]
}

@test "whoever may write into the folder of waivers may lock it" {
	site
	umask 022
	mkdir waivers.d
	chmod 2775 waivers.d
	run -0 waive EXPORT-3
	[ "$(mode waivers.d/.lock)" = 664 ]
	chmod 755 waivers.d
	run -0 waive EXPORT-4
	[ "$(mode waivers.d/.lock)" = 644 ]
}

@test "fmt -w keeps the mode of a file" {
	cdrrules new -o own.json local-own
	jq . own.json >other.json
	chmod 640 other.json
	cdrrules fmt -w other.json
	[ "$(mode other.json)" = 640 ]
	cmp own.json other.json
}

@test "new does not write over a rule file" {
	cdrrules new -o own.json local-own
	cp own.json before
	run -2 cdrrules new -o own.json local-other
	[ "$output" = "cdrrules: own.json: is there already" ]
	cmp own.json before
	cdrrules new -o /dev/stdout local-other | grep -q '"id": "local-other"'
}

@test "an option that a command has no use for is an error" {
	refused() { # MESSAGE COMMAND...
		local message=$1
		shift
		run -2 "$@"
		[ "$output" = "$message" ] || { echo "$output"; false; }
	}
	refused "cdrrules: cdrrules test has no use for --match; cdrrules try or waive has" \
	    cdrrules test --match x
	refused "cdrrules: cdrrules try has no use for --mutate; cdrrules test has" \
	    cdrrules try -m '{}' --mutate "$NIGHT"
	refused "cdrrules: cdrrules lists has no use for --all; cdrrules list has" \
	    cdrrules lists -a
	run -2 cdrrules show volume-spike -f json
	[[ $output == *"cdrrules show has no use for --format"* ]]
	run -0 cdrrules show volume-spike -f text
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	refused "cdrreport: cdrreport lockout has no use for --severity; cdrreport alone has" \
	    cdrreport -d n.db lockout --severity high
	refused "cdrreport: cdrreport alone has no use for --days; cdrreport unused has" \
	    cdrreport -d n.db --days 3
	refused "cdrreport: cdrreport unused has no use for --account; cdrreport alone or lockout has" \
	    cdrreport -d n.db unused --account 2
	cdrreport -d n.db lockout --account 207 --rule 'high*' --since 30d >/dev/null
}

@test "fmt takes a folder as check and test do" {
	mkdir rules.d
	cdrrules new -o rules.d/a.json local-a
	cdrrules new local-b | jq . >rules.d/b.json
	echo "no rules" >rules.d/README
	run -1 cdrrules fmt --check rules.d
	[ "$output" = rules.d/b.json ]
	cdrrules fmt -w rules.d
	run -0 cdrrules fmt --check rules.d
	[ -z "$output" ]
}

@test "list and show: what is not there is said" {
	run --separate-stderr -0 cdrrules list 'nosuch*'
	[ "$stderr" = "cdrrules: no rule is like 'nosuch*'" ]
	run -2 cdrrules show known-bad
	[ "$output" = "cdrrules: 'known-bad' is a list, not a rule; see cdrrules lists known-bad" ]
	run -0 cdrrules show known-bad-number
	[[ $output == *"lists            known-bad, 3 entries,"* ]]
}

@test "diff warns of a rule that changed and is of the same version" {
	cdrrules new -o old.json local-a
	jq '.rules[0].params.calls.value = 30' old.json >new.json
	run --separate-stderr -1 cdrrules diff old.json new.json
	[[ $stderr == "cdrrules: warning: new.json:"*": 'local-a' does something else and is version 1 still" ]]
	jq '.rules[0].version = 2' new.json >newer.json
	run --separate-stderr -1 cdrrules diff old.json newer.json
	[ -z "$stderr" ]
	# Words for people are no change of what it does.
	jq '.rules[0].title = "Another"' old.json >words.json
	run --separate-stderr -1 cdrrules diff old.json words.json
	[ -z "$stderr" ]
}

@test "an entry that has ended is marked" {
	run -0 cdrrules lists --now 2031-01-01 known-bad
	[[ $output == *"(ended) example"* ]]
	run -0 cdrrules lists --now 2030-01-01 known-bad
	[[ $output != *"(ended)"* ]]
	cdrrules lists --now 2031-01-01 -f json known-bad | jq -e 'all(.ended)'
}

@test "list: what a store has of each rule" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	cdrreport -c "$CONFIG" -d n.db -f json --since 2025-01-01 --min-score 0 >report.json
	n=$(jq '[.findings[] | select(.rule.id == "known-bad-number")] | length' report.json)
	[ "$n" -gt 0 ]
	cdrrules list -c "$CONFIG" -d n.db -f json |
	    jq -e --argjson n "$n" 'map(select(.id == "known-bad-number"))[0] |
	        .fired_30d == $n and (.last_fired | startswith("2026-01-15T"))'
	cdrrules list -c "$CONFIG" -d n.db --now 2026-06-01 -f json |
	    jq -e 'all(.fired_30d == 0) and any(has("last_fired"))'
	cdrrules list -c "$CONFIG" -d n.db known-bad-number | grep -q "  2026-01-15 "
	cdrrules list -f json | jq -e 'all(has("fired_30d") | not)'
}

@test "fields: how many calls of a store have each" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	run -0 cdrrules fields -c "$CONFIG" -d n.db direction
	[[ ${lines[0]} =~ ^direction\ +enum\ +[0-9]+\.[0-9]\ %\ \  ]]
	run -0 cdrrules fields -c "$CONFIG" -d n.db src_new
	[[ ${lines[0]} =~ ^src_new\ +bool\ +-\  ]]
	run -0 cdrrules fields -c "$CONFIG" -d n.db auth_code
	[[ ${lines[0]} == *" 0.0 %  "* ]]
	run -0 cdrrules fields -c "$CONFIG" -d n.db start
	[[ ${lines[0]} == *"100.0 %  "* ]]
}

@test "check: a store that cannot be read is no verdict" {
	cdrrules new -o a.json local-a
	jq '.rules[0].match = { "auth_code": "123", "direction": "out" }' a.json >b.json
	echo nothing >n.db
	for more in "" --strict; do
		run -2 --separate-stderr cdrrules check -c "$CONFIG" -d n.db $more b.json
		[ -z "$output" ]
		[[ $stderr == *"n.db: "* ]]
	done
	# With errors nobody gets as far as that.
	jq '.rules[0].title = 1' b.json >c.json
	run -1 --separate-stderr cdrrules check -c "$CONFIG" -d n.db b.json c.json
	[[ $output == *"error[E"* ]]
}

@test "check: a field that no record of the store has" {
	cdrscan -q -c "$CONFIG" -d n.db "$NIGHT"
	cdrrules new -o a.json local-a
	jq '.rules[0].match = { "auth_code": "123", "direction": "out" }' a.json >b.json
	run -0 cdrrules check -c "$CONFIG" -d n.db b.json
	[[ $output == "b.json:"*": warning[W310]: field 'auth_code' is in none of 340 records of the store"* ]]
	[[ $output == *"0 errors, 1 warning" ]]
	run -1 cdrrules check -c "$CONFIG" -d n.db --strict b.json
	# What is filled is fine, and so is what ships, or a store that is none yet.
	run -0 cdrrules check -c "$CONFIG" -d n.db a.json
	[ -z "$output" ]
	run -0 cdrrules check -c "$CONFIG" -d n.db
	[ -z "$output" ]
	run -0 cdrrules check -c "$CONFIG" -d none.db b.json
	[ -z "$output" ]
	[ ! -e none.db ]
	jq '.rules[0].match = { "event": "admin", "action": "x" }' a.json >c.json
	run -0 cdrrules check -c "$CONFIG" -d n.db c.json
	[[ $output == *"field 'action' is in none of"* ]]
	cdrscan -q -c "$CONFIG" -d n.db -t audit-log --source pbx1 "$TOP/samples/audit-log.csv"
	run -0 cdrrules check -c "$CONFIG" -d n.db c.json
	[ -z "$output" ]
}
