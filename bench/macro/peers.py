"""One job by one peer, in a process of its own: `python peers.py TOOL JOB OUTPUT FILE...`.

Prints one JSON line: seconds of the job alone (imports not counted), rows, and the sums of what was read. Every peer
gets the declared schema and two threads, in its best known variant; jobs are those of bench/macro/run.py.
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sources import Source, THREADS, duckdb_table, polars_frame, pyarrow_options

NAMES = ["square_id", "timestamp_ms", "country_code", "sms_in", "sms_out", "call_in", "call_out", "internet_activity"]
TYPES = dict(zip(NAMES, ["uint16", "int64", "uint32"] + ["float64"] * 5))
ACTIVITIES = NAMES[3:]
KEPT = ["timestamp", "square_id", *ACTIVITIES]  # of examples/milan.toml's main job
THREE = ["square_id", "timestamp_ms", "internet_activity"]


def milan(files):
    return Source(files, TYPES, delimiter="\t", quote="")


def polars(job, files, output, streaming):
    import polars as pl

    engine = "streaming" if streaming else "in-memory"
    started = time.perf_counter()
    frame = polars_frame(milan(files))
    if job == "scan":
        # Polars sums integers in their own width and wraps without a word: widen first.
        wider = {"square_id": pl.Int64, "timestamp_ms": pl.Float64, "country_code": pl.Int64}
        wide = [pl.col(n).cast(wider[n]).sum() if n in wider else pl.col(n).sum() for n in NAMES]
        sums = frame.select(pl.len().alias("rows"), *wide).collect(engine=engine)
        result = sums.to_dicts()[0]
    elif job == "three":
        table = frame.select(THREE).collect(engine=engine)
        result = None
    elif job == "memory":
        table = frame.collect(engine=engine)
        result = None
    else:
        timestamp = pl.col("timestamp_ms").cast(pl.Datetime("ms")).alias("timestamp")
        chosen = frame.select(timestamp, "square_id", *ACTIVITIES)
        chosen.sink_parquet(output, compression="zstd", maintain_order=True)
        result = {}
    seconds = time.perf_counter() - started
    if result is None:
        result = {"rows": table.height, **{n: table[n].cast(pl.Float64).sum() for n in table.columns}}
    return seconds, result


def duckdb(job, files, output, ordered):
    import pyarrow.compute as pc  # before the clock starts: tables come out as Arrow

    connection, source = duckdb_table(milan(files))
    connection.execute(f"SET preserve_insertion_order={'true' if ordered else 'false'}")
    started = time.perf_counter()
    if job == "scan":
        sums = ", ".join(f"sum({n})" for n in NAMES)
        row = connection.execute(f"SELECT count(*), {sums} FROM {source}").fetchone()
        result = dict(zip(["rows", *NAMES], row))
    elif job in ("memory", "three"):
        wanted = THREE if job == "three" else NAMES
        table = connection.sql(f"SELECT {', '.join(wanted)} FROM {source}").to_arrow_table()
        result = None
    else:
        columns = ", ".join(["epoch_ms(timestamp_ms) AS timestamp", "square_id", *ACTIVITIES])
        connection.execute(f"COPY (SELECT {columns} FROM {source}) TO '{output}' (FORMAT parquet, COMPRESSION zstd)")
        result = {}
    seconds = time.perf_counter() - started
    if result is None:
        result = {"rows": table.num_rows, **{n: pc.sum(table[n].cast("float64")).as_py() for n in table.column_names}}
    return seconds, {name: float(value) if name != "rows" else value for name, value in result.items()}


def pyarrow(job, files, output, _):
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv as csv
    import pyarrow.parquet as pq

    read, parse, convert = pyarrow_options(milan(files), THREE if job == "three" else None)
    started = time.perf_counter()
    if job in ("memory", "three"):
        table = pa.concat_tables([csv.read_csv(f, read, parse, convert) for f in files])
        result = {"rows": table.num_rows}
        seconds = time.perf_counter() - started
        return seconds, result | {n: pc.sum(table[n].cast("float64")).as_py() for n in table.column_names}
    fields = [("timestamp", pa.timestamp("ms")), ("square_id", pa.uint16())] + [(n, pa.float64()) for n in ACTIVITIES]
    schema = pa.schema(fields)
    with pq.ParquetWriter(output, schema, compression="zstd", use_dictionary=["square_id", "timestamp"]) as writer:
        for name in files:
            for batch in csv.open_csv(name, read, parse, convert):
                columns = [batch["timestamp_ms"].cast(pa.timestamp("ms")), *[batch[n] for n in KEPT[1:]]]
                writer.write_batch(pa.record_batch(columns, schema=schema), row_group_size=1 << 19)
    return time.perf_counter() - started, {}


def load_with_pandas(name):
    import pandas as pd

    frame = pd.read_csv(name, sep="\t", header=None, names=NAMES, dtype=TYPES, engine="c")
    frame["timestamp"] = pd.to_datetime(frame["timestamp_ms"], unit="ms")
    return frame


def pandas_pool(job, files, output, _):
    """The tuning guide's way: one pandas process a file, then one frame."""
    import multiprocessing

    import pandas as pd

    started = time.perf_counter()
    with multiprocessing.Pool(min(len(files), THREADS)) as pool:
        frame = pd.concat(pool.map(load_with_pandas, files, chunksize=1), ignore_index=True)
    if job == "parquet":
        frame[KEPT].to_parquet(output, compression="zstd")
    seconds = time.perf_counter() - started
    return seconds, {"rows": len(frame), **{n: float(frame[n].astype("float64").sum()) for n in NAMES}}


TOOLS = {
    "polars": lambda *a: polars(*a, streaming=True),
    "polars-in-memory": lambda *a: polars(*a, streaming=False),
    "duckdb": lambda *a: duckdb(*a, ordered=True),
    "duckdb-unordered": lambda *a: duckdb(*a, ordered=False),
    "pyarrow": lambda *a: pyarrow(*a, None),
    "pandas-pool": lambda *a: pandas_pool(*a, None),
}


def main():
    tool, job, output, *files = sys.argv[1:]
    seconds, result = TOOLS[tool](job, files, output)
    print(json.dumps({"seconds": seconds, "result": result}))


if __name__ == "__main__":
    main()
