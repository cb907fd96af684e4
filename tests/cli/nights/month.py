#!/usr/bin/env python3
"""month.py NIGHT [UNTIL] [STORY]: what the log of a small exchange gained
until 06:00 UTC, so many days after 1 March 2026, since the night before.  With
UNTIL, the records of all nights from NIGHT to it.  Stories, by name, are

  month    office calls; an alarm panel that calls abroad each night; a toll
           fraud in the night to the 11th; an extension that calls four times
           as much from the 17th on; short calls on the 13th and the 21st
  nodeb    what the second node wrote of the fraud, in the night to the 12th
  alarm    nothing but office calls and the alarm panel
  growth   nothing but office calls; one extension makes 10 a day at first and
           40 a day from the 60th day on

The numbers are those that are kept for tests and fiction."""
import sys
import time

DAY = 86_400
FIRST = 1_772_323_200  # 2026-03-01 00:00:00


def stamp(t):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(t))


def record(t, src, dst, talk):
    name = f"{t % 10_000_000:08x}"
    return ",".join(['""', f'"{src}"', f'"{dst}"', '"office"', f'"{src}"',
        f'"PJSIP/{src}-{name}"', f'"PJSIP/carrier-{name}"', '"Dial"', '""',
        f'"{stamp(t)}"', f'"{stamp(t + 4)}"', f'"{stamp(t + 4 + talk)}"',
        str(talk + 4), str(talk), '"ANSWERED"', '"DOCUMENTATION"', f'"{t}.{src}"', '""'])


def start_of(line):
    return line.split(",")[9].strip('"')


def office(day, src, n):
    """Calls of an extension, spread over the hours of a working day."""
    if (day % 7) in (0, 6):
        return []
    return [record(FIRST + day * DAY + 9 * 3600 + i * 28_000 // n + src * 7, src,
                   f"1312555{100 + (src + i) % 90:04d}", 60 + (day * 37 + i * 53) % 240)
            for i in range(n)]


def alarm(day):
    return [record(FIRST + day * DAY + 7_200 + 60 * i, 210, "011442079460142", 11)
            for i in range(3)]


def attack(day, n):
    return [record(FIRST + day * DAY + 3_600 + 120 * i, 203, f"01153755501{i:02d}", 300)
            for i in range(n)]


def probe(day, dst, n):
    return [record(FIRST + day * DAY + 72_000 + 240 * i, 205, dst, 6) for i in range(n)]


def month(day):
    lines = alarm(day)
    for src in (201, 202, 203, 204, 206):
        lines += office(day, src, 16 if src == 206 and day >= 16 else 4)
    if day == 10:
        lines += attack(day, 14)
    if day in (12, 20):
        lines += probe(day, "13125550177", 4 if day == 12 else 5)
    return lines


STORIES = {
    "month": month,
    "alarm": lambda day: office(day, 201, 4) + alarm(day),
    "growth": lambda day: office(day, 201, 4) + office(day, 206, 40 if day >= 60 else 10),
    "nodeb": lambda day: attack(day, 22) if day == 11 else [],
}


def main():
    night = int(sys.argv[1])
    until = int(sys.argv[2]) if len(sys.argv) > 2 else night
    story = STORIES[sys.argv[3] if len(sys.argv) > 3 else "month"]
    begin, end = stamp(FIRST + (night - 1) * DAY + 21_600), stamp(FIRST + until * DAY + 21_600)
    lines = [line for day in range(night - 1, until + 1) for line in story(day)]
    for line in sorted(lines, key=start_of):
        if begin <= start_of(line) < end:
            print(line)


main()
