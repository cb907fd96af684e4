#!/usr/bin/env bats
# Records that are no calls: a switch's own log, and what the records show of
# themselves.

load common

rules() { # RULE...
	jq -n --argjson list "[$(IFS=,; echo "$*")]" '{ cdrrules: 1, rules: [ $list[] |
	    { version: 1, title: .id, description: "D", status: "test",
	      fraud_type: "local-test", family: "local-test", score: 45,
	      waiver_needs: ["source"] } + . ] }' >rules.json
}

# The findings of files: rule, entity, how many calls, why.
found() { # FILE...
	cdrscan --no-config -R rules.json -f ndjson "$@" 2>err >out
	told out
}

told() {
	jq -r 'select(.schema == "cdr.finding/1") |
	    [.rule.id, .entity.id, .calls.count, .reason] | @tsv' "$1" | LC_ALL=C sort
}

CHANGE='{"id": "change", "match": {"event": "admin"}, "by": ["account"]}'
PLAN='{"id": "plan", "match": {"event": "admin",
    "action": {"regex": "(?i).*outgoing plan.*"}}, "by": ["account"]}'
ABROAD='{"id": "abroad", "match": {"event": "forward-set",
    "dst": {"exists": true}}, "by": ["account"]}'
CALLS='{"id": "calls", "match": {}, "by": ["source"]}'
AFTER='{"id": "after", "match": {"dst": {"prefix": "+53"}}, "by": ["account"],
    "follows": {"rule": "plan", "within": "7d", "same": ["account"]}}'

@test "lines of an audit log are events, and calls follow them" {
	cat >calls.csv <<-'EOF'
		start,src,dst,talk,status,account
		2026-01-22 01:00:00,207,+5375550142,60,answered,207
		2026-01-22 03:00:00,207,+5375550142,60,answered,207
		2026-01-22 03:00:00,208,+5375550142,60,answered,208
		2026-01-30 03:00:00,207,+5375550142,60,answered,207
	EOF
	rules "$CHANGE" "$PLAN" "$ABROAD" "$CALLS" "$AFTER"
	cat >want <<-'EOF'
		abroad	207	1	1 event to +5375550142: enable call forwarding always, to 011 53 7555 0142
		abroad	208	1	1 event to +5375550143: set forward extension 208 always +5375550143
		after	207	1	1 answered call to +5375550142; 45:58 after "plan"
		calls	default	1	1 answered call to +5375550142
		calls	default	3	3 answered calls to +5375550142
		change	207	3	3 events: modify outgoing plan international: off -> on
		change	default	1	1 event: login web portal from 203.0.113.77
		change	support2	1	1 event: create user support2 role=administrator, expires never
		plan	207	1	1 event: modify outgoing plan international: off -> on
	EOF
	found calls.csv "$TOP/samples/audit-log.csv" >got
	diff want got

	# The same through a store, in two runs.
	for file in "$TOP/samples/audit-log.csv" calls.csv; do
		cdrscan --no-config -R rules.json -d n.db --now 2026-02-10T00:00Z "$file"
	done
	cdrreport --no-config -R rules.json -d n.db --now 2026-02-10T00:00Z \
		--min-score 0 --since 2026-01-01 -f ndjson >stored
	told stored >got
	diff want got
}
