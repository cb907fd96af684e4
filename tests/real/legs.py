"""legs.py JOIN HOURS FILE: the calls of a cdr_csv file, read naively.

Legs share the cell of column JOIN and make one call, which starts when its
first leg does and is answered if any leg is; its talk is that of the longest
answered leg.  Right for files in which no call reaches two outside numbers.
Prints start in UTC, stamps being HOURS ahead of it, talk and outcome, sorted.
"""
import collections
import csv
import datetime
import sys

START, BILLSEC, DISPOSITION = 9, 13, 14

join, hours, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
legs = collections.defaultdict(list)
with open(path, encoding="latin-1", newline="") as f:
    for row in csv.reader(f):
        legs[row[join]].append(row)
lines = []
for call in legs.values():
    start = datetime.datetime.fromisoformat(min(r[START] for r in call))
    start -= datetime.timedelta(hours=hours)
    talks = [int(r[BILLSEC]) for r in call
             if r[DISPOSITION] == "ANSWERED" or int(r[BILLSEC]) > 0]
    lines.append("\t".join([start.isoformat() + "Z", str(max(talks, default=0)),
                            "answered" if talks else "-"]))
print("\n".join(sorted(lines)))
