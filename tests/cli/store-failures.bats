#!/usr/bin/env bats
# A store that is killed, damaged, locked away: as before, or as after, and
# said in words.

bats_require_minimum_version 1.5.0
load common

teardown() {
	[ -z "${d-}" ] || rm -rf "$d"
}

# Calls for a longer run: N records, a call every 20 seconds.
many() { # N
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			t = 20 * i
			s = sprintf("2026-01-%02d %02d:%02d:%02d", 1 + t / 86400,
			    t % 86400 / 3600, t % 3600 / 60, t % 60)
			printf "\"\",\"2%02d\",\"91312555%04d\",\"office\",\"2%02d\",", \
			    i % 100, i % 9000, i % 100
			printf "\"PJSIP/2%02d-%08x\",\"PJSIP/carrier-%08x\",\"Dial\",", \
			    i % 100, i, i
			printf "\"\",\"%s\",\"%s\",\"%s\",60,60,\"ANSWERED\",", s, s, s
			printf "\"DOCUMENTATION\",\"%d.%d\",\"\"\n", 1767225600 + t, i
		}
	}'
}

@test "killed at any point the store is as before the run or as after it" {
	many 40000 >Master.csv
	scan() { # DB FILE
		cdrscan -c "$CONFIG" --now 2026-02-01 -d "$1" "$2"
	}
	scan n.db "$TOP/samples/clean-day.csv"
	cp n.db before.db
	start=$(date +%s%N)
	scan n.db Master.csv
	took=$(($(date +%s%N) - start))
	after=$(content n.db)
	before=$(content before.db)
	[ "$before" != "$after" ]
	killed=0 undone=0
	for k in 1 2 3 4 5 6 7 8; do
		for signal in KILL TERM; do
			rm -f n.db*
			cp before.db n.db
			cdrscan -c "$CONFIG" --now 2026-02-01 -d n.db Master.csv &
			sleep "$(awk -v t="$took" -v k="$k" 'BEGIN { print t / 1e9 * k / 9 }')"
			kill -s "$signal" $! || true
			wait $! && status=0 || status=$?
			[ "$status" -eq 0 ] || [ "$status" -eq 137 ] || [ "$status" -eq 143 ]
			[ "$status" -eq 0 ] || killed=$((killed + 1))
			now=$(content n.db)
			[ "$now" = "$before" ] || [ "$now" = "$after" ]
			[ "$now" = "$after" ] || undone=$((undone + 1))
			[ "$(sqlite3 n.db 'pragma integrity_check')" = ok ]
			# Nobody has to clean up: the next run does it all.
			[ "$k" -eq 4 ] && [ "$now" = "$before" ] || continue
			scan n.db Master.csv
			[ "$(content n.db)" = "$after" ]
		done
	done
	echo "killed $killed times, undone $undone times"
	[ "$undone" -gt 3 ]
}

@test "SIGTERM and SIGINT end a run with 143 and 130, and change nothing" {
	cdrscan -c "$CONFIG" -d n.db "$TOP/samples/clean-day.csv"
	before=$(content n.db)
	for signal in TERM:143 INT:130; do
		run bash -c 'sleep 5 | timeout --preserve-status -s "$1" 0.5 \
			cdrscan -c "$2" -d n.db --print -o out.txt --rejects r.csv -' \
			_ "${signal%:*}" "$CONFIG"
		[ "$status" -eq "${signal#*:}" ]
		[ -z "$output" ]
		[ "$(content n.db)" = "$before" ]
		[ -z "$(ls out.txt* r.csv* 2>/dev/null)" ]
	done
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
}

@test "a truncated store is refused and left as it is" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	size=$(stat -c %s n.db)
	for left in 50 100 4096 $((size / 2)) $((size - 16384)) $((size - 1)); do
		rm -f t.db*
		head -c "$left" n.db >t.db
		for program in "cdrscan -c $CONFIG -d t.db $NIGHT" "cdrreport -d t.db"; do
			run $program
			echo "$left: $status $output"
			[ "$status" -eq 2 ]
			[[ $output == *"t.db: "* ]]
			[ "$(stat -c %s t.db)" -eq "$left" ]
		done
	done
}

@test "a store that says what cannot be is refused" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	cp n.db whole.db
	damaged() { # PROGRAM SQL WORDS
		rm -f n.db*
		cp whole.db n.db
		# With it only the calls of the last days would be looked at.
		sqlite3 n.db "delete from cache; $2"
		case $1 in
		scan) run cdrscan -c "$CONFIG" -d n.db "$TOP/samples/clean-day.csv" ;;
		report) run cdrreport -d n.db ;;
		esac
		echo "$2: $status $output"
		[ "$status" -eq 2 ] && [[ $output == *"$3"* ]]
	}
	damaged scan 'update calls set direction = 9 where line = 7' 'n.db: damaged: direction 9'
	damaged scan 'update calls set status = -1' 'damaged: status -1'
	damaged scan 'update calls set ring = 5000000000' 'damaged: ring 5000000000'
	damaged scan 'update calls set dst = 999999' 'damaged: no text 999999'
	damaged scan 'update calls set file = -1' 'damaged: no text -1'
	damaged scan 'update calls set start = -start' 'damaged: start -'
	damaged scan 'update texts set id = 100000 where id = 9' 'damaged: text 10'
	damaged scan 'update texts set text = text || hex(zeroblob(4096))' 'damaged: long text'
	damaged scan "insert into meta values ('zone', 'Mars')" 'Mars'
	damaged report "update findings set body = 'x'" 'n.db: damaged: '
	damaged report "update runs set body = '{}'" 'n.db: damaged: '
	damaged report "update findings set body = (select body from cases)" \
		'damaged: findings, cases and runs are mixed up'
}

# Run as somebody who owns nothing here.
as_nobody() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}

@test "a store or a folder that cannot be written" {
	[ "$(id -u)" -ne 0 ] || command -v setpriv || skip "root without setpriv"
	d=$(mktemp -d /tmp/cdrguard-test-XXXXXX)
	chmod 755 "$d"
	cp "$BUILD_DIR/cdrscan" "$BUILD_DIR/cdrreport" "$NIGHT" "$CONFIG" "$d"
	cd "$d"
	cdrscan -c config.json -d n.db Master.csv
	rm n.db.lock
	chmod 444 n.db n.db-*
	chmod 555 .
	# Reading needs no more than reading.
	run as_nobody ./cdrreport -d n.db
	report=$status
	run as_nobody ./cdrscan -c config.json -d n.db Master.csv
	folder="$status $output"
	chmod 777 .
	run as_nobody ./cdrscan -c config.json -d n.db Master.csv
	file="$status $output"
	echo "$report"
	echo "$folder"
	echo "$file"
	[ "$report" -eq 0 ]
	[ "$folder" = "2 cdrscan: n.db: cannot open the lock n.db.lock: Permission denied" ]
	[ "$file" = "2 cdrscan: n.db: cannot be written" ]
}

@test "a store that is a directory, or has no name" {
	mkdir d.db
	for program in "cdrscan -c $CONFIG -d d.db $NIGHT" "cdrreport -d d.db"; do
		run $program
		[ "$status" -eq 2 ]
		[[ $output == *": d.db: is a directory, not a store" ]]
	done
	run cdrscan -c "$CONFIG" -d '' "$NIGHT"
	[ "$status" -eq 2 ]
	[ "$output" = "cdrscan: --db: the name is empty; see cdrscan --help" ]
	echo '{ "cdrconfig": 1, "db": "" }' >c.json
	run -2 cdrscan -c c.json
	[[ $output == "cdrscan: c.json:1:25: error[E204]"* ]]
	rm c.json
	[ "$(ls)" = d.db ]
}
