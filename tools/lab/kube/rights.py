"""tools/lab/kube/rights.py — whether the manager has just the rights it uses, after tests with a real kube-apiserver.

usage: RIG_TEST_KUBE_DIR=DIR rights.py

Compares what deploy/rbac granted in the cluster of `up DIR` with the requests of its audit log. Prints each request whose
answer only a mistake of ours gets, 403 before all, and each right that nobody used; status 1 if there is one, 77 (skipped)
without RIG_TEST_KUBE_DIR.
"""
import json
import os
import pathlib
import subprocess
import sys

SKIPPED = 77
WEATHER = {404, 409, 410, 429, 503, 504}  # among the codes from 400 on: gone, moved on, too old, busy


def granted(roles):
    """(verb, group, resource) of every rule."""
    return {(verb, group, resource) for role in roles for rule in role["rules"] for group in rule["apiGroups"]
            for resource in rule["resources"] for verb in rule["verbs"]}


def asked(event):
    what = event.get("objectRef", {})
    resource = "/".join(filter(None, [what.get("resource"), what.get("subresource")]))
    return event["verb"], what.get("apiGroup", ""), resource or event["requestURI"]


def is_implied(right, rights):
    """Who may list objects may see each of them: `get` is for what seldom happens, as a lost answer."""
    verb, group, resource = right
    return verb == "get" and ("list", group, resource) in rights


def findings(roles, events):
    rights = granted(roles)
    refused = {(str(event["responseStatus"]["code"]), *asked(event)) for event in events
               if event["responseStatus"]["code"] >= 400 and event["responseStatus"]["code"] not in WEATHER}
    used = {asked(event) for event in events}
    unused = {right for right in rights - used if not is_implied(right, rights)}
    return ([f"{code}: {' '.join(request)}" for code, *request in sorted(refused)] +
            [f"granted and never used: {' '.join(right)}" for right in sorted(unused)])


def role(folder, *arguments):
    return json.loads(subprocess.run([folder / "kube", "kubectl", "--kubeconfig", folder / "kubeconfig", "get", "-o", "json",
                                      *arguments], check=True, capture_output=True).stdout)


def main():
    if "RIG_TEST_KUBE_DIR" not in os.environ:
        return SKIPPED
    folder = pathlib.Path(os.environ["RIG_TEST_KUBE_DIR"])
    roles = [role(folder, "clusterrole", "virtrigaud-manager"), role(folder, "clusterrole", "virtrigaud-manager-pods"),
             role(folder, "role", "virtrigaud-leader-election", "--namespace", "virtrigaud-system")]
    with open(folder / "log" / "audit.log", encoding="utf-8") as log:
        events = [json.loads(line) for line in log]
    print(f"{len(events)} requests")
    found = findings(roles, events)
    print("\n".join(found))
    return 1 if found or not events else 0


if __name__ == "__main__":
    sys.exit(main())
