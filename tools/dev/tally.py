"""tools/dev/tally.py — counts the cases of a test run: tally.py RESULTS README FEATURES.

RESULTS has a folder per ctest run (list.json, junit.xml, a GoogleTest JSON file per program, and a report.PID for each
process in which a sanitizer found something), *.unittest logs of Python's unittest and fuzz.list. Prints what failed and
what was skipped, the table of the conformance suite where it ran (conformance.py), and as the last line "N passed, N
failed, N skipped". Exit status 1 if anything failed, nothing passed, a skipped case does not stand in the README under
"## Skipped tests", or FEATURES (docs/reference/features.md) says something else than the providers; UPDATE=1 rewrites it.
"""
import fnmatch
import json
import os
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

import conformance

LINES_SHOWN = 30


class Count:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []


def indented(texts):
    """The beginning of what a failure says; all of it is in the run's log."""
    lines = [line for text in texts for line in text.splitlines()]
    return "\n".join("        " + line for line in lines[:LINES_SHOWN])


def count_google_test(report, run, count):
    """Adds the cases of one program's report; returns how many of them failed."""
    before = len(count.failed)
    for suite in report["testsuites"]:
        for case in suite["testsuite"]:
            name = f"{suite['name']}.{case['name']}"
            if case.get("failures"):
                count.failed.append(f"{run}: {name}\n" + indented(f["failure"] for f in case["failures"]))
            elif case["result"] == "SKIPPED" or case["status"] == "NOTRUN":
                count.skipped.append(name)
            else:
                count.passed += 1
    return len(count.failed) - before


def count_ctest(folder, count):
    """A program without a report counts as one case; one that failed after its cases had passed is a failure too."""
    run = folder.name
    programs = {}
    for test in json.loads((folder / "list.json").read_text())["tests"]:
        programs[test["name"]] = pathlib.Path(test["command"][0]).name if test.get("command") else test["name"]
    reported, failed_in = set(), {}
    for path in sorted(folder.glob("*.json")):
        if path.name != "list.json":
            program = re.sub(r"_\d+$", "", path.stem)
            reported.add(program)
            failed_in[program] = failed_in.get(program, 0) + count_google_test(json.loads(path.read_text()), run, count)
    for path in sorted(folder.glob("report.*")):
        count.failed.append(f"{run}: a sanitizer's {path.name}\n" + indented([path.read_text(errors="replace")]))
    junit = folder / "junit.xml"
    if not junit.exists():
        if programs:
            count.failed.append(f"{run}: ctest did not finish")
        return
    for case in ElementTree.parse(junit).getroot().iter("testcase"):
        name, status = case.get("name"), case.get("status")
        program = programs.get(name, name)
        if status == "run":
            count.passed += program not in reported
        elif status == "fail":
            if not failed_in.get(program):
                output = (case.findtext("system-out") or "").splitlines()[-LINES_SHOWN:]
                count.failed.append(f"{run}: {name} ended early (crash, time limit or exit status)\n" + indented(output))
        elif case.find("skipped") is not None and "SKIP_RETURN_CODE" in case.find("skipped").get("message", ""):
            count.skipped.append(name)
        else:
            count.failed.append(f"{run}: {name} could not be run")


def count_unittest(path, count):
    text = path.read_text()
    ran = re.search(r"^Ran (\d+) test", text, re.MULTILINE)
    if not ran:
        count.failed.append(f"{path.stem}: did not run\n" + indented([text]))
        return
    broken = re.findall(r"^(?:FAIL|ERROR): (\S+)", text, re.MULTILINE)
    count.passed += int(ran.group(1)) - len(broken)
    for name in broken:
        said = re.search(rf"^(?:FAIL|ERROR): {re.escape(name)} .*?(?=^====|^Ran |\Z)", text, re.MULTILINE | re.DOTALL)
        count.failed.append(f"{path.stem}: {name}\n" + indented([said.group(0)]))


def count_fuzz(path, count):
    for line in path.read_text().splitlines():
        verdict, name = line.split(" ", 1)
        if verdict == "passed":
            count.passed += 1
        else:
            count.failed.append(f"fuzz: {name}")


def allowed_skips(readme):
    """Patterns such as Suite.*: the first cells of the section's table."""
    section = re.search(r"^## Skipped tests\n(.*?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL)
    return [cell.strip(" `") for cell in re.findall(r"^\|([^|\n]+)\|", section.group(1), re.MULTILINE)] if section else []


def tally(results, readme, features=None, update=False):
    """The lines to print, and whether the run is good."""
    count = Count()
    for path in sorted(results.iterdir()):
        if path.is_dir():
            count_ctest(path, count)
        elif path.suffix == ".unittest":
            count_unittest(path, count)
        elif path.name == "fuzz.list":
            count_fuzz(path, count)
    subjects = conformance.subjects(results)
    if features and (difference := conformance.check(subjects, features, update)):
        count.failed.append(difference)
    allowed = allowed_skips(readme)
    lines = [f"FAILED  {name}" for name in count.failed]
    unlisted = [name for name in count.skipped if not any(fnmatch.fnmatchcase(name, pattern) for pattern in allowed)]
    lines += [f"skipped {name}" for name in count.skipped if name not in unlisted]
    lines += [f"SKIPPED {name}: not in README.md under \"## Skipped tests\", which fails the run" for name in unlisted]
    lines += conformance.table(subjects)
    lines.append(f"{count.passed} passed, {len(count.failed)} failed, {len(count.skipped)} skipped")
    return lines, count.passed > 0 and not count.failed and not unlisted


def main(arguments):
    readme = pathlib.Path(arguments[1])
    lines, good = tally(pathlib.Path(arguments[0]), readme.read_text() if readme.exists() else "",
                        pathlib.Path(arguments[2]), os.environ.get("UPDATE") == "1")
    print("\n".join(lines))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
