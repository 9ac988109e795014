#!/usr/bin/env bash
# Runs every fuzz target for a while, two at a time. Usage: fuzz.sh FOLDER SECONDS [TARGET...], with
# the programs in FOLDER (build/fuzz/fuzz). Begins with the inputs of tests/fuzz/corpus and with what
# earlier runs kept beside the programs; an input that breaks something is left in FOLDER/found.
# FUZZ_SEED: which way it goes, the same each time unless said otherwise; 0: any.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$1
seconds=$2
shift 2
kept=tests/fuzz/corpus
targets=("$@")
if ((${#targets[@]} == 0)); then
  for target in "$kept"/*; do targets+=("${target##*/}"); done
fi
mkdir -p "$folder/found"
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:handle_abort=1
export UBSAN_OPTIONS=print_stacktrace=1

one() { # TARGET
  local target=$1 code=0
  mkdir -p "$folder/corpus/$target"
  local dictionary=()
  if [[ -f tests/fuzz/$target.dict ]]; then dictionary=("-dict=tests/fuzz/$target.dict"); fi
  "$folder/fuzz_$target" -seed="${FUZZ_SEED:-1}" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 -max_len=8192 \
    -print_final_stats=1 -artifact_prefix="$folder/found/$target-" "${dictionary[@]}" \
    "$folder/corpus/$target" "$kept/$target" > "$folder/$target.log" 2>&1 || code=$?
  if ((code != 0)); then
    tail -n 60 "$folder/$target.log"
    echo "fuzz: $target FAILED"
    return 1
  fi
  echo "fuzz: $target $(awk '/number_of_executed_units/ { print $2 }' "$folder/$target.log") inputs"
}

failed=0
running=0
for target in "${targets[@]}"; do
  if ((running == 2)); then
    wait -n || failed=1
    running=1
  fi
  one "$target" &
  running=$((running + 1))
done
while ((running > 0)); do
  wait -n || failed=1
  running=$((running - 1))
done
exit "$failed"
