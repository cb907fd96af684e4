# What every file of tests/real begins with: records that real switches wrote,
# which lie beside the project and not in it.  Without them every test is
# skipped, and says so.
setup() {
	TOP=$PWD
	SAMPLES=$TOP/../shared/samples
	[ -d "$SAMPLES" ] || skip "no records of real switches in $SAMPLES"
	PATH=$(cd "$BUILD" && pwd):$PATH
	RULES=$TOP/tests/real/rules.json
	MASTER=$SAMPLES/asterisk-cdr-csv/Master_newcdrcolumns_uniqueid_userfield.csv
	GOOD=$SAMPLES/asterisk-cdr-csv/testsuite_good.csv
	TRUNCATED=$SAMPLES/asterisk-cdr-csv/testsuite_buggy_truncated.csv
	PSEUDONYMISED=$SAMPLES/asterisk-cdr-csv-pseudonymised/cdr.csv
	CUSTOM=$SAMPLES/asterisk-cdr-custom/Master.csv
	cd "$BATS_TEST_TMPDIR" || exit 1
}

# All calls of some files, found by rules that find every call.
scan() { # FILE...
	cdrscan --no-config -R "$RULES" -f ndjson "$@"
}

# The counts of a run's last line, when they add up.
counts() { # NDJSON
	tail -n 1 "$1" | jq -ce '.counts |
	    select(.calls + .legs + .skipped + .duplicates + .rejects == .records)'
}

# Start, talk and outcome of each call in the findings of scan(), sorted.
calls() { # NDJSON
	jq -sr 'map(select(.schema == "cdr.finding/1")) |
	    map(select(.rule.id == "answered-call") | .evidence[].line) as $answered |
	    .[] | select(.rule.id == "every-call") | .evidence[] |
	    [.start, .duration_s,
	     if .line | IN($answered[]) then "answered" else "-" end] | @tsv' "$1" |
		sort
}

# Line and call id of everything that a finding shows as proof.
proofs() { # NDJSON
	jq -r 'select(.schema == "cdr.finding/1") | .evidence[] |
	    [.line, .call_id] | @tsv' "$1" | sort -nu
}

# Findings without the lines they stand on.
same_findings() { # NDJSON
	jq -cS 'select(.schema != "cdr.run/1") | del(.evidence[]?.line)' "$1"
}
