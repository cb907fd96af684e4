#!/usr/bin/env bats
# Stores that older programs made are brought up, and go on as if they had been
# made today.

bats_require_minimum_version 1.5.0
load common

# A store of a schema, and one of today with the same records, in old.db and
# new.db; both have read the rest.
brought_up() { # SCHEMA
	rm -f old.db* new.db*
	sqlite3 old.db <"$TOP/tests/long/stores/schema-$1.sql" >/dev/null
	[ "$(sqlite3 old.db 'PRAGMA user_version')" -eq "$1" ]
	records=$(sqlite3 old.db 'SELECT count(*) FROM calls')
	[ "$records" -gt 100 ]
	head -n "$records" "$NIGHT" >first.csv
	cdrscan -c "$CONFIG" -d new.db --now 2026-01-17T06:00Z first.csv
	for db in old new; do
		cdrscan -c "$CONFIG" -d $db.db --now 2026-01-17T06:00Z -v "$NIGHT" 2>$db.err
		sqlite3 $db.db 'SELECT start, source.text, key, ring, duration, cost, src.text,
		    dst.text, dialled.text, account.text, call_id.text, calls.status, direction,
		    feature, flags, cause, event, quality, files.path, line, calls.run
		    FROM calls JOIN files ON files.id = seen
		    LEFT JOIN texts source ON source.id = calls.source
		    LEFT JOIN texts src ON src.id = calls.src
		    LEFT JOIN texts dst ON dst.id = calls.dst
		    LEFT JOIN texts dialled ON dialled.id = calls.dialled
		    LEFT JOIN texts account ON account.id = calls.account
		    LEFT JOIN texts call_id ON call_id.id = calls.call_id
		    WHERE event = 0 ORDER BY 1, 3' | sed "s,$BATS_TEST_TMPDIR/,," >$db.calls
		cdrreport -c "$CONFIG" -d $db.db --min-score 0 -f ndjson --now 2026-01-17T06:00Z >$db.found
	done
}

@test "a store of each older schema has the calls and findings of one made today" {
	for schema in 1 2 3 4 5 6 7 8 9; do
		echo "schema $schema"
		brought_up "$schema"
		[ "$(sqlite3 old.db 'PRAGMA user_version')" = "$(sqlite3 new.db 'PRAGMA user_version')" ]
		[ "$(sqlite3 old.db 'PRAGMA integrity_check')" = ok ]
		diff <(sqlite3 old.db "SELECT name, type FROM sqlite_schema ORDER BY 1") \
			<(sqlite3 new.db "SELECT name, type FROM sqlite_schema ORDER BY 1")
		[ "$(wc -l <old.calls)" -gt 300 ]
		diff old.calls new.calls
		grep -q ' 356 records: .* duplicate' new.err
		diff <(same_findings old.found) <(same_findings new.found)
		[ "$(grep -c '"cdr.finding/1"' new.found)" -gt 3 ]
	done
}

@test "what was said of a case is kept by a store of an older schema" {
	brought_up 5
	case=$(sqlite3 old.db "SELECT target FROM labels WHERE target LIKE 'c-%'")
	run cdrreport -c "$CONFIG" -d old.db labels "$case"
	[ "$status" -eq 0 ]
	[[ $output == *"seen by somebody"* ]]
	run cdrreport -c "$CONFIG" -d new.db labels
	[[ $output != *"seen by somebody"* ]]
}

@test "only a writer brings a store up, and only where nothing is in its way" {
	for schema in 1 2 3 4 5 6 7 8 9; do
		rm -f old.db*
		sqlite3 old.db <"$TOP/tests/long/stores/schema-$schema.sql" >/dev/null
		before=$(content old.db)
		run cdrreport -c "$CONFIG" -d old.db
		[ "$status" -eq 2 ]
		[[ $output == *"older"* ]]
		# What a later schema has is there already.
		sqlite3 old.db 'CREATE INDEX files_by_time ON texts (text)'
		run cdrscan -c "$CONFIG" -d old.db "$NIGHT"
		[ "$status" -eq 2 ]
		[[ $output == *"already exists"* ]]
		sqlite3 old.db 'DROP INDEX files_by_time'
		[ "$(content old.db)" = "$before" ]
		[ "$(sqlite3 old.db 'PRAGMA user_version')" -eq "$schema" ]
	done
}
