#!/usr/bin/env bats
# What is odd about switches whose cells stand at their places.

bats_require_minimum_version 1.5.0
load common

# The calls of a file as recorded; what was said is in `err`.
recorded() { # FILE [OPTION]...
	rm -f calls.db
	cdrscan --no-config --now 2026-02-01T00:00Z -v -d calls.db "${@:2}" \
		"$1" 2>err || [ $? -eq 3 ] # some were rejects
	sqlite3 calls.db <"$TOP/tests/cli/layouts.sql"
}

@test "Panasonic: a date that the switch lost is a reject, a log-in no record" {
	{
		cat "$TOP/samples/panasonic.txt"
		printf '%s\r\n' \
			"**/**/** 01:06PM   130 08 13125550142                    00:00'56" \
			"01/23/26 01:07PM   130    LOG IN"
	} >file
	recorded file --max-rejects 1 >calls
	diff "$TOP/tests/cli/layouts/panasonic.calls" calls
	grep -q ': 16 records, 6 skipped, 1 rejected' err
	grep -q ":15: rejected: date: not a time: '\*\*/\*\*/\*\*" err
}

@test "Panasonic: one day above 12 tells the order of day and month" {
	sed 's|^01/22/26|22/01/26|; s|^01/23/26|23/01/26|' \
		"$TOP/samples/panasonic.txt" >file
	recorded file >calls
	diff "$TOP/tests/cli/layouts/panasonic.calls" calls
	run -1 grep 'two ways' err
}

@test "Avaya CM: calls above the first date are rejects" {
	sed 1d "$TOP/samples/avaya-cm-teleseer.txt" | tr -d '\0' >file
	recorded file -t avaya-cm-teleseer --max-rejects 3 >calls
	grep -q ":1: rejected: above it nothing gives its 'date'" err
	grep -q ': 6 records, 1 skipped, 3 rejected' err
	[ "$(wc -l <calls)" -eq 2 ]
}

@test "NEC: the same records with and without ends of lines and frames" {
	for layout in nec-neax nec-neax-flexible; do
		cut -d ' ' -f 2- "$TOP/tests/cli/layouts/$layout.calls" >wanted
		tr -d '\r\n' <"$TOP/samples/$layout.smdr" >joined
		tr -d '\r\n\002' <"$TOP/samples/$layout.smdr" | tr '\003' '\n' >bare
		for file in joined bare; do
			recorded $file | cut -d ' ' -f 2- >calls
			diff wanted calls || { echo "$layout $file" && return 1; }
			grep -q ": $layout, confidence 1.00" err
		done
	done
}
