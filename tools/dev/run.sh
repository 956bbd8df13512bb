# tools/dev/run.sh — ./dev run and ./dev stop: from nothing to a running machine, and back.

HOST=$RUN/host # the private libvirt host: its pool, definitions and logs
FAKE=$RUN/pve  # the fake Proxmox VE cluster, and what is known of it
VCENTER=$RUN/vcenter # the simulated vCenter, and what is known of it

# The capability list of libvirt is no proof of a usable KVM: it says yes on machines without hardware virtualisation.
virt_type() {
  if grep -qwE 'vmx|svm' /proc/cpuinfo && [[ -r /dev/kvm && -w /dev/kvm ]]; then echo kvm; else echo qemu; fi
}

# pid_of NAME ARGUMENT: the pid of a program that we started. Numbers are used again, so its arguments must have that one.
pid_of() {
  local pid
  pid=$(cat "$RUN/$1.pid" 2>/dev/null) && [[ -n $pid ]] &&
    grep -qzxF -- "$2" "/proc/$pid/cmdline" 2>/dev/null && echo "$pid"
}
server_pid() { pid_of virtrigaud "$RUN/kubeconfig"; }

stop_program() {
  local pid tries
  if pid=$(pid_of "$@"); then
    kill "$pid" 2>/dev/null || true
    for ((tries = 0; tries < 100; tries++)); do
      [[ $(pid_of "$@") ]] || break
      sleep 0.1
    done
    [[ ! $(pid_of "$@") ]] || kill -9 "$pid" 2>/dev/null || true
  fi
  rm -f "$RUN/$1.pid"
}
stop_server() { stop_program virtrigaud "$RUN/kubeconfig"; }

stop() {
  local runtime
  runtime=$(cat "$RUN/runtime-dir" 2>/dev/null || true)
  rm -f "$RUN/runtime-dir" # tells a run in another terminal that this end is wanted
  stop_server
  stop_program pve_fake "$FAKE"
  stop_vcenter
  [[ ! -d $HOST ]] || tools/lab/host down "$HOST"
  [[ ! $runtime ]] || rm -rf "$runtime"
}

start_server() {
  local data=$1 runtime pid tries
  stop_server
  [[ ! -f $RUN/runtime-dir ]] || rm -rf "$(cat "$RUN/runtime-dir")"
  runtime=$(umask 077 && mktemp -d /tmp/rig-XXXXXX) # short: a socket's path ends at 107 bytes
  echo "$runtime" >"$RUN/runtime-dir"
  rm -f "$RUN/kubeconfig"
  setsid build/bin/virtrigaud --data-dir "$data" --runtime-dir "$runtime" --kubeconfig-out "$RUN/kubeconfig" \
    --listen 127.0.0.1:0 --log-file "$RUN/log/virtrigaud.log" </dev/null >"$RUN/log/virtrigaud.out" 2>&1 9>&- &
  pid=$!
  echo $pid >"$RUN/virtrigaud.pid"
  for ((tries = 0; tries < 300; tries++)); do
    [[ ! -s $RUN/kubeconfig ]] || return 0
    kill -0 $pid 2>/dev/null || break
    sleep 0.1
  done
  fail "virtrigaud did not start: $(tail -qn 1 "$RUN/log/virtrigaud.out" "$RUN/log/virtrigaud.log" 2>/dev/null)"
}

# The samples name the usual places of a libvirt host; this run's copy names its own.
write_quickstart() {
  local uri=$1 image=$2 network=()
  [[ $uri != *:///session* ]] || network=(-e '/networkName: default/d') # a session has no networks: user mode
  rm -rf "$RUN/quickstart"
  mkdir "$RUN/quickstart"
  local sample
  for sample in deploy/samples/quickstart/*.yaml; do
    sed -e "s|endpoint: qemu:///system|endpoint: \"$uri\"|" -e "s|path: /.*\.qcow2|path: \"$image\"|" \
      -e "/name: LIBVIRT_VIRT_TYPE/{n;s|value: .*|value: $(virt_type)\\n      - name: LIBVIRT_IMAGE_DIRS\\n        value: \"${image%/*}\"|}" "${network[@]}" "$sample" \
      >"$RUN/quickstart/${sample##*/}"
  done
}

begin_libvirt() {
  local uri=$1 image
  if [[ ! $uri ]]; then
    step libvirt tools/lab/host up "$HOST"
    uri=$(tools/lab/host uri "$HOST")
  fi
  step guest-image tools/lab/guest/build "$RIG_CACHE_DIR/guest"
  image=$(tail -n 1 "$RUN/log/guest-image.log")
  write_quickstart "$uri" "$image"
  start_server "$RUN/data"
}

# A cluster that is not there. It forgets its machines when it ends, so what was known of them goes, too.
start_fake() {
  local tries
  rm -rf "$FAKE" "$RUN/pve-data"
  mkdir "$FAKE"
  mkfifo "$FAKE/input" # it ends with its input, which this keeps open
  setsid build/tests/fakes/pve/pve_fake "$FAKE" <>"$FAKE/input" >"$RUN/log/pve_fake.out" 2>&1 9>&- &
  echo $! >"$RUN/pve_fake.pid"
  for ((tries = 0; tries < 100; tries++)); do
    ! grep -q '^ready' "$RUN/log/pve_fake.out" || return 0
    sleep 0.1
  done
  fail "the fake cluster did not start: $(tail -n 1 "$RUN/log/pve_fake.out")"
}

# This run's copy of a provider's samples: write_samples PROVIDER SED-ARGUMENT...
write_samples() {
  local sample provider=$1
  shift
  rm -rf "$RUN/quickstart"
  mkdir "$RUN/quickstart"
  for sample in "deploy/samples/$provider"/*.yaml; do sed "$@" "$sample" >"$RUN/quickstart/${sample##*/}"; done
}

# Its Secret: write_credentials PROVIDER KEY VALUE... No secret is an argument of a program: printf is the shell's own.
write_credentials() {
  local line sample=deploy/samples/$1/00-credentials.yaml out=$RUN/quickstart/00-credentials.yaml
  shift
  rm "$out"
  (umask 077 && {
    sed -n '/^apiVersion/,/^stringData/p' "$sample"
    while [[ $# -gt 0 ]]; do
      printf '  %s: |-\n' "$1"
      while IFS= read -r line; do printf '    %s\n' "$line"; done <<<"$2"
      shift 2
    done
  } >"$out")
}

# The user's own cluster (PVE_ENDPOINT, PVE_TOKEN_ID, PVE_TOKEN_SECRET, PVE_CA_BUNDLE: its authority's PEM), else a fake
# one.
begin_proxmox() {
  local endpoint=${PVE_ENDPOINT:-} id=${PVE_TOKEN_ID:-} secret=${PVE_TOKEN_SECRET:-} ca=${PVE_CA_BUNDLE:-} token
  if [[ ! $endpoint ]]; then
    start_fake
    endpoint=$(<"$FAKE/url") token=$(<"$FAKE/token") ca=$(<"$FAKE/ca.pem")
    id=${token%%=*} secret=${token#*=}
  fi
  write_samples proxmox -e "s|endpoint: https://.*|endpoint: \"$endpoint\"|"
  write_credentials proxmox token_id "$id" token_secret "$secret" ca_bundle "$ca"
  start_server "$RUN/pve-data"
}

vcenter() { sed -n "s/^$1=//p" "$VCENTER/env"; } # what is known of the simulated one
stop_vcenter() { [[ ! -d $VCENTER ]] || tools/lab/vcsim/down "$VCENTER"; }

# The user's own vCenter (VSPHERE_ENDPOINT, VSPHERE_USERNAME, VSPHERE_PASSWORD, VSPHERE_CA_BUNDLE: its authority's PEM,
# and what to use there: VSPHERE_TEMPLATE, VSPHERE_CLUSTER, VSPHERE_NETWORK), else govmomi's simulator, which forgets its
# machines when it ends.
begin_vsphere() {
  local endpoint=${VSPHERE_ENDPOINT:-} user=${VSPHERE_USERNAME:-} secret=${VSPHERE_PASSWORD:-} ca=${VSPHERE_CA_BUNDLE:-}
  local template=${VSPHERE_TEMPLATE:-debian-12} cluster=${VSPHERE_CLUSTER:-} network=${VSPHERE_NETWORK:-VM Network}
  if [[ ! $endpoint ]]; then
    rm -rf "$RUN/vsphere-data"
    step vcenter tools/lab/vcsim/up "$VCENTER" 9>&-
    endpoint=$(vcenter URL) user=$(vcenter USER) secret=$(<"$(vcenter PASSWORD_FILE)") ca=$(<"$(vcenter CA)")
    template=DC0_C0_RP0_VM0 cluster=DC0_C0 network=DC0_DVPG0
  fi
  write_samples vsphere -e "s|endpoint: https://.*|endpoint: \"$endpoint\"|" -e "s|templateName: .*|templateName: \"$template\"|" \
    -e "s|cluster: cluster-1|cluster: \"$cluster\"|" -e "s|portgroup: .*|portgroup: \"$network\"|"
  write_credentials vsphere username "$user" password "$secret" ca_bundle "$ca"
  start_server "$RUN/vsphere-data"
}

# The samples, until their machine is as asked. On a simulated vCenter no guest runs, so none has an address: there it
# is enough that the machine is on.
apply_samples() {
  local vrtg=(build/bin/vrtg --kubeconfig "$RUN/kubeconfig") tries
  if [[ ! -f $VCENTER/env ]]; then
    "${vrtg[@]}" apply -f "$RUN/quickstart" --wait --timeout 180s
    return
  fi
  "${vrtg[@]}" apply -f "$RUN/quickstart"
  for ((tries = 0; tries < 300; tries++)); do
    ! "${vrtg[@]}" describe vm hello 2>/dev/null | grep -q '^Ready  *True' || return 0
    sleep 0.5
  done
  return 1
}

run() {
  local provider=libvirt uri='' detach='' fresh='' look='console hello' targets=(virtrigaud vrtg)
  while [[ $# -gt 0 ]]; do
    case $1 in
      --provider) provider=${2:?--provider needs libvirt, proxmox or vsphere} && shift ;;
      --libvirt) uri=${2:?--libvirt needs a URI} && shift ;;
      --detach) detach=yes ;;
      --fresh) fresh=yes ;;
      *) fail "unknown option '$1'; ./dev help lists them" ;;
    esac
    shift
  done
  exec 9>"$RUN/lock"
  flock -n 9 || fail "another ./dev run is at work here; ./dev stop ends it"
  if [[ $fresh ]]; then
    stop
    rm -rf "$RUN/data" "$RUN/pve-data" "$RUN/vsphere-data" "$HOST" "$RUN/quickstart" "$RUN/kubeconfig"
  fi
  case $provider in
    libvirt) packages build run && targets+=(provider-libvirt) ;;
    proxmox) packages build && targets+=(provider-proxmox pve_fake) ;;
    vsphere) packages build && targets+=(provider-vsphere) ;;
    *) fail "--provider $provider: wanted libvirt, proxmox or vsphere" ;;
  esac
  build "${targets[@]}"
  trap 'echo "stopping; machines keep their disks"; stop' EXIT # whatever ends a run, its processes end with it
  stop_server
  stop_program pve_fake "$FAKE"
  stop_vcenter
  "begin_$provider" "$uri"
  printf '%-14s %s\n' server "$(sed -n 's/^ *server: *//p' "$RUN/kubeconfig")"
  apply_samples || {
    build/bin/vrtg --kubeconfig "$RUN/kubeconfig" describe vm hello || true
    fail "the machine is not Ready; the server's log is .run/log/virtrigaud.log"
  }
  [[ $provider == libvirt ]] || look='describe vm hello' # consoles of the others are not passed on yet
  cat <<TEXT

Try next:
  kubectl --kubeconfig .run/kubeconfig get vm -o wide
  build/bin/vrtg --kubeconfig .run/kubeconfig $look
  build/bin/vrtg --kubeconfig .run/kubeconfig power off hello
TEXT
  if [[ $detach ]]; then
    trap - EXIT
    echo "./dev stop ends it."
    return
  fi
  echo "Ctrl-C ends it."
  while [[ $(server_pid) ]]; do sleep 1; done
  [[ -f $RUN/runtime-dir ]] || exit 0
  fail "virtrigaud ended: $(tail -qn 1 "$RUN/log/virtrigaud.out" "$RUN/log/virtrigaud.log" 2>/dev/null)"
}
