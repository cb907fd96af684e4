"""The figures of bench/quality.py as a table."""
import collections

FORMS = ("easy", "typical", "evasive")
TARGETS = {"easy": 0.98, "typical": 0.95, "evasive": 0.80}


class Result:
    """Sums over attacks and false cases, of one seed or of several."""

    def __init__(self):
        self.attacks = collections.Counter()   # (row, form)
        self.caught = collections.Counter()
        self.rules = collections.defaultdict(collections.Counter)
        self.passed = collections.defaultdict(lambda: [0, 0, 0.0, 0.0])
        self.causes = collections.Counter()
        self.false_rules = collections.Counter()
        self.negatives = collections.Counter()
        self.false_cases = 0

    def attack(self, story, gone, rules):
        key = (story.row, story.form)
        self.attacks[key] += 1
        if gone is None:
            return
        self.caught[key] += 1
        self.rules[story.row].update(rules)
        sums = self.passed[key]
        sums[0] += gone[0]
        sums[1] += len(story.calls)
        sums[2] += gone[1]
        sums[3] += sum(cost for _, cost in story.calls)

    def false(self, cause, rules):
        self.false_cases += 1
        self.causes[cause] += 1
        self.false_rules.update(rules)

    def negative(self, row):
        self.negatives[row] += 1

    def add(self, other):
        for name in ("attacks", "caught", "causes", "false_rules",
                     "negatives"):
            getattr(self, name).update(getattr(other, name))
        for row, rules in other.rules.items():
            self.rules[row].update(rules)
        for key, sums in other.passed.items():
            self.passed[key] = [a + b for a, b in zip(self.passed[key], sums)]
        self.false_cases += other.false_cases

    def recall(self, form):
        all_ = sum(n for (_, f), n in self.attacks.items() if f == form)
        got = sum(n for (_, f), n in self.caught.items() if f == form)
        return got, all_


def share(got, of):
    return f"{got}/{of}" if of else "-"


def ratio(got, of):
    return f"{got / of:.2f}" if of else "-"


def rows_of(result):
    return list(dict.fromkeys(row for row, _ in result.attacks))


def most(counter, n):
    """Its n most frequent; equal ones in order of their names."""
    return [k for k, _ in sorted(counter.items(),
                                 key=lambda c: (-c[1], c[0]))[:n]]


def recall_table(results):
    main = results["cdrguard"]
    others = [r for n, r in results.items() if n != "cdrguard"]
    yield "| row | easy | typical | evasive | calls before | USD before | " \
          "fixed | found by |\n|---|---|---|---|---|---|---|---|\n"
    for row in sorted(rows_of(main)):
        cells = [share(main.caught[row, f], main.attacks[row, f])
                 for f in FORMS]
        sums = [sum(c) for c in zip(*(main.passed[row, f] for f in FORMS))]
        cells += [share(int(sums[0]), int(sums[1])),
                  f"{sums[2]:.2f}/{sums[3]:.2f}" if sums[1] else "-"]
        best = max((sum(o.caught[row, f] for f in FORMS) for o in others),
                   default=0)
        all_ = sum(main.attacks[row, f] for f in FORMS)
        cells.append(share(best, all_) if others else "-")
        cells.append(", ".join(most(main.rules[row], 2)) or "-")
        yield f"| {row} | {' | '.join(cells)} |\n"


def summary_table(results, per_week):
    yield "| | easy | typical | evasive | false cases | per 1,000 accounts " \
          "and week |\n|---|---|---|---|---|---|\n"
    for name, result in results.items():
        cells = [ratio(*result.recall(f)) for f in FORMS]
        rate = result.false_cases / per_week if per_week else None
        cells += [str(result.false_cases),
                  f"{rate:.2f}" if rate is not None else "-"]
        yield f"| {name} | {' | '.join(cells)} |\n"
    targets = " | ".join(f"{TARGETS[f]:.2f}" for f in FORMS)
    yield f"| target | {targets} | | 1.00 |\n"


def negative_table(result):
    yield "| must not alarm | there | cases |\n|---|---|---|\n"
    for row in sorted(result.negatives):
        yield f"| {row} | {result.negatives[row]} | {result.causes[row]} |\n"


def counts(title, counter):
    words = ", ".join(f"{name} {n}" for name, n in
                      sorted(counter.items(), key=lambda c: (-c[1], c[0])))
    yield f"{title}: {words or 'none'}.\n"


def body(results, per_week):
    main = results["cdrguard"]
    yield from summary_table(results, per_week)
    yield "\n"
    yield from recall_table(results)
    yield "\n"
    yield from negative_table(main)
    yield "\n"
    others = {c: n for c, n in main.causes.items() if c not in main.negatives}
    yield from counts("Other false cases, by persona or kind of entity",
                      others)
    yield "\n"
    yield from counts("Rules in false cases", main.false_rules)


def plain(results):
    return "".join(body(results, 0))


def text(results, setting):
    weeks = setting["accounts"] / 1000 * setting["days"] / 7 * setting["seeds"]
    head = (
        "# What the shipped rules find\n\n"
        "Written by `make quality UPDATE=1`: {accounts} accounts, {days} days "
        "after {history} days of history, seeds {first} to {last}, {each} of each "
        "attack. bench/gentraffic made the calls; all of it is invented.\n\n"
        "Caught is an attack of which a case of medium or more on the right "
        "entity crossed before it ended or by 07:00 of the next morning. "
        "\"Before\" are calls, and money, of the attacks that were caught "
        "until the case crossed, of all that they made. \"Fixed\" is the best "
        "of the four with fixed thresholds, for that row: those of OpenSIPS's "
        "fraud_detection, as its tutorial sets them, on the same calls. \"Found "
        "by\" names the two rules that most cases of the row had.\n\n")
    last = setting["first"] + setting["seeds"] - 1
    return head.format(last=last, **setting) + "".join(body(results, weeks))
