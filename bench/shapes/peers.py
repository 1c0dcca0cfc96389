"""All columns of a shape aggregated by one peer, in a process of its own: `python peers.py TOOL SOURCE.json`.

Prints one JSON line: seconds of the job alone, and the result: rows, the sum of each column of numbers, least and
greatest of the others.
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import sources
from sources import FLOATS, is_number

TIME = "%Y-%m-%d %H:%M:%S%.f"


def answer(source, rows, values):
    """`values`: a sum for each column of numbers, (least, greatest) for the others."""
    result = {"rows": rows}
    for name, value in values.items():
        if not is_number(source.types[name]):
            value = [v if isinstance(v, str) else v and v.isoformat() for v in value]
        result[name] = value
    return result


def polars(source, engine, time_pattern=None):
    import polars as pl

    frame = sources.polars_frame(source, time_pattern)
    wanted = [pl.len().alias("rows")]
    for name, kind in source.types.items():
        column = pl.col(name)
        if kind == "int64":  # Polars sums in the column's width and wraps without a word
            wanted.append(column.cast(pl.Float64).sum())
        elif is_number(kind):
            wanted.append((column if kind in FLOATS else column.cast(pl.Int64)).sum())
        else:
            wanted += [column.min().alias(f"{name} least"), column.max().alias(f"{name} greatest")]
    row = frame.select(wanted).collect(engine=engine).row(0, named=True)
    values = {n: row[n] if is_number(t) else (row[f"{n} least"], row[f"{n} greatest"]) for n, t in source.types.items()}
    return row["rows"], values


def duckdb(source):
    connection, table = sources.duckdb_table(source)
    wanted = [f"sum({n})" if is_number(t) else f"[min({n}), max({n})]" for n, t in source.types.items()]
    rows, *values = connection.execute(f"SELECT count(*), {', '.join(wanted)} FROM {table}").fetchone()
    return rows, dict(zip(source.types, values))


def aggregate(source, pieces):
    """Rows and values over tables or record batches of pyarrow."""
    import pyarrow.compute as pc

    rows, values = 0, {}
    for piece in pieces:
        rows += piece.num_rows
        for name, kind in source.types.items():
            column, old = piece.column(name), values.get(name)
            if is_number(kind):
                column = column.cast("float64", safe=False) if kind == "int64" else column  # sums of int64 wrap silently
                values[name] = (old or 0) + (pc.sum(column).as_py() or 0)
                continue
            new = pc.min_max(column).as_py()
            if new["min"] is not None:
                values[name] = (min(old[0], new["min"]), max(old[1], new["max"])) if old else (new["min"], new["max"])
    return rows, values


def pyarrow(source):
    """Whole files in memory."""
    from pyarrow import csv

    options = sources.pyarrow_options(source)
    return aggregate(source, (batch for file in source.files for batch in csv.read_csv(file, *options).to_batches()))


def pyarrow_streaming(source):
    from pyarrow import csv

    options = sources.pyarrow_options(source)
    return aggregate(source, (batch for file in source.files for batch in csv.open_csv(file, *options)))


def pyarrow_dataset(source):
    from pyarrow import dataset

    read, parse, convert = sources.pyarrow_options(source)
    form = dataset.CsvFileFormat(parse, convert_options=convert, read_options=read)
    return aggregate(source, dataset.dataset(source.files, format=form).to_batches())


TOOLS = {
    "polars": lambda source: polars(source, "streaming"),
    "polars-in-memory": lambda source: polars(source, "in-memory"),
    "polars-strptime": lambda source: polars(source, "streaming", TIME),
    "duckdb": duckdb,
    "pyarrow": pyarrow,
    "pyarrow-streaming": pyarrow_streaming,
    "pyarrow-dataset": pyarrow_dataset,
}
ONLY_FOR = {"polars-strptime": "timestamp[us]"}  # variants that change nothing where there is no such column
IMPORTS = {"polars": "polars", "duckdb": "duckdb", "pyarrow": "pyarrow.csv, pyarrow.compute, pyarrow.dataset"}


def main():
    tool, path = sys.argv[1:]
    source = sources.Source(**json.loads(Path(path).read_text()))
    for module in IMPORTS[tool.split("-")[0]].split(", "):
        __import__(module)
    started = time.perf_counter()
    try:
        rows, values = TOOLS[tool](source)
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {' '.join(str(error).split())}")
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "result": answer(source, rows, values)}))


if __name__ == "__main__":
    main()
