"""What other readers do with the files of features.py: `.venv/bin/python bench/features/peers.py [-v] [SLUG]`.

Prints the rows of docs/features.md. DuckDB, Polars, pyarrow and pandas are run, each with the options that its
documentation has for the purpose, types declared where the feature is one of types. The values must come out of the
reading call: expressions over the result do not count. A cell is

  yes       values and types are right
  function  they are with a function of the caller's, called for each value or record
  other     read without an error, but values or types are others
  refused   an error
  none      there is no option for it

-v adds the message or the values behind every other cell. fread, ClickHouse and Spark are not run: features.py holds
what their documentation says.
"""
import os
import sys
import tempfile
import uuid
import warnings
from decimal import Decimal

os.environ.setdefault("RUST_BACKTRACE", "0")

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import csv as pc

import features

warnings.simplefilter("ignore")
PEERS = ("duckdb", "polars", "pyarrow", "pandas")
FOLDER = os.path.dirname
STAR = lambda files: FOLDER(files[0]) + "/*.csv"


# --- one call of each reader: from the paths to a table or rows ---------------------------------------------------------

def duck(options="", path=None, zone="UTC"):
    def read(files):
        connection = duckdb.connect()
        connection.execute(f"SET TimeZone = '{zone}'; SET autoinstall_known_extensions = false")
        name = path(files) if path else files[0]
        return connection.execute(f"FROM read_csv('{name}'{', ' + options if options else ''})").to_arrow_table()
    return read


def table_of(frame):
    odd = pl.Int128 in frame.dtypes or any(not name.isprintable() for name in frame.columns)  # no Arrow table holds them
    return frame.rows() if odd else frame.to_arrow()


def polars(**options):
    return lambda files: table_of(pl.read_csv(files[0], **options))


def lazy(path=STAR, **options):
    return lambda files: table_of(pl.scan_csv(path(files), **options).collect())


def arrow(read=None, parse=None, convert=None):
    return lambda files: pc.read_csv(files[0], read_options=pc.ReadOptions(**read or {}), parse_options=pc.ParseOptions(**parse or {}),
                                     convert_options=pc.ConvertOptions(**convert or {}))


def dataset(path=lambda files: FOLDER(files[0]), columns=None, **options):
    return lambda files: ds.dataset(path(files), format="csv", **options).to_table(columns=columns)


def pandas(**options):
    def read(files):
        frame = pd.read_csv(files[0], **options)
        try:
            return pa.Table.from_pandas(frame, preserve_index=False)
        except (pa.ArrowException, OverflowError, TypeError):  # columns of mixed objects
            return list(frame.itertuples(index=False, name=None))
    return read


def with_function(read):
    read.function = True
    return read


def typed(duck_type=None, polars_type=None, arrow_type=None, pandas_read=None, duck_more="", zone="UTC"):
    return (duck_type and duck(f"header=true, columns={{'i': 'BIGINT', 'v': '{duck_type}'}}{duck_more}", zone=zone),
            polars_type and polars(schema={"i": pl.Int64, "v": polars_type}), arrow_type and arrow(convert={"column_types": {"v": arrow_type}}),
            pandas_read)


def all_of(**options):
    return (duck(**options), polars(), arrow(), pandas())


# --- the readers' options, feature by feature: DuckDB, Polars, pyarrow, pandas -------------------------------------------

AB = "columns={'a': 'BIGINT', 'b': 'VARCHAR'}"
NAIVE = {"parse_dates": ["v"], "date_format": "ISO8601"}
BOTH = pa.schema([("a", pa.int64()), ("b", pa.string())])
THREE = pa.schema([("a", pa.int64()), ("b", pa.string()), ("c", pa.int64())])
REST = with_function(pandas(engine="python", on_bad_lines=lambda fields: [fields[0], ",".join(fields[1:])]))
VALUES = lambda **functions: with_function(pandas(converters=functions))
UNITS = {"skiprows": [1]}


def duck_rejects(files):
    connection = duckdb.connect()
    table = connection.execute(f"FROM read_csv('{files[0]}', header=true, {AB}, store_rejects=true)").to_arrow_table()
    assert connection.execute("SELECT line FROM reject_errors").fetchall() == [(3,)]
    return table


READERS = {
    "delimiter-byte": (duck("delim='\x1f'"), polars(separator="\x1f"), arrow(parse={"delimiter": "\x1f"}), pandas(sep="\x1f")),
    "delimiter-bytes": (duck("delim='||'"), polars(separator="||"), arrow(parse={"delimiter": "||"}), pandas(sep=r"\|\|", engine="python")),
    "delimiter-whitespace": (None, None, None, pandas(sep=r"\s+")),
    "quotes": (duck("quote='\"'"), polars(), arrow(parse={"newlines_in_values": True}), pandas()),
    "no-quotes": (duck("quote='', header=true"), polars(quote_char=None), arrow(parse={"quote_char": False}), pandas(quoting=3)),
    "escaped-quote": (duck("escape='\\', quote='\"', header=true"), None, arrow(parse={"escape_char": "\\"}), pandas(escapechar="\\")),
    "escaped-delimiter": (duck("escape='\\', quote='\"', delim=',', header=true, strict_mode=false"), None, arrow(parse={"escape_char": "\\"}),
                          pandas(escapechar="\\")),
    "escape-of-quotes-alone": (duck("escape='\\', quote='\"', header=true"), None, arrow(parse={"escape_char": "\\"}), pandas(escapechar="\\")),
    "escaped-line-end": (duck("escape='\\', header=true"), None, arrow(parse={"escape_char": "\\"}), pandas(escapechar="\\")),
    "cr": (duck(), polars(eol_char="\r"), arrow(), pandas()),
    "mixed-line-ends": (duck("strict_mode=false, header=true"), None, arrow(), pandas()),
    "comments": (duck("comment='#'"), polars(comment_prefix="#"), None, pandas(comment="#")),
    "head": (duck("skip=2"), polars(skip_lines=2), arrow(read={"skip_rows": 2}), pandas(skiprows=2)),
    "tail": (None, None, None, pandas(skipfooter=1, engine="python")),
    "below-header": (None, polars(skip_rows_after_header=1), arrow(read={"skip_rows_after_names": 1}), pandas(**UNITS)),
    "short": (duck("null_padding=true, header=true"), polars(), None, pandas()),
    "long-cut": (duck(f"strict_mode=false, header=true, delim=',', auto_detect=false, {AB}"), polars(truncate_ragged_lines=True), None,
                 with_function(pandas(engine="python", on_bad_lines=lambda fields: fields[:2]))),
    "long-collected": (None, None, None, REST),
    "stray-quote": (duck("strict_mode=false, header=true, quote='\"'"), polars(), arrow(), pandas()),
    "quoted-empty": (duck(f"header=true, quote='\"', allow_quoted_nulls=false, {AB}"), polars(),
                     arrow(convert={"strings_can_be_null": True, "quoted_strings_can_be_null": False}), pandas()),
    "nulls-of-a-column": (None, polars(null_values={"a": "-"}), None,
                          pandas(na_values={"a": "-"}, keep_default_na=False, dtype={"a": "Int64"})),
    "decimal": typed("DECIMAL(38,4)", pl.Decimal(38, 4), pa.decimal128(38, 4), VALUES(v=Decimal)),
    "uint64": typed("UBIGINT", pl.UInt64, pa.uint64(), pandas(dtype={"v": "uint64"})),
    "float64": typed("DOUBLE", pl.Float64, pa.float64(), pandas(float_precision="round_trip")),
    "float32": typed("FLOAT", pl.Float32, pa.float32(), pandas(dtype={"v": "float32"})),
    "beyond-the-type": typed("TINYINT", pl.Int8, pa.int8(), pandas(dtype={"v": "int8"})),
    "date-pattern": (duck("header=true, columns={'i': 'BIGINT', 'v': 'DATE'}, dateformat='%d/%m/%Y'"), None,
                     arrow(convert={"column_types": {"v": pa.timestamp("s")}, "timestamp_parsers": ["%d/%m/%Y"]}),
                     pandas(parse_dates=["v"], date_format={"v": "%d/%m/%Y"})),
    "nanoseconds": typed("TIMESTAMP_NS", pl.Datetime("ns"), pa.timestamp("ns"), pandas(**NAIVE)),
    "instants": typed("TIMESTAMPTZ", pl.Datetime("us", "UTC"), pa.timestamp("us", "UTC"), pandas(**NAIVE)),
    "zone": typed("TIMESTAMPTZ", pl.Datetime("us", "Europe/Rome"), pa.timestamp("us", "Europe/Rome"),
                  VALUES(v=lambda text: pd.Timestamp(text, tz="Europe/Rome")), zone="Europe/Rome"),
    "epochs": typed("TIMESTAMP_MS", pl.Datetime("ms"), pa.timestamp("ms"), VALUES(v=lambda text: pd.Timestamp(int(text), unit="ms"))),
    "time": typed("TIME", pl.Time, pa.time64("us"), VALUES(v=lambda text: pd.Timestamp("2000-01-01 " + text).time())),
    "decimal-comma": (duck("delim=';', decimal_separator=','"), polars(separator=";", decimal_comma=True),
                      arrow(parse={"delimiter": ";"}, convert={"decimal_point": ","}), pandas(sep=";", decimal=",")),
    "thousands": (duck("delim=';', thousands=',', columns={'a': 'BIGINT', 'b': 'BIGINT'}, header=true"), None, None, pandas(sep=";", thousands=",")),
    "percent-currency": (None, None, None, VALUES(a=lambda text: float(Decimal(text[:-1]) / 100), b=lambda text: Decimal(text[1:]))),
    "bool-words": (None, None, arrow(convert={"true_values": ["ja"], "false_values": ["nein"], "column_types": {"b": pa.bool_()}}),
                   pandas(true_values=["ja"], false_values=["nein"])),
    "hex": typed(None, None, None, VALUES(v=bytes.fromhex)),
    "uuid": typed("UUID", None, pa.uuid(), VALUES(v=uuid.UUID)),
    "dictionary": typed(None, pl.Categorical, pa.dictionary(pa.int32(), pa.string()), pandas(dtype={"v": "category"})),
    "lists": (duck("columns={'a': 'BIGINT', 'b': 'BIGINT[]'}, header=true"), None, arrow(convert={"column_types": {"b": pa.list_(pa.int64())}}),
              VALUES(b=lambda text: [int(part) for part in text.strip("[]").split(",")])),
    "utf-16-mark": all_of(),
    "utf-16": (duck("encoding='utf-16'"), polars(encoding="utf-16"), arrow(read={"encoding": "utf-16"}), pandas(encoding="utf-16")),
    "windows-1252": (duck("encoding='windows-1252'"), polars(encoding="windows-1252"), arrow(read={"encoding": "windows-1252"}),
                     pandas(encoding="windows-1252")),
    "shift-jis": (duck("encoding='shift_jis'"), polars(encoding="shift_jis"), arrow(read={"encoding": "shift_jis"}), pandas(encoding="shift_jis")),
    "not-utf-8": (duck(f"{AB}, header=true"), polars(), arrow(convert={"column_types": {"b": pa.string()}}), pandas()),
    "globs": (duck(path=STAR), lazy(), dataset(), None),
    "other-order": (duck("union_by_name=true", STAR), lazy(), dataset(schema=BOTH), None),
    "missing-columns": (duck("union_by_name=true", STAR),
                        lazy(schema={"a": pl.Int64, "b": pl.String, "c": pl.Int64}, missing_columns="insert"), dataset(schema=THREE), None),
    "filename": (duck("filename=true"), lazy(include_file_paths="f"), dataset(columns=["a", "__filename"]), None),
    "hive": (duck("hive_partitioning=true", lambda files: FOLDER(FOLDER(files[0])) + "/*/*.csv"), None,
             dataset(lambda files: FOLDER(FOLDER(files[0])), partitioning="hive"), None),
    "record-numbers": (None, polars(row_index_name="n", row_index_offset=1), None, None),
    "line-numbers": (None, None, None, None),
    "rejects": (duck_rejects, None, None, None),
    "late-value": (duck("sample_size=-1"), polars(infer_schema_length=None), arrow(), pandas(low_memory=False)),
    "found-delimiter": (duck(), polars(), arrow(), pandas(sep=None, engine="python")),
    "found-delimiter-bytes": (duck(), polars(), arrow(), pandas(sep=None, engine="python")),
    "found-decimal-comma": (duck(), polars(), arrow(), pandas(sep=None, engine="python")),
    "found-preamble": (duck(), polars(), arrow(), pandas(sep=None, engine="python")),
    "row-names": (duck(), polars(), arrow(), pandas(sep=None, engine="python")),
}


def judge(feature, read, files):
    if read is None:
        return "none", ""
    try:
        why = features.difference(feature, read(files))
    except (KeyboardInterrupt, SystemExit, NameError, AssertionError):
        raise
    except BaseException as error:  # a panic of Polars is no Exception
        return ("yes", "") if feature.refusal else ("refused", f"{type(error).__name__}: {error}")
    if feature.refusal or why:
        return "other", why
    return ("function" if getattr(read, "function", False) else "yes"), ""


def cells(feature):
    if feature.slug == "remote":  # not run: it would need a server
        return [("yes (docs)", "")] * len(PEERS)
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, data in feature.data().items():
            files.append(os.path.join(folder, name))
            os.makedirs(FOLDER(files[-1]), exist_ok=True)
            with open(files[-1], "wb") as file:
                file.write(data)
        return [judge(feature, read, files) for read in READERS.get(feature.slug, all_of())]


def main(slug="", verbose=False):
    versions = f"DuckDB {duckdb.__version__} | Polars {pl.__version__} | pyarrow {pa.__version__} | pandas {pd.__version__}"
    for group, members in features.GROUPS.items():
        members = [feature for feature in members if slug in ("", feature.slug)]
        if members:
            print(f"\n## {group}\n\n| feature | Headrace | {versions} | fread | ClickHouse | Spark | our test |\n|" + "---|" * 10)
        for feature in members:
            found = cells(feature)
            ours = "no" if feature.ours is None else "yes"
            documented = [cell.replace("_", " ") for cell in feature.documented.split()]
            tests = "" if feature.ours is None else feature.test()
            print("| " + " | ".join([feature.title, ours, *[cell for cell, _ in found], *documented, tests]) + " |", flush=True)
            for peer, (cell, why) in zip(PEERS, found):
                if verbose and why:
                    print(f"    {peer}: {cell}: {' '.join(why.split())[:300]}")


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "-v"]
    main(words[0] if words else "", "-v" in sys.argv)
