"""tools/lab/kube/measure.py — our API server and kube-apiserver with etcd, measured alike on one disk.

usage: measure.py --ours PROGRAM --load PROGRAM [--objects N] [--seconds S] [--only ours|kube] FOLDER

PROGRAM of --ours: apiserver_test_server of an optimised build. --load: what `build --load` made. FOLDER: for both
servers' data and results.json; emptied at first. One server works at a time and starts with nothing. Prints a table of
both. Figures mean something on a machine that does nothing else.
"""
import argparse
import json
import pathlib
import shutil
import ssl
import subprocess
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
MACHINES = "/apis/infra.virtrigaud.io/v1beta1/virtualmachines"
START_TIMEOUT = 300  # seconds


class Server:
    """One of the two: `start()` returns when it answers a list; the file `env` is what load reads."""
    name = ""

    def __init__(self, folder):
        self.folder = folder / self.name
        self.folder.mkdir()
        self.env = self.folder / "env"

    def lists_machines(self):
        values = dict(line.split("=", 1) for line in self.env.read_text().splitlines())
        context = ssl.create_default_context(cafile=values["CA"])
        context.load_cert_chain(values["CERT"], values["KEY"])
        try:
            with urllib.request.urlopen(f"{values['URL']}{MACHINES}?limit=1", context=context, timeout=30) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def wait_until_it_lists(self):
        begun = time.monotonic()
        while not self.lists_machines():
            if time.monotonic() - begun > START_TIMEOUT:
                raise SystemExit(f"{self.name} does not answer: {self.folder}")
            time.sleep(0.01)

    def resident_mib(self):
        return {name: sum(int(line.split()[1]) for line in open(f"/proc/{pid}/status", encoding="ascii")
                          if line.startswith("VmRSS")) / 1024 for name, pid in self.pids().items()}


class Ours(Server):
    name = "ours"

    def __init__(self, folder, program):
        super().__init__(folder)
        self.program = program
        self.process = None

    def start(self):
        self.process = subprocess.Popen([self.program, self.folder, "--stored"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        word, _, port = self.process.stdout.readline().decode().partition(" ")
        if word != "ready":
            raise SystemExit("our server did not start")
        pki = self.folder / "admin"
        self.env.write_text(f"URL=https://127.0.0.1:{port.strip()}\nCA={self.folder}/pki/ca.crt\nCERT={pki}.crt\nKEY={pki}.key\n"
                            "HTTP1=true\n")
        self.wait_until_it_lists()

    def stop(self):
        self.process.stdin.close()
        self.process.wait()

    def pids(self):
        return {"server": self.process.pid}


class Kube(Server):
    name = "kube"

    def start(self):
        started = subprocess.Popen([HERE / "up", self.folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not self.env.exists():
            time.sleep(0.01)
        self.wait_until_it_lists()
        if started.wait() != 0:
            raise SystemExit(f"kube-apiserver did not start: {self.folder}/log")

    def stop(self):
        subprocess.run([HERE / "down", self.folder], check=True)

    def pids(self):
        return {path.stem: int(path.read_text()) for path in self.folder.glob("*.pid")}


class Run:
    """What was measured of one server: figures by the words of a table's row."""

    def __init__(self, server, load, seconds):
        self.server, self.load, self.seconds = server, load, seconds
        self.figures = {}

    def note(self, row, figure):
        self.figures[row] = figure
        print(f"{self.server.name:5} {row:45} {figure}", flush=True)

    def call(self, *arguments):
        lines = subprocess.run([self.load, "-env", self.server.env, *arguments], check=True, capture_output=True, text=True).stdout
        return [json.loads(line) for line in lines.splitlines()]

    def rates(self, what, *more):
        for clients, http in ((1, []), (16, []), (64, []), (16, ["-http1"])):
            flags = ["-clients", str(clients), "-seconds", str(self.seconds), *more]
            (line,) = self.call(*http, what, *flags)
            row = f"{what}, {clients} client{'s' if clients > 1 else ''}{', HTTP/1.1' if http else ''}"
            failed = f", {line['failed']} failed: {line.get('firstFailure')}" if line["failed"] else ""
            self.note(row, f"{line['perSecond']:.0f}/s (p50 {line['p50ms']}, p99 {line['p99ms']} ms){failed}")

    def lists(self, repeat):
        for line in self.call("list", "-repeat", str(repeat)):
            self.note(f"{line['what']} of {self.count}", f"{line['p50ms']:.0f} ms, {line['bytes'] / 1e6:.1f} MB")

    def fill(self, count):
        self.count = count
        (line,) = self.call("fill", "-count", str(count), "-clients", "16")
        self.note(f"fill to {count}, 16 clients", f"{line['perSecond']:.0f}/s")

    def sizes(self, when):
        parts = self.server.resident_mib()
        total = sum(parts.values())
        split = "" if len(parts) == 1 else " (" + ", ".join(f"{name} {mib:.0f}" for name, mib in sorted(parts.items())) + ")"
        self.note(f"resident, {when}", f"{total:.0f} MiB{split}")
        return total

    def watch(self, watchers):
        (line,) = self.call("watch", "-watchers", str(watchers), "-rate", "200", "-seconds", str(self.seconds))
        self.note(f"200 status writes/s to {watchers} watchers", f"p50 {line['p50ms']}, p99 {line['p99ms']} ms "
                  f"({line['events']} of {line['expected']} events, {line['writesPerSecond']:.0f} writes/s)")

    def all(self, objects):
        begun = time.monotonic()
        self.server.start()
        self.note("start, empty", f"{time.monotonic() - begun:.2f} s")
        empty = self.sizes("empty")
        self.rates("create", "-namespace", "bench")
        self.fill(10_000)
        self.sizes("after the creates and 10000 objects")
        self.lists(3)
        self.rates("get")
        self.rates("status")
        self.watch(1)
        self.watch(100)
        self.sizes("after all of this")
        if objects:
            self.large(objects, empty)
        self.server.stop()

    def large(self, objects, empty):
        self.fill(objects)
        full = self.sizes(f"with {objects} objects")
        self.note("memory per object", f"{(full - empty) * 1024 / objects:.1f} KiB, with those of the create runs")
        self.lists(1)
        self.rates("get")
        self.rates("status")
        self.sizes(f"after the lists of {objects}")
        self.server.stop()
        begun = time.monotonic()
        self.server.start()
        self.note(f"start, with {objects}", f"{time.monotonic() - begun:.2f} s")
        self.sizes("after that start")


def table(runs):
    rows = dict.fromkeys(row for run in runs for row in run.figures)
    lines = ["| what | " + " | ".join(run.server.name for run in runs) + " |", "|---" * (len(runs) + 1) + "|"]
    return lines + [f"| {row} | " + " | ".join(run.figures.get(row, "") for run in runs) + " |" for row in rows]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--load", required=True)
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--only")
    parser.add_argument("folder", type=pathlib.Path)
    given = parser.parse_args()
    shutil.rmtree(given.folder, ignore_errors=True)
    given.folder.mkdir(parents=True)
    folder = given.folder.resolve()
    print(subprocess.run([given.load, "fsync", "-dir", folder, "-seconds", "3"], check=True, capture_output=True, text=True).stdout)
    runs = [Run(server, given.load, given.seconds) for server in (Ours(folder, given.ours), Kube(folder))
            if given.only in (None, server.name)]
    for run in runs:
        try:
            run.all(given.objects)
        finally:
            run.server.stop()
    (folder / "results.json").write_text(json.dumps({run.server.name: run.figures for run in runs}, indent=1))
    print("\n".join(table(runs)))


if __name__ == "__main__":
    main()
