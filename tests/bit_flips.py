"""Flips single bits of Parquet files that the program wrote, and counts by region what finds them:

    .venv/bin/python tests/bit_flips.py [FLIPS] [SEED]

10,000 flips (the default) take some minutes. It prints a table, and each flip that nothing found; it fails where a flip
inside a page is not found by pyarrow with page checksums, or any flip by `headrace verify` with a manifest or without one;
but one damage nothing else tells: a footer after which the writer's name is another, be it by a digit of its version."""
import collections
import os
import random
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import pyarrow.parquet as pq

from support import parquet_bytes, program

COLUMNS = {"id": "int64", "when": "timestamp[ms]", "kind": "dictionary(string)", "word": "string", "x": "float64",
           "money": "decimal(9,2)", "flag": "bool", "n": "int32"}
WITH_FILTERS = ("kind", "word", "n")
FORMS = [("wide", "zstd"), ("latest", "zstd"), ("wide", "none"), ("latest", "snappy")]
PAGE_PARTS = ("data page", "dictionary page")


def write_files(folder, rows=6_000):
    """A file in each of FORMS, of several row groups, with a manifest; return their paths."""
    draw = random.Random(2)
    with open(folder + "/in.csv", "w") as file:
        for i in range(rows):
            fields = [i, f"2013-11-{1 + i * 29 // rows:02d} {i % 24:02d}:{i % 60:02d}:00", draw.choice(["a", "bee", ""]),
                      f"w{draw.randrange(10**6)}", draw.random() if i % 3 else "", f"{i % 500 - 250}.25",
                      draw.choice(["true", "false"]), draw.randrange(2**31)]
            file.write(",".join(map(str, fields)) + "\n")
    schema = folder + "/schema.toml"
    with open(schema, "w") as file:
        file.write("format = 1\n")
        for name, kind in COLUMNS.items():
            file.write(f'[[column]]\nname = "{name}"\ntype = "{kind}"\n' + "bloom_filter = true\n" * (name in WITH_FILTERS))
    made = []
    for compat, codec in FORMS:
        path = f"{folder}/{compat}-{codec}.parquet"
        done = program.run("ingest", folder + "/in.csv", "-o", path, "--schema", schema, "--no-header", "--manifest",
                           "--unit-bytes", "192KiB", "--parquet-compat", compat, "--compression", codec)
        assert done.code == 0, done
        made.append(path)
    return made


def regions(data):
    """[(begin, end, name)] of a whole file, in order."""
    file = parquet_bytes.File(data)
    found = [(0, 4, "magic"), (file.footer_offset, len(data) - 8, "footer"), (len(data) - 8, len(data) - 4, "footer length"),
             (len(data) - 4, len(data), "magic")]
    for chunk in (chunk for group in file.groups for chunk in group):
        for page in chunk.pages:
            kind = "data page" if page.is_data else "dictionary page"
            found.append((page.offset, page.offset + page.header_bytes, "page header"))
            found.append((page.offset + page.header_bytes, page.end, kind))
        names = ["column index", "offset index"][-len(chunk.index_places):]
        found += [(at, at + size, name) for (at, size), name in zip(chunk.index_places, names)]
        if chunk.filter_place:
            found.append((chunk.filter_place[0], sum(chunk.filter_place), "bloom filter"))
    found = sorted(place for place in found if place[0] < place[1])
    assert found[0][0] == 0 and found[-1][1] == len(data)
    assert all(a[1] == b[0] for a, b in zip(found, found[1:])), "the regions cover the file"
    return found


def draw_flips(parts, count, draw):
    """Bits of every region: each name gets the same share of the flips, whatever its size."""
    by_name = collections.defaultdict(list)
    for part in parts:
        by_name[part[2]].append(part)
    for i in range(count):
        begin, end, name = draw.choice(by_name[sorted(by_name)[i % len(by_name)]])
        yield name, draw.randrange(begin, end), draw.randrange(8)


def pyarrow_finds(path):
    try:
        pq.ParquetFile(path, page_checksum_verification=True).read()
    except Exception:  # whatever it raises, the file was not taken
        return True
    return False


def judge(path, data, flip, folder):
    """Who finds the flip: {"pyarrow": bool, "verify": bool, "manifest": bool}; and "foreign": whether verify passed it in a
    file that no longer says that this program wrote it."""
    _, at, bit = flip
    changed = bytearray(data)
    changed[at] ^= 1 << bit
    copy = os.path.join(folder, f"{at}-{bit}")
    os.mkdir(copy)
    target = os.path.join(copy, os.path.basename(path))
    with open(target, "wb") as file:
        file.write(changed)
    found = {"pyarrow": pyarrow_finds(target), "verify": program.run("verify", target).code != 0}
    found["foreign"] = not found["verify"] and pq.read_metadata(target).created_by != pq.read_metadata(path).created_by
    shutil.copy(path + ".manifest.json", target + ".manifest.json")
    found["manifest"] = program.run("verify", target).code != 0
    shutil.rmtree(copy)
    return found


def run(folder, count, seed):
    """Judge `count` flips; return [(path, flip, found)]."""
    draw, judged = random.Random(seed), []
    paths = write_files(folder)
    with ThreadPoolExecutor(2) as pool:
        for path in paths:
            with open(path, "rb") as file:
                data = file.read()
            flips = list(dict.fromkeys(draw_flips(regions(data), count // len(paths), draw)))
            judged += [(path, flip, found) for flip, found in
                       zip(flips, pool.map(lambda flip: judge(path, data, flip, folder), flips))]
    return judged


NAMES = {(): "footer", (1,): "version", (2,): "schema", (3,): "num_rows", (5,): "key_value_metadata", (6,): "created_by",
         (7,): "column_orders", (4,): "row_groups", (4, 1): "columns", (4, 2): "total_byte_size", (4, 3): "num_rows",
         (4, 4): "sorting_columns", (4, 5): "file_offset", (4, 6): "total_compressed_size", (4, 7): "ordinal",
         (4, 1, 2): "file_offset of a chunk", (4, 1, 4): "offset_index_offset", (4, 1, 5): "offset_index_length",
         (4, 1, 6): "column_index_offset", (4, 1, 7): "column_index_length", (4, 1, 3): "meta_data",
         (4, 1, 3, 1): "type", (4, 1, 3, 2): "encodings", (4, 1, 3, 3): "path_in_schema", (4, 1, 3, 4): "codec",
         (4, 1, 3, 5): "num_values", (4, 1, 3, 6): "total_uncompressed_size", (4, 1, 3, 7): "total_compressed_size",
         (4, 1, 3, 9): "data_page_offset", (4, 1, 3, 11): "dictionary_page_offset", (4, 1, 3, 12): "statistics",
         (4, 1, 3, 13): "encoding_stats", (4, 1, 3, 14): "bloom_filter_offset", (4, 1, 3, 15): "bloom_filter_length",
         (4, 1, 3, 12, 1): "statistics.max", (4, 1, 3, 12, 2): "statistics.min", (4, 1, 3, 12, 3): "statistics.null_count",
         (4, 1, 3, 12, 4): "statistics.distinct_count", (4, 1, 3, 12, 5): "statistics.max_value",
         (4, 1, 3, 12, 6): "statistics.min_value", (4, 1, 3, 12, 7): "statistics.is_max_value_exact",
         (4, 1, 3, 12, 8): "statistics.is_min_value_exact"}


def footer_part(path, at):
    """The name of what lies at a byte of a file's footer."""
    file = parquet_bytes.read(path)
    trace = parquet_bytes.Trace(file.data, file.footer_offset)
    trace.struct()
    found = trace.path_at(at)
    known = max((key for key in NAMES if found[:len(key)] == key), key=len)
    return NAMES[known] + "".join(f".{part}" for part in found[len(known):])


def table(judged):
    """Lines: region, flips, and how many of them each finds."""
    rows = collections.defaultdict(collections.Counter)
    for _, (name, _, _), found in judged:
        rows[name]["flips"] += 1
        rows[name].update({who: int(is_found) for who, is_found in found.items()})
    yield f"{'region':16} {'flips':>6} {'pyarrow':>8} {'verify':>8} {'verify with manifest':>21}"
    for name in sorted(rows):
        row = rows[name]
        yield f"{name:16} {row['flips']:6} {row['pyarrow']:8} {row['verify']:8} {row['manifest']:21}"


def missed(judged):
    """What must not happen."""
    for path, flip, found in judged:
        by_readers = found["pyarrow"] or flip[0] not in PAGE_PARTS
        if not (found["manifest"] and by_readers and (found["verify"] or found["foreign"])):
            yield os.path.basename(path), flip, found


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        judged = run(folder, count, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
        parts = {(path, flip): footer_part(path, flip[1]) for path, flip, found in judged
                 if flip[0] == "footer" and not found["verify"]}
    print("\n".join(table(judged)))
    for path, flip, found in judged:
        if not found["verify"]:
            part = f"{flip[0]} ({parts[path, flip]})" if flip[0] == "footer" else flip[0]
            print(f"not found without a manifest: {os.path.basename(path)}, {part}, byte {flip[1]}, bit {flip[2]}")
    wrong = list(missed(judged))
    print("\n".join(f"MISSED {each}" for each in wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
