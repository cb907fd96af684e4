#!/usr/bin/env bats
# What is printed and stored is the same whoever does the work: one thread or
# several, few records or many blocks of them.  Block sizes and vector widths
# are no options: $BUILD/tests/widths has programs with others.

bats_require_minimum_version 1.5.0
load common

# A night of the samples, often enough for many blocks, each time by other
# callers and on another day; every 40th line is no record, some go on over a
# line end, and late ones stand at the end.
busy_file() {
	python3 - "$NIGHT" <<'PY'
import sys
lines = open(sys.argv[1]).read().splitlines()
late = []
for n in range(60):
    for i, line in enumerate(lines):
        line = line.replace('"20', '"2%d' % (n % 3), 1) if n else line
        line = line.replace('-01-', '-%02d-' % (1 + n % 12))
        if i % 40 == 7:
            print('not a record, %d' % n)
        if i % 50 == 9:
            line = line.replace('""', '"two\nlines"', 1)
        if i % 30 == 3:
            late.append(line)
        else:
            print(line)
print('\n'.join(late))
PY
}

@test "the same bytes with any number of threads" {
	busy_file >x.csv
	[ "$(wc -c <x.csv)" -gt 2000000 ]
	for format in text ndjson json; do
		for threads in 1 2 3 8; do
			run --separate-stderr cdrscan -c "$CONFIG" \
				--max-rejects 90% -f "$format" \
				--threads "$threads" x.csv
			[ "$status" -eq 3 ]
			printf '%s\n%s\n' "$output" "$stderr" >"$threads.out"
		done
		[ "$(wc -c <1.out)" -gt 10000 ]
		cmp 1.out 2.out
		cmp 1.out 3.out
		cmp 1.out 8.out
	done
}

@test "the same bytes however a file comes" {
	busy_file >x.csv
	gzip -k x.csv
	for file in x.csv x.csv.gz; do
		cdrscan -c "$CONFIG" --max-rejects 90% -f ndjson "$file" \
			>"$file.out" || [ $? -eq 3 ]
		same_findings "$file.out" >"$file.same"
	done
	[ -s x.csv.same ]
	cmp x.csv.same x.csv.gz.same
}

# A line of quotes that nothing closes, records of two lines one behind another,
# and what no record is, so that blocks end and begin everywhere.
rough_file() {
	python3 - "$NIGHT" <<'PY'
import sys
lines = open(sys.argv[1]).read().splitlines()
for n in range(20):
    for i, line in enumerate(lines):
        if (i + n) % 9 == 4:
            line = line.replace('""', '"two\nlines, ""or""\n"', 1)
        if (i * n) % 97 == 50:
            print('"","nobody closes this')
        if (i + n) % 61 == 7:
            line = line.replace('","', '" ,"', 1)
        print(line, end='\r\n' if i % 5 else '\n')
print(lines[0], end='')
PY
}

# All that a program makes of a file: results, words, status.
made_of() { # PROGRAM FILE THREADS
	"$1" --no-config --max-rejects 100% -f ndjson --threads "$3" "$2" 2>&1 ||
		echo "status $?"
}

@test "the same bytes with any width of vectors and any size of blocks" {
	busy_file >busy.csv
	rough_file >rough.csv
	n=0
	for file in busy.csv rough.csv "$NIGHT" "$TOP"/samples/*.*; do
		case $file in *.py | *.sh) continue ;; esac
		made_of cdrscan "$file" 1 >one.out
		for width in scalar 128 256 512; do
			made_of "$BUILD_DIR/tests/widths/$width" "$file" 2 |
				sed "s/^$width: /cdrscan: /" >other.out
			cmp one.out other.out
			n=$((n + 1))
		done
	done
	[ "$n" -gt 200 ]
	made_of cdrscan rough.csv 1 >one.out
	[ "$(wc -l <one.out)" -gt 10 ]
}
