"""Lists: pages, versions, selectors, tables and metadata only."""
import time
import urllib.parse

from scenarios.common import API, TABLE, collection, configmap, core, path, vm, vms

SCENARIOS = {}
scenario = collection(SCENARIOS)


def q(text):
    return urllib.parse.quote(text, safe="")


@scenario
def list_pages(s):
    """limit and continue, with writes in between."""
    ns = s.namespace()
    for kind, at, make in (("vm", vms(ns), vm), ("configmap", core(ns, "configmaps"), configmap)):
        for name in "abcdefg":
            s.quietly("POST", at, make(name, labels={"odd": str("abcdefg".index(name) % 2)}))
        one = s.get(f"{kind}: first page", at + "?limit=3")
        token = one.get("metadata", "continue")
        s.quietly("DELETE", at + "/d")
        s.quietly("POST", at, make("ab"))
        s.quietly("POST", at, make("ea"))
        two = s.get(f"{kind}: second page, after writes", at + f"?limit=3&continue={q(token)}")
        s.get(f"{kind}: last page", at + f"?limit=3&continue={q(two.get('metadata', 'continue'))}")
        s.get(f"{kind}: same token again, other limit", at + f"?limit=1&continue={q(token)}")
        s.get(f"{kind}: token without limit", at + f"?continue={q(token)}")
        s.get(f"{kind}: token and a version", at + f"?limit=3&resourceVersion={one.version}&continue={q(token)}")
        s.get(f"{kind}: token and version 0", at + f"?limit=3&resourceVersion=0&continue={q(token)}")
        s.get(f"{kind}: bad token", at + "?limit=3&continue=nonsense")
        s.get(f"{kind}: token of another version", at + "?limit=3&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjIiLCJydiI6MSwic3RhcnQiOiJhIn0")
        s.get(f"{kind}: token, other collection", core(ns, "secrets") + f"?limit=3&continue={q(token)}")
        s.get(f"{kind}: limit and label", at + "?limit=2&labelSelector=odd%3D0")
        s.get(f"{kind}: limit and field", at + "?limit=2&fieldSelector=metadata.name!%3Da")
        s.get(f"{kind}: limit larger than all", at + "?limit=100")
        s.get(f"{kind}: limit equal to all", at + "?limit=8")
        s.get(f"{kind}: limit 0", at + "?limit=0", keep=lambda b: len(b.get("items", [])))
        s.get(f"{kind}: limit negative", at + "?limit=-1", keep=lambda b: b if b.get("kind") == "Status" else len(b.get("items", [])))
        s.get(f"{kind}: limit not a number", at + "?limit=three")
        s.get(f"{kind}: limit and version 0", at + "?limit=2&resourceVersion=0", keep=lambda b: {**b, "items": len(b.get("items", []))})
        s.get(f"{kind}: empty namespace", at.replace(ns, "rec-none") + "?limit=2")


@scenario
def list_versions(s):
    """resourceVersion and resourceVersionMatch."""
    ns = s.namespace()
    for kind, at, make in (("vm", vms(ns), vm), ("configmap", core(ns, "configmaps"), configmap)):
        names = lambda b: b if b.get("kind") == "Status" else {"metadata": b.get("metadata"), "names": [i["metadata"]["name"] for i in b.get("items", [])]}
        first = s.quietly("POST", at, make("a"))
        second = s.quietly("POST", at, make("b"))
        s.quietly("POST", at, make("c"))
        for query in ("", "?resourceVersion=", "?resourceVersion=0", f"?resourceVersion={first.version}",
                      f"?resourceVersion={first.version}&resourceVersionMatch=NotOlderThan",
                      f"?resourceVersion={first.version}&resourceVersionMatch=Exact",
                      f"?resourceVersion={second.version}&resourceVersionMatch=Exact&limit=1",
                      "?resourceVersion=0&resourceVersionMatch=NotOlderThan", "?resourceVersion=0&resourceVersionMatch=Exact",
                      "?resourceVersionMatch=Exact", "?resourceVersionMatch=NotOlderThan", f"?resourceVersion={first.version}&resourceVersionMatch=Other",
                      "?resourceVersion=abc", "?resourceVersion=-1", "?resourceVersion=1&resourceVersionMatch=Exact", "?resourceVersion=1"):
            shown = query.replace(first.version or "?", "FIRST").replace(second.version or "?", "SECOND")
            s.get(f"{kind}: list {shown}", at + query, keep=names)
        began = time.monotonic()
        s.get(f"{kind}: list from the future", at + "?resourceVersion=99999999")
        s.exchanges[-1]["seconds"] = round(time.monotonic() - began)
        s.get(f"{kind}: list exact from the future", at + "?resourceVersion=99999999&resourceVersionMatch=Exact")
        for query in ("?resourceVersion=0", f"?resourceVersion={first.version}", "?resourceVersion=abc", "?resourceVersion=1"):
            s.get(f"{kind}: get {query.replace(first.version or '?', 'FIRST')}", at + "/a" + query, keep=lambda b: b if b.get("kind") == "Status" else b.get("metadata", {}).get("resourceVersion"))
        began = time.monotonic()
        s.get(f"{kind}: get from the future", at + "/a?resourceVersion=99999999")
        s.exchanges[-1]["seconds"] = round(time.monotonic() - began)


@scenario
def list_expired(s):
    """Tokens and versions older than the compaction (of a server that forgets soon)."""
    ns = s.namespace()
    at = vms(ns)
    for name in "abcde":
        s.quietly("POST", at, vm(name))
    one = s.get("first page", at + "?limit=2")
    token = q(one.get("metadata", "continue"))
    start = one.version
    def has_expired(response):
        s.quietly("POST", at, vm(f"f-{int(time.monotonic() * 10)}"))  # only what is superseded is forgotten
        return response.status == 410

    s.until(at + f"?limit=2&continue={token}", has_expired, seconds=60, every=1)
    for name in ("x", "y"):
        s.quietly("DELETE", at + "/" + name)
    expired = s.get("expired token", at + f"?limit=2&continue={token}")
    s.get("inconsistent continuation", at + f"?limit=2&continue={q(expired.get('metadata', 'continue'))}")
    s.get("exact version too old", at + f"?resourceVersion={start}&resourceVersionMatch=Exact")
    s.get("a version with a limit means exactly that version", at + f"?resourceVersion={start}&limit=1")
    w = s.watch("watch from the old version", at + f"?watch=true&resourceVersion={start}&timeoutSeconds=2")
    w.ended()
    s.watch("watch of a kind without a cache (events) from 1", core(ns, "events") + "?watch=true&resourceVersion=1&timeoutSeconds=2").ended()
    s.get("exact version 1", core(ns, "configmaps") + "?resourceVersion=1&resourceVersionMatch=Exact")


@scenario
def selectors(s):
    """labelSelector and fieldSelector: every operator, every error."""
    ns = s.namespace()
    names = lambda b: b if b.get("kind") == "Status" else [i["metadata"]["name"] for i in b.get("items", [])]
    at = vms(ns)
    for name, labels in (("a", {"app": "web", "tier": "1"}), ("b", {"app": "web", "tier": "2"}), ("c", {"app": "db"}), ("d", None), ("e", {"app": "", "size": "10"})):
        s.quietly("POST", at, vm(name, labels=labels))
        s.quietly("POST", core(ns, "configmaps"), configmap(name, labels=labels))
    for text in ("app=web", "app==web", "app!=web", "app in (web,db)", "app notin (web)", "app", "!app", "app=web,tier=2", "app=", "app!=", "app in (web)", "app in ()",
                 "app in (,web)", "size>9", "size<9", "size>x", "tier>1,app=web", " app = web ", "app=web,", ",app=web", "app=web tier=1", "=web", "app===web", "app in web",
                 "app notin web,db", "a b", "app=we b", "app=-x", "app=" + "x" * 64, "x/y/z=1", "example.com/a=1", "!app=web", "app in (web", "(", "app,!tier", "app=web,app=db", ""):
        s.get(f"label {text[:20]!r}", at + "?labelSelector=" + q(text), keep=names)
    for text in ("metadata.name=a", "metadata.name==a", "metadata.name!=a", f"metadata.namespace={ns}", "metadata.namespace=other", "metadata.name=a,metadata.name=b",
                 "metadata.name=a,metadata.namespace=" + ns, "spec.powerState=On", "status.phase=Running", "metadata.uid=x", "metadata.labels.app=web", "name=a",
                 "metadata.name", "metadata.name in (a)", "metadata.name=", "=a", "metadata.name=a,", "metadata.name=a\\,b", "metadata.name>a", ""):
        s.get(f"field {text[:34].replace(ns, 'NS')!r}", at + "?fieldSelector=" + q(text), keep=names)
        s.get(f"configmap field {text[:34].replace(ns, 'NS')!r}", core(ns, "configmaps") + "?fieldSelector=" + q(text), keep=names)
    s.get("secret field type", core(ns, "secrets") + "?fieldSelector=type%3DOpaque", keep=names)
    s.get("both selectors", at + "?labelSelector=app%3Dweb&fieldSelector=metadata.name%3Da", keep=names)
    s.get("selector given twice", at + "?labelSelector=app%3Dweb&labelSelector=app%3Ddb", keep=names)
    s.get("across namespaces", f"{API}/virtualmachines?fieldSelector=metadata.namespace%3D{ns}", keep=names)
    s.get("across namespaces with name", f"{API}/virtualmachines?fieldSelector=metadata.namespace%3D{ns},metadata.name%3Db", keep=names)
    s.get("get ignores selectors", at + "/a?labelSelector=app%3Ddb&fieldSelector=x%3Dy", keep=lambda b: b.get("kind"))


@scenario
def tables(s):
    """Tables and metadata-only answers."""
    ns = s.namespace()
    at = vms(ns)
    s.post("create", at, vm("one", labels={"a": "b"}, spec={"imageRef": {"name": "debian"}}))
    s.post("create two", at, vm("two"))
    s.patch("status", at + "/one/status", {"status": {"phase": "Running", "ips": ["10.0.0.1", "10.0.0.2"]}})
    as_table = "application/json;as=Table;v=v1;g=meta.k8s.io"
    s.get("list", at, headers=TABLE)
    s.get("list as kubectl asks", at + "?limit=500", headers={"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"})
    s.get("list v1beta1", at, headers={"Accept": "application/json;as=Table;v=v1beta1;g=meta.k8s.io"})
    s.get("list unknown version", at, headers={"Accept": "application/json;as=Table;v=v2;g=meta.k8s.io"})
    s.get("list unknown version with fallback", at, headers={"Accept": "application/json;as=Table;v=v2;g=meta.k8s.io, application/json"}, keep=lambda b: b.get("kind"))
    for include in ("None", "Metadata", "Object", "All"):
        s.get(f"include {include}", at + f"?includeObject={include}", headers={"Accept": as_table})
    s.get("get", at + "/one", headers={"Accept": as_table})
    s.get("get include Object", at + "/one?includeObject=Object", headers={"Accept": as_table})
    s.get("get none", at + "/none", headers={"Accept": as_table})
    s.get("paged", at + "?limit=1", headers={"Accept": as_table})
    s.get("empty", at + "?labelSelector=x%3Dy", headers={"Accept": as_table})
    s.post("create as table", at, vm("three"), headers={"Accept": as_table})
    s.patch("patch as table", at + "/three", {"metadata": {"labels": {"x": "y"}}}, headers={"Accept": as_table})
    s.delete("delete as table", at + "/three", headers={"Accept": as_table})
    s.post("error as table", at, {**vm("x"), "spec": {}}, headers={"Accept": as_table})
    for kind in ("configmaps", "secrets", "events", "serviceaccounts"):
        s.quietly("POST", core(ns, "configmaps"), configmap("one"))
        s.quietly("POST", core(ns, "secrets"), {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "one"}, "stringData": {"a": "b"}})
        s.get(f"{kind}", core(ns, kind), headers=TABLE)
    s.get("namespace", f"/api/v1/namespaces/{ns}", headers=TABLE)
    s.get("leases", path("kube-system", "leases", api="/apis/coordination.k8s.io/v1"), headers=TABLE, keep=lambda b: {**b, "rows": len(b.get("rows", []))})
    s.get("crds", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/vmclasses.infra.virtrigaud.io", headers=TABLE)
    for kind in ("providers", "vmclasses", "vmclones", "vmimages", "vmmigrations", "vmnetworkattachments", "vmplacementpolicies", "vmsets", "vmsnapshots"):
        s.get(f"columns of {kind}", path(ns, kind), headers=TABLE)
    metadata = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
    metadata_list = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
    s.get("metadata of one", at + "/one", headers={"Accept": metadata})
    s.get("metadata list", at, headers={"Accept": metadata_list})
    s.get("metadata list, singular asked", at, headers={"Accept": metadata})
    s.get("metadata of one, list asked", at + "/one", headers={"Accept": metadata_list})
    s.get("metadata of a configmap", core(ns, "configmaps", "one"), headers={"Accept": metadata})
    s.patch("metadata patched", at + "/one", {"metadata": {"labels": {"c": "d"}}}, headers={"Accept": metadata})
    s.get("metadata v1beta1", at + "/one", headers={"Accept": metadata.replace("v=v1", "v=v1beta1")})
