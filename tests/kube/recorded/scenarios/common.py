"""Objects and paths that the scenarios share."""
SCENARIOS = {}

API = "/apis/infra.virtrigaud.io/v1beta1"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
TABLE = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}


def collection(registry):
    """A decorator that enters a scenario under its function's name, with dashes for underscores."""
    def enter(function):
        registry[function.__name__.replace("_", "-")] = function
        return function
    return enter


def path(namespace, plural, name="", sub="", api=API):
    at = f"{api}/namespaces/{namespace}/{plural}"
    if name:
        at += f"/{name}"
    if sub:
        at += f"/{sub}"
    return at


def vms(namespace, name="", sub=""):
    return path(namespace, "virtualmachines", name, sub)


def core(namespace, plural, name="", sub=""):
    return path(namespace, plural, name, sub, "/api/v1")


def vm(name, labels=None, spec=None, **metadata):
    """A small VirtualMachine."""
    meta = {"name": name, **metadata} if name else dict(metadata)
    if labels:
        meta["labels"] = labels
    return {"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": "VirtualMachine", "metadata": meta,
            "spec": {"classRef": {"name": "small"}, "providerRef": {"name": "lab"}, **(spec or {})}}


def vmclass(name, **spec):
    return {"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": "VMClass", "metadata": {"name": name},
            "spec": {"cpu": 2, "memory": "4Gi", **spec}}


def configmap(name, data=None, labels=None, **metadata):
    meta = {"name": name, **metadata} if name else dict(metadata)
    if labels:
        meta["labels"] = labels
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data or {"a": "1"}}


def without(thing, *keys):
    return {key: value for key, value in thing.items() if key not in keys}
