#!/usr/bin/env python3
"""increments.py PROGRAMS RULES ROUNDS SEED: random Asterisk records come into
a store over several nights, in files that are cut anywhere, overlap, come late,
grow, are renamed, emptied, compressed, and are forgotten and read again, or
rescored.  At the end the store must have the same findings and cases, with the
same baselines, as one that got all of them at once.  What people say of
findings meanwhile ends cases, so those are not compared then; but a label that
was taken back changes no finding, and one of fraud the same ones in both.  Of
RULES one fires on every day that has a baseline, so that all of them are
compared.

A fifth of the rounds is of logs, with damage, that only grow and are rotated:
each night must put the same into a store that knows where it stopped reading
as into one that does not.  Ends with 1 and leaves the files where not."""
import collections
import gzip
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import blocks
from reading import record

SITE = {"cdrconfig": 1, "tz": "UTC", "home_country": "US",
    "dialplan": {"extensions": "2\\d\\d"}, "trunks": ["carrier"],
    "db": "n.db", "sources": [{"name": "pbx", "files": ["log/*"]}]}


class Site:
    """A folder with a configuration, logs and a store."""

    def __init__(self, programs, rules, folder, now="2026-01-12"):
        self.now = now
        self.programs, self.rules, self.folder = os.path.abspath(programs), os.path.abspath(rules), folder
        os.makedirs(os.path.join(folder, "log"))
        with open(os.path.join(folder, "c.json"), "w", encoding="ascii") as f:
            json.dump(SITE, f)

    def call(self, program, *args, good=(0,)):
        done = subprocess.run([os.path.join(self.programs, program), "-c", "c.json", *args],
            cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode not in good:
            sys.exit(f"{self.folder}: {program} {args}: exit {done.returncode}\n{done.stderr}")
        return done

    def run(self, program, *args, good=(0,)):
        return self.call(program, "-R", self.rules, "--now", self.now, *args, good=good)

    def say(self, target, word):
        self.call("cdrreport", *(["label", target, word] if word != "close" else [word, target]))

    def sql(self, store, text):
        return subprocess.run(["sqlite3", os.path.join(self.folder, store), text],
            capture_output=True, text=True, check=True).stdout

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
                             "--waived", "--shadow", "-f", "ndjson").stdout.splitlines():
            doc = json.loads(line)
            if doc["schema"].startswith("cdr.run/") or doc.pop("state", "") == "closed":
                continue
            for evidence in doc.get("evidence", []):
                evidence.pop("file", None)
                evidence.pop("line", None)
            out.append(json.dumps(doc, sort_keys=True))
        return out

    def findings(self):
        """The same without what people say of them: cases end with it."""
        out = []
        for line in self.found():
            doc = json.loads(line)
            if doc["schema"].startswith("cdr.finding/"):
                doc.pop("case", None)
                out.append(json.dumps(doc, sort_keys=True))
        return sorted(out)


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


def take_back(site, target):
    """Also from what inherited the label when the finding was split."""
    heirs = site.sql("n.db", "WITH RECURSIVE heirs (id) AS (VALUES ('" + target + "') UNION "
                     "SELECT a.id FROM aliases a JOIN heirs h ON a.alias = h.id "
                     "WHERE a.word = 'fraud') SELECT id FROM heirs").split()
    for heir in heirs:
        site.say(heir, "unsure")


def speak(dice, site, said, done):
    """Something is said of a finding, or a label of fraud is taken back."""
    ids = site.sql("n.db", "SELECT id FROM findings WHERE state <> 'closed' ORDER BY id").split()
    while said:
        take_back(site, said.pop())
    if ids and dice.random() < 0.6:
        target, word = dice.choice(ids), dice.choice(["fraud", "fraud", "benign", "unsure", "close"])
        done["labelled"] += 1
        if word == "close":
            target = site.sql("n.db", f"SELECT case_id FROM findings WHERE id = '{target}'").strip()
        site.say(target, word)
        if word == "fraud":
            said.append(target)


def agree_on_fraud(dice, one, other, done):
    """The same label in two stores that are alike leaves them so."""
    ids = [json.loads(line)["id"] for line in one.findings()]
    if not ids:
        return True
    target = dice.choice(ids)
    before = one.findings()
    for site in one, other:
        site.say(target, "fraud")
        site.run("cdrscan")
    done["unlearnt"] += one.findings() != before
    return one.findings() == other.findings()


def live_through(dice, site, lines, done, talk):
    """All records come, in any order, some twice."""
    said = []
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
        if talk:
            speak(dice, site, said, done)
        change_logs(dice, site, done)
    if dice.random() < 0.4:
        done["forgotten"] += 1
        runs = site.sql("n.db", "SELECT name FROM runs UNION "
                        "SELECT path || member FROM files").split()
        site.run("cdrscan", "--forget", dice.choice(runs))
        site.run("cdrscan")
    if dice.random() < 0.3:
        done["rescored"] += 1
        site.run("cdrscan", "--rescore")
    if talk:
        # What was taken back after the last night counts from the next scan on;
        # and what got an old id again with the label of that time, because a
        # file was forgotten, is taken back anew.
        for target in site.sql("n.db", "SELECT target FROM labels WHERE word = 'fraud' "
                               "GROUP BY target ORDER BY min(id)").split():
            take_back(site, target)
        site.run("cdrscan")


def kept(site, store):
    """What a store has, texts in place of their numbers, but for how much was
    read to get there, which calls stand packed, and what saves work."""
    db = sqlite3.connect(os.path.join(site.folder, store))
    texts = dict(db.execute("SELECT id, text FROM texts"))
    out = [("calls", sorted(call.items())) for call in blocks.calls(db)]
    for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name "
                               "NOT IN ('texts', 'free_texts', 'seams', 'runs', 'failures', "
                               "'calls', 'blocks', 'block_parts', 'cache')"):
        rows = db.execute(f"SELECT * FROM {table}")
        names = [d[0] for d in rows.description]
        for row in rows:
            row = dict(zip(names, row))
            if table == "sightings":
                row["source"] = texts.get(row["source"])
            out.append((table, sorted(row.items())))
    packed = db.execute("SELECT coalesce(sum(calls), 0) FROM blocks").fetchone()[0]
    db.close()
    return sorted(map(repr, out)), packed


def write_on(dice, site, lines, done):
    """A night's records behind those of the nights before, some of them hurt,
    some twice; and now and then the end of one is not there yet."""
    text = site.rest
    for line in lines:
        chance = dice.randrange(40)
        if chance == 0:
            line = dice.choice(['hurt,"', "hurt", "", '"hurt\n', "hurt\rhurt", line.replace("2026", "2099")])
        done["hurt"] += chance == 0
        text += line + "\n" + (line + "\n" if chance == 1 else "")
    cut = len(text) - (dice.randrange(60) if dice.random() < 0.3 else 0)
    with open(site.log("cdr"), "a", encoding="ascii", newline="") as f:
        f.write(text[:max(cut, 0)])
    site.rest = text[max(cut, 0):]


def grow(dice, site, lines, done):
    """A log that only grows, and is rotated now and then; two stores read it,
    of which one knows nothing of where it stopped, nor of what days had."""
    nights = dice.randrange(2, 7)
    site.rest = ""
    ordered = dice.random() < 0.6
    if ordered:
        lines.sort(key=lambda line: line.split(",")[9])
    for night in range(nights):
        part = lines[night * len(lines) // nights:(night + 1) * len(lines) // nights] if ordered else lines[night::nights]
        write_on(dice, site, part, done)
        said = site.run("cdrscan", "-v", good=(0, 3)).stderr
        done["resumed"] += said.count(": resumed at byte ")
        done["stood"] += said.count(" of earlier runs gone on from")
        done["stretches"] += ": all are looked at" not in said and " on looked at: " in said
        if night > 0:
            site.sql("w.db", "DELETE FROM seams; DELETE FROM cache")
            # Some rules go on then, and others do not.
            if dice.random() < 0.3:
                site.sql("n.db", "DELETE FROM cache WHERE random() % 3 = 0 AND name <> 'days'")
            if dice.random() < 0.1:
                site.sql("n.db", "UPDATE cache SET body = substr(body, 2) "
                         "WHERE random() % 3 = 0")
        site.run("cdrscan", "-d", "w.db", good=(0, 3))
        have, packed = kept(site, "n.db")
        done["packed"] += packed
        if have != kept(site, "w.db")[0]:
            return False
        way = dice.randrange(8)
        if way < 2:
            os.rename(site.log("cdr"), site.log(f"cdr.{night}"))
        elif way == 2:
            shutil.copy(site.log("cdr"), site.log(f"cdr.{night}"))
            os.truncate(site.log("cdr"), 0)
        elif way == 3 and site.logs():
            # What was left is written before it is read again.
            with open(site.log("cdr"), "a", encoding="ascii", newline="") as f:
                f.write(site.rest)
            os.rename(site.log("cdr"), site.log(f"cdr.{night}"))
            site.rest = ""
    return True


def grow_rounds(programs, rules, rounds, seed, done):
    for number in range(rounds):
        dice = random.Random(seed + number)
        days = dice.choice([6, 20, 50])
        lines = [record(dice, 2 * i, days) for i in range(dice.randrange(20, 200))]
        folder = tempfile.mkdtemp(prefix="increments-")
        site = Site(programs, rules, os.path.join(folder, "log"), "2026-02-21")
        if not grow(dice, site, lines, done):
            sys.exit(f"growing, seed {seed + number}: differs; files are in {folder}")
        shutil.rmtree(folder)


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
        talk = dice.random() < 0.4
        live_through(dice, parts, lines, done, talk)
        want = once.found()
        alike = parts.findings() == once.findings() if talk else parts.found() == want
        if not alike or (talk and not agree_on_fraud(dice, once, parts, done)):
            sys.exit(f"seed {seed + number}: differs; files are in {folder}")
        compared.update(map(kind_of, want))
        shutil.rmtree(folder)
    grow_rounds(programs, rules, rounds // 5, seed, done)
    for counts in compared, done:
        print(f"figures: {rounds} rounds:", ", ".join(f"{n} {k}" for k, n in sorted(counts.items())))
    if rounds >= 20 and min(compared[k] for k in ("cases", "findings", "baselines")) == 0:
        sys.exit("nothing to compare was ever found")
    if rounds >= 50 and min(done[k] for k in ("labelled", "unlearnt", "resumed", "hurt", "stood", "stretches")) == 0:
        sys.exit("some of what should be drawn never was")


main()
