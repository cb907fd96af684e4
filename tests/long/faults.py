#!/usr/bin/env python3
"""faults.py CDRSCAN FAIL.SO CONFIG RECORDS MOST KILLS SEED

A scan into a store whose system calls fail, one after the other, and one that
is killed, and one whose write-ahead log lost its tail.  After each the store
must be as before the run or as after it, the exit status and the words must
tell what happened, and the next run must come to the undisturbed end.  MOST
is the most places of failure tried for each kind (0: every one).  Ends with 1
and says the case where not."""
import filecmp
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile

# Which run did it, and when, is not what was done.
NOT_COMPARED = {"failures", "files", "runs"}
NOT_COMPARED_COLUMNS = {"run"}
NOW = "2026-02-01T06:00Z"
CAUSES = {"EIO": ("Input/output error", "disk I/O error", "its disk cannot be read",
                  "cannot be written", "unable to open"),
          "ENOSPC": ("No space left on device", "database or disk is full")}


def rows_of(db, table):
    names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    wanted = ", ".join(n for n in names if n not in NOT_COMPARED_COLUMNS)
    return sorted(map(repr, db.execute(f"SELECT {wanted} FROM {table}")))


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
        return [(t, rows_of(db, t)) for t in tables]
    finally:
        db.close()


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


class Bench:
    def __init__(self, cdrscan, fail, config, records, folder):
        self.cdrscan, self.fail = cdrscan, fail
        self.config, self.folder = config, folder
        with open(records, encoding="utf-8") as f:
            lines = f.readlines()
        self.first, self.all = self.path("first.csv"), self.path("all.csv")
        with open(self.first, "w", encoding="utf-8") as f:
            f.writelines(lines[:len(lines) // 2])
        with open(self.all, "w", encoding="utf-8") as f:
            f.writelines(lines + ["no record at all\n"])
        self.run(self.path("before.db"), self.first)
        shutil.copy(self.path("before.db"), self.path("after.db"))
        self.undisturbed = self.run(self.path("after.db"), self.all)
        self.before = content(self.path("before.db"))
        self.after = content(self.path("after.db"))
        assert self.before != self.after
        assert self.undisturbed.returncode == 3, self.undisturbed.stderr

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self, db, records, **settings):
        env = dict(os.environ, **settings)
        if settings:
            env["LD_PRELOAD"] = self.fail
        return subprocess.run(
            [self.cdrscan, "-c", self.config, "--now", NOW, "-d", db, "--threads", "1",
             "--print", "-f", "ndjson", "-o", self.path("out.json"),
             "--rejects", self.path("rejects.csv"), records],
            env=env, capture_output=True, text=True, check=False)

    def fresh(self):
        """A store as before the run, and nothing beside it."""
        for name in os.listdir(self.folder):
            if name.startswith(("n.db", "out.json", "rejects.csv")):
                os.remove(self.path(name))
        shutil.copy(self.path("before.db"), self.path("n.db"))
        return self.path("n.db")

    def count(self, kind):
        counted = self.path("count")
        self.run(self.fresh(), self.all, FAIL_KIND=kind, FAIL_COUNT=counted)
        with open(counted, encoding="ascii") as f:
            return int(f.read())

    def judge(self, db, partly=False):
        """As before or as after, and the next run gets there.  A run that could
        read records in part stores that part: the next one adds the rest."""
        now = content(db)
        assert partly or now in (self.before, self.after), "the store is neither"
        again = self.run(db, self.all)
        assert again.returncode == 3, f"the next run: {again.returncode} {again.stderr}"
        if now in (self.before, self.after):
            assert content(db) == self.after, "the next run came to another end"
        else:
            assert found(db) == found(self.path("after.db")), "the next run found other things"
        return now == self.after

    def broken(self, kind, how, at, once):
        db = self.fresh()
        done = self.run(db, self.all, FAIL_KIND=kind, FAIL_HOW=how, FAIL_AT=str(at),
                        **({"FAIL_ONCE": "1"} if once else {}))
        try:
            assert done.returncode in (2, 3), f"exit {done.returncode}"
            if done.returncode == 2:
                assert any(c in done.stderr for c in CAUSES[how]), "no cause"
            else:
                # It had no consequence, or one that was a file not read.
                assert "rejected" in done.stderr or "cannot" in done.stderr or \
                    any(c in done.stderr for c in CAUSES[how]), "no words"
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
        done = self.run(db, self.all, FAIL_KIND="any", FAIL_HOW="KILL", FAIL_AT=str(at))
        try:
            assert done.returncode == -9, f"exit {done.returncode}"
            return self.judge(db)
        except (AssertionError, sqlite3.Error) as e:
            sys.exit(f"killed at call {at}: {e}\n{done.stderr}")

    def lost_tail(self, at, dice):
        """Killed, and the log is cut or its end is rubbish, as after a power cut."""
        db = self.fresh()
        self.run(db, self.all, FAIL_KIND="any", FAIL_HOW="KILL", FAIL_AT=str(at))
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
    cdrscan, fail, config, records, most, kills, seed = sys.argv[1:]
    dice = random.Random(int(seed))
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(cdrscan, os.path.abspath(fail), config, records, folder)
        for kind, hows in (("read", ["EIO"]), ("write", ["ENOSPC", "EIO"]),
                           ("sync", ["EIO"]), ("rename", ["EIO"]), ("open", ["EIO"])):
            n = bench.count(kind)
            done = [bench.broken(kind, how, at, once) for how in hows
                    for once in (False, True) for at in places(n, int(most), dice)]
            print(f"figures: {kind}: {n} calls, {len(done)} failures, "
                  f"{sum(done)} with the run stored all the same")
        n = bench.count("any")
        done = [bench.killed(dice.randrange(1, n + 1)) for _ in range(int(kills))]
        print(f"figures: killed {len(done)} times at one of {n} calls, {sum(done)} after the commit")
        done = [bench.lost_tail(dice.randrange(n // 2, n + 1), dice) for _ in range(int(kills) // 2)]
        cut = [d for d in done if d is not None]
        assert len(done) < 20 or cut, "never a log to cut"
        print(f"figures: {len(cut)} logs without their tail, {sum(cut)} after the commit")


main()
