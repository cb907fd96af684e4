#!/bin/sh
# check-cdrguard.sh [-a HOURS] [FILE]: whether the nightly scan ran and what it
# found, from the counts that cdrscan --stats left in FILE, for Nagios and all
# that run its plugins (exit status 0, 1, 2 and 3: OK, WARNING, CRITICAL,
# UNKNOWN).  A case alarms until it is acknowledged, labelled or closed with
# cdrreport and the next scan has run, or for 7 days.  For NRPE:
#   command[cdrguard]=@DATADIR@/check-cdrguard.sh -a 26
set -eu

usage() {
	echo "cdrguard UNKNOWN - usage: check-cdrguard.sh [-a HOURS] [FILE]"
	exit 3
}

hours=26
while getopts a: opt; do
	case $opt in
	a) hours=$OPTARG ;;
	*) usage ;;
	esac
done
case $hours in
'' | *[!0-9]* | 0*) usage ;;
esac
shift $((OPTIND - 1))
file=${1-@STATEDIR@/stats.prom}

say() { # STATUS WORD TEXT
	echo "cdrguard $2 - $3 | records=${records:-0} rejected=${rejected:-0} critical=${critical:-0} high=${high:-0} medium=${medium:-0}"
	exit "$1"
}

value() { # NAME
	sed -n "s/^cdrguard_$1 \([0-9][0-9]*\)\$/\1/p" "$file"
}

[ ! -d "${file%/*}" ] || [ -x "${file%/*}" ] ||
	say 3 UNKNOWN "$(id -un) may not look into ${file%/*}"
[ -r "$file" ] || say 3 UNKNOWN "no counts at $file: did the scan ever run?"
status=$(value exit_status)
records=$(value records)
rejected=$(value rejected)
critical=$(value cases_critical)
high=$(value cases_high)
medium=$(value cases_medium)
unread=$(value files_not_read)
for v in "$status" "$records" "$rejected" "$critical" "$high" "$medium" "$unread"; do
	[ -n "$v" ] || say 3 UNKNOWN "$file is not what cdrscan --stats writes"
done

[ -n "$(find "$file" -mmin "-$((hours * 60))")" ] ||
	say 2 CRITICAL "no scan for $hours hours: nobody looks for fraud"
case $status in
2) say 2 CRITICAL "the last scan failed" ;;
4) say 1 WARNING "the last scan found another one at work" ;;
esac
[ "$critical" -eq 0 ] || say 2 CRITICAL "critical cases: $critical"
[ "$high" -eq 0 ] || say 1 WARNING "cases of high severity: $high"
[ "$unread" -eq 0 ] || say 1 WARNING "files that could not be read: $unread"
[ "$rejected" -eq 0 ] || say 1 WARNING "records rejected: $rejected"
[ "$status" -le 1 ] || say 1 WARNING "the last scan was incomplete"
say 0 OK "records: $records, cases of medium severity: $medium"
