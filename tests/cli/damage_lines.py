"""damage_lines.py FILE FOLDER N SEED: N damaged copies of a file of lines.

A third with a few bits turned over, a third cut off, a third with a piece of
itself twice.  Beside each copy NNN.txt stands NNN.kept: NEW OLD, the number of
a line that is whole in it and the number that it had.
"""
import random
import sys

path, folder, n, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
print(f"seed {seed}")
dice = random.Random(seed)
whole = open(path, "rb").read()
# Of each byte the line it is of.
owner, line = [], 1
for byte in whole:
    owner.append((byte, line, True))
    line += byte == 10
size = {}
for _, line, _ in owner:
    size[line] = size.get(line, 0) + 1


def turned():
    data = list(owner)
    for _ in range(dice.choice([1, 1, 3, 20])):
        i = dice.randrange(len(data))
        byte, line, _ = data[i]
        data[i] = (byte ^ 1 << dice.randrange(8), line, False)
    return data


def cut():
    return owner[: dice.randrange(1, len(owner))]


def doubled():
    begin, end, to = sorted(dice.randrange(len(owner)) for _ in range(3))
    return owner[:to] + owner[begin:end] + owner[to:]


for i in range(n):
    data = [turned, cut, doubled][i % 3]()
    lines, start = [], 0
    for k, (byte, _, _) in enumerate(data):
        if byte == 10:
            lines.append(data[start:k + 1])
            start = k + 1
    with open(f"{folder}/{i:03}.txt", "wb") as f:
        f.write(bytes(byte for byte, _, _ in data))
    seen = set()
    with open(f"{folder}/{i:03}.kept", "w") as f:
        for number, cells in enumerate(lines, 1):
            line = cells[0][1]
            text = bytes(byte for byte, _, _ in cells)
            if (line not in seen and len(cells) == size[line] and
                    all(good and of == line for _, of, good in cells) and
                    text in whole):
                seen.add(line)
                f.write(f"{number} {line}\n")
