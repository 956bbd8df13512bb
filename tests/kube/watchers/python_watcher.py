"""tests/kube/watchers/python_watcher.py KUBECONFIG — as informer/main.go, with the official Python client: a list, then a
watch from its version; again from the last version when the connection ends, and from a new list when that is too old."""
import os
import sys
import threading
import time

import urllib3
from kubernetes import client, config, watch

MACHINES = ("infra.virtrigaud.io", "v1beta1", "virtualmachines")


def say(*words):
    print(*words, flush=True)


def show(machine, gone=False):
    metadata = machine["metadata"]
    say(metadata["name"], "gone" if gone else metadata.get("labels", {}).get("n", ""))


def until_the_input_ends():
    sys.stdin.read()
    os._exit(0)


def main():
    config.load_kube_config(sys.argv[1])
    api, known, version = client.CustomObjectsApi(), {}, ""
    threading.Thread(target=until_the_input_ends, daemon=True).start()
    while True:
        try:
            if not version:
                found = api.list_cluster_custom_object(*MACHINES)
                now = {machine["metadata"]["name"]: machine for machine in found["items"]}
                for name in known.keys() - now.keys():
                    show(known[name], gone=True)
                for name, machine in now.items():
                    if machine != known.get(name):
                        show(machine)
                known, version = now, found["metadata"]["resourceVersion"]
                say("synced")
            for event in watch.Watch().stream(api.list_cluster_custom_object, *MACHINES, resource_version=version):
                machine, gone = event["object"], event["type"] == "DELETED"
                version = machine["metadata"]["resourceVersion"]
                known.pop(machine["metadata"]["name"], None) if gone else known.update({machine["metadata"]["name"]: machine})
                show(machine, gone)
        except client.ApiException as error:
            if error.status != 410:
                raise
            version = ""  # too old
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)  # the server is away


main()
