"""The features of docs/features.md: small files, the values that they hold, and how Headrace is asked for them.

tests/test_features.py runs Headrace over them, peers.py the four readers that pip installs. `documented` is what the
documentation of fread (data.table 1.14.8), ClickHouse (its repository, 2024 and 2025) and Spark (4) says;
"not_said" where it is silent.
"""
import bz2
import datetime
import gzip
import io
import lzma
import math
import uuid
import zipfile
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa
import pandas as pd


@dataclass
class Feature:
    slug: str
    title: str
    files: object  # bytes, or name -> bytes
    want: list  # rows
    ours: object  # words for `ingest`, or None: no such feature
    documented: str  # fread, ClickHouse, Spark
    refusal: bool = False  # what is wanted is an error
    schema: str = ""  # a schema file's columns
    also: tuple = ()  # other rows that mean the same, in the types of another reader
    check: object = None  # over the Arrow table
    base_names: bool = False  # paths are compared by their last part
    inputs: str = ""  # a pattern in place of the files
    more: str = ""  # a test that goes further

    def data(self):
        return self.files if isinstance(self.files, dict) else {"a.csv": self.files}

    def test(self):
        if not self.files:  # nothing that all readers are given: a test of its own
            return f"`{self.more}`"
        return f"`tests/test_features.py::test_feature[{self.slug}]`" + (f", `{self.more}`" if self.more else "")


def plain(value):
    """Values that compare exactly, with their kind; nan and null are one, for pandas has one of them."""
    if isinstance(value, float):
        return None if math.isnan(value) else ("float", repr(value))
    if isinstance(value, (pd.Timestamp, datetime.datetime)):
        stamp = pd.Timestamp(value)
        return None if stamp is pd.NaT else ("instant" if stamp.tz else "local", stamp.as_unit("ns").value)
    if isinstance(value, uuid.UUID):
        return ("uuid", str(value))
    return None if value is None or value is pd.NA else (type(value).__name__.removesuffix("_"), value)


def rows_of(table):
    if not isinstance(table, pa.Table):
        return [tuple(map(plain, row)) for row in table]
    columns = []
    for column in table.columns:
        if pa.types.is_dictionary(column.type):
            column = column.combine_chunks().dictionary_decode()
        columns.append([plain(value) for value in column.to_pylist()])
    return [tuple(row) for row in zip(*columns)]


def difference(feature, table):
    """Nothing, or what is not as wanted."""
    if feature.check and isinstance(table, pa.Table) and not feature.check(table):
        return str(table.schema)
    got = rows_of(table)
    if feature.base_names:
        got = [tuple(value and (value[0], value[1].split("/")[-1] if value[0] == "str" else value[1]) for value in row) for row in got]
    for want in (feature.want, *feature.also):
        if got == [tuple(map(plain, row)) for row in want]:
            return ""
    return f"{got[:3]}, not {[tuple(map(plain, row)) for row in feature.want[:3]]}"


AB = [(1, "x"), (2, "y")]
TEXT = b"a,b\n1,x\n2,y\n"
COLUMNS = ["--columns", "a:int64,b:string", "--header"]


def dialect(slug, title, data, want, flags, documented, **more):
    return Feature(slug, title, data, want, None if flags is None else [*(COLUMNS if "schema" not in more else ["--header"]), *flags],
                   documented, **more)


def typed(slug, title, texts, values, kind, documented, keys="", **more):
    """A column `v` of a type, behind one of row numbers."""
    data = "i,v\n" + "".join(f"{i},{text}\n" for i, text in enumerate(texts, 1))
    schema = kind and f'[[column]]\nname = "i"\ntype = "int64"\n[[column]]\nname = "v"\ntype = "{kind}"\n{keys}\n'
    return Feature(slug, title, data.encode(), [(i, value) for i, value in enumerate(values, 1)], ["--header"] if kind else None,
                   documented, schema=schema or "", **more)


def packed(slug, title, name, data, documented, **more):
    return Feature(slug, title, {name: data}, AB, more.pop("ours", COLUMNS), documented, **more)


def _pack():
    box, frame = io.BytesIO(), pa.BufferOutputStream()
    with zipfile.ZipFile(box, "w") as archive:
        archive.writestr("a.csv", TEXT)
    with pa.CompressedOutputStream(frame, "lz4") as stream:
        stream.write(TEXT)
    return box.getvalue(), frame.getvalue().to_pybytes()


ZIP, LZ4 = _pack()
STAMP = pd.Timestamp
TYPES_ONE = lambda test: lambda table: test(table.schema.field(1).type)
PER_COLUMN = '[[column]]\nname = "a"\ntype = "int64"\nnulls = ["-"]\n[[column]]\nname = "b"\ntype = "string"\n'
WORDS = ('[[column]]\nname = "a"\ntype = "int64"\n[[column]]\nname = "b"\ntype = "bool"\n'
         'true_values = ["ja"]\nfalse_values = ["nein"]\n')
MONEY = ('[[column]]\nname = "a"\ntype = "float64"\nformat = "percent"\n[[column]]\nname = "b"\ntype = "decimal(3,0)"\n'
         'format = "currency"\ncurrency = "€"\n')

GROUPS = {
    "Dialect": [
        dialect("delimiter-byte", "any delimiter of one byte (1f)", b"a\x1fb\n1\x1fx\n2\x1fy\n", AB, ["--delimiter", r"\x1f"],
                "yes yes yes", more="tests/cases/test_cases.py::test_case[control_delimiter]"),
        dialect("delimiter-bytes", "a delimiter of several bytes", b"a||b\n1||x\n2||y\n", AB, ["--delimiter", "||"], "no yes yes"),
        dialect("delimiter-whitespace", "any run of spaces and tabs as delimiter", b"a  b\n1 \t x\n2  y\n", AB, ["--delimiter", "whitespace"],
                "not_said part no"),
        dialect("quotes", "delimiters and line ends in quotes", b'a,b\n1,"x,\ny"\n', [(1, "x,\ny")], [], "yes yes yes",
                more="tests/cases/test_cases.py::test_case[quoted_lf]"),
        dialect("no-quotes", "quotes as ordinary text", b'a,b\n1,"x\n2,y\n', [(1, '"x'), (2, "y")], ["--quote", "none"], "yes yes yes",
                more="tests/cases/test_cases.py::test_case[no_quote]"),
        dialect("escaped-quote", r"a quote behind a backslash (`\"`)", b'a,b\n1,"x\\"y"\n', [(1, 'x"y')], ["--escape", "\\"], "part no yes"),
        dialect("escaped-delimiter", r"a delimiter behind a backslash, outside quotes (`\,`)", b"a,b\n1,x\\,y\n", [(1, "x,y")],
                ["--escape", "\\"], "no part no"),
        dialect("escape-of-quotes-alone", r"a backslash that escapes quotes alone (`\"`, and `\n` stays)", b'a,b\n1,"x\\"\\n"\n',
                [(1, 'x"\\n')], ["--escape", "\\", "--escape-style", "quoted"], "not_said no yes"),
        dialect("escaped-line-end", r"`\n` as a line end in the value", b"a,b\n1,x\\ny\n", [(1, "x\ny")], ["--escape", "\\", "--escape-style", "c"], "no yes no"),
        dialect("cr", "CR line ends", b"a,b\r1,x\r2,y\r", AB, [], "yes yes yes", more="tests/cases/test_cases.py::test_case[cr]"),
        dialect("mixed-line-ends", "LF, CR LF and CR in one file", b"a,b\n1,x\r\n2,y\r3,z\n", [*AB, (3, "z")], ["--lenient"],
                "not_said not_said yes"),
        dialect("comments", "comment lines", b"a,b\n#x\n1,x\n#,,\n2,y\n", AB, ["--comment", "#"], "no no yes",
                more="tests/cases/test_cases.py::test_case[comments]"),
        dialect("head", "lines left out at the head", b"t\n\na,b\n1,x\n2,y\n", AB, ["--skip-rows", "2"], "yes yes no",
                more="tests/cases/test_cases.py::test_case[skip_rows_before_header]"),
        dialect("tail", "lines left out at the end", b"a,b\n1,x\n2,y\ntotal\n", AB, ["--skip-footer", "1"], "no no no"),
        dialect("below-header", "lines left out below the header (units)", b"a,b\nm,s\n1,x\n2,y\n", AB, ["--skip-after-header", "1"], "no no no"),
        dialect("short", "short records padded", b"a,b\n1,x\n2\n", [(1, "x"), (2, None)], ["--short-records", "pad"], "yes yes yes"),
        dialect("long-cut", "long records cut", b"a,b\n1,x\n2,y,z\n", AB, ["--long-records", "truncate"], "no yes yes"),
        dialect("long-collected", "the rest of a long record in its last column", b"a,b\n1,x\n2,y,z\n", [(1, "x"), (2, "y,z")],
                ["--long-records", "collect"], "no no no"),
        dialect("stray-quote", "a stray quote in a field as text", b'a,b\n1,12"x\n2,y\n', [(1, '12"x'), (2, "y")], ["--lenient"],
                "yes not_said yes"),
        dialect("quoted-empty", "quoted empty text told from null", b'a,b\n1,""\n2,\n', [(1, ""), (2, None)], [], "yes not_said yes",
                more="tests/cases/test_cases.py::test_case[quoted_empty]"),
        dialect("nulls-of-a-column", "null spellings of a column of its own", b"a,b\n1,NA\n-,NA\n", [(1, "NA"), (None, "NA")], [],
                "no no no", schema=PER_COLUMN, more="tests/test_cli.py::test_schema_file"),
    ],
    "Types, declared": [
        typed("decimal", "decimal of 38 digits, exact", ["0.1", "1234567890123456789012345678901234.5678"],
              [Decimal("0.1000"), Decimal("1234567890123456789012345678901234.5678")], "decimal(38,4)", "no yes yes",
              more="tests/cases/test_cases.py::test_case[values_decimal_38]"),
        typed("uint64", "unsigned integers of 64 bits", ["18446744073709551615"], [2**64 - 1], "uint64", "no yes no",
              more="tests/oracle/test_many_values.py::test_integers"),
        typed("float64", "float64 nearest to the text", ["9007199254740993.0", "2.2250738585072011e-308", "0.1", "1.00000000000000011102230246251565404236316680908203125"],
              [9007199254740992.0, 2.225073858507201e-308, 0.1, 1.0], "float64", "not_said part not_said",
              more="tests/oracle/test_many_values.py::test_halves_between_doubles"),
        typed("float32", "float32 rounded once", ["1.00000017881393432617187499", "7.038531e-26"], [1.0000001192092896, 7.038530691851209e-26],
              "float32", "no not_said not_said", check=TYPES_ONE(pa.types.is_float32), more="tests/oracle/test_many_values.py::test_singles"),
        typed("beyond-the-type", "a value beyond its type refused, not wrapped", ["300"], [], "int8", "not_said no yes", refusal=True,
              more="tests/cases/test_cases.py::test_case[values_int8]"),
        typed("date-pattern", "dates and times by a pattern for each column", ["31/01/2024"], [datetime.date(2024, 1, 31)], "date",
              "no no part", 'format = "%d/%m/%Y"', also=([(1, STAMP("2024-01-31"))],),
              more="tests/oracle/test_formats.py::test_generated_formats"),
        typed("nanoseconds", "timestamps to the nanosecond", ["2024-01-31 12:00:00.123456789"], [STAMP("2024-01-31 12:00:00.123456789")],
              "timestamp[ns]", "no yes no", more="tests/oracle/test_many_values.py::test_timestamps"),
        typed("instants", "timestamps with an offset as instants", ["2024-01-31T12:00:00+02:00", "2024-01-31T12:00:00Z"],
              [STAMP("2024-01-31 10:00Z"), STAMP("2024-01-31 12:00Z")], "timestamp[us, UTC]", "yes yes yes",
              more="tests/cases/test_cases.py::test_case[values_instant]"),
        typed("zone", "local times of a named zone as instants", ["2024-07-01 12:00:00"], [STAMP("2024-07-01 10:00Z")],
              "timestamp[us, Europe/Rome]", "no yes part", more="tests/cases/test_cases.py::test_case[formats_zone]"),
        typed("epochs", "epochs in milliseconds as timestamps", ["1383260400000"], [STAMP("2013-10-31 23:00")], "timestamp[ms]", "no part no",
              more="tests/cases/test_cases.py::test_case[formats_epoch]"),
        typed("time", "time of day", ["12:34:56.5"], [datetime.time(12, 34, 56, 500000)], "time[us]", "no yes no",
              more="tests/cases/test_cases.py::test_case[values_time_us]"),
        Feature("decimal-comma", "decimal comma", b"a;b\n1;2,5\n", [(1, 2.5)],
                ["--columns", "a:int64,b:float64", "--header", "--delimiter", ";", "--decimal", ","], "yes no not_said",
                more="tests/cases/test_cases.py::test_case[formats_decimal_comma]"),
        Feature("thousands", "thousands separators", b"a;b\n1;1,234\n2;5\n", [(1, 1234), (2, 5)],
                ["--columns", "a:int64,b:int64", "--header", "--delimiter", ";", "--thousands", ","], "no no not_said",
                more="tests/cases/test_cases.py::test_case[formats_thousands]"),
        Feature("percent-currency", "percent and currency as numbers", "a,b\n12.5%,€3\n".encode(), [(0.125, Decimal(3))], ["--header"],
                "no no no", schema=MONEY, more="tests/cases/test_cases.py::test_case[formats_currency]"),
        Feature("bool-words", "bools in words that are declared", b"a,b\n1,ja\n2,nein\n", [(1, True), (2, False)], ["--header"], "no yes no",
                schema=WORDS, more="tests/cases/test_cases.py::test_case[formats_words]"),
        typed("hex", "bytes written as hex", ["00ff"], [b"\x00\xff"], "binary", "no no no", 'format = "hex"',
              more="tests/cases/test_cases.py::test_case[formats_hex]"),
        typed("uuid", "UUID", ["123e4567-e89b-12d3-a456-426614174000"], [uuid.UUID("123e4567-e89b-12d3-a456-426614174000")], "uuid",
              "no yes no", also=([(1, "123e4567-e89b-12d3-a456-426614174000")],), more="tests/cases/test_cases.py::test_case[values_uuid]"),
        typed("dictionary", "dictionaries of text", ["x", "y", "x"], ["x", "y", "x"], "dictionary(string)", "yes yes no",
              check=TYPES_ONE(pa.types.is_dictionary), more="tests/cases/test_cases.py::test_case[values_dictionary]"),
        Feature("lists", "lists in a cell", b'a,b\n1,"[1, 2]"\n', [(1, [1, 2])], None, "no yes no"),
    ],
    "Encodings": [
        Feature("utf-16-mark", "UTF-16 by its byte order mark, undeclared", "a,b\n1,é\n".encode("utf-16"), [(1, "é")], COLUMNS, "no no no",
                more="tests/test_encodings.py::test_encoding[utf-16]"),
        Feature("utf-16", "UTF-16, declared", "a,b\n1,é\n".encode("utf-16"), [(1, "é")], [*COLUMNS, "--encoding", "utf-16"], "no no yes",
                more="tests/test_encodings.py::test_utf_16_without_a_mark_wants_its_order"),
        Feature("windows-1252", "windows-1252", "a,b\n1,€\n".encode("cp1252"), [(1, "€")], [*COLUMNS, "--encoding", "windows-1252"],
                "part no yes", more="tests/test_encodings.py::test_encoding[cp1252]"),
        Feature("shift-jis", "Shift JIS", "a,b\n1,日本\n".encode("shift_jis"), [(1, "日本")], [*COLUMNS, "--encoding", "shift_jis"],
                "no no yes", more="tests/test_encodings.py::test_encoding[shift_jis]"),
        Feature("not-utf-8", "bytes that are not UTF-8 refused", b"a,b\n1,\xff\xfe\n", [], COLUMNS, "not_said no not_said", refusal=True,
                more="tests/cases/test_cases.py::test_case[invalid_utf8]"),
        Feature("encoding-found", "windows-1252 taken where the text is not UTF-8", "a,b\n1,é\n2,ü\n3,x\n".encode("cp1252"),
                [(1, "é"), (2, "ü"), (3, "x")], [], "no no no", more="tests/test_infer_encodings.py::test_text_that_is_not_utf8"),
    ],
    "Compression": [
        packed("gzip", "gzip", "a.csv.gz", gzip.compress(TEXT), "yes yes yes", more="tests/test_compression.py::test_many_members[gzip]"),
        packed("gzip-by-content", "gzip by content, whatever the name", "a.csv", gzip.compress(TEXT), "no no no",
               more="tests/test_cli.py::test_compressed_by_content"),
        packed("zstd", "zstd", "a.csv.zst", pa.compress(TEXT, codec="zstd", asbytes=True), "no yes not_said",
               more="tests/test_compression.py::test_many_members[zstd]"),
        packed("bzip2", "bzip2", "a.csv.bz2", bz2.compress(TEXT), "yes yes yes", more="tests/test_compression.py::test_many_members[bz2]"),
        packed("xz", "xz", "a.csv.xz", lzma.compress(TEXT), "no yes no", more="tests/test_compression.py::test_many_members[xz]"),
        packed("lz4", "lz4 frames", "a.csv.lz4", LZ4, "no yes part", more="tests/test_compression.py::test_many_members[lz4]"),
        packed("zip", "a file in a zip archive", "a.zip", ZIP, "no yes no", more="tests/test_archives.py::test_members_are_inputs"),
    ],
    "Sets of files": [
        Feature("globs", "globs", {"a.csv": b"a,b\n1,x\n", "b.csv": b"a,b\n2,y\n"}, AB, COLUMNS, "no yes yes", inputs="*.csv",
                more="tests/test_cli.py::test_globs_and_directories_are_sorted_by_bytes"),
        Feature("other-order", "columns by name, in another order in each file", {"a.csv": b"a,b\n1,x\n", "b.csv": b"b,a\ny,2\n"}, AB, COLUMNS,
                "no yes no", inputs="*.csv", more="tests/test_infer.py::test_columns_by_name_may_stand_in_another_order"),
        Feature("missing-columns", "columns that a file lacks as null", {"a.csv": b"a,b\n1,x\n", "b.csv": b"a,c\n2,7\n"},
                [(1, "x", None), (2, None, 7)], ["--columns", "a:int64,b:string,c:int64", "--header", "--missing-columns", "null"], "no yes no",
                inputs="*.csv", more="tests/test_sets.py::test_union_by_name"),
        Feature("filename", "a column of the file's name", {"a.csv": b"a\n1\n"}, [(1, "a.csv")],
                ["--columns", "a:int64", "--header", "--filename-column", "f"], "no yes part", base_names=True,
                more="tests/test_sets.py::test_added_columns_are_exact"),
        Feature("hive", "columns of `name=value` folders", {"d=5/a.csv": b"a\n1\n"}, [(1, 5)],
                ["--columns", "a:int64,d:int64", "--header", "--hive-input"], "no yes yes", also=([(1, "5")],),
                more="tests/test_sets.py::test_hive_input"),
        Feature("record-numbers", "a column of record numbers", TEXT, [(1, "x", 1), (2, "y", 2)], [*COLUMNS, "--record-number-column", "n"],
                "no not_said no", also=([(1, 1, "x"), (2, 2, "y")],), more="tests/test_sets.py::test_added_columns_are_exact"),
        Feature("line-numbers", "a column of line numbers", b'a,b\n1,"x\n"\n2,y\n', [(1, "x\n", 2), (2, "y", 4)],
                [*COLUMNS, "--line-number-column", "n"], "no no no", more="tests/test_sets.py::test_added_columns_are_exact"),
        Feature("remote", "files of a web server or object store", {}, [], [], "part yes yes",
                more="tests/test_remote.py::test_the_same_as_a_file"),
    ],
    "Faults": [
        Feature("rejects", "bad values listed with their line, the other records read", b"a,b\n1,x\nz,y\n3,z\n", [(1, "x"), (3, "z")],
                [*COLUMNS, "--rejects", "rejects.jsonl"], "no yes part", more="tests/cases/test_cases.py::test_rejects_lie_where_they_say"),
    ],
    "Found without a declaration": [
        Feature("found-delimiter", "the delimiter", b"a;b\n1;x\n2;y\n", AB, [], "yes no no", more="tests/test_sniff.py::test_generated_dialects"),
        Feature("found-delimiter-bytes", "a delimiter of two bytes", b"a||b\n1||x\n2||y\n", AB, [], "no no no",
                more="tests/test_sniff.py::test_delimiter"),
        Feature("found-decimal-comma", "decimal commas and points between thousands", b"a;b\n1,5;1.234,5\n2,25;7,5\n",
                [(1.5, 1234.5), (2.25, 7.5)], [], "no no no", more="tests/test_infer.py::test_marks_of_numbers"),
        Feature("found-preamble", "lines before the table", b"made by hand\n\na;b;c\n1;x;2\n2;y;3\n3;y;3\n", [(1, "x", 2), (2, "y", 3), (3, "y", 3)],
                [], "yes no no", more="tests/test_sniff.py::test_generated_dialects"),
        Feature("leading-zeros", "leading zeros make text", b"a,b\n1,007\n2,042\n3,100\n", [(1, "007"), (2, "042"), (3, "100")], [],
                "yes not_said not_said", more="tests/test_infer.py::test_rule"),
        Feature("wide-integers", "integers beyond 64 bits keep their digits", b"a,b\n1,123456789012345678901234567890\n2,1\n3,2\n",
                [(1, Decimal("123456789012345678901234567890")), (2, Decimal(1)), (3, Decimal(2))], [], "no no not_said",
                also=([(1, 123456789012345678901234567890), (2, 1), (3, 2)],
                      [(1, "123456789012345678901234567890"), (2, "1"), (3, "2")]), more="tests/test_infer.py::test_rule"),
        Feature("late-value", "a late value widens its column, earlier digits kept", b"a,b\n" + b"1,2.50\n" * 300_000 + b"1,x\n",
                [(1, "2.50")] * 300_000 + [(1, "x")], [], "yes no yes", more="tests/test_infer.py::test_late_surprise"),
        Feature("null-spellings", "`NA` null among numbers, text among texts", b"a,b\n1,NA\nNA,x\n3,y\n", [(1, "NA"), (None, "x"), (3, "y")], [],
                "no no no", also=([(1.0, "NA"), (None, "x"), (3.0, "y")],), more="tests/test_infer.py::test_rule"),
        Feature("units-row", "a row of units below the names", b"a,b\nm,s\n1,2\n3,4\n5,6\n", [(1, 2), (3, 4), (5, 6)], None, "no no no"),
        Feature("row-names", "a header with one name fewer (R's write.table)", b'"a" "b"\n"1" 1 "x"\n"2" 2 "y"\n"3" 3 "z"\n',
                [("1", 1, "x"), ("2", 2, "y"), ("3", 3, "z")], [], "not_said no no",
                also=([(1, 1, "x"), (2, 2, "y"), (3, 3, "z")], [(1, "x"), (2, "y"), (3, "z")]),
                more="tests/programs/test_programs.py::test_header_without_the_name_of_the_row_numbers"),
    ],
}
ALL = [feature for features in GROUPS.values() for feature in features]
