"""How each tool is told to read a source: dialect and types declared, nothing to guess.

The types are Headrace's names, but decimals, which the benchmarks leave out.
"""

import os
from dataclasses import dataclass

THREADS = int(os.environ.get("HEADRACE_BENCH_THREADS", "2"))
os.environ["POLARS_MAX_THREADS"] = str(THREADS)
FLOATS = ("float32", "float64")


def is_number(type_name):
    return "int" in type_name or type_name in FLOATS


@dataclass
class Source:
    files: list
    types: dict  # name -> type, in the order of the file
    delimiter: str = ","
    quote: str = '"'  # "": there are no quotes
    header: bool = False
    newlines_in_values: bool = False
    skip_bad: bool = False  # leave records out that have too many or too few fields
    longest_record: int = 1 << 20


def headrace_flags(source):
    columns = ",".join(f"{name}:{kind}" for name, kind in source.types.items())
    return ["--columns", columns, "--delimiter", source.delimiter, "--quote", source.quote or "none", "--no-header",
            *(["--on-error", "skip"] if source.skip_bad else [])]


def polars_frame(source, time_pattern=None):
    """A lazy frame over the files; with a pattern, times are strings to Polars' reader and read by an expression."""
    import polars as pl

    types = {"string": pl.String, "date": pl.Date, "timestamp[us]": pl.String if time_pattern else pl.Datetime("us")}
    schema = {n: types.get(t) or getattr(pl, t.capitalize().replace("Ui", "UI")) for n, t in source.types.items()}
    if source.skip_bad:
        raise NotImplementedError("Polars has no policy that leaves ragged records out")
    frame = pl.scan_csv(source.files, separator=source.delimiter, has_header=source.header, schema=schema,
                        quote_char=source.quote or None)
    times = [name for name, kind in source.types.items() if kind.startswith("timestamp")] if time_pattern else []
    return frame.with_columns(pl.col(name).str.to_datetime(time_pattern, time_unit="us") for name in times)


def duckdb_table(source):
    """A connection, and the text of a table function that reads the files."""
    import duckdb

    types = {"string": "VARCHAR", "timestamp[us]": "TIMESTAMP", "float64": "DOUBLE", "int8": "TINYINT", "int16": "SMALLINT",
             "int32": "INTEGER", "int64": "BIGINT", "uint8": "UTINYINT", "uint16": "USMALLINT", "uint32": "UINTEGER",
             "uint64": "UBIGINT", "date": "DATE"}
    connection = duckdb.connect()
    connection.execute(f"SET threads={THREADS}")
    columns = ", ".join(f"'{n}': '{types[t]}'" for n, t in source.types.items())
    more = ", ignore_errors=true" if source.skip_bad else ""
    if source.longest_record > 2_000_000:  # its default
        more += f", max_line_size={source.longest_record}"
    table = (f"read_csv({source.files!r}, delim='{source.delimiter}', header={str(source.header).lower()}, "
             f"quote='{source.quote}', escape='{source.quote}', auto_detect=false{more}, columns={{{columns}}})")
    return connection, table


def arrow_schema(source):
    import pyarrow as pa

    names = {"timestamp[us]": pa.timestamp("us"), "date": pa.date32(), "string": pa.string(), "float64": pa.float64()}
    return pa.schema([(n, names.get(t) or getattr(pa, t)()) for n, t in source.types.items()])


def pyarrow_options(source, select=None):
    """Options for pyarrow.csv: read, parse, convert."""
    import pyarrow as pa
    from pyarrow import csv

    pa.set_cpu_count(THREADS)
    schema = arrow_schema(source)
    types = dict(zip(schema.names, schema.types))
    skip = (lambda record: "skip") if source.skip_bad else None
    read = csv.ReadOptions(column_names=None if source.header else list(types),
                           block_size=max(4 << 20, 4 * source.longest_record))
    parse = csv.ParseOptions(delimiter=source.delimiter, quote_char=source.quote or False, invalid_row_handler=skip,
                             newlines_in_values=source.newlines_in_values)
    convert = csv.ConvertOptions(column_types=types, include_columns=select, null_values=[""])
    return read, parse, convert
