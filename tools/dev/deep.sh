# tools/dev/deep.sh — ./dev test --deep: what is too slow for every change.

TSAN_ROOMS='^(runtime|http|apiserver|provider)(/|$)'
FUZZ_SECONDS=20

# Names of the test programs' targets whose ctest name matches: "provider/wire" is rig_provider_wire_test.
targets() {
  ctest --test-dir "$1" --show-only=json-v1 "${@:2}" |
    /usr/bin/python3 -c 'import json, sys
for test in json.load(sys.stdin)["tests"]: print("rig_" + test["name"].replace("/", "_") + "_test")'
}

# Each *_fuzz.cc is a program of the build with RIG_FUZZ; one that finds nothing in its time has passed.
fuzz() {
  local program name
  for program in build-fuzz/fuzz/*; do
    name=${program##*/}
    mkdir -p "$RUN/test/corpus/$name"
    if "$program" -max_total_time=$FUZZ_SECONDS -print_final_stats=1 -artifact_prefix="$RUN/test/$name-" \
      "$RUN/test/corpus/$name" >"$RESULTS/$name.fuzz.log" 2>&1; then
      echo "passed $name" >>"$RESULTS/fuzz.list"
    else
      echo "failed $name: $RESULTS/$name.fuzz.log" >>"$RESULTS/fuzz.list"
    fi
  done
}

deep_tests() {
  local rooms
  step tests-deep programs deep build -L 'deep|kube'

  configure build-asan -DRIG_SANITIZE=ON
  step build-asan ninja -C build-asan
  step tests-asan programs asan build-asan -j "$(nproc)" -LE 'real|e2e|scale|deep|kube'

  configure build-tsan -DRIG_TSAN=ON
  rooms=$(targets build-tsan -R "$TSAN_ROOMS" -LE 'real|e2e|scale|deep|kube')
  step build-tsan ninja -C build-tsan $rooms
  step tests-tsan programs tsan build-tsan -R "$TSAN_ROOMS" -LE 'real|e2e|scale|deep|kube'

  configure build-fuzz -DRIG_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++-16
  step build-fuzz ninja -C build-fuzz fuzz
  step fuzz fuzz
}
