"""tools/tidy/tree.py — the files of the repository as the rules see them: paths, text, and C++ without its prose."""
import functools
import pathlib
import re

SKIPPED_FOLDERS = (".git", ".run", "build", "__pycache__")
CODE_SUFFIXES = (".cc", ".h")
TEXT_SUFFIXES = CODE_SUFFIXES + (".py", ".sh", ".awk", ".cmake", ".txt", ".md", ".yaml", ".proto", "")


class Finding:
    """What a rule objects to. A warning is printed and does not fail the run."""

    def __init__(self, path, line, rule, message, warning=False):
        self.path, self.line, self.rule, self.message, self.warning = path, line, rule, message, warning

    def __str__(self):
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {'warning: ' if self.warning else ''}{self.message} [{self.rule}]"


class Tree:
    """Paths from the root with "/" and the text of each file. Recordings of foreign programs are not ours to judge."""

    def __init__(self, texts):
        self.texts = texts

    @staticmethod
    def read(root):
        texts = {}
        for path in sorted(pathlib.Path(root).rglob("*")):
            name = path.relative_to(root)
            top = name.parts[0]
            if top in SKIPPED_FOLDERS or top.startswith("build-") or "__pycache__" in name.parts or "golden" in name.parts:
                continue
            if path.is_file() and not path.is_symlink() and path.suffix in TEXT_SUFFIXES:
                try:
                    texts[name.as_posix()] = path.read_text()
                except UnicodeDecodeError:
                    continue
        return Tree(texts)

    def paths(self, *suffixes, under=""):
        return [path for path in self.texts if path.startswith(under) and path.endswith(suffixes)]

    def code(self, under="src/"):
        return self.paths(*CODE_SUFFIXES, under=under)

    def bare(self, path, keep_strings=False):
        """The text with comments (and strings) blanked, every line in its place."""
        return strip_prose(self.texts[path], keep_strings)


PROSE = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/)'
    r'|(?P<raw>R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)")'
    r"|(?P<string>\"(?:\\.|[^\"\\\n])*\"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+')", re.DOTALL)


@functools.lru_cache(maxsize=4096)
def strip_prose(text, keep_strings):
    def blank(match):
        found = match.group(0)
        if match.group("comment"):
            return re.sub(r"[^\n]", " ", found)
        if keep_strings:
            return found
        return '"' + re.sub(r"[^\n]", " ", found[1:-1]) + '"'

    return PROSE.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def is_test(path):
    """Files that may include any room: tests beside the code, their helpers, benches and fuzz targets, and tests/."""
    return path.startswith("tests/") or re.search(r"_(test|bench|fuzz)\.(cc|h)$", path) is not None
