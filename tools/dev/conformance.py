"""tools/dev/conformance.py — tables of what the conformance suite (src/provider/conformance) found out about providers.

Read are the properties in GoogleTest's reports (gtest.h writes them). A subject is "PROVIDER[ on HOST] in process|over
gRPC"; of a provider's subjects, one has to show each promise and none may break it.
"""
import json
import re

TRANSPORTS = ("in process", "over gRPC")
SUBJECT = re.compile(r"^(.+?)(?: on .+)? (in process|over gRPC)$")
OF_A_HYPERVISOR = re.compile(r"\.(libvirt|vsphere|proxmox)(\.|$)")
HEADER = """# What each provider can and keeps

Written by the conformance suite from what the providers say and do; a difference fails the tests. `UPDATE=1 ./dev test
--conformance` writes it anew.
"""


class Subject:
    def __init__(self):
        self.cases = {}  # name -> (outcome, why)
        self.proves = {}
        self.capabilities = None

    def count(self, outcome):
        return sum(found == outcome for found, _ in self.cases.values())


def subjects(results):
    """Every subject of the reports below `results`, by name."""
    found = {}
    for path in sorted(results.glob("*/*.json")):
        report = json.loads(path.read_text())
        for case in (case for suite in report.get("testsuites", []) for case in suite["testsuite"]):
            if "subject" not in case:
                continue
            subject = found.setdefault(case["subject"], Subject())
            if "capabilities" in case:
                subject.capabilities = json.loads(case["capabilities"])
                continue
            broken, why = case.get("failures"), case.get("not_applicable")
            subject.cases[case["name"]] = ("broken", "") if broken else ("n/a", why) if why else ("kept", "")
            subject.proves[case["name"]] = case["proves"]
    return found


def table(found):
    """Lines: kept, not applicable and broken promises of each subject and transport."""
    names = sorted({name.removesuffix(" " + transport) for name in found for transport in TRANSPORTS
                    if name.endswith(transport)})
    if not names:
        return []
    width = max(map(len, names + ["conformance"])) + 2
    cell = "{:>5} {:>4} {:>7}"
    empty = cell.format("-", "-", "-")
    lines = ["conformance".ljust(width) + "".join(t.rjust(len(empty)) + "   " for t in TRANSPORTS).rstrip(),
             " " * width + "   ".join([cell.format("kept", "n/a", "broken")] * len(TRANSPORTS))]
    for name in names:
        cells = []
        for transport in TRANSPORTS:
            subject = found.get(f"{name} {transport}")
            cells.append(cell.format(*map(subject.count, ("kept", "n/a", "broken"))) if subject else empty)
        lines.append(name.ljust(width) + "   ".join(cells))
    return lines


def by_provider(found):
    """Of each provider, libvirt first and the mock last: its capabilities, and the outcome of every case."""
    providers = {}
    for name, subject in found.items():
        match = SUBJECT.match(name)
        if match:
            providers.setdefault(match.group(1), []).append(subject)
    order = sorted(providers, key=lambda name: (name == "mock", name.lower()))
    return {name: providers[name] for name in order}


def outcome(subjects_of_one, case):
    all_found = [subject.cases[case] for subject in subjects_of_one if case in subject.cases]
    for wanted in ("broken", "kept", "n/a"):
        for found, why in all_found:
            if found == wanted:
                return found, why
    return "missing", ""


def capability(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) or "no"


def row(cells):
    return "| " + " | ".join(cells) + " |"


def field(path, provider, unsupported):
    own = OF_A_HYPERVISOR.search(path)
    if own and not provider.lower().startswith(own.group(1)):
        return ""
    return "no" if path in unsupported else "yes"


def features(found):
    """The text of docs/reference/features.md."""
    providers = by_provider(found)
    names = list(providers)
    can = {name: next(s.capabilities for s in providers[name] if s.capabilities) for name in names}
    rule = "|---" * (len(names) + 1) + "|"
    lines = [HEADER, "## What it can", row(["", *names]), rule]
    first = can[names[0]]["can"]
    lines += [row([what, *(capability(can[name]["can"][what]) for name in names)]) for what in first]
    lines += ["", "## Fields that not every provider acts on",
              "A field that none of these tables names is acted on by all, or by no controller (then the VirtualMachine's "
              "condition says so).", "", row(["", *names]), rule]
    paths = sorted({path for name in names for path in can[name]["unsupported"]})
    lines += [row([f"`{path}`", *(field(path, name, can[name]["unsupported"]) for name in names)]) for path in paths]
    lines += ["", "## Promises", row(["case", "proves", *names]), "|---" * (len(names) + 2) + "|"]
    notes, proves = [], {}
    for subject in found.values():
        proves.update(subject.proves)
    for case in sorted(proves):
        cells = []
        for name in names:
            verdict, why = outcome(providers[name], case)
            if verdict == "n/a":
                note = f"{name}: {why}"
                notes += [note] if note not in notes else []
                verdict = f"n/a ({notes.index(note) + 1})"
            cells.append(verdict)
        lines.append(row([case, proves[case], *cells]))
    lines += [""] + [f"{number}. {note}." for number, note in enumerate(notes, 1)]
    return "\n".join(lines).rstrip() + "\n"


def disagreements(found):
    """Of providers that do not say the same of themselves however they are asked."""
    return [f"conformance: {name} says other things of itself on another transport or host"
            for name, all_of_it in by_provider(found).items()
            if any(s.capabilities != all_of_it[0].capabilities for s in all_of_it if s.capabilities)]


def check(found, path, update):
    """"" or what is wrong with the file. It is left alone where a promise was broken, which is a failure already, or where
    not all of its providers ran."""
    if not found or any(s.capabilities is None or s.count("broken") for s in found.values()):
        return ""
    said = path.read_text() if path.exists() else ""
    columns = re.search(r"^## What it can\n\| (.*) \|$", said, re.MULTILINE)
    expected = set(columns.group(1).split(" | ")) - {""} if columns else set()
    if not expected <= set(by_provider(found)):
        return ""
    wrong = disagreements(found)
    if wrong:
        return wrong[0]
    wanted = features(found)
    if said == wanted:
        return ""
    if update:
        path.write_text(wanted)
        return ""
    old, new = set(said.splitlines()), wanted.splitlines()
    changed = [line for line in new if line not in old][:10]
    return (f"{path}: is not what the providers say and do; UPDATE=1 writes it anew, and the difference is reviewed\n"
            + "\n".join("        " + line for line in changed))
