"""Creating: the good way, every wrong way, and what the schema does."""
import json

from scenarios.common import API, collection, configmap, core, path, vm, vmclass, vms, without

SCENARIOS = {}
scenario = collection(SCENARIOS)


@scenario
def crud(s):
    """Create, read, replace, delete: our kinds and the core ones."""
    ns = s.namespace()
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "one"},
             "spec": {"holderIdentity": "a", "leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.000000Z"}}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "one"}, "stringData": {"user": "root"}}
    event = {"apiVersion": "v1", "kind": "Event", "metadata": {"name": "one"},
             "involvedObject": {"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": "VirtualMachine", "name": "one", "namespace": ns},
             "reason": "Tested", "message": "a test", "type": "Normal", "source": {"component": "recorder"},
             "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:00Z", "count": 1}
    for kind, at, thing in (
            ("vm", vms(ns), vm("one", labels={"app": "a"})),
            ("class", path(ns, "vmclasses"), vmclass("one")),
            ("secret", core(ns, "secrets"), secret),
            ("configmap", core(ns, "configmaps"), configmap("one")),
            ("lease", path(ns, "leases", api="/apis/coordination.k8s.io/v1"), lease),
            ("event", core(ns, "events"), event)):
        made = s.post(f"create {kind}", at, thing)
        s.get(f"get {kind}", f"{at}/one")
        s.get(f"list {kind}", at if kind != "event" else at + "?fieldSelector=reason=Tested")
        s.put(f"replace {kind} unchanged", f"{at}/one", made.json)
        changed = {**made.json, "metadata": {**made.get("metadata", default={}), "labels": {"changed": "yes"}}}
        changed = s.put(f"replace {kind} labels", f"{at}/one", changed)
        s.delete(f"delete {kind}", f"{at}/one")
        s.get(f"get {kind} gone", f"{at}/one")
        s.delete(f"delete {kind} gone", f"{at}/one")
        s.put(f"replace {kind} gone", f"{at}/one", changed.json)
    made = s.post("create vm for spec change", vms(ns), vm("two"))
    s.put("replace vm spec", vms(ns, "two"), {**made.json, "spec": {**made.get("spec", default={}), "powerState": "On"}})
    s.put("replace vm that is not there, no version", vms(ns, "three"), vm("three"))


@scenario
def namespaces(s):
    """Namespaces as objects."""
    s.quietly("DELETE", "/api/v1/namespaces/rec-ns-object")
    s.until("/api/v1/namespaces/rec-ns-object", lambda r: r.status == 404)
    named = lambda name: {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    s.post("create", "/api/v1/namespaces", named("rec-ns-object"))
    s.get("get", "/api/v1/namespaces/rec-ns-object")
    s.get("get status", "/api/v1/namespaces/rec-ns-object/status")
    s.post("create again", "/api/v1/namespaces", named("rec-ns-object"))
    s.post("dots in the name", "/api/v1/namespaces", named("a.b"))
    s.post("too long", "/api/v1/namespaces", named("a" * 64))
    s.patch("label", "/api/v1/namespaces/rec-ns-object", {"metadata": {"labels": {"a": "b"}}})
    s.patch("name label cannot go", "/api/v1/namespaces/rec-ns-object", {"metadata": {"labels": {"kubernetes.io/metadata.name": "x"}}})
    s.patch("strategic", "/api/v1/namespaces/rec-ns-object", {"metadata": {"labels": {"a": None, "c": "d"}}}, kind="strategic")
    s.get("field selector phase", "/api/v1/namespaces?fieldSelector=status.phase=Active,metadata.name=rec-ns-object")
    s.delete("collection", "/api/v1/namespaces")
    s.delete("delete", "/api/v1/namespaces/rec-ns-object")
    s.delete("delete default", "/api/v1/namespaces/default")
    s.delete("delete kube-system", "/api/v1/namespaces/kube-system")


@scenario
def create_errors(s):
    """Wrong names, types, kinds and bodies."""
    ns = s.namespace()
    at = vms(ns)
    json_type = {"Content-Type": "application/json"}
    s.post("good", at, vm("one"))
    s.post("exists", at, vm("one"))
    for name in ("UPPER", "under_score", "-dash", "dash-", "a..b", "a" * 254, "sp ace", "a/b", "%", ".", "..", "a.b.c"):
        s.post(f"name {name[:12]!r}", at, vm(name))
    for name in ("UPPER", "a" * 254, ".", "..", "a/b"):
        s.post(f"configmap name {name[:12]!r}", core(ns, "configmaps"), configmap(name))
    s.post("no name", at, vm(""))
    s.post("no metadata", at, without(vm("x"), "metadata"))
    s.post("metadata null", at, {**vm("x"), "metadata": None})
    s.post("metadata a string", at, {**vm("x"), "metadata": "x"})
    s.post("name a number", at, {**vm("x"), "metadata": {"name": 3}})
    s.post("no spec", at, without(vm("no-spec"), "spec"))
    s.post("spec null", at, {**vm("null-spec"), "spec": None})
    s.post("required missing", at, {**vm("x"), "spec": {}})
    s.post("required missing inside", at, vm("x", spec={"disks": [{"name": "a"}], "networks": [{}]}))
    s.post("wrong types", at, vm("x", spec={"disks": "none", "powerState": 3, "tags": [1, "a"], "resources": {"cpu": "2"}}))
    s.post("float for integer", at, vm("x", spec={"resources": {"cpu": 1.5}}))
    s.post("float that is whole", at, vm("whole", spec={"resources": {"cpu": 2.0}}))
    s.post("int32 too large", at, vm("x", spec={"importedDisk": {"diskID": "d", "sizeGiB": 4294967296}}))
    s.post("int64 too large", at, json.dumps(vm("x", spec={"resources": {"memoryMiB": 1}})).replace("MiB\": 1", "MiB\": 18446744073709551616"), headers=json_type)
    s.post("null in required", at, {**vm("x"), "spec": {"classRef": None, "providerRef": {"name": "lab"}}})
    s.post("null in optional", at, vm("null-optional", spec={"imageRef": None, "tags": None, "powerState": None}))
    s.post("null item", at, vm("x", spec={"tags": [None]}))
    s.post("labels wrong type", at, {**vm("x"), "metadata": {"name": "x", "labels": {"a": 1}}})
    s.post("labels bad", at, vm("x", labels={"a b": "x", "ok": "-bad-", "long": "x" * 64, "x/y/z": "1"}))
    s.post("annotations bad key", at, vm("x", annotations={"a b": "1"}))
    s.post("annotations too large", at, vm("x", annotations={"big": "x" * 262145}))
    s.post("finalizer bad", at, vm("x", finalizers=["no slash", "UPPER"]))
    s.post("finalizer unqualified", at, vm("fin-plain", finalizers=["plain"]))
    s.patch("finalizer removed", vms(ns, "fin-plain"), {"metadata": {"finalizers": None}})
    s.post("owner bad", at, vm("x", ownerReferences=[{"apiVersion": "v1", "kind": "ConfigMap", "name": "", "uid": ""}]))
    s.post("two controllers", at, vm("x", ownerReferences=[
        {"apiVersion": "v1", "kind": "ConfigMap", "name": n, "uid": n, "controller": True} for n in ("a", "b")]))
    s.post("owner an event", at, vm("x", ownerReferences=[{"apiVersion": "v1", "kind": "Event", "name": "a", "uid": "a"}]))
    s.post("wrong kind", at, {**vm("x"), "kind": "VMClass"})
    s.post("unknown kind", at, {**vm("x"), "kind": "Nothing"})
    s.post("wrong version", at, {**vm("x"), "apiVersion": "infra.virtrigaud.io/v1"})
    s.post("wrong group", at, {**vm("x"), "apiVersion": "other.io/v1beta1"})
    s.post("no kind", at, without(vm("x"), "kind"))
    s.post("no apiVersion", at, without(vm("x"), "apiVersion"))
    s.post("neither", at, without(vm("neither"), "apiVersion", "kind"))
    s.post("configmap neither", core(ns, "configmaps"), without(configmap("neither"), "apiVersion", "kind"))
    s.post("configmap wrong kind", core(ns, "configmaps"), {**configmap("x"), "kind": "Secret"})
    s.post("configmap wrong version", core(ns, "configmaps"), {**configmap("x"), "apiVersion": "v2"})
    s.post("configmap wrong type", core(ns, "configmaps"), {**configmap("x"), "data": {"a": 1}})
    s.post("configmap bad key", core(ns, "configmaps"), configmap("x", data={"a b": "1", "..": "1"}))
    s.post("empty body", at)
    s.post("empty body with type", at, "", headers=json_type)
    s.post("empty object", at, {})
    s.post("array", at, [vm("x")])
    s.post("null", at, "null", headers=json_type)
    s.post("string", at, '"x"', headers=json_type)
    s.post("not JSON", at, "{not json", headers=json_type)
    s.post("not JSON configmap", core(ns, "configmaps"), "{not json", headers=json_type)
    s.post("cut short", at, json.dumps(vm("x"))[:-3], headers=json_type)
    s.post("two values", at, json.dumps(vm("two-values")) + json.dumps(vm("x")), headers=json_type)
    s.post("list kind", at, {"apiVersion": "v1", "kind": "List", "items": [vm("x")]})
    s.post("duplicate key", at, json.dumps(vm("dup-key")).replace('"spec"', '"spec": {}, "spec"'), headers=json_type)
    s.post("duplicate key configmap", core(ns, "configmaps"), json.dumps(configmap("dup-key")).replace('"a": "1"', '"a": "1", "a": "2"'), headers=json_type)
    s.post("case of a key", at, json.dumps(vm("case-key")).replace('"spec"', '"Spec"'), headers=json_type)
    s.post("case of a key configmap", core(ns, "configmaps"), json.dumps(configmap("case-key")).replace('"data"', '"Data"'), headers=json_type)
    s.post("bad utf-8", at, json.dumps(vm("bad-utf8")).encode().replace(b'"small"', b'"sm\xffall"'), headers=json_type)
    s.post("bad utf-8 in a free string", at, json.dumps(vm("bad-utf8-2", spec={"tags": ["TAG"]})).encode().replace(b"TAG", b"\xff\xfe"), headers=json_type)
    s.post("unicode", at, vm("unicode", spec={"tags": ["é ☃ 𝄞 \u0000"]}))
    s.post("yaml", at, "apiVersion: infra.virtrigaud.io/v1beta1\nkind: VirtualMachine\nmetadata: {name: yaml}\nspec:\n"
           "  classRef: {name: small}\n  providerRef: {name: lab}\n  powerState: On\n", headers={"Content-Type": "application/yaml"})
    s.post("yaml quoted On", at, "apiVersion: infra.virtrigaud.io/v1beta1\nkind: VirtualMachine\nmetadata: {name: yaml}\nspec:\n"
           "  classRef: {name: small}\n  providerRef: {name: lab}\n  powerState: 'On'\n", headers={"Content-Type": "application/yaml"})
    s.post("yaml configmap", core(ns, "configmaps"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {a: 'x'}\n", headers={"Content-Type": "application/yaml"})
    s.post("yaml two documents", core(ns, "configmaps"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y1}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: y2}\n", headers={"Content-Type": "application/yaml"})
    s.post("yaml as json", at, "kind: x", headers=json_type)
    s.post("text type", at, json.dumps(vm("x")), headers={"Content-Type": "text/plain"})
    s.post("charset", at, json.dumps(vm("charset")), headers={"Content-Type": "application/json; charset=utf-8"})
    s.post("no type", at, json.dumps(vm("no-type")))
    s.post("bad type", at, json.dumps(vm("x")), headers={"Content-Type": "///"})
    s.post("cbor type", at, b"\xa0", headers={"Content-Type": "application/cbor"})
    s.post("too large body", at, vm("x", spec={"metaData": {"cloudInit": {"inline": "x" * (3 * 1024 * 1024 + 1)}}}))
    s.post("large for etcd", at, vm("x", spec={"metaData": {"cloudInit": {"inline": "x" * 1600000}}}))
    s.post("1 MB", at, vm("big", spec={"metaData": {"cloudInit": {"inline": "x" * 1000000}}}), keep=lambda b: b.get("kind"))
    s.post("configmap too large", core(ns, "configmaps"), configmap("x", data={"a": "x" * 1048577}))
    s.post("no such namespace", vms("rec-none"), vm("x"))
    s.post("configmap no such namespace", core("rec-none", "configmaps"), configmap("x"))
    s.post("namespace differs", at, {**vm("x"), "metadata": {"name": "x", "namespace": "default"}})
    s.post("configmap namespace differs", core(ns, "configmaps"), {**configmap("x"), "metadata": {"name": "x", "namespace": "default"}})
    s.post("namespace said", at, {**vm("said"), "metadata": {"name": "said", "namespace": ns}})
    s.post("without namespace", f"{API}/virtualmachines", vm("x"))
    s.post("with a resource version", at, vm("x", resourceVersion="1"))
    s.post("with uid, times, generation", at, vm("given", uid="8f4b7f2e-0000-4000-8000-000000000000", generation=7, selfLink="/x",
                                                creationTimestamp="2001-01-01T00:00:00Z", deletionTimestamp="2001-01-01T00:00:00Z", deletionGracePeriodSeconds=3))
    s.post("configmap with uid, times, generation", core(ns, "configmaps"), configmap(
        "given", uid="8f4b7f2e-0000-4000-8000-000000000000", generation=7, creationTimestamp="2001-01-01T00:00:00Z",
        deletionTimestamp="2001-01-01T00:00:00Z"))
    s.post("with managed fields", at, vm("managed", managedFields=[{"manager": "me", "operation": "Update", "apiVersion": "infra.virtrigaud.io/v1beta1",
                                                                    "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {"f:classRef": {}}}}]))
    s.post("with bad managed fields", at, vm("bad-managed", managedFields=[{"manager": "me", "operation": "Steal"}]))
    s.post("unknown metadata field", at, vm("unknown-meta", colour="red"))
    s.post("onto an item", vms(ns, "one"), vm("one"))
    s.post("with status", at, {**vm("status"), "status": {"phase": "Running"}})
    s.put("put: name differs", vms(ns, "one"), vm("two"))
    s.put("put: no name", vms(ns, "one"), vm(""))
    s.put("put: namespace differs", vms(ns, "one"), {**vm("one"), "metadata": {"name": "one", "namespace": "default"}})
    s.put("put: on the collection", at, vm("one"))
    s.put("put: wrong kind", vms(ns, "one"), {**vm("one"), "kind": "VMClass"})
    s.put("put: configmap name differs", core(ns, "configmaps", "yaml"), configmap("two"))
    s.post("query: bad fieldValidation", at + "?fieldValidation=Maybe", vm("x"))
    s.post("query: bad dryRun", at + "?dryRun=Some", vm("x"))
    s.post("query: unknown parameter", at + "?nothing=1", vm("query-unknown"))
    s.post("query: long field manager", at + "?fieldManager=" + "x" * 129, vm("x"))
    s.post("query: field manager odd", at + "?fieldManager=a%00b", vm("x"))
    s.post("query: pretty", at + "?pretty=true", vm("pretty"))


@scenario
def generated_names(s):
    """generateName."""
    ns = s.namespace()
    def cut(body):
        if isinstance(body, dict) and body.get("metadata", {}).get("generateName"):
            name = body["metadata"].get("name", "")
            start = body["metadata"]["generateName"]
            body["metadata"]["name"] = f"<{'starts as asked' if name.startswith(start[:58]) else 'odd'}, {len(name)} characters>"
        return body
    s.post("vm", vms(ns), vm("", generateName="gen-"), keep=cut)
    s.post("configmap", core(ns, "configmaps"), configmap("", generateName="gen-"), keep=cut)
    s.post("name wins", vms(ns), vm("named", generateName="gen-"))
    s.post("long prefix", vms(ns), vm("", generateName="a" * 100), keep=cut)
    s.post("prefix with bad characters", vms(ns), vm("", generateName="Bad_"), keep=lambda b: b if b.get("kind") != "Status" else {**b, "message": b["message"][:40], "details": "..."})
    s.post("prefix with a dot at the end", vms(ns), vm("", generateName="a."), keep=cut)
    s.post("empty prefix", vms(ns), vm("", generateName=""))
    s.post("dry run", vms(ns) + "?dryRun=All", vm("", generateName="gen-"), keep=cut)


@scenario
def dry_run(s):
    """dryRun=All on every verb."""
    ns = s.namespace()
    s.post("create", vms(ns) + "?dryRun=All", vm("one"))
    s.get("not made", vms(ns, "one"))
    s.post("create with an error", vms(ns) + "?dryRun=All", {**vm("one"), "spec": {}})
    made = s.post("create for real", vms(ns), vm("one"))
    s.post("create existing", vms(ns) + "?dryRun=All", vm("one"))
    s.put("replace", vms(ns, "one") + "?dryRun=All", {**made.json, "spec": {**made.get("spec", default={}), "powerState": "On"}})
    s.patch("patch", vms(ns, "one") + "?dryRun=All", {"spec": {"powerState": "Off"}})
    s.patch("apply", vms(ns, "one") + "?dryRun=All&fieldManager=me&force=true", vm("one", spec={"powerState": "Off"}), kind="apply")
    s.patch("apply new", vms(ns, "two") + "?dryRun=All&fieldManager=me", vm("two"), kind="apply")
    s.put("status", vms(ns, "one", "status") + "?dryRun=All", {**made.json, "status": {"phase": "Running"}})
    s.delete("delete by query", vms(ns, "one") + "?dryRun=All")
    s.delete("delete by body", vms(ns, "one"), {"apiVersion": "v1", "kind": "DeleteOptions", "dryRun": ["All"]})
    s.delete("delete by body, bad", vms(ns, "one"), {"apiVersion": "v1", "kind": "DeleteOptions", "dryRun": ["Some"]})
    s.delete("delete collection", vms(ns) + "?dryRun=All")
    s.get("still there, unchanged", vms(ns, "one"))
    s.get("dryRun on get", vms(ns, "one") + "?dryRun=All")
    s.post("empty dryRun", vms(ns) + "?dryRun=", vm("three"))


@scenario
def field_validation(s):
    """Strict, Warn and Ignore for unknown and duplicate fields."""
    ns = s.namespace()
    bad = vm("x", spec={"colour": "red", "classRef": {"name": "small", "size": 3}, "disks": [{"name": "a", "sizeGiB": 1, "speed": 9}]}, colour="blue")
    bad["top"] = 1
    doubled = json.dumps(bad).replace('"name": "lab"', '"name": "lab", "name": "lab"')
    for level in ("Strict", "Warn", "Ignore", ""):
        query = f"?fieldValidation={level}" if level else ""
        name = f"v-{(level or 'default').lower()}"
        text = doubled.replace('"name": "x"', f'"name": "{name}"')
        s.post(f"create {level or 'default'}", vms(ns) + query, text, headers={"Content-Type": "application/json"})
        s.post(f"configmap {level or 'default'}", core(ns, "configmaps") + query,
               json.dumps({**configmap(name), "colour": 1, "metadata": {"name": name, "hue": 2}}).replace('"a": "1"', '"a": "1", "a": "2"'),
               headers={"Content-Type": "application/json"})
        s.post(f"yaml {level or 'default'}", vms(ns) + query,
               f"apiVersion: infra.virtrigaud.io/v1beta1\nkind: VirtualMachine\nmetadata: {{name: y{name}}}\nspec:\n  colour: red\n"
               "  classRef: {name: small}\n  providerRef: {name: lab}\n  tags: [a]\n  tags: [b]\n", headers={"Content-Type": "application/yaml"})
    s.post("plain", vms(ns), vm("plain"))
    for level in ("Strict", "Warn", "Ignore", ""):
        query = f"?fieldValidation={level}" if level else "?"
        s.patch(f"merge {level or 'default'}", vms(ns, "plain") + query, {"spec": {"colour": "red", "powerState": "On"}})
        s.patch(f"json patch {level or 'default'}", vms(ns, "plain") + query, [{"op": "add", "path": "/spec/colour", "value": "red"}], kind="json")
        s.patch(f"json patch unknown member {level or 'default'}", vms(ns, "plain") + query, [{"op": "add", "path": "/spec/powerState", "value": "On", "x": 1}], kind="json")
        s.patch(f"apply {level or 'default'}", vms(ns, "plain") + query + "&fieldManager=me&force=true", vm("plain", spec={"colour": "red"}), kind="apply")
        s.put(f"replace {level or 'default'}", vms(ns, "plain") + query,
              s.current(vms(ns, "plain"), spec=vm("plain", spec={"colour": "red"})["spec"]))
        s.patch(f"configmap merge {level or 'default'}", core(ns, "configmaps", "v-warn") + query, {"colour": 1})
        s.put(f"status {level or 'default'}", vms(ns, "plain", "status") + query,
              s.current(vms(ns, "plain"), status={"phase": "Running", "colour": "red"}))


@scenario
def defaults_and_pruning(s):
    """Schema defaults, and what is dropped."""
    ns = s.namespace()
    s.post("disk defaults", vms(ns), vm("one", spec={"disks": [{"name": "a", "sizeGiB": 1, "scsi": {}}, {"name": "b", "sizeGiB": 2, "type": "thick"}],
                                                     "lifecycle": {}, "importedDisk": {"diskID": "d"}}))
    s.post("null takes the default", vms(ns), vm("two", spec={"disks": [{"name": "a", "sizeGiB": 1, "type": None, "expandPolicy": None}], "lifecycle": None}))
    s.post("class defaults", path(ns, "vmclasses"), vmclass("one", diskDefaults={}, performanceProfile={}))
    s.post("int or string", path(ns, "vmclasses"), vmclass("two", memory=4096))
    s.post("quantity", path(ns, "vmclasses"), vmclass("three", memory="1.5Gi"))
    s.post("bad quantity", path(ns, "vmclasses"), vmclass("x", memory="4 GB"))
    s.post("quantity a bool", path(ns, "vmclasses"), vmclass("x", memory=True))
    s.post("quantity a float", path(ns, "vmclasses"), vmclass("x", memory=1.5))
    s.post("unknown dropped", vms(ns), vm("three", spec={"colour": "red"}))
    s.post("status dropped at create", vms(ns), {**vm("four"), "status": {"phase": "Running", "provider": {"a": "b"}}})
    s.put("preserved unknown in status", vms(ns, "four", "status"), {**s.current(vms(ns, "four")), "status": {"phase": "Running", "provider": {"a": "b", "c": {"d": 1}}, "colour": "red"}})


@scenario
def schema_violations(s):
    """The message for each schema keyword."""
    ns = s.namespace()
    s.post("enum", vms(ns), vm("x", spec={"powerState": "Sideways"}))
    s.post("maximum", vms(ns), vm("x", spec={"resources": {"cpu": 1000}}))
    s.post("minimum", vms(ns), vm("x", spec={"resources": {"cpu": 0, "memoryMiB": 1}}))
    s.post("pattern", vms(ns), vm("x", spec={"classRef": {"name": "Not.A.Name"}}))
    s.post("ip pattern", vms(ns), vm("x", spec={"networks": [{"name": "a", "ipAddress": "300.1.1.1", "macAddress": "zz"}]}))
    s.post("max length", vms(ns), vm("x", spec={"disks": [{"name": "a" * 64, "sizeGiB": 1}]}))
    s.post("min length", vms(ns), vm("x", spec={"importedDisk": {"diskID": ""}}))
    s.post("max items", vms(ns), vm("x", spec={"tags": ["t"] * 51}))
    s.post("min items", vms(ns), vm("x", spec={"lifecycle": {"preStop": {"exec": {"command": []}}}}))
    s.post("max properties", path(ns, "vmclasses"), vmclass("x", extraConfig={f"k{i}": "v" for i in range(51)}))
    s.post("all of enum", path(ns, "vmclasses"), vmclass("x", firmware="OpenFirmware"))
    s.post("many at once", vms(ns), {**vm("x"), "spec": {"classRef": {}, "powerState": 3, "tags": ["t"] * 51, "disks": [{"sizeGiB": 0}], "resources": {"cpu": 999}}})
    s.post("date-time", vms(ns), vm("ok"))
    condition = {"type": "Ready", "status": "True", "reason": "Ok", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    s.put("status: no resource version", vms(ns, "ok", "status"), {**vm("ok"), "status": {"phase": "Running"}})
    s.put("status: bad date", vms(ns, "ok", "status"), {**s.current(vms(ns, "ok")), "status": {"conditions": [{**condition, "lastTransitionTime": "yesterday"}]}})
    s.put("status: bad enum", vms(ns, "ok", "status"), {**s.current(vms(ns, "ok")), "status": {"phase": "Gone", "conditions": [{**condition, "status": "Maybe"}]}})
    s.put("status: good", vms(ns, "ok", "status"), {**s.current(vms(ns, "ok")), "status": {"phase": "Running", "conditions": [condition]}})
