#!/bin/bash
# tests/kube/kubectl_smoke.sh SERVER — stock kubectl, as a newcomer uses it, against the embedded API server.
#
# Each line is what is expected and the command: `says TEXT COMMAND...` wants success and TEXT somewhere in the
# output, `refuses TEXT COMMAND...` wants failure and TEXT. Everything runs; the end counts what went wrong.
set -u

if ! command -v kubectl >/dev/null; then
  echo "skipped: there is no kubectl on PATH (https://kubernetes.io/docs/tasks/tools/ says how to install it)"
  exit 77
fi

work=$(mktemp -d)
coproc SERVER { exec "$1" "$work" 2>"$work/log"; }
server_pid=$SERVER_PID
finish() {
  kill "$server_pid" 2>/dev/null
  wait 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT
read -r ready port <&"${SERVER[0]}"
[ "$ready" = ready ] || { cat "$work/log"; exit 1; }

export KUBECONFIG=$work/kubeconfig KUBECACHEDIR=$work/cache HOME=$work
cd "$work" || exit 1
count=0 wrong=0

report() { # WANTED OUTPUT COMMAND...
  wrong=$((wrong + 1))
  printf 'WRONG: %s\n  wanted: %s\n  found:  %s\n' "${*:3}" "$1" "$2"
}
says() {
  local text=$1 found status
  shift
  count=$((count + 1))
  found=$("$@" 2>&1)
  status=$?
  [ $status -eq 0 ] && [[ $found == *"$text"* ]] || report "$text" "[$status] $found" "$@"
}
refuses() {
  local text=$1 found status
  shift
  count=$((count + 1))
  found=$("$@" 2>&1)
  status=$?
  [ $status -ne 0 ] && [[ $found == *"$text"* ]] || report "a refusal: $text" "[$status] $found" "$@"
}
# A column of a table, by its heading's place: `cell 2 kubectl get vm one`.
cell() { "${@:2}" --no-headers | awk -v n="$1" '{print $n}'; }
from_text() { # TEXT COMMAND...: the command reads TEXT
  local text=$1
  shift
  printf '%s\n' "$text" | "$@"
}

manifest() { # NAME POWER
  cat <<END
apiVersion: infra.virtrigaud.io/v1beta1
kind: VirtualMachine
metadata:
  name: $1
  labels: {app: demo}
spec:
  classRef: {name: small}
  providerRef: {name: lab}
  imageRef: {name: tiny}
  powerState: $2
END
}
manifest one '"On"' >vm.yaml
manifest one '"Off"' >off.yaml
manifest two '"On"' >two.yaml

# ---- what is there ----
says 'Server Version: v1.' kubectl version
says 'selfsubjectreviews' kubectl api-resources
says 'vmclass,vmc' kubectl api-resources --api-group=infra.virtrigaud.io
says 'infra.virtrigaud.io/v1beta1' kubectl api-versions
says 'admin' kubectl auth whoami
says 'yes' kubectl auth can-i create virtualmachines
says '*.*' kubectl auth can-i --list
says 'ok' kubectl get --raw /readyz
refuses 'User "bob" cannot list resource' kubectl get vm --as=bob
says 'virtualmachines.infra.virtrigaud.io' kubectl get crds
says 'condition met' kubectl wait crd/virtualmachines.infra.virtrigaud.io --for=condition=Established --timeout=5s
says 'Active' kubectl get ns default
says 'No resources found' kubectl get vm,vmc,vmi,vmna,vmclass,vmimg,vmnet,prov,vmsnap,vmclone,vmmig,vmset,vmpp

# ---- the seed's own first step: protobuf bodies ----
says 'namespace/demo created' kubectl create namespace demo
says 'modified' kubectl config set-context --current --namespace=demo
says 'secret/login created' kubectl create secret generic login --from-literal=user=root
says 'configmap/notes created' kubectl create configmap notes --from-literal=a=b --from-literal=c=d
says 'serviceaccount/robot created' kubectl create serviceaccount robot
says 'cm9vdA==' kubectl get secret login -o 'jsonpath={.data.user}'
says 'Opaque' cell 2 kubectl get secret login
says '2' cell 2 kubectl get cm notes
refuses 'already exists' kubectl create namespace demo

# ---- apply ----
refuses 'unknown field "spec.powerStat"' from_text "$(sed s/powerState/powerStat/ vm.yaml)" kubectl apply -f -
refuses 'in quotes' from_text "$(manifest one On)" kubectl apply -f -
refuses 'spec.classRef: Required value' from_text "$(grep -v classRef vm.yaml)" kubectl apply -f -
says 'virtualmachine.infra.virtrigaud.io/one created (server dry run)' kubectl apply -f vm.yaml --dry-run=server
says 'virtualmachine.infra.virtrigaud.io/one created' kubectl apply -f vm.yaml
says 'virtualmachine.infra.virtrigaud.io/one unchanged' kubectl apply -f vm.yaml
refuses '+  powerState: "Off"' kubectl diff -f off.yaml
says 'virtualmachine.infra.virtrigaud.io/one configured' kubectl apply -f off.yaml
says '' kubectl diff -f off.yaml
says 'virtualmachine.infra.virtrigaud.io/two created' kubectl create -f two.yaml
refuses 'already exists' kubectl create -f two.yaml
refuses 'namespaces "nowhere" not found' kubectl create -n nowhere -f two.yaml

# ---- get ----
says 'NAME   PHASE   PROVIDER   CLASS   IMAGE   IPS   AGE' kubectl get vm
says 'lab' cell 2 kubectl get vm one
says 'NAMESPACE   NAME' kubectl get vm -A
says 'virtualmachine.infra.virtrigaud.io/one' kubectl get vm -o name
says '2' kubectl get vm one -o 'jsonpath={.metadata.generation}'
says 'kind: VirtualMachine' kubectl get vm one -o yaml
says '"apiVersion": "v1"' kubectl get vm -o json
says 'one' kubectl get vm one -o wide
says 'one   Off' kubectl get vm one -o custom-columns=N:.metadata.name,P:.spec.powerState --no-headers
says 'one' kubectl get vm -l app=demo
says 'No resources found' kubectl get vm -l app=other
says 'app=demo' kubectl get vm --show-labels
says 'two' kubectl get vm --field-selector metadata.name=two
says 'two' kubectl get vm --sort-by=.metadata.name
says 'one' kubectl get vm --chunk-size=1
refuses 'virtualmachines.infra.virtrigaud.io "none" not found' kubectl get vm none
refuses "the server doesn't have a resource type" kubectl get nothings
says 'Power State:  Off' kubectl describe vm one
refuses 'could not find the requested resource' kubectl get --raw /apis/infra.virtrigaud.io/v1beta1/nothings

# ---- rights, and a ServiceAccount that has some ----
says 'role.rbac.authorization.k8s.io/reader created' kubectl create role reader --verb=get,list,watch \
  --resource=virtualmachines.infra.virtrigaud.io
says 'rolebinding.rbac.authorization.k8s.io/reader created' kubectl create rolebinding reader --role=reader \
  --serviceaccount=demo:robot
says 'clusterrole.rbac.authorization.k8s.io/demo:metrics created' kubectl create clusterrole demo:metrics --verb=get \
  --non-resource-url=/metrics
says 'clusterrolebinding.rbac.authorization.k8s.io/demo:metrics created' kubectl create clusterrolebinding demo:metrics \
  --clusterrole=demo:metrics --group=watchers
says 'Role/reader' cell 2 kubectl get rolebinding reader
says 'demo/robot' kubectl get rolebinding -o wide
says '[get list watch]' kubectl describe role reader
says 'ServiceAccount  robot' kubectl describe rolebinding reader
says 'virtualmachines.infra.virtrigaud.io' kubectl describe clusterrole view
says 'clusterRoleSelectors' kubectl explain clusterrole.aggregationRule
refuses 'cannot change roleRef' kubectl patch rolebinding reader --type=merge -p '{"roleRef":{"name":"other"}}'
says 'default' kubectl get serviceaccount default
kubeconfig_of() { # ACCOUNT: writes ACCOUNT.kubeconfig, with a token and nothing else to show
  local file=$work/$1.kubeconfig token
  token=$(kubectl create token "$1" --duration=10m) || return 1
  export KUBECONFIG=$file
  kubectl config set-cluster lab --server="https://127.0.0.1:$port" --certificate-authority="$work/pki/ca.crt" \
    --embed-certs
  kubectl config set-credentials "$1" --token="$token" && kubectl config set-context lab --cluster=lab --user="$1" \
    --namespace=demo && kubectl config use-context lab
  export KUBECONFIG=$work/kubeconfig
}
says 'Switched to context "lab"' kubeconfig_of robot
as_robot() { kubectl --kubeconfig "$work/robot.kubeconfig" "$@"; }
says 'system:serviceaccount:demo:robot' as_robot auth whoami
says 'one' as_robot get vm one
says 'virtualmachines.infra.virtrigaud.io' as_robot auth can-i --list
says 'yes' as_robot auth can-i list vm
refuses 'no' as_robot auth can-i delete vm
refuses 'cannot delete resource "virtualmachines"' as_robot delete vm one
refuses 'cannot list resource "virtualmachines" in API group "infra.virtrigaud.io" at the cluster scope' as_robot get vm -A
refuses 'cannot get resource "secrets"' as_robot get secret login
says 'yes' kubectl auth can-i get vm --as=system:serviceaccount:demo:robot
says 'clusterrole.rbac.authorization.k8s.io "demo:metrics" deleted' kubectl delete clusterrole demo:metrics
says 'deleted' kubectl delete clusterrolebinding demo:metrics
says 'serviceaccount "robot" deleted' kubectl delete serviceaccount robot
refuses 'must be logged in' as_robot get vm one

# ---- change ----
says 'labeled' kubectl label vm one tier=web
refuses 'already has a value' kubectl label vm one tier=db
says 'annotated' kubectl annotate vm one note=hello
says 'patched' kubectl patch vm one --type=merge -p '{"spec":{"powerState":"On"}}'
says 'patched' kubectl patch vm one --type=json -p '[{"op":"replace","path":"/spec/powerState","value":"Off"}]'
refuses 'supported values: "On", "Off"' kubectl patch vm one --type=merge -p '{"spec":{"powerState":"Maybe"}}'
says 'patched' kubectl patch secret login --type=strategic -p '{"stringData":{"password":"x"}}'
says 'edited' env KUBE_EDITOR='sed -i s/tier:.web/tier:\ db/' kubectl edit vm one
says 'db' kubectl get vm one -L tier
says 'patched' kubectl patch vm one --subresource=status --type=merge -p \
  '{"status":{"phase":"Running","ips":["10.0.0.1"],"conditions":[{"type":"Ready","status":"True","reason":"Up","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}'
says 'Running' cell 2 kubectl get vm one
says '10.0.0.1' kubectl get vm one --subresource=status
kubectl get vm one -o yaml >one.yaml
says 'replaced' kubectl replace -f one.yaml
refuses 'the object has been modified' from_text "$(sed 's/resourceVersion: .*/resourceVersion: "1"/' one.yaml)" kubectl replace -f -

# ---- server-side apply ----
manifest three '"On"' >three.yaml
says 'virtualmachine.infra.virtrigaud.io/three serverside-applied' kubectl apply --server-side -f three.yaml
says 'serverside-applied' kubectl apply --server-side -f three.yaml
refuses 'conflict with "kubectl"' kubectl apply --server-side --field-manager=other -f <(manifest three '"Off"')
says 'serverside-applied' kubectl apply --server-side --field-manager=other --force-conflicts -f <(manifest three '"Off"')

# ---- wait and watch ----
says 'condition met' kubectl wait vm/one --for=condition=Ready --timeout=10s
says 'condition met' kubectl wait vm/one --for=jsonpath='{.status.phase}'=Running --timeout=10s
refuses 'timed out' kubectl wait vm/one --for=jsonpath='{.status.phase}'=Gone --timeout=1s
watch_sees_a_change() { # a new value each time: kubectl drops the first event, a change between its GET and its watch
  kubectl get vm one -w -o 'jsonpath={.metadata.labels.seen}{"\n"}' >watched &
  local watcher=$! tries=0
  until grep -q yes watched || [ $((tries += 1)) -gt 100 ]; do
    kubectl label vm one --overwrite seen=yes-$tries >/dev/null
  done
  kill $watcher
  cat watched
}
says 'yes' watch_sees_a_change

# ---- explain, events ----
says 'sizeGiB' kubectl explain vm.spec.disks
says 'ownerReferences' kubectl explain vm --recursive
says 'stringData' kubectl explain secret
says 'event/greeting created' from_text "
apiVersion: v1
kind: Event
metadata: {name: greeting, namespace: demo}
involvedObject: {apiVersion: infra.virtrigaud.io/v1beta1, kind: VirtualMachine, name: one, namespace: demo}
type: Normal
reason: Greeted
message: good morning
lastTimestamp: 2026-01-01T00:00:00Z" kubectl create -f -
says 'Greeted' kubectl events --for VirtualMachine/one
says 'virtualmachine/one' kubectl get events
says 'good morning' kubectl get events.events.k8s.io -o 'jsonpath={.items[0].note}'

# ---- delete ----
says 'deleted' kubectl delete vm two --timeout=10s
says '' kubectl delete vm two --ignore-not-found
refuses 'not found' kubectl delete vm two
says 'patched' kubectl patch vm one --type=merge -p '{"metadata":{"finalizers":["example.com/a"]}}'
says 'deleted' kubectl delete vm one --wait=false
says 'Z' kubectl get vm one -o 'jsonpath={.metadata.deletionTimestamp}'
let_go() {
  kubectl wait vm/one --for=delete --timeout=10s &
  local waiter=$!
  kubectl patch vm one --type=merge -p '{"metadata":{"finalizers":null}}' && wait $waiter
}
says '' let_go
says 'deleted' kubectl delete vm -l app=demo --timeout=10s
says '' kubectl delete -f three.yaml --ignore-not-found
says 'namespace "demo" deleted' kubectl delete namespace demo --timeout=20s
refuses 'not found' kubectl get namespace demo
refuses 'may not be deleted' kubectl delete namespace default

echo "$count checks, $wrong wrong"
[ $wrong -eq 0 ]
