"""Updating, the status and scale subresources, finalizers, deleting and garbage collection."""

from scenarios.common import API, collection, configmap, core, path, vm, vms, without

SCENARIOS = {}
scenario = collection(SCENARIOS)
OPTIONS = {"apiVersion": "v1", "kind": "DeleteOptions"}


@scenario
def update_conflicts(s):
    """Optimistic locking and what an update may not change."""
    ns = s.namespace()
    for kind, at, thing in (("vm", vms(ns), vm("one")), ("configmap", core(ns, "configmaps"), configmap("one"))):
        made = s.post(f"{kind}: create", at, thing)
        at += "/one"
        touch = lambda body, **meta: {**body, "metadata": {**body.get("metadata", {}), **meta}}
        first = s.put(f"{kind}: update", at, touch(made.json, labels={"a": "1"}))
        s.put(f"{kind}: stale update", at, touch(made.json, labels={"a": "2"}))
        s.put(f"{kind}: stale but equal", at, made.json)
        s.put(f"{kind}: no version", at, touch(without(thing), labels={"a": "3"}))
        s.put(f"{kind}: version 0", at, touch(s.current(at), resourceVersion="0", labels={"a": "4"}))
        s.put(f"{kind}: version empty", at, touch(s.current(at), resourceVersion="", labels={"a": "5"}))
        s.put(f"{kind}: version no number", at, touch(s.current(at), resourceVersion="abc"))
        s.put(f"{kind}: version from the future", at, touch(s.current(at), resourceVersion="99999999"))
        s.put(f"{kind}: no change keeps the version", at, s.current(at))
        s.put(f"{kind}: wrong uid", at, touch(s.current(at), uid="00000000-0000-4000-8000-000000000000"))
        s.put(f"{kind}: no uid", at, {**s.current(at), "metadata": {k: v for k, v in s.current(at).get("metadata", {}).items() if k != "uid"}})
        s.put(f"{kind}: creation time changed", at, touch(s.current(at), creationTimestamp="2001-01-01T00:00:00Z"))
        s.put(f"{kind}: creation time null", at, touch(s.current(at), creationTimestamp=None))
        s.put(f"{kind}: deletion time set", at, touch(s.current(at), deletionTimestamp="2001-01-01T00:00:00Z", deletionGracePeriodSeconds=5))
        s.put(f"{kind}: generation set", at, touch(s.current(at), generation=77))
        s.put(f"{kind}: generateName set", at, touch(s.current(at), generateName="g-"))
        s.put(f"{kind}: selfLink set", at, touch(s.current(at), selfLink="/x"))
        s.put(f"{kind}: managedFields emptied", at, touch(s.current(at), managedFields=[]))
        s.put(f"{kind}: managedFields reset", at, touch(s.current(at), managedFields=[{}]))
        s.patch(f"{kind}: patch with stale version", at, {"metadata": {"resourceVersion": first.version, "labels": {"a": "6"}}})
        s.patch(f"{kind}: patch of nothing", at, {})
        s.patch(f"{kind}: patch name", at, {"metadata": {"name": "two"}})
        s.patch(f"{kind}: patch namespace", at, {"metadata": {"namespace": "default"}})
        s.patch(f"{kind}: patch uid", at, {"metadata": {"uid": "00000000-0000-4000-8000-000000000000"}})
        s.patch(f"{kind}: patch kind", at, {"kind": "Other"})
        s.patch(f"{kind}: patch apiVersion", at, {"apiVersion": "other/v1"})
        s.patch(f"{kind}: patch generation", at, {"metadata": {"generation": 99}})
        s.patch(f"{kind}: patch metadata away", at, {"metadata": None})


@scenario
def generation(s):
    """When metadata.generation moves."""
    ns = s.namespace()
    s.post("create: 1", vms(ns), vm("one"))
    s.patch("label: 1", vms(ns, "one"), {"metadata": {"labels": {"a": "b"}}})
    s.patch("spec: 2", vms(ns, "one"), {"spec": {"powerState": "On"}})
    s.patch("same spec: 2", vms(ns, "one"), {"spec": {"powerState": "On"}})
    s.patch("pruned field: 2", vms(ns, "one"), {"spec": {"colour": "red"}})
    s.patch("status: 2", vms(ns, "one", "status"), {"status": {"phase": "Running"}})
    s.patch("finalizer: 2", vms(ns, "one"), {"metadata": {"finalizers": ["example.com/f"]}})
    s.delete("deletion: 3", vms(ns, "one"))
    s.patch("finalizer removed", vms(ns, "one"), {"metadata": {"finalizers": None}})
    s.post("configmap has none", core(ns, "configmaps"), configmap("one"))


@scenario
def status_subresource(s):
    """What /status takes and what it ignores, and the main path's other half."""
    ns = s.namespace()
    made = s.post("create with status", vms(ns), {**vm("one"), "status": {"phase": "Running"}})
    at, sub = vms(ns, "one"), vms(ns, "one", "status")
    s.put("put status", sub, s.current(at, status={"phase": "Running", "ips": ["10.0.0.1"]}))
    s.put("put status with a changed spec", sub, s.current(at, status={"phase": "Stopped"}, spec={**made.get("spec", default={}), "powerState": "Off"}))
    now = s.current(at)
    s.put("put status with changed metadata", sub, {**now, "metadata": {**now.get("metadata", {}), "labels": {"a": "b"}, "annotations": {"c": "d"}, "finalizers": ["example.com/f"],
                                                                        "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "y"}]}, "status": {"phase": "Running"}})
    s.put("put status, invalid spec", sub, s.current(at, spec={}, status={"phase": "Stopped"}))
    s.put("put status, invalid status", sub, s.current(at, status={"phase": "Nowhere"}))
    s.put("put status, same", sub, s.current(at))
    s.put("put status, none", sub, without(s.current(at), "status"))
    s.put("put status again", sub, s.current(at, status={"phase": "Running", "ips": ["10.0.0.1"]}))
    s.put("put status stale", sub, {**made.json, "status": {"phase": "Failed"}})
    s.put("put status without version", sub, {**vm("one"), "status": {"phase": "Failed"}})
    s.patch("merge status", sub, {"status": {"message": "hello"}})
    s.patch("merge status and spec", sub, {"status": {"message": "again"}, "spec": {"powerState": "On"}})
    s.patch("merge status and label", sub, {"status": {"message": "label"}, "metadata": {"labels": {"x": "y"}}})
    s.patch("json status", sub, [{"op": "replace", "path": "/status/phase", "value": "Stopped"}], kind="json")
    s.patch("status away", sub, {"status": None})
    s.patch("json status missing parent", sub, [{"op": "add", "path": "/status/phase", "value": "Stopped"}], kind="json")
    s.put("main path ignores status", at, s.current(at, status={"phase": "Failed"}))
    s.patch("main path merge of status", at, {"status": {"phase": "Failed"}})
    s.get("get status", sub)
    s.get("get status as table", sub, headers={"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"})
    s.post("post status", sub, s.current(at))
    s.delete("delete status", sub)
    s.get("status of none", vms(ns, "none", "status"))
    s.patch("patch status of none", vms(ns, "none", "status"), {"status": {"phase": "Running"}})
    s.get("list status", vms(ns) + "//status")
    s.get("unknown subresource", vms(ns, "one", "console"))
    s.get("below a subresource", vms(ns, "one", "status/x"))


@scenario
def scale_subresource(s):
    """scale: get, put, patch, and paths that do not exist in the object."""
    ns = s.namespace()
    vmset = {"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": "VMSet", "metadata": {"name": "one"},
             "spec": {"replicas": 3, "selector": {"matchLabels": {"app": "a"}},
                      "template": {"metadata": {"labels": {"app": "a"}}, "spec": {"classRef": {"name": "small"}, "providerRef": {"name": "lab"}}}}}
    sets = path(ns, "vmsets")
    s.post("create", sets, vmset)
    s.get("get", sets + "/one/scale")
    s.put("put", sets + "/one/scale", s.current(sets + "/one/scale", spec={"replicas": 5}))
    s.put("put without version", sets + "/one/scale", {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "one", "namespace": ns}, "spec": {"replicas": 4}})
    s.put("put stale", sets + "/one/scale", {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "one", "namespace": ns, "resourceVersion": "1"}, "spec": {"replicas": 6}})
    s.put("put negative", sets + "/one/scale", {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "one", "namespace": ns}, "spec": {"replicas": -1}})
    s.put("put wrong kind", sets + "/one/scale", {**vmset})
    s.put("put, other name", sets + "/one/scale", {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "two", "namespace": ns}, "spec": {"replicas": 4}})
    s.patch("merge", sets + "/one/scale", {"spec": {"replicas": 2}})
    s.patch("merge as kubectl does", sets + "/one/scale", {"spec": {"replicas": 7}, "metadata": {"resourceVersion": "1"}})
    s.patch("json", sets + "/one/scale", [{"op": "replace", "path": "/spec/replicas", "value": 1}], kind="json")
    s.patch("apply", sets + "/one/scale?fieldManager=hpa&force=true", {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "one", "namespace": ns}, "spec": {"replicas": 8}}, kind="apply")
    s.patch("dry run", sets + "/one/scale?dryRun=All", {"spec": {"replicas": 2}})
    s.patch("max", sets + "/one/scale", {"spec": {"replicas": 100000}})
    s.get("whole object", sets + "/one")
    s.get("status replicas", sets + "/one/scale")
    s.patch("status set", sets + "/one/status", {"status": {"replicas": 2, "readyReplicas": 1}})
    s.get("status replicas seen", sets + "/one/scale")
    s.get("scale of none", sets + "/none/scale")
    s.post("vm: create", vms(ns), vm("one"))
    s.get("vm: paths that do not exist", vms(ns, "one", "scale"))
    s.patch("vm: patch scale", vms(ns, "one", "scale"), {"spec": {"replicas": 2}})
    s.put("vm: put scale", vms(ns, "one", "scale"), {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "one", "namespace": ns}, "spec": {"replicas": 2}})
    s.get("as table", sets + "/one/scale", headers={"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"})


@scenario
def finalizers(s):
    """Deleting with finalizers, step by step."""
    ns = s.namespace()
    for kind, at, thing in (("vm", vms(ns), vm("one", finalizers=["example.com/a", "example.com/b"])),
                            ("configmap", core(ns, "configmaps"), configmap("one", finalizers=["example.com/a", "example.com/b"]))):
        s.post(f"{kind}: create", at, thing)
        at += "/one"
        s.delete(f"{kind}: delete", at)
        s.get(f"{kind}: still there", at)
        date = s.quietly("GET", at).headers["Date"]  # the time of a deletion is given in seconds
        s.until(at, lambda r: r.headers["Date"] != date)
        s.delete(f"{kind}: delete again", at)
        s.delete(f"{kind}: delete in foreground now", at, {**OPTIONS, "propagationPolicy": "Foreground"})
        s.post(f"{kind}: create meanwhile", at.rsplit("/", 1)[0], thing)
        s.patch(f"{kind}: label while deleting", at, {"metadata": {"labels": {"x": "y"}}})
        s.patch(f"{kind}: spec while deleting", at, {"spec": {"powerState": "On"}} if kind == "vm" else {"data": {"a": "2"}})
        s.patch(f"{kind}: add a finalizer", at, {"metadata": {"finalizers": ["example.com/a", "example.com/b", "example.com/c"]}})
        s.put(f"{kind}: put adds a finalizer", at, {**s.current(at), "metadata": {**s.current(at).get("metadata", {}), "finalizers": ["example.com/a", "example.com/c"]}})
        s.patch(f"{kind}: reorder", at, {"metadata": {"finalizers": ["example.com/b", "example.com/a"]}})
        s.patch(f"{kind}: take the deletion back", at, {"metadata": {"deletionTimestamp": None}})
        s.patch(f"{kind}: remove one", at, {"metadata": {"finalizers": ["example.com/a"]}})
        s.patch(f"{kind}: remove the last", at, {"metadata": {"finalizers": []}})
        s.get(f"{kind}: gone", at)
    s.post("status: create", vms(ns), vm("two", finalizers=["example.com/a"]))
    s.delete("status: delete", vms(ns, "two"))
    s.patch("status: while deleting", vms(ns, "two", "status"), {"status": {"phase": "Deleting"}})
    s.patch("status: a finalizer cannot go by /status", vms(ns, "two", "status"), {"metadata": {"finalizers": []}})
    s.patch("status: json remove of the last", vms(ns, "two"), [{"op": "test", "path": "/metadata/finalizers/0", "value": "example.com/a"}, {"op": "remove", "path": "/metadata/finalizers/0"}], kind="json")
    s.get("status: gone", vms(ns, "two"))
    s.post("put: create", vms(ns), vm("three", finalizers=["example.com/a"]))
    s.delete("put: delete", vms(ns, "three"))
    s.put("put: removes the last", vms(ns, "three"), {**s.current(vms(ns, "three")), "metadata": {**s.current(vms(ns, "three")).get("metadata", {}), "finalizers": None}})
    s.get("put: gone", vms(ns, "three"))
    s.post("apply: create", vms(ns), vm("four", finalizers=["example.com/a"]))
    s.delete("apply: delete", vms(ns, "four"))
    s.patch("apply: while deleting", vms(ns, "four") + "?fieldManager=me&force=true", vm("four", spec={"powerState": "Off"}), kind="apply")
    s.patch("apply: away", vms(ns, "four"), {"metadata": {"finalizers": None}})


@scenario
def deleting(s):
    """Delete options and what comes back."""
    ns = s.namespace()
    made = s.post("create", vms(ns), vm("one"))
    at = vms(ns, "one")
    s.delete("wrong uid", at, {**OPTIONS, "preconditions": {"uid": "00000000-0000-4000-8000-000000000000"}})
    s.delete("wrong version", at, {**OPTIONS, "preconditions": {"resourceVersion": "1"}})
    s.delete("bad policy", at, {**OPTIONS, "propagationPolicy": "Sideways"})
    s.delete("bad policy by query", at + "?propagationPolicy=Sideways")
    s.delete("policy and orphanDependents", at, {**OPTIONS, "propagationPolicy": "Background", "orphanDependents": True})
    dry = {**OPTIONS, "dryRun": ["All"]}
    s.delete("unknown field", at, {**dry, "colour": 1})
    s.delete("wrong kind of options", at, {"apiVersion": "v1", "kind": "ConfigMap"})
    s.delete("options of another group version", at, {**dry, "apiVersion": "meta.k8s.io/v1"})
    s.delete("options of our group", at, {**dry, "apiVersion": "infra.virtrigaud.io/v1beta1"})
    s.delete("options of an unknown group", at, {**dry, "apiVersion": "none.example.com/v1"})
    s.delete("options without kind", at, {"dryRun": ["All"], "propagationPolicy": "Background"})
    s.delete("options not JSON", at, "{", headers={"Content-Type": "application/json"})
    s.delete("negative grace", at, {**dry, "gracePeriodSeconds": -1})
    s.delete("grace 30", at, {**dry, "gracePeriodSeconds": 30})
    s.delete("dryRun by query without a body", at + "?dryRun=All")
    s.delete("right uid and version", at, {**OPTIONS, "preconditions": {"uid": made.uid, "resourceVersion": made.version}})
    s.post("create for a surprise", vms(ns), vm("lost"))
    s.delete("a body hides the query's dryRun", vms(ns, "lost") + "?dryRun=All", OPTIONS)
    s.get("and the object is gone", vms(ns, "lost"))
    s.post("create for an empty object", vms(ns), vm("lost"))
    s.delete("an empty object hides it too", vms(ns, "lost") + "?dryRun=All", {})
    s.get("gone or not", vms(ns, "lost"))
    s.post("create for policies", vms(ns), vm("two"))
    s.delete("orphan", vms(ns, "two"), {**OPTIONS, "propagationPolicy": "Orphan"})
    s.until(vms(ns, "two"), lambda r: r.status == 404)
    s.get("orphan: gone", vms(ns, "two"))
    s.post("create again", vms(ns), vm("three"))
    s.delete("foreground", vms(ns, "three"), {**OPTIONS, "propagationPolicy": "Foreground"})
    s.until(vms(ns, "three"), lambda r: r.status == 404)
    s.post("create once more", vms(ns), vm("four"))
    s.delete("background by query", vms(ns, "four") + "?propagationPolicy=Background")
    s.post("create a configmap", core(ns, "configmaps"), configmap("one"))
    s.delete("configmap comes back as a status", core(ns, "configmaps", "one"))
    s.post("create a secret", core(ns, "secrets"), {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "one"}})
    s.delete("secret by yaml options", core(ns, "secrets", "one"), "apiVersion: v1\nkind: DeleteOptions\npropagationPolicy: Background\n", headers={"Content-Type": "application/yaml"})
    s.post("foreground with a finalizer", vms(ns), vm("five", finalizers=["example.com/a"]))
    s.delete("foreground with a finalizer: delete", vms(ns, "five"), {**OPTIONS, "propagationPolicy": "Foreground"})
    s.until(vms(ns, "five"), lambda r: r.get("metadata", "finalizers") == ["example.com/a"])
    s.get("foreground with a finalizer: the collector is done", vms(ns, "five"))
    s.patch("foreground with a finalizer: own one removed", vms(ns, "five"), {"metadata": {"finalizers": None}})
    s.get("foreground with a finalizer: gone", vms(ns, "five"))
    s.post("finalizer orphan by hand", vms(ns), vm("six", finalizers=["orphan"]))
    collector_has_seen(s, ns)
    s.delete("finalizer orphan by hand: delete", vms(ns, "six"))
    s.until(vms(ns, "six"), lambda r: r.status == 404)
    s.get("finalizer orphan by hand: gone", vms(ns, "six"))


@scenario
def delete_collection(s):
    """DELETE on a collection."""
    ns = s.namespace()
    for name, labels in (("a", {"t": "1"}), ("b", {"t": "1"}), ("c", {"t": "2"}), ("d", None)):
        s.quietly("POST", vms(ns), vm(name, labels=labels))
        s.quietly("POST", core(ns, "configmaps"), configmap(name, labels=labels))
    s.quietly("POST", vms(ns), vm("held", labels={"t": "1"}, finalizers=["example.com/a"]))
    s.delete("dry run", vms(ns) + "?dryRun=All")
    s.delete("by label", vms(ns) + "?labelSelector=t%3D1")
    s.get("left over", vms(ns))
    s.delete("by label again", vms(ns) + "?labelSelector=t%3D1")
    s.delete("by field", vms(ns) + "?fieldSelector=metadata.name%3Dc")
    s.delete("configmaps by label", core(ns, "configmaps") + "?labelSelector=t%3D1")
    s.delete("bad selector", vms(ns) + "?labelSelector=t%3D%3D%3D1")
    s.delete("limit", vms(ns) + "?limit=1")
    s.delete("the rest", vms(ns), OPTIONS)
    s.delete("none left", core(ns, "configmaps") + "?labelSelector=t%3D9")
    s.delete("across namespaces", f"{API}/virtualmachines")
    s.patch("release", vms(ns, "held"), {"metadata": {"finalizers": None}})


def collector_has_seen(s, ns):
    """Everything so far: it takes away what has no owner, in the order in which it came."""
    at = core(ns, "configmaps")
    nobody = {"apiVersion": "v1", "kind": "ConfigMap", "name": "nobody", "uid": "00000000-0000-4000-8000-000000000009"}
    s.quietly("POST", at, configmap("sentinel", ownerReferences=[nobody]))
    s.until(at + "/sentinel", lambda r: r.status == 404)


@scenario
def garbage_collection(s):
    """Owner references: background, foreground, orphan, absent and wrong owners."""
    ns = s.namespace()

    def family(prefix, block=None):
        owner = s.quietly("POST", vms(ns), vm(prefix)).json
        reference = {"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": "VirtualMachine", "name": prefix, "uid": owner.get("metadata", {}).get("uid", "")}
        if block:
            reference["blockOwnerDeletion"] = True
        s.quietly("POST", core(ns, "configmaps"), configmap(prefix + "-child", ownerReferences=[reference]))
        s.quietly("POST", vms(ns), vm(prefix + "-child", ownerReferences=[reference]))
        collector_has_seen(s, ns)
        return reference

    gone = lambda target: s.until(target, lambda r: r.status == 404)
    family("background")
    s.delete("background: delete", vms(ns, "background"))
    gone(core(ns, "configmaps", "background-child"))
    s.get("background: child gone", core(ns, "configmaps", "background-child"))
    family("orphan")
    s.delete("orphan: delete", vms(ns, "orphan"), {**OPTIONS, "propagationPolicy": "Orphan"})
    gone(vms(ns, "orphan"))
    s.get("orphan: child lives on", core(ns, "configmaps", "orphan-child"))
    family("foreground", block=True)
    s.quietly("PATCH", core(ns, "configmaps", "foreground-child"), {"metadata": {"finalizers": ["example.com/hold"]}}, headers={"Content-Type": "application/merge-patch+json"})
    s.delete("foreground: delete", vms(ns, "foreground"), {**OPTIONS, "propagationPolicy": "Foreground"})
    s.until(core(ns, "configmaps", "foreground-child"), lambda r: r.get("metadata", "deletionTimestamp"))
    s.get("foreground: child is being deleted", core(ns, "configmaps", "foreground-child"))
    s.get("foreground: owner waits", vms(ns, "foreground"))
    s.patch("foreground: child released", core(ns, "configmaps", "foreground-child"), {"metadata": {"finalizers": None}})
    gone(vms(ns, "foreground"))
    s.get("foreground: owner gone", vms(ns, "foreground"))
    reference = family("absent")
    s.post("absent owner: create", core(ns, "configmaps"), configmap("absent-owner", ownerReferences=[{**reference, "name": "never", "uid": "00000000-0000-4000-8000-000000000001"}]))
    gone(core(ns, "configmaps", "absent-owner"))
    s.get("absent owner: collected", core(ns, "configmaps", "absent-owner"))
    s.post("right name, wrong uid: create", core(ns, "configmaps"), configmap("wrong-uid", ownerReferences=[{**reference, "uid": "00000000-0000-4000-8000-000000000002"}]))
    gone(core(ns, "configmaps", "wrong-uid"))
    s.get("right name, wrong uid: collected", core(ns, "configmaps", "wrong-uid"))
    s.post("unknown kind of owner: create", core(ns, "configmaps"), configmap("unknown-kind", ownerReferences=[{**reference, "kind": "Nothing", "uid": "00000000-0000-4000-8000-000000000003"}]))
    second = s.quietly("POST", core(ns, "configmaps"), configmap("other-owner"))
    s.post("two owners: create", core(ns, "configmaps"), configmap("two-owners", ownerReferences=[
        reference, {"apiVersion": "v1", "kind": "ConfigMap", "name": "other-owner", "uid": second.uid}]))
    s.delete("two owners: first goes", vms(ns, "absent"))
    s.until(core(ns, "configmaps", "two-owners"), lambda r: len(r.get("metadata", "ownerReferences") or ()) == 1)
    s.get("two owners: one reference left", core(ns, "configmaps", "two-owners"))
    s.delete("two owners: second goes", core(ns, "configmaps", "other-owner"))
    gone(core(ns, "configmaps", "two-owners"))
    s.get("two owners: collected", core(ns, "configmaps", "two-owners"))
    collector_has_seen(s, ns)
    s.get("unknown kind of owner: lives on", core(ns, "configmaps", "unknown-kind"))
    s.post("own owner", vms(ns), vm("self", ownerReferences=[{**reference, "name": "self"}]))
