"""What docs/dialects.md says of escapes, delimiters of several bytes, whitespace, ragged records and lenient rules, a case
for each sentence; in files, streams and compressed; through every number of workers and read size."""
import bz2
import gzip
import itertools
import json
import os

import pytest

from oracle.reference import Dialect, Reader, WHITESPACE, columns_of, dialect_flags
from support import check, outcome, program
from support.job import CHUNKS, WORKERS, Config, Job, assert_same
from support.message import assert_clear
from test_bad_input import Box

NUMBERS = itertools.count()
E = ["--escape", "\\"]
BARS = ["--delimiter", "||"]
SPACES = ["--delimiter", "whitespace"]
PAD, TRUNCATE, COLLECT = ["--short-records", "pad"], ["--long-records", "truncate"], ["--long-records", "collect"]
LENIENT = ["--lenient"]
Q, C = [*E, "--escape-style", "quoted"], [*E, "--escape-style", "c"]
FOOTER = ["--skip-footer", "1"]
HEADER, UNITS, TWO_ROWS = ["--header"], ["--header", "--skip-after-header", "2"], ["--header", "--header-rows", "2"]
T2 = "a:string,b:string"


@pytest.fixture
def box(scratch):
    return Box(scratch)


def read(box, data, flags, columns=T2, source=None, **options):
    """(rows as text, rejects as (record, field_offset, kind, raw)) of some text."""
    number = next(NUMBERS)
    path = source or box.write(f"{number}.csv", data)
    out, bad = box.out(f"{number}.parquet"), box.out(f"{number}.jsonl")
    done = box.ingest(path, out=out, columns=columns, flags=["-q", "--rejects", bad, *flags], **options)
    assert done.code in (0, 1), done
    table = outcome.plain_table(outcome.read_table(out))
    rejects = [(r["record"], r["field_offset"], r["kind"], r["raw"]) for r in outcome.read_rejects(bad)]
    assert done.code == bool(rejects), done
    return list(zip(*table.values())), rejects


# name: flags, columns, text, rows, rejects (record, field offset, kind, raw)
CASES = {
    # Delimiters of several bytes
    "several bytes": (BARS, T2, b"x||y\n1|2||3|\n", [(b"x", b"y"), (b"1|2", b"3|")], []),
    "where it first stands whole": (BARS, T2, b"a|||b\n||||||\n", [(b"a", b"|b")], [(2, 6, "too_many_fields", b"||||||")]),
    "it begins behind the field's begin": (["--delimiter", "aba"], T2, b"xababax\n", [(b"x", b"bax")], []),
    "a false start of it": (["--delimiter", "aab"], T2, b"xaaab\naab\n", [(b"xa", None), (None, None)], []),
    "tabs around a bar": (["--delimiter", r"\t|\t"], T2, b"a\t|b\t|\t|\n", [(b"a\t|b", b"|")], []),
    "a character of several bytes": (["--delimiter", "¦"], T2, "é¦Â\n".encode(), [("é".encode(), "Â".encode())], []),
    "sixteen bytes": (["--delimiter", "-=" * 8], T2, b"a" + b"-=" * 9 + b"\n", [(b"a", b"-=")], []),
    "a control byte by its number": (["--delimiter", r"\x01\x02"], T2, b"a\x01\x01\x02b\n", [(b"a\x01", b"b")], []),
    "quoted fields of it": (BARS, T2, b'"a||b"||"c""\n"\n', [(b"a||b", b'c"\n')], []),
    "half of it behind a quote": (BARS, T2, b'"a"|b||c\nd||e\n', [(b"d", b"e")], [(1, 0, "text_after_quote", b'"a"|b||c')]),
    "half of it at the end": (BARS, T2, b'a||b|\r\n"c"||d|', [(b"a", b"b|"), (b"c", b"d|")], []),
    "a comment byte inside it": (["--delimiter", "|#", "--comment", "#"], T2, b"#|#\na|#b\n", [(b"a", b"b")], []),
    # Whitespace
    "runs of whitespace": (SPACES, T2, b"a b\nc \t  d\n", [(b"a", b"b"), (b"c", b"d")], []),
    "runs around a record": (SPACES, T2, b" \ta b \t\n\tc d \r\n  e f", [(b"a", b"b"), (b"c", b"d"), (b"e", b"f")], []),
    "an empty field in quotes": (SPACES, T2, b'"" b\na  ""  \n', [(b"", b"b"), (b"a", b"")], []),
    "a line of whitespace": (SPACES, T2, b"a b\n \t \n\nc d\n", [(b"a", b"b"), (b"c", b"d")], []),
    "a line of whitespace, one column": (SPACES, "a:string", b"a\n  \nb\n", [(b"a",), (None,), (b"b",)], []),
    "comments in whitespace": ([*SPACES, "--comment", "#"], T2, b"#a b c\n \t#\"\na #b\n", [(b"a", b"#b")], []),
    "quotes and whitespace": (SPACES, T2, b'"a b"\t"c"\n', [(b"a b", b"c")], []),
    "offsets in whitespace": (SPACES, "a:string,n:int8", b"  a   xy \n", [], [(1, 6, "bad_integer", b"  a   xy ")]),
    "other spaces are text": (SPACES, T2, "a\u00a0a b\x0b\n".encode(), [("a\u00a0a".encode(), b"b\x0b")], []),
    # Escapes
    "an escaped quote": (E, T2, rb'a\"b,"c\"d"' + b"\n", [(b'a"b', b'c"d')], []),
    "an escaped quote opens nothing": (E, T2, rb'\"a,\"b' + b"\n", [(b'"a', b'"b')], []),
    "an escaped comma": (E, T2, rb'a\,b,"c\,d"' + b"\n", [(b"a,b", b"c,d")], []),
    "an escaped line feed": (E, T2, b'a\\\nb,"c\\\nd"\ne,f\n', [(b"a\nb", b"c\nd"), (b"e", b"f")], []),
    "an escaped CR before LF": (E, T2, b"a,b\\\r\nc,d\r\n", [(b"a", b"b\r"), (b"c", b"d")], []),
    "an escaped escape": (E, T2, rb'a\\,"b\\"' + b"\n", [(b"a\\", b"b\\")], []),
    "a letter stays itself": (E, T2, rb'\n,"\t\0"' + b"\n", [(b"n", b"t0")], []),
    "doubled quotes hold as well": (E, T2, rb'"a""b\"""c",d' + b"\n", [(b'a"b""c', b"d")], []),
    "an escape at the end of the file": (E, T2, b"a,b\\", [(b"a", b"b\\")], []),
    "an escape that ends the file in quotes": (E, T2, b'a,b\nc,"d\\', [(b"a", b"b")], [(2, 6, "unclosed_quote", b'c,"d\\')]),
    "an escaped last quote leaves it open": (E, T2, b'a,"b\\"\n', [], [(1, 2, "unclosed_quote", b'a,"b\\"\n')]),
    "no escape behind a closing quote": (E, T2, b'"a"\\,b\nc,d\n', [(b"c", b"d")], [(1, 0, "text_after_quote", b'"a"\\,b')]),
    "no escape of a line end behind a quote": (E, T2, b'x,"a"\\\nc,d\n', [(b"c", b"d")], [(1, 2, "text_after_quote", b'x,"a"\\')]),
    "no escapes in comments": ([*E, "--comment", "#"], T2, b"#a\\\nb,c\n\\#d,e\n", [(b"b", b"c"), (b"#d", b"e")], []),
    "no escapes in skipped rows": ([*E, "--skip-rows", "1"], T2, b"a\\\nb,c\n", [(b"b", b"c")], []),
    "another escape": (["--escape", "^"], T2, b"a^,b,^^\n", [(b"a,b", b"^")], []),
    "escapes without quotes": ([*E, "--quote", "none"], T2, b'"a\\,",b\n', [(b'"a,"', b"b")], []),
    "escapes and several bytes": ([*E, *BARS], T2, b"a\\||b||c\n|\\||d||e\n", [(b"a||b", b"c"), (b"|||d", b"e")], []),
    "escapes and whitespace": ([*E, *SPACES], T2, b"a\\ b  c\\ \n", [(b"a b", b"c ")], []),
    "a null as it stands": ([*E, "--nulls", r"\N"], T2, b"\\N,N\n\\\\N,\\n\n", [(None, b"N"), (b"\\N", b"n")], []),
    "a null is not what escapes make": ([*E, "--nulls", "NA"], T2, b"NA,N\\A\n", [(None, b"NA")], []),
    "quoted text is no null": ([*E, "--nulls", r"\N"], T2, b'"\\N",\\N\n', [(b"N", None)], []),
    "numbers have no escapes": (E, "n:int8,b:string", b"\\1,a\n2,b\n", [(2, b"b")], [(1, 0, "bad_integer", b"\\1,a")]),
    "quoted numbers have none": (E, "n:int8,b:string", b'"\\1",a\n"2",b\n', [(2, b"b")], [(1, 0, "bad_integer", b'"\\1",a')]),
    "dates have none": (E, "n:date", b"2024\\-01-01\n", [], [(1, 0, "bad_date", b"2024\\-01-01")]),
    "bools, floats and uuids have none": (E, "a:bool,b:float64,c:uuid", b"\\t,\\1.5,\\123e4567e89b12d3a456426614174000\n", [],
                                          [(1, 0, "bad_bool", b"\\t,\\1.5,\\123e4567e89b12d3a456426614174000"),
                                           (1, 3, "bad_float", b"\\t,\\1.5,\\123e4567e89b12d3a456426614174000"),
                                           (1, 8, "bad_uuid", b"\\t,\\1.5,\\123e4567e89b12d3a456426614174000")]),
    "binary has escapes": (E, "a:binary,b:dictionary(string)", b"\\,\xff,\\,x\n", [(b",\xff", b",x")], []),
    "escapes inside a character": (E, T2, b"\\\xc2\\\xa6,\xc3\\\xa9\n", [(b"\xc2\xa6", b"\xc3\xa9")], []),
    "an escape that is half a character": (["--escape", r"\xc3"], T2, b"a,\xc3\xa9\nb,\xc3\xc3\xa9\nc,d\n", [(b"b", b"\xc3\xa9"), (b"c", b"d")],
                                           [(1, 2, "invalid_utf8", b"a,\xc3\xa9")]),
    "quoted nulls behind escapes": ([*E, "--nulls", "N,\\N"], "n:int8,m:int8", b'"\\N","N"\n\\N,N\n', [(None, None)] * 2, []),
    # Escapes in quotes alone
    "quoted: text outside": (Q, T2, b"a\\,b\nc,d\\\n\\N,\\\\\n", [(b"a\\", b"b"), (b"c", b"d\\"), (b"\\N", b"\\\\")], []),
    "quoted: quote and escape": (Q, T2, rb'"a\"b","c\\"' + b"\n", [(b'a"b', b"c\\")], []),
    "quoted: before others it stays": (Q, T2, b'"a\\nb\\,","\\\n\\"\\\\"\n', [(b"a\\nb\\,", b'\\\n"\\')], []),
    "quoted: doubled quotes": (Q, T2, rb'"a""b",""""' + b"\n", [(b'a"b', b'"')], []),
    "quoted: a null outside": ([*Q, "--nulls", r"\N"], T2, b'\\N,"\\N"\n', [(None, b"\\N")], []),
    "quoted: opens nothing outside": (Q, T2, b'\\"a,b\nc,d\n', [(b"c", b"d")], [(1, 0, "quote_in_field", b'\\"a,b')]),
    "quoted: an open quote": (Q, T2, b'a,b\nc,"d\\"\n', [(b"a", b"b")], [(2, 6, "unclosed_quote", b'c,"d\\"\n')]),
    "quoted: text behind a quote": (Q, T2, b'"a"|\\,b\nc,d\n', [(b"c", b"d")], [(1, 0, "text_after_quote", b'"a"|\\,b')]),
    "quoted: several bytes": ([*Q, *BARS], T2, b'"a"|\\||b\nc||d\n', [(b"c", b"d")], [(1, 0, "text_after_quote", b'"a"|\\||b')]),
    "quoted: a stray quote": ([*Q, *LENIENT], T2, b'"a"b\\"c","d"\\"e"\n', [(b'a"b"c', b'd""e')], []),
    # Escapes as in C
    "c: letters": (C, T2, rb'a\tb\n\r\b\f\v,"\t\\\""' + b"\n", [(b"a\tb\n\r\b\f\v", b'\t\\"')], []),
    "c: octal and hex": (C, T2, rb"\0\12\1012,\x41\x4g\xg\x" + b"\n", [(b"\0\nA2", b"A\x04gxgx")], []),
    "c: other bytes": (C, T2, rb'\q\,\"\8,\Z' + b"\n", [(b'q,"8', b"Z")], []),
    "c: line ends": (C, T2, b"a\\\nb,c\\\r\n", [(b"a\nb", b"c\r")], []),
    "c: nulls as they stand": ([*C, "--nulls", r"\N"], T2, b"\\N,\\\\N\nN,\\116\n", [(None, b"\\N"), (b"N", b"N")], []),
    "c: binary and dictionaries": (C, "a:binary,b:dictionary(string)", rb"\xff\x00\777,\x41" + b"\n", [(b"\xff\0\xff", b"A")], []),
    "c: a character": (C, T2, rb"\xc3\xa9,\303\251" + b"\n", [("é".encode(), "é".encode())], []),
    "c: no character": (C, T2, b"\\xff,b\n\xc3\\251,d\n", [("é".encode(), b"d")], [(1, 0, "invalid_utf8", b"\\xff,b")]),
    "c: numbers have none": (C, "n:int8,b:string", b"\\61,a\n1,\\61\n", [(1, b"1")], [(1, 0, "bad_integer", b"\\61,a")]),
    "c: raw stays raw": (C, "b:string,n:int8", b"\\t\\\n,x\n", [], [(1, 5, "bad_integer", b"\\t\\\n,x")]),
    "c: the last byte": (C, T2, b"a,b\\", [(b"a", b"b\\")], []),
    "c: collected as it stands": ([*C, *COLLECT], T2, b"a,\\n,\\t\n", [(b"a", b"\\n,\\t")], []),
    # The end of a file
    "a footer": (FOOTER, T2, b"a,b\nTotal 1\n", [(b"a", b"b")], []),
    "a footer without a line end": (FOOTER, T2, b"a,b\r\nTotal 1", [(b"a", b"b")], []),
    "a footer's blank lines count": (["--skip-footer", "2"], T2, b"a,b\nc,d\n\n\n", [(b"a", b"b"), (b"c", b"d")], []),
    "a footer of CR": (FOOTER, T2, b"a,b\rx\r", [(b"a", b"b")], []),
    "a lenient footer": ([*LENIENT, "--skip-footer", "3"], T2, b"a,b\rx\r\ny\n\r", [(b"a", b"b")], []),
    "a footer of more lines": (["--skip-footer", "5"], T2, b"a,b\nc,d\n", [], []),
    "a footer leaves the head": ([*HEADER, "--skip-footer", "5"], T2, b"a,b\nc,d\n", [], []),
    "an open quote before a footer": (FOOTER, T2, b'a,b\nc,"d\ntotal\n', [(b"a", b"b")], [(2, 6, "unclosed_quote", b'c,"d\n')]),
    "quotes in a footer": (FOOTER, T2, b'a,b\n"x\n', [(b"a", b"b")], []),
    "a footer begins in quotes": (FOOTER, T2, b'a,b\nc,"d\ne"\n', [(b"a", b"b")], [(2, 6, "unclosed_quote", b'c,"d\n')]),
    "a footer's line ends are not escaped": ([*E, *FOOTER], T2, b"a,b\nc\\\nd,e\n", [(b"a", b"b")], [(2, 4, "too_few_fields", b"c\\\n")]),
    "a footer of all": ([*FOOTER, "--skip-rows", "1"], T2, b"a,b\nc,d\n", [], []),
    "no footer of nothing": (FOOTER, T2, b"", [], []),
    # Behind a header
    "units": (UNITS, T2, b"a,b\nm,s\nAvg\nx,y\n", [(b"x", b"y")], []),
    "units, blank lines and comments": ([*UNITS, "--comment", "#"], T2, b"a,b\n\n#c\nm,s\n\nn,t\n\nx,y\n", [(b"x", b"y")], []),
    "units over lines": (UNITS, T2, b'a,b\n"m\ns",t\nu,v\nx,y\n', [(b"x", b"y")], []),
    "units and nothing else": (UNITS, T2, b"a,b\nm,s\n", [], []),
    "faulty units": (UNITS, T2, b'a,b\n"m"s,t"\nu"\nx,y\n', [(b"x", b"y")], []),
    "units of one column": (UNITS, "a:string", b"a\n\n\nx\n", [(b"x",)], []),
    "units and a footer": ([*UNITS, *FOOTER], T2, b"a,b\n1\n2\nx,y\n3\n", [(b"x", b"y")], []),
    "two rows of names": (TWO_ROWS, "a_m:string,b:string,c_d_e:string", b"a,,c\nm,b,d_e\n1,2,3\n", [(b"1", b"2", b"3")], []),
    "two rows, one shorter": (TWO_ROWS, "a_x:string,b:string", b"a,b\n\nx\n1,2\n", [(b"1", b"2")], []),
    "two rows and units": ([*TWO_ROWS, "--skip-after-header", "1"], "a_x:string,b:string", b"a,\nx,b\nm,s\n1,2\n", [(b"1", b"2")], []),
    # Ragged records
    "pad": (PAD, "a:string,b:string,n:int8", b"a\nb,c\n,\nd,e,3\n",
            [(b"a", None, None), (b"b", b"c", None), (None, None, None), (b"d", b"e", 3)], []),
    "pad reads empty fields": ([*PAD, "--nulls", "NA"], "a:string,b:string,n:int8", b"a,b\n1,2,3\nx,y,\n", [(b"1", b"2", 3)],
                               [(1, 3, "bad_integer", b"a,b"), (3, 14, "bad_integer", b"x,y,")]),
    "pad where no null may be": ([*PAD, "--no-nulls"], T2, b"a\nb,c\n", [(b"b", b"c")], [(1, 1, "null_not_allowed", b"a")]),
    "pad leaves blank lines": (PAD, T2, b"a\n\nb\n", [(b"a", None), (b"b", None)], []),
    "pad leaves long records": (PAD, T2, b"a\n1,2,3\n", [(b"a", None)], [(2, 2, "too_many_fields", b"1,2,3")]),
    "truncate": (TRUNCATE, T2, b'a,b,c\nd,e\nf,g,"h\n",,\xff\n', [(b"a", b"b"), (b"d", b"e"), (b"f", b"g")], []),
    "truncate leaves short records": (TRUNCATE, T2, b"a\n1,2,3\n", [(b"1", b"2")], [(1, 0, "too_few_fields", b"a")]),
    "collect": (COLLECT, T2, b'a,b,"c,d" ,e\n', [], [(1, 4, "text_after_quote", b'a,b,"c,d" ,e')]),
    "collect, quotes as they stand": (COLLECT, T2, b'a,"b""c","d"\r\ne,"f""g"\r\n', [(b"a", b'"b""c","d"'), (b"e", b'f"g')], []),
    "collect, line ends in quotes": (COLLECT, T2, b'a,b,"c\nd"\ne,f\n', [(b"a", b'b,"c\nd"'), (b"e", b"f")], []),
    "collect, escapes as they stand": ([*COLLECT, *E], T2, b"a,b\\,c,d\na,b\\,c\n", [(b"a", b"b\\,c,d"), (b"a", b"b,c")], []),
    "collect into one column": (COLLECT, "a:string", b"a,b\n,\n", [(b"a,b",), (b",",)], []),
    "collect whitespace": ([*COLLECT, *SPACES], T2, b" a  b  c \n", [(b"a", b"b  c ")], []),
    "collect into a number": (COLLECT, "a:string,n:int8", b"a,1,2\na,1\n", [(b"a", 1)], [(1, 2, "bad_integer", b"a,1,2")]),
    "collect and pad": ([*COLLECT, *PAD, *BARS], T2, b"a||b||c\nd\n", [(b"a", b"b||c"), (b"d", None)], []),
    "quote faults stay faults": ([*TRUNCATE, *PAD], T2, b'a,b,c"\n"d"e\nf,g,"h"i\nj\n', [(b"j", None)],
                                 [(1, 4, "quote_in_field", b'a,b,c"'), (2, 7, "text_after_quote", b'"d"e'),
                                  (3, 16, "text_after_quote", b'f,g,"h"i')]),
    "an open quote behind the last column": (TRUNCATE, T2, b'a,b\nc,d,"e\n', [(b"a", b"b")], [(2, 8, "unclosed_quote", b'c,d,"e\n')]),
    # Lenient
    "lenient line ends": (LENIENT, T2, b"a,b\nc,d\r\ne,f\rg,h", [(b"a", b"b"), (b"c", b"d"), (b"e", b"f"), (b"g", b"h")], []),
    "lenient blank lines": (LENIENT, "a:string", b"\n\na\r\rb\n\r\nc\r", [(b"a",), (b"b",), (b"c",)], []),
    "CR CR LF is one end": (LENIENT, "a:string", b"a\r\r\nb\r\r\n", [(b"a",), (b"b",)], []),
    "a quote in a field": (LENIENT, T2, b'12",a"b"c\n', [(b'12"', b'a"b"c')], []),
    "a quote in a quoted field": (LENIENT, T2, b'"he said "hi" twice","x"y"\n', [(b'he said "hi" twice', b'x"y')], []),
    "doubled quotes, lenient": (LENIENT, T2, b'"a""b","c"""\n', [(b'a"b', b'c"')], []),
    "a quote before CR": (LENIENT, T2, b'"a","b"\r"c","d"\r\n', [(b"a", b"b"), (b"c", b"d")], []),
    "a quote at the end of the file": (LENIENT, T2, b'"a","b"', [(b"a", b"b")], []),
    "line ends in lenient quotes": (LENIENT, T2, b'"a\r\nb","c\rd"\n', [(b"a\r\nb", b"c\rd")], []),
    "a lenient open quote": (LENIENT, T2, b'a,b\nc,"d"e\nf,g\n', [(b"a", b"b")], [(2, 6, "unclosed_quote", b'c,"d"e\nf,g\n')]),
    "a stray quote that opens": (LENIENT, T2, b'"a,b\nc","d"\n', [(b"a,b\nc", b"d")], []),
    "a stray quote and an escape": ([*LENIENT, *E], T2, b'"a"\\"b","c"\n', [(b'a""b', b"c")], []),
    "lenient comments": ([*LENIENT, "--comment", "#"], T2, b'#"\ra,b\r\n#\nc,d\n', [(b"a", b"b"), (b"c", b"d")], []),
    "lenient skipped rows": ([*LENIENT, "--skip-rows", "3"], T2, b"x\ry\r\nz\na,b\n", [(b"a", b"b")], []),
    "lenient field counts": (LENIENT, T2, b"a\rb,c\n", [(b"b", b"c")], [(1, 0, "too_few_fields", b"a")]),
    "lenient, several bytes": ([*LENIENT, *BARS], T2, b'"a"|b"||c\r"d"||e\n', [(b'a"|b', b"c"), (b"d", b"e")], []),
    "lenient whitespace": ([*LENIENT, *SPACES], T2, b'a "b"c" \r \r\nd e\n', [(b"a", b'b"c'), (b"d", b"e")], []),
    # All
    "NUL in all of it": ([*LENIENT, *E, *BARS], T2, b"\0||\\\0\n", [(b"\0", b"\0")], []),
    "spaces are not trimmed": ([*E, *PAD, *LENIENT], "n:int8,b:string", b" 1, a \n1, a \n", [(1, b" a ")],
                               [(1, 0, "bad_integer", b" 1, a ")]),
}


@pytest.mark.parametrize("name", CASES)
def test_case(box, name):
    flags, columns, text, rows, rejects = CASES[name]
    assert read(box, text, flags, columns) == (rows, rejects)
    assert read(box, text, [*flags, "--chunk", "1", "--workers", "8", "--unit-bytes", "2"], columns) == (rows, rejects)


# --- The same in every form of input, and at every cut

def _text(dialect, rows=3000):
    """Rows with what is special to the dialect, faults among them."""
    gap = b" \t " if dialect.delimiter == WHITESPACE else dialect.delimiter
    escape, quote = dialect.escape, dialect.quote
    words = [b"plain", quote + b"q" + gap + b"\n" + quote * 2 + quote, b"x" * 50, b"7" + gap[:1] * (gap != b" \t ")]
    words += [b"a" + escape + b"\n" + escape + escape + b"b", escape + quote + b"c", quote + escape + quote + gap + quote] * bool(escape)
    words += [escape + b"n" + escape + b"x41" + escape + b"101" + escape + b"N"] * bool(escape)
    words += [b'12"', quote + b'he said "hi" twice' + quote] * dialect.lenient
    ends = [b"\n", b"\r\n", b"\r"] if dialect.lenient else [b"\n", b"\r\n"]
    data = bytearray()
    for i in range(rows):
        fields = [b"%d" % i, words[i % len(words)], words[i * 7 % len(words)]]
        fields = fields[:2] if i % 17 == 0 else fields + [b"more"] if i % 19 == 0 else fields
        fields[0] = b"bad" if i % 23 == 0 else fields[0]
        data += gap.join(fields) + (b'"' if i % 29 == 0 else b"") + ends[i % len(ends)]
        data += ends[0] if i % 31 == 0 else b""
    return bytes(data)


DIALECTS = {
    "escape": Dialect(escape=b"\\"), "bars": Dialect(delimiter=b"||"), "whitespace": Dialect(delimiter=WHITESPACE),
    "pad": Dialect(short_records="pad"), "truncate": Dialect(long_records="truncate"), "collect": Dialect(long_records="collect"),
    "lenient": Dialect(lenient=True), "quoted": Dialect(escape=b"\\", escape_style="quoted"),
    "c": Dialect(escape=b"\\", escape_style="c"),
    "all": Dialect(delimiter=b"\t|\t", escape=b"^", lenient=True, short_records="pad", long_records="collect"),
    "spaces": Dialect(delimiter=WHITESPACE, escape=b"\\", short_records="pad", long_records="truncate", terminator="lf"),
}
COLUMNS = "n:int32,s:string,t:dictionary(string)"
WITH_FOOTERS = {**DIALECTS, "footer": Dialect(skip_footer=3), "a long footer": Dialect(skip_footer=40, skip_rows=1),
                "a footer of all": Dialect(escape=b"\\", escape_style="c", lenient=True, skip_footer=7, long_records="truncate")}


@pytest.mark.parametrize("name", WITH_FOOTERS)
def test_workers_and_read_sizes_change_no_byte(name, scratch):
    dialect = WITH_FOOTERS[name]
    files = [_text(dialect, 500), _text(dialect, 150)]
    job = Job(scratch, files, COLUMNS, dialect)
    want = Reader(columns_of(COLUMNS), dialect).read(list(zip(job.paths, files)))
    assert want.rows_written > 40 and want.rows_rejected > 10
    product = [Config(w, c, "", unit) for unit in ("97", "4096") for w, c in itertools.product(WORKERS, CHUNKS)]
    outcomes = job.run_all(product[::3] + product[-1:])
    check.assert_table(outcomes[0].output, want.columns, {})
    check.assert_rejects(outcomes[0].rejects, want.rejects)
    check.assert_report(outcomes[0].report, want, files)
    assert_same(outcomes)


@pytest.mark.parametrize("name", WITH_FOOTERS)
def test_streams_and_compressed_text(name, box):
    dialect = WITH_FOOTERS[name]
    data, flags = _text(dialect), dialect_flags(dialect)
    want = read(box, data, flags, COLUMNS)
    small = [*flags, "--unit-bytes", "1000", "--workers", "8"]
    for ending, pack in (("gz", gzip.compress), ("bz2", bz2.compress)):
        assert read(box, b"", small, COLUMNS, box.write(f"{name}.csv.{ending}", pack(data))) == want
    assert read(box, b"", small, COLUMNS, "-", stdin=data) == want
    assert read(box, b"", [*small, "--encoding", "utf-16-le"], COLUMNS, box.write("u", data.decode().encode("utf-16-le"))) == want


@pytest.mark.parametrize("name", DIALECTS)
def test_record_too_long(name, box):
    """One reject, followed to its true end, in files and streams; the limit itself is not too long."""
    dialect, columns = DIALECTS[name], "a:string,b:string"
    gap = b" " if dialect.delimiter == WHITESPACE else dialect.delimiter
    inside = b"y\n" + (dialect.escape + b'"' if dialect.escape else b'""') + gap
    long = b"1" + gap + b'"' + inside * 30_000 + b'"'
    fits = b"2" + gap + b"z" * (1000 - 1 - len(gap))
    data = b"0" + gap + b"a\n" + long + b"\n" + fits + b"\n" + fits + b"z\n" + b"3" + gap + b"b\n"
    flags = [*dialect_flags(dialect), "--max-record-bytes", "1000"]
    at = len(b"0" + gap + b"a\n")
    rows = [(b"0", b"a"), (b"2", fits[1 + len(gap):]), (b"3", b"b")]
    rejects = [(2, at, "record_too_long", long[:4096]), (4, at + len(long) + len(fits) + 2, "record_too_long", fits + b"z")]
    for extra in ([], ["--workers", "8", "--unit-bytes", "100", "--chunk", "64"]):
        assert read(box, data, flags + extra, columns) == (rows, rejects)
        assert read(box, b"", flags + extra, columns, "-", stdin=data) == (rows, rejects)


@pytest.mark.parametrize("unit", [1, 2, 3, 5, 8])
def test_an_escape_at_a_unit_cut(unit, box):
    """The byte before the cut is an escape, or the second one of two: for every place of it."""
    for shift, text in itertools.product(range(9), [b"\\\n", b"\\\\\n", b"\\\\\\\n", b'"\\"\n",', b"\\,\\\n"]):
        data = b"s" * shift + text + b"x,y\n" + text * 3 + b"\nlast,one\n"
        dialect = Dialect(escape=b"\\", short_records="pad")
        want = Reader(columns_of(T2), dialect).read([("f", data)])
        rows, rejects = read(box, data, [*dialect_flags(dialect), "--unit-bytes", str(unit), "--workers", "2", "--chunk", "1"])
        assert rows == list(zip(*want.columns.values())), data
        assert [r[1:3] for r in rejects] == [(r["field_offset"], r["kind"]) for r in want.rejects], data


LATE = {"line end": b"\\\n", "CR LF": b"\\\r\n", "a run of escapes": b"\\" * 5001 + b"\n", "an even run": b"\\" * 5000, "a quote": b'\\"',
        "a delimiter": b"\\," * 3000, "a record in quotes": b'"\\"\n1,\\\n2,\\"' + b'\\"\n3,4' * 2000 + b'"'}


@pytest.mark.parametrize("quote", [b'"', b""], ids=["quotes", "none"])
@pytest.mark.parametrize("name", LATE)
def test_the_first_escape_comes_late(name, quote, scratch):
    """Units of plain text, and then an escape before, at and behind a cut, where a worker guesses what it is in."""
    dialect, files = Dialect(escape=b"\\", quote=quote), []
    for shift in (-2, -1, 0, 1):
        data = bytearray()
        while len(data) < 3 * 4096 - 40:
            data += b"%d,plain\n" % len(data)
        data += b"1," + b"x" * (3 * 4096 - len(data) - 3 + shift - (name == "a record in quotes")) * (name != "a record in quotes")
        data += LATE[name] + b"\n" + b"7,end\n" * 900
        files.append(bytes(data))
    job = Job(scratch, files, T2, dialect)
    want = Reader(columns_of(T2), dialect).read(list(zip(job.paths, files)))
    outcomes = [job.run(Config(w, chunk, "", "4096")) for w, chunk in ((1, ""), (2, "7"), (8, ""))]
    check.assert_table(outcomes[0].output, want.columns, {})
    check.assert_rejects(outcomes[0].rejects, want.rejects)
    assert_same(outcomes)


@pytest.mark.parametrize("name", WITH_FOOTERS)
def test_added_columns(name, scratch):
    """Record numbers and lines where records hold line ends, and the file's name."""
    dialect = WITH_FOOTERS[name]
    files = [_text(dialect, 200), _text(dialect, 60)]
    added = [("of", "file"), ("at", "record"), ("line", "line")]
    job = Job(scratch, files, COLUMNS, dialect, flags=["--filename-column", "of", "--record-number-column", "at",
                                                       "--line-number-column", "line"])
    want = Reader(columns_of(COLUMNS), dialect, added=added).read(list(zip(job.paths, files)))
    outcomes = [job.run(Config(1, "", "", "200")), job.run(Config(8, "3", "", "200"))]
    check.assert_table(outcomes[0].output, want.columns, {})
    assert_same(outcomes)


# --- Headers, messages, schema files, columns that nobody declared

HEADERS = {
    "escape": (E, b'b\\,c,"a\\"d"\n1,2\n', {'a"d': b"2", "b,c": b"1"}), "bars": (BARS, b'b|||"a||d"\n', {}),
    "bars2": (BARS, b'b||"a||d"\n1||2\n', {"a||d": b"2", "b": b"1"}),
    "whitespace": (SPACES, b'\n \t \n  b  "a d" \n1 2\n', {"a d": b"2", "b": b"1"}),
    "lenient": (LENIENT, b'\rb"b,"a "d" e"\r\r1,2\n', {'a "d" e': b"2", 'b"b': b"1"}),
    "pad": (PAD, b"a,b,c\n1\n", {"a": b"1", "c": None}), "truncate": (TRUNCATE, b"a,b\n1,2,3\n", {"b": b"2"}),
    "collect": (COLLECT, b"b,a\n1,2,3\n", {"b": b"1", "a": b"2,3"}),
}


@pytest.mark.parametrize("name", HEADERS)
def test_headers(box, name):
    flags, data, want = HEADERS[name]
    columns = "".join(f'[[column]]\nname = \'{column}\'\ntype = "string"\n' for column in want or {"a||d": 0})
    schema = box.write("s.toml", b"format = 1\n" + columns.encode())
    path = box.write("a.csv", data)
    done = program.run("ingest", path, "-o", box.out(), "--schema", schema, "--header", *flags)
    if not want:  # the field is |"a||d" then, with a quote inside
        return assert_clear(done, "a.csv", "header")
    assert done.code == 0, done
    assert outcome.plain_table(outcome.read_table(box.out())) == {column: [value] for column, value in want.items()}


@pytest.mark.parametrize("flags", [[], LENIENT, SPACES], ids=["regular", "lenient", "whitespace"])
def test_a_quoted_nothing_is_no_blank_line(box, flags):
    """A header of one empty name is a header."""
    done = box.ingest(box.write("a.csv", b'\n""\na\n1\n'), columns="a:string", flags=["--header", *flags])
    assert done.code == 2 and "no column 'a'" in done.stderr, done


def test_header_sets_the_width_of_ragged_records(box):
    """With a header every record has as many fields as it: columns that are not declared count."""
    data = b"a,b,c\n1,2\n1,2,3,4\n"
    assert read(box, data, ["--header", *PAD, *COLLECT], "a:string,c:string") == ([(b"1", None), (b"1", b"3,4")], [])
    assert read(box, data, ["--header", *PAD, *TRUNCATE], "c:string") == ([(None,), (b"3",)], [])


@pytest.mark.parametrize("flags,words", [
    (["--delimiter", "x" * 17], ["--delimiter", "16"]), (["--delimiter", ""], ["--delimiter"]),
    (["--delimiter", r"a\nb"], ["delimiter"]), (["--delimiter", "a\nb"], ["delimiter"]),
    (["--escape", "ab"], ["--escape"]), (["--escape", '"'], ["escape"]), (["--escape", ","], ["escape"]),
    (["--escape", "|", "--delimiter", "||"], ["escape"]), (["--quote", "|", "--delimiter", ",|"], ["quote"]),
    (["--escape", "#", "--comment", "#"], ["escape"]), (["--escape", r"\x0a"], ["escape"]),
    (["--comment", "|", "--delimiter", "||"], ["comment"]), (["--escape", " ", "--delimiter", "whitespace"], ["escape"]),
    (["--quote", r"\t", "--delimiter", "whitespace"], ["quote"]), (["--lenient", "--terminator", "lf"], ["lenient", "terminator"]),
    (["--lenient", "--terminator", "cr"], ["lenient", "terminator"]), (["--short-records", "truncate"], ["--short-records", "pad"]),
    (["--long-records", "pad"], ["--long-records", "collect"]),
    (["--skip-footer", "-1"], ["--skip-footer"]), (["--skip-after-header", "1"], ["--skip-after-header", "--header"]),
    (["--header-rows", "2"], ["--header-rows", "--header"]), (["--header", "--header-rows", "0"], ["--header-rows"]),
    (["--escape-style", "c"], ["escape style", "--escape"]), ([*E, "--escape-style", "x"], ["field", "quoted"]),
    ([*Q, "--quote", "none"], ["quote"]), ([*C, "--delimiter", "x"], ["escape style c", "'x'"]),
    (["--escape", "e", "--escape-style", "c"], ["escape style c"])])
def test_refused(box, flags, words):
    assert_clear(box.ingest(box.write("a.csv", b"a,b\n"), flags=flags), *words)
    box.assert_nothing_written()


def test_none_takes_an_escape_back(box):
    schema = box.write("s.toml", b"format = 1\n[dialect]\nescape = '\\'\n")
    path = box.write("a.csv", b"a\\,b\n")
    done = program.run("ingest", path, "-o", box.out(), "--schema", schema, "--columns", T2, "--escape", "none")
    assert done.code == 0 and outcome.plain_table(outcome.read_table(box.out())) == {"a": [b"a\\"], "b": [b"b"]}, done


@pytest.mark.parametrize("name", [n for n in DIALECTS if n not in ("truncate", "collect", "pad")])
def test_messages_name_the_place(box, name):
    """Under the policy that fails, the file, line, byte and column of the first fault."""
    dialect = DIALECTS[name]
    gap = b"  " if dialect.delimiter == WHITESPACE else dialect.delimiter
    first = b"1" + gap + b"a\n"
    path = box.write("bad.csv", first + b"x1" + gap + b"b\n")
    assert_clear(box.ingest(path, flags=dialect_flags(dialect)), "bad.csv", "line 2", f"byte {len(first)}", "column n")
    path = box.write("open.csv", first + b"2" + gap + b'"b\n')
    assert_clear(box.ingest(path, flags=dialect_flags(dialect)), "open.csv", "line 2", "inside quotes")


SNIFFED = {
    "quoted": (Q, b'id,name,x\n1,a\\,0.5\n2,"c\\"d",1.5\n3,e,2.5\n', [b"a\\", b'c"d', b"e"]),
    "c": (C, b"id,name,x\n1,a\\n,0.5\n2,\\N,1.5\n3,e,2.5\n", [b"a\n", None, b"e"]),
    "footer": (["--skip-footer", "2"], b"id,name,x\n1,a,0.5\n2,b,1.5\n3,c,2.5\nall,,x\n\"n=3\n", [b"a", b"b", b"c"]),
    "units": (UNITS, b"id,name,x\n,,m\nSmp,,Avg\n1,a,0.5\n2,b,1.5\n3,c,2.5\n", [b"a", b"b", b"c"]),
    "names in two rows": (TWO_ROWS, b"id,,\n,name,x\n1,a,0.5\n2,b,1.5\n3,c,2.5\n", [b"a", b"b", b"c"]),
    "bars": (BARS, b"id||name||x\n1||a,b||0.5\n2||\"c||d\"||1.5\n3||e||2.5\n", [b"a,b", b"c||d", b"e"]),
    "escape": (E, b'id,name,x\n1,a\\,b,0.5\n2,"c\\"d",1.5\n3,e,2.5\n', [b"a,b", b'c"d', b"e"]),
    "whitespace": (SPACES, b'id  name  x\n 1 "a b"  0.5\n 2 cd 1.5 \n10 e   2.5\n', [b"a b", b"cd", b"e"]),
    "lenient": (LENIENT, b'id,name,x\r1,"a "b" c",0.5\n2,12",1.5\r\n3,e,2.5\n', [b'a "b" c', b'12"', b"e"]),
    "escape and bars": ([*E, *BARS], b'id||name||x\n1||a\\||b||0.5\n2||c\\\nd||1.5\n3||e||2.5\n', [b"a||b", b"c\nd", b"e"]),
    "pad": (PAD, b"id,name,x\n1,a,0.5\n2,b,1.5\n3,c,2.5\n", [b"a", b"b", b"c"]),
    "collect": (COLLECT, b"id,name,x\n1,a,0.5\n2,b,1.5\n3,c,2.5\n", [b"a", b"b", b"c"]),
}


@pytest.mark.parametrize("name", SNIFFED)
def test_columns_that_nobody_declared(box, name):
    """The dialect is declared, the columns are found; what sniff prints is a schema that gives the same table."""
    flags, data, names = SNIFFED[name]
    path = box.write("t.csv", data)
    done = program.run("ingest", path, "-o", box.out("found.parquet"), *flags)
    assert done.code == 0, done
    table = outcome.read_table(box.out("found.parquet"))
    assert table.column_names == ["id", "name", "x"] and [str(f.type) for f in table.schema] == ["int64", "string", "double"]
    assert outcome.plain_table(table)["name"] == names
    done = program.run("sniff", *flags, path)
    assert done.code == 0, done
    schema = box.write("s.toml", done.stdout)
    done = program.run("ingest", path, "-o", box.out("again.parquet"), "--schema", schema)
    assert done.code == 0, (done, schema)
    assert outcome.digest(box.out("found.parquet")) == outcome.digest(box.out("again.parquet"))


@pytest.mark.parametrize("line,words", [
    ("skip_footer = -1", ["'skip_footer'", "0 or more"]), ("skip_footer = '1'", ["'skip_footer'"]), ("skip_after_header = 1.0", ["'skip_after_header'"]),
    ("header_rows = 0", ["'header_rows'", "1 or more"]), ("escape_style = 'c++'", ["'escape_style'", "field, quoted, c"]),
    ("escape_style = 'c'", ["escape style"]), ("skip_after_header = 1", ["--header"]), ("header_rows = 2", ["--header"])])
def test_keys_that_are_refused(box, line, words):
    schema = box.write("s.toml", f"format = 1\n[dialect]\n{line}\n[[column]]\nname = 'a'\ntype = 'string'\n".encode())
    done = program.run("ingest", box.write("a.csv", b"a\n1\n"), "-o", box.out(), "--schema", schema)
    assert_clear(done, *words)


def test_schema_file_says_the_dialect(box):
    """Every key of the table, with the flags winning."""
    schema = box.write("s.toml", b'format = 1\n[dialect]\ndelimiter = "||"\nquote = "\'"\nescape = "^"\nlenient = true\n'
                       b'short_records = "pad"\nlong_records = "collect"\n[[column]]\nname = "a"\ntype = "string"\n'
                       b'[[column]]\nname = "b"\ntype = "string"\n')
    path = box.write("a.csv", b"'x'y'||^||\rz\n1||2||3\r\n")
    run = lambda *flags: program.run("ingest", path, "-o", box.out(), "--schema", schema, "--overwrite", *flags)
    assert run().code == 0
    assert outcome.plain_table(outcome.read_table(box.out())) == {"a": [b"x'y", b"z", b"1"], "b": [b"||", None, b"2||3"]}
    assert run("--long-records", "truncate", "--escape", "none").code == 0
    assert outcome.plain_table(outcome.read_table(box.out()))["b"] == [b"^", None, b"2"]


def test_the_report_counts_what_was_bent(box):
    """In total and for each file, whatever becomes of the values; on the terminal in one line, where there is any."""
    files = [box.write("a.csv", b'1,2\n1\n1,2,3\nx\n"a"b",1\n'), box.write("b.csv", b"1,2,3\n1,2\n\n"), box.write("c.csv", b"1,2\n")]
    for more, words in ((TRUNCATE, "truncated"), (COLLECT, "collected")):
        report = box.out(f"{words}.json")
        run = lambda *inputs: program.run("ingest", *inputs, "-o", box.out(), "--overwrite", "--columns", "a:string,n:string", *PAD,
                                          *more, *LENIENT, "--report", report, "--workers", "2")
        done = run(*files)
        assert done.code == 0 and "2 padded, 2 " in done.stderr and "1 with non-standard quoting" in done.stderr, done
        with open(report, encoding="utf-8") as file:
            got = json.load(file)
        keys = ["records_padded", f"records_{words}", "records_lenient"]
        assert [got[key] for key in keys] == [2, 2, 1], got
        assert [[file[key] for key in keys] for file in got["files"]] == [[2, 1, 1], [0, 1, 0], [0, 0, 0]], got
        assert "bent" not in run(files[2]).stderr


def test_hex_behind_escapes(box):
    """bytea in COPY's text: its backslash is escaped."""
    schema = box.write("s.toml", b'format = 1\n[dialect]\nescape = "\\\\"\nescape_style = "c"\nnulls = ["\\\\N"]\n[[column]]\nname = "a"\n'
                       b'type = "binary"\nformat = "hex"\n[[column]]\nname = "b"\ntype = "binary"\nformat = "base64"\n')
    path = box.write("a.csv", b"\\\\x4142ff,\\x51UI=\n\\N,\n\\\\x41q,QUI=\n")
    done = program.run("ingest", path, "-o", box.out(), "--schema", schema, "--on-error", "skip")
    assert done.code == 1, done
    assert outcome.plain_table(outcome.read_table(box.out())) == {"a": [b"AB\xff", None], "b": [b"AB", b""]}


def test_where_and_rows_in_these_dialects(box):
    flags = [*E, *BARS, *PAD]
    data = b"1||a\\||b\n2\n3||c\\\nd\n4||e\n"
    assert read(box, data, [*flags, "--where", "b = 'a||b' OR b IS NULL"], "n:int8,b:string") == ([(1, b"a||b"), (2, None)], [])
    assert read(box, data, [*flags, "--rows", "3"], "n:int8,b:string")[0] == [(1, b"a||b"), (2, None), (3, b"c\nd")]


def test_formats_read_escapes(box):
    """Values in another form than the default have escapes: a pattern, a list of words, hex."""
    schema = box.write("s.toml", b'format = 1\n[dialect]\nescape = "\\\\"\n[[column]]\nname = "d"\ntype = "date"\nformat = "%d,%m,%Y"\n'
                       b'[[column]]\nname = "y"\ntype = "bool"\ntrue_values = ["y,s"]\nfalse_values = ["n"]\n')
    path = box.write("a.csv", b'31\\,01\\,2024,y\\,s\n"01,02,2024","\\n"\n')
    done = program.run("ingest", path, "-o", box.out(), "--schema", schema)
    assert done.code == 0, done
    assert outcome.plain_table(outcome.read_table(box.out())) == {"d": [19753, 19754], "y": [True, False]}


@pytest.mark.parametrize("flags,data", [
    ([*E], b'"a","b\\\r"\n'), ([*E], b'a,b\\\r\nc,d\n'), ([*BARS], b'a|"x\r||b\n'), ([*E, "--skip-rows", "1"], b"x\\\rx,y\r"),
    ([*SPACES], b' "a\r" b\n'), ([*E], b'\xef\xbb\xbfa,b\\\r\n'), ([*BARS], b'"a\r||"||b\n'), ([*E, *BARS], b'a\\|"||\r')],
    ids=range(8))
def test_the_family_that_the_first_file_shows(box, flags, data):
    """What is data, by quotes or by escapes, shows no terminator."""
    chosen = {"--escape": "escape", "--delimiter": "delimiter"}
    dialect = Dialect(skip_rows=int("--skip-rows" in flags), **{
        chosen[flags[i]]: {"whitespace": WHITESPACE}.get(flags[i + 1], flags[i + 1].encode())
        for i in range(0, len(flags), 2) if flags[i] in chosen})
    want = Reader(columns_of(T2), dialect).read([("f", data)])
    rows, rejects = read(box, data, flags)
    assert rows == list(zip(*want.columns.values()))
    assert [r[1:3] for r in rejects] == [(r["field_offset"], r["kind"]) for r in want.rejects]
