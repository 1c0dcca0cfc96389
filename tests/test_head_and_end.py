"""Headers of several rows, what is left out below them, and the last lines of files: beyond the cases of test_dialects.py."""
import gzip
import json

import pytest

from support import outcome, program
from support.message import assert_clear
from test_bad_input import Box
from test_dialects import FOOTER, T2, TWO_ROWS, UNITS, read


@pytest.fixture
def box(scratch):
    return Box(scratch)


@pytest.mark.parametrize("flags,data,skipped,columns", [
    (UNITS, b"a,a\n\nm,s\nu,v\n1,x\n2,y\n", 4, ["a", "a_2"]), (TWO_ROWS, b"#t\na,\n,\n1,x\n2,y\n", 3, ["a", "column_2"])])
def test_a_header_that_names_nothing_well(box, flags, data, skipped, columns):
    """Names that are doubled or missing: columns go by position, and all lines up to the data are skipped."""
    path = box.write("t.csv", data)
    done = program.run("ingest", path, "-o", box.out(), "--delimiter", ",", "--comment", "#", *flags)
    assert done.code == 0, done
    table = outcome.read_table(box.out())
    assert table.column_names == columns and list(outcome.plain_table(table).values()) == [[1, 2], [b"x", b"y"]]
    done = program.run("sniff", "--delimiter", ",", "--comment", "#", *flags, path)
    assert b"skip_rows = %d" % skipped in done.stdout and b"header = false" in done.stdout, done
    assert b"header_rows" not in done.stdout and b"skip_after_header" not in done.stdout, done


def test_files_with_units_agree(box):
    """The rows below the names are no data of any file; one with other names is refused."""
    for flags, head in ((UNITS, (b"a,b\nm,s\n,Avg\n", b"a,b\n,\nSmp,\n")), (TWO_ROWS, (b"a,\n,b\n", b",b\na\n"))):
        paths = [box.write(f"{i}.csv", text + row) for i, (text, row) in enumerate(zip(head, (b"1,x\n2,y\n", b"3,z\n4,w\n")))]
        done = program.run("ingest", *paths, "-o", box.out(), "--overwrite", *flags)
        assert done.code == 0, done
        assert outcome.plain_table(outcome.read_table(box.out())) == {"a": [1, 2, 3, 4], "b": [b"x", b"y", b"z", b"w"]}
    done = program.run("ingest", paths[0], box.write("c.csv", b"a,\n,c\n1,x\n"), "-o", box.out(), "--overwrite", *TWO_ROWS)
    assert_clear(done, "c.csv", "'b'")


def test_other_files_headers_are_matched(box):
    """With declared columns, names over two rows and drift between files."""
    paths = [box.write("a.csv", b"a,\n,b\nm,s\n1,x\n"), box.write("b.csv", b"b,a\n\n,\ns,m\ny,2\n")]
    done = box.ingest(paths[0], paths[1], columns="a:int8,b:string", flags=[*TWO_ROWS, "--skip-after-header", "1"])
    assert done.code == 0 and "drift" in done.stderr, done
    assert outcome.plain_table(outcome.read_table(box.out())) == {"a": [1, 2], "b": [b"x", b"y"]}


def test_a_header_over_lines(box):
    """A name may hold line ends; lines are counted on from there."""
    schema = box.write("s.toml", b'format = 1\n[dialect]\nheader = true\n[[column]]\nname = "a\\nb"\ntype = "int8"\n')
    path = box.write("a.csv", b'"a\nb","c\r\nd"\n1,2\nx,3\n')
    done = program.run("ingest", path, "-o", box.out(), "--schema", schema)
    assert_clear(done, "a.csv", "line 5")
    done = program.run("ingest", path, "-o", box.out(), "--schema", schema, "--on-error", "skip")
    assert outcome.plain_table(outcome.read_table(box.out())) == {"a\nb": [1]}


def test_an_open_quote_below_the_header(box):
    """It would take the whole file for a row of units."""
    assert_clear(box.ingest(box.write("a.csv", b'a,b\n"m,s\n1,2\n'), columns=T2, flags=UNITS), "a.csv", "below the header", "byte 4")


def test_rows_end_before_a_footer(box):
    """What stands behind the last wanted record is not read, and so not counted; the same in a stream."""
    data = b"a,b\nc,d\nTotal\n"
    for count, figures in (("1", (1, 1, 0)), ("2", (2, 2, 0)), ("3", (3, 2, 1))):
        for number, (source, stdin) in enumerate([(box.write("a.csv", data), None), ("-", data)]):
            report = box.out(f"{count}{number}.json")
            done = program.run("ingest", source, "-o", box.out(f"{count}{number}.parquet"), "--columns", T2, *FOOTER, "--rows", count,
                               "--report", report, stdin=stdin)
            assert done.code == 0, done
            with open(report, encoding="utf-8") as file:
                got = json.load(file)
            assert (got["rows_read"], got["rows_written"], got["rows_skipped"]) == figures, got


def test_a_footer_that_is_too_large(box):
    """A stream would have to hold it: the same bound in files."""
    data = b"a,b\n" + b"x" * (17 << 20) + b"\n"
    for source, stdin in ((box.write("a.csv", data), None), ("-", data), (box.write("a.csv.gz", gzip.compress(data, 1)), None)):
        done = program.run("ingest", source, "-o", box.out(), "--columns", T2, *FOOTER, stdin=stdin)
        assert_clear(done, "--skip-footer", "16 MiB")
        box.assert_nothing_written()
    assert read(box, data, ["--skip-footer", "0"], T2)[1][0][2] == "record_too_long"


def test_a_damaged_file_has_no_footer(box):
    """Nobody knows what would have been the last lines: those that were held back are part of the reject."""
    rows = b"".join(b"%d,%d\n" % (i, i * i % 9973) for i in range(200_000))
    packed = gzip.compress(rows)
    path = box.write("a.csv.gz", packed[:len(packed) // 2])
    whole = read(box, b"", ["--on-file-error", "keep"], T2, path)
    held = read(box, b"", ["--on-file-error", "keep", "--skip-footer", "3"], T2, path)
    cut = whole[1][0][3]
    assert cut and held[0] == whole[0][:-2] and len(held[1]) == 1
    record, offset, kind, raw = held[1][0]
    assert kind == "damaged_file" and record == len(held[0]) + 1
    assert raw == b"".join(b"%s,%s\n" % row for row in whole[0][-2:]) + cut
