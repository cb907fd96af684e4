"""What a command takes, and medians over rounds of several commands."""
import dataclasses
import os
import statistics
import subprocess
import sys
import tempfile


@dataclasses.dataclass
class Took:
    wall: float  # seconds
    cpu: float   # core-seconds, of all processes
    peak: float  # MB, of the largest


@dataclasses.dataclass
class Contender:
    """A command to be measured; `fresh` is deleted before it runs."""
    name: str
    command: list
    fresh: tuple = ()
    status: tuple = (0,)


@dataclasses.dataclass
class Bench:
    """What all parts share; files of a part are made in `work`."""
    build: str
    records: int
    rounds: int
    threads: int
    growth: list
    store: int
    night: int
    # Below these a ratio is shown, and not judged.
    TABLE, STORE, NIGHT = 2_000_000, 10_000_000, 100_000

    def __post_init__(self):
        self.build = os.path.abspath(self.build)
        os.makedirs(f"{self.build}/bench", exist_ok=True)
        self.work = tempfile.mkdtemp(prefix="data-",
                                     dir=f"{self.build}/bench")

    def path(self, name):
        return f"{self.work}/{name}"

    def program(self, name):
        return f"{self.build}/{name}"

    def scan(self, *words):
        """cdrscan with our threads, and nobody's configuration."""
        return [self.program("cdrscan"), "--no-config", "-q",
                "--threads", str(self.threads), *words]

    def generate(self, name, records, *options):
        with open(self.path(name), "wb") as out:
            subprocess.run([f"{self.build}/bench/gencdr", *options,
                            str(records)], stdout=out, check=True)
        return self.path(name)

    def drop(self, *paths):
        """Delete files, and what SQLite and DuckDB keep beside them."""
        for path in paths:
            for more in ("", "-wal", "-shm", ".wal", ".lock"):
                try:
                    os.remove(path + more)
                except FileNotFoundError:
                    pass

    def took(self, contender):
        self.drop(*contender.fresh)
        figures = self.path("took")
        run = subprocess.run(
            [f"{self.build}/bench/took", figures, *contender.command],
            cwd=self.work, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if run.returncode not in contender.status:
            sys.exit(f"bench: {contender.name} ended with "
                     f"{run.returncode}: {run.stderr.strip()}")
        with open(figures) as f:
            wall, cpu, kib = f.read().split()
        return Took(float(wall), float(cpu), int(kib) / 1024)

    def alternate(self, contenders):
        """By name, what each took in each round."""
        runs = {c.name: [] for c in contenders}
        for _ in range(self.rounds):
            for contender in contenders:
                runs[contender.name].append(self.took(contender))
        return runs


def verdict(got, most, enough):
    """What is said of a ratio that has a bound.  Of few records the start of
    the programs is most of the time, and noise the rest."""
    if not enough:
        return "too small to judge"
    return "held" if got <= most else "MISSED"


def median(runs, what):
    return statistics.median(getattr(run, what) for run in runs)


def ratio(runs, others, what="wall"):
    """Of two lists of the same rounds, the median of the rounds' ratios."""
    return statistics.median(getattr(a, what) / max(getattr(b, what), 1e-9)
                             for a, b in zip(runs, others))
