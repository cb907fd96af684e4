#!/usr/bin/env python3
"""faults.py PROGRAMS PRELOADS SAMPLES OPERATION MOST WAYS KILLS DISK SEED

A run over a store whose system calls fail, one after the other; one that is
killed; one under which the power goes; and, if DISK is not empty, one that has
less and less room on that small disk.  After each the store must be as before
the run or as after it, what it printed must be whole or absent, the exit status
and the words must tell what happened, and the next run must come to the
undisturbed end.  OPERATION is one of the functions prepare_ below, or one with
what it takes, as in migrate-2.  MOST is the most places of failure tried for
each kind (0: every one), each in all ways (WAYS all) or in one of them (WAYS
one).  Ends with 1 and says the case where not."""
import filecmp
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from faults_store import content, difference, found, last_run, prints, texts

NOW = "2026-01-17T06:00Z"
CAUSES = {"EIO": ("Input/output error", "disk I/O error", "its disk cannot be read"),
          "ENOSPC": ("No space left on device", "database or disk is full")}
# SQLite tries in other ways what cannot be opened, and forgets why.
UNOPENED = ("cannot be opened", "cannot be written")
KINDS = (("read", ["EIO"]), ("write", ["ENOSPC", "EIO"]), ("sync", ["EIO"]),
         ("rename", ["EIO"]), ("open", ["EIO"]))
DAY = 86_400
PAGE = 4096


def places(n, most, dice):
    every = range(1, n + 1)
    return every if most == 0 or n <= most else sorted(dice.sample(every, most))


def years_ago(line, days):
    """An Asterisk record, so many days earlier."""
    def stamp(match):
        then = time.mktime(time.strptime(match[0], "%Y-%m-%d %H:%M:%S")) - days * DAY
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(then))
    line = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", stamp, line)
    return re.sub(r'"(\d{10})(\.\d+)"', lambda m: f'"{int(m[1]) - days * DAY}{m[2]}"', line)


class Bench:
    """A folder with a store as it is before an operation and as after it."""

    def __init__(self, programs, preloads, samples, folder, operation):
        self.programs, self.preloads = os.path.abspath(programs), os.path.abspath(preloads)
        self.folder, self.operation, self.threads = folder, operation, "1"
        with open(os.path.join(samples, "config.json"), encoding="utf-8") as f:
            self.config = json.load(f)
        with open(os.path.join(samples, "Master.csv"), encoding="utf-8") as f:
            self.lines = f.readlines()
        self.write("first.csv", self.lines[:len(self.lines) // 2])
        self.write("all.csv", self.lines + ["no record at all\n"])
        self.write("old.csv", [years_ago(line, 728) for line in self.lines])
        self.configure(retention="400d")
        name, *which = operation.split("-")
        self.args = getattr(self, "prepare_" + name)(*which)
        db = self.fresh()
        self.before = content(db)
        self.migrated = self.brought_up(db)
        self.undisturbed = self.run(db)
        assert self.undisturbed.returncode in (0, 3), self.undisturbed.stderr
        shutil.copy(db, self.path("after.db"))
        self.after, self.printed = content(db), self.output()
        self.prints = prints(db)
        self.gone = texts(self.path("before.db")) - texts(db)
        assert self.before != self.after
        self.again = self.run(db)
        self.twice, self.reprinted = content(db), self.output()

    def scan(self, *args):
        return [os.path.join(self.programs, "cdrscan"), "--threads", self.threads, "--print",
                "-f", "ndjson", "-o", self.path("out.json"),
                "--rejects", self.path("rejects.csv"), *args]

    def say(self, *args):
        db = sqlite3.connect(self.path("before.db"))
        case = db.execute("SELECT id FROM cases ORDER BY score DESC").fetchone()[0]
        db.close()
        return [os.path.join(self.programs, "cdrreport"), args[0], case, *args[1:]]

    def prepare_first(self, threads="1"):
        """The first scan of all makes its store."""
        self.threads = threads
        self.write("before.db", [])
        return self.scan(self.path("all.csv"))

    def prepare_scan(self, threads="1"):
        self.threads = threads
        self.make("first.csv")
        return self.scan(self.path("all.csv"))

    def prepare_sources(self):
        """Files of the configuration, which are left out once they were read."""
        self.configure(sources=[{"name": "pbx", "files": ["first.csv"]}])
        self.make()
        self.configure(sources=[{"name": "pbx", "files": ["first.csv", "all.csv"]}])
        return self.scan()

    def prepare_grown(self):
        """A file of the configuration, which is read on where it ended."""
        self.configure(sources=[{"name": "pbx", "files": ["all.csv"]}])
        whole = self.read("all.csv").decode()
        shutil.copy(self.path("first.csv"), self.path("all.csv"))
        self.make()
        self.write("all.csv", [whole])
        return self.scan()

    def prepare_prune(self):
        self.make("old.csv", "first.csv")
        return self.scan("--prune", self.path("all.csv"))

    def prepare_forget(self):
        self.make("first.csv", "old.csv", "all.csv")
        return self.scan("--forget", self.path("all.csv"))

    def prepare_rescore(self):
        self.configure(tz="America/New_York")
        self.make("first.csv")
        self.configure(tz="America/Chicago")
        return self.scan("--rescore", self.path("all.csv"))

    def prepare_migrate(self, schema):
        """A store that an older cdrscan made."""
        here = os.path.dirname(os.path.abspath(__file__))
        db = sqlite3.connect(self.path("before.db"))
        with open(os.path.join(here, "stores", f"schema-{schema}.sql"), encoding="utf-8") as f:
            db.executescript(f.read())
        db.close()
        return self.scan(self.path("all.csv"))

    def prepare_label(self):
        self.make("all.csv")
        return self.say("label", "fraud", "--note", "seen by somebody")

    def prepare_ack(self):
        self.make("all.csv")
        return self.say("ack")

    def prepare_close(self):
        self.make("all.csv")
        return self.say("close", "--note", "seen by somebody")

    def brought_up(self, db):
        """What is in a store once it has this schema: nothing is read."""
        self.call(db, self.scan(self.path("missing.csv")), {})
        return content(db)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, lines):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.writelines(lines)

    def read(self, name):
        try:
            with open(self.path(name), "rb") as f:
                return f.read()
        except FileNotFoundError:
            return None

    def configure(self, **settings):
        self.config |= settings
        self.write("config.json", [json.dumps(self.config)])

    def make(self, *files):
        args = self.scan(*map(self.path, files))
        done = self.call(self.path("before.db"), args, {})
        assert done.returncode in (0, 3), done.stderr

    def command(self, db, args, settings):
        env = dict(os.environ, **settings)
        if settings:
            names = ["fail.so"] + ["power.so"] * ("POWER_SEED" in settings)
            env["LD_PRELOAD"] = " ".join(os.path.join(self.preloads, n) for n in names)
        return {"env": env, "args": args + ["-c", self.path("config.json"), "--now", NOW, "-d", db]}

    def call(self, db, args, settings):
        return subprocess.run(**self.command(db, args, settings), capture_output=True,
                              text=True, check=False)

    def run(self, db, **settings):
        return self.call(db, self.args, settings)

    def start(self, db, **settings):
        return subprocess.Popen(**self.command(db, self.args, settings),
                                stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)

    def start_other(self, db, *args):
        return subprocess.Popen(**self.command(db, self.args + list(args), {}),
                                stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)

    def fresh(self):
        """A store as before the run, and nothing beside it."""
        for name in os.listdir(self.folder):
            if name.startswith(("n.db", "out.json", "rejects.csv")):
                os.remove(self.path(name))
        shutil.copy(self.path("before.db"), self.path("n.db"))
        return self.path("n.db")

    def output(self):
        return self.read("out.json"), self.read("rejects.csv")

    def count(self, kind):
        counted = self.path("count")
        self.run(self.fresh(), FAIL_KIND=kind, FAIL_COUNT=counted)
        with open(counted, encoding="ascii") as f:
            return int(f.read())

    def judge_output(self, done, partly):
        """Whole or absent; and there, if the run says that it is done."""
        for got, want in zip(self.output(), self.printed):
            if partly and got is not None:
                assert got.endswith(b"\n"), "half an output"
            elif done.returncode not in (2, -9) or got is not None:
                assert got == want, "another output"

    def untouched(self, db):
        """The next run stands where the undisturbed one stood."""
        log = db + "-wal"
        return (filecmp.cmp(db, self.path("before.db"), shallow=False) and
                not os.path.exists(db + "-journal") and
                not (os.path.exists(log) and os.path.getsize(log) > 0))

    def judge_deleted(self, db, done):
        """What --prune deleted is on the disk no more, or that is said."""
        if self.operation != "prune" or "deleted calls can be found" in done.stderr:
            return
        for name in filter(os.path.exists, (db, db + "-wal")):
            with open(name, "rb") as f:
                held = f.read()
            left = [t for t in self.gone if t.encode() in held]
            assert not left, f"deleted, and in {name}: {left[:3]}"

    def read_more(self, db):
        """Whether a file was read that could have been left out, or from its
        start where it could have been read on."""
        if self.operation not in ("sources", "grown"):
            return False
        here, there = (last_run(path)[1:] for path in (db, self.path("after.db")))
        return any(n > m for n, m in zip(here, there))

    def judge_read_more(self, db):
        """A file that is read once more has the same calls, and nothing else."""
        run = self.run(db)
        assert run.returncode in (self.undisturbed.returncode, self.again.returncode), \
            f"the next run: {run.returncode} {run.stderr}"
        assert content(db) and found(db) == found(self.path("after.db")), "found other things"

    def judge(self, db, partly=False):
        """As before or as after, and the next run gets there.  A run that could
        read records in part stores that part: the next one adds the rest."""
        if self.untouched(db):
            return False
        now = content(db)
        if now == self.migrated:
            now = self.before
        if now not in (self.before, self.after) and not partly:
            # A schema between two is a store as before, too.
            now = self.brought_up(db)
            assert now == self.migrated, \
                f"the store is neither: {difference(now, self.migrated)}"
            now = self.before
        assert now == self.before or prints(db) <= self.prints, "a file has another print"
        if now == self.after and self.operation == "forget":
            return True  # there is nothing left to forget
        if now == self.after and self.operation in ("sources", "grown") and prints(db) != self.prints:
            self.judge_read_more(db)
            return True
        again = self.run(db)
        want = self.again if now == self.after else self.undisturbed
        assert again.returncode == want.returncode, \
            f"the next run: {again.returncode} {again.stderr}"
        end = content(db)
        self.judge_deleted(db, again)
        if now in (self.before, self.after):
            want = self.twice if now == self.after else self.after
            assert end == want, f"the next run came to another end: {difference(end, want)}"
            assert self.output() == (self.reprinted if now == self.after else self.printed), \
                "the next run prints other things"
        elif self.operation == "prune":
            # The rest is judged without the calls that are deleted by now.
            assert found(db)[0] == found(self.path("after.db"))[0], "the next run has other calls"
        else:
            assert found(db) == found(self.path("after.db")), "the next run found other things"
        return now == self.after

    def judge_failed(self, db, done, how, kind):
        """A run that met a failure, and may not have been the worse for it."""
        assert done.returncode in (2, 3, self.undisturbed.returncode), f"exit {done.returncode}"
        causes = CAUSES[how] + (UNOPENED if kind == "open" else ())
        told = any(c in done.stderr for c in causes)
        assert told or done.returncode != 2, "no cause"
        left = [n for n in os.listdir(self.folder) if n.startswith(("out.json.", "rejects.csv."))]
        assert not left or kind == "rename", f"left behind: {left}"
        partly = "all.csv: Input/output error" in done.stderr
        if not partly and self.read_more(db):
            told = [[line for line in (out or b"").splitlines() if b'"cdr.run/1"' not in line]
                    for out in (self.output()[0], self.printed[0])]
            assert told[0] == told[1] or done.returncode == 2, "another output"
            assert found(db) == found(self.path("after.db")), "found other things"
            self.judge_read_more(db)
            return True
        self.judge_output(done, partly)
        if self.operation == "prune" and content(db) == self.after:
            self.judge_deleted(db, done)
        now = content(db)
        ran = now == self.after and now.get("runs") != self.before.get("runs")
        ended = last_run(db)[0] if ran else None
        assert ended in (None, self.undisturbed.returncode, done.returncode), \
            f"its row says that it ended with {ended}"
        after = self.judge(db, partly)
        assert done.returncode == 2 or after or partly, "done, and nothing stored"
        return after

    def broken(self, kind, how, at, once):
        db = self.fresh()
        done = self.run(db, FAIL_KIND=kind, FAIL_HOW=how, FAIL_AT=str(at),
                        **({"FAIL_ONCE": "1"} if once else {}))
        try:
            return self.judge_failed(db, done, how, kind), "n.db" in done.stderr
        except (AssertionError, sqlite3.Error) as e:
            sys.exit(f"{self.operation}: {kind} {at} {how}{' once' if once else ''}: {e}\n"
                     f"exit {done.returncode}\n{done.stderr}")

    def judge_killed(self, db, status, what, reboot=False):
        try:
            assert status == -signal.SIGKILL, f"exit {status}"
            logged = os.path.exists(db + "-wal") and os.path.getsize(db + "-wal") > 0
            if reboot and os.path.exists(db + "-shm"):
                os.remove(db + "-shm")
            self.judge_output(subprocess.CompletedProcess([], status), False)
            after = self.judge(db)
            return ("after" if after else "before") + (", with a log" if logged else "")
        except (AssertionError, sqlite3.Error) as e:
            sys.exit(f"{self.operation}: {what}: {e}")

    def ended(self, done):
        """Several threads do not make the same number of calls each time."""
        return self.threads != "1" and done.returncode == self.undisturbed.returncode

    def killed(self, at):
        db = self.fresh()
        done = self.run(db, FAIL_KIND="any", FAIL_HOW="KILL", FAIL_AT=str(at))
        if self.ended(done):
            return "ended before"
        return self.judge_killed(db, done.returncode, f"killed at call {at}\n{done.stderr}")

    def killed_after(self, seconds, writing):
        """So long after its begin, or after it began to write; None if it had
        ended by then."""
        db = self.fresh()
        log = db + "-wal"
        run = self.start(db)
        while writing and run.poll() is None and not (
                os.path.exists(log) and os.path.getsize(log) > 0):
            time.sleep(0.0002)
        time.sleep(seconds)
        run.kill()
        run.stderr.close()
        if run.wait() != -signal.SIGKILL:
            return None
        return self.judge_killed(db, run.returncode, f"killed after {seconds} s")

    def dark(self, at, seed):
        """The power goes: what was not synced is lost in part."""
        db = self.fresh()
        done = self.run(db, FAIL_KIND="any", FAIL_HOW="KILL", FAIL_AT=str(at), POWER_SEED=str(seed))
        if self.ended(done):
            return "ended before"
        return self.judge_killed(db, done.returncode, f"no power from call {at}, "
                                 f"POWER_SEED={seed}\n{done.stderr}", reboot=True)

    def lost_tail(self, at, dice):
        """Killed, and the log is cut, or its end is rubbish."""
        db = self.fresh()
        done = self.run(db, FAIL_KIND="any", FAIL_HOW="KILL", FAIL_AT=str(at))
        wal = db + "-wal"
        size = os.path.getsize(wal) if os.path.exists(wal) else 0
        # Once its pages are copied the log is on the disk for good.
        if self.ended(done) or size == 0 or not filecmp.cmp(db, self.path("before.db"), shallow=False):
            return None
        left = dice.randrange(size)
        with open(wal, "r+b") as f:
            if dice.random() < 0.5:
                f.truncate(left)
            else:
                f.seek(left)
                f.write(dice.randbytes(size - left))
        return self.judge_killed(db, done.returncode, f"killed at call {at}, log cut at {left} of "
                                 f"{size}", reboot=True)

    def dark_at_end(self, seed):
        """A run that said it was done stays done."""
        db = self.fresh()
        done = self.run(db, FAIL_KIND="none", POWER_SEED=str(seed), POWER_AT_END="1")
        try:
            assert done.returncode == self.undisturbed.returncode, f"exit {done.returncode}"
            self.judge_output(done, False)
            assert self.judge(db), "what was done is undone"
        except (AssertionError, sqlite3.Error) as e:
            sys.exit(f"{self.operation}: no power after the end, POWER_SEED={seed}: {e}\n{done.stderr}")

    def crowded(self, disk, pages):
        """With so many pages of room on a small disk."""
        db, filler = self.fresh(), os.path.join(disk, "filler")
        room = os.statvfs(disk)
        for name in os.listdir(disk):
            os.remove(os.path.join(disk, name))
        there = os.path.join(disk, "n.db")
        shutil.copy(db, there)
        room = os.statvfs(disk)
        with open(filler, "wb") as f:
            f.write(bytes(max(room.f_bavail * room.f_frsize - pages * PAGE, 0)))
        done = self.run(there)
        os.remove(filler)
        try:
            return self.judge_failed(there, done, "ENOSPC", "disk")
        except (AssertionError, sqlite3.Error) as e:
            sys.exit(f"{self.operation}: {pages} pages of room: {e}\n"
                     f"exit {done.returncode}\n{done.stderr}")


def tally(names):
    names = list(names)
    return ", ".join(f"{names.count(n)} {n}" for n in sorted(set(names)))


def fail_all(bench, most, every_way, dice):
    for kind, hows in KINDS:
        n = bench.count(kind)
        ways = [(how, once) for how in hows for once in (False, True)]
        done = [bench.broken(kind, how, at, once) for at in places(n, most, dice)
                for how, once in (ways if every_way else [dice.choice(ways)])]
        print(f"figures: {bench.operation}: {kind}: {n} calls, {len(done)} failures, "
              f"{sum(after for after, _ in done)} with the run stored all the same")
        # A library that is never asked would let everything pass.
        assert 0 < most < n or kind == "rename" or any(named for _, named in done), \
            f"no {kind} of the store ever failed"


def kill_all(bench, kills, dice):
    n = bench.count("any")
    done = [bench.killed(at) for at in places(n, kills, dice)]
    print(f"figures: {bench.operation}: killed at {len(done)} of {n} calls: {tally(done)}")
    began = time.monotonic()
    bench.run(bench.fresh())
    took = time.monotonic() - began
    done = []
    for i in range(4 * kills):
        if len(done) < kills:
            done += filter(None, [bench.killed_after(
                dice.random() * took / (40 if i % 2 else 1), i % 2 == 1)])
    print(f"figures: {bench.operation}: killed at {len(done)} moments: {tally(done)}")
    done = [bench.dark(dice.randrange(1, n + 1), dice.randrange(1 << 30)) for _ in range(kills)]
    print(f"figures: {bench.operation}: without power at {len(done)} calls: {tally(done)}")
    done = [bench.lost_tail(dice.randrange(n // 3, n + 1), dice) for _ in range(kills // 2)]
    done = [d for d in done if d is not None]
    # Where a store was made or brought up it is not as before.
    made = bench.operation.startswith(("first", "migrate"))
    assert kills < 20 or done or made, "never a log to cut"
    print(f"figures: {bench.operation}: {len(done)} logs without their tail: {tally(done)}")
    for _ in range(min(kills, 10)):
        bench.dark_at_end(dice.randrange(1 << 30))


def fill_all(bench, disk, most, dice):
    """Until three in a row had room enough."""
    pages = enough = full = 0
    while enough < 3:
        if bench.crowded(disk, pages):
            enough += 1
        else:
            enough, full = 0, full + 1
        pages += 1 if most == 0 else dice.randrange(1, 40)
    print(f"figures: {bench.operation}: {full} disks too full, up to {pages - 3} pages of room")
    assert full > 0, "the disk was never full"


def main():
    programs, preloads, samples, operation, most, ways, kills, disk, seed = sys.argv[1:]
    dice = random.Random(int(seed))
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(programs, preloads, samples, folder, operation)
        fail_all(bench, int(most), ways == "all", dice)
        if int(kills) > 0:
            kill_all(bench, int(kills), dice)
        if disk:
            fill_all(bench, disk, int(most), dice)


if __name__ == "__main__":
    main()
