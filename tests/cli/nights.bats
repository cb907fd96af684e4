#!/usr/bin/env bats
# Night after night over configured sources: logs that grow, rotate, come late
# and overlap; imports that are undone.

bats_require_minimum_version 1.5.0
load common

# A site whose source is the log in this folder, with all its rotated files.
site() {
	jq '. + { db: "n.db",
	    sources: [ { name: "pbx", files: ["log/Master.csv*"] } ] }' \
		"$CONFIG" >c.json
	mkdir -p log
}

night() { # [OPTION...]
	cdrscan -c c.json --now 2026-01-20 "$@"
}

calls() {
	ask n.db 'select count(*) from calls'
}

# What is found now, as cdrreport says it.
found() { # STORE
	cdrreport --no-config -d "$1" --min-score 0 --since 2000-01-01 \
		--state open -f ndjson | jq -c 'select(.state != "closed")' >"$1.out"
	same_findings "$1.out"
}

# The same calls, once and whole, under the same source.
whole() { # FILE...
	rm -f w.db*
	jq 'del(.db) | .sources[0].files = ["none"]' c.json >w.json
	cdrscan -c w.json --now 2026-01-20 --source pbx -d w.db "$@"
	found w.db
}

@test "a log that grows, is renamed, compressed and begun anew" {
	site
	head -n 100 "$NIGHT" >log/Master.csv
	night
	[ "$(calls)" -eq 100 ]
	# It grows.
	sed -n '101,180p' "$NIGHT" >>log/Master.csv
	night
	[ "$(calls)" -eq 180 ]
	[ "$(sqlite3 n.db 'select count(*) from files')" -eq 1 ]
	# It grows once more, and is renamed before the next night.
	sed -n '181,200p' "$NIGHT" >>log/Master.csv
	mv log/Master.csv log/Master.csv.1
	sed -n '201,300p' "$NIGHT" >log/Master.csv
	night
	[ "$(calls)" -eq 300 ]
	[ "$(sqlite3 n.db 'select path from files order by id' | xargs)" = \
		"$PWD/log/Master.csv.1 $PWD/log/Master.csv" ]
	# Copied and emptied (copytruncate), then compressed.
	cp log/Master.csv log/Master.csv.2
	sed -n '301,$p' "$NIGHT" >log/Master.csv
	gzip log/Master.csv.1
	night -v 2>err
	[ "$(calls)" -eq 356 ]
	grep -q '56 new, 200 duplicate' err
	grep -q "log/Master.csv.2: resumed at byte $(stat -c %s log/Master.csv.2)" err
	found n.db >nights
	[ -s nights ]
	diff nights <(whole "$NIGHT")
}

# A record of the second master file that begins then, as a switch has it whose
# clock is ahead.
ahead() { # STAMP
	sed -n 101p "$NIGHT" |
		sed -E 's/"2026-01-[0-9]{2} [0-9:]{8}"/"'"$1"'"/g'
}

@test "what was in the future is read once its time has come" {
	site
	head -n 3 "$NIGHT" >log/Master.csv
	ahead '2026-01-25 10:00:00' >>log/Master.csv
	for _ in 1 2; do
		run night
		[ "$status" -eq 3 ]
		[[ $output == *"in the future"* ]]
		[ "$(calls)" -eq 3 ]
	done
	# Somebody may have named the file, and it never grows again.
	run night -d n.db log/Master.csv
	[ "$status" -eq 3 ]
	mv log/Master.csv log/Master.csv.1
	cdrscan -c c.json --now 2026-01-26
	[ "$(calls)" -eq 4 ]
	found n.db >nights
	cdrscan -c c.json --now 2026-01-26 -d one.db
	diff nights <(found one.db)
	run cdrscan -c c.json --now 2026-01-26 -v
	[ "$status" -eq 0 ]
	[[ $output == *"log/Master.csv.1: as it was, not read again"* ]]
}

@test "what is years ahead is a wrong clock, and read once" {
	site
	head -n 3 "$NIGHT" >log/Master.csv
	ahead '2029-01-25 10:00:00' >>log/Master.csv
	run night
	[ "$status" -eq 3 ]
	run night -v
	[ "$status" -eq 0 ]
	[[ $output == *"log/Master.csv: as it was, not read again"* ]]
	# One of both kinds is enough to read the file again.
	ahead '2026-02-10 10:00:00' >>log/Master.csv
	ahead '2029-01-25 10:00:01' >>log/Master.csv
	for _ in 1 2; do
		run night
		[ "$status" -eq 3 ]
	done
}

@test "what is as it was is not read again, what somebody names is" {
	site
	cp "$NIGHT" log/Master.csv
	night
	run night -v
	[ "$status" -eq 0 ]
	[[ $output == *"log/Master.csv: as it was, not read again"* ]]
	[[ $output == *"0 files, 0 records"* ]]
	mv log/Master.csv log/Master.csv.1
	run night -v
	[[ $output == *"log/Master.csv.1: as it was, not read again"* ]]
	[ "$(sqlite3 n.db 'select path from files')" = "$PWD/log/Master.csv.1" ]
	run night -v -d n.db log/Master.csv.1
	[[ $output == *"0 new, 356 duplicate"* ]]
	# Read in another way: read again.
	run night -v -t asterisk-csv
	[[ $output == *"0 new, 356 duplicate"* ]]
}

# What the store has of calls, files and findings, without what tells how much
# of a file was read.
kept() { # STORE
	sqlite3 "$1" .dump | grep -v -e '^INSERT INTO \(seams\|runs\|failures\) '
}

# The same night over two stores, one of which knows no seam.
both_nights() { # OPTION...
	night -v "$@" 2>err || [ "$?" -eq 3 ]
	[ ! -e whole.db ] || sqlite3 whole.db 'DELETE FROM seams'
	night -d whole.db 2>/dev/null || [ "$?" -eq 3 ]
	diff <(kept n.db) <(kept whole.db)
}

@test "of a log that grew only what is new is read" {
	site
	head -n 100 "$NIGHT" >log/Master.csv
	both_nights
	at=$(stat -c %s log/Master.csv)
	sed -n '101,180p' "$NIGHT" >>log/Master.csv
	both_nights
	grep -q "^cdrscan: .*log/Master.csv: resumed at byte $at$" err
	grep -q '1 file, 80 records: 80 new, 0 duplicate' err
	cdrreport -d n.db --no-config runs -f ndjson |
		jq -se '.[0].counts.records == 80'
	# It grows and is renamed; the new one is read from its start.
	at=$(stat -c %s log/Master.csv)
	sed -n '181,200p' "$NIGHT" >>log/Master.csv
	mv log/Master.csv log/Master.csv.1
	sed -n '201,300p' "$NIGHT" >log/Master.csv
	both_nights
	grep -q "log/Master.csv.1: resumed at byte $at$" err
	[ "$(grep -c resumed err)" -eq 1 ]
	grep -q '2 files, 120 records: 120 new, 0 duplicate' err
	# Touched: it is resumed at its end, and no error.
	touch log/Master.csv log/Master.csv.1
	both_nights
	grep -q '2 files, 0 records: 0 new, 0 duplicate' err
	# A line that was left is read when its end comes, and only that.
	at=$(stat -c %s log/Master.csv)
	printf '%s' "$(sed -n 250p "$NIGHT")" >>log/Master.csv
	both_nights
	both_nights
	grep -q "resumed at byte $at$" err
	grep -q '1 file, 0 records' err
	echo >>log/Master.csv
	both_nights
	grep -q '1 file, 1 record: 1 new' err
	found n.db >nights
	diff nights <(whole log/Master.csv.1 log/Master.csv)
}

@test "an equal record behind the seam is another call, as it is in the whole" {
	site
	head -n 50 "$NIGHT" >log/Master.csv
	cp log/Master.csv log/Master.csv.copy
	both_nights
	sed -n '7p;7p;50p' "$NIGHT" >>log/Master.csv
	both_nights
	grep -q '3 records: 3 new, 0 duplicate' err
	sed -n '7p' "$NIGHT" >>log/Master.csv.copy
	both_nights
	grep -q '1 record: 0 new, 1 duplicate' err
	sed -n '7p' "$NIGHT" >>log/Master.csv
	both_nights
	grep -q '1 record: 1 new, 0 duplicate' err
	[ "$(calls)" -eq 54 ]
}

@test "what is not as it was is read from its start" {
	site
	whole_read() {
		both_nights "$@"
		run ! grep resumed err
	}
	head -n 100 "$NIGHT" >log/Master.csv
	both_nights
	# Another byte in the middle, and more behind it.
	sed -i '60s/"ANSWERED"/"BUSY"/' log/Master.csv
	sed -n '101,110p' "$NIGHT" >>log/Master.csv
	whole_read
	[ "$(calls)" -eq 111 ]
	# Records may be known of it that it does not have; so it stays.
	sed -n '111,120p' "$NIGHT" >>log/Master.csv
	whole_read
	# Until all of it is replaced.
	night --rescore
	rm whole.db*
	night -d whole.db
	sed -n '121,130p' "$NIGHT" >>log/Master.csv
	night -v 2>err
	grep -q resumed err
	# Shorter.
	head -n 90 "$NIGHT" >log/Master.csv
	night -v 2>err
	run ! grep resumed err
	# Another way to read, and --rescore.
	rm -f n.db* whole.db*
	both_nights
	sed -n '91,95p' "$NIGHT" >>log/Master.csv
	night -v --max-rejects 3 2>err
	run ! grep resumed err
	night -v -d whole.db --rescore 2>err
	run ! grep resumed err
	# Forgotten.
	rm -f n.db* whole.db*
	both_nights
	sed -n '96,99p' "$NIGHT" >>log/Master.csv
	both_nights
	grep -q resumed err
	night --forget "$(sqlite3 n.db 'SELECT name FROM runs WHERE id = 2')"
	[ "$(calls)" -eq 95 ]
	night -v 2>err
	run ! grep resumed err
	[ "$(calls)" -eq 99 ]
	sed -n '100,110p' "$NIGHT" >>log/Master.csv
	night -v 2>err
	grep -q resumed err
	[ "$(calls)" -eq 110 ]
}

# A log of this layout after each of some lines, in one store, has what a store
# has that reads it as it is then.
cut() { # LAYOUT FILE LINE...
	local layout=$1 file=$2 at what='start, key, ring, duration, status, line'
	shift 2
	jq --arg layout "$layout" '. + { db: "n.db", sources: [
	    { name: "pbx", layout: $layout, files: ["log/*"] } ] }' \
		"$CONFIG" >c.json
	rm -rf log ./*.db*
	mkdir log
	for at in "$@"; do
		head -n "$at" "$file" >log/a
		[ "$at" -ne 60 ] || mv log/a log/b
		[ ! -e log/b ] || rm -f log/a
		[ ! -e log/b ] || head -n "$at" "$file" >log/b
		cdrscan -c c.json --now 2026-02-03
		rm -f one.db*
		cdrscan -c c.json --now 2026-02-03 -d one.db
		diff <(ask n.db "select $what from calls order by start, key") \
			<(ask one.db "select $what from calls order by start, key")
		[ "$(sqlite3 n.db 'select count(*) from sightings')" -eq 0 ]
		found n.db >with
		diff with <(found one.db)
	done
}

@test "a call of several rows that was open is whole once its file has grown" {
	cut asterisk-cel "$TOP/samples/asterisk-cel.csv" \
		5 15 16 44 60 61 109 110
	[ "$(calls)" -eq 20 ]
	cdrreport --no-config -d n.db calls 1769094090.103 -f ndjson |
		jq -se 'map(select(.schema == "cdr.call/1").status) == ["busy"]'
	cut kamailio-acc "$TOP/samples/kamailio-acc.csv" 3 5 7 10
	# So many that they stand packed.
	local i
	for i in $(seq 76660 76909); do
		sed "s/\"176909/\"1$i/g" "$TOP/samples/asterisk-cel.csv"
	done >many
	cut asterisk-cel many 24985 24990
	[ "$(sqlite3 one.db 'select count(*) from blocks')" -gt 0 ]
	[ "$(calls)" -gt 4500 ]
}

@test "an open call that another file has, too, stays there" {
	jq '. + { db: "n.db", sources: [
	    { name: "pbx", layout: "asterisk-cel", files: ["log/*"] } ] }' \
		"$CONFIG" >c.json
	mkdir log
	head -n 15 "$TOP/samples/asterisk-cel.csv" >log/a
	cp log/a log/copy
	cdrscan -c c.json --now 2026-02-03
	cp "$TOP/samples/asterisk-cel.csv" log/a
	cdrscan -c c.json --now 2026-02-03
	cdrscan -c c.json --now 2026-02-03 -d one.db
	[ "$(calls)" -gt 20 ]
	[ "$(calls)" -eq "$(ask one.db 'select count(*) from calls')" ]
	diff <(found n.db) <(found one.db)
	# A damaged look at it takes nothing away.
	before=$(calls)
	{ cat log/a; yes '"what","is","that"' | head -n 500; } >more
	mv more log/a
	run cdrscan -c c.json --now 2026-02-03
	[ "$status" -eq 3 ]
	[[ $output == *refused* ]]
	[ "$(calls)" -eq "$before" ]
}

@test "a late file re-opens the past" {
	site
	grep -v '"207"' "$NIGHT" >log/Master.csv
	night
	found n.db >without
	grep '"207"' "$NIGHT" >log/Master.csv.late
	night
	found n.db >with
	run diff -q without with
	[ "$status" -eq 1 ]
	diff with <(whole "$NIGHT")
}

@test "after nights without a record nothing is new but what they found" {
	: >none.csv
	told() { # DAY FILE
		cdrscan --no-config -d n.db "$2" --now "2026-01-$1T12:00" 2>/dev/null
		cdrreport --no-config -d n.db --min-score 0 --now "2026-01-$1T12:00" \
		    -f csv --columns entity,news | tr -d '\r' | sed 1d | sort -u >told
		awk -F , '{ n[$2]++ } END { for (w in n) print n[w], w }' told | sort
	}
	[ "$(told 15 "$NIGHT")" = "5 new" ]
	[ "$(told 16 none.csv)" = "1 new
5 continuing" ]
	grep -qx 'default,new' told
	[ "$(told 17 none.csv)" = "6 continuing" ]
	cdrreport --no-config -d n.db --now 2026-01-17T12:00 |
		grep -qF '0 new, 4 continuing, 0 closed.'
	cdrscan --no-config -d n.db none.csv --now 2026-01-17T12:00
	[ -z "$(cdrreport --no-config -d n.db --min-score 0 -f ndjson \
	    --now 2026-01-17T12:00 | jq 'select(.state == "new")')" ]
}

@test "--forget undoes a run, a file, a source; what another file has stays" {
	site
	head -n 200 "$NIGHT" >log/Master.csv
	night
	before=$(found n.db)
	tail -n +150 "$NIGHT" >late.csv
	night -d n.db --source pbx late.csv
	[ "$(calls)" -eq 356 ]
	run night --forget late.csv
	[ "$status" -eq 0 ]
	[[ $output == *"late.csv: 156 calls forgotten, 0 kept"* ]]
	[ "$(calls)" -eq 200 ]
	[ "$(found n.db)" = "$before" ]
	# The other way round: 51 calls are in both.
	night -d n.db --source pbx late.csv
	run night --forget "$PWD/log/Master.csv"
	[[ $output == *"149 calls forgotten, 51 kept because another file has them"* ]]
	[ "$(calls)" -eq 207 ]
	[ "$(ask n.db "select distinct text from calls join texts on texts.id = file")" = late.csv ]
	diff <(found n.db) <(whole late.csv)
	# It is read again, for it is still there.
	night
	[ "$(calls)" -eq 356 ]
	diff <(found n.db) <(whole "$NIGHT")
	run=$(sqlite3 n.db 'select name from runs order by id desc limit 1')
	run night --forget "$run"
	[[ $output == *"149 calls forgotten, 51 kept"* || $output == *"149 calls forgotten, 0 kept"* ]]
	diff <(found n.db) <(whole late.csv)
	grep -aq 'Eve Marsh' <(cat n.db*)
	run night --forget pbx
	[ "$(calls)" -eq 0 ]
	[ "$(sqlite3 n.db "select count(*) from texts where text not like 'free %'")" -eq 0 ]
	run grep -aq 'Eve Marsh' <(cat n.db*)
	[ "$status" -eq 1 ]
	[ -z "$(found n.db)" ]
	[ "$(sqlite3 n.db 'select count(*) from sightings')" -eq 0 ]
	[ "$(sqlite3 n.db 'pragma integrity_check')" = ok ]
}

@test "--forget of two files that one run read" {
	site
	head -n 200 "$NIGHT" >log/Master.csv
	tail -n +150 "$NIGHT" >log/Master.csv.b
	night
	[ "$(calls)" -eq 356 ]
	run night --forget "$PWD/log/Master.csv"
	[[ $output == *"149 calls forgotten, 51 kept"* ]]
	diff <(found n.db) <(whole log/Master.csv.b)
	run night --forget "$PWD/log/Master.csv.b"
	[ "$(calls)" -eq 0 ]
}

@test "--forget of what there is not, or of more than one" {
	site
	cp "$NIGHT" log/Master.csv
	night
	before=$(content n.db)
	run night --forget nothing
	[ "$status" -eq 2 ]
	[[ $output == *"n.db: no run, source or file: 'nothing'"* ]]
	run night --forget file:pbx
	[ "$status" -eq 2 ]
	run night --forget pbx log/Master.csv
	[ "$status" -eq 2 ]
	[[ $output == *"--forget reads no files: 'log/Master.csv'"* ]]
	run cdrscan --no-config --forget pbx
	[ "$status" -eq 2 ]
	[[ $output == *"--forget: no store"* ]]
	[ "$(content n.db)" = "$before" ]
	run night --dry-run --forget pbx
	[ "$status" -eq 0 ]
	[ "$(content n.db)" = "$before" ]
	cp "$NIGHT" pbx
	night -d n.db --source pbx pbx
	run night --forget pbx
	[ "$status" -eq 2 ]
	[[ $output == *"more than one of run, source and file"* ]]
	night --forget file:pbx 2>/dev/null
	[ "$(calls)" -eq 356 ]
}

@test "--wait waits for the other run, but not for ever" {
	site
	cp "$NIGHT" log/Master.csv
	night
	hold() { # SECONDS
		python3 -c '
import fcntl, sys, time
lock = open("n.db.lock", "r+")
fcntl.lockf(lock, fcntl.LOCK_EX)
open("held", "w").close()
time.sleep(float(sys.argv[1]))' "$1" &
		until [ -e held ]; do sleep 0.05; done
		rm held
	}
	hold 1.5
	run night --wait 20
	[ "$status" -eq 0 ]
	wait
	hold 5
	run night --wait 1s
	[ "$status" -eq 4 ]
	[[ $output == *"another run holds the lock"* ]]
	kill %% 2>/dev/null || true
	wait || true
	for t in 1y -1 soon '' 1s1s; do
		run night --wait "$t"
		[ "$status" -eq 2 ]
		[[ $output == *"--wait: a time such as 1h, or seconds, is needed: '$t'"* ]]
	done
}

random_nights() { # PROGRAMS ROUNDS
	seed=${NIGHTS_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
	echo "# figures: NIGHTS_SEED=$seed" >&3
	run env PYTHONDONTWRITEBYTECODE=1 python3 "$TOP/tests/long/increments.py" \
		"$1" "$TOP/tests/long/reading.json" "$2" "$seed"
	grep '^figures:' <<<"$output" | sed 's/^/# /' >&3
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "random nights, in any order and cut anywhere, find what one scan finds" {
	random_nights "$BUILD_DIR" "${NIGHTS_ROUNDS:-50}"
}

@test "the same where all but a few calls stand packed" {
	random_nights "$BUILD_DIR/tests/small" "${NIGHTS_ROUNDS:-40}"
	[[ $output =~ [1-9][0-9]*" packed" ]]
}

@test "what was found before is a cache: without it the store is the same" {
	site
	cp "$NIGHT" log/Master.csv
	night
	# The last day of it, with what it found, once more some days later.
	sed -n 's/2026-01-15/2026-01-19/gp' "$NIGHT" >>log/Master.csv
	cp n.db w.db
	[ "$(sqlite3 w.db "SELECT count(*) FROM cache WHERE name = 'days'")" -eq 1 ]
	sqlite3 w.db "DELETE FROM cache"
	cdrscan -c c.json --now 2026-01-22 -v 2>err
	grep -Eq 'calls before 2026-01-19T.* [1-9][0-9]* findings of earlier runs gone on from' err
	cdrscan -c c.json -d w.db --now 2026-01-22 -v 2>err
	run ! grep -q 'gone on from' err
	[ "$(sqlite3 n.db "SELECT count(*) FROM findings
		WHERE first_seen >= 1768780800000")" -gt 0 ]
	but_cache n.db >n
	but_cache w.db >w
	diff n w
}

# All that a store has but for what only saves work.
but_cache() { # STORE
	sqlite3 "$1" .dump | grep -v '^INSERT INTO cache '
}

# Of a store that has lived for two nights this one lived by what is in its cache.
same_after() { # STATEMENT
	cp before.db w.db
	sqlite3 w.db "$1"
	run ! cmp -s w.db before.db
	cdrscan -c c.json -d w.db --now 2026-01-22
	but_cache w.db >w
	diff n w
}

@test "a cache that is damaged, or of another run, counts for nothing" {
	site
	head -n 250 "$NIGHT" >log/Master.csv
	night
	cp n.db first.db
	head -n 300 "$NIGHT" >log/Master.csv
	night
	sqlite3 n.db "SELECT name FROM cache" >names
	grep -qx 'rule volume-spike' names
	grep -qx 'rule first-country' names
	grep -qx 'rule wangiri-one-ring' names
	grep -qx 'rule concurrent-user' names
	grep -qx 'rule (known)' names
	cp n.db before.db
	sed -n 's/2026-01-15/2026-01-19/gp' "$NIGHT" >>log/Master.csv
	cdrscan -c c.json --now 2026-01-22 -v 2>err
	grep -q 'gone on from' err
	but_cache n.db >n
	same_after "DELETE FROM cache"
	same_after "DELETE FROM cache WHERE name <> 'days'"
	same_after "DELETE FROM cache WHERE name = 'days'"
	same_after "DELETE FROM cache WHERE name LIKE 'rule (%'"
	same_after "DELETE FROM cache WHERE name LIKE 'rule %-first'"
	same_after "UPDATE cache SET body = CAST(substr(body, 1, 99) || x'00ff'
	    || substr(body, 102) AS BLOB)"
	same_after "UPDATE cache SET body = substr(body, 1, length(body) / 2)"
	same_after "UPDATE cache SET body = substr(body, 1, length(body) - 1)
	    WHERE name LIKE 'rule %'"
	same_after "UPDATE cache SET part = part + 1"
	same_after "UPDATE cache SET body = (SELECT body FROM cache
	    WHERE name = 'rule volume-spike') WHERE name LIKE 'rule %'"
	same_after "UPDATE cache SET body = (SELECT body FROM cache
	    WHERE name = 'rule first-country') WHERE name LIKE 'rule %'"
	same_after "ATTACH 'first.db' AS f; DELETE FROM main.cache;
	    INSERT INTO main.cache SELECT * FROM f.cache"
	same_after "INSERT INTO cache VALUES ('rule nobody', 0, 1, x'01')"
}

@test "who changed what is judged by has all looked at again" {
	site
	head -n 250 "$NIGHT" >log/Master.csv
	night
	night -v 2>err
	grep -q 'gone on from' err
	# Another sensitivity, another configuration, --rescore, and after it.
	night -v --sensitivity 2 2>err
	run ! grep -q 'gone on from' err
	jq '.currency = "EUR"' c.json >d.json
	mv d.json c.json
	night -v --sensitivity 2 2>err
	run ! grep -q 'gone on from' err
	night -v --sensitivity 2 --rescore 2>err
	run ! grep -q 'gone on from' err
	night -v --sensitivity 2 2>err
	run ! grep -q 'gone on from' err
	night -v --sensitivity 2 2>err
	grep -q 'gone on from' err
}

# The records of one day, once more on others.
days() { # FROM TO
	for day in $(seq -w "$1" "$2"); do
		# With call ids of their own, by which legs are joined.
		sed -n "s/2026-01-15/2026-01-$day/gp" "$NIGHT" |
			sed "s/\"\(1768[0-9]*\.\)/\"$day\1/g"
	done
}

# The next night over two stores of which one knows nothing of the last run.
both_stores() {
	sqlite3 w.db "DELETE FROM cache"
	cdrscan -c c.json --now "${NOW:-2026-02-02}" -v --stats n.stats 2>err
	cdrscan -c c.json -d w.db --now "${NOW:-2026-02-02}" -v \
		--stats w.stats 2>err.all
	run ! grep -q ' on looked at: ' err.all
	but_cache n.db >n
	but_cache w.db >w
	diff n w
	diff n.stats w.stats
}

@test "only the calls of some days are looked at, and all where they may matter" {
	site
	days 01 20 >log/Master.csv
	night
	cp n.db w.db
	for day in 21 22 23; do
		days "$day" "$day" >>log/Master.csv
		both_stores
		grep -Eq "calls from 2026-01-(0[2-9]|[12][0-9])T[0-9]{2}:00:00Z on looked at: [0-9]+ of [0-9]+" err
		run ! grep -q 'all are looked at' err
	done
	# One of long ago comes late.
	days 03 03 | head -n 1 | sed 's/"ANSWERED"/"BUSY"/' >log/Master.csv.late
	grep -q BUSY log/Master.csv.late
	both_stores
	run ! grep -q ' on looked at: ' err
	days 24 24 >>log/Master.csv
	both_stores
	grep -q ' on looked at: ' err
	# What is kept of the calls is damaged, or missing.
	for name in days sources whole trunks legs hours; do
		days 25 25 | head -n 3 >>log/Master.csv
		sqlite3 n.db "UPDATE cache SET body = substr(body, 2) WHERE name = '$name'"
		both_stores
	done
	days 26 26 >>log/Master.csv
	both_stores
	grep -q ' on looked at: ' err
}

@test "all are not looked at because a source has no call" {
	site
	jq '.sources += [ { name: "other", layout: "asterisk-csv",
	    files: ["other.csv"] } ]' c.json >o.json
	mv o.json c.json
	days 01 17 >log/Master.csv
	ahead '2026-02-10 10:00:00' >other.csv
	run -3 night
	days 18 18 >>log/Master.csv
	run -3 night -v
	[[ $output == *"other.csv: 1 record, 0 skipped, 1 rejected"* ]]
	[[ $output == *" on looked at: "* ]]
	[[ $output != *"all are looked at"* ]]
}

# The same days a month later.
february() { # FROM TO
	days "$1" "$2" | sed 's/"2026-01-/"2026-02-/g; s/"\(\([0-9][0-9]\)1768\)/"2\1/g'
}

said() { # COMMAND...
	for db in n.db w.db; do
		cdrreport -c c.json -d "$db" --now "$NOW" "$@"
	done
}

old_case() { # WHICH
	sqlite3 n.db "SELECT id FROM cases WHERE state = 'open'
		AND last_seen < 1769000000000 ORDER BY last_seen, id LIMIT 1 OFFSET $1"
}

@test "what ended long ago is not read, nor are its cases made again" {
	NOW=2026-03-20
	site
	days 01 31 >log/Master.csv
	february 01 08 >>log/Master.csv
	cdrscan -c c.json --now "$NOW"
	cp n.db w.db
	february 09 09 >>log/Master.csv
	both_stores
	grep -q 'gone on from, [1-9][0-9]* of them not read' err
	# Once more, for nothing is new any more of those that are left.
	february 10 10 >>log/Master.csv
	both_stores
	grep -q 'gone on from, [1-9][0-9]* of them not read' err
	said ack "$(old_case 0)"
	said close "$(old_case 3)"
	said label "$(old_case 5)" benign
	february 11 11 >>log/Master.csv
	both_stores
	said label "$(old_case 2)" fraud
	february 12 12 >>log/Master.csv
	both_stores
	february 13 13 >>log/Master.csv
	both_stores
	grep -q 'gone on from, [1-9][0-9]* of them not read' err
	# Who prints has all of them.
	february 14 14 >>log/Master.csv
	cp n.db p.db
	cdrscan -c c.json -d p.db --now "$NOW" -v --print -o /dev/null 2>err
	grep -q 'gone on from, 0 of them not read' err
	both_stores
	but_cache p.db >p
	diff n p
	# Whose a number is that is in old findings, a late call tells.
	days 05 05 | head -n 1 | sed 's/"ANSWERED"/"BUSY"/' >log/Master.csv.late
	both_stores
	sqlite3 n.db "UPDATE cache SET body = substr(body, 2)
		WHERE name = 'rule (about)'"
	february 15 15 >>log/Master.csv
	both_stores
	grep -q 'gone on from, 0 of them not read' err
}

# A rule with its limit, and a record of an account.
calls_within() { # LIMIT
	jq -n --argjson n "$1" '{ cdrrules: 1, rules: [ { id: "many", version: 1,
	    title: "Many", description: "Many calls.", status: "test",
	    fraud_type: "irsf", family: "volume", score: 30, match: {},
	    by: ["account"], measure: { fn: "count", over: "1h" },
	    when: { gte: $n }, waiver_needs: ["account"] } ] }' >rules/r.json
}

record() { # DAY TIME ACCOUNT
	printf '"%s","2041","913125550142","office","2041","PJSIP/2041-1",' "$3"
	printf '"PJSIP/carrier-1","Dial","","2026-%s %s","2026-%s %s",' \
		"$1" "$2" "$1" "$2"
	printf '"2026-%s %s",60,60,"ANSWERED","DOCUMENTATION","%s.%s",""\n' \
		"$1" "$2" "$1$2" "$3"
}

@test "what was said of an old finding stands when its rule has changed" {
	NOW=2026-02-21
	site
	mkdir rules
	jq 'del(.tuning, .waivers) | .rules = ["rules"]' c.json >d.json
	mv d.json c.json
	calls_within 3
	for time in 10:00:00 10:10:00 10:20:00; do
		record 01-02 "$time" thief >>log/Master.csv
	done
	for day in 01-{03..31} 02-{01..20}; do
		record "$day" 08:00:00 office >>log/Master.csv
	done
	cdrscan -c c.json --now "$NOW"
	cp n.db w.db
	said label "$(sqlite3 n.db \
		"SELECT id FROM findings WHERE rule = 'many'")" benign
	calls_within 4
	for day in 02-{21..24}; do
		record "$day" 08:00:00 office >>log/Master.csv
		NOW=2026-$day
		both_stores
	done
	grep -q 'gone on from' err
	[ "$(sqlite3 n.db "SELECT state FROM findings
		WHERE rule = 'many'")" = updated ]
}

# A call each hour, and three with so many seconds of talk.
hourly() { # DAY SECONDS
	for hour in {00..23}; do
		echo "2026-$1 $hour:00:00,9,2042,913125550143,office"
		[ "$hour" -ne 10 ] || [ "$2" = 0 ] ||
			printf "2026-$1 10:%s:00,$2,2041,913125550142,thief\n" 05 10 15
	done >>log/Master.csv
}

@test "a case that goes on has the sum of all parts of a second" {
	site
	mkdir rules
	jq 'del(.tuning, .waivers) | .rules = ["rules"]' c.json >d.json
	mv d.json c.json
	calls_within 3
	echo start,billsec,src,dst,accountcode >log/Master.csv
	hourly 01-01 1.5
	NOW=2026-01-08
	cdrscan -c c.json --now "$NOW"
	cp n.db w.db
	for talk in 02:0 03:2 04:0 05:2 06:0 07:0.5; do
		hourly "01-${talk%:*}" "${talk#*:}"
		both_stores
	done
	# The last runs saw no call of the first day any more.
	grep -Eq 'calls from 2026-01-0[4-6]T.* on looked at: ' err
	[ "$(sqlite3 n.db "SELECT body ->> '$.calls.duration_s' FROM cases
		WHERE body ->> '$.calls.count' = 12")" -eq 18 ]
}

@test "what cannot be read of earlier nights fails a run the same on any threads" {
	NOW=2026-03-20
	site
	days 01 31 >log/Master.csv
	cdrscan -c c.json --now "$NOW"
	february 01 03 >>log/Master.csv
	sqlite3 n.db "UPDATE findings SET body = substr(body, 1, 40)
		WHERE last_seen = (SELECT max(last_seen) FROM findings)"
	# Calls cannot be read either; that is told when findings can be.
	cp n.db calls.db
	sqlite3 calls.db "UPDATE calls SET src = 1000000000;
		UPDATE blocks SET data = x'00'"
	cp calls.db w.db
	sqlite3 w.db "DELETE FROM cache"
	# What was kept cannot be read at all.
	cp n.db kept.db
	sqlite3 kept.db "ALTER TABLE cache RENAME COLUMN body TO gone"
	for db in n calls w kept; do
		for threads in 1 2 4; do
			cp $db.db t.db
			run -2 --separate-stderr cdrscan -c c.json -d t.db \
			    --now "$NOW" --threads $threads
			echo "$stderr" >$db.$threads
			sqlite3 t.db .dump | grep -v 'INTO failures' >dump.t
			sqlite3 $db.db .dump >dump
			diff dump dump.t
		done
		diff $db.1 $db.2
		diff $db.1 $db.4
	done
	diff n.1 calls.1
	grep -q 't.db' n.1
	run -1 diff n.1 w.1
	grep -q 'body' kept.1
}

@test "an account in Latin-1 is one account, in the store and in new calls" {
	NOW=2026-02-21
	site
	mkdir rules
	jq '.rules = ["rules"]' c.json >d.json
	mv d.json c.json
	calls_within 3
	for day in 01-{03..31} 02-{01..20}; do
		record "$day" 08:00:00 office >>log/Master.csv
	done
	for time in 10:00:00 10:10:00 10:20:00; do
		record 02-20 "$time" $'caf\xe9' >>log/Master.csv
	done
	cdrscan -c c.json --now "$NOW"
	cp n.db w.db
	for time in 10:00:00 10:10:00 10:20:00; do
		record 02-21 "$time" $'caf\xe9' >>log/Master.csv
	done
	record 02-21 20:00:00 office >>log/Master.csv
	both_stores
	grep -q 'gone on from' err
	cdrreport -c c.json -d n.db --min-score 0 --since 2000-01-01 -f ndjson >out
	jq -se 'map(select(.rule.id? == "many") | .entity.id) == ["café", "café"]' out
	[ "$(sqlite3 n.db "SELECT count(DISTINCT case_id) FROM findings
		WHERE rule = 'many'")" -eq 1 ]
}

@test "as many sources as there may be, and one more" {
	local row='"","201","6085550103","office","201","PJSIP/201-1","","Dial","",'
	row+='"%s 12:00:00","","",60,59,"ANSWERED","DOCUMENTATION","%d.1",""\n'
	for ((i = 1; i < 4096; i++)); do
		# shellcheck disable=SC2059
		printf "$row" 2025-12-01 $((1764590000 + i)) >"$i.csv"
	done
	jq -n '{ cdrconfig: 1, home_country: "US", tz: "UTC",
	    sources: [ range(1; 4096) | { name: "s\(.)",
	        layout: "asterisk-csv", files: ["\(.).csv"] } ] }' >c.json
	cdrscan -c c.json -d n.db --now 2025-12-02 -q >/dev/null
	echo '{ "cdrconfig": 1, "home_country": "US", "tz": "UTC" }' >c.json
	for day in 24 25 26; do
		# shellcheck disable=SC2059
		printf "$row" "2026-01-$day" $((1769000000 + day)) >new.csv
		run cdrscan -c c.json -d n.db --now "2026-01-$day" \
		    --layout asterisk-csv --source "new$((day == 25))" new.csv
		if [ "$day" -eq 25 ]; then
			[ "$status" -eq 2 ]
			[[ $output == *"n.db: more than 4096 sources"* ]]
			mv new.csv later.csv
		else
			[ "$status" -eq 0 ]
		fi
	done
	[ "$(sqlite3 n.db 'SELECT count(*) FROM failures')" -eq 1 ]
}

@test "a run that is given up while what was found before is being put in" {
	site
	days 01 20 >log/Master.csv
	night
	days 21 21 >>log/Master.csv
	mkdir rules
	jq '.rules[].status = "deprecated"' "$TOP/rules/rules.d/call-rate.json" >rules/one.json
	sqlite3 n.db .dump >before
	alone="$BUILD_DIR/tests/preload/alone.so" # never with sanitizers
	! grep -q __asan_init "$BUILD_DIR/cdrscan" || alone=
	for threads in 1 2 4; do
		run -2 env ALONE_US=20000 LD_PRELOAD="$alone" \
		    cdrscan -c c.json -R rules --threads $threads
		[[ $output == *"no rule is active"* ]]
	done
	sqlite3 n.db .dump | grep -v 'INTO failures' | diff before -
}
