"""DuckDB's CSV reads and rejects, with its dialects declared."""
import os

import pytest

from oracle.reference import Dialect
from suites import common
from support import outcome
from support.job import Config, Job, assert_same, smallest_unit

STRAY = "stray quotes are faults of their record here, never kept as text"
LEFT_OUT = {
    "duckdb-0245": "the file is UTF-16 and says so by its mark: it is read as such",
    "duckdb-0788": "digits beyond a decimal's scale are bad values here, never rounded away",
    "duckdb-0663": STRAY, "duckdb-1019": STRAY,
    "duckdb-0862": "surplus fields are a fault of their record here, never dropped",
    "duckdb-0726": "comments stand at the start of a line here",
    "duckdb-0494": "an LF in a file of CR terminators is data here",
    "duckdb-0915": "a lone CR among CR LF terminators is data here",
    "duckdb-0921": "CR CR LF is CR LF with a CR in the value here",
}
# What DuckDB found out by itself, where the case does not say it.
DECLARED = {
    "duckdb-0224": {"columns": {"a": "VARCHAR", "b": "VARCHAR", "c": "VARCHAR"}, "header": False, "delimiter": "|"},
    "duckdb-0903": {"columns": {"name": "VARCHAR", "Date": "VARCHAR", "height": "BIGINT"}, "header": True},
}
# Spaces before numbers and dates are bad values here: more records are rejected than there, and these are among them.
SPACES = "spaces before numbers and dates are bad values here: DuckDB's rejects are among ours"
EMPTY_LAST = "a delimiter at the end of a record is one more field here, so all records are rejected"
TYPES = {"VARCHAR": "string", "DOUBLE": "float64", "BIGINT": "int64", "INTEGER": "int32", "SMALLINT": "int16", "DATE": "date"}
WORDS = {"invalid_utf8": "UTF-8", "cast": "line", "too_many_or_few_columns": "fields", "line_too_long": "--max-record-bytes"}


# Options of a case -> flags, for what the Dialect of the slow reader does not know.
FLAGS = {"escape": "--escape", "encoding": "--encoding", "decimal_separator": "--decimal", "thousands_separator": "--thousands"}


def plan(case):
    """Columns, dialect, path, kinds of columns and further flags of a case."""
    options = {**(case["dialect"] or {}), **case["options"], **DECLARED.get(case["id"], {})}
    path = os.path.join(common.folder("duckdb"), case["input"])
    with open(path, "rb") as file:
        first = file.read().split(b"\n")
    header, skip = bool(options.get("header")), options.get("skip_lines", 0)
    names = list(options["columns"])
    if header and not options.get("comment") and first[skip].rstrip(b"\r").decode("utf-8", "replace").split(
            options.get("delimiter") or ",") != names:
        header, skip = False, skip + 1  # names of the case's own: by position
    quote = options.get("quote", '"')
    limit = options.get("max_line_bytes")
    dialect = Dialect(delimiter=(options.get("delimiter") or ",").encode(), quote=quote.encode(), header=header, skip_rows=skip,
                      comment=options.get("comment", "").encode(),
                      nulls=tuple(text.encode() for text in options.get("null_texts", [""])))
    if limit:
        dialect = Dialect(**{**dialect.__dict__, "max_record_bytes": limit})
    columns = ",".join(f"{name}:{TYPES[kind]}" for name, kind in options["columns"].items())
    flags = [word for key, flag in FLAGS.items() if options.get(key) and options[key] != quote for word in (flag, options[key])]
    return columns, dialect, path, [TYPES[kind] for kind in options["columns"].values()], flags


def value(text, kind):
    if text is None:
        return None
    return float(text) if kind == "float64" else int(text) if kind.startswith("int") else text


def rows_of(path):
    table = outcome.read_table(path)
    columns = [[v.isoformat() if hasattr(v, "isoformat") else v for v in column.to_pylist()] for column in table.columns]
    return [list(row) for row in zip(*columns)]


CONFIGS = [Config(1), Config(2, "1", common.LEVELS[0], "64"), Config(8, "7", common.LEVELS[-1], "64")]


def runs(scratch, columns, dialect, path, flags, on_error):
    unit = smallest_unit()
    configs = [c if int(unit) <= 64 or not c.unit else Config(c.workers, c.chunk, c.simd, unit) for c in CONFIGS]
    outcomes = Job(scratch, [path], columns, dialect, on_error=on_error, flags=flags).run_all(configs)
    assert_same(outcomes)
    return outcomes[0]


def test_cases_are_known():
    suite = common.need("duckdb")
    ids = [case["id"] for case in suite["reads"] + suite["rejects"]]
    common.assert_known("duckdb", ids, LEFT_OUT)
    common.tell("duckdb", len(ids) - len(LEFT_OUT), LEFT_OUT)


@pytest.mark.parametrize("case", common.cases_of("duckdb", "reads"))
def test_read(case, scratch):
    if case["id"] in LEFT_OUT:
        pytest.skip(LEFT_OUT[case["id"]])
    columns, dialect, path, kinds, flags = plan(case)
    expect = case["expect"]
    if expect["kind"] == "error":
        done = runs(scratch, columns, dialect, path, flags, "fail")
        assert done.run.code == 2 and WORDS[expect["error"]] in done.run.stderr, done.run
        assert not os.path.exists(done.output)
        return
    done = runs(scratch, columns, dialect, path, flags, "skip" if case["options"].get("ignore_errors") else "fail")
    assert done.run.code == (1 if done.report["rows_rejected"] else 0), done.run
    got = rows_of(done.output)
    if expect["kind"] == "row_count":
        assert len(got) == expect["rows"]
        return
    assert got == [[value(text, kind) for text, kind in zip(row, kinds)] for row in expect["rows"]]


@pytest.mark.parametrize("case", common.cases_of("duckdb", "rejects"))
def test_rejects(case, scratch):
    columns, dialect, path, kinds, flags = plan(case)
    expect = case["expect"]
    done = runs(scratch, columns, dialect, path, flags, "quarantine")
    assert done.run.code == 1, done.run
    got = {(r["line"], r["offset"], r["raw"]) for r in outcome.read_rejects(done.rejects)}
    want = {(r["line"], r["record_offset"], bytes.fromhex(r["raw_hex"]) if "raw_hex" in r else r["raw"].encode())
            for r in expect["rejected_records"]}
    with open(path, "rb") as file:
        data = file.read()
    for _, offset, raw in got:
        assert data[offset:offset + len(raw)] == raw
    reason = SPACES if b", 2" in data else EMPTY_LAST if case["id"] == "duckdb-reject-08" else None
    if reason:
        assert want <= got, f"{reason}: {want - got}"
        return
    assert got == want
    assert done.report["rows_written"] == expect["accepted_rows"]
    if "rows" in expect:
        assert rows_of(done.output) == [[value(text, kind) for text, kind in zip(row, kinds)] for row in expect["rows"]]
