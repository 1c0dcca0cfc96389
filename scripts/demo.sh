#!/usr/bin/env bash
# Show the main job on sample data, each command before it runs. `make demo` builds first.
#   scripts/demo.sh [ROWS]    default 5000000: seven files of about 46 MB
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

headrace=build/release/headrace
data=build/demo/sample
output=build/demo/milan.parquet
rows=${1:-5000000}

[[ -x "$headrace" ]] || { printf 'demo: no %s; run: make build\n' "$headrace" >&2; exit 2; }

# Print a command as one would type it, then run it.
run() {
  local word line='$'
  for word in "$@"; do
    if [[ "$word" =~ ^[A-Za-z0-9_./,:=-]+$ ]]; then line+=" $word"; else line+=" '$word'"; fi
  done
  printf '\n%s\n' "$line"
  "$@"
}

rm -rf build/demo
mkdir -p build/demo

printf 'Seven days of a telecom grid: tab-separated text, one file a day.\n'
run "$headrace" gen milan -o "$data/" --days 7 --rows "$rows"

printf '\nHow fast it reads, and what is in it.\n'
run "$headrace" scan "$data" --schema examples/milan.toml

printf '\nThe job: timestamps, chosen columns in their order, one zstd Parquet file.\n'
run "$headrace" ingest "$data" -o "$output" --schema examples/milan.toml --manifest \
  --select timestamp_ms,square_id,sms_in,sms_out,call_in,call_out,internet_activity

printf '\nThe file, read back and checked against its manifest.\n'
run "$headrace" verify "$output"

printf '\nThe first rows, as Python sees them.\n'
run .venv/bin/python -c '
import pyarrow.parquet as pq
file = pq.ParquetFile("build/demo/milan.parquet")
batch = next(file.iter_batches(batch_size=5))
print(batch.schema.to_string(show_schema_metadata=False))
for row in batch.to_pylist():
    print(*row.values(), sep="  ")
print(f"{file.metadata.num_rows:,} rows in {file.metadata.num_row_groups} row groups")'
