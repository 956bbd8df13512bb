"""Versions, health, discovery and OpenAPI."""
from scenarios.common import API, collection

SCENARIOS = {}
scenario = collection(SCENARIOS)

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
OURS = "infra.virtrigaud.io"
# What is served here of Kubernetes' own groups. Definitions cannot be changed; the document of their group is compared.
SERVED = {"": {"namespaces", "secrets", "configmaps", "events", "serviceaccounts"}, "coordination.k8s.io": {"leases"},
          "events.k8s.io": {"events"}, "authentication.k8s.io": {"selfsubjectreviews"},
          "authorization.k8s.io": {"selfsubjectaccessreviews", "selfsubjectrulesreviews"}}
MORE_SHORT_NAMES = {"vmc", "vmi", "vmna"}  # of ours
UNSERVED = {"serviceaccounts/token", "virtualmachines/scale"}
UNDESCRIBED = {f"/apis/{OURS}/v1beta1/namespaces/{{namespace}}/virtualmachines/{{name}}/scale",
               "io.k8s.apimachinery.pkg.apis.meta.v1.ShardInfo"}


def is_served(group, resource):
    return (group == OURS or resource.partition("/")[0] in SERVED.get(group, ())) and resource not in UNSERVED


def is_served_path(path):
    """/api, /api/v1, /apis/GROUP, /apis/GROUP/VERSION"""
    group = path.split("/")[2] if path.startswith("/apis/") else ""
    return group in SERVED or group == OURS


def known_names(resource):
    names = [name for name in resource.get("shortNames", []) if name not in MORE_SHORT_NAMES]
    return {**resource, **({"shortNames": names} if names else {})}


def served(body):
    """A discovery document cut down to what is served here, and there."""
    match body:
        case {"paths": list(paths)}:
            return {**body, "paths": [p for p in paths if p.startswith("/api") and is_served_path(p)]}
        case {"paths": dict(paths)}:
            return {**body, "paths": {p: value for p, value in paths.items() if p.startswith("api") and "/v" in p and is_served_path("/" + p)}}
        case {"kind": "APIGroupList", "groups": groups}:
            return {**body, "groups": sorted((g for g in groups if g["name"] == OURS or g["name"] in SERVED), key=lambda g: g["name"])}
        case {"kind": "APIResourceList", "groupVersion": version, "resources": resources}:
            group = version.rpartition("/")[0]
            return {**body, "resources": [known_names(r) for r in resources if is_served(group, r["name"])]}
        case {"kind": "APIGroupDiscoveryList", "items": items}:
            return {**body, "items": sorted(filter(None, map(served_group, items)), key=lambda i: i["metadata"].get("name", ""))}
    return body


def served_group(item):
    group = item["metadata"].get("name", "")
    whole = lambda r: {**known_names(r), "subresources": [s for s in r.get("subresources", []) if is_served(group, f"{r['resource']}/{s['subresource']}")]}
    versions = [{**v, "resources": sorted((whole(r) for r in v["resources"] if is_served(group, r["resource"])),
                                          key=lambda r: r["resource"])} for v in item["versions"]]
    return {**item, "versions": versions} if group == OURS or group in SERVED else None


@scenario
def version_and_health(s):
    """Version, liveness and readiness."""
    for target in ("/version", "/version/", "/livez", "/readyz", "/healthz", "/livez?verbose", "/readyz?verbose",
                   "/livez/ping", "/readyz/etcd", "/readyz?exclude=etcd&verbose", "/readyz?exclude=nothing", "/livez/none"):
        s.get(target, target)
    s.get("livez anonymous", "/livez", user=None)
    s.get("version anonymous", "/version", user=None)
    s.send("version HEAD", "HEAD", "/version")
    s.get("livez json accept", "/livez", headers={"Accept": "application/json"})


@scenario
def discovery_legacy(s):
    """The old discovery documents."""
    s.get("root", "/", keep=served)
    s.get("api", "/api")
    s.get("api json", "/api", headers={"Accept": "application/json"})
    s.get("apis", "/apis", keep=served)
    s.get("our group", f"/apis/{OURS}")
    s.get("our group slash", f"/apis/{OURS}/")
    s.get("our version", API, keep=served)
    s.get("our version slash", API + "/", keep=served)
    s.get("our version as yaml", API, headers={"Accept": "application/yaml"})
    for target in ("/api/v1", "/apis/coordination.k8s.io", "/apis/coordination.k8s.io/v1", "/apis/events.k8s.io/v1",
                   "/apis/apiextensions.k8s.io/v1", "/apis/authorization.k8s.io/v1", "/apis/authentication.k8s.io/v1",
                   "/apis/apiregistration.k8s.io/v1"):
        s.get(target, target, keep=None if "apiextensions" in target else served)
    s.get("apiservices of ours", f"/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.{OURS}")


@scenario
def discovery_aggregated(s):
    """Aggregated discovery and how Accept chooses it."""
    s.get("apis v2", "/apis", headers={"Accept": AGGREGATED}, keep=served)
    s.get("api v2", "/api", headers={"Accept": AGGREGATED}, keep=served)
    kubectl = (AGGREGATED + ",application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json")
    s.get("apis as kubectl asks", "/apis", headers={"Accept": kubectl}, keep=served)
    s.get("apis v2beta1 only", "/apis", headers={"Accept": AGGREGATED.replace("v=v2", "v=v2beta1")}, keep=served)
    s.get("apis v1 unknown", "/apis", headers={"Accept": AGGREGATED.replace("v=v2", "v=v1")}, keep=served)
    s.get("apis v1 unknown with fallback", "/apis",
          headers={"Accept": AGGREGATED.replace("v=v2", "v=v1") + ",application/json"}, keep=lambda b: b.get("kind"))
    s.get("apis yaml", "/apis", headers={"Accept": "application/yaml"}, keep=lambda b: b[:200])
    s.get("apis star", "/apis", headers={"Accept": "*/*"}, keep=lambda b: b.get("kind"))
    s.get("apis text", "/apis", headers={"Accept": "text/html"}, keep=lambda b: b if isinstance(b, str) else b.get("kind"))
    tag = s.get("apis nopeer", "/apis", headers={"Accept": AGGREGATED + ";profile=nopeer"},
                keep=lambda b: b.get("kind") if isinstance(b, dict) else b)
    first = s.get("apis etag", "/apis", headers={"Accept": AGGREGATED}, keep=lambda b: b.get("kind"))
    s.get("apis not modified", "/apis", headers={"Accept": AGGREGATED, "If-None-Match": first.headers.get("ETag", "")},
          keep=lambda b: b.get("kind") if isinstance(b, dict) else b)
    s.get("group with aggregated accept", f"/apis/{OURS}", headers={"Accept": AGGREGATED})
    s.get("version with aggregated accept", API, headers={"Accept": AGGREGATED}, keep=lambda b: b.get("kind") if isinstance(b, dict) else b)


@scenario
def openapi(s):
    """OpenAPI v2 and v3, trimmed to our kinds."""
    s.get("v2", "/openapi/v2", keep=our_swagger)
    s.get("v2 json", "/openapi/v2", headers={"Accept": "application/json"},
          keep=lambda b: sorted(b) if isinstance(b, dict) else b[:200])
    s.get("v2 protobuf", "/openapi/v2", headers={"Accept": "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"},
          keep=lambda b: f"<{'text' if isinstance(b, str) else 'json'}>")
    s.get("v2 yaml", "/openapi/v2", headers={"Accept": "application/yaml"}, keep=lambda b: b if isinstance(b, dict) else b[:200])
    index = s.get("v3 index", "/openapi/v3", keep=served)
    s.get("v3 index trailing slash", "/openapi/v3/", keep=lambda b: b if len(str(b)) < 1000 else "<index>")
    url = index.get("paths", f"apis/{OURS}/v1beta1", "serverRelativeURL", default=f"/openapi/v3/apis/{OURS}/v1beta1")
    s.get("v3 our group, hashed", url, keep=our_openapi)
    s.get("v3 our group, whole", f"/openapi/v3/apis/{OURS}/v1beta1", keep=our_openapi)
    s.get("v3 our group, wrong hash", f"/openapi/v3/apis/{OURS}/v1beta1?hash=0", keep=our_openapi)
    s.get("v3 our group, protobuf", f"/openapi/v3/apis/{OURS}/v1beta1",
          headers={"Accept": "application/com.github.proto-openapi.spec.v3@v1.0+protobuf"}, keep=lambda b: "<binary>" if isinstance(b, str) else sorted(b))
    s.get("v3 our group document", f"/openapi/v3/apis/{OURS}", keep=our_openapi)
    s.get("v3 unknown", "/openapi/v3/apis/none.example.com/v1")
    s.get("v3 core", "/openapi/v3/api/v1",
          keep=lambda b: {"paths": [p for p in b.get("paths", {}) if "configmaps" in p or "secrets" in p],
                          "ConfigMap": b.get("components", {}).get("schemas", {}).get("io.k8s.api.core.v1.ConfigMap"),
                          "get": b.get("paths", {}).get("/api/v1/namespaces/{namespace}/configmaps")} if isinstance(b, dict) else b[:200])


# Names only: what a document says about each field is in tests/golden.
def our_swagger(body):
    if not isinstance(body, dict):
        return body[:200]
    return {**body, "definitions": sorted(name for name in body.get("definitions", {}) if "virtrigaud" in name),
            "paths": sorted(path for path in body.get("paths", {}) if OURS in path and "/virtualmachines" in path)}


def our_openapi(body):
    if not isinstance(body, dict) or "components" not in body:
        return body
    described = lambda names: sorted(set(names) - UNDESCRIBED)
    return {**body, "components": {"schemas": described(body["components"].get("schemas", {}))}, "paths": described(body["paths"])}
