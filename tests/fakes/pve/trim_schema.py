#!/usr/bin/env python3
"""tests/fakes/pve/trim_schema.py — cuts a dump of Proxmox VE's API schema to what the fake serves.

    trim_schema.py FULL_SCHEMA > schema.json       run again after a line of CALLS has changed

Kept of each method: parameters, permissions, and whether the call needs pvedaemon ("protected") or another node
("proxyto"). One method a line, so that a difference can be read.
"""
import json
import sys

KEPT = ("parameters", "permissions", "protected", "proxyto")
CALLS = """
/access/permissions GET
/access/ticket GET POST
/access/users/{userid}/token/{tokenid} POST
/cluster/ha/groups GET POST
/cluster/ha/resources GET POST
/cluster/ha/resources/{sid} DELETE GET
/cluster/ha/rules GET
/cluster/ha/status/current GET
/cluster/nextid GET
/cluster/resources GET
/cluster/status GET
/cluster/tasks GET
/nodes GET
/nodes/{node}/network GET
/nodes/{node}/qemu GET POST
/nodes/{node}/qemu/{vmid} DELETE
/nodes/{node}/qemu/{vmid}/agent/get-host-name GET
/nodes/{node}/qemu/{vmid}/agent/get-osinfo GET
/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces GET
/nodes/{node}/qemu/{vmid}/agent/ping POST
/nodes/{node}/qemu/{vmid}/clone POST
/nodes/{node}/qemu/{vmid}/cloudinit GET PUT
/nodes/{node}/qemu/{vmid}/config GET POST PUT
/nodes/{node}/qemu/{vmid}/feature GET
/nodes/{node}/qemu/{vmid}/migrate GET POST
/nodes/{node}/qemu/{vmid}/move_disk POST
/nodes/{node}/qemu/{vmid}/pending GET
/nodes/{node}/qemu/{vmid}/resize PUT
/nodes/{node}/qemu/{vmid}/snapshot GET POST
/nodes/{node}/qemu/{vmid}/snapshot/{snapname} DELETE
/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config GET PUT
/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback POST
/nodes/{node}/qemu/{vmid}/status/current GET
/nodes/{node}/qemu/{vmid}/status/reboot POST
/nodes/{node}/qemu/{vmid}/status/reset POST
/nodes/{node}/qemu/{vmid}/status/resume POST
/nodes/{node}/qemu/{vmid}/status/shutdown POST
/nodes/{node}/qemu/{vmid}/status/start POST
/nodes/{node}/qemu/{vmid}/status/stop POST
/nodes/{node}/qemu/{vmid}/status/suspend POST
/nodes/{node}/qemu/{vmid}/template POST
/nodes/{node}/qemu/{vmid}/unlink PUT
/nodes/{node}/status GET
/nodes/{node}/storage GET
/nodes/{node}/storage/{storage}/content GET POST
/nodes/{node}/storage/{storage}/content/{volume} DELETE GET
/nodes/{node}/storage/{storage}/download-url POST
/nodes/{node}/storage/{storage}/status GET
/nodes/{node}/storage/{storage}/upload POST
/nodes/{node}/tasks GET
/nodes/{node}/tasks/{upid} DELETE
/nodes/{node}/tasks/{upid}/log GET
/nodes/{node}/tasks/{upid}/status GET
/storage GET
/storage/{storage} PUT
/version GET
"""


def trim(full):
    lines = []
    for path, *methods in (line.split() for line in CALLS.strip().splitlines()):
        for method in methods:
            kept = {key: full[path][method][key] for key in KEPT if key in full[path][method]}
            lines.append(f"{json.dumps(method + ' ' + path)}: {json.dumps(kept, separators=(',', ':'), sort_keys=True)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.stdout.write(trim(json.load(file)))
