"""tools/lab/guest_test.py — the test guest's reading of its seed: YAML in, lines out."""
import pathlib
import subprocess
import unittest

GUEST = pathlib.Path(__file__).resolve().parent / "guest"


def awk(script, text):
    return subprocess.run(["busybox", "awk", "-f", GUEST / script], input=text, capture_output=True, text=True,
                          check=True).stdout


class Yaml(unittest.TestCase):
    CASES = {
        "a map": ("a: 1\nb:\n  c: x y\n  d: ''\n", "a\t1\nb/c\tx y\nb/d\t\n"),
        "a list": ("a:\n  - 1\n  - 2\n", "a/0\t1\na/1\t2\n"),
        "a list in its key's column": ("a:\n- 1\n- b: 2\n  c: 3\nd: 4\n", "a/0\t1\na/1/b\t2\na/1/c\t3\nd\t4\n"),
        "a list of lists": ("a:\n  - - 1\n    - 2\n  - [3, 4]\n", "a/0/0\t1\na/0/1\t2\na/1/0\t3\na/1/1\t4\n"),
        "flow": ("a: {b: [1, {c: 2}], d: e}\nf: []\n", "a/b/0\t1\na/b/1/c\t2\na/d\te\n"),
        "flow on several lines": ("a: [1,\n  2]\nb: 3\n", "a/0\t1\na/1\t2\nb\t3\n"),
        "JSON": ('{"a":{"b":[1,\n"2"]},\n"c":true}', "a/b/0\t1\na/b/1\t2\nc\ttrue\n"),
        "quotes": ("a: \"x: \\\"y\\\" # z\"\nb: 'it''s'\n\"c\": 1\n", "a\tx: \"y\" # z\nb\tit's\nc\t1\n"),
        "comments": ("#cloud-config\n---\na: 1 # one\n# two\nb: x#y\n", "a\t1\nb\tx#y\n"),
        "block scalars": ("a: |\n  x: 1\n\n    - y\nb:\n  - >-\n    z\n  - 2\n", "a\tx: 1\\n\\n  - y\nb/0\tz\nb/1\t2\n"),
        "an address with colons": ("a: fd00::5/64\nb: [\"52:54:00:aa:bb:cc\", fd00::1]\n",
                                   "a\tfd00::5/64\nb/0\t52:54:00:aa:bb:cc\nb/1\tfd00::1\n"),
    }

    def test_is_flattened(self):
        for name, (text, lines) in self.CASES.items():
            with self.subTest(name):
                self.assertEqual(awk("yaml.awk", text), lines)


class RunCommands(unittest.TestCase):
    def test_are_lines_of_shell_or_argument_lists(self):
        seed = "runcmd:\n  - echo \"a: b\" > /x\n  - [sh, -c, \"it's $HOME\"]\n  - |\n    one\n    two\nother: [1]\n"
        self.assertEqual(awk("runcmd.awk", awk("yaml.awk", seed)),
                         "echo \"a: b\" > /x\n'sh' '-c' 'it'\\''s $HOME'\none\ntwo\n")


if __name__ == "__main__":
    unittest.main()
