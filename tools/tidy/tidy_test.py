"""tools/tidy/tidy_test.py — for each rule a small tree and, word for word, what the rule says about it."""
import pathlib
import tempfile
import unittest

import header_rules
import include_rules
import size_rules
import text_rules
import tidy
from tree import Tree


def said(rule, files):
    return "\n".join(str(finding) for finding in rule(Tree(files)))


class Includes(unittest.TestCase):
    def test_follows_the_arrows_and_no_others(self):
        files = {
            "src/base/text.h": "",
            "src/kube/api.h": '#include "base/text.h"\n#include "runtime/queue.h"\n',
            "src/kube/transport_http.cc": '#include "http/server.h"\n#include "kube/api.h"\n',
            "src/runtime/queue.h": '#include "kube/api.h"\n#include "kube/transport_http.h"\n',
            "src/runtime/queue_test.cc": '#include "sim/world.h"\n',
            "src/kube/transport_http.h": "",
            "src/http/server.h": "",
            "src/sim/world.h": '#include "apiserver/serve.h"\n',
            "src/apiserver/serve.h": "",
            "src/cmd/main.cc": '#include "sim/world.h"\n#include "http/server.h"\n#include "missing.h"\n',
            "src/hypervisor/libvirt/a.cc": '#include "hypervisor/proxmox/b.h"\n#include "provider/v1/provider.pb.h"\n',
            "src/hypervisor/proxmox/b.h": "",
            "src/attic/x.h": "",
        }
        text = said(include_rules.check_edges, files)
        self.assertEqual([line.split(" (")[0].split(" [")[0] for line in text.splitlines()], [
            "src/kube/api.h:2: kube may not include runtime/queue.h: no arrow leads from runtime to it",
            "src/runtime/queue.h:2: runtime may not include kube/transport_http.h: no arrow leads from kube/transport_http to it",
            "src/sim/world.h:1: sim may not include apiserver/serve.h: no arrow leads from apiserver/serve to it",
            "src/cmd/main.cc:1: cmd may not include sim/world.h: no arrow leads from sim to it",
            'src/cmd/main.cc:3: "missing.h" is not below src/; include from there, foreign headers by <>',
            "src/hypervisor/libvirt/a.cc:1: hypervisor/libvirt may not include hypervisor/proxmox/b.h: no arrow leads from "
            "hypervisor/proxmox to it",
            "src/hypervisor/libvirt/a.cc:2: provider/v1/provider.pb.h: only provider/wire sees generated protobuf code",
            "src/attic/x.h: is in no room of tools/tidy/include_rules.py; add the room with its arrows",
        ])

    def test_keeps_controllers_away_from_what_they_may_never_see(self):
        seen = include_rules.reachable("controllers")
        self.assertEqual(seen & {"http", "transfer", "fleet", "provider/wire", "ssh", "sim", "apiserver"}, set())
        self.assertNotIn("sim", include_rules.reachable("cmd"))

    def test_keeps_internal_folders_private(self):
        files = {
            "src/fake/internal/host.h": "",
            "src/fake/fake.cc": '#include "fake/internal/host.h"\n',
            "src/sim/world.cc": '#include "fake/internal/host.h"\n',
            "tests/e2e/x_test.cc": '#include "fake/internal/host.h"\n',
        }
        self.assertEqual(said(include_rules.check_internal, files),
                         "src/sim/world.cc:1: fake/internal/host.h is private to src/fake/; include what the room offers "
                         "[internal]")

    def test_keeps_fakes_apart_from_what_they_test(self):
        files = {
            "src/hypervisor/proxmox/x.h": "",
            "tests/fakes/pve/vm.cc": '#include "base/text.h"\n#include "hypervisor/proxmox/x.h"\n',
            "tests/e2e/x_test.cc": '#include "hypervisor/proxmox/x.h"\n',
        }
        self.assertEqual(said(include_rules.check_fakes, files),
                         "tests/fakes/pve/vm.cc:2: hypervisor/proxmox/x.h: a fake that shares code with what it tests repeats "
                         "its mistakes [fake]")

    def test_keeps_heavy_headers_in_their_files(self):
        files = {
            "src/base/json/parse.cc": "#include <boost/json.hpp>\n",
            "src/base/json/json.h": "#include <boost/json.hpp>\n",
            "src/base/json/internal/parser.h": "#include <boost/json.hpp>\n",
            "src/http/server.cc": "#include <boost/beast.hpp>\n",
            "src/base/log.cc": "#include <spdlog/spdlog.h>\n",
            "src/base/text.cc": "#include <spdlog/spdlog.h>\n",
            "src/hypervisor/libvirt/handle.h": "#include <libvirt/libvirt.h>\n",
            "src/controllers/x.cc": "#include <libvirt/libvirt.h>\n#include <iostream>\n",
        }
        self.assertEqual(said(include_rules.check_heavy, files), (
            "src/base/json/json.h:1: <boost/json.hpp> in a header: name it in one .cc of src/base/json/ [heavy]\n"
            "src/http/server.cc:1: <boost/beast.hpp> belongs to src/base/json/; use that room's interface [heavy]\n"
            "src/base/text.cc:1: <spdlog/spdlog.h> belongs to src/base/log.cc; use that room's interface [heavy]\n"
            "src/controllers/x.cc:1: <libvirt/libvirt.h> belongs to src/hypervisor/libvirt/; use that room's interface [heavy]\n"
            "src/controllers/x.cc:2: <iostream> belongs to src/cmd/; use that room's interface [heavy]"))

    def test_tells_a_circle_once(self):
        files = {
            "src/base/a.h": '#include "base/b.h"\n',
            "src/base/b.h": '#include "base/c.h"\n',
            "src/base/c.h": '#include "base/a.h"\n',
            "src/base/d.h": '#include "base/b.h"\n',
        }
        self.assertEqual(said(include_rules.check_cycles, files),
                         "src/base/a.h: include each other in a circle: src/base/a.h -> src/base/b.h -> src/base/c.h -> "
                         "src/base/a.h [cycle]")

    def test_finds_the_sources_that_see_a_header(self):
        files = {
            "src/base/mutex.h": "",
            "src/kube/store.h": '#include "base/mutex.h"\n',
            "src/kube/store.cc": '#include "kube/store.h"\n',
            "src/kube/store_test.cc": '#include "kube/store.h"\n',
            "src/kube/api.cc": "",
        }
        self.assertEqual(tidy.sources_that_see(Tree(files), "src/base/mutex.h"), ["src/kube/store.cc"])


class Text(unittest.TestCase):
    def banned(self, line, path="src/base/x.cc"):
        return [str(finding).split(": ", 1)[1] for finding in text_rules.check_banned(Tree({path: line + "\n"}))]

    def test_names_the_replacement_of_each_banned_call(self):
        cases = [
            ('system("ls");', "system(: no shell: base/run.h, with an argument vector [banned]"),
            ("execvp(a, b);", "execvp(: a thread may hold a lock when fork() copies the process: posix_spawn [banned]"),
            ("std::regex r;", "std::regex: std::regex is slow and throws; base/text.h, or schema/pattern.h [banned]"),
            ("co_await x;", "co_await: no coroutines: g++ 12 destroys temporaries in co_await twice; a thread [banned]"),
            ("t.detach();", ".detach(): no detached thread: a std::jthread owned by an object that joins it [banned]"),
            ("std::format(x);", "std::format: g++ 12 has no <format>: base/text.h [banned]"),
            ("#include <ranges>", "#include <ranges>: no views (compile time): a loop or an algorithm [banned]"),
            ("std::thread t(f);", None),
            ("auto t = std::thread(f);", "std::thread(: std::jthread, which joins and can be stopped [banned]"),
            ("rand();", "rand(: base/uuid.h for names, a seeded generator that prints its seed in tests [banned]"),
            ("strtok(a, b);", "strtok(: split() of base/text.h [banned]"),
            ("sprintf(a, b);", "sprintf(: std::string and base/text.h (or snprintf) [banned]"),
            ("std::strcpy(a, b);", "std::strcpy(: std::string [banned]"),
            ("atoi(a);", "atoi(: std::from_chars, which tells an error [banned]"),
            ("std::localtime(&t);", "std::localtime(: base/wall_time.h: UTC, thread-safe [banned]"),
            ("setenv(a, b, 1);", "setenv(: the environment is shared by all threads: pass a value [banned]"),
            ("assert(x);", "assert(: CHECK of base/check.h, which is always on [banned]"),
            ("using namespace std;", "using namespace std;: name what you use [banned]"),
            ("tmpnam(a);", "tmpnam(: mkdtemp or mkstemp [banned]"),
            ("#include <gmock/gmock.h>", "#include <gmock/: a fake that keeps the interface's promises [banned]"),
        ]
        for line, expected in cases:
            self.assertEqual(self.banned(line), [expected] if expected else [], line)

    def test_lets_what_only_looks_like_one_pass(self):
        for line in ['log("system(x)");', "// system(x)", "my_system(x);", "file.system_id();", "static_assert(x);",
                     "using namespace std::chrono_literals;", "operand(x);", "snprintf(a, 1, b);", "file_system (x);"]:
            self.assertEqual(self.banned(line), [], line)

    def test_forbids_a_try_behind_other_members_of_an_aggregate(self):
        for line, is_bad in [("const A a{.x = y, .z = TRY(f())};", True), ("return A{x, B{g(TRY(f()))}};", True),
                             ("all.push_back({x, TRY(f())});", True), ("return A{TRY(f()), x};", False),
                             ("return A(x, TRY(f()));", False), ("g(x, [&]() -> Status { return TRY(f()); });", False),
                             ("A() : a_(x), b_(y) { TRY(f()); }", False), ("B<C, D> g(x, y) const { TRY(f()); }", False),
                             ("if (x) { f(a, b); C c = TRY(f()); }", False)]:
            found = said(text_rules.check_try, {"src/a/x.cc": line + "\n"})
            self.assertEqual("[try]" in found, is_bad, line)

    def test_forbids_a_shell_in_tests_too(self):
        for path in ["src/base/x_test.cc", "tests/e2e/host.cc"]:
            for call in ["std::system(", "::popen("]:
                self.assertEqual(self.banned(call + "a);", path),
                                 [call.split(":")[-1] + ": no shell: base/run.h, with an argument vector [banned]"])

    def test_forbids_sleep_in_tests_only(self):
        self.assertEqual(self.banned("std::this_thread::sleep_for(1s);"), [])
        self.assertEqual(self.banned("std::this_thread::sleep_for(1s);", "src/base/x_test.cc"),
                         ["sleep_for(: no sleep in tests: step the clock, or wait for the event [banned]"])

    def test_allows_what_is_exempt(self):
        self.assertEqual(self.banned("setenv(a, b, 1);", "src/provider/wire/credentials.cc"), [])

    def test_finds_a_call_of_the_tool_but_not_a_hint_that_names_it(self):
        files = {"src/a/x.cc": 'run("virsh list");\nrun("/usr/bin/virsh");\nhint("see virsh list");  // virsh\n'}
        self.assertEqual(said(text_rules.check_virsh, files), (
            "src/a/x.cc:1: virsh in the product: the libvirt C API [virsh]\n"
            "src/a/x.cc:2: virsh in the product: the libvirt C API [virsh]"))

    def test_warns_of_words_that_belong_to_a_backend(self):
        files = {"src/provider/x.h": 'int guest_count = 1;  // the guest\nlog("domain");\n', "src/http/x.h": "int domain;\n"}
        self.assertEqual(said(text_rules.check_words, files),
                         "src/provider/x.h:1: warning: guest_count: say machine, or host [word]")

    def test_finds_places_and_words_that_mean_nothing_here(self):
        home = "/w" + "ork/x"
        files = {"docs/a.md": f"see {home}\nTO" + "DO later\n/workers and $DIR/work-1\n", "dev": "curl pypi." + "org\n"}
        self.assertEqual(said(text_rules.check_foreign, files), (
            "docs/a.md:1: " + home[:6] + ": a path of somebody's machine [foreign]\n"
            "docs/a.md:2: TO" + "DO: an unfinished thought: do it, or file an issue [foreign]\n"
            "dev:1: pypi." + "org: a package registry's host [foreign]"))

    def test_finds_white_space_at_the_ends(self):
        self.assertEqual(said(text_rules.check_white_space, {"a.md": "x \ny\t\nz", "b.cc": 'R"(x \n)";\n'}), (
            "a.md:1: white space at the end of the line [white-space]\n"
            "a.md:2: white space at the end of the line [white-space]\n"
            "a.md: no newline at the end of the file [white-space]"))

    def test_wants_a_sentence_first(self):
        files = {
            "src/base/a.h": "// base/a.h — one.\n#pragma once\n",
            "src/hypervisor/libvirt/b.cc": "// libvirt/b.cc — two.\n",
            "src/base/c.h": "// base/d.h — wrong name.\n",
        }
        self.assertEqual(said(text_rules.check_first_line, files), (
            'src/base/c.h:1: begin with "// base/c.h — what it is, in one sentence" [first-line]\n'
            "src/base/c.h:1: a header without #pragma once [first-line]"))


class Sizes(unittest.TestCase):
    SOURCE = """#include "x.h"
namespace rig {
namespace {
constexpr int kTable[] = {1, 2,
                          3};
struct Row {
  int a = 0;
  int twice() const { return 2 * a; }
};
}  // namespace

Thing::Thing(int a, std::string b) : a_{a}, b_(std::move(b)) {
  start();
}

const TypeInfo& Describe<Row>::info() {
  static const TypeInfo t = object("Row", {
      field("a"),
  });
  return t;
}

auto pick(int x) -> std::vector<int> {
  if (x) {
    return {1};
  }
  auto f = [](int y) { return y; };
  return {f(x)};
}

bool operator==(const Row& a, const Row& b) { return a.a == b.a; }

TEST(Sizes, AreCounted) {
  EXPECT_EQ(1, 1);
}
}  // namespace rig
"""

    def test_finds_functions_and_their_lines(self):
        self.assertEqual(size_rules.functions(Tree({"x.cc": self.SOURCE}).bare("x.cc")), [
            ("twice", 8, 8), ("Thing::Thing", 12, 14), ("Describe<Row>::info", 16, 21), ("pick", 23, 29),
            ("operator==", 31, 31), ("TEST", 33, 35)])

    def test_names_what_is_too_long(self):
        files = {"src/a/x.cc": "void f() {\n" + "  g();\n" * 70 + "}\n", "src/a/y.cc": "\n" * 601,
                 "src/a/z.cc": "void f() {\n" + "  g();\n" * 68 + "}\n"}
        self.assertEqual(said(size_rules.check_lengths, files), (
            "src/a/x.cc:1: f has 72 lines, at most 70: name its parts [length]\n"
            "src/a/y.cc: 601 lines, at most 600: split it by noun [length]"))

    def test_wants_a_short_readme_in_every_room(self):
        files = {"src/CMakeLists.txt": "", "src/a/CMakeLists.txt": "", "src/b/CMakeLists.txt": "",
                 "src/b/README.md": "x\n" * 16, "src/c/CMakeLists.txt": "", "src/c/README.md": "x\n"}
        self.assertEqual(said(size_rules.check_rooms, files), (
            "src/a/: a room needs a README.md: what, why, depends on [readme]\n"
            "src/b/README.md: 16 lines, at most 15 [readme]"))


class Headers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "src/a").mkdir(parents=True)
        self.cache = self.root / "cache/headers.json"

    def said(self, files):
        for path, text in files.items():
            (self.root / path).write_text(text)
        return [str(finding) for finding in
                header_rules.check_headers(Tree(files), self.root, self.root / "build", self.cache)]

    def test_must_compile_alone(self):
        files = {"src/a/good.h": "#pragma once\n#include <string>\ninline std::string s;\n",
                 "src/a/bad.h": "#pragma once\ninline std::string t;\n"}
        found = self.said(files)
        self.assertEqual(len(found), 1)
        self.assertRegex(found[0], r"^src/a/bad.h: does not compile alone: .*bad.h:2:.*string.* \[header\]$")

    def test_are_compiled_again_only_when_they_or_their_includes_change(self):
        files = {"src/a/x.h": "#pragma once\nstruct X {};\n", "src/a/y.h": '#pragma once\n#include "a/x.h"\ninline X y;\n'}
        self.assertEqual(self.said(files), [])
        compiled = []
        original = header_rules.compile_alone
        header_rules.compile_alone = lambda root, build, path: compiled.append(path) or original(root, build, path)
        self.addCleanup(setattr, header_rules, "compile_alone", original)
        self.assertEqual(self.said(files), [])
        self.assertEqual(compiled, [])
        files["src/a/x.h"] = "#pragma once\nstruct Z {};\n"
        self.assertEqual(len(self.said(files)), 1)
        self.assertEqual(sorted(compiled), ["src/a/x.h", "src/a/y.h"])

    def test_over_the_budget_are_told(self):
        original = header_rules.compile_alone
        header_rules.compile_alone = lambda root, build, path: ({"x": 2.4, "y": 2.6}[path[6]], "")
        self.addCleanup(setattr, header_rules, "compile_alone", original)
        self.assertEqual(self.said({"src/a/x.h": "", "src/a/y.h": ""}), [
            "src/a/y.h: warning: takes 2.6 s alone, the budget is 2.5 s: include less [header]"])


if __name__ == "__main__":
    unittest.main()
