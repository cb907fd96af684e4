#!/usr/bin/env bats
# cdrreport unused and cdrreport lockout: accounts for a person or a script.

bats_require_minimum_version 1.5.0
load common

# A record of extension SRC to DST on DAY, as Asterisk writes it.
record() { # DAY SRC DST CHANNEL DSTCHANNEL [DISPOSITION [APP]]
	n=$((n + 1))
	answer="$1 10:00:05"
	bill=55
	[ "${6:-ANSWERED}" = ANSWERED ] || { answer=; bill=0; }
	printf '"","%s","%s","c","%s","%s","%s","%s","x","%s 10:00:00","%s","%s 10:01:00",60,%s,"%s","DOCUMENTATION","%s.%s",""\n' \
		"$2" "$3" "$2" "$4" "$5" "${7:-Dial}" "$1" "$answer" "$1" "$bill" "${6:-ANSWERED}" "17${n}00000" "$n"
}

# Half a year: 201 calls till the end, 202 stopped in August, 203 answers the
# others, 204 only rings, 205 has voicemail; 206 and 299 are in the directory.
house() {
	n=1
	{
		record 2025-07-01 201 13125550190 PJSIP/201-1 PJSIP/carrier-1
		record 2025-08-20 202 13125550190 PJSIP/202-1 PJSIP/carrier-1
		record 2025-08-21 203 13125550190 PJSIP/203-1 PJSIP/carrier-1
		record 2025-08-22 205 13125550190 PJSIP/205-1 PJSIP/carrier-1
		record 2026-01-09 201 203 PJSIP/201-1 PJSIP/203-1
		record 2026-01-10 +13125550177 204 PJSIP/carrier-1 PJSIP/204-1 "NO ANSWER"
		record 2026-01-10 +13125550178 205 PJSIP/carrier-1 "" ANSWERED VoiceMail
		record 2026-01-12 201 13125550190 PJSIP/201-1 PJSIP/carrier-1 BUSY
	} >Master.csv
	cat >directory.csv <<-'END'
		number,account,class,group
		201,,user,sales
		203,,user,sales
		206,,fax,sales
		298,DESK-9,user,guests
		299,DESK-9,user,guests
		carrier-2,,trunk,
	END
	jq '.directory = "directory.csv" | del(.calendar)' "$CONFIG" >config.json
	cdrscan -q -c config.json -d h.db --now 2026-01-13 Master.csv
}

@test "unused: who made and answered no call, the longest first" {
	house
	run --separate-stderr cdrreport -c config.json -d h.db unused
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	printf '%s\n' "$output" | awk 'NR > 1 { print $1, $2, $3 }' >got
	diff - got <<-'END'
		204 extension never
		206 directory never
		DESK-9 directory never
		202 extension 2025-08-20
		205 extension 2025-08-22
		5 of 7
	END
	[[ $output == *"DESK-9 "*" user "*" 298 299"* ]]
	[[ $output == *"5 of 7 accounts: no call in the 90 days before 2026-01-1"* ]]
	run cdrreport -c config.json -d h.db unused --days 150
	[ "$(printf '%s\n' "$output" | grep -c '^20[25]')" -eq 0 ]
	[[ $output == *"3 of 7 accounts"* ]]
}

@test "unused: as JSON, in both forms" {
	house
	cdrreport -c config.json -d h.db unused -f ndjson >rows
	jq -es 'map(.account) == ["204", "206", "DESK-9", "202", "205"] and
	    all(.schema == "cdr.unused/1") and
	    (.[0] | has("last_call") or has("numbers") | not) and
	    .[2].numbers == ["298", "299"] and .[2].group == "guests" and
	    (.[3] | .last_call == "2025-08-20T15:00:00Z" and .days > 140)' rows
	cdrreport -c config.json -d h.db unused -f json --days 100 >one.json
	jq -e --slurpfile rows rows '.schema == "cdr.unused/1" and .days == 100 and
	    .known == 7 and .records_from == "2025-07-01T15:00:00Z" and
	    .accounts == ($rows | map(del(.schema)))' one.json
}

@test "unused: a store that is too young says so, exit 3" {
	house
	run --separate-stderr cdrreport -c config.json -d h.db unused --days 250
	[ "$status" -eq 3 ]
	[[ $stderr == *"the store has calls only from 2025-07-01"*"may have called before"* ]]
	[[ $output == *"DESK-9"*"never"* ]]
}

@test "unused: the log of administrators is no calls, however old" {
	house
	{
		echo time,user,action,object,account,detail
		echo "2025-01-01 02:11:05,admin,create,user x,203,role=x"
	} >audit.csv
	cdrscan -q -c config.json -d h.db --now 2026-01-13 audit.csv
	run --separate-stderr cdrreport -c config.json -d h.db unused --days 250
	[ "$status" -eq 3 ]
	[[ $stderr == *"the store has calls only from 2025-07-01"* ]]
	cdrreport -c config.json -d h.db unused -f json |
		jq -e '.records_from == "2025-07-01T15:00:00Z"'
	cdrscan -q -c config.json -d a.db --now 2026-01-13 audit.csv
	run --separate-stderr cdrreport -c config.json -d a.db unused
	[ "$status" -eq 3 ]
	[[ $stderr == *"the store has no calls: who"* ]]
}

@test "unused and lockout: what is wrong is told" {
	house
	wrong() { # WORDS ARGUMENT...
		words=$1
		shift
		run cdrreport -c config.json "$@"
		[ "$status" -eq 2 ]
		[[ $output == *"$words"* ]]
	}
	wrong "no store" unused
	wrong "no store" lockout
	wrong "nowhere.db" -d nowhere.db lockout
	wrong "usage: cdrreport unused" -d h.db unused 201
	wrong "usage: cdrreport lockout" -d h.db lockout 201
	wrong "cdrreport lockout has no use for --days" -d h.db lockout --days 3
	wrong "--days" -d h.db unused --days 0
	wrong "--days: more than 36525" -d h.db unused --days 36526
	wrong "--days: more than 36525" -d h.db unused --days 106751991168
	wrong "usage: cdrreport unused" -d h.db unused unused
	wrong "--since" -d h.db lockout --since soon
	# A command stands before an entity of the same name, which has an option.
	run cdrreport -c config.json -d h.db --account unused --account lockout
	[ "$status" -eq 0 ]
}

@test "lockout: accounts of open critical cases, and nothing else" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	[ "$(cdrreport -c "$CONFIG" -d n.db lockout)" = 207 ]
	cdrreport -c "$CONFIG" -d n.db lockout -f ndjson |
		jq -es 'length == 1 and (.[0] | .schema == "cdr.lockout/1" and
		    .account == "207" and .type == "extension" and .score >= 80 and
		    (.case | startswith("c-")) and (.rules | length > 1))'
	cdrreport -c "$CONFIG" -d n.db lockout -f json |
		jq -e '.schema == "cdr.lockout/1" and (.accounts | length == 1)'
	[ -z "$(cdrreport -c "$CONFIG" -d n.db lockout --account '3*')" ]
	# A week later it is not of these days any more, unless it is asked for.
	# The seven days are those before the last run, however old it is; then
	# somebody hears of it, and nobody goes unlocked.
	run -0 --separate-stderr cdrreport -c "$CONFIG" -d n.db lockout --now 2026-01-30
	[ "$output" = 207 ]
	[ "$stderr" = "cdrreport: warning: the last run stood at 2026-01-15 05:26:30, 14 days ago: what came since is not known" ]
	run -0 --separate-stderr cdrreport -c "$CONFIG" -d n.db lockout --now 2026-01-20
	[ "$output" = 207 ]
	[ -z "$stderr" ]
	run -0 --separate-stderr cdrreport -c "$CONFIG" -d n.db lockout --now 2026-01-30 --since 3d
	[ -z "$output" ]
	[ -n "$stderr" ]
	[ "$(cdrreport -c "$CONFIG" -d n.db lockout --now 2026-01-30 --since 30d)" = 207 ]
	cdrreport -c "$CONFIG" -d n.db lockout -o lock.txt
	[ "$(cat lock.txt)" = 207 ]
}

# Rules of one's own that make every caller's case critical.
strict_rules() { # ENTITY-FIELD FRAUD-TYPE
	mkdir -p own.d
	cdrrules new local-strict >own.d/strict.json
	jq --arg by "$1" --arg type "$2" '.rules[0] |= (.score = 90 | .by = [$by] |
	    .match = {} | .fraud_type = $type | .family = "local-x" | .waiver_needs = [$by] |
	    del(.measure, .when, .params, .tests, .quiet, .escalate) | .status = "test")' \
		own.d/strict.json >strict && mv strict own.d/strict.json
}

@test "lockout: no emergency number, no toll-free number of the house, no bad data" {
	n=1
	{
		record 2026-01-12 201 13125550190 PJSIP/201-1 PJSIP/carrier-1
		record 2026-01-12 +13125550177 18005550199 PJSIP/carrier-1 PJSIP/204-1
	} >Master.csv
	jq 'del(.calendar)' "$CONFIG" >config.json
	strict_rules account irsf
	cdrscan -q -c config.json -R own.d -d a.db --now 2026-01-13 Master.csv
	cdrreport -c config.json -d a.db -f json | jq -r '.cases[].entity.id' | sort >cases
	diff - cases <<-'END'
		+18005550199
		201
	END
	[ "$(cdrreport -c config.json -d a.db lockout)" = 201 ]
	cdrreport -c config.json -d a.db lockout -v 2>said
	grep -q "'+18005550199' is an emergency number or an own toll-free" said
	# The country that cdrscan guessed stands for one that nobody stated.
	jq 'del(.home_country)' config.json >guess.json
	cat "$NIGHT" Master.csv >Both.csv
	cdrscan -q -c guess.json -R own.d -d g.db --now 2026-01-16 Both.csv
	cdrreport -c guess.json -d g.db -f json |
		jq -e '.run.home_country == "US" and any(.cases[]; .entity.id == "+18005550199")'
	cdrreport -c guess.json -d g.db lockout >list
	grep -qx 201 list
	[ "$(grep -c 800 list)" -eq 0 ]
	strict_rules account data-quality
	cdrscan -q -c config.json -R own.d -d q.db --now 2026-01-13 Master.csv
	[ "$(cdrreport -c config.json -d q.db -f json | jq '.cases | length')" -eq 2 ]
	[ -z "$(cdrreport -c config.json -d q.db lockout)" ]
	strict_rules dst irsf
	cdrscan -q -c config.json -R own.d -d d.db --now 2026-01-13 Master.csv
	cdrreport -c config.json -d d.db lockout -v >list 2>said
	grep -q "is no account" said
}
