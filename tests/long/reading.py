#!/usr/bin/env python3
"""reading.py CDRSCAN RULES ROUNDS SEED: random Asterisk records, read as they
are, shuffled, twice, and cut at any record into files that overlap, must give
the same findings and cases.  Ends with 1 and leaves the files where not."""
import json
import os
import random
import subprocess
import sys
import tempfile
import time


def record(dice, number, days=6):
    start = 1_767_225_600 + dice.randrange(days * 86_400)
    if dice.random() < 0.5:  # a busy hour each day
        start = start // 86_400 * 86_400 + 36_000 + start % 3_600
    talk = dice.choice([0, 0, 30, 31, 33, dice.randrange(3_000)])
    ring = dice.randrange(20)
    out = dice.random() < 0.8
    here, there = "2%02d" % dice.randrange(4), "1312555%04d" % (140 + dice.randrange(9))
    src, dst = (here, there) if out else (there, here)

    def stamp(t):
        return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(t))

    return ",".join([
        '""', f'"{src}"', f'"{dst}"', '"ctx"', f'"{src}"',
        f'"{"PJSIP/" + here if out else "PJSIP/carrier"}-{number:08x}"',
        f'"{"PJSIP/carrier" if out else "PJSIP/" + here}-{number + 1:08x}"',
        '"Dial"', '""', f'"{stamp(start)}"',
        f'"{stamp(start + ring)}"' if talk else '""',
        f'"{stamp(start + ring + talk)}"', str(ring + talk), str(talk),
        '"ANSWERED"' if talk else '"NO ANSWER"', '"DOCUMENTATION"',
        f'"{start}.{number}"', '""'])


def scan(cdrscan, rules, folder, files):
    """What was found, without the file and line of evidence."""
    paths = []
    for i, lines in enumerate(files):
        paths.append(os.path.join(folder, f"{i}.csv"))
        with open(paths[-1], "w", encoding="ascii") as f:
            f.writelines(line + "\n" for line in lines)
    done = subprocess.run(
        [cdrscan, "-f", "ndjson", "--tz", "UTC", "-t", "asterisk-csv", "-R", rules]
        + paths, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{folder}: exit {done.returncode}\n{done.stderr}")
    found = []
    for line in done.stdout.splitlines():
        doc = json.loads(line)
        for evidence in doc.get("evidence", []):
            evidence.pop("file", None)
            evidence.pop("line", None)
        if not doc["schema"].startswith("cdr.run/"):
            found.append(json.dumps(doc, sort_keys=True))
    return found


def ways(dice, lines):
    """The same records in other files."""
    shuffled = dice.sample(lines, len(lines))
    yield [shuffled]
    yield [lines, shuffled]
    cut = dice.randrange(1, len(lines))
    back = dice.randrange(cut + 1)
    yield [shuffled[cut - back:], shuffled[:cut]]


def main():
    cdrscan, rules, rounds, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    by_rule = {}
    for number in range(rounds):
        dice = random.Random(seed + number)
        lines = [record(dice, 2 * i) for i in range(dice.randrange(2, 60))]
        with tempfile.TemporaryDirectory() as folder:
            want = scan(cdrscan, rules, folder, [lines])
            for files in ways(dice, lines):
                if scan(cdrscan, rules, folder, files) != want:
                    keep = tempfile.mkdtemp(prefix="reading-")
                    scan(cdrscan, rules, keep, files + [lines])
                    sys.exit(f"seed {seed + number}: differs; files are in {keep}")
        for line in want:
            rule = json.loads(line).get("rule", {}).get("id")
            by_rule[rule] = by_rule.get(rule, 0) + (rule is not None)
    by_rule.pop(None, None)
    print("figures:", rounds, "rounds,", by_rule)
    with open(rules, encoding="utf-8") as f:
        shown = {r["id"] for r in json.load(f)["rules"] if not r.get("private")}
    if rounds >= 50 and set(by_rule) != shown:
        sys.exit(f"rules that never found anything: {shown - set(by_rule)}")


if __name__ == "__main__":
    main()
