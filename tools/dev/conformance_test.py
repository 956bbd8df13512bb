"""tools/dev/conformance_test.py — reports of the conformance suite, made by hand, and the tables that become of them."""
import json
import pathlib
import tempfile
import unittest

import conformance


def capabilities(unsupported=(), **can):
    return json.dumps({"can": {"snapshots": False, "disk types": ["thin"], **can}, "unsupported": list(unsupported)})


def case(name, subject, why=None, failed=False):
    made = {"name": name, "subject": subject, "proves": f"what {name} proves"}
    if why:
        made["not_applicable"] = why
    if failed:
        made["failures"] = [{"failure": "no"}]
    return made


class Conformance(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.results = pathlib.Path(folder.name)
        self.features = self.results / "features.md"
        self.number = 0

    def report(self, subject, *cases, says=capabilities()):
        self.number += 1
        (self.results / "chosen").mkdir(exist_ok=True)
        told = [{"name": "capabilities", "subject": subject, "capabilities": says}, {"name": "IsRegistered"}, *cases]
        (self.results / "chosen" / f"p_{self.number}.json").write_text(
            json.dumps({"testsuites": [{"name": "S", "testsuite": told}]}))

    def three(self):
        self.report("mock in process", case("a", "mock in process"), case("b", "mock in process"))
        self.report("mock over gRPC", case("a", "mock over gRPC"), case("b", "mock over gRPC", "no boot"))
        self.report("libvirt in process", case("a", "libvirt in process"), case("b", "libvirt in process", "no sleep"),
                    says=capabilities(["VMClass.spec.x", "A.libvirt.driver"], snapshots=True))
        self.report("vSphere on vcsim in process", case("a", "vSphere on vcsim in process", "not modelled"),
                    case("b", "vSphere on vcsim in process"), says=capabilities(["B.vsphere.y"]))
        self.report("vSphere on a vCenter in process", case("a", "vSphere on a vCenter in process"),
                    case("b", "vSphere on a vCenter in process"), says=capabilities(["B.vsphere.y"]))

    def check(self, update=False):
        return conformance.check(conformance.subjects(self.results), self.features, update)

    def test_a_line_for_each_subject_and_a_column_for_each_transport(self):
        self.three()
        lines = conformance.table(conformance.subjects(self.results))
        self.assertEqual([line.split() for line in lines[1:]], [
            ["kept", "n/a", "broken"] * 2, ["libvirt", "1", "1", "0", "-", "-", "-"],
            ["mock", "2", "0", "0", "1", "1", "0"], ["vSphere", "on", "a", "vCenter", "2", "0", "0", "-", "-", "-"],
            ["vSphere", "on", "vcsim", "1", "1", "0", "-", "-", "-"]])

    def test_no_table_where_the_suite_did_not_run(self):
        (self.results / "fast").mkdir()
        (self.results / "fast" / "list.json").write_text('{"tests": []}')
        self.assertEqual(conformance.table(conformance.subjects(self.results)), [])
        self.assertEqual(self.check(), "")

    def test_the_matrix_says_what_each_provider_says_and_keeps(self):
        self.three()
        self.assertEqual(self.check(update=True), "")
        text = self.features.read_text()
        for line in ("|  | libvirt | vSphere | mock |", "| snapshots | yes | no | no |", "| disk types | thin | thin | thin |",
                     "| `VMClass.spec.x` | no | yes | yes |", "| `A.libvirt.driver` | no |  |  |",
                     "| a | what a proves | kept | kept | kept |", "| b | what b proves | n/a (1) | kept | kept |",
                     "1. libvirt: no sleep."):
            self.assertIn(line + "\n", text)
        self.assertEqual(self.check(), "")

    def test_a_difference_fails_and_says_which(self):
        self.three()
        self.check(update=True)
        self.report("libvirt over gRPC", case("c", "libvirt over gRPC"),
                    says=capabilities(["VMClass.spec.x", "A.libvirt.driver"], snapshots=True))
        self.assertIn("| c | what c proves | kept | missing | missing |", self.check())

    def test_a_provider_that_came_is_a_difference_and_one_that_did_not_run_is_not(self):
        self.report("mock in process", case("a", "mock in process"))
        self.check(update=True)
        self.report("libvirt in process", case("a", "libvirt in process"))
        self.assertIn("libvirt", self.check())
        self.check(update=True)
        before = self.features.read_text()
        for path in (self.results / "chosen").iterdir():
            path.unlink()
        self.report("mock in process", case("a", "mock in process"), case("b", "mock in process"))
        self.assertEqual(self.check(), "")
        self.check(update=True)
        self.assertEqual(self.features.read_text(), before)

    def test_a_broken_promise_is_counted_and_never_written(self):
        self.report("mock in process", case("a", "mock in process", failed=True))
        self.check(update=True)
        self.assertFalse(self.features.exists())
        self.assertEqual(conformance.table(conformance.subjects(self.results))[-1].split()[:4], ["mock", "0", "0", "1"])

    def test_a_provider_that_says_other_things_over_the_wire(self):
        self.report("mock in process", case("a", "mock in process"))
        self.report("mock over gRPC", case("a", "mock over gRPC"), says=capabilities(["VMClass.spec.x"]))
        self.assertIn("mock says other things", self.check(update=True))


if __name__ == "__main__":
    unittest.main()
