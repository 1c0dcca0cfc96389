"""Files as other programs write them (README.md says which and how), against the table that they were made from.

Each file is read twice: without a flag, where the values must be those of its text, or the run must be refused with the
flag to add; and with what docs/dialects.md and docs/types.md offer, where the values must be those of the table, but for
what the writing program lost itself.
"""
import datetime
import json
import os
from dataclasses import dataclass, field
from decimal import Decimal

import pyarrow as pa
import pytest

from programs import truth
from support import outcome, program

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {"id": "int64", "amount": "int64", "price": "decimal(12,2)", "ratio": "float64", "name": "string",
         "code": "string", "day": "date", "at": "timestamp[us]", "ok": "bool", "note": "string"}
TEXTS = ("name", "code", "note")
ARROW = {"int64": pa.int64(), "decimal(12,2)": pa.decimal128(12, 2), "float64": pa.float64(), "string": pa.string(),
         "date": pa.date32(), "timestamp[us]": pa.timestamp("us"), "timestamp[us, UTC]": pa.timestamp("us", "UTC"),
         "bool": pa.bool_(), "decimal(19,0)": pa.decimal128(19, 0)}


def each(function):
    """A change of all values of a column but its nulls."""
    return lambda values: [None if value is None else function(value) for value in values]


def at_ids(changes):
    """A change of the values in the rows of these ids."""
    return lambda values: [changes.get(i, value) for i, value in enumerate(values, 1)]


def both(*changes):
    def change(values):
        for one in changes:
            values = one(values)
        return values
    return change


NO_EMPTY = each(lambda value: value or None)  # the file does not tell "" from null
NULL_AS = lambda word: lambda values: [word if value is None else value for value in values]
AS_IS = lambda values: values
AS_FLOAT = ("float64", each(float))
UTC = each(lambda value: value.replace(tzinfo=datetime.timezone.utc))


@dataclass
class Case:
    file: str
    # Without a flag: column -> (type, change) where they are not TYPES and the table's; or words of the refusal.
    found: dict = field(default_factory=dict)
    refused: tuple = ()
    names: bool = True  # the file has a header
    flags: tuple = ()
    # Declared: column -> change, for what the program that wrote the file lost; column -> keys of the schema file.
    lost: dict = field(default_factory=dict)
    keys: dict = field(default_factory=dict)
    types: dict = field(default_factory=dict)
    keep: object = None  # ids of the rows that the file holds
    columns: tuple = truth.NAMES  # those of the file, in its order; a name that the table has not is not compared
    code: int = 0


CASES = []
TABS = ("--delimiter", r"\t", "--quote", "none", "--no-header", "--nulls", r"\N")
COMMON = {"price": AS_FLOAT}
EMPTY = {name: NO_EMPTY for name in TEXTS}
EMPTY_FOUND = {name: ("string", NO_EMPTY) for name in TEXTS}
WORDS = lambda true, false: ("string", each(lambda value: true if value else false))
BIT = ("int64", each(int))
SHORT = at_ids({8: 0.3, 11: 3.14159265358979})  # 15 digits
R_LOST = {"amount": at_ids({4: 9007199254740992, 7: 123456789012345680, 8: -9223372036854775808}), "ratio": SHORT}
FWRITE_AMOUNT = at_ids({4: 9007199254740990, 7: 123456789012346000, 8: -9223372036854780000})

for file, more in {"pandas_to_csv.csv": EMPTY_FOUND, "python_excel.csv": EMPTY_FOUND, "python_excel_tab.tsv": EMPTY_FOUND,
                   "polars_write_csv.csv": {}, "pyarrow_write_csv.csv": {}, "duckdb_copy.csv": {}}.items():
    CASES.append(Case(file, {**COMMON, **more}, lost={name: change for name, (_, change) in more.items()},
                      flags=("--delimiter", r"\t" if file.endswith("tsv") else ",", "--header")))

CASES += [
    Case("postgres_copy.csv", {**COMMON, "ok": WORDS("t", "f")}, flags=("--header",)),
    # quotes around all: null is "" there, which text columns keep as the empty text
    Case("pandas_index.csv", {**COMMON, **EMPTY_FOUND, "index": ("int64", AS_IS)}, names=False, columns=("index", *truth.NAMES),
         flags=("--skip-rows", "1", "--no-header"), lost=EMPTY, types={"index": "int64"}),
    Case("python_unix.csv", {**COMMON, **{name: ("string", NULL_AS("")) for name in TEXTS}}, flags=("--header",),
         lost={name: NULL_AS("") for name in TEXTS}),
    Case("sqlite_mode.csv", {**COMMON, "ok": BIT, "ratio": ("float64", SHORT)}, flags=("--header",), lost={"ratio": SHORT}),
    Case("r_write_csv.csv", {**COMMON, **{name: ("string", NULL_AS("NA")) for name in TEXTS},
                             "amount": ("int64", R_LOST["amount"]), "ratio": ("float64", SHORT)},
         flags=("--header", "--nulls", "NA"), lost=R_LOST),
    # row numbers in quotes, and a comma before fractions
    Case("r_write_csv2.csv", {**COMMON, **{name: ("string", NULL_AS("NA")) for name in TEXTS}, "row": ("int64", AS_IS),
                              "amount": ("int64", R_LOST["amount"]), "ratio": ("float64", SHORT)},
         names=False, columns=("row", *truth.NAMES), lost=R_LOST, types={"row": "int64"},
         flags=("--delimiter", ";", "--skip-rows", "1", "--no-header", "--nulls", "NA", "--decimal", ",")),
    # beyond int64, so a decimal
    Case("r_fwrite.csv", {**COMMON, "amount": ("decimal(19,0)", both(FWRITE_AMOUNT, each(Decimal))),
                          "ratio": ("float64", SHORT), "at": ("timestamp[us, UTC]", UTC)},
         flags=("--header",), types={"at": "timestamp[us, UTC]", "amount": "decimal(19,0)"},
         lost={"amount": both(FWRITE_AMOUNT, each(Decimal)), "ratio": SHORT, "at": UTC}),
]

# Escapes, and \N. Backslashes as databases write them are refused; other ones stay, and in text columns \N is text and told.
HIVE = lambda values: [None if value == "" else "\\N" if value is None else value for value in values]
CASES += [
    Case("postgres_copy.txt", refused=("--escape", "backslash"), names=False, flags=(*TABS, "--escape", "\\", "--escape-style", "c")),
    # the client writes NULL without quotes, and backslashes as COPY does
    Case("mariadb_batch.txt", refused=("--escape", "backslash"),
         flags=("--delimiter", r"\t", "--quote", "none", "--header", "--escape", "\\", "--escape-style", "c", "--nulls", "NULL"),
         lost={"note": at_ids({12: None})}),
    Case("psql_unaligned.txt", refused=("--rejects",), flags=("--delimiter", "|", "--quote", "none", "--header", "--rejects", "rejects.csv"),
         keep=[i for i in range(1, 21) if i not in (4, 8, 16)], code=1, lost=EMPTY),
    Case("mariadb_outfile.txt", refused=("--escape",), names=False, flags=(*TABS, "--escape", "\\")),
    Case("spark_write.csv", refused=("--escape",), flags=("--header", "--escape", "\\", "--escape-style", "quoted"),
         lost={"name": at_ids({11: "spaces"})}),
    Case("r_write_table.txt", refused=("--escape",), names=False, columns=("row", *truth.NAMES), lost=R_LOST,
         keep=[i for i in range(1, 21) if i not in (6, 17, 19)],
         flags=("--delimiter", " ", "--escape", "\\", "--skip-rows", "1", "--no-header", "--nulls", "NA")),
    Case("hive_imitation.txt", {**COMMON, **{name: ("string", HIVE) for name in TEXTS}},
         names=False, keep=[i for i in range(1, 21) if i not in (4, 16)],
         flags=("--delimiter", r"\x01", "--quote", "none", "--no-header", "--nulls", r"\N"),
         lost={"name": at_ids({17: None})}),  # \N as text: without escapes the file does not tell it from null
]

# Spreadsheets
GENERAL = at_ids({4: 9.0072e15, 7: 1.23457e17, 8: -9.22337e18})
GENERAL_RATIO = at_ids({8: 0.3, 9: 6.02214e23, 11: 3.14159265358979})
US_DAY = each(lambda value: f"{value.month}/{value.day}/{value.year}")
US_AT = each(lambda value: f"{value.month}/{value.day}/{value.year} {value:%H:%M:%S}")
DE_DAY, DE_AT = each(lambda value: f"{value:%d.%m.%Y}"), each(lambda value: f"{value:%d.%m.%Y %H:%M:%S}")
US = {**COMMON, **EMPTY_FOUND, "amount": ("float64", both(GENERAL, each(float))), "ratio": ("float64", GENERAL_RATIO),
      "day": ("string", US_DAY), "at": ("string", US_AT)}
US_LOST = {**EMPTY, "amount": both(GENERAL, each(float)), "ratio": GENERAL_RATIO, "price": each(float)}
US_KEYS = {"day": 'format = "%m/%d/%Y"', "at": 'format = "%m/%d/%Y %H:%M:%S"'}
US_TYPES = {"amount": "float64", "price": "float64"}
DE_KEYS = {"day": 'format = "%d.%m.%Y"', "at": 'format = "%d.%m.%Y %H:%M:%S"',
           "ok": 'true_values = ["WAHR"]\nfalse_values = ["FALSCH"]'}
LO_AMOUNT = both(at_ids({4: 9.00719925474099e15, 7: 1.23456789012346e17, 8: -9.22337203685478e18}), each(float))
LO_NAME, LO_AT = at_ids({7: "tabhere"}), at_ids({3: datetime.datetime(1969, 7, 20, 20, 17, 39)})
GERMAN = {**COMMON, **EMPTY_FOUND, "day": ("string", DE_DAY), "at": ("string", DE_AT), "ok": WORDS("WAHR", "FALSCH"),
          "ratio": ("float64", GENERAL_RATIO), "amount": ("float64", both(GENERAL, each(float)))}
CASES += [
    Case("excel_utf8_imitation.csv", US, flags=("--header",), lost=US_LOST, keys=US_KEYS, types=US_TYPES),
    Case("excel_unicode_text_imitation.txt", US, flags=("--header", "--delimiter", r"\t"), lost=US_LOST, keys=US_KEYS,
         types=US_TYPES),
    Case("excel_german_imitation.csv", GERMAN, flags=("--header", "--delimiter", ";", "--encoding", "windows-1252",
                                                       "--decimal", ","), lost=US_LOST, keys=DE_KEYS, types=US_TYPES),
    Case("libreoffice_german.csv", {**GERMAN, "amount": ("float64", LO_AMOUNT), "ratio": ("float64", SHORT),
                                    "at": ("string", both(LO_AT, DE_AT)),
                                    "name": ("string", both(LO_NAME, NO_EMPTY))},
         flags=("--header", "--delimiter", ";", "--decimal", ","), keys=DE_KEYS, types=US_TYPES,
         lost={**EMPTY, "name": both(LO_NAME, NO_EMPTY), "at": LO_AT, "price": each(float), "ratio": SHORT,
               "amount": LO_AMOUNT}),
]

# Statistics, loggers, portals, logs
SAS_AT = each(lambda value: f"{value:%d%b%y:%H:%M:%S}".upper())
SAS = [i for i in range(1, 21) if i not in (4, 7, 8)]
TIMED = [i for i, value in enumerate(truth.column("at"), 1) if value]
PORTAL_NAME = lambda values: [(value or "").split("\n")[0].strip().replace('"', "") or "ohne Angabe" for value in values]
CASES += [
    Case("sas_proc_export_imitation.csv", {**COMMON, **EMPTY_FOUND, "ok": BIT, "at": ("string", SAS_AT),
                                           "day": ("string", each(lambda value: f"{value:%d%b%Y}".upper()))},
         keep=SAS, flags=("--header",), lost=EMPTY, keys={"day": 'format = "%d%b%Y"', "at": 'format = "%d%b%y:%H:%M:%S"'}),
    Case("logger_toa5_imitation.dat", refused=("--skip-after-header 2", "units"), keep=TIMED,
         names=False, columns=("at", "id", "amount", "price", "ratio"),
         flags=("--skip-rows", "1", "--header", "--skip-after-header", "2", "--nulls", "NAN")),
    Case("portal_imitation.csv", refused=("--rejects",), columns=("id", "name", "day", "amount", "price"), code=1,
         flags=("--delimiter", ";", "--skip-rows", "3", "--header", "--encoding", "windows-1252", "--decimal", ",",
                "--thousands", ".", "--rejects", "rejects.csv"), lost={"name": PORTAL_NAME},
         keys={"day": 'format = "%d.%m.%Y"\nnulls = ["..."]', "amount": 'nulls = ["."]\nthousands = "none"',
               "price": 'nulls = ["-"]'}),
    Case("apache_combined_imitation.log", refused=("--escape",), names=False, keep=TIMED,
         columns=("host", "ident", "user", "at", "zone", "request", "status", "bytes", "referer", "note"),
         flags=("--delimiter", " ", "--escape", "\\", "--escape-style", "c", "--no-header"), keys={"at": 'format = "[%d/%b/%Y:%H:%M:%S"'},
         lost={"note": lambda values: [value or "-" for value in values]}),
]
NAMES_IN_FILE = {"portal_imitation.csv": {"id": "Kennziffer", "name": "Gemeinde", "day": "Stichtag", "amount": "Menge",
                                          "price": "Preis in €"},
                 "logger_toa5_imitation.dat": {"at": "TIMESTAMP", "id": "RECORD"}}


PARAMS = [pytest.param(case, id=case.file) for case in CASES]


def expected(case, name, change):
    numbers = {"row": list(range(1, 21)), "index": list(range(20))}  # what R and pandas add
    values = numbers[name] if name in numbers else change(truth.column(name))
    return [value for i, value in enumerate(values, 1) if case.keep is None or i in case.keep]


def assert_column(table, index, kind, want, name):
    got = table.column(index)
    assert got.type == ARROW[kind], f"{name}: {got.type}, not {kind}"
    got, want = outcome.plain_values(got), outcome.plain_values(pa.array(want, ARROW[kind]))
    wrong = [(i, a, b) for i, (a, b) in enumerate(zip(got, want)) if a != b]
    assert not wrong and len(got) == len(want), f"{name}: (row, ours, the file's) {wrong[:5]}, {len(got)} of {len(want)}"


def test_files_and_cases_are_the_same():
    files = [name for name in os.listdir(HERE) if not name.endswith((".py", ".md")) and name != "__pycache__"]
    assert sorted(files) == sorted(case.file for case in CASES)
    with open(os.path.join(HERE, "README.md"), encoding="utf-8") as readme:
        text = readme.read()
    assert all(f"`{name}`" in text and os.path.getsize(os.path.join(HERE, name)) < 20_000 for name in files)


@pytest.mark.parametrize("case", PARAMS)
def test_without_a_flag(case, scratch):
    """The values of the file's text, each in the narrowest type that gives it back; or a refusal that helps."""
    out = os.path.join(scratch, "x.parquet")
    done = program.run("ingest", os.path.join(HERE, case.file), "-o", out)
    if case.refused:
        assert done.code == 2 and not os.path.exists(out), done
        for word in case.refused:
            assert word in done.stderr, done
        return
    assert done.code == 0, done
    table = outcome.read_table(out)
    assert table.num_columns == len(case.columns), done
    if case.names:
        assert table.column_names == list(case.columns)
    for i, name in enumerate(case.columns):
        kind, change = case.found.get(name) or (TYPES[name], AS_IS)
        assert_column(table, i, kind, expected(case, name, change), name)


@pytest.mark.parametrize("case", PARAMS)
def test_declared(case, scratch):
    """The values of the table, but for what the writing program lost."""
    names = NAMES_IN_FILE.get(case.file, {})
    schema, out = os.path.join(scratch, "schema.toml"), os.path.join(scratch, "x.parquet")
    with open(schema, "w", encoding="utf-8") as file:
        file.write("format = 1\n")
        for name in case.columns:
            kind = case.types.get(name) or TYPES.get(name, "string")
            file.write(f"\n[[column]]\nname = {json.dumps(names.get(name, name), ensure_ascii=False)}\n"
                       f"type = \"{kind}\"\n{case.keys.get(name, '')}\n")
    flags = [os.path.join(scratch, flag) if flag == "rejects.csv" else flag for flag in case.flags]
    done = program.run("ingest", os.path.join(HERE, case.file), "-o", out, "--schema", schema, *flags)
    assert done.code == case.code, done
    table = outcome.read_table(out)
    for i, name in enumerate(case.columns):
        if name in truth.NAMES:
            kind = case.types.get(name) or TYPES[name]
            assert_column(table, i, kind, expected(case, name, case.lost.get(name, AS_IS)), name)


@pytest.mark.parametrize("file,spelling,times", [
    ("hive_imitation.txt", r"\N", {"name": 2, "code": 1, "note": 1}), ("r_write_csv.csv", "NA", {"name": 1, "code": 1, "note": 1}),
    ("r_write_csv2.csv", "NA", {"name": 1, "code": 1, "note": 1})])
@pytest.mark.parametrize("mode", ["sample", "full"])
def test_nulls_that_text_columns_keep_are_told(file, spelling, times, mode, scratch):
    """On standard error, in the report and by sniff: the spelling, how often it stands there, and --nulls."""
    out, report = os.path.join(scratch, "x.parquet"), os.path.join(scratch, "r.json")
    path = os.path.join(HERE, file)
    done = program.run("ingest", path, "-o", out, "--report", report, "--infer", mode)
    sniffed = program.run("sniff", path, "--infer", mode).stdout.decode()
    with open(report, encoding="utf-8") as text:
        reasons = {column["column"]: column["reason"] for column in json.load(text)["inferred"]}
    table = outcome.read_table(out)
    columns = next(list(case.columns) for case in CASES if case.file == file)
    for i, name in enumerate(columns):
        if name not in times:
            continue
        told = f"{spelling} {times[name]} time"
        assert told in reasons[table.column_names[i]] and "--nulls" in reasons[table.column_names[i]], reasons
        assert told in done.stderr and "--nulls" in done.stderr and told in sniffed, done
        quoted = 1 if spelling == "NA" and name != "note" else 0  # the text, which R quotes
        assert table.column(i).to_pylist().count(spelling) == times[name] + quoted
    declared = program.run("ingest", path, "-o", out, "--overwrite", "--nulls", "," + spelling)
    assert declared.code == 0 and outcome.read_table(out).column(columns.index("note"))[1].as_py() is None, declared


@pytest.mark.parametrize("flags", [("--escape", "none"), ("--escape", "\\")])
def test_escapes_that_nobody_declared(flags, scratch):
    """Refused with the flags to add, of which each reads the file by its own rules."""
    path, out = os.path.join(HERE, "postgres_copy.txt"), os.path.join(scratch, "x.parquet")
    done = program.run("ingest", path, "-o", out)
    assert done.code == 2 and "--escape none" in done.stderr and "--escape '\\'" in done.stderr and not os.path.exists(out), done
    assert program.run("ingest", path, "-o", out, *flags).code == 0
    kept = outcome.read_table(out).column(9)[5].as_py()
    assert kept == ("C:\\\\new\\\\table" if flags[1] == "none" else "C:\\new\\table")


def test_quoted_spellings_of_null_are_text_and_not_told(scratch):
    path = os.path.join(scratch, "a.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write('a,b\n' + '1,"NA"\n2,x\n' * 10)
    assert b"--nulls" not in program.run("sniff", path).stdout


@pytest.mark.parametrize("lines,told", [(["a\tb", "1\tC:\\temp", "2\tx"], "backslashes are kept as text"), (["a\tb", "1\tC:\\dir", "2\tx"], "")])
def test_backslashes_of_paths_are_text(lines, told, scratch):
    path = os.path.join(scratch, "a.tsv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    done = program.run("sniff", path)
    assert done.code == 0 and (told in done.stdout.decode() if told else "backslash" not in done.stdout.decode()), done


@pytest.mark.parametrize("flags", [["--skip-after-header", "2"], ["--header-rows", "3"]], ids=["dropped", "in the names"])
def test_types_found_below_units(flags, scratch):
    """Names, units and kinds of a logger, with the flags for them: the types are those of the values."""
    out = os.path.join(scratch, "x.parquet")
    path = os.path.join(HERE, "logger_toa5_imitation.dat")
    done = program.run("ingest", path, "-o", out, "--skip-rows", "1", "--header", *flags, "--nulls", "NAN")
    assert done.code == 0, done
    table = outcome.read_table(out)
    names = ["TIMESTAMP", "RECORD", "amount", "price", "ratio"]
    joined = ["TIMESTAMP_TS", "RECORD_RN", "amount_Smp", "price_EUR_Avg", "ratio_m/s_Avg"]
    assert table.column_names == (joined if "--header-rows" in flags else names)
    for i, (name, kind) in enumerate((("at", "timestamp[us]"), ("id", "int64"), ("amount", "int64"), ("price", "float64"), ("ratio", "float64"))):
        want = [value for value, at in zip(truth.column(name), truth.column("at")) if at]
        want = [value if value is None else float(value) for value in want] if kind == "float64" else want
        assert_column(table, i, kind, want, name)


@pytest.mark.parametrize("nulls", [[], ["--nulls", r"\N"]], ids=["default", "declared"])
def test_types_found_with_an_escape(nulls, scratch):
    """Columns of numbers and times in which \\N stands; without --nulls the letter N even takes its place."""
    out = os.path.join(scratch, "x.parquet")
    done = program.run("ingest", os.path.join(HERE, "postgres_copy.txt"), "-o", out, "--escape", "\\", *nulls)
    table = outcome.read_table(out)
    kinds = {0: "int64", 1: "int64", 2: "float64", 3: "float64", 6: "date", 7: "timestamp[us]"}
    assert {i: table.schema.field(i).type for i in kinds} == {i: ARROW[kind] for i, kind in kinds.items()}, done
    assert table.column(1)[2].as_py() is None


def test_header_without_the_name_of_the_row_numbers(scratch):
    """write.table(data.frame(a = 1:4, b = c("x", "y", "z", "z")), "rt.txt")"""
    path, out = os.path.join(scratch, "rt.txt"), os.path.join(scratch, "x.parquet")
    with open(path, "w", encoding="utf-8") as file:
        file.write('"a" "b"\n"1" 1 "x"\n"2" 2 "y"\n"3" 3 "z"\n"4" 4 "z"\n')
    done = program.run("ingest", path, "-o", out)
    assert "--header" in done.stderr or outcome.read_table(out).column_names[1:] == ["a", "b"], done
