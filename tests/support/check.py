"""Compares what the program left with what the oracle says."""
import os

import pyarrow as pa

from support import outcome


def assert_table(path, columns, types):
    """`columns` maps names to plain values (support.outcome), in order."""
    table = outcome.read_table(path)
    assert table.column_names == list(columns)
    scale = {}
    for name, kind in types.items():
        got, want = table.schema.field(name).type, outcome.arrow_type(kind)
        if path.endswith(".parquet") and kind.startswith(("timestamp[s", "time[s")):  # Parquet knows no seconds
            want = outcome.arrow_type(kind.replace("[s", "[ms"))
            scale[name] = 1000
        assert got == want or (pa.types.is_dictionary(want) and pa.types.is_dictionary(got)), f"{name}: {got}, not {want}"
    for name, want in columns.items():
        want = [value and value * scale[name] for value in want] if name in scale else want
        got = outcome.plain_values(table.column(name))
        if got != want:
            at = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b), min(len(got), len(want)))
            raise AssertionError(f"column {name}, row {at}: {got[at:at + 1]}, not {want[at:at + 1]} "
                                 f"({len(got)} values, not {len(want)})")
    return table


def assert_rejects(path, wanted):
    """`wanted` are rejects of the reference reader."""
    got = outcome.read_rejects(path) if path and os.path.exists(path) else []
    keys, want_keys = outcome.reject_keys(got, True), outcome.reject_keys(wanted, True)
    if keys != want_keys:
        at = next((i for i, (a, b) in enumerate(zip(keys, want_keys)) if a != b), min(len(keys), len(want_keys)))
        raise AssertionError(f"reject {at}: {keys[at:at + 1]}, not {want_keys[at:at + 1]} "
                             f"({len(keys)} rejects, not {len(want_keys)})")
    for row, want in zip(got, wanted):
        assert row["raw_length"] == want["raw_length"], (row, want)
        assert row["raw"] == want["raw"], (row, want)
        assert row["rejected"] == want["rejected"], (row, want)
        assert row["reason"] and list(row) == outcome.REJECT_COLUMNS, row
    return got


def assert_report(report, result, files):
    """The report's figures against the reference's and against each other."""
    for key in ("rows_read", "rows_written", "rows_rejected", "rows_skipped", "values_nulled"):
        assert report[key] == getattr(result, key), f"{key}: {report[key]}, not {getattr(result, key)}"
    assert report["rows_read"] == report["rows_written"] + report["rows_rejected"] + report["rows_skipped"]
    if result.bytes_read:  # of the reader, which knows more than a generator
        for key in ("padded", "truncated", "collected", "lenient"):
            assert report[f"records_{key}"] == result.bent[key], f"records_{key}: {report}, not {result.bent}"
            assert report[f"records_{key}"] == sum(file[f"records_{key}"] for file in report["files"]), report["files"]
    assert report["bytes_read"] == sum(len(data) for data in files)


def exit_code(result):
    return 1 if result.rows_rejected or result.values_nulled else 0
