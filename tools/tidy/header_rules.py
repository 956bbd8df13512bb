"""tools/tidy/header_rules.py — every header compiles alone and is cheap; results are kept by content."""
import concurrent.futures
import hashlib
import json
import os
import subprocess

from include_rules import closure, graph
from tree import Finding

SECONDS_BUDGET = 2.5  # told when exceeded, not refused: a machine may be slow
COMPILER = ["g++", "-std=c++20", "-fsyntax-only", "-x", "c++", "-Wall", "-Wextra", "-Wno-pragma-once-outside-header"]


def key_of(tree, edges, path):
    digest = hashlib.sha256(" ".join(COMPILER).encode())
    for name in sorted(closure(edges, path)):
        digest.update(name.encode() + tree.texts[name].encode())
    return digest.hexdigest()


def compile_alone(root, build, path):
    """Returns (seconds of CPU, first line of the error or "")."""
    command = COMPILER + ["-I", f"{root}/src", "-I", f"{build}/gen", f"{root}/{path}"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    with child.stderr:
        errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    told = [line for line in errors.splitlines() if "error" in line] or ["it does not compile"]
    return usage.ru_utime + usage.ru_stime, told[0] if child.returncode else ""


def check_headers(tree, root, build, cache_file):
    """CPU time, not wall time, is measured: it grows less when others use the machine."""
    edges = graph(tree)
    cache = json.loads(cache_file.read_text()) if cache_file.exists() else {}
    keys = {path: key_of(tree, edges, path) for path in tree.paths(".h", under="src/")}
    kept = {path: cache[key] for path, key in keys.items() if key in cache}
    missing = [path for path in keys if path not in kept]
    cache_file.parent.mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, result in zip(missing, pool.map(lambda name: compile_alone(root, build, name), missing)):
            kept[path] = result
            good = {keys[name]: value for name, value in kept.items() if not value[1]}
            cache_file.write_text(json.dumps(good))  # at every step: an interrupted run has not worked for nothing
    for path in keys:
        seconds, error = kept[path]
        if error:
            yield Finding(path, 0, "header", f"does not compile alone: {error}")
        elif seconds > SECONDS_BUDGET:
            yield Finding(path, 0, "header", f"takes {seconds:.1f} s alone, the budget is {SECONDS_BUDGET} s: include less",
                          warning=True)
