#!/usr/bin/env bats
# The number plan says the same as google-libphonenumber, which comes from npm
# for this test alone.

bats_require_minimum_version 1.5.0

# The reference, at the version that package.json names, into ./node_modules.
install_reference() {
	command -v node >/dev/null && command -v npm >/dev/null ||
		skip "NOT CHECKED: node or npm is not installed"
	cp "$TOP/tests/long/numplan/package.json" .
	npm install --no-audit --no-fund --no-package-lock --ignore-scripts \
		--fetch-retries=1 --fetch-timeout=30000 >npm.log 2>&1 && return
	cat npm.log
	# A version that is not there is our mistake, not the network's.
	run -1 grep 'E404\|ETARGET\|EJSONPARSE' npm.log
	skip "NOT CHECKED: npm cannot reach its registry"
}

compare() { # NUMBERS
	"$AGREEMENT" "$TOP/rules/numplan" <"$1"
}

# Every 400th line changed, 0.25 %: each of these is one too many.
spoil() { # AWK-PROGRAM
	awk -F '\t' -v OFS='\t' "NR % 400 == 0 { $1 } 1" numbers.tsv
}

@test "country, premium, toll-free and kind agree with google-libphonenumber" {
	TOP=$PWD
	AGREEMENT=$(cd "$BUILD" && pwd)/tests/long/numplan/agreement
	cd "$BATS_TEST_TMPDIR"
	install_reference
	seed=${NUMPLAN_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
	echo "# figures: NUMPLAN_SEED=$seed" >&3
	NODE_PATH=$PWD/node_modules node "$TOP/tests/long/numplan/numbers.js" \
		"${NUMPLAN_COUNT:-240000}" "$seed" >numbers.tsv
	run compare numbers.tsv
	grep '^figures:' <<<"$output" | sed 's/^/# /' >&3
	echo "$output"
	[ "$status" -eq 0 ]

	# The comparison itself can fail.
	for change in '$2 = $2 == "US" ? "CA" : "US"' \
		'$3 = $3 == "PREMIUM_RATE" ? "MOBILE" : "PREMIUM_RATE"' \
		'$3 = $3 == "TOLL_FREE" ? "MOBILE" : "TOLL_FREE"'; do
		spoil "$change" >spoilt.tsv
		run compare spoilt.tsv
		[ "$status" -eq 1 ]
	done
	head -n 199999 numbers.tsv >few.tsv
	run compare few.tsv
	[ "$status" -eq 1 ]
	grep -v $'\tDE\t' numbers.tsv >regions.tsv
	run compare regions.tsv
	[ "$status" -eq 1 ]
}
