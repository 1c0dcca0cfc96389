"""One file into a table by one peer, in a process of its own: `python peers.py TOOL FILE ENCODING`.

Prints one JSON line: seconds of the reading alone, rows, and two sums. Every peer gets the types and the threads.
"""

import json
import os
import sys
import time

THREADS = int(os.environ.get("HEADRACE_BENCH_THREADS", "2"))
os.environ["POLARS_MAX_THREADS"] = str(THREADS)


def pandas(path, encoding):
    import pandas as pd

    started = time.perf_counter()
    table = pd.read_csv(path, encoding=encoding, parse_dates=["day", "at"], dtype={"id": "int64", "name": "string[pyarrow]",
                        "city": "string[pyarrow]", "price": "float64", "share": "float64"})
    return time.perf_counter() - started, len(table), table["id"].sum(), table["price"].sum()


def polars(path, encoding):
    import polars as pl

    types = {"id": pl.Int64, "name": pl.String, "city": pl.String, "price": pl.Float64, "share": pl.Float64,
             "day": pl.Date, "at": pl.Datetime("us")}
    started = time.perf_counter()
    table = pl.scan_csv(path, schema=types).collect(engine="streaming")
    return time.perf_counter() - started, table.height, table["id"].sum(), table["price"].sum()


def duckdb(path, encoding):
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads={THREADS}")
    columns = ("{'id': 'BIGINT', 'name': 'VARCHAR', 'city': 'VARCHAR', 'price': 'DOUBLE', 'share': 'DOUBLE', 'day': 'DATE', "
               "'at': 'TIMESTAMP'}")
    started = time.perf_counter()
    table = connection.sql(f"SELECT * FROM read_csv('{path}', auto_detect=false, header=true, columns={columns})").to_arrow_table()
    seconds = time.perf_counter() - started
    import pyarrow.compute as pc

    return seconds, table.num_rows, pc.sum(table["id"]).as_py(), pc.sum(table["price"]).as_py()


def pyarrow(path, encoding):
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    pa.set_cpu_count(THREADS)
    types = {"id": pa.int64(), "name": pa.string(), "city": pa.string(), "price": pa.float64(), "share": pa.float64(),
             "day": pa.date32(), "at": pa.timestamp("us")}
    started = time.perf_counter()
    table = csv.read_csv(path, csv.ReadOptions(encoding=encoding), convert_options=csv.ConvertOptions(column_types=types))
    return time.perf_counter() - started, table.num_rows, pc.sum(table["id"]).as_py(), pc.sum(table["price"]).as_py()


if __name__ == "__main__":
    seconds, rows, ids, price = globals()[sys.argv[1]](sys.argv[2], sys.argv[3])
    print(json.dumps({"seconds": seconds, "result": {"rows": int(rows), "id": float(ids), "price": float(price)}}))
