#!/usr/bin/env python3
"""faults_files.py PROGRAMS PRELOADS SAMPLES MOST KILLS SEED

What the programs write beside a store, waivers, lists, rules made tidy, reports
and rejects, while their system calls fail one after the other, they are killed,
and the power goes.  A file must be as it was or as it is to be, whole; the exit
status and the words must tell which; and the next run must come to the end.
Ends with 1 and says the case where not."""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from faults import CAUSES, KINDS, NOW, places

SITE = """{ "cdrconfig": 1, "tz": "UTC", "home_country": "US", "waivers": "waivers" }
"""
RULE = """{"cdrrules":1,"rules":[{"id":"many","version":1,"title":"Many","description":"Many calls.",
"status":"test","fraud_type":"irsf","family":"volume","score":30,"match":{},"by":["account"],
"measure":{"fn":"count","over":"1h"},"when":{"gte":4},"waiver_needs":["account"]}]}
"""
NUMBERS = "number,why\n+442079460123,first\n+442079460124,second\n+442079460125,third\n"


class Writer:
    """A command, the file that it writes, and that file before and after."""

    def __init__(self, name, folder, preloads, args, target, old):
        self.name, self.folder, self.preloads = name, folder, preloads
        self.args, self.target, self.old = args, os.path.join(folder, target), old
        self.fresh()
        done = self.run()
        self.status, self.after = done.returncode, self.read()
        assert self.status in (0, 3) and self.after and self.after != old, done.stderr
        self.run()
        self.twice = self.read()

    def read(self):
        try:
            with open(self.target, "rb") as f:
                return f.read()
        except FileNotFoundError:
            return None

    def fresh(self):
        where = os.path.dirname(self.target)
        shutil.rmtree(where, ignore_errors=True)
        os.mkdir(where)
        if self.old is not None:
            with open(self.target, "wb") as f:
                f.write(self.old)

    def run(self, **settings):
        env = dict(os.environ, USER="tester", **settings)
        if settings:
            names = ["fail.so"] + ["power.so"] * ("POWER_SEED" in settings)
            env["LD_PRELOAD"] = " ".join(os.path.join(self.preloads, n) for n in names)
        return subprocess.run(self.args, cwd=self.folder, env=env, capture_output=True,
                              text=True, check=False)

    def count(self, kind):
        counted = os.path.join(self.folder, "count")
        self.fresh()
        self.run(FAIL_KIND=kind, FAIL_COUNT=counted)
        with open(counted, encoding="ascii") as f:
            return int(f.read())

    def judge(self, done, what, how=None, kind=None):
        try:
            now = self.read()
            if done.returncode == 3 and "Master.csv: Input/output error" in done.stderr:
                # What could be read was reported on, and that is said.
                assert json.loads(now)["run"]["remarks"], "nothing told of what was not read"
                now = self.old
            assert now in (self.old, self.after), "the file is neither"
            if how is not None:
                assert done.returncode in (self.status, 2, 3), f"exit {done.returncode}"
                assert done.returncode != 3 or "Input/output error" in done.stderr, "no cause"
                assert done.returncode != 2 or any(c in done.stderr for c in CAUSES[how]), "no cause"
                left = [n for n in os.listdir(os.path.dirname(self.target))
                        if n.startswith(os.path.basename(self.target) + ".")]
                assert not left or kind == "rename", f"left behind: {left}"
            if done.returncode == self.status:
                assert now == self.after, "done, and nothing written"
            again = self.run()
            assert again.returncode == self.status, f"the next: {again.returncode} {again.stderr}"
            want = self.twice if now == self.after else self.after
            assert self.read() == want, "the next comes to another end"
            return now == self.after
        except AssertionError as e:
            sys.exit(f"{self.name}: {what}: {e}\nexit {done.returncode}\n{done.stderr}")

    def broken(self, kind, how, at, once):
        self.fresh()
        done = self.run(FAIL_KIND=kind, FAIL_HOW=how, FAIL_AT=str(at),
                        **({"FAIL_ONCE": "1"} if once else {}))
        return self.judge(done, f"{kind} {at} {how}{' once' if once else ''}", how, kind)

    def killed(self, at, **settings):
        self.fresh()
        done = self.run(FAIL_KIND="any", FAIL_HOW="KILL", FAIL_AT=str(at), **settings)
        if done.returncode != -9:
            sys.exit(f"{self.name}: not killed at call {at}: exit {done.returncode}")
        return self.judge(done, f"killed at call {at} {settings}")

    def dark_at_end(self, seed):
        self.fresh()
        done = self.run(FAIL_KIND="none", POWER_AT_END="1", POWER_SEED=str(seed))
        return self.judge(done, f"no power after the end, POWER_SEED={seed}")


def try_all(w, most, kills, dice):
    told = []
    for kind, hows in KINDS:
        n = w.count(kind)
        done = [w.broken(kind, how, at, once) for how in hows for once in (False, True)
                for at in places(n, most, dice)]
        told.append(f"{kind} {n} calls, {len(done)} failures")
        # A library that is never asked would let everything pass.
        assert 0 < most < n or not all(done), f"{w.name}: no {kind} ever failed"
    n = w.count("any")
    done = [w.killed(at) for at in places(n, kills, dice)]
    dark = [w.killed(at, POWER_SEED=str(dice.randrange(1 << 30))) for at in places(n, kills, dice)]
    for _ in range(min(kills, 10)):
        w.dark_at_end(dice.randrange(1 << 30))
    print(f"figures: {w.name}: {'; '.join(told)}; killed at {len(done)} of {n} calls, "
          f"{sum(done)} once it was written; without power at {len(dark)}, {sum(dark)} once "
          "it was written")


def writers(programs, preloads, samples, folder):
    def program(name, *args):
        return [os.path.join(programs, name), *args, "-c", "site.json", "--now", NOW]

    for name, text in (("site.json", SITE), ("rule.json", RULE), ("numbers.csv", NUMBERS)):
        with open(os.path.join(folder, name), "w", encoding="ascii") as f:
            f.write(text)
    for name in ("Master.csv", "config.json"):
        shutil.copy(os.path.join(samples, name), folder)
    waive = program("cdrrules", "waive", "after-hours-volume", "--match", "account=201", "--reason",
                    "night shift", "--expires", "2026-06-30")
    imports = program("cdrrules", "lists", "import", "numbers.csv", "--map",
                      "value=number,note=why", "-o", "out/list.json")
    scan = [os.path.join(programs, "cdrscan"), "-c", "config.json", "--threads", "1",
            "-f", "json", "-o", "out/report.json", "Master.csv"]
    store = [os.path.join(programs, "cdrscan"), "-c", "config.json", "-d", "n.db", "Master.csv"]
    subprocess.run(store, cwd=folder, check=True)
    report = [os.path.join(programs, "cdrreport"), "-c", "config.json", "--now", NOW, "-d", "n.db",
              "-f", "json", "-o", "out/report.json"]
    tidy = [os.path.join(programs, "cdrrules"), "fmt", "--write", "out/rule.json"]
    yield "waive, the first", waive, "waivers/waivers.json", None
    with open(os.path.join(folder, "waivers", "waivers.json"), "rb") as f:
        yield "waive, another", waive, "waivers/waivers.json", f.read()
    yield "lists import", imports, "out/list.json", None
    yield "lists import over another", imports, "out/list.json", b"old\n"
    yield "fmt", tidy, "out/rule.json", RULE.encode()
    yield "cdrscan -o", scan, "out/report.json", b"old\n"
    yield "cdrreport -o", report, "out/report.json", b"old\n"


def main():
    programs, preloads, samples, most, kills, seed = sys.argv[1:]
    dice = random.Random(int(seed))
    with tempfile.TemporaryDirectory() as folder:
        for name, args, target, old in writers(os.path.abspath(programs), preloads, samples, folder):
            w = Writer(name, folder, os.path.abspath(preloads), args, target, old)
            try_all(w, int(most), int(kills), dice)


main()
