#!/usr/bin/env bats
# Reports as mail: through a real mailer into a mailbox, and read from there.

bats_require_minimum_version 1.5.0
load common
load ../mailbox/mailbox

teardown() {
	mailbox_close
}

scan() {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT" >/dev/null 2>&1
}

kept() {
	python3 "$TOP/tests/mailbox/read.py" mailbox
}

@test "a message arrives, whole, with what it carries" {
	scan
	mailbox_open "$TOP"
	cdrreport -d n.db -f mail --to ops@example.net --attach csv \
		--pipe 'sendmail -t -oi'
	run kept
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "subject: [cdr] 1 critical, 1 high, 1 medium: 207, +18005550199 +1" ]
	[ "${lines[1]}" = "to: ops@example.net" ]
	[ "$(grep -c '^part: text/' <<<"$output")" -eq 3 ]
	[[ $output == *"part: multipart/alternative"* ]]
	[[ $output == *"part: text/csv findings.csv"* ]]
	[[ $output == *"messages: 1" ]]
}

@test "the parts are the reports of the other formats" {
	scan
	cdrreport -d n.db -f mail --attach csv -o m.eml
	cdrreport -d n.db --width 72 -o text
	cdrreport -d n.db -f csv -o csv
	cat >parts.py <<-'EOF'
	import email, email.policy, sys
	m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
	for part in m.walk():
	    name = {"text/plain": "text", "text/csv": "csv"}.get(part.get_content_type())
	    if name and part.get_payload(decode=True) != open(name, "rb").read():
	        sys.exit(f"{name} differs")
	EOF
	python3 parts.py <m.eml
	cdrreport -d n.db -f mail --attach csv -o again.eml
	cmp m.eml again.eml
	LC_ALL=C awk 'length > 76 { bad = 1 } /[^ -~\t]/ { bad = 1 } END { exit bad }' m.eml
}

@test "a long list of addresses is folded, and all get it" {
	scan
	mailbox_open "$TOP"
	to=$(seq -f 'somebody-%03.0f@example.net' -s , 60)
	cdrreport -d n.db -f mail --to "$to" -o m.eml
	LC_ALL=C awk 'length > 78 { bad = 1 } END { exit bad }' m.eml
	cdrreport -d n.db -f mail --to "$to" --pipe 'sendmail -t -oi'
	run kept
	echo "$output"
	[ "$(grep '^to: ' <<<"$output" | grep -o '@' | wc -l)" -eq 60 ]
}

@test "hostile names do no harm on the way" {
	cdrscan -q -c "$CONFIG" -f ndjson "$NIGHT" |
		jq -c 'if .entity.id == "207" then
		    .entity.id = "=?UTF-8?Q?x?=\r\nBcc: x@example.net <script>\u001b[2J"
		    else . end' >hostile
	grep -q 'Bcc' hostile
	mailbox_open "$TOP"
	cdrreport -f mail --to ops@example.net --pipe 'sendmail -t' - <hostile
	run kept
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"=?UTF-8?Q?x?=??Bcc: x@example.net <script>?[2J"* ]]
	run grep '^Bcc' mailbox
	[ "$status" -eq 1 ]
}

@test "mail -E sends a report and no empty one" {
	scan
	mailbox_open "$TOP"
	cdrreport -d n.db | mail -E -s 'cdr report' ops@example.net
	cdrreport -d n.db --skip-empty --min-score 100 |
		mail -E -s 'cdr report' ops@example.net
	for _ in $(seq 100); do
		[ -s mailbox ] && break
		sleep 0.1
	done
	run kept
	echo "$output"
	[[ $output == *"subject: cdr report"*"messages: 1" ]]
}

@test "a mailer that fails keeps the report for the next time" {
	scan
	printf '#!/bin/sh\ncat >/dev/null\nexit 75\n' >tired
	chmod +x tired
	run cdrreport -d n.db -f mail --to a@example.net --new --pipe ./tired
	[ "$status" -eq 2 ]
	[[ $output == *"command './tired' ended with status 75"* ]]
	mailbox_open "$TOP"
	for _ in 1 2 3; do
		cdrreport -d n.db -f mail --to a@example.net --new --skip-empty \
			--pipe 'sendmail -t'
	done
	run kept
	[[ $output == *"messages: 1" ]]
}

@test "addresses that are none are refused, and nothing goes out" {
	scan
	run cdrreport -d n.db -f mail --to $'a\nBcc: b@example.net' --pipe 'tee got'
	[ "$status" -eq 2 ]
	[[ $output == *"--to: no addresses"* ]]
	[ ! -e got ]
}
