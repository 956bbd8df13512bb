"""tools/tidy/house_test.py — the repository itself keeps the rules (all but those that need a compiler)."""
import pathlib
import unittest

import tidy
from tree import Tree


class House(unittest.TestCase):
    maxDiff = None

    def test_keeps_its_rules(self):
        found = tidy.findings(Tree.read(pathlib.Path(__file__).resolve().parents[2]))
        self.assertEqual([str(finding) for finding in found if not finding.warning], [])


if __name__ == "__main__":
    unittest.main()
