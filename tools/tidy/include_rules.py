"""tools/tidy/include_rules.py — which room may include which, private folders, circles, and who sees heavy headers."""
import re

from tree import Finding, is_test, line_of

# The arrows of docs/ARCHITECTURE.md. A room may include what is named here and all that those may include. Some lines
# are for a single noun's files ("kube/transport_http": .h and .cc) or one file ("http/client.h"); they are no part of
# their room: only those that name them may include them.
EDGES = {
    "base": [],
    "schema": ["base"],
    "http": ["base", "http/client.h"],
    "http/client.h": ["base"],  # values and an interface, no socket
    "ssh": ["base"],
    "cloudinit": ["base"],
    "provider": ["base"],
    "api": ["schema"],
    "kube": ["api"],
    "kube/transport_http": ["kube", "http"],
    "kube/kubeconfig": ["kube/transport_http"],
    "runtime": ["kube"],
    "apiserver": ["kube", "http/client.h"],
    "apiserver/pki": ["apiserver", "http"],
    "apiserver/doorkeeper": ["apiserver", "http"],
    "apiserver/serve": ["apiserver/pki", "apiserver/doorkeeper", "kube/kubeconfig"],
    "provider/wire": ["provider", "schema"],
    "provider/fake": ["provider"],
    "provider/conformance": ["provider/wire"],
    "transfer": ["http", "ssh"],
    "hypervisor/libvirt": ["provider", "ssh", "transfer", "cloudinit"],
    "hypervisor/vsphere": ["provider", "http", "transfer", "cloudinit"],
    "hypervisor/proxmox": ["provider", "http", "transfer", "cloudinit"],
    "placement": ["api", "provider"],
    "controllers": ["runtime", "provider", "cloudinit", "placement"],
    "fleet": ["kube", "provider/wire"],
    "sim": ["apiserver", "controllers", "provider/fake"],
    "cmd": ["*"],  # every room but those that only tests may include
}
ONLY_TESTS_INCLUDE = ["sim"]

# Headers that cost seconds or belong to one backend: only in these files, and in no header but a room's internal ones.
HEAVY = [
    ("boost/", ["src/base/json/"]),
    ("grpc", ["src/provider/wire/"]),
    ("google/protobuf", ["src/provider/wire/"]),
    ("spdlog/", ["src/base/log.cc"]),
    ("prometheus/", ["src/base/metrics.cc"]),
    ("yaml-cpp/", ["src/base/yaml/"]),
    ("CLI/", ["src/cmd/"]),
    ("curl/", ["src/http/"]),
    ("zlib.h", ["src/http/"]),
    ("sqlite3.h", ["src/apiserver/store/"]),
    ("libssh/", ["src/ssh/"]),
    ("pugixml", ["src/hypervisor/"]),
    ("libvirt/", ["src/hypervisor/libvirt/"]),
    ("iostream", ["src/cmd/"]),
]
HEAVY_ALLOWED_IN_HEADERS = ["libvirt/", "pugixml", "sqlite3.h", "curl/", "libssh/"]  # cheap ones, in their own rooms

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def includes(tree, path):
    text = tree.texts[path]
    return [(line_of(text, match.start()), match.group(1), match.group(2)) for match in INCLUDE.finditer(text)]


def room_of(path):
    """The key of EDGES that a file belongs to: the longest that is the file itself or a folder above it."""
    name = path.removeprefix("src/")
    stem = re.sub(r"\.(cc|h)$", "", name)
    keys = [key for key in EDGES if key in (name, stem) or name.startswith(key + "/")]
    return max(keys, key=len) if keys else None


def reachable(room):
    seen, queue = set(), [room]
    while queue:
        now = queue.pop()
        if now not in seen:
            seen.add(now)
            queue += EDGES[now]
            if "*" in EDGES[now]:
                queue += [other for other in EDGES if other not in ONLY_TESTS_INCLUDE]
                seen.add("*")
                queue.remove("*")
    return seen


def check_edges(tree):
    for path in tree.code():
        room = room_of(path)
        if room is None:
            yield Finding(path, 0, "room", "is in no room of tools/tidy/include_rules.py; add the room with its arrows")
            continue
        allowed = reachable(room)
        for line, quote, name in includes(tree, path):
            if quote != '"' or is_test(path):
                continue
            target = room_of("src/" + name)
            if name.endswith(".pb.h"):
                if room != "provider/wire":
                    yield Finding(path, line, "edge", f"{name}: only provider/wire sees generated protobuf code")
            elif "src/" + name not in tree.texts:
                yield Finding(path, line, "include", f'"{name}" is not below src/; include from there, foreign headers by <>')
            elif target not in allowed:
                own = f" ({room} may include {', '.join(sorted(allowed - {room, '*'})) or 'nothing'})"
                yield Finding(path, line, "edge", f"{room} may not include {name}: no arrow leads from {target} to it{own}")


def check_internal(tree):
    for path in tree.code(under=""):
        for line, quote, name in includes(tree, path):
            owner = re.match(r"(.*?/)internal/", "src/" + name)
            if quote == '"' and owner and not path.startswith((owner.group(1), "tests/")):
                yield Finding(path, line, "internal", f"{name} is private to {owner.group(1)}; include what the room offers")


def check_fakes(tree):
    for path in tree.code(under="tests/fakes/"):
        for line, quote, name in includes(tree, path):
            if quote == '"' and name.startswith("hypervisor/"):
                yield Finding(path, line, "fake", f"{name}: a fake that shares code with what it tests repeats its mistakes")


def check_heavy(tree):
    for path in tree.code():
        for line, quote, name in includes(tree, path):
            for prefix, places in HEAVY:
                if quote != "<" or not name.startswith(prefix):
                    continue
                if path.endswith(".h") and "/internal/" not in path and prefix not in HEAVY_ALLOWED_IN_HEADERS:
                    yield Finding(path, line, "heavy", f"<{name}> in a header: name it in one .cc of {', '.join(places)}")
                elif not path.startswith(tuple(places)) and not is_test(path):
                    yield Finding(path, line, "heavy", f"<{name}> belongs to {', '.join(places)}; use that room's interface")
                break


def graph(tree):
    return {path: ["src/" + name for _, quote, name in includes(tree, path) if quote == '"' and "src/" + name in tree.texts]
            for path in tree.code(under="")}


def check_cycles(tree):
    """Depth-first; each circle is told once, from its smallest path."""
    edges, done, told = graph(tree), set(), set()

    def visit(path, trail):
        if path in trail:
            circle = trail[trail.index(path):]
            start = circle.index(min(circle))
            circle = circle[start:] + circle[:start]
            if tuple(circle) not in told:
                told.add(tuple(circle))
                yield Finding(circle[0], 0, "cycle", "include each other in a circle: " + " -> ".join(circle + circle[:1]))
            return
        if path in done:
            return
        for target in edges[path]:
            yield from visit(target, trail + [path])
        done.add(path)

    for path in edges:
        yield from visit(path, [])


def closure(edges, path):
    """All files that `path` includes, directly or not, and itself."""
    seen, queue = set(), [path]
    while queue:
        now = queue.pop()
        if now not in seen:
            seen.add(now)
            queue += edges.get(now, [])
    return seen
