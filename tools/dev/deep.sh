# tools/dev/deep.sh — ./dev test --deep: what is too slow for every change.

TSAN_ROOMS='^(runtime|http|apiserver|provider)(/|$)'
# 99 of the simulator's 500 seeds, and not every moment of a life: the others run the same code, without ASan too.
ASAN_FILTER='-Seeds/Weather.*/???:All/Moments.*'

# sanitized NAME CMAKE_OPTION CTEST_ARGUMENT...: builds and runs the chosen rooms' tests in a build of their own. A room's
# test "provider/wire" is the program rig_provider_wire_test; the list is known once the folder is configured. What
# ASan and TSan find becomes a file that the tally counts (a test need not notice how a child of its own ended); what
# UBSan finds ends the program.
sanitized() {
  local name=$1 option=$2 programs
  shift 2
  build_in "build-$name" "$option" -- rig_base
  programs=$(ctest --test-dir "build-$name" -N "$@" | sed -n 's|^ *Test *#[0-9]*: ||p' | sed 's|/|_|g; s|.*|rig_&_test|')
  build_in "build-$name" -- $programs
  local report="log_path='$RESULTS/$name/report'"
  # Debian's gRPC and OpenSSL are not built for TSan, which sees the memory that they pass on and not their locks.
  ASAN_OPTIONS=$report UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=$report:ignore_noninstrumented_modules=1 \
    step "tests-$name" programs "$name" "build-$name" -j "$(nproc)" "$@"
}

# Each *_fuzz.cc is a program of the build with RIG_FUZZ; one that finds nothing in its time has passed. An input that
# takes more than 10 s is a find too. A fresh clone tries the same inputs each time, so that a change answers for what it
# changes; RIG_FUZZ_SEED (0: another each time) and RIG_FUZZ_SECONDS are for searching.
fuzz() {
  local program started=0
  for program in build-fuzz/fuzz/*; do
    fuzz_one "$program" &
    ((++started % $(nproc))) || wait
  done
  wait
}

fuzz_one() {
  local name=${1##*/}
  mkdir -p "$RUN/test/corpus/$name"
  if "$1" -seed="${RIG_FUZZ_SEED:-1}" -max_total_time="${RIG_FUZZ_SECONDS:-20}" -timeout=10 -print_final_stats=1 \
    -artifact_prefix="$RUN/test/$name-" "$RUN/test/corpus/$name" >"$RESULTS/$name.fuzz.log" 2>&1; then
    echo "passed $name" >>"$RESULTS/fuzz.list"
  else
    echo "failed $name: $RESULTS/$name.fuzz.log" >>"$RESULTS/fuzz.list"
  fi
}

deep_tests() {
  step tidy-headers /usr/bin/python3 tools/tidy/tidy.py --build build
  step tests-deep programs deep build -L '^deep$'
  GTEST_FILTER=$ASAN_FILTER sanitized asan -DRIG_SANITIZE=ON -LE "$SLOW|$ASKED"
  sanitized tsan -DRIG_TSAN=ON -R "$TSAN_ROOMS" -LE "$SLOW|$ASKED"
  build_in build-fuzz -DRIG_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++-16 -- fuzz
  step fuzz fuzz
  start_kube
  step tests-kube programs kube build -L '^kube$'
}
