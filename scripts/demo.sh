#!/usr/bin/env bash
# Runs configs/access-errors.yaml on a large access log, then proves the promise: the same bytes at
# one thread and at all of them. Usage: demo.sh WEIR FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

weir=$1
folder=$2
records=${DEMO_RECORDS:-800000}
log=$folder/access-$records.ndjson

mkdir -p "$folder"
if [[ ! -f $log ]]; then
  echo "making a sample log, once"
  "$weir" run --quiet configs/access-log.yaml --count="$records" --output="$log"
fi

# Seconds that the job takes; the best of three.
job() { # THREADS OUTPUT
  local best=0 begin end
  for _ in 1 2 3; do
    begin=$(date +%s%N)
    "$weir" run --quiet configs/access-errors.yaml --threads="$1" --input="$log" --output="$2"
    end=$(date +%s%N)
    if ((best == 0 || end - begin < best)); then best=$((end - begin)); fi
  done
  echo "$best"
}

echo
echo "\$ weir run configs/access-errors.yaml --input=$log --output=$folder/errors.csv"
"$weir" run configs/access-errors.yaml --input="$log" --output="$folder/errors.csv"
echo
head -n 5 "$folder/errors.csv"
echo "... $(wc -l < "$folder/errors.csv") lines in $folder/errors.csv"

threads=$(nproc)
one=$(job 1 "$folder/errors-1.csv")
all=$(job "$threads" "$folder/errors-all.csv")
echo
if ! cmp "$folder/errors-1.csv" "$folder/errors-all.csv"; then exit 1; fi
awk -v one="$one" -v all="$all" -v threads="$threads" 'BEGIN {
  printf "1 thread %.0f ms, %d threads %.0f ms: %.2f times as fast, and the output is identical\n",
         one / 1e6, threads, all / 1e6, one / all }'
