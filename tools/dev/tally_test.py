"""tools/dev/tally_test.py — results of test runs, made by hand, and the lines that the tally makes of them."""
import json
import pathlib
import tempfile
import unittest

import tally


def report(*cases):
    """A GoogleTest report; a case is (name, "passed" | "failed" | "skipped" | "disabled")."""
    made = []
    for name, outcome in cases:
        suite, case = name.split(".")
        entry = {"name": case, "status": "NOTRUN" if outcome == "disabled" else "RUN",
                 "result": {"skipped": "SKIPPED", "disabled": "SUPPRESSED"}.get(outcome, "COMPLETED")}
        if outcome == "failed":
            entry["failures"] = [{"failure": "x_test.cc:3\n1 is not 2"}]
        made.append({"name": suite, "testsuite": [entry]})
    return json.dumps({"testsuites": made})


class Tally(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.results = pathlib.Path(folder.name)

    def run_of(self, name, programs, junit, **reports):
        folder = self.results / name
        folder.mkdir()
        (folder / "list.json").write_text(json.dumps(
            {"tests": [{"name": test, "command": [f"/build/{program}"]} for test, program in programs]}))
        if junit is not None:
            (folder / "junit.xml").write_text(f"<testsuite>{junit}</testsuite>")
        for program, text in reports.items():
            (folder / f"{program}.json").write_text(text)

    def lines(self, readme=""):
        return tally.tally(self.results, readme)

    def test_counts_cases_not_programs(self):
        self.run_of("fast", [("base", "base_test"), ("tool", "tool")],
                    '<testcase name="base" status="run"/><testcase name="tool" status="run"/>',
                    base_test=report(("A.One", "passed"), ("A.Two", "passed")))
        self.assertEqual(self.lines(), (["3 passed, 0 failed, 0 skipped"], True))

    def test_shows_what_failed(self):
        self.run_of("fast", [("base", "base_test")], '<testcase name="base" status="fail"/>',
                    base_test=report(("A.One", "failed"), ("A.Two", "passed")))
        self.assertEqual(self.lines(), ([
            "FAILED  fast: A.One\n        x_test.cc:3\n        1 is not 2", "1 passed, 1 failed, 0 skipped"], False))

    def test_counts_a_crash_without_a_report_and_one_after_every_case_passed(self):
        self.run_of("fast", [("base", "base_test"), ("kube", "kube_test")],
                    '<testcase name="base" status="fail"><system-out>one\nSegmentation fault</system-out></testcase>'
                    '<testcase name="kube" status="fail"/>', kube_test=report(("K.One", "passed")))
        lines, good = self.lines()
        self.assertEqual(lines, [
            "FAILED  fast: base ended early (crash, time limit or exit status)\n        one\n        Segmentation fault",
            "FAILED  fast: kube ended early (crash, time limit or exit status)\n", "1 passed, 2 failed, 0 skipped"])
        self.assertFalse(good)

    def test_adds_up_a_program_that_ran_in_two_tests(self):
        self.run_of("fast", [("a", "x_test"), ("b", "x_test")],
                    '<testcase name="a" status="run"/><testcase name="b" status="run"/>',
                    x_test=report(("A.One", "passed")), x_test_1=report(("B.One", "passed")))
        self.assertEqual(self.lines(), (["2 passed, 0 failed, 0 skipped"], True))

    def test_fails_a_program_that_is_missing_and_a_ctest_that_did_not_finish(self):
        self.run_of("fast", [("a", "a_test")],
                    '<testcase name="a" status="notrun"><skipped message="Unable to find executable"/></testcase>')
        self.run_of("real", [("b", "b_test")], None)
        self.run_of("tsan", [], None)
        self.assertEqual(self.lines(), ([
            "FAILED  fast: a could not be run", "FAILED  real: ctest did not finish", "0 passed, 2 failed, 0 skipped"], False))

    def test_fails_for_a_skip_that_the_readme_does_not_list(self):
        self.run_of("fast", [("a", "a_test"), ("b", "b")],
                    '<testcase name="a" status="run"/>'
                    '<testcase name="b" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>',
                    a_test=report(("A.One", "skipped"), ("A.Two", "disabled"), ("A.Three", "passed")))
        lines, good = self.lines("## Skipped tests\n| test | why |\n|---|---|\n| A.O* | no TPM |\n| `b` | x |\n## Next\n| A.Two | |\n")
        self.assertEqual(lines, [
            "skipped A.One", "skipped b", 'SKIPPED A.Two: not in README.md under "## Skipped tests", which fails the run',
            "1 passed, 0 failed, 3 skipped"])
        self.assertFalse(good)
        self.assertTrue(self.lines("## Skipped tests\n| A.* | x |\n| b | y |\n")[1])

    def test_fails_for_what_a_sanitizer_reports_although_every_test_passed(self):
        self.run_of("asan", [("fleet", "fleet_test")], '<testcase name="fleet" status="run"/>',
                    fleet_test=report(("F.One", "passed")))
        (self.results / "asan" / "report.4711").write_bytes(b"==4711==ERROR: AddressSanitizer\n\xff\n")
        self.assertEqual(self.lines(), ([
            "FAILED  asan: a sanitizer's report.4711\n        ==4711==ERROR: AddressSanitizer\n        \ufffd",
            "1 passed, 1 failed, 0 skipped"], False))

    def test_counts_the_tools_own_tests_and_fuzz_targets(self):
        (self.results / "tools-tidy.unittest").write_text(
            "..F\n====\nFAIL: test_x (m.T.test_x)\n----\nwrong\n\n----\nRan 3 tests in 0.1s\n\nFAILED (failures=1)\n")
        (self.results / "tools-lab.unittest").write_text("Traceback\nImportError\n")
        (self.results / "fuzz.list").write_text("passed rig_base_json\nfailed rig_kube_line: see x.log\n")
        lines, good = self.lines()
        self.assertEqual([line.split("\n")[0] for line in lines], [
            "FAILED  fuzz: rig_kube_line: see x.log", "FAILED  tools-lab: did not run", "FAILED  tools-tidy: test_x",
            "3 passed, 3 failed, 0 skipped"])
        self.assertFalse(good)

    def test_is_not_good_when_nothing_ran(self):
        self.assertEqual(self.lines(), (["0 passed, 0 failed, 0 skipped"], False))


if __name__ == "__main__":
    unittest.main()
