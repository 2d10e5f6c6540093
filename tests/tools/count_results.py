"""Sums up a ctest run from its JUnit file: prints what failed or did not run, then "N passed, N failed" as last line.

One ctest entry is usually one program with many test cases, and the cases are what people mean by tests. So each
program's own summary, of doctest, unittest or node, is what counts; a program without one counts as one test. An entry
that ctest calls failed is at least one failure, whatever its summary says (it may have crashed on its way out).
Fails when anything failed, or when nothing was tested at all.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

DOCTEST = re.compile(r"\[doctest\] test cases:\s+(\d+) \|\s+(\d+) passed \|\s+(\d+) failed")
UNITTEST_RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
UNITTEST_BAD = re.compile(r"^FAILED \((.*)\)", re.MULTILINE)
UNITTEST_SKIPPED = re.compile(r"\bskipped=(\d+)")
NODE = re.compile(r"^# (pass|fail|cancelled|skipped) (\d+)$", re.MULTILINE)  # TAP of node --test


def summary(output):
    """(passed, failed, skipped) as the program itself counted, or None when it printed no summary."""
    doctest = DOCTEST.findall(output)
    if doctest:
        return sum(int(line[1]) for line in doctest), sum(int(line[2]) for line in doctest), 0
    node = {word: int(count) for word, count in NODE.findall(output)}
    if "pass" in node:
        return node["pass"], node.get("fail", 0) + node.get("cancelled", 0), node.get("skipped", 0)
    ran = sum(int(count) for count in UNITTEST_RAN.findall(output))
    if not ran:
        return None
    failed = sum(int(count) for reasons in UNITTEST_BAD.findall(output)
                 for count in re.findall(r"(?:failures|errors|unexpected successes)=(\d+)", reasons))
    skipped = sum(int(count) for count in UNITTEST_SKIPPED.findall(output))
    return max(ran - failed - skipped, 0), failed, skipped


def count(case):
    """(passed, failed, skipped) of one <testcase>."""
    status = case.get("status")
    skip = case.find("skipped")
    if skip is not None and "SKIP" in skip.get("message", ""):
        return 0, 0, 1
    if status == "disabled":
        return 0, 0, 1
    passed, failed, skipped = summary(case.findtext("system-out") or "") or (1 if status == "run" else 0, 0, 0)
    if status != "run" and failed == 0:
        failed = 1
    return passed, failed, skipped


def report(cases):
    """Lines to print, the exit code last."""
    lines, totals = [], [0, 0, 0]
    for case in cases:
        counted = count(case)
        totals = [total + part for total, part in zip(totals, counted)]
        if counted[1]:
            lines.append(f"FAILED   {case.get('name')} ({counted[1]})")
        if counted[2]:
            lines.append(f"skipped  {case.get('name')} ({counted[2]})")
    passed, failed, skipped = totals
    if skipped:
        lines.append(f"{skipped} skipped")
    lines.append(f"{passed} passed, {failed} failed")
    return lines, 0 if failed == 0 and passed > 0 else 1


def main():
    try:
        cases = ElementTree.parse(sys.argv[1]).getroot().iter("testcase")
        lines, code = report(cases)
    except (OSError, ElementTree.ParseError) as error:
        lines, code = [f"no results to count: {error}", "0 passed, 1 failed"], 1
    print("\n".join(lines))
    sys.exit(code)


if __name__ == "__main__":
    main()
