#!/usr/bin/env bats
# What the code knows by name, the manual names, and the reverse.

load common

# Names in the tables of C files: "name", JSON_BIT(...
table_names() { # PATTERN-BEHIND-THE-NAME FILE...
	local behind=$1
	shift
	sed -n "s/.*\"\\([a-z_]*\\)\", *$behind.*/\\1/p" "$@" | sort -u
}

@test "every key of a rule file is in cdrguard-rules.5, and no other" {
	cdrrules schema >schema.json
	jq -r '[.. | objects | .properties? | objects | keys[]] | unique[]' schema.json |
		grep -v '^note$' | sort >schema
	cdrrules fields | awk '{ print $1 }' | sort >fields
	entries Ic "$MAN/cdrguard-rules.5" >page
	# A call of a test has fields for keys; those are told as fields.
	comm -23 schema fields >keys
	[ "$(wc -l <keys)" -gt 60 ]
	all_in "a key" keys "the page" page
	all_in "a key of the page" page "the schema" schema
}

@test "every field is in cdrguard-rules.5, in the order of cdrrules fields" {
	cdrrules fields | awk '{ print $1 }' >fields
	sed -n 's/^\.It Va //p' "$MAN/cdrguard-rules.5" >page
	[ "$(wc -l <fields)" -gt 20 ]
	diff fields page
}

@test "every word that a rule can use is in cdrguard-rules.5" {
	cdrrules schema >schema.json
	{
		jq -r '."$defs" | .status, .fraud_type, .family, .function, .window,
		    .season, .stat, .kind | [.. | .enum? // empty] | add | .[]' schema.json
		for f in $(cdrrules fields | awk '$2 == "enum" { print $1 }'); do
			cdrrules fields "$f" | sed -n 's/.*one of: //p' | tr ' ' '\n'
		done
	} | sort -u >words
	marked Cm "$MAN/cdrguard-rules.5" >page
	[ "$(wc -l <words)" -gt 60 ]
	all_in "a word" words "the page" page
}

@test "every key of a layout is in cdrguard-layouts.5, and no other" {
	{
		table_names 'JSON_BIT' "$TOP"/lib/cdr/layout_*.c
		table_names 'TYPE_' "$TOP"/lib/cdr/layout_fields.c
	} | sort -u >code
	[ "$(wc -l <code)" -gt 40 ]
	entries Ic "$MAN/cdrguard-layouts.5" >page
	same_lines "the code" code "the page" page
}

@test "every shipped layout is in cdrguard-layouts.5, and no other" {
	(cd "$TOP"/rules/layouts && ls ./*.json) | sed 's|^\./||' | sort >files
	entries Pa "$MAN/cdrguard-layouts.5" | grep '\.json$' >page
	same_lines rules/layouts files "the page" page
}

@test "every key of the configuration is in cdrguard-config.5, and no other" {
	{
		table_names '\(config_\)\{0,1\}read_' "$TOP"/lib/tool/config_read.c
		printf '%s\n' open closed ics # of a calendar
	} | sort -u >code
	[ "$(wc -l <code)" -gt 25 ]
	# Keys without a use stand in a sentence, the others in a list.
	table_names 'read_unused' "$TOP"/lib/tool/config_read.c >unused
	marked Ic "$MAN/cdrguard-config.5" >page
	same_lines "the code" code "the page" page
	entries Ic "$MAN/cdrguard-config.5" >listed
	comm -23 code unused >used
	same_lines "the code" used "the lists of the page" listed
}

# Codes in C files against those of a page.
same_codes() { # PAGE PATTERN FILE...
	local page=$1 pattern=$2
	shift 2
	grep -oh "\"$pattern\"" "$@" | tr -d '"' | sort -u >code
	[ -s code ]
	entries Sy "$page" >documented
	grep -x "$pattern" documented >page
	same_lines "the code" code "${page##*/}" page
}

@test "every diagnostic code is in its page, and no other" {
	same_codes "$MAN/cdrguard-rules.5" '[EW][1-5][0-9][0-9]' \
		"$TOP"/lib/rule/*.c "$TOP"/lib/io/jsontext*.c "$TOP"/cdrrules/filled.c
	same_codes "$MAN/cdrguard-layouts.5" 'E6[0-9][0-9]' "$TOP"/lib/cdr/layout*.c
	same_codes "$MAN/cdrguard-config.5" '[EW][0-9][0-9][0-9]' "$TOP"/lib/tool/config*.c \
		"$TOP"/lib/tool/setup_rules.c "$TOP"/lib/tool/readcalls.c
}

@test "every variable that a program reads is in cdrguard.7, and no other" {
	grep -oh 'getenv("[A-Z_]*")' -r "$TOP"/lib "$TOP"/cdr* | cut -d'"' -f2 |
		sort -u >code
	echo POSIXLY_CORRECT >>code # read by getopt_long()
	sort -u -o code code
	entries Ev "$MAN/cdrguard.7" >page
	same_lines "the code" code cdrguard.7 page
	# The pages of the programs name no variable that is not there.
	for p in $PROGRAMS; do
		entries Ev "$MAN/$p.1" >own
		all_in "a variable of man/$p.1" own cdrguard.7 page
	done
}

@test "the exit statuses are those of the code" {
	sed -n 's/.*EXIT_[A-Z_]* = \([0-9]\).*/\1/p' "$TOP"/lib/tool/diag.h | sort >code
	section "$MAN/cdrguard.7" 'EXIT STATUS' | sed -n 's/^\.It \([0-9]\)$/\1/p' >page
	[ "$(wc -l <code)" -eq 5 ]
	same_lines diag.h code cdrguard.7 page
}
