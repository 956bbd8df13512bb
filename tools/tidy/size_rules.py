"""tools/tidy/size_rules.py — how long files and functions may be, and what a room must have."""
import re

from tree import Finding, line_of

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
README_LINES_MAX = 15

SCOPE = re.compile(r"\b(?:namespace|class|struct|enum|union|extern)\b")
# What may stand between a function's parameters and its body, besides a constructor's initialisers.
BODY_FOLLOWS = re.compile(r"\)\s*(?:const|noexcept|override|final|mutable|&|\s|->[^;{}()]*(?:\([^()]*\))?|RIG_TS\(.*\)|[A-Z_]+\(\w*\))*$")
INITIALISERS = re.compile(r"\)\s*(?:noexcept\s*)?:[^:].*[)}]\s*$", re.DOTALL)


def functions(text):
    """(name, first line, last line) of every function body that is not inside another one; `text` without prose."""
    found = []
    scopes = []     # per open brace: "scope", "function" or "value"
    begun = 0       # where the current declaration begins
    inside = None   # (depth, start) of the function we are in
    for match in re.finditer(r"[{};]", text):
        at, sign = match.start(), match.group(0)
        if sign == "{":
            head = text[begun:at]
            if inside:
                scopes.append("value")
            elif "(" in head and (BODY_FOLLOWS.search(head) or INITIALISERS.search(head)):
                inside = (len(scopes), begun)
                scopes.append("function")
            elif SCOPE.search(head) and "=" not in head and not head.rstrip().endswith(","):
                scopes.append("scope")
                begun = at + 1
            else:
                scopes.append("value")
        elif sign == "}" and scopes:
            kind = scopes.pop()
            if kind == "function":
                start = inside[1] + len(text[inside[1]:at]) - len(text[inside[1]:at].lstrip())
                name = re.search(r"((?:~?\w+(?:<[^<>]*>)?::)*(?:operator\W+|~?\w+))\s*\(", text[start:at])
                found.append((name.group(1) if name else "?", line_of(text, start), line_of(text, at)))
                inside = None
            if kind != "value":
                begun = at + 1
        elif sign == ";" and not inside and (not scopes or scopes[-1] == "scope"):
            begun = at + 1
    return found


def check_lengths(tree):
    for path in tree.code(under=""):
        lines = tree.texts[path].count("\n")
        if lines > FILE_LINES_MAX:
            yield Finding(path, 0, "length", f"{lines} lines, at most {FILE_LINES_MAX}: split it by noun")
        for name, first, last in functions(tree.bare(path)):
            if last - first + 1 > FUNCTION_LINES_MAX:
                yield Finding(path, first, "length",
                              f"{name} has {last - first + 1} lines, at most {FUNCTION_LINES_MAX}: name its parts")


def check_rooms(tree):
    for path in tree.paths("CMakeLists.txt", under="src/"):
        folder = path.removesuffix("CMakeLists.txt")
        if folder == "src/":
            continue
        readme = tree.texts.get(folder + "README.md")
        if readme is None:
            yield Finding(folder, 0, "readme", "a room needs a README.md: what, why, depends on")
        elif readme.count("\n") > README_LINES_MAX:
            yield Finding(folder + "README.md", 0, "readme", f"{readme.count(chr(10))} lines, at most {README_LINES_MAX}")
