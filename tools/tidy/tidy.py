"""tools/tidy/tidy.py — the house rules as code: tidy.py [--build FOLDER] [--sources-that-see HEADER].

Prints a line per finding and ends with 1 when one of them is more than a warning. --build names the CMake build folder,
for generated headers; without it headers are not compiled. --sources-that-see prints every .cc of the product that
includes a header, directly or not, and does nothing else.
"""
import argparse
import pathlib
import sys

import header_rules
import include_rules
import size_rules
import text_rules
from tree import Tree, is_test

RULES = [
    include_rules.check_edges, include_rules.check_internal, include_rules.check_fakes, include_rules.check_heavy,
    include_rules.check_cycles,
    text_rules.check_banned, text_rules.check_try, text_rules.check_virsh, text_rules.check_words,
    text_rules.check_foreign,
    text_rules.check_white_space, text_rules.check_first_line,
    size_rules.check_lengths, size_rules.check_rooms,
]


def findings(tree):
    return [finding for rule in RULES for finding in rule(tree)]


def sources_that_see(tree, header):
    edges = include_rules.graph(tree)
    return [path for path in tree.paths(".cc", under="src/")
            if not is_test(path) and header in include_rules.closure(edges, path)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build")
    parser.add_argument("--sources-that-see")
    options = parser.parse_args()
    root = pathlib.Path(__file__).resolve().parents[2]
    tree = Tree.read(root)
    if options.sources_that_see:
        print("\n".join(sources_that_see(tree, options.sources_that_see)))
        return 0
    found = findings(tree)
    if options.build:
        found += header_rules.check_headers(tree, root, root / options.build, root / ".run/cache/tidy-headers.json")
    for finding in found:
        print(finding)
    bad = sum(not finding.warning for finding in found)
    print(f"tidy: {len(tree.texts)} files, {bad} findings, {len(found) - bad} warnings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
