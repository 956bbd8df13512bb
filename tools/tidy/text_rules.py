"""tools/tidy/text_rules.py — what may not stand in a file, each with what to write instead."""
import re

from tree import Finding, is_test, line_of

# (pattern in code without comments and strings, where: all | product | tests, what to do instead, paths exempt)
BANNED = [
    (r"\b(?:system|popen)\s*\(", "all", "no shell: base/run.h, with an argument vector", []),
    (r"\b(?:execl[pe]?|execvp)\s*\(", "product", "a thread may hold a lock when fork() copies the process: posix_spawn", []),
    (r"\b(?:sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\(", "tests", "no sleep in tests: step the clock, or wait for the event", []),
    (r"\bstd::regex\b|\bstd::w?s?regex_", "all", "std::regex is slow and throws; base/text.h, or schema/pattern.h", []),
    (r"\bco_(?:await|yield|return)\b", "all", "no coroutines: g++ 12 destroys temporaries in co_await twice; a thread", []),
    (r"[.>]detach\s*\(\)", "all", "no detached thread: a std::jthread owned by an object that joins it", []),
    (r"\bstd::(?:format|vformat)\b|#\s*include\s*<format>", "all", "g++ 12 has no <format>: base/text.h", []),
    (r"\bstd::(?:views|ranges::views)\b|#\s*include\s*<ranges>", "all", "no views (compile time): a loop or an algorithm", []),
    (r"\bstd::thread\s*[({]|\bstd::async\b", "product", "std::jthread, which joins and can be stopped", []),
    (r"(?<![\w:.>])(?:std::)?s?rand\s*\(", "all", "base/uuid.h for names, a seeded generator that prints its seed in tests", []),
    (r"(?<![\w.>])(?:std::)?strtok\w*\s*\(", "all", "split() of base/text.h", []),
    (r"(?<![\w.>])(?:std::)?v?sprintf\s*\(", "all", "std::string and base/text.h (or snprintf)", []),
    (r"(?<![\w.>])(?:std::)?str(?:n?cpy|n?cat)\s*\(", "all", "std::string", []),
    (r"(?<![\w.>])(?:std::)?(?:atoi|atol|atoll|atof)\s*\(", "all", "std::from_chars, which tells an error", []),
    (r"(?<![\w.>])(?:std::)?(?:localtime(?:_r)?|gmtime|ctime|asctime)\s*\(", "all", "base/wall_time.h: UTC, thread-safe", []),
    (r"(?<![\w.>])(?:std::)?(?:tmpnam|mktemp|tempnam)\s*\(", "all", "mkdtemp or mkstemp", []),
    (r"(?<![\w.>])(?:std::)?(?:setenv|putenv|unsetenv)\s*\(", "product", "the environment is shared by all threads: pass a value",
     ["src/provider/wire/credentials.cc"]),
    (r"(?<![\w.>_])assert\s*\(", "all", "CHECK of base/check.h, which is always on", []),
    (r"\busing\s+namespace\s+std\s*;", "all", "name what you use", []),
    (r"#\s*include\s*<gmock/", "all", "a fake that keeps the interface's promises", []),
]

# Words that mean something only where a backend's API says them (docs/STYLE.md): where, word, ours.
WORDS = [("src/provider/", r"instance|guest|domain", "machine, or host"),
         ("src/controllers/", r"instance|guest|domain", "machine, or host")]

# Places and words of no meaning to a reader of this repository. Spelled so that this file does not find itself.
FOREIGN = [
    (r"(?:^|[\s\"'=(:`])/w[o]rk(?:/|\b)|/tmp/[w]/", "a path of somebody's machine"),
    (r"\bfa[r]m\b|\bClau[d]e\b|\bLL[M]\b|\bA[I]\b|language [m]odel", "a word of the workplace"),
    (r"\b(?:deb|security)\.debian\.[o]rg\b|\bpypi\.[o]rg\b|\bregistry\.npmjs\.[o]rg\b|\bproxy\.golang\.[o]rg\b|\bcrates\.[i]o\b"
     r"|\brepo1?\.maven\.[a]pache\.org\b", "a package registry's host"),
    (r"\bTO[D]O\b|\bFIX[M]E\b", "an unfinished thought: do it, or file an issue"),
]

# Words before the brace of a block, which an initializer's type could look like.
BLOCK = re.compile(r"\b(?:const|noexcept|override|final|else|do|try|namespace(?: [\w:]+)?|(?:class|struct) \w+)\s*$"
                   r"|->\s*[\w:<>*& ]+$")
RAW_STRING = re.compile(r'R"([^()\s\\]{0,16})\(.*?\)\1"', re.DOTALL)


def check_banned(tree):
    for path in tree.code(under=""):
        text = tree.bare(path)
        for pattern, where, instead, exempt in BANNED:
            if path.startswith(tuple(exempt)) or (where == "product" and is_test(path)) or (where == "tests" and not is_test(path)):
                continue
            for match in re.finditer(pattern, text):
                yield Finding(path, line_of(text, match.start()), "banned", f"{match.group(0).strip()}: {instead}")


def in_braces(text, offset):
    """Whether something stands before the offset in an initializer's braces, however deep in it the offset is."""
    depth, comma = 0, False
    for at in range(offset - 1, -1, -1):
        if text[at] in ")]}":
            depth += 1
        elif depth and text[at] in "([{":
            depth -= 1
        elif depth == 0:
            if text[at] == "{":
                before = text[max(0, at - 200):at]
                if not re.search(r"[\w=(,{>]\s*$", before) or BLOCK.search(before):
                    return False
                if comma:
                    return True
            if text[at] == ";":
                return False
            comma = text[at] == "," or (comma and text[at] not in "([{")
    return False


def check_try(tree):
    for path in tree.code(under=""):
        text = tree.bare(path)
        for match in re.finditer(r"\bTRY\(", text):
            if in_braces(text, match.start()):
                yield Finding(path, line_of(text, match.start()), "try",
                              "TRY in braces: members that are there already are not destroyed; a variable before")


def check_virsh(tree):
    for path in tree.code():
        if is_test(path):
            continue
        text = tree.bare(path, keep_strings=True)
        for match in re.finditer(r'"[\w/]*\bvirsh\b', text):  # a hint to the user may name it further on
            yield Finding(path, line_of(text, match.start()), "virsh", "virsh in the product: the libvirt C API")


def check_words(tree):
    for under, words, ours in WORDS:
        for path in tree.code(under=under):
            if is_test(path):
                continue
            text = tree.bare(path)
            for match in re.finditer(rf"\b\w*(?:{words})\w*\b", text, re.IGNORECASE):
                yield Finding(path, line_of(text, match.start()), "word", f"{match.group(0)}: say {ours}", warning=True)


def check_foreign(tree):
    for path, text in tree.texts.items():
        for pattern, what in FOREIGN:
            for match in re.finditer(pattern, text, re.MULTILINE):
                yield Finding(path, line_of(text, match.start()), "foreign", f"{match.group(0).strip()}: {what}")


def check_white_space(tree):
    for path, text in tree.texts.items():
        raw_filled = RAW_STRING.sub(lambda match: re.sub(r"[^\n]", "x", match.group(0)), text)  # expected texts may have it
        for number, line in enumerate(raw_filled.split("\n"), 1):
            if line != line.rstrip():
                yield Finding(path, number, "white-space", "white space at the end of the line")
        if text and not text.endswith("\n"):
            yield Finding(path, 0, "white-space", "no newline at the end of the file")


def check_first_line(tree):
    for path in tree.code():
        first = re.match(r"// (\w+/[\w/.]+) — ", tree.texts[path])
        if not first or not path.endswith("/" + first.group(1)):
            yield Finding(path, 1, "first-line",
                          f'begin with "// {path.removeprefix("src/")} — what it is, in one sentence"')
        if path.endswith(".h") and "#pragma once" not in tree.texts[path]:
            yield Finding(path, 1, "first-line", "a header without #pragma once")
