#!/bin/bash
# tests/kube/helm.sh SERVER ROOT [VERSION] — stock helm against the embedded API server: a life of a release with our kinds, and
# charts that bring definitions along. ROOT: the repository; VERSION: of helm, such as v4.3.1.
#
# Each line is what is expected and the command; checks.sh says how to read it.
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

"$2/tools/lab/helm/build" --check || exit 77
cache=${RIG_CACHE_DIR:-$(dirname "$1")}
helm=$("$2/tools/lab/helm/build" "$cache/helm" ${3:+"$3"} | tail -n 1) || exit 1
[ -x "$helm" ] || exit 1
begin "$1"
export HELM_NAMESPACE=toys PATH=${helm%/*}:$PATH

machine='apiVersion: infra.virtrigaud.io/v1beta1
kind: VirtualMachine
metadata: {name: "{{ .Release.Name }}", labels: {app: toy}}
spec:
  classRef: {name: small}
  imageRef: {name: tiny}
  providerRef: {name: lab}
  powerState: {{ .Values.power | quote }}'
others='apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data: {power: {{ .Values.power | quote }}}
---
apiVersion: v1
kind: Secret
metadata: {name: "{{ .Release.Name }}"}
stringData: {password: secret}
---
apiVersion: infra.virtrigaud.io/v1beta1
kind: VMClass
metadata: {name: small}
spec: {cpu: 1, memory: 1Gi}'

chart() { # NAME: in a folder of that name
  mkdir -p "$1/templates" "$1/crds"
  printf 'apiVersion: v2\nname: %s\nversion: 0.1.0\n' "$1" >"$1/Chart.yaml"
  printf 'power: "On"\n' >"$1/values.yaml"
}
chart toy
printf '%s\n' "$machine" >toy/templates/machine.yaml
printf '%s\n' "$others" >toy/templates/others.yaml
chart defining
cp "$2"/deploy/crds/*.yaml defining/crds/
printf '%s\n' "$machine" >defining/templates/machine.yaml
chart foreign
sed 's/infra.virtrigaud.io/toys.example.com/; s/vmclasses/widgets/' "$2/deploy/crds/infra.virtrigaud.io_vmclasses.yaml" >foreign/crds/widgets.yaml


says 'STATUS: deployed' helm install toy toy --create-namespace
says 'toy' helm list
says 'STATUS: deployed' helm status toy
says 'powerState: "On"' helm get manifest toy
refuses 'a name that is still in use' helm install toy toy
says 'REVISION: 2' helm upgrade toy toy --set power=Off
says 'powerState: "Off"' helm get manifest toy
says 'REVISION: 3' helm upgrade toy toy --set power=On --wait --timeout 30s
says 'has been upgraded' helm upgrade --install toy toy --set power=Off --atomic --timeout 30s
refuses 'Unsupported value: "Sideways"' helm upgrade toy toy --set power=Sideways
says 'failed' helm history toy
says 'Rollback was a success' helm rollback toy 1 --wait --timeout 30s
says 'Rollback to 1' helm history toy
says 'STATUS: pending-upgrade' helm upgrade toy toy --dry-run=server --set power=Off
refuses 'exists and cannot be imported into the current release' helm install other toy
says 'release "toy" uninstalled' helm uninstall toy --wait --timeout 30s
refuses 'not found' helm status toy
says '[]' helm list -o json

# Definitions that are there already are passed over; others are refused with the reason.
says 'STATUS: deployed' helm install defined defining
says 'REVISION: 2' helm upgrade defined defining --set power=Off
says 'uninstalled' helm uninstall defined
refuses 'serves the kinds that it was built with' helm install foreign foreign
finish
