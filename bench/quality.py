#!/usr/bin/env python3
"""make quality: how good the shipped rules are on traffic whose story is known.

    bench/quality.py                    generate, scan each morning, score
    bench/quality.py score DIR          score DIR/truth.csv and the rest there
    bench/quality.py opensips FILE...   alarms of fixed thresholds, as CSV

Settings by environment: DAYS=30 ACCOUNTS=2000 SEEDS=3 FIRST=1 EACH=1
HISTORY=95 JOBS=2 BUILD=build KEEP=DIR; UPDATE=1 writes bench/QUALITY.md.
FIRST is the first of the SEEDS: rules are tuned on some seeds, and judged by
others that nobody looked at.

Each day at 07:00 cdrscan reads all that has been written by then.  An attack
is caught if a case of medium or more on the right entity crossed before the
attack ended or by 07:00 of the morning after its end.  Figures depend on the
seeds alone, not on time or machine.
"""
import concurrent.futures
import csv
import datetime
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zoneinfo

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import quality_fixed as fixed  # noqa: E402
import quality_table as table  # noqa: E402

MEDIUM = 40
JOIN = 72 * 3600  # findings closer than this are one case
TWICE = 3600  # a stamp of the hour that clocks show twice is its first reading
ZONE = zoneinfo.ZoneInfo("America/Chicago")
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def utc(text):
    """Seconds since 1970 of 2025-10-27T05:00:00Z, with or without parts."""
    return datetime.datetime.fromisoformat(
        text.replace("Z", "+00:00")).timestamp()


class Story:
    """An attack or something that must not alarm, of the truth."""

    def __init__(self, row):
        self.kind, self.case = row["kind"], row["case"]
        self.row, self.form = row["row"], row["form"]
        names = row["entity"].split("|")
        self.names = {n for n in names if not n.endswith("*")}
        self.prefixes = tuple(n[:-1] for n in names if n.endswith("*"))
        self.begin, self.end = utc(row["begin"]), utc(row["end"])
        self.calls = []  # (start, cost)

    def is_about(self, entity):
        """Extensions of other sites carry a site: 201@ulm."""
        return (entity in self.names or entity.split("@")[0] in self.names
                or bool(self.prefixes) and entity.startswith(self.prefixes))


def read_truth(path):
    """Stories by case id, and the ids of calls that are fraud."""
    stories, calls = {}, set()
    with open(path, newline="") as f:
        for row in csv.DictReader(f):
            story = stories.setdefault(row["case"], None) or Story(row)
            stories[row["case"]] = story
            if row["call_id"]:
                story.calls.append((utc(row["start"]), float(row["cost"])))
                calls.add(row["call_id"])
    return stories, calls


def crossing(case, findings):
    """When the points of a case came to medium."""
    steps = sorted((utc(findings[p["finding"]]["crossed_at"]), p["points"])
                   for p in case["points"])
    total = 0
    for at, points in steps:
        total += points
        if total >= MEDIUM:
            return at
    return steps[-1][0]


class Report:
    """A case of medium or more as one morning showed it."""

    def __init__(self, case, findings, morning):
        self.id, self.entity = case["id"], case["entity"]["id"]
        self.type = case["entity"]["type"]
        self.first, self.last = utc(case["first_seen"]), utc(case["last_seen"])
        self.rules = sorted({p["rule"] for p in case["points"]})
        self.crossed = crossing(case, findings)
        self.morning = morning
        self.call_ids = {c.get("call_id") for i in case["findings"]
                         for c in findings[i].get("evidence", [])}


def read_reports(path, morning):
    findings, cases = {}, []
    whole = False
    with open(path) as f:
        for line in f:
            one = json.loads(line)
            if one["schema"] == "cdr.finding/1":
                findings[one["id"]] = one
            elif one["schema"] == "cdr.case/1" and one["score"] >= MEDIUM:
                cases.append(one)
            whole = one["schema"] == "cdr.run/1"
    if not whole:
        sys.exit(f"quality: {path}: incomplete")
    return [Report(c, findings, morning) for c in cases]


def read_directory(path):
    """Persona of each account and extension."""
    names = {}
    with open(path, newline="") as f:
        for row in csv.DictReader(f):
            names[row["number"]] = names[row["account"]] = row["name"]
    return names


def passed(story, at):
    """Calls and money that were gone by then."""
    return (sum(1 for start, _ in story.calls if start <= at),
            sum(cost for start, cost in story.calls if start <= at))


def judge(story, mornings, reports):
    """The first report that caught it, or None."""
    deadline = next((m for m in mornings if m >= story.end), mornings[-1])
    good = [r for r in reports
            if r.morning <= deadline and story.is_about(r.entity)
            and r.last >= story.begin and r.first <= story.end
            and r.crossed >= story.begin - TWICE]
    return min(good, key=lambda r: (r.morning, r.crossed), default=None)


def is_false(report, attacks, fraud_calls):
    """Whether nobody attacks there; a wider entity may be named for a cause."""
    for story in attacks:
        if story.is_about(report.entity) and report.first <= story.end + JOIN \
                and report.last >= story.begin:
            return False
    known = report.call_ids - {None}
    return not (known and len(known & fraud_calls) * 2 >= len(known))


def cause_of(report, negatives, personas):
    """The hard negative whose case this is, else the persona of the account."""
    for story in sorted(negatives, key=lambda s: s.end - s.begin):
        if story.is_about(report.entity) and report.first <= story.end \
                and report.last >= story.begin:
            return story.row
    persona = personas.get(report.entity)
    return f"{persona} (persona)" if persona else report.type


def score(stories, fraud_calls, personas, mornings, reports, first):
    """What one run of one seed comes to."""
    attacks = [s for s in stories.values() if s.kind == "fraud"]
    negatives = [s for s in stories.values() if s.kind == "negative"]
    result = table.Result()
    for story in attacks:
        report = judge(story, mornings, reports)
        gone = passed(story, report.crossed) if report else None
        result.attack(story, gone, report.rules if report else [])
    seen = set()
    for report in reports:
        if report.id in seen or report.crossed < first \
                or not is_false(report, attacks, fraud_calls):
            continue
        seen.add(report.id)
        result.false(cause_of(report, negatives, personas), report.rules)
    for story in negatives:
        result.negative(story.row)
    return result


def score_folder(folder):
    """DIR has truth.csv, directory.csv, reports/DATE.ndjson, out/*.csv."""
    stories, fraud_calls = read_truth(f"{folder}/truth.csv")
    personas = read_directory(f"{folder}/directory.csv")
    paths = sorted(glob.glob(f"{folder}/reports/*.ndjson"))
    days = [os.path.basename(p)[:10] for p in paths]
    mornings = [morning(d) for d in days]
    reports = [r for p, m in zip(paths, mornings) for r in read_reports(p, m)]
    first = mornings[0] - 7 * 3600 - 86400
    results = {"cdrguard": score(stories, fraud_calls, personas, mornings,
                                 reports, first)}
    files = [p for p in glob.glob(f"{folder}/out/*.csv")
             if not p.endswith("-history.csv")
             and not os.path.basename(p).startswith("audit-")]
    if files:
        for name, alarms in fixed.run(files):
            results[name] = score(stories, fraud_calls, personas, mornings,
                                  fixed.cases(alarms, mornings, JOIN), first)
    return results


def morning(date):
    at = datetime.datetime.fromisoformat(f"{date}T07:00:00")
    return at.replace(tzinfo=ZONE).timestamp()


def generate(build, folder, days, accounts, seed, each, history):
    for name in ("out", "rules", "reports"):
        os.makedirs(f"{folder}/{name}", exist_ok=True)
    subprocess.run(
        [os.path.abspath(f"{build}/bench/gentraffic"),
         "--days", str(days), "--accounts", str(accounts),
         "--seed", str(seed), "--history", str(history), "--each", str(each),
         "--fraud", "all", "--layout", "generic", "--split", "out",
         "--truth", "truth.csv", "--config", "config.json",
         "--directory", "directory.csv", "--rates", "rates.csv",
         "--rules", "rules"],
        cwd=folder, check=True)


def scan(build, folder, date):
    """What cdrscan says on that morning, of the files that are there."""
    files = [p for p in sorted(os.listdir(f"{folder}/out"))
             if p.endswith("-history.csv") or p[-14:-4] <= date]
    now = datetime.datetime.fromtimestamp(morning(date), datetime.timezone.utc)
    done = subprocess.run(
        [os.path.abspath(f"{build}/cdrscan"), "-q", "-c", "config.json",
         "--threads", "1", "--now", now.strftime("%Y-%m-%dT%H:%M:%SZ"),
         "-f", "ndjson", "-o", f"reports/{date}.ndjson"]
        + [f"out/{p}" for p in files],
        cwd=folder, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 3):
        sys.exit(f"quality: cdrscan: {done.stderr}")


def one_seed(build, folder, seed, setting):
    generate(build, folder, setting["days"], setting["accounts"], seed,
             setting["each"], setting["history"])
    dates = sorted({p[-14:-4] for p in os.listdir(f"{folder}/out")
                    if not p.endswith("-history.csv")})
    with concurrent.futures.ThreadPoolExecutor(setting["jobs"]) as pool:
        list(pool.map(lambda d: scan(build, folder, d), dates))
    return score_folder(folder)


def number(name, default):
    return int(os.environ.get(name) or default)


def run():
    build = os.environ.get("BUILD", "build")
    keep = os.environ.get("KEEP")
    setting = {"days": number("DAYS", 30), "accounts": number("ACCOUNTS", 2000),
               "seeds": number("SEEDS", 3), "first": number("FIRST", 1),
               "each": number("EACH", 1),
               "history": number("HISTORY", 95),
               "jobs": number("JOBS", os.cpu_count() or 1)}
    total = {}
    for seed in range(setting["first"], setting["first"] + setting["seeds"]):
        folder = tempfile.mkdtemp(prefix="quality.", dir=keep)
        try:
            for name, result in one_seed(build, folder, seed, setting).items():
                total.setdefault(name, table.Result()).add(result)
        finally:
            if not keep:
                shutil.rmtree(folder)
    return table.text(total, setting)


def main():
    if sys.argv[1:2] == ["score"] and len(sys.argv) == 3:
        print(table.plain(score_folder(sys.argv[2])), end="")
    elif sys.argv[1:2] == ["opensips"] and len(sys.argv) > 2:
        for name, alarms in fixed.run(sys.argv[2:]):
            for alarm in alarms:
                print(name, *alarm, sep=",")
    elif len(sys.argv) == 1:
        words = run()
        print(words, end="")
        if os.environ.get("UPDATE"):
            with open(f"{TOP}/bench/QUALITY.md", "w") as f:
                f.write(words)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
