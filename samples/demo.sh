#!/bin/sh
# demo.sh: the whole job on a small firm's records, in a folder of its own.
#
# BUILD names the folder with the programs, RUNNER a program to run them under.
set -eu
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
config=samples/night/config.json

# Show a command as a person would type it, then run it.
run() {
	echo
	echo "\$ $*"
	program=$1
	shift
	# shellcheck disable=SC2086  # RUNNER is a command and its options
	${RUNNER-} "$BUILD/$program" "$@"
}

echo "A quiet day first: nothing to find, and nothing found."
run cdrscan -c "$config" samples/clean-day.csv

echo
echo "Ten working days and one night, into a store."
run cdrscan -c "$config" -d "$work/night.db" -v samples/night/Master.csv

echo
echo "Which rules looked at it, and do their own tests hold?"
run cdrrules list
run cdrrules test

echo
echo "What a person reads in the morning:"
run cdrreport -c "$config" -d "$work/night.db"

echo
echo "The same file again adds nothing."
run cdrscan -c "$config" -d "$work/night.db" -v samples/night/Master.csv
