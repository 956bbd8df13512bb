"""Namespaces that end, Events, Leases, Secrets, ConfigMaps."""
import base64
import threading

from scenarios.common import collection, configmap, core, path, vm, vms

SCENARIOS = {}
scenario = collection(SCENARIOS)
COORDINATION = "/apis/coordination.k8s.io/v1"


@scenario
def namespace_end(s):
    """A namespace deleted with things in it."""
    ns = s.namespace()
    at = f"/api/v1/namespaces/{ns}"
    s.quietly("POST", vms(ns), vm("held", finalizers=["example.com/a"]))
    s.quietly("POST", vms(ns), vm("free"))
    s.quietly("POST", core(ns, "configmaps"), configmap("one"))
    w = s.watch("watch", f"/api/v1/namespaces?watch=true&fieldSelector=metadata.name%3D{ns}&timeoutSeconds=30")
    s.delete("delete", at)
    s.get("right after", at)
    s.until(at, lambda r: r.get("status", "conditions"))
    s.get("conditions", at)
    s.until(vms(ns, "free"), lambda r: r.status == 404)
    s.get("free object gone", vms(ns, "free"))
    s.get("held object", vms(ns, "held"))
    s.post("create a vm", vms(ns), vm("new"))
    s.post("create a configmap", core(ns, "configmaps"), configmap("new"))
    s.patch("apply a new vm", vms(ns, "new") + "?fieldManager=me", vm("new"), kind="apply")
    s.patch("update of what is left", vms(ns, "held"), {"metadata": {"labels": {"x": "y"}}})
    s.post("create the namespace again", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ns}})
    s.delete("delete again", at)
    s.patch("label it", at, {"metadata": {"labels": {"x": "y"}}})
    s.until(at, lambda r: any(c["type"] == "NamespaceFinalizersRemaining" and c["status"] == "True" for c in r.get("status", "conditions") or ()))
    s.get("what is left is said", at)
    s.patch("released", vms(ns, "held"), {"metadata": {"finalizers": None}})
    s.until(at, lambda r: r.status == 404, seconds=30)
    s.get("gone", at)
    w.wait(100, 1).close()
    ns = s.namespace("-finalize")
    at = f"/api/v1/namespaces/{ns}"
    s.put("finalize of a live one", at + "/finalize", {**s.current(at), "spec": {"finalizers": ["kubernetes", "example.com/x"]}})
    s.put("finalizers by update are ignored", at, {**s.current(at), "spec": {"finalizers": []}})
    s.delete("delete the finalized", at)
    s.until(at, lambda r: r.get("spec", "finalizers") == ["example.com/x"], seconds=10)
    s.get("our finalizer is left", at)
    s.put("finalize", at + "/finalize", {**s.current(at), "spec": {"finalizers": []}})
    s.get("and gone", at)


@scenario
def events(s):
    """Events in both groups."""
    ns = s.namespace()
    def old(name, **more):
        return {"apiVersion": "v1", "kind": "Event", "metadata": {"name": name, "namespace": ns},
                "involvedObject": {"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": "VirtualMachine", "name": "vm-" + name, "namespace": ns, "uid": "u-" + name},
                "reason": "Started", "message": "it started", "type": "Normal", "source": {"component": "manager", "host": "h"},
                "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:00Z", "count": 1, **more}
    new = {"apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "new", "namespace": ns}, "eventTime": "2026-01-01T00:00:00.000000Z",
           "reportingController": "virtrigaud.io/manager", "reportingInstance": "manager-0", "action": "Start", "reason": "Started", "type": "Normal", "note": "it started",
           "regarding": {"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": "VirtualMachine", "name": "vm-new", "namespace": ns}}
    at, newer = core(ns, "events"), path(ns, "events", api="/apis/events.k8s.io/v1")
    s.post("core: create", at, old("a"))
    s.post("core: warning", at, old("b", type="Warning", reason="Failed"))
    s.post("core: empty type", at, old("c", type=""))
    s.post("core: odd type", at, old("d", type="Odd"))
    s.post("core: other namespace", at, old("e", involvedObject={"kind": "VirtualMachine", "name": "x", "namespace": "default"}))
    s.post("core: no involved namespace", at, old("e", involvedObject={"kind": "VirtualMachine", "name": "x"}))
    s.post("core: generateName", at, {**old("f"), "metadata": {"generateName": "gen."}}, keep=lambda b: b.get("kind"))
    s.post("new: create", newer, new)
    s.post("new: no eventTime", newer, {k: v for k, v in {**new, "metadata": {"name": "bad"}}.items() if k != "eventTime"})
    s.post("new: missing all", newer, {"apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "bad"}})
    s.post("new: odd type", newer, {**new, "metadata": {"name": "bad"}, "type": "Odd"})
    s.post("new: long note", newer, {**new, "metadata": {"name": "bad"}, "note": "x" * 1025})
    s.get("core: old seen by new", f"{newer}/a")
    s.get("new: new seen by old", f"{at}/new")
    names = lambda b: b if b.get("kind") == "Status" else sorted(i["metadata"]["name"] for i in b.get("items", []) if not i["metadata"]["name"].startswith("gen."))
    for field in ("involvedObject.name=vm-a", "involvedObject.kind=VirtualMachine", f"involvedObject.namespace={ns}", "involvedObject.uid=u-a", "involvedObject.apiVersion=infra.virtrigaud.io/v1beta1",
                  "involvedObject.resourceVersion=", "involvedObject.fieldPath=", "reason=Failed", "type=Warning", "type!=Normal", "source=manager", "reportingComponent=virtrigaud.io/manager", "metadata.name=a",
                  "message=x", "regarding.name=vm-a", "involvedObject.name=vm-a,type=Normal"):
        s.get(f"core: {field.replace(ns, 'NS')}", f"{at}?fieldSelector={field.replace('=', '%3D').replace('!', '%21')}", keep=names)
        s.get(f"new: {field.replace(ns, 'NS')}", f"{newer}?fieldSelector={field.replace('=', '%3D').replace('!', '%21')}", keep=names)
    s.get("as kubectl describe asks", f"{at}?fieldSelector=involvedObject.name%3Dvm-a%2CinvolvedObject.namespace%3D{ns}%2CinvolvedObject.kind%3DVirtualMachine%2CinvolvedObject.uid%3Du-a&limit=500")
    s.get("as table", at + "?fieldSelector=metadata.name%3Da", headers={"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"})
    s.patch("core: count up", f"{at}/a", {"count": 2, "lastTimestamp": "2026-01-02T00:00:00Z"}, kind="strategic")
    s.patch("new: series", f"{newer}/new", {"series": {"count": 2, "lastObservedTime": "2026-01-02T00:00:00.000000Z"}}, kind="strategic")
    s.patch("new: immutable reason", f"{newer}/new", {"reason": "Other"}, kind="merge")
    s.patch("core: reason changes", f"{at}/a", {"reason": "Other"}, kind="merge")
    s.delete("collection", at + "?fieldSelector=type%3DWarning", keep=names)
    s.delete("delete", f"{newer}/new")


@scenario
def leases(s):
    """Leases: a race of updates, bad values."""
    ns = s.namespace()
    at = path(ns, "leases", api=COORDINATION)
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "leader"},
             "spec": {"holderIdentity": "a", "leaseDurationSeconds": 15, "acquireTime": "2026-01-01T00:00:00.000000Z", "renewTime": "2026-01-01T00:00:00.000000Z", "leaseTransitions": 0}}
    made = s.post("create", at, lease)
    s.post("create by the other", at, {**lease, "spec": {**lease["spec"], "holderIdentity": "b"}})
    renewed = s.put("renew", at + "/leader", {**made.json, "spec": {**lease["spec"], "renewTime": "2026-01-01T00:00:02.123456Z"}})
    s.put("the other is late", at + "/leader", {**made.json, "spec": {**lease["spec"], "holderIdentity": "b", "leaseTransitions": 1}})
    s.put("without a version", at + "/leader", {**lease, "spec": {**lease["spec"], "holderIdentity": "c"}})
    s.put("stale now", at + "/leader", {**renewed.json, "spec": {**lease["spec"], "holderIdentity": "d"}})
    answers, base = [], s.quietly("GET", at + "/leader").json

    def race(who):
        connection, exchange = s._open(f"race {who}", "PUT", at + "/leader", {**base, "spec": {**lease["spec"], "holderIdentity": who}}, None, "admin")
        s.exchanges.remove(exchange)
        response = connection.getresponse()
        response.read()
        answers.append(response.status)
    threads = [threading.Thread(target=race, args=(f"r{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    s.exchanges.append({"name": "eight racing updates", "request": {}, "response": {"body": sorted(answers)}})
    for name, spec in (("zero duration", {"leaseDurationSeconds": 0}), ("negative duration", {"leaseDurationSeconds": -1}), ("negative transitions", {"leaseTransitions": -1}),
                       ("time without fraction", {"renewTime": "2026-01-01T00:00:00Z"}), ("nanoseconds", {"renewTime": "2026-01-01T00:00:00.123456789Z"}), ("time with zone", {"renewTime": "2026-01-01T02:00:00.5+02:00"}), ("bad time", {"renewTime": "now"}),
                       ("long holder", {"holderIdentity": "x" * 300}), ("empty holder", {"holderIdentity": ""}), ("strategy", {"strategy": "OldestEmulationVersion"})):
        s.post(name, at + "?dryRun=All", {**lease, "metadata": {"name": "x"}, "spec": {**lease["spec"], **spec}})
    s.post("no spec", at, {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "empty"}})
    s.get("unknown version", "/apis/coordination.k8s.io/v1beta1/leases")


@scenario
def secrets(s):
    """Secrets: stringData, types, immutability, sizes."""
    ns = s.namespace()
    at = core(ns, "secrets")
    secret = lambda name, **more: {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, **more}
    code = lambda text: base64.b64encode(text.encode()).decode()
    s.post("stringData", at, secret("a", stringData={"user": "root"}, data={"user": code("other"), "x": code("y")}))
    s.get("read", at + "/a")
    s.patch("merge stringData", at + "/a", {"stringData": {"user": "new"}})
    s.patch("merge null", at + "/a", {"data": {"x": None}})
    s.post("empty", at, secret("b"))
    s.post("bad base64", at, secret("c", data={"x": "***"}))
    s.post("base64 without padding", at, secret("c", data={"x": "YQ"}))
    s.post("base64 with newlines", at, secret("nl", data={"x": "YW\nFh"}))
    s.post("url-safe base64", at, secret("c", data={"x": "_-8="}))
    s.post("null value", at, secret("nullvalue", data={"x": None}))
    s.post("bad key", at, secret("c", stringData={"a/b": "x"}))
    s.post("too large", at, secret("c", stringData={"a": "x" * 1048577}))
    s.post("type", at, secret("typed", type="example.com/own"))
    s.patch("type changed", at + "/typed", {"type": "Opaque"})
    s.post("tls without keys", at, secret("c", type="kubernetes.io/tls"))
    s.post("basic auth without keys", at, secret("c", type="kubernetes.io/basic-auth"))
    s.post("ssh without key", at, secret("c", type="kubernetes.io/ssh-auth"))
    s.post("docker config bad", at, secret("c", type="kubernetes.io/dockerconfigjson", stringData={".dockerconfigjson": "{"}))
    s.post("service account token without annotation", at, secret("c", type="kubernetes.io/service-account-token"))
    s.post("helm", at, secret("sh.helm.release.v1.x.v1", type="helm.sh/release.v1", stringData={"release": "x"}))
    s.post("immutable", at, secret("fixed", immutable=True, stringData={"a": "1"}))
    s.patch("immutable: data", at + "/fixed", {"stringData": {"a": "2"}})
    s.patch("immutable: same data", at + "/fixed", {"stringData": {"a": "1"}})
    s.patch("immutable: label", at + "/fixed", {"metadata": {"labels": {"x": "y"}}})
    s.patch("immutable: switched off", at + "/fixed", {"immutable": False})
    s.patch("immutable: unset", at + "/fixed", {"immutable": None})
    s.delete("immutable: deleted", at + "/fixed")
    maps = core(ns, "configmaps")
    s.post("configmap binary", maps, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "bin"}, "binaryData": {"x": "AAEC"}})
    s.post("configmap same key twice", maps, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"k": "v"}, "binaryData": {"k": "AAEC"}})
    s.post("configmap immutable", maps, {**configmap("fixed"), "immutable": True})
    s.patch("configmap immutable: data", maps + "/fixed", {"data": {"a": "2"}})
    s.patch("configmap immutable: switched off", maps + "/fixed", {"immutable": False})
    s.post("configmap empty", maps, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "empty"}})
    s.get("list of both", at, headers={"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"})
