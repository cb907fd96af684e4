"""damage.py FILE FOLDER N: N copies of a file, each damaged in another way.

A third with a few bits turned over, a third cut off, a third with a piece of
itself twice; always the same ones.
"""
import random
import sys

path, folder, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
whole = open(path, "rb").read()
dice = random.Random(path.rsplit("/", 1)[-1])


def turned():
    data = bytearray(whole)
    for _ in range(dice.choice([1, 1, 3, 20])):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return data


def cut():
    return whole[: dice.randrange(len(whole))]


def doubled():
    begin, end, to = sorted(dice.randrange(len(whole)) for _ in range(3))
    return whole[:to] + whole[begin:end] + whole[to:]


for i in range(n):
    with open(f"{folder}/{i:03}.csv", "wb") as f:
        f.write([turned, cut, doubled][i % 3]())
