#!/usr/bin/env bats
# Files of switches that write each cell at its place: what became of every
# record, and the calls themselves.

bats_require_minimum_version 1.5.0
load common

# The calls of a file as recorded, as tests/cli/layouts.bats shows them.
recorded() { # FILE [OPTION]...
	rm -f calls.db
	cdrscan --no-config --now 2026-03-01T00:00Z -v -d calls.db "${@:2}" \
		"$SAMPLES/$1" 2>err || [ $? -eq 3 ] # some were rejects
	sqlite3 calls.db <"$TOP/tests/cli/layouts.sql"
}

# LAYOUT RECORDS SKIPPED REJECTED of the scan before.
told() {
	grep -qF ": $1, confidence " err &&
		grep -qE ": $2 records?, $3 skipped, $4 rejected" err || {
		cat err && return 1
	}
}

@test "Mitel: four lines of a switch; three without their blanks are rejects" {
	recorded mitel-smdr/mivb_extended_lines_from_tests.txt --max-rejects 3 >calls
	told mitel 7 0 3
	diff calls - <<-'EOF'
		1 2026-02-04T13:13:16Z 3000+998000 internal answered 7411>7406 user=7411 in= out=
		2 2026-02-04T13:31:36Z 0+0 transit failed >94166166 trunk_in=T3 out=
		3 2026-02-04T13:26:40Z 17000+281000 in answered >2301 dialled=4207 2301 user=2301 trunk_in=T3 out=
		4 2026-02-04T13:35:16Z 0+10000 out answered 8133>8133 8024 user=8133 in= trunk_out=T3
	EOF
	grep -q ':5: rejected: date: not a time' err
}

@test "Panasonic: the order of day and month is told to be unknown" {
	recorded panasonic-smdr/tde100_tde600_2011.txt >calls
	told panasonic 4 1 0
	grep -q 'all its dates can be read in two ways' err
	diff calls - <<-'EOF'
		1 2011-11-02T13:05:04Z 0+56000 in answered 02614303538>130 user=130 trunk_in=09 out=
		2 2011-11-06T14:07:38Z 0+22000 in answered 77996548>556 user=556 trunk_in=08 out=
		3 2011-11-06T14:17:38Z 0+82000 out answered 132>09192126699 user=132 in= trunk_out=67
	EOF
}

@test "Avaya CM: a customized format" {
	recorded avaya-cm-cdr/customized_2013_looks_real.txt >calls
	told avaya-cm 3 0 0
	diff calls - <<-'EOF'
		1 2013-08-13T16:04:22Z 0+338000 in answered 62483744>41101 trunk_in=033 out=
		2 2013-08-13T16:51:26Z 0+34000 out answered 13537>66000 in= trunk_out=*799
		3 2013-08-13T17:26:00Z 0+0 - failed >7392 trunk_in=*791 out=
	EOF
}

@test "DDB: the calls are those of the trailer, number and talk" {
	recorded fixed-width-nl-ddb/DDB_20120711.CDR >calls
	told nl-ddb 35 2 0
	[ "$(wc -l <calls)" -eq 33 ]
	# The trailer says 33 records and 30 minutes 55 seconds.
	[ "$(sqlite3 calls.db 'SELECT sum(duration) FROM calls')" -eq 1855000 ]
	grep -qx '32 2012-07-09T08:54:51Z 0+464000 - answered 0123451237>0012323453100 account=ABD in= out=' calls
}

@test "NEC: flexible formats, outgoing, incoming, between stations" {
	for kind in KK KL KM; do
		recorded nec-neax-smdr/${kind}record.smdr >>calls
		told nec-neax-flexible 1 0 0
	done
	diff calls - <<-'EOF'
		1 2018-07-07T12:00:00Z 0+3660999 out answered 20001>17325551212 account=7325551212 in= trunk_out=010
		1 2019-09-08T21:57:41Z 0+7340 in answered 17325551212>20000 dialled=7325551212 account=7325551212 trunk_in=001 out=
		1 2019-09-08T21:57:41Z 0+7340 internal answered 20000>20001 account=7355512121 in= out=
	EOF
}

# Every line that the damage left whole is the call it was before.
survive() { # FILE LAYOUT N
	mkdir copies
	recorded "$1" -t "$2" --max-rejects 9999 >whole
	python3 "$TOP/tests/cli/damage_lines.py" "$SAMPLES/$1" copies "$3" 20260115
	for copy in copies/*.txt; do
		rm -f calls.db
		status=0
		cdrscan --no-config --now 2026-03-01T00:00Z -t "$2" \
			--max-rejects 9999 -d calls.db "$copy" 2>err || status=$?
		[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || {
			echo "$copy: exit $status" && cat err && return 1
		}
		sqlite3 calls.db <"$TOP/tests/cli/layouts.sql" >calls
		# NEW-LINE OLD-LINE of each line that is as it was.
		while read -r new old; do
			sed -n "s/^$old /$new /p" whole
		done <"${copy%.txt}.kept" >wanted
		grep -vxFf calls wanted >lost || true
		[ ! -s lost ] || { echo "$copy" && cat lost && return 1; }
	done
}

@test "damaged Mitel" {
	survive mitel-smdr/mivb_extended_lines_from_tests.txt mitel 20
}

@test "damaged Panasonic" {
	survive panasonic-smdr/tde100_tde600_2011.txt panasonic 20
}

@test "damaged Avaya CM" {
	survive avaya-cm-cdr/customized_2013_looks_real.txt avaya-cm 20
}

@test "damaged DDB" {
	survive fixed-width-nl-ddb/DDB_20120711.CDR nl-ddb 20
}
