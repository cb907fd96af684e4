#!/usr/bin/env python3
"""faults_readers.py PROGRAMS PRELOADS SAMPLES MOST SEED

Others at a store while a scan stands still at any of its system calls, and once
that was killed there.  cdrreport must tell what was before the run or what is
after it, and must not be in the way of the next run; only where a scan opens or
closes its store, which takes a moment unless it is held there, may it wait in
vain.  A second scan must be told that there is another (exit 4), or wait for
its turn.  Ends with 1 and says the case where not."""
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from faults import NOW, Bench, places, tally
from faults_store import content, difference

BUSY = "another run holds the lock"


class Readers:
    def __init__(self, programs, preloads, samples, folder):
        self.bench = Bench(programs, preloads, samples, folder, "scan")
        self.program = os.path.join(programs, "cdrreport")
        self.told = [self.read(self.bench.path(name)) for name in ("before.db", "after.db")]
        assert self.told[0].stdout != self.told[1].stdout

    def read(self, db):
        return subprocess.run(
            [self.program, "-c", self.bench.path("config.json"), "--now", NOW, "-d", db,
             "-f", "ndjson", "--min-score", "0"], capture_output=True, text=True, check=False)

    def look(self, db, held=False):
        """0: as before, 1: as after, 2: had to wait for who holds it."""
        got = self.read(db)
        if held and got.returncode == 2 and "another program is writing to it" in got.stderr:
            return 2
        assert got.returncode == 0, f"exit {got.returncode}: {got.stderr}"
        told = [t.stdout for t in self.told]
        assert got.stdout in told, "a report of neither"
        return told.index(got.stdout)

    def stopped(self, db, at):
        """A scan that stands at a call."""
        scan = self.bench.start(db, FAIL_KIND="any", FAIL_HOW="STOP", FAIL_AT=str(at), FAIL_ONCE="1")
        _, status = os.waitpid(scan.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), f"never stopped: {status}"
        return scan

    def stop_at(self, at):
        db = self.bench.fresh()
        scan = self.stopped(db, at)
        try:
            running = self.look(db, held=True)
            scan.kill()
            scan.communicate()
            killed = self.look(db)
            # In the middle of the commit others see it only once it is killed.
            assert running in (0, 2) or killed == 1, "what was told is gone"
            after = self.bench.judge(db)
            assert after == (killed == 1), "the report is of another store"
        except (AssertionError, sqlite3.Error) as e:
            scan.kill()
            sys.exit(f"stopped at call {at}: {e}")
        return ("before", "after the commit", "waited for in vain")[running]

    def second(self, db, *args):
        began = time.monotonic()
        done = self.bench.call(db, self.bench.args + list(args), {})
        return done, time.monotonic() - began

    def second_at(self, at, ending):
        """While one stands, a second is told; and has its turn once that goes
        on, or was killed."""
        db = self.bench.fresh()
        scan = self.stopped(db, at)
        try:
            done, _ = self.second(db)
            if done.returncode != 4:
                # The first has the lock not yet, or no more.
                assert done.returncode == self.bench.undisturbed.returncode, done.stderr
                scan.send_signal(signal.SIGCONT)
                scan.communicate()
                assert content(db) == self.bench.twice, "the two come to another end"
                return "free"
            assert BUSY in done.stderr, f"exit 4: {done.stderr}"
            done, took = self.second(db, "--wait", "1")
            assert done.returncode == 4 and took >= 1, f"--wait 1: exit {done.returncode}, {took} s"
            waits = self.bench.start_other(db, "--wait", "60")
            scan.send_signal(ending)
            scan.communicate()
            words = waits.communicate()[1]
            assert waits.returncode == self.bench.undisturbed.returncode, \
                f"exit {waits.returncode}: {words}"
            end = content(db)
            ends = [self.bench.twice] + [self.bench.after] * (ending == signal.SIGKILL)
            assert end in ends, f"another end: {difference(end, self.bench.twice)}"
            return "killed" if ending == signal.SIGKILL else "done"
        except (AssertionError, sqlite3.Error) as e:
            scan.kill()
            sys.exit(f"a second while one stands at call {at}: {e}")


def main():
    programs, preloads, samples, most, seed = sys.argv[1:]
    dice = random.Random(int(seed))
    with tempfile.TemporaryDirectory() as folder:
        r = Readers(programs, preloads, samples, folder)
        n = r.bench.count("any")
        done = [r.stop_at(at) for at in places(n, int(most), dice)]
        assert len(done) < 20 or done.count("waited for in vain") < len(done) / 5, \
            "waited more than read"
        print(f"figures: readers: {len(done)} looks at a scan that stood at one of {n} calls: "
              f"{tally(done)}")
        done = [r.second_at(at, dice.choice([signal.SIGKILL, signal.SIGCONT]))
                for at in places(n, int(most), dice)]
        print(f"figures: a second scan while one stood at {len(done)} calls: {tally(done)}")


main()
