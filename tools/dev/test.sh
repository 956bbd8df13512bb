# tools/dev/test.sh — ./dev test: every test program once, on a private libvirt host and a real guest, and one count.
#
# ctest labels say what a test needs: none (a room's own tests), real (private libvirt host, guest image), e2e (those and
# the built programs), kubectl, scale; and what asks for it: deep (only --deep), kube (only --deep or --kube). conformance only names
# the suite of provider.h's promises, so that --conformance finds it; such a test has one of the labels above if it needs it.
# Tests find the host by RIG_TEST_LIBVIRT_URI, RIG_TEST_LIBVIRT_POOL_DIR, RIG_TEST_GUEST_IMAGE and RIG_TEST_HOST_EXEC
# (a program that runs its arguments inside the host's namespaces), a real control plane by RIG_TEST_KUBE_DIR.

RESULTS=$RUN/test/results
SLOW='^(real|e2e|kubectl|scale)$' # not in ./dev check
ASKED='^(deep|kube)$'

# programs NAME BUILD CTEST_ARGUMENT...: runs the chosen test programs; tools/dev/tally counts their cases.
programs() {
  local name=$1 build=$2
  shift 2
  mkdir -p "$RESULTS/$name"
  ctest --test-dir "$build" --show-only=json-v1 "$@" >"$RESULTS/$name/list.json"
  GTEST_OUTPUT=json:$RESULTS/$name/ ctest --test-dir "$build" --output-on-failure --timeout 600 \
    --output-junit "$RESULTS/$name/junit.xml" "$@" || true # what failed is in the count
}

fast_tests() {
  GTEST_BRIEF=1 ctest --test-dir build --output-on-failure --timeout 300 -j "$(nproc)" -LE "$SLOW|$ASKED"
}

# The tools' own tests: cases of Python's unittest.
tool_tests() {
  local folder
  for folder in tools/tidy tools/dev tools/lab; do
    /usr/bin/python3 -m unittest discover -s $folder -p '*_test.py' >"$RESULTS/${folder//\//-}.unittest" 2>&1 || true
  done
}

start_lab() {
  exec 9>"$RUN/test.lock"
  flock -n 9 || fail "another ./dev test is at work here"
  trap end_lab EXIT # whatever happens, nothing is left running
  tools/lab/host down "$RUN/test/host"
  rm -rf "$RUN/test/host"
  step libvirt tools/lab/host up "$RUN/test/host"
  step guest-image tools/lab/guest/build "$RIG_CACHE_DIR/guest"
  RIG_TEST_LIBVIRT_URI=$(tools/lab/host uri "$RUN/test/host")
  RIG_TEST_GUEST_IMAGE=$(tail -n 1 "$RUN/log/guest-image.log")
  export RIG_TEST_LIBVIRT_URI RIG_TEST_GUEST_IMAGE
  export RIG_TEST_LIBVIRT_POOL_DIR=$RUN/test/host/pool RIG_TEST_HOST_EXEC=$RUN/test/host/exec
}

KUBE_BUILD=
end_lab() {
  [[ ! $KUBE_BUILD ]] || kill -- -"$KUBE_BUILD" 2>/dev/null || true
  [[ ! -d $RUN/test/kube ]] || tools/lab/kube/down "$RUN/test/kube"
  tools/lab/host down "$RUN/test/host"
}

# Ten minutes of Go at first, beside the C++; start_kube waits for it. Without Go the tests that need it are skipped.
begin_kube() {
  tools/lab/kube/build --check || return 0
  set -m
  nice tools/lab/kube/build "$RIG_CACHE_DIR/kube" </dev/null >"$RUN/log/kube-begun.log" 2>&1 &
  set +m
  KUBE_BUILD=$!
  trap 'kill -- -"$KUBE_BUILD" 2>/dev/null' EXIT # until start_lab has one for all
}

start_kube() {
  [[ $KUBE_BUILD ]] || return 0
  step kube-build tools/lab/kube/build "$RIG_CACHE_DIR/kube"
  KUBE_BUILD=
  rm -rf "$RUN/test/kube"
  step kube-start tools/lab/kube/up "$RUN/test/kube"
  export RIG_TEST_KUBE_DIR=$RUN/test/kube
}

# Figures for docs/PERFORMANCE.md: optimised programs, and nothing else at work. --kube: our API server beside a real one.
bench() {
  packages build run
  if [[ ${1:-} == --kube ]]; then bench_kube "${@:2}"; return; fi
  build_in build-release -DCMAKE_BUILD_TYPE=Release -- standalone_bench provider_bench
  "$(find build-release/tests/bench -name provider_bench -type f)"
  start_lab
  "$(find build-release/tests/bench -name standalone_bench -type f)" "$@"
}

bench_kube() {
  local load
  tools/lab/kube/build --check || exit 1
  build_in build-release -DCMAKE_BUILD_TYPE=Release -- apiserver_test_server
  step kube-build tools/lab/kube/build "$RIG_CACHE_DIR/kube"
  load=$(tools/lab/kube/build --load "$RIG_CACHE_DIR/kube")
  mkdir -p "$RUN/bench"
  trap 'tools/lab/kube/down "$RUN/bench/kube" 2>/dev/null' EXIT
  /usr/bin/python3 tools/lab/kube/measure.py --ours build-release/tests/kube/apiserver_test_server --load "$load" "$@" "$RUN/bench"
}

run_tests() {
  local deep='' kube='' only=() rooms=()
  while [[ $# -gt 0 ]]; do
    case $1 in
      --deep) deep=yes kube=yes ;;
      --kube) kube=yes only=(-L '^kube$') ;;
      --conformance) only=(-L '^conformance$') ;;
      -*) fail "unknown option '$1'; ./dev help lists them" ;;
      *) rooms+=("$1") ;;
    esac
    shift
  done
  packages build run test
  command -v kubectl >/dev/null || echo "no kubectl on PATH: install it (any release from 1.25 on) for the tests that call it"
  [[ ! $kube ]] || begin_kube
  build
  start_lab
  rm -rf "$RESULTS"
  mkdir -p "$RESULTS"
  if [[ $deep ]]; then
    source tools/dev/deep.sh
    deep_tests
  elif [[ ${only[*]} || ${rooms[*]} ]]; then
    [[ ! $kube ]] || start_kube
    [[ ! ${rooms[*]} ]] || only+=(-R "^($(IFS='|' && echo "${rooms[*]}"))(/|$)")
    step tests programs chosen build --no-tests=error "${only[@]}"
  else
    step tests-tools tool_tests
    step tests-fast programs fast build -j "$(nproc)" -LE "$SLOW|$ASKED"
    step tests-real programs real build -L "$SLOW" -LE "$ASKED"
  fi
  /usr/bin/python3 tools/dev/tally.py "$RESULTS" README.md docs/reference/features.md
}

# Compiles with clang every .cc that sees an annotated mutex, its own or in a header of ours.
thread_safety() {
  local files
  files=$(/usr/bin/python3 tools/tidy/tidy.py --sources-that-see src/base/mutex.h)
  mkdir -p "$RUN/cache/thread-safety"
  local file
  for file in $files; do
    echo "$file" "$RUN/cache/thread-safety/${file//\//_}.o"
  done | xargs -P "$(nproc)" -L 1 sh -c 'ccache clang++-16 -std=c++20 -Isrc -Ibuild/gen -DSPDLOG_COMPILED_LIB \
    -DSPDLOG_FMT_EXTERNAL -DRIG_VERSION=\"check\" -Wthread-safety -Werror=thread-safety -c "$0" -o "$1"'
}
