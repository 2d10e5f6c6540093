#!/usr/bin/env python3
"""Writes case_table.inc: how each UTF-16 unit outside the surrogates maps to lower and upper case.

The pattern language folds case as the service's Java does (Locale.ROOT, full mappings: one unit may become
up to three). The table is cut to Unicode 13 (Java 17): pairs that Unicode 14 added are left out.

    python3 make_case_table.py > case_table.inc
"""

ADDED_IN_UNICODE_14 = {0x2C2F, 0x2C5F, 0xA7C0, 0xA7C1, 0xA7D0, 0xA7D1, 0xA7D6, 0xA7D7, 0xA7D8, 0xA7D9}


def mappings():
    for unit in range(0x10000):
        if 0xD800 <= unit <= 0xDFFF or unit in ADDED_IN_UNICODE_14:
            continue
        lower, upper = chr(unit).lower(), chr(unit).upper()
        if lower == upper == chr(unit):
            continue
        # Matching tries the two spellings one after the other without going back: neither may start
        # (or, read from the end, finish) like the other.
        assert lower == upper or (lower[0] != upper[0] and lower[-1] != upper[-1]), hex(unit)
        yield unit, lower, upper


def literal(text):
    return 'u"' + "".join("\\x%04X" % ord(c) for c in text) + '"'


def print_rows(rows):
    line = "   "
    for row in rows:
        if len(line) + len(row) >= 118:
            print(line)
            line = "   "
        line += " " + row
    print(line)


def main():
    runs, specials = [], []
    for unit, lower, upper in mappings():
        if len(lower) > 1 or len(upper) > 1:
            specials.append((unit, lower, upper))
            continue
        deltas = (ord(lower) - unit, ord(upper) - unit)
        # A run: units a fixed step (1 or 2) apart with the same two distances.
        for run in reversed(runs[-2:]):
            step = unit - run["last"]
            if run["deltas"] == deltas and step in (1, 2) and run["step"] in (0, step):
                run["last"], run["step"] = unit, step
                break
        else:
            runs.append({"first": unit, "last": unit, "step": 0, "deltas": deltas})

    print("// Made by make_case_table.py; Unicode 13. Do not edit.")
    print("// clang-format off")
    print("constexpr CaseRun kCaseRuns[] = {")
    print_rows("{0x%04X, 0x%04X, %d, %d, %d}," % (run["first"], run["last"], run["step"] or 1, *run["deltas"])
               for run in runs)
    print("};")
    print("constexpr SpecialCase kSpecialCases[] = {")
    print_rows("{0x%04X, %s, %s}," % (unit, literal(lower), literal(upper)) for unit, lower, upper in specials)
    print("};")
    print("// clang-format on")


main()
