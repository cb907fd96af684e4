#!/usr/bin/env python3
"""shuffle.py SAMPLES OUT N: copies of samples with a header, each with its
columns in another order, as OUT/ID.NUMBER.csv."""
import csv
import os
import random
import sys

FILES = {
    "asterisk-cel-table": ",",
    "kamailio-acc": ",",
    "grandstream-ucm": ",",
    "yeastar-p": ",",
    "fusionpbx": ",",
    "generic": ";",
}


def main():
    samples, out, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
    os.mkdir(out)
    for name, delimiter in FILES.items():
        path = os.path.join(samples, name + ".csv")
        with open(path, newline="", encoding="utf-8") as f:
            rows = list(csv.reader(f, delimiter=delimiter))
        for seed in range(n):
            order = list(range(len(rows[0])))
            random.Random(seed).shuffle(order)
            path = os.path.join(out, f"{name}.{seed}.csv")
            with open(path, "w", newline="", encoding="utf-8") as f:
                csv.writer(f, delimiter=delimiter, lineterminator="\n").writerows(
                    [row[i] for i in order] for row in rows
                )


main()
