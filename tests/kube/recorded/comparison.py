"""Says in what an exchange differs from the recorded one, but for what differs from run to run.

Uids and versions are compared as identities: each of the recording's stands for one of ours from its first sight on.
Times, tokens, hashes, ages, descriptions of columns, which release answers, and what a parser says of bytes that it
cannot read, only have to be there. What the server may say in any order is sorted; JSON inside of a message is compared
as JSON.
"""
import json
import re

UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
VOLATILE_KEYS = {"etag", "last-modified", "expires", "if-none-match", "continue", "token",
                 # which release answers
                 "minor", "emulationminor", "mincompatibilityminor", "gitversion", "gitcommit", "gittreestate", "builddate",
                 "goversion", "compiler"}
AGE = re.compile(r"(\d+[ydhms])+|<invalid>|<unknown>")
NUMBERS = re.compile(r"(in record \(|current: |resourceVersion(?:: \"|=|\":\"|\\\":\\\")|version: 1 \(|127\.0\.0\.1:)"
                     r"(\d{2,}|[2-9])")
JSON_INSIDE = re.compile(r'"\{(?:[^"\\]|\\.)*\}"')  # an object, as a JSON string
# Only the words for broken text differ between parsers; "json: cannot unmarshal ..." tells of a wrong type.
PARSER = re.compile(r"(json parse error: |continue key is not valid: |error encoding patch: yaml: |^invalid JSON patch(?:: )?)"
                    r"(?!json: ).*?(?= \(.*\)$|$)", re.DOTALL)
MARK = re.compile(r"<(uid|version) ([^>]+)>")


def plain(value, key=""):
    """The same with volatile values replaced by marks, and in one order."""
    if isinstance(value, dict):
        value = ordered(value)
        return {plain(k): f"<{k}>" if k.lower() in VOLATILE_KEYS and isinstance(v, str) and v else plain(v, k)
                for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v, key) for v in value]
    if not isinstance(value, str):
        return value
    if key == "resourceVersion" and value not in ("", "0", "1"):
        return value if value.startswith("<") else f"<version {value}>"
    if key in ("cells", "rows") and AGE.fullmatch(value):
        return "<age>"
    value = JSON_INSIDE.sub(sorted_json, value)
    value = PARSER.sub(lambda found: f"{found[1].removesuffix(': ')}: <words>", value)
    value = UID.sub(r"<uid \g<0>>", value)
    value = TIME.sub("<time>", value)
    value = NUMBERS.sub(r"\1<number>", value)
    value = re.sub(r"((?:continue|hash)=)[^&\"]+", r"\1<value>", value)
    return re.sub(r"SHA256=[0-9a-f]{64}", "SHA256=<hash>", value)


def sorted_json(found):
    try:
        return json.dumps(json.dumps(json.loads(json.loads(found[0])), sort_keys=True, separators=(",", ":")))
    except ValueError:
        return found[0]


def ordered(value):
    """Lists whose order is chance in the recorded server are sorted: the causes of a refusal (and its message, which
    lists them), discovery's resources, review rules, the two paths of managedFields."""
    kind = value.get("kind")
    if isinstance(kind, str) and (kind.endswith("List") or kind == "Table") and isinstance(value.get("metadata"), dict):
        # A list's version is any version since the last write.
        version = {"resourceVersion": "<list version>"} if "resourceVersion" in value["metadata"] else {}
        value = {**value, "metadata": {**value["metadata"], **version}}
    if isinstance(value.get("columnDefinitions"), list):  # each server describes columns in words of its own
        value = {**value, "columnDefinitions": [{**c, "description": "<words>"} if c.get("description") else c
                                                for c in value["columnDefinitions"]]}
    if isinstance(value.get("headers"), dict):
        value = {**value, "headers": {name.lower(): text for name, text in value["headers"].items()}}
    if isinstance(value.get("events"), list):
        # A bookmark's version, and how many plain ones follow each other, is chance.
        events = [json.loads(re.sub(r'("resourceVersion": )"\d+"', r'\1"<bookmark version>"', json.dumps(e)))
                  if e.get("type") == "BOOKMARK" else e for e in value["events"]]
        value = {**value, "events": [e for e, after in zip(events, [*events[1:], {}])
                                     if not (e == after and e.get("type") == "BOOKMARK")]}
    by_text = lambda items: sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
    if kind == "APIResourceList":
        value = {**value, "resources": sorted(value["resources"], key=lambda r: r["name"])}
    for key in ("resourceRules", "nonResourceRules"):
        if isinstance(value.get(key), list):
            value = {**value, key: by_text(value[key])}
    if isinstance(value.get("managedFields"), list):
        same = lambda entry: json.dumps({**entry, "time": ""}, sort_keys=True)
        value = {**value, "managedFields": sorted(value["managedFields"], key=same)}
    details = value.get("details") if kind == "Status" else None
    causes = details.get("causes") if isinstance(details, dict) else None
    if causes and len(causes) > 1 and " is invalid: [" in value.get("message", ""):
        head, _, tail = value["message"].partition(" is invalid: ")
        if tail == "[" + ", ".join(f"{c.get('field')}: {c.get('message')}" for c in causes) + "]":
            value = {**value, "message": head + " is invalid: <the causes>"}
        value = {**value, "details": {**value["details"], "causes": by_text(causes)}}
    return value


class Comparison:
    """Of one scenario's exchanges, in their order."""

    def __init__(self):
        self._twins = {}  # (side, kind, value) -> the other side's value

    def __call__(self, want, got):
        """The differences, a line each: the place, what was recorded, what came."""
        return list(self._values(plain(want), plain(got), ""))

    def _values(self, want, got, at):
        if isinstance(want, dict) and isinstance(got, dict):
            for key in [*want, *(k for k in got if k not in want)]:
                if key not in got or key not in want:
                    yield from self._keys(want, got, key, at)
                else:
                    yield from self._values(want[key], got[key], f"{at}.{key}")
        elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
            for index, (one, two) in enumerate(zip(want, got)):
                yield from self._values(one, two, f"{at}[{index}]")
        elif isinstance(want, str) and isinstance(got, str):
            if not self._texts(want, got):
                yield self._line(at, want, got)
        elif want != got:
            yield self._line(at, want, got)

    def _keys(self, want, got, key, at):
        """Members of managedFields are named by uids, too."""
        if MARK.search(key) and key in want:
            for other in got:
                if other not in want and self._texts(key, other):
                    yield from self._values(want[key], got[other], f"{at}.{key}")
                    return
        if MARK.search(key) and key in got and any(k not in got and self._texts(k, key) for k in want):
            return
        yield self._line(f"{at}.{key}", want.get(key), got.get(key))

    def _texts(self, want, got):
        ours, theirs = MARK.findall(got), MARK.findall(want)
        if MARK.sub("<>", want) != MARK.sub("<>", got) or len(ours) != len(theirs):
            return False
        return all([one == two and self._are_twins(one, a, b) for (one, a), (two, b) in zip(theirs, ours)])

    def _are_twins(self, kind, want, got):
        return (self._twins.setdefault(("want", kind, want), got) == got and
                self._twins.setdefault(("got", kind, got), want) == want)

    @staticmethod
    def _line(at, want, got):
        text = lambda value: json.dumps(value, ensure_ascii=False)[:400]
        return f"{at}: recorded {text(want)}, found {text(got)}"
