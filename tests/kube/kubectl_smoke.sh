#!/bin/bash
# tests/kube/kubectl_smoke.sh SERVER — stock kubectl, as a newcomer uses it, against the embedded API server.
#
# Each line is what is expected and the command; checks.sh says how to read it.
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

if ! command -v kubectl >/dev/null; then
  echo "skipped: there is no kubectl on PATH (https://kubernetes.io/docs/tasks/tools/ says how to install it)"
  exit 77
fi
crds=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../../deploy/crds")
begin "$1"

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
says 'configmaps' kubectl api-resources --verbs=list,watch --namespaced -o name
says '"minor": "33"' kubectl version -o json
says 'admin' kubectl auth whoami
says 'yes' kubectl auth can-i create virtualmachines
says '*.*' kubectl auth can-i --list
says 'ok' kubectl get --raw /readyz
refuses 'User "bob" cannot list resource' kubectl get vm --as=bob
says 'virtualmachines.infra.virtrigaud.io' kubectl get crds
says 'condition met' kubectl wait crd/virtualmachines.infra.virtrigaud.io --for=condition=Established --timeout=5s
says 'Active' kubectl get ns default
says 'No resources found' kubectl get vm,vmc,vmi,vmna,vmclass,vmimg,vmnet,prov,vmsnap,vmclone,vmmig,vmset,vmpp

# ---- definitions are the server's own: the same may be applied, what is said beside them is kept ----
says 'vmsets.infra.virtrigaud.io configured' kubectl apply -f "$crds"
says 'vmsets.infra.virtrigaud.io unchanged' kubectl apply -f "$crds"
says '' kubectl diff -f "$crds"
says 'vmsets.infra.virtrigaud.io serverside-applied' kubectl apply --server-side -f "$crds"
says 'vmsets.infra.virtrigaud.io replaced' kubectl replace -f "$crds"
refuses 'already exists' kubectl create -f "$crds"
says 'labeled' kubectl label crd vmsets.infra.virtrigaud.io team=a
says 'vmsets.infra.virtrigaud.io' kubectl get crd -l team=a
refuses 'serves the kinds that it was built with' kubectl patch crd vmsets.infra.virtrigaud.io --type=merge -p '{"spec":{"scope":"Cluster"}}'
refuses 'serves the kinds that it was built with' kubectl delete crd vmsets.infra.virtrigaud.io
refuses 'serves the kinds that it was built with' kubectl apply -f <(sed s/infra.virtrigaud.io/example.com/ "$crds"/*_vmsets.yaml)

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
says 'created (server dry run)' kubectl create --dry-run=server -f <(sed 's/name: two/name: dry/' two.yaml)
says 'powerState: "Off"' kubectl apply view-last-applied vm one -o yaml
says 'configured' kubectl apply set-last-applied -f vm.yaml
says 'edited' env KUBE_EDITOR='sed -i s/"On"/"Off"/' kubectl apply edit-last-applied vm one
labelled() { for name in "$@"; do printf -- '---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, labels: {set: x}}}\n' "$name"; done; }
says 'configmap/b created' kubectl apply -f <(labelled a b)
says 'configmap/b pruned' kubectl apply --prune -l set=x --prune-allowlist=core/v1/ConfigMap -f <(labelled a)
mkdir all && cp two.yaml all/ && echo 'resources: [two.yaml]' >all/kustomization.yaml
says 'virtualmachine.infra.virtrigaud.io/two configured' kubectl apply -k all
says 'virtualmachine.infra.virtrigaud.io/two unchanged' kubectl apply -R -f all/two.yaml

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
says 'configmap/notes' kubectl get vm/one cm/notes -o name
says 'one' kubectl get -f vm.yaml
says 'one two' kubectl get vm -o 'go-template={{range $i, $e := .items}}{{if $i}} {{end}}{{$e.metadata.name}}{{end}}'
says '"one"' kubectl get vm one -o jsonpath-as-json='{.metadata.name}'
says 'VirtualMachineList' kubectl get --raw /apis/infra.virtrigaud.io/v1beta1/virtualmachines
refuses 'virtualmachines.infra.virtrigaud.io "none" not found' kubectl get vm none
refuses "the server doesn't have a resource type" kubectl get nothings
says 'Power State:  Off' kubectl describe vm one
says 'Name:         two' kubectl describe vm -l app=demo
says 'user:  4 bytes' kubectl describe secret login
says 'Data' kubectl describe cm notes
says 'Status:       Active' kubectl describe ns demo
says 'Kind:         CustomResourceDefinition' kubectl describe crd vmsets.infra.virtrigaud.io
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
says 'tier=web' kubectl label vm one --list
says 'labeled' kubectl label vm --all batch=1
says 'unlabeled' kubectl label vm one batch-
says 'annotated' kubectl annotate vm one note=hello
refuses 'already has a value' kubectl annotate vm one note=bye
says 'annotated' kubectl annotate vm one note=bye --overwrite
says 'bye' kubectl annotate vm one --list
says 'annotated' kubectl annotate vm one note-
says 'patched' kubectl patch vm one --type=merge -p '{"spec":{"powerState":"On"}}'
says 'patched' kubectl patch vm one --type=json -p '[{"op":"replace","path":"/spec/powerState","value":"Off"}]'
refuses 'supported values: "On", "Off"' kubectl patch vm one --type=merge -p '{"spec":{"powerState":"Maybe"}}'
says 'patched' kubectl patch secret login --type=strategic -p '{"stringData":{"password":"x"}}'
says 'edited' env KUBE_EDITOR='sed -i s/tier:.web/tier:\ db/' kubectl edit vm one
says 'db' kubectl get vm one -L tier
says 'Edit cancelled' env KUBE_EDITOR=true kubectl edit vm one
refuses 'virtualmachines.infra.virtrigaud.io "one" is invalid' env KUBE_EDITOR='sed -i s/powerState:.*/powerState:\ Sideways/' kubectl edit vm one
says '"tier": "web"' env KUBE_EDITOR='sed -i s/tier.:\ .db/tier\":\ \"web/' kubectl edit vm one -o json
says 'patched' kubectl patch cm notes -p '{"data":{"c":null,"e":"f"}}'
says '{"a":"b","e":"f"}' kubectl get cm notes -o 'jsonpath={.data}'
says 'patched (no change)' kubectl patch cm notes --type=merge -p '{"data":{"e":"f"}}'
says 'patched' kubectl patch -f vm.yaml --type=merge --patch-file /dev/stdin <<<'{"spec":{"tags":["a"]}}'
says 'patched' kubectl patch vm one --subresource=status --type=merge -p \
  '{"status":{"phase":"Running","ips":["10.0.0.1"],"conditions":[{"type":"Ready","status":"True","reason":"Up","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}'
says 'Running' cell 2 kubectl get vm one
says '10.0.0.1' kubectl get vm one --subresource=status
kubectl get vm one -o yaml >one.yaml
says 'replaced' kubectl replace -f one.yaml
refuses 'the object has been modified' from_text "$(sed 's/resourceVersion: .*/resourceVersion: "1"/' one.yaml)" kubectl replace -f -

says 'replaced' kubectl replace --force --grace-period=0 -f two.yaml
refuses 'not found' kubectl replace -f <(sed 's/name: two/name: never/' two.yaml)

# ---- scale ----
set='apiVersion: infra.virtrigaud.io/v1beta1
kind: VMSet
metadata: {name: many}
spec:
  replicas: 1
  selector: {matchLabels: {app: many}}
  template:
    metadata: {labels: {app: many}}
    spec: {classRef: {name: small}, imageRef: {name: tiny}, providerRef: {name: lab}}'
says 'vmset.infra.virtrigaud.io/many created' from_text "$set" kubectl create -f -
says 'scaled' kubectl scale vmset many --replicas=3
refuses 'Expected replicas to be 1' kubectl scale vmset many --current-replicas=1 --replicas=4
says 'scaled' kubectl scale vmset many --current-replicas=3 --replicas=4
says '4' kubectl get vmset many --subresource=scale -o 'jsonpath={.spec.replicas}'
says 'patched' kubectl patch vmset many --subresource=scale --type=merge -p '{"spec":{"replicas":5}}'
says '5' kubectl get vmset many -o 'jsonpath={.spec.replicas}'

# ---- server-side apply ----
manifest three '"On"' >three.yaml
says 'virtualmachine.infra.virtrigaud.io/three serverside-applied' kubectl apply --server-side -f three.yaml
says 'serverside-applied' kubectl apply --server-side -f three.yaml
refuses 'conflict with "kubectl"' kubectl apply --server-side --field-manager=other -f <(manifest three '"Off"')
says 'serverside-applied' kubectl apply --server-side --field-manager=other --force-conflicts -f <(manifest three '"Off"')
refuses 'conflict with "other": .spec.powerState' kubectl diff --server-side -f three.yaml
refuses '+  tags:' kubectl diff --server-side -f <(manifest three '"Off"' && echo '  tags: [a]')
says 'serverside-applied (server dry run)' kubectl apply --server-side --dry-run=server -f <(manifest dry '"On"')
# From client-side apply to server-side apply, with a change on the way, and back.
manifest four '"On"' >four.yaml
says 'created' kubectl apply -f four.yaml
says 'serverside-applied' kubectl apply --server-side -f <(manifest four '"Off"')
says 'configured' kubectl apply -f <(manifest four '"Off"') # the server keeps up what was applied last, in its own layout
says 'unchanged' kubectl apply -f <(manifest four '"Off"')
says 'configured' kubectl apply -f four.yaml

# ---- wait and watch ----
says 'condition met' kubectl wait vm/one --for=condition=Ready --timeout=10s
says 'condition met' kubectl wait vm/one --for=jsonpath='{.status.phase}'=Running --timeout=10s
refuses 'timed out' kubectl wait vm/one --for=jsonpath='{.status.phase}'=Gone --timeout=1s
says 'condition met' kubectl wait vm/one --for=create --timeout=5s
comes_to_be() { # waited for from before it is made
  kubectl wait "cm/$1" --for="$2" --timeout=20s &
  local waiter=$!
  "${@:3}" >/dev/null && wait $waiter
}
says 'condition met' comes_to_be later create kubectl create cm later --from-literal=a=b
says 'condition met' comes_to_be later jsonpath='{.data.a}'=c kubectl patch cm later --type=merge -p '{"data":{"a":"c"}}'
says '' comes_to_be later delete kubectl delete cm later --wait=false
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
explained() { # every field in words: kubectl says where there are none
  local text
  text=$(kubectl explain "$@") && printf '%s\n' "$text" && [[ $text != *'<empty>'* && $text != *'<no description>'* ]]
}
says 'sizeGiB' explained vm.spec.disks
says 'ipAddress' explained vm.spec.networks
says 'base64' explained secret.data
says 'ownerReferences' kubectl explain vm --recursive
says 'stringData' kubectl explain secret
# kubectl takes the first dot of a name that the core group has too for that of a field.
for kind in $(kubectl api-resources -o name | grep -vx events.events.k8s.io); do
  says 'FIELDS' explained "$kind"
  says 'FIELDS' kubectl explain "$kind" --recursive
done
says 'FIELDS' explained events --api-version=events.k8s.io/v1
for part in secret.metadata lease.spec event.series events.involvedObject role.rules rolebinding.subjects crd.spec \
  crd.spec.names crd.status.conditions vm.spec vm.status vm.metadata.ownerReferences provider.spec vmclass.spec vmset.spec.template; do
  says 'FIELDS' explained "$part"
done
says 'sizeGiB' kubectl explain vm.spec.disks --output=plaintext-openapiv2
refuses 'field "nothing" does not exist' kubectl explain vm.nothing
says 'event/greeting created' from_text "
apiVersion: v1
kind: Event
metadata: {name: greeting, namespace: demo}
involvedObject: {apiVersion: infra.virtrigaud.io/v1beta1, kind: VirtualMachine, name: one, namespace: demo, uid: $(kubectl get vm one -o 'jsonpath={.metadata.uid}')}
type: Normal
reason: Greeted
message: good morning
lastTimestamp: 2026-01-01T00:00:00Z" kubectl create -f -
says 'Greeted' kubectl events --for VirtualMachine/one
says 'virtualmachine/one' kubectl get events
says 'Greeted' kubectl events -A --types=Normal
says 'Greeted' kubectl describe vm one
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
says 'deleted (server dry run)' kubectl delete vm four --dry-run=server
says 'four' kubectl get vm four
says 'deleted' kubectl delete vm four --cascade=foreground --timeout=20s
says 'deleted' kubectl delete vmset many --cascade=orphan --timeout=20s
says 'deleted' kubectl delete cm --field-selector metadata.name=notes --now
says '"status":"Success"' kubectl delete --raw /api/v1/namespaces/demo/secrets/login
says 'deleted' kubectl delete cm a --grace-period=0 --force
says 'deleted' kubectl delete vm -l app=demo --timeout=10s
says 'No resources found' kubectl delete vm --all
says '' kubectl delete -f three.yaml --ignore-not-found
says 'namespace "demo" deleted' kubectl delete namespace demo --timeout=20s
refuses 'not found' kubectl get namespace demo
refuses 'may not be deleted' kubectl delete namespace default

finish
