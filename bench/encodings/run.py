"""The rule that chooses encodings, against each of them forced: sizes of one column in the file.

    .venv/bin/python bench/encodings/run.py                       # all kinds, both modes, zstd
    .venv/bin/python bench/encodings/run.py --kinds ids,urls --codecs zstd,none --rows 1000000 --json FILE

Each kind of data (bench/encodings/kinds.py) is written with every encoding that a schema file may ask for, and with the
rule's own choice; "auto / least" is to be at most 1.03 (exit 1). Sizes are the same in every run: no clock is read.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import harness
import kinds

ENCODINGS = ["plain", "dictionary", "delta", "byte_stream_split"]
AT_MOST = 1.03


def column_bytes(path):
    """(bytes of the column's pages, the encodings of its row groups)."""
    footer = pq.read_metadata(path)
    chunks = [footer.row_group(i).column(0) for i in range(footer.num_row_groups)]
    names = {"RLE_DICTIONARY": "dictionary", "DELTA_BINARY_PACKED": "delta", "DELTA_LENGTH_BYTE_ARRAY": "delta",
             "BYTE_STREAM_SPLIT": "byte_stream_split"}
    picked = {next((names[e] for e in chunk.encodings if e in names), "plain") for chunk in chunks}
    return sum(chunk.total_compressed_size for chunk in chunks), "+".join(sorted(picked))


def write(binary, text, kind, encoding, mode, codec, folder, unit):
    """Write the column; None where the encoding is not for its type, or not for this mode."""
    schema, out = folder / "schema.toml", folder / "out.parquet"
    schema.write_text(f'format = 1\n[[column]]\nname = "x"\ntype = "{kind}"\nencoding = "{encoding}"\n')
    done = subprocess.run([binary, "ingest", str(text), "--schema", str(schema), "-o", str(out), "--overwrite", "-q",
                           "--parquet-compat", mode, "--compression", codec, "--unit-bytes", unit],
                          capture_output=True, text=True)
    if done.returncode == 2 and ("is not for" in done.stderr or "not every reader" in done.stderr):
        return None
    if done.returncode != 0:
        sys.exit(f"{kind}, {encoding}, {mode}, {codec}: {done.stderr}")
    return column_bytes(out)


def measure(options, folder):
    """Yield a dict a line of the table."""
    for name in options.kinds:
        kind, make = kinds.ALL[name]
        text = folder / "in.csv"
        text.write_text("\n".join(make(np.random.default_rng(options.seed), options.rows)) + "\n")
        for codec in options.codecs:
            for mode in options.modes:
                sizes = {}
                for encoding in ENCODINGS:
                    wrote = write(options.build / "headrace", text, kind, encoding, mode, codec, folder, options.unit_bytes)
                    if wrote is not None and encoding in wrote[1]:  # not PLAIN in place of a dictionary
                        sizes[encoding] = wrote[0]
                auto, picked = write(options.build / "headrace", text, kind, "auto", mode, codec, folder, options.unit_bytes)
                yield {"kind": name, "type": kind, "codec": codec, "mode": mode, "sizes": sizes, "auto": auto,
                       "picked": picked, "ratio": auto / min(sizes.values())}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words = lambda text: text.split(",")
    parser.add_argument("--kinds", type=words, default=list(kinds.ALL))
    parser.add_argument("--codecs", type=words, default=["zstd"])
    parser.add_argument("--modes", type=words, default=["wide", "latest"])
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--unit-bytes", default="32MiB")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--build", type=Path, default=harness.ROOT / "build/release")
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    lines = []
    print("| kind | type | mode | codec | " + " | ".join(ENCODINGS) + " | auto | picked | auto / least |\n" + "|---" * 11 + "|")
    try:
        for line in measure(options, folder):
            lines.append(line)
            told = [f"{line['sizes'][e]:,}" if e in line["sizes"] else "-" for e in ENCODINGS]
            mark = " **over**" if line["ratio"] > AT_MOST else ""
            print(f"| {line['kind']} | {line['type']} | {line['mode']} | {line['codec']} | " + " | ".join(told) +
                  f" | {line['auto']:,} | {line['picked']} | {line['ratio']:.3f}{mark} |", flush=True)
    finally:
        shutil.rmtree(folder)
    worst = max(lines, key=lambda line: line["ratio"])
    print(f"\n{len(lines)} lines of {len({line['kind'] for line in lines})} kinds; the worst: {worst['kind']}, "
          f"{worst['mode']}, {worst['codec']}: {worst['ratio']:.3f}")
    if options.json:
        harness.write_json(options.json, {"provenance": harness.provenance(), "rows": options.rows, "lines": lines})
    sys.exit(1 if worst["ratio"] > AT_MOST else 0)


if __name__ == "__main__":
    main()
