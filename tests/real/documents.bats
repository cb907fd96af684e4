#!/usr/bin/env bats
# Records of real switches in XML and JSON: recognised, none rejected, and
# each call with its parties, times, trunks and account.

bats_require_minimum_version 1.5.0
load common

# The calls of a file as recorded.
recorded() { # FILE [OPTION]...
	rm -f calls.db
	TZ=UTC0 cdrscan --no-config -v -d calls.db "${@:2}" "$1" 2>err || [ $? -eq 3 ]
	sqlite3 calls.db <"$TOP/tests/cli/layouts.sql"
}

@test "Metaswitch CFS: lines that call out through a trunk" {
	recorded "$SAMPLES/metaswitch-cfs-xml/metaswitch_cfs_v1.xml" >calls
	grep -q ': metaswitch-cfs, confidence 1.00' err
	grep -q '3 records, 0 skipped, 0 rejected' err
	[ "$(cut -d ' ' -f 1-5 calls)" = "9 2017-11-09T11:05:13Z 3926+0 out no-answer
60 2017-11-09T11:05:31Z 7431+53737 out answered
108 2017-11-09T11:11:05Z 10349+39901 out answered" ]
	[ "$(grep -c ' account=Ro_test user=+[0-9]* in= trunk_out=IMS Core cause=1[69]$' calls)" -eq 3 ]
	for to in '+270763371551 dialled=0763371551' '+270843073451 dialled=0843073451' \
		'+263772822306 dialled=263772822306'; do
		grep -qF " +27110493421>$to " calls
	done
}

@test "BroadWorks XML: one call out, one in, by the user's number" {
	recorded "$SAMPLES/broadworks-cdr/broadworks_xml_r19.xml" >calls
	grep -q ': broadworks-xml, confidence 1.00' err
	grep -q '4 records, 2 skipped, 0 rejected' err
	[ "$(cat calls)" = "15 2016-04-19T21:00:05Z 1566+13483 - answered 1001>+4986517174963 account=CGR_GROUP user=1001 in= trunk_out=CGR_GROUP/CGR_GROUP_TRUNK30 cause=16 join=25160047719:0
68 2016-04-19T21:00:06Z 128+23285 - answered +4986517174964>1002 account=CGR_GROUP user=1002 trunk_in=CGR_GROUP/CGR_GROUP_TRUNK65 out= cause=16 join=27280048121:0" ]
}

@test "FreeSWITCH JSON: the calling leg of a call" {
	file=$SAMPLES/freeswitch-json-cdr/fs_json_cdr_1.json
	want="1 2018-01-11T10:25:44Z 3420+68000 - answered 1001>1002 name=1001 in= out= cause=16 join=3da8bf84-c133-4959-9e24-e72875cb33a1"
	recorded "$file" >calls
	grep -q ': freeswitch-json, confidence 1.00' err
	[ "$(cat calls)" = "$want" ]
	# As one line, and many of them in a list; they are equal.
	jq -c . "$file" >line.json
	[ "$(recorded line.json)" = "$want" ]
	jq '[range(300) as $i | .]' "$file" >list.json
	recorded list.json >calls
	grep -q '300 records, 0 skipped, 0 rejected' err
	[ "$(wc -l <calls)" -eq 300 ]
}

@test "FreeSWITCH JSON: the called leg is the same call" {
	file=$SAMPLES/freeswitch-json-cdr/fs_json_cdr_1.json
	jq -c '.variables.uuid as $a | .variables.bridge_uuid as $b | ., (
	    .variables.uuid = $b | .variables.bridge_uuid = $a |
	    .callflow[0].caller_profile |= (.uuid = $b | del(.originatee) |
	    .originator.originator_caller_profiles = [{ uuid: $a }]))' "$file" >both.json
	scan both.json >out
	counts out | jq -e '.records == 2 and .calls == 1 and .legs == 1'
}

@test "Grandstream CDR API: the excerpt with its names between quotes" {
	# It ends in the middle of a call: that is one reject.
	python3 - "$SAMPLES/grandstream-ucm-csv/cdrapi_response_excerpt.js.txt" \
		>answer.json <<-'PY'
		import json, re, sys
		text = open(sys.argv[1]).read().split("\n", 1)[1]
		text = re.sub(r"'(.*)'(,?)$", lambda m: json.dumps(m[1]) + m[2], text, flags=re.M)
		print("[" + re.sub(r"^( *)(\w+):", r'\1"\2":', text, flags=re.M))
	PY
	recorded answer.json --tz Europe/London >calls
	grep -q ': grandstream-json, confidence' err
	grep -q '5 records, 1 skipped, 1 rejected' err
	cut -d ' ' -f 2-6 calls >got
	diff got - <<-'END'
		2022-08-22T08:34:32Z 0+35000 in answered 07917332729>71
		2022-08-22T08:35:07Z 0+30000 in answered 07917332729>203
		2022-08-22T08:35:07Z 0+31000 internal answered 203>71
	END
	[ "$(grep -c 'trunk_in=Daisy' calls)" -eq 2 ]
}

@test "damaged copies: every record is one of five things" {
	for file in metaswitch-cfs-xml/metaswitch_cfs_v1.xml \
		broadworks-cdr/broadworks_xml_r19.xml \
		freeswitch-json-cdr/fs_json_cdr_1.json; do
		rm -rf copies
		mkdir copies
		python3 "$TOP/tests/real/damage.py" "$SAMPLES/$file" copies 30
		for copy in copies/*; do
			status=0
			scan --layout "$(case $file in meta*) echo metaswitch-cfs ;;
				broad*) echo broadworks-xml ;; *) echo freeswitch-json ;; esac)" \
				"$copy" >out 2>err || status=$?
			[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || {
				echo "$copy: exit $status" && cat err && return 1
			}
			counts out >counts || { echo "$copy" && tail -n 1 out && return 1; }
		done
	done
}
