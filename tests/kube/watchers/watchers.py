#!/usr/bin/python3
"""tests/kube/watchers/watchers.py SERVER CLIENT — a foreign client's list and watch, against our server.

CLIENT: python (the official Python client) or go (an informer of client-go). It has to see every change of a burst of
writes, in order and once; go on after a restart of the server; and find its way when its place in the history is gone.
What is needed is made in RIG_CACHE_DIR; exit status 77 when that cannot be.
"""
import hashlib
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "recorded"))
from exchanges import Session  # noqa: E402

CACHE = pathlib.Path(os.environ.get("RIG_CACHE_DIR") or tempfile.gettempdir())
VMS = "/apis/infra.virtrigaud.io/v1beta1/namespaces/default/virtualmachines"
MACHINES, VALUES = 20, 10
SECONDS = 60  # as long as the next line may take; the machine may be busy


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def made(name, inputs, make):
    """CACHE/NAME-HASH, made by `make` when it is not there."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()[:12]
    place = CACHE / f"{name}-{digest}"
    if not place.exists():
        part = place.with_name(place.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        make(part)
        part.rename(place)
    return place


def go_client():
    go = shutil.which("go", path=os.environ["PATH"] + ":/usr/local/go/bin")
    if not go:
        skip("there is no Go on PATH: install it (https://go.dev/dl), 1.26 or newer")
    build = lambda part: subprocess.run([go, "build", "-trimpath", "-buildvcs=false", "-o", part / "informer", "."],
                                        cwd=HERE / "informer", env={**os.environ, "CGO_ENABLED": "0"}, check=True)
    return [made("informer", sorted((HERE / "informer").iterdir()), build) / "informer"]


def python_client():
    def install(part):
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                        "--root-user-action=ignore", "--target", part, "-r", HERE / "requirements.txt"], check=True)
    place = made("python-client", [HERE / "requirements.txt"], install)
    os.environ["PYTHONPATH"] = str(place)
    return [sys.executable, HERE / "python_watcher.py"]


class Server:
    """One that keeps its objects on disk; the next one in the same folder goes on with them."""

    def __init__(self, program, folder, *options):
        self._process = subprocess.Popen([program, folder, "--stored", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.DEVNULL, text=True)
        self.port = int(self._process.stdout.readline().split()[1])
        self._session = Session(self.port, folder, "watchers")

    def end(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def send(self, method, name="", body=None, media="application/json"):
        answer = self._session.quietly(method, f"{VMS}/{name}".rstrip("/"), body, {"Content-Type": media})
        if answer.status not in (200, 201):
            raise RuntimeError(f"{method} {name}: {answer.status} {answer.text}")
        return answer

    def create(self, name):
        spec = {"classRef": {"name": "small"}, "imageRef": {"name": "tiny"}, "providerRef": {"name": "lab"}}
        self.send("POST", "", {"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": "VirtualMachine",
                               "metadata": {"name": name, "labels": {"n": "0"}}, "spec": spec})

    def set(self, name, value):
        self.send("PATCH", name, {"metadata": {"labels": {"n": str(value)}}}, "application/merge-patch+json")

    def remove(self, name):
        self.send("DELETE", name)

    def version(self):
        return int(self.send("GET").version)

    def forget(self, version):
        """Waits until the history from before has been forgotten."""
        target = f"{VMS}?watch=true&resourceVersion={version}&timeoutSeconds=1"
        self._session.until(target, lambda answer: '"code":410' in answer.text, SECONDS)


class Client:
    """What it says, line by line."""

    def __init__(self, command, kubeconfig):
        self._process = subprocess.Popen([*command, kubeconfig], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line.split())

    def until(self, *wanted):
        """The values of each machine in the lines up to and with the wanted ones, which may come in any order."""
        seen, missing = {}, set(wanted)
        while missing:
            try:
                line = self._lines.get(timeout=SECONDS)
            except queue.Empty:
                raise RuntimeError(f"was not told of {sorted(missing)[:5]}; status {self._process.poll()}") from None
            missing.discard(" ".join(line))
            if len(line) == 2:
                seen.setdefault(line[0], []).append(line[1])
        return seen

    def end(self):
        self._process.stdin.close()
        self._process.wait()


def check(what, found, wanted):
    if found != wanted:
        raise RuntimeError(f"{what}: wanted {wanted}, found {found}")


def names():
    return [f"vm-{number:02}" for number in range(MACHINES)]


def burst(server, client):
    for name in names():
        server.create(name)
    for value in range(1, VALUES + 1):
        for name in names():
            server.set(name, value)
    server.remove("vm-00")
    seen = client.until("vm-00 gone", *(f"{name} {VALUES}" for name in names()))
    values = [str(value) for value in range(VALUES + 1)]
    check("a burst", seen, {name: values + ["gone"] * (name == "vm-00") for name in names()})


def restart(server, client, again):
    server.end()
    server = again()
    server.set("vm-01", "after")
    check("a restart", client.until("vm-01 after"), {"vm-01": ["after"]})
    return server


def compaction(server, client, again, elsewhere):
    """While the client is cut off, a server on another port changes things and forgets how. The client lists again, and an
    informer then tells of everything once more."""
    before = server.version()
    server.end()
    server = elsewhere()
    for value in ("lost", "kept"):
        server.set("vm-02", value)
    server.remove("vm-03")
    server.forget(before)
    server.end()
    server = again()
    seen = client.until("vm-02 kept", "vm-03 gone")
    check("a forgotten place", {name: seen[name][-1] for name in ("vm-02", "vm-03")}, {"vm-02": "kept", "vm-03": "gone"})
    server.set("vm-04", "last")
    check("the rest", client.until("vm-04 last")["vm-04"][-1], "last")
    return server


def main(program, kind):
    command = {"go": go_client, "python": python_client}[kind]()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(program, folder)
        port = str(server.port)
        again = lambda: Server(program, folder, "--port", port)
        elsewhere = lambda: Server(program, folder, "--forget")
        # The next server writes the file anew, and it may be on another port.
        kubeconfig = shutil.copy(f"{folder}/kubeconfig", f"{folder}/client")
        client = Client(command, kubeconfig)
        try:
            client.until("synced")
            burst(server, client)
            server = restart(server, client, again)
            server = compaction(server, client, again, elsewhere)
            print("saw everything")
        finally:
            client.end()
            server.end()


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[2] not in ("go", "python"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
