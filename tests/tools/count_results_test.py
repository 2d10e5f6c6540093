"""How ./dev test counts: by test cases where a program says them, and never a failure less than ctest saw."""

import unittest
import xml.etree.ElementTree as ElementTree

import count_results


def suite(*cases):
    return list(ElementTree.fromstring("<testsuite>" + "".join(cases) + "</testsuite>").iter("testcase"))


def case(name, status, output="", skipped=None):
    skip = f'<skipped message="{skipped}"/>' if skipped else ""
    return f'<testcase name="{name}" status="{status}">{skip}<system-out>{output}</system-out></testcase>'


DOCTEST_GOOD = "[doctest] test cases:   12 |   12 passed | 0 failed | 0 skipped\n[doctest] Status: SUCCESS!\n"
DOCTEST_BAD = "[doctest] test cases:   12 |   10 passed | 2 failed | 0 skipped\n[doctest] Status: FAILURE!\n"
UNITTEST_GOOD = "Ran 5 tests in 0.004s\n\nOK\n"
UNITTEST_BAD = "Ran 5 tests in 0.004s\n\nFAILED (failures=1, errors=1, skipped=1)\n"
NODE_BAD = "not ok 2 - pages\n# tests 7\n# suites 0\n# pass 4\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 0\n"


class CountResults(unittest.TestCase):
    def last(self, *cases):
        lines, code = count_results.report(suite(*cases))
        return lines[-1], code

    def test_sums_the_cases_of_all_programs(self):
        self.assertEqual(self.last(case("a", "run", DOCTEST_GOOD), case("b", "run", UNITTEST_GOOD)),
                         ("17 passed, 0 failed", 0))

    def test_a_program_without_a_summary_is_one_test(self):
        self.assertEqual(self.last(case("a", "run", "fine"), case("b", "fail", "Segmentation fault")),
                         ("1 passed, 1 failed", 1))

    def test_failed_cases_count_one_by_one(self):
        self.assertEqual(self.last(case("a", "fail", DOCTEST_BAD), case("b", "fail", UNITTEST_BAD)),
                         ("12 passed, 4 failed", 1))

    def test_node_counts_what_it_cancelled_as_failed(self):
        lines, _ = count_results.report(suite(case("a", "fail", NODE_BAD)))
        self.assertEqual(lines, ["FAILED   a (2)", "skipped  a (1)", "1 skipped", "4 passed, 2 failed"])

    def test_a_crash_after_a_good_summary_is_a_failure(self):
        self.assertEqual(self.last(case("a", "fail", DOCTEST_GOOD)), ("12 passed, 1 failed", 1))

    def test_a_program_that_could_not_start_is_a_failure(self):
        self.assertEqual(self.last(case("a", "notrun", skipped="Unable to find executable")),
                         ("0 passed, 1 failed", 1))

    def test_a_skip_is_neither_passed_nor_failed_and_is_named(self):
        lines, code = count_results.report(suite(case("a", "notrun", skipped="SKIP_RETURN_CODE=77"),
                                                 case("b", "run", DOCTEST_GOOD)))
        self.assertEqual((lines, code), (["skipped  a (1)", "1 skipped", "12 passed, 0 failed"], 0))

    def test_nothing_tested_is_a_failure(self):
        self.assertEqual(self.last(), ("0 passed, 0 failed", 1))

    def test_failures_are_named_before_the_count(self):
        lines, _ = count_results.report(suite(case("unit_net", "fail", DOCTEST_BAD)))
        self.assertEqual(lines, ["FAILED   unit_net (2)", "10 passed, 2 failed"])


if __name__ == "__main__":
    unittest.main()
