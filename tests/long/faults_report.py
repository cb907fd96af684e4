#!/usr/bin/env python3
"""faults_report.py PROGRAMS PRELOADS SAMPLES DISK MOST KILLS SEED

A report of what is new, to a file, to a mailer and to standard output, whose
system calls fail one after the other, or those of its mailer; which is killed,
with its mailer or without; under which the power goes; whose mailer fails by
itself; and, if DISK is not empty, for which there is less and less room in that
folder, a small disk.  A cursor must never move past a report that was not
delivered whole, and the next report tells what was not.
Ends with 1 and says the case where not."""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

from faults import CAUSES, KINDS, PAGE, UNOPENED, Bench, places

MAILER = "cat >box.new && mv box.new box"
# Mailers that do not do it, and what is said of them.
BAD_MAILERS = (
    ("exit 3", "ended with status 3"),
    ("cat >box.new; exit 75", "ended with status 75"),
    ("no-such-mailer -t", "ended with status 127"),
    ("exec cat </dev/null", "did not read to the end"),
    ("exec 0<&-; exec sleep 0.2", "did not read to the end"),
    ("head -c 100 >box.new; exit 1", "ended with status 1"),
    ("head -c 100 >box.new; kill -9 $$", "was ended by signal 9"),
    ("kill -TERM $$", "was ended by signal 15"),
    ("cat >/dev/full", "ended with status 1"),
)
FORMS = {"file": "html", "pipe": "csv", "stdout": "csv"}


def all_but_pictures(report):
    return re.sub(b"<svg.*?</svg>", b"", report or b"", flags=re.S)


class Delivery:
    """A store, a cursor that knows half of it, and a place for reports."""

    def __init__(self, programs, preloads, samples, folder, spool, way):
        self.bench = Bench(programs, preloads, samples, folder, "scan")
        self.program = os.path.abspath(os.path.join(programs, "cdrreport"))
        self.spool, self.way = spool, way
        self.cursor = os.path.join(spool, "cursor")
        self.report(self.bench.path("before.db"))
        self.before = self.read("cursor")
        self.fresh()
        done = self.report(self.bench.path("after.db"))
        self.after, self.whole = self.read("cursor"), self.delivered(done)
        assert done.returncode == 0 and self.before != self.after and self.whole.count(b"\n") > 3

    def read(self, name):
        try:
            with open(os.path.join(self.spool, name), "rb") as f:
                return f.read()
        except FileNotFoundError:
            return None

    def delivered(self, done):
        return done.stdout or None if self.way == "stdout" else self.read("box")

    def fresh(self):
        """The cursor as it was, and no report."""
        for name in os.listdir(self.spool):
            os.remove(os.path.join(self.spool, name))
        if self.before is not None:
            with open(self.cursor, "wb") as f:
                f.write(self.before)

    def report(self, db, mailer=MAILER, **settings):
        way = {"file": ["-o", "box"], "pipe": ["--pipe", mailer], "stdout": []}[self.way]
        args = [self.program, "--new", "--skip-empty", "--cursor", self.cursor,
                "-f", FORMS[self.way], *way]
        return subprocess.run(**self.bench.command(db, args, settings), cwd=self.spool,
                              capture_output=True, check=False)

    def judge(self, done, what):
        """Whether the cursor moved."""
        words = done.stderr.decode()
        try:
            now, got = self.read("cursor"), self.delivered(done)
            assert now in (self.before, self.after), "the cursor is neither"
            if done.returncode == 3 and "do not show opening hours" in words:
                # All but a shade in the pictures was delivered.
                assert all_but_pictures(got) == all_but_pictures(self.whole)
                got = self.whole
            assert now == self.before or got == self.whole, "moved past what was not delivered"
            # A mailer cannot know that who fed it was killed.
            begun = self.way == "pipe" and done.returncode < 0 and got is not None
            assert self.way == "stdout" or got in (None, self.whole) or \
                begun and self.whole.startswith(got), "half a report"
            if done.returncode == 0:
                assert now == self.after, "done, and the cursor did not move"
            elif done.returncode > 0:
                assert done.returncode == 2 or now == self.after, f"exit {done.returncode}"
                assert "command '" in words or any(
                    c in words for causes in (*CAUSES.values(), UNOPENED) for c in causes), "no cause"
            if self.way != "stdout" and os.path.exists(os.path.join(self.spool, "box")):
                os.remove(os.path.join(self.spool, "box"))
            for name in os.listdir(self.spool):  # a full disk has room again
                if name != "cursor":
                    os.remove(os.path.join(self.spool, name))
            again = self.report(self.bench.path("after.db"))
            assert again.returncode == 0, f"the next: {again.returncode} {again.stderr}"
            want = None if now == self.after else self.whole
            assert self.delivered(again) == want, "the next report tells other things"
            assert self.read("cursor") == self.after, "the next cursor is another"
            return now == self.after
        except AssertionError as e:
            sys.exit(f"{self.way}: {what}: {e}\nexit {done.returncode}\n{words}")

    def count(self, kind):
        counted = self.bench.path("count")
        self.fresh()
        self.report(self.bench.path("after.db"), FAIL_KIND=kind, FAIL_COUNT=counted)
        with open(counted, encoding="ascii") as f:
            return int(f.read())

    def broken(self, kind, how, at, once):
        self.fresh()
        done = self.report(self.bench.path("after.db"), FAIL_KIND=kind, FAIL_HOW=how,
                           FAIL_AT=str(at), **({"FAIL_ONCE": "1"} if once else {}))
        return self.judge(done, f"{kind} {at} {how}{' once' if once else ''}")

    def killed(self, at):
        self.fresh()
        done = self.report(self.bench.path("after.db"), FAIL_KIND="any", FAIL_HOW="KILL",
                           FAIL_AT=str(at))
        return self.judge(done, f"killed at call {at}")

    def dark(self, at, seed):
        """The power goes, or has gone when it had ended (at None)."""
        self.fresh()
        when = {"FAIL_KIND": "none", "POWER_AT_END": "1"} if at is None else \
            {"FAIL_KIND": "any", "FAIL_HOW": "KILL", "FAIL_AT": str(at)}
        done = self.report(self.bench.path("after.db"), POWER_SEED=str(seed), **when)
        return self.judge(done, f"no power from call {at}, POWER_SEED={seed}")

    def bad_mailer(self, command, words):
        self.fresh()
        done = self.report(self.bench.path("after.db"), command)
        if done.returncode != 2 or words not in done.stderr.decode():
            sys.exit(f"{command}: exit {done.returncode}: {done.stderr.decode()}")
        if self.judge(done, command):
            sys.exit(f"{command}: the cursor moved")

    def crowded(self, free):
        """With so many bytes of room on the small disk."""
        self.fresh()
        disk = os.statvfs(self.spool)
        left = disk.f_bavail * disk.f_frsize - free
        with open(os.path.join(self.spool, "filler"), "wb") as f:
            f.write(b"x" * max(left, 0))
        return self.judge(self.report(self.bench.path("after.db")), f"{free} bytes of room")


def try_way(args, way, folder, dice):
    programs, preloads, samples, disk, most, kills = args
    spool = os.path.join(folder, "spool")
    os.mkdir(spool)
    d = Delivery(programs, preloads, samples, folder, spool, way)
    for kind, hows in KINDS:
        n = d.count(kind)
        done = [d.broken(kind, how, at, once) for how in hows
                for once in (False, True) for at in places(n, int(most), dice)]
        print(f"figures: report, {way}: {kind}: {n} calls, {len(done)} failures, "
              f"{sum(done)} with the cursor moved all the same")
    n = d.count("any")
    done = [d.killed(at) for at in places(n, int(kills), dice)]
    print(f"figures: report, {way}: killed {len(done)} times at one of {n} calls, "
          f"{sum(done)} with the cursor moved")
    if way == "pipe":  # what its mailer does not sync is not ours to keep
        for mailer in BAD_MAILERS:
            d.bad_mailer(*mailer)
        print(f"figures: report, {way}: {len(BAD_MAILERS)} mailers that fail")
    else:
        done = [d.dark(at, dice.randrange(1 << 30))
                for at in [None] * min(int(kills), 20) + list(places(n, int(kills), dice))]
        print(f"figures: report, {way}: without power {len(done)} times, "
              f"{sum(done)} with the cursor moved")
    if disk:
        shutil.copy(os.path.join(spool, "cursor"), disk)
        d.spool, d.cursor = disk, os.path.join(disk, "cursor")
        done = [d.crowded(0)]
        while not done[-1] and len(done) < 200:
            done.append(d.crowded(PAGE * len(done)))
        assert done[-1] and len(done) > 1, "never full, or never room enough"
        print(f"figures: report, {way}: {done.count(False)} disks too full")


def main():
    *args, seed = sys.argv[1:]
    dice = random.Random(int(seed))
    for way in ("file", "pipe", "stdout"):
        with tempfile.TemporaryDirectory() as folder:
            try_way(args, way, folder, dice)


main()
