#!/usr/bin/env python3
"""increments.py PROGRAMS RULES ROUNDS SEED: random Asterisk records come into
a store over several nights, in files that are cut anywhere, overlap, come late,
grow, are renamed, emptied, compressed, and are forgotten and read again, or
rescored.  At the end the store must have the same findings and cases, with the
same baselines, as one that got all of them at once.  Of RULES one fires on
every day that has a baseline, so that all of them are compared.  Ends with 1
and leaves the files where not."""
import collections
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from reading import record

SITE = {"cdrconfig": 1, "tz": "UTC", "home_country": "US",
    "dialplan": {"extensions": "2\\d\\d"}, "trunks": ["carrier"],
    "db": "n.db", "sources": [{"name": "pbx", "files": ["log/*"]}]}


class Site:
    """A folder with a configuration, logs and a store."""

    def __init__(self, programs, rules, folder):
        self.programs, self.rules, self.folder = os.path.abspath(programs), os.path.abspath(rules), folder
        os.makedirs(os.path.join(folder, "log"))
        with open(os.path.join(folder, "c.json"), "w", encoding="ascii") as f:
            json.dump(SITE, f)

    def run(self, program, *args):
        done = subprocess.run([os.path.join(self.programs, program), "-c", "c.json",
            "-R", self.rules, "--now", "2026-01-12", *args], cwd=self.folder,
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{program} {args}: exit {done.returncode}\n{done.stderr}")
        return done.stdout

    def log(self, name):
        return os.path.join(self.folder, "log", name)

    def add(self, name, lines):
        with open(self.log(name), "a", encoding="ascii") as f:
            f.writelines(line + "\n" for line in lines)

    def logs(self):
        return sorted(os.listdir(os.path.join(self.folder, "log")))

    def found(self):
        """What is found now, without the file and line of evidence."""
        out = []
        for line in self.run("cdrreport", "--min-score", "0", "--since", "2000-01-01",
                             "--waived", "--shadow", "-f", "ndjson").splitlines():
            doc = json.loads(line)
            if doc["schema"].startswith("cdr.run/") or doc.pop("state", "") == "closed":
                continue
            for evidence in doc.get("evidence", []):
                evidence.pop("file", None)
                evidence.pop("line", None)
            out.append(json.dumps(doc, sort_keys=True))
        return out


def change_logs(dice, site, done):
    """What logrotate and people do to files between two nights; no record is
    lost, because what is forgotten must be there to be read again."""
    names = site.logs()
    for name in names:
        way = dice.randrange(8)
        if way in (0, 2, 3) and name + "r" in names or way == 1 and name + ".gz" in names:
            continue
        done["rotated"] += way <= 3
        if way == 0:
            os.rename(site.log(name), site.log(name + "r"))
        elif way == 1 and ".gz" not in name:
            with open(site.log(name), "rb") as f, gzip.open(site.log(name + ".gz"), "wb") as g:
                shutil.copyfileobj(f, g)
            os.unlink(site.log(name))
        elif way in (2, 3):
            shutil.copy(site.log(name), site.log(name + "r"))
            if way == 3 and ".gz" not in name:
                os.truncate(site.log(name), 0)


def live_through(dice, site, lines, done):
    """All records come, in any order, some twice."""
    late = dice.random() < 0.5
    done["late"] += late
    order = dice.sample(lines, len(lines)) if late else lines
    nights = dice.randrange(1, 4)
    cuts = sorted(dice.randrange(len(order) + 1) for _ in range(nights))
    for night, begin in enumerate([0] + cuts):
        end = (cuts + [len(order)])[night]
        back = dice.randrange(begin + 1) if dice.random() < 0.5 else begin
        plain = [n for n in site.logs() if ".gz" not in n]
        if plain and dice.random() < 0.5:
            # Equal records of one file count each: only what is new is put behind.
            site.add(dice.choice(plain), order[begin:end])
        else:
            done["overlapping"] += back < begin
            site.add(f"{night}.csv", order[back:end] or lines[:1])
        site.run("cdrscan")
        change_logs(dice, site, done)
    if dice.random() < 0.4:
        done["forgotten"] += 1
        runs = subprocess.run(["sqlite3", os.path.join(site.folder, "n.db"),
            "SELECT name FROM runs UNION SELECT path || member FROM files"],
            capture_output=True, text=True, check=True).stdout.split()
        site.run("cdrscan", "--forget", dice.choice(runs))
        site.run("cdrscan")
    if dice.random() < 0.3:
        done["rescored"] += 1
        site.run("cdrscan", "--rescore")


def kind_of(line):
    """A case, a finding, or a finding that states its baseline."""
    doc = json.loads(line)
    if doc["schema"].startswith("cdr.case/"):
        return "cases"
    return "baselines" if "baseline" in doc.get("measure", {}) else "findings"


def main():
    programs, rules, rounds, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    done, compared = collections.Counter(), collections.Counter()
    for number in range(rounds):
        dice = random.Random(seed + number)
        lines = [record(dice, 2 * i) for i in range(dice.randrange(2, 60))]
        folder = tempfile.mkdtemp(prefix="increments-")
        once = Site(programs, rules, os.path.join(folder, "once"))
        once.add("all.csv", lines)
        once.run("cdrscan")
        parts = Site(programs, rules, os.path.join(folder, "parts"))
        live_through(dice, parts, lines, done)
        want = once.found()
        if parts.found() != want:
            sys.exit(f"seed {seed + number}: differs; files are in {folder}")
        compared.update(map(kind_of, want))
        shutil.rmtree(folder)
    for counts in compared, done:
        print(f"figures: {rounds} rounds:", ", ".join(f"{n} {k}" for k, n in sorted(counts.items())))
    if rounds >= 20 and min(compared[k] for k in ("cases", "findings", "baselines")) == 0:
        sys.exit("nothing to compare was ever found")


main()
