#!/usr/bin/python3
"""tests/kube/recorded/replay.py SERVER [SCENARIO...] — the recorded exchanges of a real kube-apiserver, against ours.

Every scenario talks to a server of its own (SERVER: apiserver_test_server). differences.txt says which exchanges are
answered otherwise, and why. The test fails when another one differs, when one that stands there does not, and when
there are too many of them. With SCENARIOs, only those run, and every difference is printed.
"""
import concurrent.futures
import importlib
import json
import os
import pathlib
import pkgutil
import subprocess
import sys
import tempfile

from comparison import Comparison
from exchanges import Session, short

HERE = pathlib.Path(__file__).resolve().parent
DIFFERING_SHARE_MAX = 0.05
FORGETTING = {"list-expired": ["--forget"]}  # its server's history ends soon
AT_ONCE = 8  # scenarios; most of their time is waiting

# Exchanges in which two runs of one server, recorded or ours, differ from each other: order or timing by chance.
CHANCE = {
    ("apply-core", "owner references, second"), ("authorization", "may alice get version"),
    ("discovery-legacy", "our version as yaml"), ("generated-names", "prefix with a dot at the end"),
    ("json-patch", "configmap wrong type"), ("managed-fields", "more than ten updaters"),
    ("namespace-end", "right after"),
    *(("list-versions", f"{kind}: get ?resourceVersion={version}")
      for kind in ("vm", "configmap") for version in ("0", "FIRST", "1")),
}


def scenarios():
    """name -> function(session), from the modules in scenarios/, in order."""
    found = {}
    for module in sorted(m.name for m in pkgutil.iter_modules([str(HERE / "scenarios")])):
        found.update(importlib.import_module(f"scenarios.{module}").SCENARIOS)
    return found


def listed_differences(text):
    """(scenario, exchange) -> reason. A reason stands at the margin, its exchanges are indented below it."""
    found, reason = {}, ""
    for line in text.splitlines():
        if line.startswith("  "):
            scenario, _, exchange = line.strip().partition(": ")
            if (scenario, exchange) in found:
                raise ValueError(f"differences.txt: {scenario}: {exchange} stands there twice")
            found[scenario, exchange] = reason
        elif line and not line.startswith("#"):
            reason = line
    return found


def run(server, name, function):
    """The exchanges of one scenario, and how it broke off (or None)."""
    with tempfile.TemporaryDirectory() as folder:
        with subprocess.Popen([server, folder, *FORGETTING.get(name, [])], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            port = int(process.stdout.readline().split()[1])
            session = Session(port, folder, name)
            try:
                function(session)
                return session.exchanges, None
            except Exception as error:  # an answer that the scenario cannot go on with
                return session.exchanges, f"{type(error).__name__}: {error}"
            finally:
                process.stdin.close()  # ends the server


def differences(name, got, broken):
    """exchange -> lines, for those that differ; the number of all."""
    recorded = json.loads((HERE / "recordings" / f"{name}.json").read_text())["exchanges"]
    found = {exchange["name"]: exchange for exchange in short(got)}
    compare, differing = Comparison(), {}
    for want in recorded:
        exchange = want["name"]
        if exchange not in found:
            differing[exchange] = [f"was not asked: {broken or 'the scenario has no such exchange'}"]
        elif lines := compare(want, found[exchange]):
            differing[exchange] = lines
    return {exchange: lines for exchange, lines in differing.items() if (name, exchange) not in CHANCE}, len(recorded)


def report(suite, program, cases):
    """As GoogleTest writes it, for who counts. `cases`: name -> what was wrong."""
    folder = os.environ.get("GTEST_OUTPUT", "").removeprefix("json:")
    if not folder:
        return
    text = json.dumps({"testsuites": [{"name": suite, "testsuite": [
        {"name": name, "status": "RUN", "result": "COMPLETED",
         **({"failures": [{"failure": line} for line in wrong]} if wrong else {})} for name, wrong in cases.items()]}]})
    (pathlib.Path(folder) / f"{program}.json").write_text(text)


def main(server, wanted):
    listed = listed_differences((HERE / "differences.txt").read_text())
    chosen = {name: function for name, function in scenarios().items() if not wanted or name in wanted}
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        runs = dict(zip(chosen, pool.map(lambda item: run(server, *item), chosen.items())))
    cases, total, differing = {}, 0, 0
    for name, (got, broken) in runs.items():
        found, count = differences(name, got, broken)
        total, differing = total + count, differing + len(found)
        wrong = [f"{name}: {exchange}\n" + "\n".join(f"    {line}" for line in lines)
                 for exchange, lines in found.items() if (name, exchange) not in listed or wanted]
        wrong += [f"{name}: {exchange}: stands in differences.txt, but does not differ"
                  for scenario, exchange in listed if scenario == name and exchange not in found]
        cases[name] = wrong
    if not wanted:
        cases["share"] = [f"{differing} of {total} exchanges differ: more than {DIFFERING_SHARE_MAX:.0%}"] * (
            differing > total * DIFFERING_SHARE_MAX)
    for wrong in cases.values():
        print("\n".join(wrong), end="\n" if wrong else "")
    print(f"{total} exchanges, {differing} differ from the recording, {len(listed)} of these are listed")
    report("Recorded", "replay.py", cases)
    return 1 if any(cases.values()) else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
