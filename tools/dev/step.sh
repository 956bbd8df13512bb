# tools/dev/step.sh — one line per step of ./dev: what, how long, and what it says while it works.

fail() {
  echo "dev: $*" >&2
  exit 1
}

STEP_PID=
trap '[[ -z $STEP_PID ]] || kill -- -$STEP_PID 2>/dev/null; printf "\n"; exit 130' INT TERM HUP

# step NAME COMMAND...: output goes to .run/log/NAME.log; a failure shows its end and ends ./dev. Each step is a process
# group of its own, so that Ctrl-C ends all of it.
step() {
  local name=$1 log=$RUN/log/$1.log begun=$SECONDS columns
  shift
  set -m
  "$@" </dev/null >"$log" 2>&1 9>&- &
  set +m
  STEP_PID=$!
  if [[ -t 1 ]]; then
    columns=$(tput cols 2>/dev/null || echo 80)
    while kill -0 $STEP_PID 2>/dev/null; do
      printf '\r\e[K%-14s %4d s  %s' "$name" $((SECONDS - begun)) \
        "$(tail -c 400 "$log" | tr '\r\t' '\n ' | tail -n 1 | cut -c1-$((columns - 24)))"
      sleep 0.2
    done
    printf '\r\e[K'
  fi
  if ! wait $STEP_PID; then
    STEP_PID=
    tail -n 25 "$log" >&2
    fail "$name failed after $((SECONDS - begun)) s: ${log#"$ROOT"/}"
  fi
  STEP_PID=
  printf '%-14s %4d s\n' "$name" $((SECONDS - begun))
}
