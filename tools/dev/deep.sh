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
  step tests-deep programs deep build -L "$ASKED"

  build_in build-asan -DRIG_SANITIZE=ON --
  step tests-asan programs asan build-asan -j "$(nproc)" -LE "$SLOW|$ASKED"

  # Only these rooms: the list of their programs is known once the build folder is configured.
  build_in build-tsan -DRIG_TSAN=ON -- rig_base
  build_in build-tsan -- $(targets build-tsan -R "$TSAN_ROOMS" -LE "$SLOW|$ASKED")
  step tests-tsan programs tsan build-tsan -R "$TSAN_ROOMS" -LE "$SLOW|$ASKED"

  build_in build-fuzz -DRIG_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++-16 -- fuzz
  step fuzz fuzz

  step tidy-headers /usr/bin/python3 tools/tidy/tidy.py --build build
}
