"""Text to one file by one peer, and a file read back, each in a process of its own:

    python writers.py write TOOL JOB.json OUTPUT
    python writers.py read SOURCE.json FILE sums[,cells]

Prints one JSON line: seconds of the job alone (imports not counted), and the result: none of a writer; of a file its rows
and, column by column, `sums`: values that are not null, sums of numbers and of hashes of all else; and `cells`: checksums
of all cells in order, bit for bit.
"""

import json
import sys
import time
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import sources
from sources import is_number


def polars(source, job, output):
    frame = sources.polars_frame(source)
    if job["form"] == "arrow":
        frame.sink_ipc(output, compression=job["codec"], maintain_order=True, engine="streaming")
    else:
        frame.sink_parquet(output, compression=job["codec"], compression_level=job["level"], maintain_order=True,
                           engine="streaming")


def polars_in_memory(source, job, output):
    table = sources.polars_frame(source).collect(engine="in-memory")
    if job["form"] == "arrow":
        table.write_ipc(output, compression=job["codec"])
    else:
        table.write_parquet(output, compression=job["codec"], compression_level=job["level"])


def duckdb(source, job, output, ordered=True, version="V1"):
    connection, table = sources.duckdb_table(source)
    connection.execute(f"SET preserve_insertion_order={str(ordered).lower()}")
    connection.execute(f"COPY (FROM {table}) TO '{output}' (FORMAT parquet, COMPRESSION {job['codec']}, "
                       f"COMPRESSION_LEVEL {job['level']}, PARQUET_VERSION {version})")


def arrow_writer(schema, job, output, dictionary):
    import pyarrow as pa
    import pyarrow.parquet as pq

    if job["form"] == "arrow":
        codec = None if job["codec"] == "uncompressed" else pa.Codec(job["codec"], job["level"])
        return pa.ipc.new_file(output, schema, options=pa.ipc.IpcWriteOptions(compression=codec))
    use = dictionary or [field.name for field in schema if field.type != "double"]
    return pq.ParquetWriter(output, schema, compression=job["codec"], compression_level=job["level"], use_dictionary=use)


def pyarrow(source, job, output):
    """A reader that streams; each of its batches becomes a row group or a record batch."""
    from pyarrow import csv

    options = sources.pyarrow_options(source)
    with arrow_writer(sources.arrow_schema(source), job, output, dictionary=None) as writer:
        for file in source.files:
            for batch in csv.open_csv(file, *options):
                writer.write_batch(batch)


def pyarrow_in_memory(source, job, output, dictionary=None):
    """Whole files in memory, which are read on all threads. Without `dictionary` all columns but doubles have one."""
    from pyarrow import csv

    options = sources.pyarrow_options(source)
    with arrow_writer(sources.arrow_schema(source), job, output, dictionary) as writer:
        for file in source.files:
            writer.write_table(csv.read_csv(file, *options))


TOOLS = {
    "polars": polars,
    "polars-in-memory": polars_in_memory,
    "duckdb": duckdb,
    "duckdb-unordered": lambda *words: duckdb(*words, ordered=False),
    "duckdb-v2": lambda *words: duckdb(*words, version="V2"),
    "pyarrow": pyarrow,
    "pyarrow-in-memory": pyarrow_in_memory,
    "pyarrow-dictionary": lambda *words: pyarrow_in_memory(*words, dictionary=True),
}
FOR_ARROW = ["polars", "polars-in-memory", "pyarrow", "pyarrow-in-memory"]
IMPORTS = {"polars": "polars", "duckdb": "duckdb", "pyarrow": "pyarrow.csv, pyarrow.ipc, pyarrow.parquet"}


def sums(source, path):
    """By DuckDB. A file's own names of columns do not count, their order does."""
    import pyarrow as pa

    connection, _ = sources.duckdb_table(source)
    if path.endswith(".arrow"):
        connection.register("it", pa.ipc.open_file(pa.memory_map(path)).read_all())
    else:
        connection.execute(f"CREATE VIEW it AS FROM read_parquet('{path}')")
    wanted = []
    for (name, stored, *_), kind in zip(connection.execute("DESCRIBE it").fetchall(), source.types.values(), strict=True):
        # The yardstick stores Milan's milliseconds as a time.
        value = f'epoch_ms("{name}")' if is_number(kind) and stored.startswith("TIMESTAMP") else f'"{name}"'
        wanted.append(f"count({value}), sum({value if is_number(kind) else f'hash({value})'})")
    rows, *values = connection.execute(f"SELECT count(*), {', '.join(wanted)} FROM it").fetchone()
    counts = {f"values of {name}": count for name, count in zip(source.types, values[::2])}
    return {"rows": rows, **dict(zip(source.types, values[1::2])), **counts}


def cells(source, path):
    """By pyarrow: checksums of each column's validity, lengths of texts, and bytes of values."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    kinds = sources.arrow_schema(source).types
    if path.endswith(".arrow"):
        batches = pa.ipc.open_file(pa.memory_map(path)).read_all().to_batches()
    else:
        batches = pq.ParquetFile(path).iter_batches()
    rows, checks = 0, {name: [0, 0, 0] for name in source.types}
    for batch in batches:
        rows += batch.num_rows
        for check, column, kind in zip(checks.values(), batch.columns, kinds, strict=True):
            valid = pc.is_valid(column).cast("uint8").to_numpy()
            values = column.drop_null().cast(kind)
            lengths = b""
            if kind == pa.string():
                lengths = pc.binary_length(values).to_numpy()
                values = pa.Array.from_buffers(pa.uint8(), pc.sum(lengths).as_py() or 0, [None, text_buffer(values)])
            for place, data in enumerate((valid, lengths, values.view(f"uint{values.type.bit_width}").to_numpy())):
                check[place] = zlib.crc32(data, check[place])
    return {"rows": rows, **{name: str(check) for name, check in checks.items()}}


def text_buffer(values):
    """The bytes of an array of texts, one behind the other."""
    import numpy as np
    import pyarrow as pa

    _, offsets, data = values.buffers()
    ends = np.frombuffer(offsets, np.int32)[values.offset:values.offset + len(values) + 1] if offsets else [0]
    return data.slice(ends[0], ends[-1] - ends[0]) if data else pa.py_buffer(b"")


def main():
    action, *words = sys.argv[1:]
    if action == "read":
        source, path, what = words
        modules, words = "duckdb, pyarrow.parquet", (sources.Source(**json.loads(Path(source).read_text())), path)
        work = lambda *words: {name: {"sums": sums, "cells": cells}[name](*words) for name in what.split(",")}
    else:
        tool, job, output = words
        job, work = json.loads(Path(job).read_text()), TOOLS[tool]
        modules, words = IMPORTS[tool.split("-")[0]], (sources.Source(**job["source"]), job, output)
    for module in modules.split(", "):
        __import__(module)
    started = time.perf_counter()
    try:
        result = work(*words)
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {' '.join(str(error).split())}")
    print(json.dumps({"seconds": time.perf_counter() - started, "result": result}))


if __name__ == "__main__":
    main()
