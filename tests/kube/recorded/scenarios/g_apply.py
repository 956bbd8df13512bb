"""Server-side apply and managedFields."""
import json

from scenarios.common import collection, configmap, core, path, vm, vms, without

SCENARIOS = {}
scenario = collection(SCENARIOS)


@scenario
def apply(s):
    """Create, change, conflict, force, give up, and every refusal."""
    ns = s.namespace()
    at = vms(ns, "one")
    go = lambda name, body, manager="first", more="", where=at, **rest: s.patch(name, where + f"?fieldManager={manager}{more}", body, kind="apply", **rest)
    base = vm("one", spec={"powerState": "On", "disks": [{"name": "a", "sizeGiB": 1}]})
    go("create", base)
    go("same again changes nothing", base)
    go("change own field", vm("one", spec={"powerState": "Off", "disks": [{"name": "a", "sizeGiB": 1}]}))
    go("second manager agrees", vm("one", spec={"powerState": "Off"}), "second")
    go("second manager conflicts", vm("one", spec={"powerState": "On"}), "second")
    go("second manager conflicts in several", {**vm("one", spec={"powerState": "On", "disks": [{"name": "z", "sizeGiB": 9}]}), "spec": {**vm("one", spec={"powerState": "On", "disks": [{"name": "z", "sizeGiB": 9}]})["spec"], "classRef": {"name": "large"}}}, "second")
    go("second manager forces", vm("one", spec={"powerState": "On"}), "second", "&force=true")
    go("first applies without the lost field", without(base, "x") | {"spec": {k: v for k, v in base["spec"].items() if k != "powerState"}})
    go("first drops its disks", vm("one"))
    go("second drops shared required field", {"apiVersion": base["apiVersion"], "kind": base["kind"], "metadata": {"name": "one"}, "spec": {"powerState": "On"}}, "second")
    go("first drops the last owner of a required field", {"apiVersion": base["apiVersion"], "kind": base["kind"], "metadata": {"name": "one"}, "spec": {"providerRef": {"name": "lab"}}})
    s.patch("merge patch takes a field", at + "?fieldManager=hand", {"spec": {"powerState": "Off"}})
    go("apply against a hand edit", vm("one", spec={"powerState": "On"}), "second")
    go("apply against a hand edit, equal", vm("one", spec={"powerState": "Off"}), "second")
    go("labels and annotations", vm("one", labels={"a": "1"}, annotations={"b": "2"}))
    go("labels dropped", vm("one", annotations={"b": "2"}))
    go("finalizers are a set", vm("one", finalizers=["example.com/a"]))
    go("finalizers of another", vm("one", finalizers=["example.com/b"]), "second")
    go("finalizers dropped", vm("one"))
    s.patch("finalizers away", at, {"metadata": {"finalizers": None}})
    go("status is ignored", {**vm("one"), "status": {"phase": "Running"}})
    go("null value", vm("one", spec={"powerState": None}), "nuller")
    go("with a version, right", {**vm("one"), "metadata": {"name": "one", "resourceVersion": s.quietly("GET", at).version}})
    go("with a version, stale", {**vm("one"), "metadata": {"name": "one", "resourceVersion": "1"}})
    go("with a uid", {**vm("one"), "metadata": {"name": "one", "uid": "00000000-0000-4000-8000-000000000000"}})
    go("with managedFields", {**vm("one"), "metadata": {"name": "one", "managedFields": [{"manager": "x", "operation": "Apply"}]}})
    go("with empty managedFields", {**vm("one"), "metadata": {"name": "one", "managedFields": []}})
    s.patch("no manager", at, vm("one"), kind="apply")
    s.patch("empty manager", at + "?fieldManager=", vm("one"), kind="apply")
    go("no name", vm("", spec={"powerState": "On"}))
    go("other name", vm("two"))
    go("other namespace", {**vm("one"), "metadata": {"name": "one", "namespace": "default"}})
    go("no kind", without(vm("one"), "kind"))
    go("no apiVersion", without(vm("one"), "apiVersion"))
    go("other kind", {**vm("one"), "kind": "VMClass"})
    go("other version", {**vm("one"), "apiVersion": "infra.virtrigaud.io/v9"})
    go("unknown field", vm("one", spec={"colour": "red"}), "third")
    go("unknown field, strict", vm("one", spec={"colour": "red"}), "third", "&fieldValidation=Strict")
    go("wrong type", vm("one", spec={"disks": "none"}), "third")
    go("invalid value", vm("one", spec={"powerState": "Sideways"}), "third", "&force=true")
    go("generateName", vm("", generateName="g-"))
    go("bad yaml", "a: b: c", "third")
    go("yaml", "apiVersion: infra.virtrigaud.io/v1beta1\nkind: VirtualMachine\nmetadata:\n  name: one\nspec:\n  classRef: {name: small}\n  providerRef: {name: lab}\n  tags: [yaml]\n", "third")
    go("duplicate key", json.dumps(vm("one")).replace('"spec"', '"spec": {}, "spec"'), "third")
    go("empty body", "", "third")
    go("a list", "[]", "third")
    go("on the collection", vm("one"), where=vms(ns))
    go("create with a uid", {**vm("none"), "metadata": {"name": "none", "uid": "00000000-0000-4000-8000-000000000000"}}, where=vms(ns, "none"))
    go("create with a version", {**vm("none"), "metadata": {"name": "none", "resourceVersion": "1"}}, where=vms(ns, "none"))
    go("create invalid", {**vm("none"), "spec": {}}, where=vms(ns, "none"))
    go("create in no namespace", vm("none"), where=vms("rec-none", "none"))
    go("create bad name", vm("Bad"), where=vms(ns, "Bad"))
    s.put("an update sees managers", at + "?fieldManager=updater", {**s.current(at), "spec": {**s.current(at).get("spec", {}), "powerState": "OffGraceful"}})
    s.get("managers", at)
    s.patch("apply type for json", at + "?fieldManager=first", vm("one"), kind="application/apply-patch+json")
    s.patch("cbor apply type", at + "?fieldManager=first", b"\xa0", kind="application/apply-patch+cbor")


@scenario
def apply_status(s):
    """Apply through /status and /scale, and what managedFields say of sub-resources."""
    ns = s.namespace()
    at, sub = vms(ns, "one"), vms(ns, "one", "status")
    identity = {"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": "VirtualMachine", "metadata": {"name": "one"}}
    s.patch("status of none", sub + "?fieldManager=ctl", {**identity, "status": {"phase": "Running"}}, kind="apply")
    s.patch("create", at + "?fieldManager=user", vm("one"), kind="apply")
    s.patch("apply status", sub + "?fieldManager=ctl", {**identity, "status": {"phase": "Running", "ips": ["10.0.0.1"]}}, kind="apply")
    s.patch("apply status with spec", sub + "?fieldManager=ctl", {**identity, "spec": {"powerState": "On"}, "status": {"phase": "Running"}}, kind="apply")
    s.patch("apply status with labels", sub + "?fieldManager=ctl", {**identity, "metadata": {"name": "one", "labels": {"a": "b"}}, "status": {"phase": "Running"}}, kind="apply")
    s.patch("status conflict", sub + "?fieldManager=other", {**identity, "status": {"phase": "Stopped"}}, kind="apply")
    s.put("update status", sub + "?fieldManager=updater", s.current(at, status={"phase": "Stopped"}))
    s.patch("status conflict with an update", sub + "?fieldManager=ctl", {**identity, "status": {"phase": "Running"}}, kind="apply")
    s.patch("same manager, both halves", at + "?fieldManager=ctl", vm("one", spec={"tags": ["a"]}), kind="apply")
    s.get("managers", at)
    s.patch("status given up", sub + "?fieldManager=ctl", identity, kind="apply")
    s.patch("merge by a same-named manager", at + "?fieldManager=ctl", {"spec": {"tags": ["b"]}})
    s.get("managers again", at)


@scenario
def apply_core(s):
    """Apply on built-in kinds."""
    ns = s.namespace()
    at = core(ns, "configmaps", "one")
    go = lambda name, body, manager="first", more="", where=at: s.patch(name, where + f"?fieldManager={manager}{more}", body, kind="apply")
    go("create", configmap("one", data={"a": "1", "b": "2"}))
    go("drop a key", configmap("one", data={"a": "1"}))
    go("conflict", configmap("one", data={"a": "2"}), "second")
    go("other key", configmap("one", data={"c": "3"}), "second")
    go("unknown field", {**configmap("one"), "colour": "red"}, "third")
    go("wrong type", {**configmap("one"), "data": {"a": 1}}, "third")
    s.put("update", at + "?fieldManager=hand", {**s.current(at), "data": {"a": "9", "z": "1"}})
    go("conflict with an update", configmap("one", data={"a": "1"}))
    go("force", configmap("one", data={"a": "1"}), "first", "&force=true")
    secret = core(ns, "secrets", "one")
    go("secret with stringData", {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "one"}, "stringData": {"a": "1"}}, where=secret)
    go("secret again", {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "one"}, "stringData": {"a": "2"}}, where=secret)
    go("secret data conflict", {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "one"}, "data": {"a": "Mw=="}}, "second", where=secret)
    account = core(ns, "serviceaccounts", "one")
    go("account list by key", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "one"}, "secrets": [{"name": "a"}]}, where=account)
    go("account list by key, second", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "one"}, "secrets": [{"name": "b"}]}, "second", where=account)
    go("account first leaves", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "one"}}, where=account)
    go("namespace", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ns, "labels": {"x": "y"}}}, where=f"/api/v1/namespaces/{ns}")
    lease = path(ns, "leases", "one", api="/apis/coordination.k8s.io/v1")
    go("lease", {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "one"}, "spec": {"holderIdentity": "a"}}, where=lease)
    owners = []
    for name in ("owner-1", "owner-2"):
        made = s.quietly("POST", core(ns, "configmaps"), configmap(name))
        owners.append({"apiVersion": "v1", "kind": "ConfigMap", "name": name, "uid": made.uid})
    go("owner references by uid", configmap("one", ownerReferences=owners[:1]), "owner", "&force=true")
    go("owner references, second", configmap("one", ownerReferences=owners[1:]), "owner2", "&force=true")


@scenario
def managed_fields(s):
    """What the ordinary verbs write into managedFields."""
    ns = s.namespace()
    at = vms(ns, "one")
    agent = {"User-Agent": "my-tool/v1.2.3 (linux/amd64) kubernetes/abc"}
    s.post("create, agent named", vms(ns), vm("one", labels={"a": "1"}, spec={"disks": [{"name": "a", "sizeGiB": 1}], "tags": ["x"]}), headers=agent)
    s.patch("same agent patches", at, {"spec": {"powerState": "On"}}, headers=agent)
    s.patch("same agent by status", vms(ns, "one", "status"), {"status": {"phase": "Running"}}, headers=agent)
    s.patch("other manager takes a field", at + "?fieldManager=other", {"spec": {"powerState": "Off"}})
    s.patch("other manager removes a field of the first", at + "?fieldManager=other", {"spec": {"tags": None}})
    s.patch("finalizer by other", at + "?fieldManager=other", {"metadata": {"finalizers": ["example.com/a"], "annotations": {"x": "y"}}})
    s.patch("agent with no slash", at, {"metadata": {"labels": {"b": "2"}}}, headers={"User-Agent": "plain agent"})
    s.patch("agent long", at, {"metadata": {"labels": {"c": "3"}}}, headers={"User-Agent": "x" * 300 + "/1"})
    s.patch("agent empty", at, {"metadata": {"labels": {"d": "3"}}}, headers={"User-Agent": ""})
    for number in range(12):
        s.quietly("PATCH", at + f"?fieldManager=m{number}", {"metadata": {"annotations": {f"k{number}": "v"}}}, {"Content-Type": "application/merge-patch+json"})
    s.get("more than ten updaters", at)
    s.put("emptied by update", at, {**s.current(at), "metadata": {**s.current(at).get("metadata", {}), "managedFields": [{}]}})
    s.patch("apply after emptying", at + "?fieldManager=me", vm("one", spec={"powerState": "Off"}), kind="apply")
    s.patch("emptied by merge patch", at, {"metadata": {"managedFields": [{}]}})
    s.patch("null by merge patch", at, {"metadata": {"managedFields": None}})
    s.patch("away", at, {"metadata": {"finalizers": None}})
