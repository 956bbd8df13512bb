# tests/kube/checks.sh — for scripts that drive a foreign client: a server of their own and what is expected of a command.
#
#   begin SERVER     starts it in a folder of its own, $work, which is the current one from then on;
#                    it listens on $port
#   says TEXT COMMAND...      wants success and TEXT somewhere in the output
#   refuses TEXT COMMAND...   wants failure and TEXT
#   finish           counts what went wrong; the exit status
#
# Everything runs, also after something went wrong.
set -u
count=0 wrong=0

begin() {
  work=$(mktemp -d)
  coproc SERVER { exec "$1" "$work" 2>"$work/log"; }
  server_pid=$SERVER_PID
  trap end EXIT
  read -r ready port <&"${SERVER[0]}"
  [ "$ready" = ready ] || { cat "$work/log"; exit 1; }
  export KUBECONFIG=$work/kubeconfig KUBECACHEDIR=$work/cache HOME=$work TMPDIR=$work
  cd "$work" || exit 1
}
end() {
  kill "$server_pid" 2>/dev/null
  wait 2>/dev/null
  rm -rf "$work"
}
finish() {
  echo "$count checks, $wrong wrong"
  [ $wrong -eq 0 ]
}

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
