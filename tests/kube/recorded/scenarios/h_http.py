"""HTTP itself: methods, paths, content negotiation, odd URLs, compression."""
import json

from scenarios.a_discovery import served
from scenarios.common import API, collection, configmap, core, vm, vms

SCENARIOS = {}
scenario = collection(SCENARIOS)


@scenario
def negotiation(s):
    """Accept and Content-Type."""
    ns = s.namespace()
    s.post("create", vms(ns), vm("one"))
    s.post("create configmap", core(ns, "configmaps"), configmap("one"))
    for accept in ("application/json", "*/*", "", "application/*", "text/html", "text/plain", "application/yaml", "application/vnd.kubernetes.protobuf",
                   "application/vnd.kubernetes.protobuf, application/json", "application/cbor", "application/json;pretty=1", "application/json;q=0", "nonsense", ";;;",
                   "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json;charset=utf-8", "application/json;foo=bar",
                   "application/json;as=Nothing;v=v1;g=meta.k8s.io", "application/yaml;as=Table;v=v1;g=meta.k8s.io", "application/json;stream=watch"):
        keep = lambda b: b if isinstance(b, dict) or not b.startswith("k8s\0") else "<protobuf>"
        s.get(f"vm accept {accept!r}", vms(ns, "one"), headers={"Accept": accept}, keep=keep)
        s.get(f"configmap accept {accept!r}", core(ns, "configmaps", "one"), headers={"Accept": accept}, keep=keep)
    s.get("error as yaml", vms(ns, "none"), headers={"Accept": "application/yaml"})
    s.get("error as protobuf", vms(ns, "none"), headers={"Accept": "application/vnd.kubernetes.protobuf"}, keep=lambda b: b if isinstance(b, dict) else "<text>")
    s.get("error as text", vms(ns, "none"), headers={"Accept": "text/plain"})
    s.get("list as yaml", vms(ns), headers={"Accept": "application/yaml"})
    s.get("pretty by query", vms(ns, "one") + "?pretty=true")
    s.get("pretty off", vms(ns, "one") + "?pretty=0")
    s.get("curl gets indented", vms(ns, "one"), headers={"User-Agent": "curl/8.0"})
    s.get("Mozilla gets indented", vms(ns, "one"), headers={"User-Agent": "Mozilla/5.0"})
    s.post("protobuf body for a custom kind", vms(ns), b"k8s\0\0\0", headers={"Content-Type": "application/vnd.kubernetes.protobuf"})
    s.post("protobuf body broken", core(ns, "configmaps"), b"k8s\0\xff\xff", headers={"Content-Type": "application/vnd.kubernetes.protobuf"})
    s.post("content-encoding gzip", vms(ns), json.dumps(vm("x")), headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})


def field(number, value):
    """One protobuf field: text, bytes or a whole number."""
    def varint(n):
        out = b""
        while n > 127:
            out, n = out + bytes([n & 127 | 128]), n >> 7
        return out + bytes([n])
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def envelope(version, kind, raw):
    """The magic and the wrapper that Kubernetes puts around every protobuf object."""
    return b"k8s\0" + field(1, field(1, version) + field(2, kind)) + field(2, raw) + field(3, "") + field(4, "")


@scenario
def protobuf(s):
    """Protobuf bodies for built-in kinds, as kubectl create and helm send them; answers wanted in JSON."""
    ns = s.namespace()
    sent = {"Content-Type": "application/vnd.kubernetes.protobuf", "Accept": "application/json"}
    entry = lambda key, value: field(2, field(1, key) + field(2, value))
    named = lambda name: field(1, field(1, name))
    s.post("configmap", core(ns, "configmaps"), envelope("v1", "ConfigMap", named("one") + entry("a", "1") + entry("b", "2")), headers=sent)
    s.post("secret", core(ns, "secrets"), envelope("v1", "Secret", named("one") + entry("user", b"root") + field(3, "Opaque")), headers=sent)
    s.quietly("DELETE", "/api/v1/namespaces/rec-protobuf-made")
    s.until("/api/v1/namespaces/rec-protobuf-made", lambda r: r.status == 404)
    s.post("namespace", "/api/v1/namespaces", envelope("v1", "Namespace", named("rec-protobuf-made")), headers=sent)
    s.post("as kubectl does, without a type inside", core(ns, "configmaps"), envelope("", "", named("untyped")), headers=sent)
    s.post("wrong kind inside", core(ns, "configmaps"), envelope("v1", "Pod", named("x")), headers=sent)
    s.post("wrong version inside", core(ns, "configmaps"), envelope("v2", "ConfigMap", named("x")), headers=sent)
    s.post("unknown field", core(ns, "configmaps") + "?fieldValidation=Strict", envelope("v1", "ConfigMap", named("unknown") + field(99, "x")), headers=sent)
    s.post("no magic", core(ns, "configmaps"), envelope("v1", "ConfigMap", named("x"))[4:], headers=sent)
    s.post("cut short", core(ns, "configmaps"), envelope("v1", "ConfigMap", named("x"))[:-9], headers=sent)
    s.post("empty", core(ns, "configmaps"), b"", headers=sent)
    s.post("invalid name", core(ns, "configmaps"), envelope("v1", "ConfigMap", named("BAD")), headers=sent)
    review = field(2, field(1, field(1, ns) + field(2, "get") + field(3, "infra.virtrigaud.io") + field(5, "virtualmachines")))
    s.post("may I", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", envelope("authorization.k8s.io/v1", "SelfSubjectAccessReview", review), headers=sent)
    s.send("delete options", "DELETE", core(ns, "configmaps", "one"), envelope("v1", "DeleteOptions", field(4, "Background")), headers=sent)
    s.send("delete options for a custom object", "DELETE", vms(ns, "none"), envelope("v1", "DeleteOptions", b""), headers=sent)


@scenario
def compression(s):
    """Accept-Encoding: when an answer is compressed."""
    ns = s.namespace()
    s.quietly("POST", vms(ns), vm("small"))
    s.quietly("POST", vms(ns), vm("large", spec={"metaData": {"cloudInit": {"inline": "x" * 200000}}}))
    size = lambda b: "<json>" if isinstance(b, dict) else "<compressed>"
    for encoding in ("gzip", "deflate", "gzip;q=0", "identity", "br, gzip", "*"):
        s.get(f"small {encoding}", vms(ns, "small"), headers={"Accept-Encoding": encoding}, keep=size)
        s.get(f"large {encoding}", vms(ns, "large"), headers={"Accept-Encoding": encoding}, keep=size)
    s.get("list gzip", vms(ns), headers={"Accept-Encoding": "gzip"}, keep=size)
    s.get("large discovery gzip", "/openapi/v2", headers={"Accept-Encoding": "gzip"}, keep=size)
    s.watch("watch gzip", vms(ns, "", "") + "?watch=true&resourceVersion=0&timeoutSeconds=1&fieldSelector=metadata.name%3Dsmall", headers={"Accept-Encoding": "gzip"}).ended()


@scenario
def methods_and_paths(s):
    """Unknown methods, paths, groups, versions, resources and URL forms."""
    ns = s.namespace()
    s.quietly("POST", vms(ns), vm("one"))
    at = vms(ns, "one")
    for method in ("HEAD", "OPTIONS", "TRACE", "CONNECT", "BREW", "get", "COPY"):
        s.send(f"{method} object", method, at)
    for method in ("HEAD", "OPTIONS", "PATCH", "POST"):
        s.send(f"{method} collection", method, vms(ns))
    s.send("HEAD missing", "HEAD", vms(ns, "none"))
    s.post("POST object", at, vm("one"))
    s.send("PUT collection", "PUT", vms(ns), vm("one"))
    s.send("POST version", "POST", API, {})
    s.send("DELETE api", "DELETE", "/api")
    s.send("PUT version document", "PUT", "/version", {})
    for target in (f"{API}/nothings", f"{API}/namespaces/{ns}/nothings", f"{API}/namespaces/{ns}/nothings/x", "/apis/infra.virtrigaud.io/v9/virtualmachines",
                   "/apis/infra.virtrigaud.io/v9", "/apis/none.example.com", "/apis/none.example.com/v1", "/apis/none.example.com/v1/things", "/api/v2", "/api/v2/pods", "/api/v1/nothings",
                   f"/api/v1/namespaces/{ns}/nothings", "/nothing", "/apis/", "/api/", f"{API}/", "/apis/infra.virtrigaud.io/", vms(ns) + "/", at + "/", "//apis/infra.virtrigaud.io", "/apis//infra.virtrigaud.io/v1beta1",
                   f"{API}//namespaces/{ns}/virtualmachines", f"{API}/namespaces/{ns}//virtualmachines", at.replace("/virtualmachines/", "/virtualmachines//"), f"{API}/namespaces/{ns}",
                   f"{API}/namespaces", f"{API}/namespaces/{ns}/VirtualMachines", f"{API}/namespaces/{ns}/virtualmachine", f"{API}/namespaces/{ns}/vm", f"{API}/virtualmachines/one", "/apis/apiextensions.k8s.io/v1/namespaces/x/customresourcedefinitions",
                   f"{API}/watch/namespaces/{ns}/virtualmachines?timeoutSeconds=1", "/metrics/none", "/logs", "/../etc/passwd", "/api/../version", "/api/v1/./namespaces/default", vms(ns, "%6Fne"), vms(ns, "one%2Fstatus"), vms(ns, "%zz"), vms(ns, "a%00b"),
                   vms(ns, "o%C3%A9"), vms(ns, "UPPER"), vms(ns, "a" * 300), vms(ns, "..%2f.."), vms("BAD_NS", "one"), vms("%2e%2e", "one"), at + "?" + "x=" + "y" * 60000, at + "?%zz=1", at + "?a=%zz", at + "?;", at + "?pretty=%zz", at + "#fragment", at + "??",
                   vms(ns) + "?limit=1&limit=2", vms(ns) + "?labelSelector=%zz", "/" + "x" * 9000):
        s.get(f"GET {target[:110]}".replace(ns, "NS"), target, keep=lambda b: {**b, "items": len(b["items"])} if isinstance(b, dict) and "items" in b else served(b))
    s.get("empty namespace", f"{API}/namespaces//virtualmachines", keep=lambda b: b.get("kind") if isinstance(b, dict) else b)
    s.get("absolute form", s.url + at)
    s.exchanges[-1]["request"]["target"] = "<URL>" + at
    s.get("absolute form, other host", "https://other.example.com" + at)
    s.get("other Host header", at, headers={"Host": "other.example.com"})
    s.get("large header", at, headers={"X-Big": "x" * 100000})
    s.get("huge header", at, headers={"X-Big": "x" * 1200000})
    s.get("body on GET", at)
    s.send("GET with a body", "GET", at, {"a": 1})
    s.get("method override is not known", at, headers={"X-HTTP-Method-Override": "DELETE"})
    s.get("origin", at, headers={"Origin": "https://web.example.com"})
    s.get("if-none-match", at, headers={"If-None-Match": "*"})
    s.get("audit id given", at, headers={"Audit-ID": "my-own-id"})
    s.get("range", at, headers={"Range": "bytes=0-10"})
    s.get("expect", at, headers={"Expect": "nothing"})
    s.get("namespaces path of cluster kind", f"/api/v1/namespaces/{ns}/namespaces")
    s.get("object in another namespace", vms("default", "one"))
    s.get("list in a namespace that does not exist", vms("rec-none"))
    s.get("timeout parameter", vms(ns) + "?timeout=1s", keep=lambda b: b.get("kind"))
    s.get("timeout parameter, bad", vms(ns) + "?timeout=abc", keep=lambda b: b if b.get("kind") == "Status" else b.get("kind"))
    s.get("timeout parameter, huge", vms(ns) + "?timeout=99h", keep=lambda b: b.get("kind"))
    s.get("timeout parameter, negative", vms(ns) + "?timeout=-1s", keep=lambda b: b if b.get("kind") == "Status" else b.get("kind"))
