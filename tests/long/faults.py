#!/usr/bin/env python3
"""faults.py CDRSCAN FAIL.SO SAMPLES OPERATION MOST KILLS SEED

A run over a store whose system calls fail, one after the other, and one that
is killed, and one whose write-ahead log lost its tail.  After each the store
must be as before the run or as after it, the exit status and the words must
tell what happened, and the next run must come to the undisturbed end.
OPERATION is scan, prune, forget or rescore.  MOST is the most places of
failure tried for each kind (0: every one).  Ends with 1 and says the case
where not."""
import filecmp
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

# Which run did it, and when, is not what was done.
NOT_COMPARED = {"failures", "files", "runs"}
NOT_COMPARED_COLUMNS = {"run"}
NOW = "2026-01-17T06:00Z"
CAUSES = {"EIO": ("Input/output error", "disk I/O error", "its disk cannot be read",
                  "cannot be written", "unable to open", "cannot be read"),
          "ENOSPC": ("No space left on device", "database or disk is full")}
DAY = 86_400


def rows_of(db, table):
    names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    wanted = ", ".join(n for n in names if n not in NOT_COMPARED_COLUMNS)
    rows = map(repr, db.execute(f"SELECT {wanted} FROM {table}"))
    # A text that was deleted has a random one in its place.
    return sorted(re.sub(r"'free [0-9A-F]+'", "free", row) for row in rows)


def content(path):
    """Everything that a store holds; it must be whole."""
    db = sqlite3.connect(path)
    try:
        check = db.execute("PRAGMA integrity_check").fetchone()[0]
        if check != "ok":
            raise AssertionError(f"integrity_check: {check}")
        tables = [name for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if name not in NOT_COMPARED]
        return {t: rows_of(db, t) for t in tables}
    finally:
        db.close()


def difference(now, want):
    """Two contents, in words."""
    for table in sorted(set(now) | set(want)):
        a, b = now.get(table, []), want.get(table, [])
        if a != b:
            return (f"{table}: too much: {[r for r in a if r not in b][:2]}"[:700] +
                    f" missing: {[r for r in b if r not in a][:2]}"[:700])
    return "nothing differs"


def found(path):
    """What is in a store but for what tells in how many runs it got there, and
    that a run could not read everything."""
    db = sqlite3.connect(path)
    try:
        return [sorted(db.execute(question)) for question in (
            "SELECT start, key, duration, line FROM calls WHERE event = 0",
            "SELECT id, score, first_seen, last_seen FROM findings"
            " WHERE rule != 'feed-quality' AND state != 'closed'")]
    finally:
        db.close()


def years_ago(line, days):
    """An Asterisk record, so many days earlier."""
    def stamp(match):
        then = time.mktime(time.strptime(match[0], "%Y-%m-%d %H:%M:%S")) - days * DAY
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(then))
    line = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", stamp, line)
    return re.sub(r'"(\d{10})(\.\d+)"', lambda m: f'"{int(m[1]) - days * DAY}{m[2]}"', line)


class Bench:
    """A folder with a store as it is before an operation and as after it."""

    def __init__(self, cdrscan, fail, samples, folder, operation):
        self.cdrscan, self.fail = os.path.abspath(cdrscan), os.path.abspath(fail)
        self.folder = folder
        with open(os.path.join(samples, "config.json"), encoding="utf-8") as f:
            self.config = json.load(f)
        with open(os.path.join(samples, "Master.csv"), encoding="utf-8") as f:
            self.lines = f.readlines()
        self.write("first.csv", self.lines[:len(self.lines) // 2])
        self.write("all.csv", self.lines + ["no record at all\n"])
        self.write("old.csv", [years_ago(line, 728) for line in self.lines])
        self.configure(retention="400d")
        self.args = getattr(self, "prepare_" + operation)()
        shutil.copy(self.path("before.db"), self.path("after.db"))
        self.undisturbed = self.run(self.path("after.db"))
        self.before = content(self.path("before.db"))
        self.after = content(self.path("after.db"))
        assert self.before != self.after
        shutil.copy(self.path("after.db"), self.path("twice.db"))
        self.run(self.path("twice.db"))
        self.twice = content(self.path("twice.db"))
        assert self.undisturbed.returncode in (0, 3), self.undisturbed.stderr

    def prepare_scan(self):
        self.make("first.csv")
        return [self.path("all.csv")]

    def prepare_prune(self):
        self.make("old.csv", "first.csv")
        return ["--prune", self.path("all.csv")]

    def prepare_forget(self):
        self.make("first.csv", "old.csv", "all.csv")
        return ["--forget", self.path("all.csv")]

    def prepare_rescore(self):
        self.configure(tz="America/New_York")
        self.make("first.csv")
        self.configure(tz="America/Chicago")
        return ["--rescore", self.path("all.csv")]

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, lines):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.writelines(lines)

    def configure(self, **settings):
        self.config |= settings
        self.write("config.json", [json.dumps(self.config)])

    def make(self, *files):
        done = self.call(self.path("before.db"), [self.path(name) for name in files])
        assert done.returncode in (0, 3), done.stderr

    def command(self, db, args, settings):
        env = dict(os.environ, **settings)
        if settings:
            env["LD_PRELOAD"] = self.fail
        return {"env": env, "args": [
            self.cdrscan, "-c", self.path("config.json"), "--now", NOW, "-d", db,
            "--threads", "1", "--print", "-f", "ndjson", "-o", self.path("out.json"),
            "--rejects", self.path("rejects.csv"), *args]}

    def call(self, db, args):
        return subprocess.run(**self.command(db, args, {}), capture_output=True, text=True,
                              check=False)

    def run(self, db, **settings):
        return subprocess.run(**self.command(db, self.args, settings), capture_output=True,
                              text=True, check=False)

    def start(self, db, **settings):
        return subprocess.Popen(**self.command(db, self.args, settings),
                                stderr=subprocess.DEVNULL)

    def fresh(self):
        """A store as before the run, and nothing beside it."""
        for name in os.listdir(self.folder):
            if name.startswith(("n.db", "out.json", "rejects.csv")):
                os.remove(self.path(name))
        shutil.copy(self.path("before.db"), self.path("n.db"))
        return self.path("n.db")

    def count(self, kind):
        counted = self.path("count")
        self.run(self.fresh(), FAIL_KIND=kind, FAIL_COUNT=counted)
        with open(counted, encoding="ascii") as f:
            return int(f.read())

    def judge(self, db, partly=False):
        """As before or as after, and the next run gets there.  A run that could
        read records in part stores that part: the next one adds the rest."""
        now = content(db)
        assert partly or now in (self.before, self.after), \
            f"the store is neither: {difference(now, self.after)}"
        if now == self.after and self.args[0] == "--forget":
            return True  # there is nothing left to forget
        again = self.run(db)
        assert again.returncode == self.undisturbed.returncode, \
            f"the next run: {again.returncode} {again.stderr}"
        end = content(db)
        if now in (self.before, self.after):
            want = self.twice if now == self.after else self.after
            assert end == want, f"the next run came to another end: {difference(end, want)}"
        else:
            assert found(db) == found(self.path("after.db")), "the next run found other things"
        return now == self.after

    def broken(self, kind, how, at, once):
        db = self.fresh()
        done = self.run(db, FAIL_KIND=kind, FAIL_HOW=how, FAIL_AT=str(at),
                        **({"FAIL_ONCE": "1"} if once else {}))
        try:
            assert done.returncode in (2, 3, self.undisturbed.returncode), \
                f"exit {done.returncode}"
            told = any(c in done.stderr for c in CAUSES[how])
            # It had no consequence, or one that was a file not read.
            assert told or (done.returncode != 2 and (
                done.returncode == 0 or "rejected" in done.stderr or
                "cannot" in done.stderr)), "no cause"
            left = [n for n in os.listdir(self.folder) if n.startswith(("out.json.", "rejects.csv."))]
            assert not left or kind in ("rename", "any"), f"left behind: {left}"
            partly = "all.csv: Input/output error" in done.stderr
            after = self.judge(db, partly)
            assert done.returncode == 2 or after or partly, "done, and nothing stored"
        except (AssertionError, sqlite3.Error) as e:
            sys.exit(f"{kind} {at} {how}{' once' if once else ''}: {e}\n"
                     f"exit {done.returncode}\n{done.stderr}")
        return after

    def killed(self, at):
        db = self.fresh()
        done = self.run(db, FAIL_KIND="any", FAIL_HOW="KILL", FAIL_AT=str(at))
        try:
            assert done.returncode == -9, f"exit {done.returncode}"
            return self.judge(db)
        except (AssertionError, sqlite3.Error) as e:
            sys.exit(f"killed at call {at}: {e}\n{done.stderr}")

    def lost_tail(self, at, dice):
        """Killed, and the log is cut or its end is rubbish, as after a power cut."""
        db = self.fresh()
        self.run(db, FAIL_KIND="any", FAIL_HOW="KILL", FAIL_AT=str(at))
        wal = db + "-wal"
        size = os.path.getsize(wal) if os.path.exists(wal) else 0
        # Once its pages are copied the log is on the disk for good.
        if size == 0 or not filecmp.cmp(db, self.path("before.db"), shallow=False):
            return None
        left = dice.randrange(size)
        with open(wal, "r+b") as f:
            if dice.random() < 0.5:
                f.truncate(left)
            else:
                f.seek(left)
                f.write(dice.randbytes(size - left))
        if os.path.exists(db + "-shm"):
            os.remove(db + "-shm")
        try:
            return self.judge(db)
        except (AssertionError, sqlite3.Error) as e:
            sys.exit(f"killed at call {at}, log cut at {left} of {size}: {e}")


def places(n, most, dice):
    every = range(1, n + 1)
    return every if most == 0 or n <= most else sorted(dice.sample(every, most))


def main():
    cdrscan, fail, samples, operation, most, kills, seed = sys.argv[1:]
    dice = random.Random(int(seed))
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(cdrscan, fail, samples, folder, operation)
        for kind, hows in (("read", ["EIO"]), ("write", ["ENOSPC", "EIO"]),
                           ("sync", ["EIO"]), ("rename", ["EIO"]), ("open", ["EIO"])):
            n = bench.count(kind)
            done = [bench.broken(kind, how, at, once) for how in hows
                    for once in (False, True) for at in places(n, int(most), dice)]
            print(f"figures: {operation}: {kind}: {n} calls, {len(done)} failures, "
                  f"{sum(done)} with the run stored all the same")
        n = bench.count("any")
        done = [bench.killed(dice.randrange(1, n + 1)) for _ in range(int(kills))]
        print(f"figures: {operation}: killed {len(done)} times at one of {n} calls, "
              f"{sum(done)} after the commit")
        done = [bench.lost_tail(dice.randrange(n // 2, n + 1), dice) for _ in range(int(kills) // 2)]
        cut = [d for d in done if d is not None]
        assert len(done) < 20 or cut, "never a log to cut"
        print(f"figures: {operation}: {len(cut)} logs without their tail, "
              f"{sum(cut)} after the commit")


if __name__ == "__main__":
    main()
