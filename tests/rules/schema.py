#!/usr/bin/env python3
"""schema.py SCHEMA fits FILE...     rule files that the schema must accept
schema.py SCHEMA breaks FILE DIR   break a rule file in many ways, each of
                                   which the schema must refuse; the broken
                                   files are left in DIR
"""
import copy
import json
import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
from jsonschema import Draft202012Validator  # noqa: E402


def rule(doc):
    return doc["rules"][0]


def without(*path):
    def change(doc):
        node = rule(doc)
        for key in path[:-1]:
            node = node[key]
        del node[path[-1]]
    return change


def having(value, *path):
    def change(doc):
        node = rule(doc)
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value
    return change


# Of a rule with a sliding count, params, escalate and tests.
BREAKS = {
    "misspelt-field": having("CU", "match", "dst_contry"),
    "misspelt-word": having("outwards", "match", "direction"),
    "misspelt-operator": having({"prefx": "+53"}, "match", "dst"),
    "operator-of-another-type": having({"prefix": "5"}, "match", "duration"),
    "misspelt-key": having("high", "scores"),
    "two-windows": having("day", "measure", "window"),
    "no-window": without("measure", "over"),
    "unknown-function": having("gaps", "measure", "fn"),
    "gap-with-a-window": having("gap", "measure", "fn"),
    "run-without-of": having("run", "measure", "fn"),
    "bin-of-a-count": having(2, "measure", "bin"),
    "during-of-a-count": having("business-hours", "measure", "during"),
    "history-of-a-count": having("90d", "measure", "history"),
    "never-false": having(False, "when", "never"),
    "limit-without-field": having({"feld": "cost"}, "when", "gte"),
    "follows-nothing": having({}, "follows"),
    "follows-by-three": having(
        {"rule": "x", "within": "1h", "same": [["src", "dst", "user"]]},
        "follows"),
    "follows-by-a-number-of-seconds": having(
        {"rule": "x", "within": 60, "same": ["src"]}, "follows"),
    "score-0": having(0, "score"),
    "severity-by-hand": having("high", "severity"),
    "ratio-without-where": having("ratio", "measure", "fn"),
    "sum-without-of": having("sum", "measure", "fn"),
    "stable-without-tests": without("tests"),
    "when-without-measure": without("measure"),
    "measure-without-when": without("when"),
    "baseline-on-a-sliding-window": having(
        {"history": "28d", "min_buckets": 5}, "baseline"),
    "duration-without-unit": having({"gte": 25}, "match", "duration"),
    "window-without-unit": having(7200, "measure", "over"),
    "empty-list": having([], "match", "status"),
    "by-a-duration": having(["duration!"], "by"),
    "unknown-family": having("times", "family"),
    "test-without-expect": without("tests", 0, "expect"),
    "test-with-a-wrong-value": having("soon", "tests", 0, "calls", 0, "days"),
    "param-without-help": without("params", "calls", "help"),
    "newer-format": lambda doc: doc.update(cdrrules=2),
    "unknown-section": lambda doc: doc.update(rulez=[]),
}


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        schema = json.load(f)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    if sys.argv[2] == "fits":
        bad = 0
        for path in sys.argv[3:]:
            with open(path, encoding="utf-8") as f:
                for error in validator.iter_errors(json.load(f)):
                    print(f"{path}: {list(error.path)}: {error.message}")
                    bad += 1
        sys.exit(bad > 0)
    with open(sys.argv[3], encoding="utf-8") as f:
        sound = json.load(f)
    accepted = []
    for name, change in BREAKS.items():
        doc = copy.deepcopy(sound)
        change(doc)
        with open(f"{sys.argv[4]}/{name}.json", "w", encoding="utf-8") as f:
            json.dump(doc, f, indent=2)
        if validator.is_valid(doc):
            accepted.append(name)
    if accepted:
        sys.exit("accepted: " + ", ".join(accepted))


main()
