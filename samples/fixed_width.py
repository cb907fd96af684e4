"""Samples of switches that write every cell at its place in the line.

Numbers are of the ranges kept for fiction (NANP 555-01xx) or invented.
"""


def at(*cells):
    """A line with each text at its place, from 1."""
    line = ""
    for place, text in cells:
        assert len(line) < place, (line, place, text)
        line = line.ljust(place - 1) + text
    return line


def write(name, lines, end="\n"):
    with open(f"samples/{name}", "wb") as f:
        f.write("".join(line + end for line in lines).encode("ascii"))


def mitel():
    def line(flag, date, clock, talk, caller, tta, digits, how, called, ani=""):
        return at((1, flag), (2, date), (8, clock), (18, talk), (29, caller),
                  (37, tta), (42, digits), (68, how), (70, called),
                  (114, ani)).rstrip()
    write("mitel.txt", [
        line(" ", "01/22", "09:14:30", "0000:01:08", "2207", "0007",
             "913125550142", "A", "T1"),
        line("-", "01/22", "09:20:05", "0000:07:31", "T2", "0012", "2204", " ",
             "2204", "7735550177"),
        line(" ", "01/22", "09:31:40p", "0000:00:00", "X011", "****", "2204",
             " ", "2204", "4145550103"),
        line(" ", "01/22", "10:02:00", "0000:00:44", "2201", "0004", "2202",
             "I", "2202"),
        line(" ", "01/22", "10:10:09", "0000:00:00", "2203", "****", "2206",
             "B", "2206"),
        line("+", "01/23", "02:04:50", "0001:12:30", "X012", "0003",
             "90115375550142", "A", "X014", "6465550101"),
        line(" ", "01/23", "11:00:00", "0000:03:20", "ATT1", "",
             "918005550199", "A", "T1"),
        line(" ", "01/23", "11:30:12", "0000:00:00", "2205", "",
             "919005550142", "E", ""),
        line(" ", "01/23", "11:45:00", "0000:00:00", "T3", "****",
             "919005550143", "E", "")])


def mitel_level1():
    def line(flag, date, clock, talk, caller, tta, digits, how, called, ani=""):
        return at((1, flag), (2, date), (8, clock), (15, talk), (24, caller),
                  (29, tta), (34, digits), (60, how), (62, called),
                  (92, ani)).rstrip()
    write("mitel-level1.txt", [
        line(" ", "01/22", "09:14", "00:01:08", "2207", "0007",
             "913125550142", "A", "T1"),
        line("%", "01/22", "01:20p", "00:11:31", "T2", "0012", "2204", "T",
             "2204", "7735550177"),
        line(" ", "01/22", "02:31p", "00:00:00", "T2", "****", "2204", " ",
             "2204"),
        line(" ", "01/22", "10:02", "00:00:44", "2201", "0004", "2202", "I",
             "2202"),
        line(" ", "01/23", "02:04", "00:04:30", "T3", "0003",
             "90115375550142", "A", "T1")])

    def extended(flag, date, clock, talk, caller, tta, digits, how, called,
                 ani=""):
        return at((1, flag), (2, date), (8, clock), (15, talk), (26, caller),
                  (34, tta), (39, digits), (65, how), (67, called),
                  (110, ani)).rstrip()
    write("mitel-level1-ext.txt", [
        extended(" ", "01/22", "09:14", "0000:01:08", "2200207", "0007",
                 "913125550142", "A", "T1"),
        extended("+", "01/22", "13:20", "0001:11:31", "X002", "0012",
                 "2200204", " ", "2200204", "7735550177"),
        extended(" ", "01/22", "14:31", "0000:00:00", "T2", "****", "2200204",
                 "B", "2200204"),
        extended(" ", "01/23", "02:04", "0000:04:30", "X003", "0003",
                 "90115375550142", "A", "X001")])


def panasonic():
    title = at((1, "  Date     Time    Ext CO        Dial Number        Ring "
                   "Duration  Acc code  CD"))

    def line(date, clock, ext, co, number, ring="", talk="", account="", cd=""):
        return at((1, date), (10, clock), (18, ext.rjust(5)), (24, co),
                  (27, number), (53, ring), (58, talk), (67, account),
                  (78, cd)).rstrip()
    write("panasonic.txt", [
        title, "-" * 80,
        line("01/22/26", "09:15AM", "207", "01", "13125550142", "",
             "00:01'08", "4411"),
        line("01/22/26", "09:19AM", "204", "02", "<I>7735550177", cd="RC"),
        line("01/22/26", "09:27AM", "204", "02", "<I>7735550177", "0'12",
             "00:07'31"),
        line("01/22/26", "09:31AM", "204", "02", "<I>", "0'30", cd="NA"),
        line("01/22/26", "12:02PM", "201", "", "EXT202", "", "00:00'44"),
        line("01/22/26", "12:40AM", "205", "03",
             "<D>5550199<I>4145550103", "0'05", "00:02'00", cd="TR"),
        title, "-" * 80,
        line("01/23/26", "03:17AM", "T001", "01", "0115375550142", "",
             "01:12'30", cd="D0"),
        line("01/23/26", "08:10AM", "206", "01", "16085550158", "",
             "00:04'10", cd="FW"),
        line("01/23/26", "08:20AM", "*9533", "01", "12175550176", "",
             "00:00'31"),
        line("01/23/26", "08:25AM", "207", "01", "........", "", "00:00'09")],
        "\r\n")
    def cost(co, width, date, clock, ext, line, number, ring="", talk="",
             money="", account="", cd=""):
        """Patterns B and C: no ring in B, wider cells in C."""
        place = 24 + co + 1 + width + 1
        cells = [(1, date), (10, clock), (18, ext.rjust(5)),
                 (24, line.rjust(co, "0")), (25 + co, number)]
        if width == 50:
            cells += [(place, ring), (place + 5, talk), (place + 14, money),
                      (place + 26, account), (place + 37, cd)]
        else:
            cells += [(place, talk), (place + 9, money), (place + 19, account),
                      (place + 30, cd)]
        return at(*cells).rstrip()
    for name, co, width, unit in ("b", 2, 20, "EU"), ("c", 4, 50, "EUR"):
        write(f"panasonic-{name}.txt", [
            cost(co, width, "23/01/26", "09:15", "207", "1", "13125550142",
                 talk="00:01'08", money="00000.42" + unit, account="4411"),
            cost(co, width, "23/01/26", "09:27", "204", "2", "<I>7735550177",
                 ring="0'12", talk="00:07'31"),
            cost(co, width, "23/01/26", "09:28", "204", "0", "LOG OUT"
                 ).replace(" " + "0" * co + " ", " " * (co + 2)),
            cost(co, width, "23/01/26", "09:31", "204", "2", "<I>ABC CO",
                 ring="0'30", cd="NA"),
            cost(co, width, "24/01/26", "03:17", "T001", "1", "0115375550142",
                 talk="01:12'30", money="00041.90" + unit, cd="D0")])
    write("panasonic-t824.txt", [
        "Date       Time    Ext  CO       Dial number           Duration     "
        "Acc code", "-" * 79,
        "01/22/26   7:09PM  16  01   <    incoming    >3125550142       "
        "00:02'24\" ....",
        "01/22/26   7:30PM  12  02   13125550177                       "
        "00:00'41\" 4411",
        "01/22/26  11:09AM  12  EXT16                                  "
        "00:00'12\" ....",
        "01/23/26   2:04AM  16  01   <    incoming    >                "
        "00:00'00\" ...."])


def avaya():
    def line(date, clock, hmmt, seconds, cond, dial, used, dialled, calling,
             auth="", came="", left="", account=""):
        return at((1, date), (8, clock), (13, hmmt), (18, seconds), (24, cond),
                  (26, dial.rjust(4)), (31, used.rjust(4)),
                  (36, dialled.rjust(23)), (60, calling.rjust(15)), (76, auth),
                  (90, came), (94, left), (98, account)).ljust(112)
    write("avaya-cm.txt", [
        line("012226", "0915", "0011", "00068", "7", "*9", "*701",
             "13125550142", "20207", left="016"),
        line("012226", "0927", "0075", "00451", "9", "", "", "20204",
             "7735550177", came="033"),
        line("012226", "0931", "0000", "00030", "G", "", "", "20204",
             "7735550177", came="034"),
        line("012226", "1003", "0007", "00044", "0", "", "", "20202", "20201"),
        line("012326", "0317", "1125", "04350", "7", "*9", "*701",
             "0115375550142", "*702", "7415529", "035", "017", "4411"),
        line("012326", "0817", "0000", "00000", "E", "*9", "", "13125550158",
             "20206"),
        line("012326", "0900", "0000", "00000", "I", "", "", "20206",
             "4145550103", came="033")], "\r\n")

    def teleseer(clock, hmmt, cond, dial, used, dialled, calling, account="",
                 came="", left="", auth=""):
        return at((4, clock), (8, hmmt), (12, cond), (13, dial), (16, used),
                  (19, dialled.ljust(15)), (34, calling.rjust(5)),
                  (39, account), (56, came), (59, left),
                  (63, auth)).ljust(76)
    write("avaya-cm-teleseer.txt", [
        "0122",
        teleseer("0915", "0011", "7", "9", "701", "13125550142", "20207",
                 left="016"),
        teleseer("0927", "0075", "9", "", "", "20204", "", came="033"),
        teleseer("1003", "0007", "0", "", "", "20202", "20201"),
        "0123",
        teleseer("0317", "1125", "A", "9", "701", "0115375550142", "",
                 "4411", "035", "017", "7415529"),
        teleseer("0900", "0000", "I", "", "", "20206", "", came="033")],
        "\r\n\0\0\0")

    def printer(clock, hmmt, cond, dial, used, dialled, calling, account="",
                auth="", came="", left=""):
        return at((1, clock), (6, hmmt), (11, cond), (13, dial.rjust(3)),
                  (17, used.rjust(3)), (21, dialled.ljust(15)),
                  (37, calling.rjust(5)), (43, account), (59, auth),
                  (74, came), (78, left)).ljust(80)
    write("avaya-cm-printer.txt", [
        "01 22",
        printer("0915", "0011", "7", "9", "701", "13125550142", "20207",
                left="016"),
        printer("0927", "0075", "9", "", "", "20204", "", came="033"),
        "01 23",
        printer("0317", "1125", "7", "9", "701", "0115375550142", "", "4411",
                "7415529", "035", "017"),
        printer("0900", "0000", "G", "", "", "20206", "", came="033")],
        "\r\n\0\0\0")

    def isdn(clock, hmmt, cond, dial, used, dialled, calling, account="",
             auth="", came="", left="", code=""):
        return at((1, clock), (6, hmmt), (11, cond), (13, dial.rjust(4)),
                  (18, used.rjust(4)), (23, dialled.ljust(15)),
                  (39, calling.rjust(10)), (50, account), (66, auth),
                  (78, came), (82, left), (91, code)).ljust(112)
    write("avaya-cm-int-isdn.txt", [
        "0122",
        isdn("0915", "0011", "7", "9", "701", "13125550142", "20207",
             left="016"),
        isdn("0927", "0075", "9", "", "", "20204", "7735550177", came="033",
             code="702"),
        isdn("1003", "0007", "0", "", "", "20202", "20201"),
        "0123",
        isdn("0317", "1125", "7", "9", "701", "0115375550142", "6465550101",
             "4411", "7415529", "035", "017", "702"),
        isdn("0900", "0000", "H", "", "", "20206", "4145550103", came="033",
             code="702")], "\r\n\0\0\0")


def nec():
    def record(kind, route, trunk, party, station, begin, end, account="",
               cond="000", code="", calling="", auth="", years="2626"):
        return "\x02" + at(
            (1, "0!"), (3, kind), (5, route), (8, trunk), (11, party),
            (14, station), (20, begin), (30, end), (40, account), (53, cond),
            (62, code), (98, calling), (106 if auth else 116, auth),
            (116, years)).ljust(127) + "\x03"
    with open("samples/nec-neax.smdr", "wb") as f:
        f.write("".join([
            record("KA", "001", "004", "0", "2207", "0122091430",
                   "0122091538", code="13125550142", auth="7415529"),
            record("KE", "002", "011", "2", "2204", "0122092005",
                   "0122092736", code="3125550199", calling="7735550177"),
            "\r\n",
            record("KB", "   ", "   ", "0", "2201", "0122100200",
                   "0122100244", code="  2202"),
            record("KA", "001", "005", "2", "002012", "0123020450",
                   "0123031720", "4411", code="0115375550142"),
        ]).encode("ascii"))

    def section(kind, text, more=0):
        return f"{kind:02}{len(text) + more:02}{text}"

    def flexible(kind, begin, end, *others):
        """Sections by their kind; of some the length counts itself."""
        parts = dict(others)
        parts[6] = begin.ljust(17, "0") + end.ljust(17, "0")
        return ("\x02" + f"0!{kind}" + "".join(
            section(k, parts[k], k in (7, 10, 12)) for k in sorted(parts)) +
            "\x03")
    ani = (8, "000"), (9, "001002001002001002"), (10, "2204"), (13, "00")
    with open("samples/nec-neax-flexible.smdr", "wb") as f:
        f.write("".join([
            flexible("KK", "20260122091430", "20260122091538",
                     (1, "001001004001"), (2, "00012207  "),
                     (3, "0010012207"), (7, "4411"), (8, "000"),
                     (9, "001001001001001001"), (10, "13125550142"),
                     (13, "0")),
            flexible("KL", "20260122092005500", "20260122092736",
                     (1, "001002011002"), (4, "00012204  "), *ani,
                     (16, "17735550177")),
            "\r\n",
            flexible("KM", "20260122100200", "20260122100244",
                     (2, "00012201  "), (3, "0010012201"), (4, "00012202  "),
                     (5, "0010012202"), (10, "2202")),
            flexible("KK", "20260122220500", "20260122221700",
                     (1, "001001006001"), (2, "00012203  "), (8, "040"),
                     (10, "12175550176")),
            flexible("KK", "20260123020450", "20260123031720",
                     (1, "001001005001"), (2, "2001002012"), (8, "000"),
                     (10, "0115375550142"), (12, "7415529")),
        ]).encode("ascii"))

    def row(number, origin, received, intended, outcome, reason, when, talk,
            ring):
        cells = [""] * 40
        cells[0:2] = ["SMDR", str(number)]
        cells[2:5], cells[5:8], cells[8:11] = origin, received, intended
        cells[11:15] = [str(outcome), str(reason), str(when), str(talk)]
        cells[21], cells[37] = "1", str(ring)
        return ",".join(c.replace(",", "\\,") for c in cells)
    eve, ben, out = ["Marsh, Eve", "S", "207"], ["Ben", "S", "204"], "T"
    write("nec-3c.csv", [
        row(101, eve, ["", out, "13125550142"], ["", out, "13125550142"], 0, 0,
            1769073270, 68, 7),
        row(102, ["", out, "7735550177"], ben, ben, 0, 0, 1769073605, 451, 12),
        row(103, ["", out, "7735550177"], ben, ben, 2, 0, 1769074305, 0, 30),
        row(104, ["", out, "4145550103"], ["", out, "0115375550142"], eve, 0,
            4, 1769133890, 4350, 3),
        row(105, eve, ["", out, "12175550176"], ["", out, "12175550176"], 3, 0,
            1769134890, 0, 0)])


def genband():
    def line(n, start, answer, end, src, name, dst, dialled, came, left, auth,
             talk):
        return at((1, "01"), (3, f"{n:04}"), (7, f"5A10{n:04}"), (37, start),
                  (56, answer), (75, end), (94, "Chicago"), (124, came),
                  (154, src), (174, name), (204, "Chicago"), (234, left),
                  (264, dst), (314, dialled), (374, auth), (404, "2"),
                  (407, f"{talk:09}"), (416, f"{n:08x}@gw.example"),
                  (544, "0016")).ljust(658)
    write("genband-g6.txt", [
        line(1, "2026-01-22 09:14:23", "2026-01-22 09:14:30",
             "2026-01-22 09:15:38", "3125550107", "Eve Marsh", "17735550177",
             "917735550177", "DSL-207", "TG-CARRIER", "4411", 68),
        line(2, "2026-01-22 09:31:05", "", "2026-01-22 09:31:35", "7735550177",
             "", "3125550104", "3125550104", "TG-CARRIER", "DSL-204", "", 0),
        line(3, "2026-01-23 02:04:47", "2026-01-23 02:04:50",
             "2026-01-23 03:17:20", "3125550107", "Eve Marsh", "5375550142",
             "0115375550142", "TG-CARRIER", "TG-CARRIER", "7415529", 4350)])


def ddb():
    def line(n, when, a, kind, b, talk, where, amount):
        return at((1, f"CDR{n:06}0"), (13, "0"), (15, when), (29, "00" + a),
                  (50, kind), (53, b), (81, "004"), (128, talk),
                  (134, "009980010001"), (146, "ISDN"), (152, "ABC"),
                  (158, where), (200, "EHV"),
                  (204, f"{amount:08}19{amount:010}"))
    write("nl-ddb.cdr", [
        at((1, "HDR0001DDB"), (16, "ABC"), (56, "Example Connect B.V."),
           (96, "DDB-Example-10022-20260123-309.CDR"),
           (136, "00030920260123100255")),
        line(1, "20260122091430", "0201234567", "004", "0131234567", "000108",
             "10Buiten uw regio", 9),
        line(2, "20260122092005", "0201234567", "004", "0009995550142",
             "010731", "20Internationaal", 0),
        line(3, "20260122093105", "0201234568", "004", "0131234568", "000000",
             "05Binnen uw regio", 0),
        at((1, "TRL0001DDB"), (16, "ABC"), (56, "Example Connect B.V."),
           (96, "DDB-Example-10022-20260123-309.CDR"),
           (136, "0003090000003000001083900000000001000000000009Y"))])


def write_all():
    mitel()
    mitel_level1()
    panasonic()
    avaya()
    nec()
    genband()
    ddb()
