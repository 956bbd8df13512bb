"""Who may do what."""
import base64

from scenarios.common import API, collection, core, vm, vms

SCENARIOS = {}
scenario = collection(SCENARIOS)
RBAC = "/apis/rbac.authorization.k8s.io/v1"
REVIEWS = "/apis/authorization.k8s.io/v1"


@scenario
def authentication(s):
    """Nobody, bad tokens, bad certificates, impersonation, reviews of oneself."""
    ns = s.namespace()
    at = vms(ns)
    s.get("anonymous list", at, user=None)
    s.get("anonymous api", "/api", user=None)
    s.get("anonymous apis", "/apis", user=None)
    s.get("anonymous openapi", "/openapi/v2", user=None)
    s.get("anonymous version", "/version", user=None)
    s.get("anonymous readyz", "/readyz", user=None)
    s.get("anonymous metrics", "/metrics", user=None)
    s.get("anonymous unknown path", "/nothing", user=None)
    s.post("anonymous create", at, vm("x"), user=None)
    s.get("bad token", at, user=None, headers={"Authorization": "Bearer nonsense"})
    s.get("bad token on version", "/version", user=None, headers={"Authorization": "Bearer nonsense"})
    s.get("empty token", at, user=None, headers={"Authorization": "Bearer "})
    s.get("basic", at, user=None, headers={"Authorization": "Basic " + base64.b64encode(b"a:b").decode()})
    s.get("unknown scheme", at, user=None, headers={"Authorization": "Magic x"})
    s.get("forged token", at, user=None, headers={"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJzeXN0ZW06YWRtaW4ifQ."})
    s.get("certificate and bad token", at, headers={"Authorization": "Bearer nonsense"}, keep=lambda b: b.get("kind"))
    s.get("foreign certificate", at, user="foreign")
    s.get("expired certificate", at, user="expired")
    s.get("foreign certificate on version", "/version", user="foreign")
    s.post("who am I", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"})
    s.post("who am I: alice", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}, user="alice")
    s.post("who am I: anonymous", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}, user=None)
    me = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    s.post("impersonate", "/apis/authentication.k8s.io/v1/selfsubjectreviews", me, headers={"Impersonate-User": "bob", "Impersonate-Group": "team-b", "Impersonate-Extra-Scope": "x", "Impersonate-Uid": "42"})
    s.post("impersonate a service account", "/apis/authentication.k8s.io/v1/selfsubjectreviews", me, headers={"Impersonate-User": f"system:serviceaccount:{ns}:default"})
    s.post("impersonate a group without a user", "/apis/authentication.k8s.io/v1/selfsubjectreviews", me, headers={"Impersonate-Group": "team-b"})
    s.get("impersonate without rights", at, user="alice", headers={"Impersonate-User": "bob"})
    s.get("impersonate anonymous", at, headers={"Impersonate-User": "system:anonymous"})
    s.get("impersonated list", at, headers={"Impersonate-User": "bob"})


@scenario
def authorization(s):
    """RBAC refusals word by word, and access reviews."""
    ns = s.namespace()
    at = vms(ns)
    s.quietly("POST", at, vm("one"))
    a = {"user": "alice"}
    s.get("get", vms(ns, "one"), **a)
    s.get("get none", vms(ns, "none"), **a)
    s.get("list", at, **a)
    s.get("list all", f"{API}/virtualmachines", **a)
    s.get("watch", at + "?watch=true", **a)
    s.post("create", at, vm("x"), **a)
    s.put("update", vms(ns, "one"), vm("one"), **a)
    s.patch("patch", vms(ns, "one"), {}, **a)
    s.delete("delete", vms(ns, "one"), **a)
    s.delete("deletecollection", at, **a)
    s.get("status", vms(ns, "one", "status"), **a)
    s.put("put status", vms(ns, "one", "status"), vm("one"), **a)
    s.get("scale", vms(ns, "one", "scale"), **a)
    s.get("unknown resource", f"{API}/namespaces/{ns}/nothings", **a)
    s.get("unknown group", "/apis/none.example.com/v1/things", **a)
    s.get("core", core(ns, "secrets"), **a)
    s.get("namespaces", "/api/v1/namespaces", **a)
    s.get("namespace", f"/api/v1/namespaces/{ns}", **a)
    s.get("crds", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", **a)
    s.get("discovery is allowed", API, keep=lambda b: b.get("kind"), **a)
    s.get("non-resource", "/metrics", **a)
    s.get("by field selector name", at + "?fieldSelector=metadata.name%3Done", **a)
    s.get("forbidden as table", at, headers={"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}, **a)

    def may(name, **attributes):
        s.post(f"may alice {name}", f"{REVIEWS}/selfsubjectaccessreviews", {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": attributes}, **a)
    may("get vms", resourceAttributes={"namespace": ns, "verb": "get", "group": "infra.virtrigaud.io", "resource": "virtualmachines"})
    may("get version", nonResourceAttributes={"path": "/version", "verb": "get"})
    may("nothing", **{})
    may("both", resourceAttributes={"verb": "get", "resource": "pods"}, nonResourceAttributes={"path": "/", "verb": "get"})
    s.post("may admin", f"{REVIEWS}/selfsubjectaccessreviews", {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {
        "resourceAttributes": {"verb": "*", "group": "*", "resource": "*"}}})
    s.post("rules of alice", f"{REVIEWS}/selfsubjectrulesreviews", {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": ns}}, **a)
    s.post("rules without namespace", f"{REVIEWS}/selfsubjectrulesreviews", {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {}}, **a)
    s.post("rules of admin", f"{REVIEWS}/selfsubjectrulesreviews", {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": ns}})
    s.post("subject review by alice", f"{REVIEWS}/subjectaccessreviews", {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": {"user": "alice"}}, **a)
    s.post("subject review by admin", f"{REVIEWS}/subjectaccessreviews", {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": {
        "user": "alice", "groups": ["team-a"], "resourceAttributes": {"namespace": ns, "verb": "get", "group": "infra.virtrigaud.io", "resource": "virtualmachines", "name": "one"}}})
    s.post("grant: role", f"{RBAC}/namespaces/{ns}/roles", {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "reader"}, "rules": [
        {"apiGroups": ["infra.virtrigaud.io"], "resources": ["virtualmachines"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["named"], "verbs": ["get", "list"]}]})
    s.post("grant: binding", f"{RBAC}/namespaces/{ns}/rolebindings", {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "reader"},
           "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"}, "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "team-a"}]})
    s.until(vms(ns, "one"), lambda r: r.status == 200, seconds=1, user="alice")
    s.get("granted get", vms(ns, "one"), **a)
    s.get("granted list", at, keep=lambda b: b.get("kind"), **a)
    s.get("granted, status is another resource", vms(ns, "one", "status"), **a)
    s.patch("granted, but no patch", vms(ns, "one"), {}, **a)
    s.get("granted by name: list", core(ns, "configmaps"), **a)
    s.get("granted by name: list of the name", core(ns, "configmaps") + "?fieldSelector=metadata.name%3Dnamed", **a)
    s.get("granted by name: get", core(ns, "configmaps", "named"), **a)
    s.put("apply needs create too", vms(ns, "new") + "?fieldManager=x", vm("new"), **a)
    s.post("rules of alice after", f"{REVIEWS}/selfsubjectrulesreviews", {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": ns}}, **a)
    may("get vms after", resourceAttributes={"namespace": ns, "verb": "get", "group": "infra.virtrigaud.io", "resource": "virtualmachines"})
    may("get vms of a name", resourceAttributes={"namespace": ns, "verb": "get", "group": "infra.virtrigaud.io", "resource": "virtualmachines", "subresource": "status", "name": "one"})


@scenario
def tokens(s):
    """TokenRequest, TokenReview and the token's use."""
    ns = s.namespace()
    at = core(ns, "serviceaccounts", "default", "token")
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}}
    made = s.post("request", at, request)
    token = made.get("status", "token")
    s.post("request without kind", at, {})
    s.post("too short", at, {**request, "spec": {"expirationSeconds": 5}})
    s.post("too long", at, {**request, "spec": {"expirationSeconds": 2 ** 33}})
    other = s.post("other audience", at, {**request, "spec": {"audiences": ["elsewhere"], "expirationSeconds": 600}})
    s.post("none such", core(ns, "serviceaccounts", "none", "token"), request)
    bearer = {"Authorization": f"Bearer {token}"}
    s.post("who am I", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}, headers=bearer, user=None)
    s.get("use", vms(ns), headers=bearer, user=None)
    s.get("use with the wrong audience", vms(ns), headers={"Authorization": f"Bearer {other.get('status', 'token')}"}, user=None)
    s.get("tampered", vms(ns), headers={"Authorization": f"Bearer {token[:-4]}AAAA"}, user=None)
    review = lambda t: {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": t}}
    s.post("review", "/apis/authentication.k8s.io/v1/tokenreviews", review(token))
    s.post("review of nonsense", "/apis/authentication.k8s.io/v1/tokenreviews", review("nonsense"))
    s.post("review of nothing", "/apis/authentication.k8s.io/v1/tokenreviews", review(""))
    s.delete("account deleted", core(ns, "serviceaccounts", "default"))
    s.until(vms(ns), lambda r: r.status == 401, seconds=5, headers=bearer, user=None)
    s.get("use after the account is gone", vms(ns), headers=bearer, user=None)
    for exchange in s.exchanges:  # no tokens in the recording
        for side in (exchange.get("request", {}), exchange.get("response", {})):
            if "Authorization" in side.get("headers", {}):
                side["headers"]["Authorization"] = "Bearer <token>"
            body = side.get("body")
            if isinstance(body, dict):
                for part in (body.get("status"), body.get("spec")):
                    if isinstance(part, dict) and len(part.get("token", "")) > 20:
                        part["token"] = "<token>"
