"""One file into a table by one peer, in a process of its own: `python peers.py TOOL FILE ENCODING`.

Prints one JSON line: seconds of the reading alone, rows, and two sums. Every peer gets the types and the threads.
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sources import Source, duckdb_table, polars_frame, pyarrow_options

TYPES = {"id": "int64", "name": "string", "city": "string", "price": "float64", "share": "float64", "day": "date",
         "at": "timestamp[us]"}


def pandas(path, encoding):
    import pandas as pd

    started = time.perf_counter()
    table = pd.read_csv(path, encoding=encoding, parse_dates=["day", "at"], dtype={"id": "int64", "name": "string[pyarrow]",
                        "city": "string[pyarrow]", "price": "float64", "share": "float64"})
    return time.perf_counter() - started, len(table), table["id"].sum(), table["price"].sum()


def polars(path, encoding):
    import polars  # not counted

    started = time.perf_counter()
    table = polars_frame(Source([path], TYPES, header=True)).collect(engine="streaming")
    return time.perf_counter() - started, table.height, table["id"].sum(), table["price"].sum()


def duckdb(path, encoding):
    import pyarrow.compute as pc  # before the clock starts: tables come out as Arrow

    connection, source = duckdb_table(Source([path], TYPES, header=True))
    started = time.perf_counter()
    table = connection.sql(f"SELECT * FROM {source}").to_arrow_table()
    seconds = time.perf_counter() - started
    return seconds, table.num_rows, pc.sum(table["id"]).as_py(), pc.sum(table["price"]).as_py()


def pyarrow(path, encoding):
    import pyarrow.compute as pc
    from pyarrow import csv

    read, parse, convert = pyarrow_options(Source([path], TYPES, header=True))
    started = time.perf_counter()
    table = csv.read_csv(path, read, parse, convert)
    return time.perf_counter() - started, table.num_rows, pc.sum(table["id"]).as_py(), pc.sum(table["price"]).as_py()


if __name__ == "__main__":
    seconds, rows, ids, price = globals()[sys.argv[1]](sys.argv[2], sys.argv[3])
    print(json.dumps({"seconds": seconds, "result": {"rows": int(rows), "id": float(ids), "price": float(price)}}))
