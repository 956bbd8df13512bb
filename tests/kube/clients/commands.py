#!/usr/bin/python3
"""tests/kube/clients/commands.py SERVER [CLIENT...] — what kubectl and helm asked a real kube-apiserver, asked of ours.

recordings/CLIENT.jsonl has a client's commands in their order, each followed by its requests with their answers. They
are sent as they were, protobuf too, all to one server, so that state builds up; what that server made up (uids,
versions, where a list goes on) is replaced by what ours made up in its place. A command that succeeded there succeeds
here when each of its requests is answered with the same status and the same object, list, table or events:
Replay._compare() and known() say what may differ in any of them, RACING in which commands.
"""
import base64
import concurrent.futures
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "recorded"))
from comparison import Comparison  # noqa: E402
from exchanges import Session  # noqa: E402
from replay import report  # noqa: E402  (of recorded/)

VM = "/apis/infra.virtrigaud.io/v1beta1/namespaces/demo/virtualmachines"
EVENT_SECONDS = 10  # as long as a watch's next event may take
# Discovery and OpenAPI: these documents are compared by ../recorded.
DOCUMENTS = re.compile(r"/((api|apis)(/[^/]+){0,2}|openapi/v[23](/.*)?)(\?.*)?")
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
# Definitions are here from the beginning. There they came from files, which said what wrote them.
BEFOREHAND = ["annotate crd virtualmachines.infra.virtrigaud.io controller-gen.kubebuilder.io/version=v0.17.2"]
# What is told of these depends on how far the collector is when the next request comes. It has to get there.
RACING = {"delete-foreground", "delete-orphan", "delete-namespace"}


class Twins:
    """What one server made up -> what the other did."""

    def __init__(self):
        self._ours = {}

    def learn(self, theirs, ours):
        if isinstance(theirs, dict) and isinstance(ours, dict):
            for key in theirs.keys() & ours.keys():
                if key in ("uid", "resourceVersion", "continue") and isinstance(theirs[key], str):
                    self._ours.setdefault((key, theirs[key]), ours[key])
                self.learn(theirs[key], ours[key])
        elif isinstance(theirs, list) and isinstance(ours, list):
            for one, two in zip(theirs, ours):
                self.learn(one, two)

    def translate(self, text):
        for (key, theirs), ours in self._ours.items():
            if key == "uid":
                text = text.replace(theirs, ours)
        version = lambda found: found[1] + self._ours.get(("resourceVersion", found[2]), found[2])
        text = re.sub(r'(resourceVersion\\?"?\s*[:=]\s*\\?"?)(\d+)', version, text)
        text = re.sub(r'(/metadata/resourceVersion","value":")(\d+)', version, text)
        return re.sub(r"(continue=)([^&]+)", lambda found: found[1] + self._ours.get(("continue", found[2]), found[2]), text)


def commands(client):
    """The client's first line; its commands, each with its requests under "exchanges"."""
    first, *lines = map(json.loads, (HERE / "recordings" / f"{client}.jsonl").read_text().splitlines())
    found = []
    for line in lines:
        if "name" in line:
            found.append({**line, "exchanges": []})
        else:
            found[-1]["exchanges"].append(line)
    return first, found


def steps(text):
    """The requests of a command that ran before or beside a recorded one, and was not recorded itself."""
    words, manager = text.split(), "?fieldManager=kubectl-" + text.split()[0]
    if words[0] == "apply":
        name = {"vm.yaml": "one", "two.yaml": "two"}[words[2]]
        spec = {"classRef": {"name": "small"}, "powerState": "On", "providerRef": {"name": "lab"}}
        vm = {"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": "VirtualMachine",
              "metadata": {"annotations": {}, "labels": {"app": "demo"}, "name": name, "namespace": "demo"}, "spec": spec}
        vm["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(vm, separators=(",", ":")) + "\n"}
        return [("POST", VM + "?fieldManager=kubectl-client-side-apply&fieldValidation=Strict", vm, "application/json")]
    if words[0] == "delete":
        return [("DELETE", f"{VM}/{words[2]}", {"propagationPolicy": "Background"}, "application/json")]
    if words[:2] == ["annotate", "crd"]:
        change = {"metadata": {"annotations": dict([words[3].split("=")])}}
        return [("PATCH", f"{CRDS}/{words[2]}{manager}", change, "application/merge-patch+json")]
    if words[0] == "label":
        key, _, value = words[3].rstrip("-").partition("=")
        change = {"metadata": {"labels": {key: value or None}}}
    else:
        change = json.loads(text[text.index("{"):])
    part = "/status" if "--subresource=status" in words else ""
    return [("PATCH", f"{VM}/{words[2]}{part}{manager}", change, "application/merge-patch+json")]


class Replay:
    """One client's requests, on one server."""

    def __init__(self, session, user_agent):
        self._session, self._user_agent = session, user_agent
        self._twins, self._comparison, self._files = Twins(), Comparison(), {}
        self._served = {}
        self._beside(BEFOREHAND)

    def command(self, command):
        """The differences, a line each."""
        self._beside(command.get("before", ()))
        meanwhile, wrong = command.get("meanwhile", ()), []
        for number, exchange in enumerate(command["exchanges"], 1):
            if not self._is_served(exchange["target"]):
                continue
            if command["name"] in RACING and number > 1:
                return wrong + self._gone(command["exchanges"][0]["target"])
            if "watch=" in exchange["target"]:
                lines, meanwhile = self._watch(exchange, meanwhile), ()
            else:
                lines = self._ask(exchange)
            wrong += [f"{number} {exchange['method']} {exchange['target'][:150]}: {line}" for line in lines]
        return wrong

    def _beside(self, texts):
        for text in texts:
            for method, target, body, media in steps(text):
                answer = self._session.quietly(method, target, body, {"Content-Type": media, "User-Agent": self._user_agent})
                if answer.status not in (200, 201):
                    raise RuntimeError(f"{text}: {answer.status} {answer.text}")

    def _is_served(self, target):
        """Clients ask only for what discovery told them of; the recorded server told of more."""
        found = re.match(r"/(?:api|apis/[^/]+)/[^/]+(?=/)", target)
        if not found:
            return True
        group = found[0]
        if group not in self._served:
            self._served[group] = {r["name"] for r in self._session.quietly("GET", group).get("resources", default=[])}
        rest = re.sub(r"^/namespaces/[^/]+/(?!finalize|status)", "/", target[len(group):].partition("?")[0])
        return rest.split("/")[1] in self._served[group]

    def _headers(self, exchange):
        """A client that has a document asks whether there is a newer one. It has ours, not theirs; where there was a newer
        one, it has none."""
        headers = {**exchange["headers"], "User-Agent": self._user_agent}
        file = exchange["target"].partition("?")[0], headers.get("Accept")
        for condition, kept in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
            if headers.pop(condition, None) is None or exchange["status"] != 304:
                continue
            if file not in self._files:
                self._files[file] = self._session.quietly("GET", exchange["target"], headers={"Accept": headers["Accept"]}).headers
            headers[condition] = self._files[file].get(kept, "")
        return {name: value for name, value in headers.items() if value}

    def _gone(self, target):
        last = self._session.until(target, lambda answer: answer.status == 404, EVENT_SECONDS)
        return [] if last.status == 404 else [f"{target} stays: {last.text[:300]}"]

    def _ask(self, exchange):
        body = exchange.get("body")
        if isinstance(body, dict) and "protobuf_base64" in body:
            body = self._twins.translate(base64.b64decode(body["protobuf_base64"]).decode("latin-1")).encode("latin-1")
        elif body is not None:
            body = self._twins.translate(body if isinstance(body, str) else json.dumps(body, separators=(",", ":")))
        target = self._twins.translate(exchange["target"])
        if document := re.fullmatch(r"/openapi/v3/(.+)\?hash=\w+(.*)", target):  # named by what is in it
            index = self._session.quietly("GET", "/openapi/v3")
            target = index.get("paths", document[1], "serverRelativeURL") + document[2]
        answer = self._session.send("", exchange["method"], target, body, self._headers(exchange))
        if answer.status in (200, 201):
            self._twins.learn(exchange.get("answer"), answer.json)
        return self._compare(exchange, answer)

    def _watch(self, exchange, meanwhile):
        watch = self._session.watch("", self._twins.translate(exchange["target"]), self._headers(exchange))
        wanted = events(exchange.get("answer", []))
        self._beside(meanwhile)
        watch.wait(len(wanted), EVENT_SECONDS).close()
        found = events(watch.events)[:len(wanted)]
        self._twins.learn(wanted, found)
        return self._comparison(known({"events": wanted}), known({"events": found}))

    def _compare(self, exchange, answer):
        want, got = exchange.get("answer"), answer.json or answer.text or None
        if DOCUMENTS.fullmatch(exchange["target"]) or isinstance(want, dict) and "protobuf_base64" in want or want is None:
            want = got = None
        return self._comparison(known({"status": exchange["status"], "answer": want}), known({"status": answer.status, "answer": got}))


def known(value):
    """Without what differs because of what the servers know: conditions are a map by type here and a list there, so who
    wrote them is noted in more detail; definitions are the server's own here, so what was written of them is the same,
    but not by whom."""
    if isinstance(value, dict):
        return {key: {} if key == "f:conditions" else by_anybody(inner) if key == "managedFields" else known(inner)
                for key, inner in value.items()}
    return [known(inner) for inner in value] if isinstance(value, list) else value


def by_anybody(managed_fields):
    """Of a definition, the fields of all who wrote it."""
    if any(entry["apiVersion"] != "apiextensions.k8s.io/v1" for entry in managed_fields):
        return known(managed_fields)
    return known(functools.reduce(united, (entry["fieldsV1"] for entry in managed_fields), {}))


def united(one, two):
    return {**one, **two, **{key: united(one[key], two[key]) for key in one.keys() & two.keys()}}


def events(answer):
    """A watch's events, but for what only keeps it alive."""
    found = [answer] if isinstance(answer, dict) else answer
    return [e for e in found if e["type"] != "BOOKMARK" or "annotations" in json.dumps(e)]


def run(server, client):
    """command -> differences"""
    first, all_commands = commands(client)
    with tempfile.TemporaryDirectory() as folder:
        with subprocess.Popen([server, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True) as process:
            try:
                replay = Replay(Session(int(process.stdout.readline().split()[1]), folder, client), first["user_agent"])
                return {command["name"]: replay.command(command) for command in all_commands}
            finally:
                process.stdin.close()  # ends the server


def main(server, wanted):
    clients = wanted or sorted(path.stem for path in (HERE / "recordings").glob("*.jsonl"))
    cases = {}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for client, found in zip(clients, pool.map(lambda client: run(server, client), clients)):
            cases.update({f"{client}: {name}": wrong for name, wrong in found.items()})
    for name, wrong in cases.items():
        if wrong:
            print(f"{name}\n" + "\n".join("    " + line for line in wrong))
    print(f"{len(cases)} commands, {sum(map(bool, cases.values()))} not answered as they have to be")
    report("Clients", "commands.py", cases)
    return 1 if any(cases.values()) else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
