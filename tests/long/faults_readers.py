#!/usr/bin/env python3
"""faults_readers.py PROGRAMS FAIL.SO SAMPLES MOST SEED

cdrreport while a scan stands still at any of its system calls, and once that
was killed there: it must tell what was before the run or what is after it, and
must not be in the way of the next run.  Only where a scan opens or closes its
store, which takes a moment unless it is held there, may cdrreport wait in
vain.  Ends with 1 and says the case where not."""
import os
import random
import signal
import subprocess
import sys
import tempfile

from faults import NOW, Bench, places


class Readers:
    def __init__(self, programs, fail, samples, folder):
        self.bench = Bench(os.path.join(programs, "cdrscan"), fail, samples, folder, "scan")
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

    def stop_at(self, at):
        db = self.bench.fresh()
        scan = self.bench.start(db, FAIL_KIND="any", FAIL_HOW="STOP", FAIL_AT=str(at), FAIL_ONCE="1")
        try:
            _, status = os.waitpid(scan.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status), f"never stopped: {status}"
            running = self.look(db, held=True)
            scan.send_signal(signal.SIGKILL)
            os.waitpid(scan.pid, 0)
            killed = self.look(db)
            # In the middle of the commit others see it only once it is killed.
            assert running in (0, 2) or killed == 1, "what was told is gone"
            after = self.bench.judge(db)
            assert after == (killed == 1), "the report is of another store"
        except AssertionError as e:
            scan.kill()
            sys.exit(f"stopped at call {at}: {e}")
        return running


def main():
    programs, fail, samples, most, seed = sys.argv[1:]
    dice = random.Random(int(seed))
    with tempfile.TemporaryDirectory() as folder:
        r = Readers(programs, fail, samples, folder)
        n = r.bench.count("any")
        done = [r.stop_at(at) for at in places(n, int(most), dice)]
        assert len(done) < 20 or done.count(2) < len(done) / 5, "waited more than read"
        print(f"figures: readers: {len(done)} looks at a scan that stood at one of {n} calls, "
              f"{done.count(1)} after the commit, {done.count(2)} while it opened or closed it")


main()
