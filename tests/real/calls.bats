#!/usr/bin/env bats
# The calls of every file of real switches as understood, against goldens in
# tests/real/calls in which numbers and names are hashes; what became of each
# record adds up.  UPDATE=1 writes the goldens anew.

bats_require_minimum_version 1.5.0
load common

# All but the notes about the files: those with which nobody scans.
files() {
	(cd "$SAMPLES" && find . -type f ! -name SOURCE.txt ! -name LICENSE \
		! -name '*.tsv' ! -name '*.js.txt') | sed 's|^\./||' | LC_ALL=C sort
}

@test "the calls of every file are the ones we know" {
	UNDERSTOOD=$(cd "$TOP" && realpath "$BUILD")/tests/tools/understood
	n=0 bad=0
	for file in $(files); do
		golden=$TOP/tests/real/calls/${file//\//--}.calls
		(cd "$TOP" && MASK=1 "$UNDERSTOOD" "$SAMPLES/$file") >calls
		[ -z "${UPDATE-}" ] || cp calls "$golden"
		diff "$golden" calls || {
			echo "$file" && bad=$((bad + 1))
		}
		n=$((n + 1))
	done
	echo "# figures: $((n - bad)) of $n files" >&3
	[ "$bad" -eq 0 ] && [ "$n" -ge 41 ]
}

@test "each record is a call, a leg, skipped, a duplicate or rejected" {
	for golden in "$TOP"/tests/real/calls/*.calls; do
		sed -n '1s/[^ ]* \([0-9]*\) records: \([0-9]*\) calls, \([0-9]*\) legs, \([0-9]*\) skipped, \([0-9]*\) duplicates, \([0-9]*\) rejects$/\1 \2 \3 \4 \5 \6/p' \
			"$golden" >counts
		read -r records calls legs skipped duplicates rejects <counts
		[ "$((calls + legs + skipped + duplicates + rejects))" -eq \
			"$records" ] || { echo "$golden" && return 1; }
	done
}
