#!/usr/bin/env bats
# A corpus of broken rule files: each file or folder of broken/ has beside it,
# in NAME.expected, everything that `cdrrules check` says about it: place, code
# and message.

bats_require_minimum_version 1.5.0

setup() {
	CDRRULES=$(cd "$BUILD" && pwd)/cdrrules
	CORPUS=$PWD/tests/rules/broken
	SOURCES=$PWD/lib
	cd "$CORPUS" || exit 1
}

# The configuration that a file is checked with: NAME.config, or none.
with() { # FILE
	if [ -e "${1%.json}.config" ]; then
		echo "-c ${1%.json}.config"
	else
		echo --no-config
	fi
}

# "FILE:LINE:COLUMN: SEVERITY[CODE]: MESSAGE", a line for each problem.
problems() { # FILE
	"$CDRRULES" check $(with "$1") -f json "$1" | jq -r '.[] |
	    "\(.file):\(.line):\(.column): \(.severity)[\(.code)]: \(.message)"'
}

@test "every broken file: message, place and code" {
	count=0
	for expected in *.expected; do
		name=${expected%.expected}
		[ -d "$name" ] || name=$name.json
		problems "$name" >"$BATS_TEST_TMPDIR/got"
		diff "$expected" "$BATS_TEST_TMPDIR/got" || { echo "$name"; false; }
		grep -q "\[${expected%%-*}\]" "$expected" || { echo "$name: another code"; false; }
		count=$((count + 1))
	done
	[ "$count" -ge 120 ]
	echo "# figures: $count broken rule files"
}

@test "no file of the corpus is without its expectation" {
	for name in *.json; do
		[ -s "${name%.json}.expected" ] || { echo "$name"; false; }
	done
}

@test "errors are exit 1; warnings are with --strict alone" {
	for name in *.json; do
		run "$CDRRULES" check $(with "$name") "$name"
		case $name in
		W*) [ "$status" -eq 0 ] ;;
		*) [ "$status" -eq 1 ] ;;
		esac || { echo "$name: $status"; false; }
		[ -n "$output" ]
		run "$CDRRULES" check $(with "$name") --strict "$name"
		[ "$status" -eq 1 ] || { echo "$name: strict $status"; false; }
	done
}

@test "every code of text, predicates, rules, tests and lint is there" {
	# E101, a file that cannot be read, is no content.
	grep -rhoE '"[EW][1-5][0-9]{2}"' "$SOURCES"/rule "$SOURCES"/io/json*.c |
		tr -d '"' | sort -u | grep -v E101 >"$BATS_TEST_TMPDIR/codes"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/codes")" -gt 50 ]
	cat -- *.expected | grep -oE '\[[EW][0-9]+\]' | tr -d '[]' | sort -u |
		comm -23 "$BATS_TEST_TMPDIR/codes" - >"$BATS_TEST_TMPDIR/missing"
	[ ! -s "$BATS_TEST_TMPDIR/missing" ] || { cat "$BATS_TEST_TMPDIR/missing"; false; }
}

@test "the caret stands under what is wrong" {
	run "$CDRRULES" check --no-config E201-umlaut-before.json
	[[ $output == *'"dst_contry"'*$'\n'*'^^^^^^^^^^^^ did you mean "dst_country"?'* ]]
	run "$CDRRULES" check --no-config E203-escaped.json
	[[ $output == *"missing closing parenthesis"*"2 errors"* ]]
}
