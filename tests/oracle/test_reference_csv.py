"""The slow reader against Python's csv, where both have the same rules: what csv writes, and what it reads strictly."""
import csv
import io
import random

import pytest

from oracle.reference import Dialect
from oracle.records import ANY, LF, next_record

QUOTING = [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, csv.QUOTE_NONE]


def read(text, dialect, family):
    """(the records' texts, whether one has a fault) of a text."""
    data, at, rows, fault = text.encode(), 0, [], False
    while at < len(data):
        record = next_record(data, at, dialect, family)
        at = record.after
        fault |= record.fault is not None
        rows.append([] if record.blank else [bytes(field.text).decode() for field in record.fields])
    return rows, fault


@pytest.mark.parametrize("seed", range(60))
def test_what_csv_writes(seed):
    """Any text in any fields, with quotes doubled or escaped, or nothing quoted and all escaped."""
    source = random.Random(seed)
    delimiter, quote, escape = source.choice([(",", '"', "\\"), ("\t", "'", "^"), ("|", '"', "e"), (";", '"', "\\")])
    quoting = source.choice(QUOTING)
    double = source.random() < 0.5 and quoting != csv.QUOTE_NONE
    pieces = [delimiter, quote, escape, "\n", "\r", "\r\n", "a", "é", "", " ", "\\", "0"]
    rows = [["".join(source.choices(pieces, k=source.choice([0, 1, 2, 5, 9]))) for _ in range(source.randint(2, 5))]
            for _ in range(40)]
    for row in rows:  # csv leaves a CR bare, which then is one of the CR LF that ends the record
        row[-1] = row[-1].rstrip("\r")
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quotechar=quote, escapechar=escape, doublequote=double, quoting=quoting,
               lineterminator="\n").writerows(rows)
    dialect = Dialect(delimiter=delimiter.encode(), quote=quote.encode() if quoting != csv.QUOTE_NONE else b"", escape=escape.encode())
    got, fault = read(out.getvalue(), dialect, LF)
    assert not fault and got == rows


def strict_csv(text, escape, quote):
    """The rows by csv; None where it refuses the text."""
    options = {"escapechar": escape or None, "quotechar": quote or None, "quoting": csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE}
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True, **options))
    except csv.Error:
        return None


@pytest.mark.parametrize("seed", range(20))
def test_what_csv_reads(seed):
    """Text without sense. csv knows CR, LF and CR LF as line ends, as lenient rules do; where it refuses the text, there
    is nothing to compare."""
    source = random.Random(seed * 31 + 5)
    compared = 0
    for _ in range(200):
        escape, quote = source.choice(["\\", "^", ""]), source.choice(['"', "'", ""])
        pieces = [","] * 3 + ["\n", "\r", "\r\n", "a", "bc", "é", " "]
        pieces += [quote] * source.choice([0, 1, 3]) + [escape] * source.choice([0, 1, 3])
        if quote and escape:
            pieces += [f",{quote}q\n{quote * 2}{escape}{quote}{quote}" + source.choice(["\n", ","])] * 2
        text = "".join(source.choices(pieces, k=source.choice([1, 5, 20, 60])))
        theirs = strict_csv(text, escape, quote)
        if theirs is not None:
            dialect = Dialect(quote=quote.encode(), escape=escape.encode(), lenient=True)
            assert read(text, dialect, ANY)[0] == theirs, text
            compared += len(theirs)
    assert compared > 100
