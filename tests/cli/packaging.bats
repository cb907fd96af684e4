#!/usr/bin/env bats
# packaging/: what an installation puts where, and that it works there.

bats_require_minimum_version 1.5.0

load common
load ../mailbox/mailbox

teardown() {
	mailbox_close
}

# Into a folder that stands for the machine.
install_all() {
	PREFIX=$PWD/usr
	(cd "$TOP" && DESTDIR='' PREFIX=$PREFIX STATEDIR=$PREFIX/state BUILD=$BUILD_DIR \
		packaging/install.sh install)
	mkdir -p "$PREFIX/state"
}

counts() { # NAME=VALUE...
	{
		for name in exit_status as_of_seconds files_not_read records rejected \
			cases_medium cases_high cases_critical; do
			echo "cdrguard_$name 0"
		done
	} >stats.prom
	for pair in "$@"; do
		sed -i "s/^cdrguard_${pair%=*} .*/cdrguard_${pair%=*} ${pair#*=}/" stats.prom
	done
}

@test "programs, pages, rules, completion, units and examples are installed" {
	umask 077
	install_all
	run -1 grep -v '[45][45]$' <(find usr/share usr/lib ! -name '*.sh' -exec stat -c '%n %a' {} +)
	for f in bin/cdrscan bin/cdrrules bin/cdrreport share/man/man1/cdrscan.1 \
		share/man/man7/cdrguard.7 share/cdrguard/rules.d/known-bad-number.json \
		share/bash-completion/completions/cdrrules \
		lib/systemd/system/cdrguard-scan.service \
		lib/systemd/system/cdrguard-report.service \
		lib/systemd/system/cdrguard-scan.timer lib/sysusers.d/cdrguard.conf \
		share/cdrguard/check-cdrguard.sh share/doc/cdrguard/examples/cdrguard.cron \
		share/doc/cdrguard/examples/cdrguard.logrotate; do
		[ -s "usr/$f" ] || { echo "missing: $f"; false; }
	done
	run -1 grep -rE '@[A-Z]+@' usr/lib usr/share/doc usr/share/cdrguard
}

@test "what was installed is all taken away" {
	install_all
	(cd "$TOP" && DESTDIR='' PREFIX=$PREFIX BUILD=$BUILD_DIR packaging/install.sh uninstall)
	rmdir usr/state
	find usr -type f >left
	[ ! -s left ] || { cat left; false; }
}

@test "systemd understands the units" {
	command -v systemd-analyze >/dev/null || skip "systemd-analyze is not here"
	install_all
	mkdir -p root/usr/bin
	for f in usr/lib/systemd/system/cdrguard-*; do
		systemd-analyze verify --man=no --recursive-errors=no "$f" >said 2>&1 || true
		run -1 grep -F cdrguard- said
	done
}

@test "the scan is confined" {
	command -v systemd-analyze >/dev/null || skip "systemd-analyze is not here"
	install_all
	systemd-analyze security --offline=true --threshold=20 --no-pager \
		usr/lib/systemd/system/cdrguard-scan.service >said 2>&1 ||
		{ tail -n 3 said; false; }
}

@test "the line for cron has its parts, and a shell reads its command" {
	install_all
	grep -E '^[0-9*]' usr/share/doc/cdrguard/examples/cdrguard.cron >line
	[ "$(wc -l <line)" = 1 ]
	[ "$(awk '{ print $6 }' line)" = cdrguard ]
	awk '{ for (i = 1; i <= 6; i++) $i = ""; print }' line | sh -n
	# cron turns a percent sign into a line's end
	run -1 grep -F % line
}

@test "every option of cron's line and of the units is known" {
	install_all
	cat usr/share/doc/cdrguard/examples/cdrguard.cron usr/lib/systemd/system/*.service |
		grep -o 'cdr\(scan\|report\) -[^;]*' | while read -r program words; do
		for w in $words; do
			case $w in
			--*) "$program" --help | grep -q -- " $w\b" || { echo "$program $w"; false; } ;;
			esac
		done
	done
}

# A machine's configuration, which the packaged commands find by CDR_CONFIG.
configure() {
	mkdir cdr
	jq --arg dir "$PWD" '. + { db: ($dir + "/usr/state/cdr.db"),
	    sources: [{ name: "pbx", files: [$dir + "/cdr/Master.csv*"] }] }' \
		"$CONFIG" >c.json
	export CDR_CONFIG=$PWD/c.json SOURCE_DATE_EPOCH=1768500000
	PATH=$PREFIX/bin:$PATH
	mailbox_open "$TOP"
}

# What the two commands of a night are to bring, the night the first of two.
two_nights() { # COMMAND
	head -n 190 "$NIGHT" >cdr/Master.csv
	sh -c "$1" >said 2>&1
	mv cdr/Master.csv cdr/Master.csv.1
	tail -n +191 "$NIGHT" >cdr/Master.csv
	sh -c "$1" >>said 2>&1
	cat said
	[ "$(grep -vc 'nothing is deleted' said)" -eq 0 ]
	[ "$(sed -n 's/^cdrguard_stored //p' usr/state/stats.prom)" = 166 ]
	python3 "$TOP/tests/mailbox/read.py" mailbox >kept
	cat kept
	grep -q '^to: root' kept
	grep -q '^subject: .*critical' kept
}

@test "the line for cron does what a night needs" {
	install_all
	configure
	two_nights "$(sed -n 's/^10 4 \* \* \*  cdrguard *//p' \
		usr/share/doc/cdrguard/examples/cdrguard.cron)"
}

@test "the commands of the units do what a night needs" {
	install_all
	configure
	two_nights "$(sed -n 's/^ExecStart=//p' \
		usr/lib/systemd/system/cdrguard-scan.service \
		usr/lib/systemd/system/cdrguard-report.service)"
}

@test "logrotate understands its file" {
	PATH=$PATH:/usr/sbin
	command -v logrotate >/dev/null || skip "logrotate is not here"
	install_all
	sed "s|/var/log/asterisk/cdr-csv|$PWD|; s/asterisk asterisk/$(id -un) $(id -gn)/" \
		usr/share/doc/cdrguard/examples/cdrguard.logrotate >rotate
	chmod 644 rotate
	echo a >Master.csv
	logrotate -s state -f rotate
	[ -e Master.csv ] && [ "$(cat Master.csv-*)" = a ]
}

@test "the monitoring check tells the states apart" {
	install_all
	check=usr/share/cdrguard/check-cdrguard.sh
	run -3 "$check" none
	[[ $output == *"did the scan ever run"* ]]
	counts records=100
	run -0 "$check" stats.prom
	[[ $output == "cdrguard OK - records: 100, cases of medium severity: 0"*"| records=100 "* ]]
	counts cases_critical=2 cases_high=1
	run -2 "$check" stats.prom
	[[ $output == *"critical cases: 2"* ]]
	counts cases_high=1
	run -1 "$check" stats.prom
	counts rejected=3 exit_status=3
	run -1 "$check" stats.prom
	[[ $output == *"records rejected: 3"* ]]
	counts exit_status=2
	run -2 "$check" stats.prom
	counts exit_status=4
	run -1 "$check" stats.prom
	counts
	touch -d '30 hours ago' stats.prom
	run -2 "$check" -a 26 stats.prom
	[[ $output == *"no scan for 26 hours"* ]]
	run -0 "$check" -a 48 stats.prom
	sed -i 1d stats.prom
	run -3 "$check" stats.prom
	for hours in 0 -1 many ''; do
		run -3 "$check" -a "$hours" stats.prom
		[[ $output == "cdrguard UNKNOWN - usage"* ]]
	done
	mkdir -m 0 shut
	if ! [ -x shut ]; then # not as root
		run -3 "$check" shut/stats.prom
		[[ $output == "cdrguard UNKNOWN - "*" may not look into shut "* ]]
	fi
}

@test "the check reads what cdrscan writes" {
	install_all
	cdrscan -q --stats usr/state/stats.prom "$NIGHT" >/dev/null
	run -2 usr/share/cdrguard/check-cdrguard.sh
	[[ $output == *"critical cases: "*"records=356"* ]]
}
