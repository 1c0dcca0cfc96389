"""The shapes: what their columns are, how each is declared, and the ratio to the fastest peer that is to be reached."""

import multiprocessing
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import text
from sources import Source


def all_of(records):
    return records


def one_in_1000(records):
    return -(-records // 1000)


@dataclass
class Shape:
    title: str
    types: list  # one a column, Headrace's names
    columns_of: object  # (random, rows, first_row) -> columns of bytes
    target: float  # times the fastest peer
    delimiter: bytes = b","
    terminator: bytes = b"\n"
    quote: str = ""
    files: int = 1
    newlines_in_values: bool = False
    skip_bad: bool = False
    longest_record: int = 1 << 20
    good_rows: object = all_of  # of so many records

    @property
    def named_types(self):
        return {f"c{number}": kind for number, kind in enumerate(self.types)}


def below(random, rows, end, begin=0):
    return text.integers(random.integers(begin, end, rows))


def money(random, rows, end=6000):
    """Amounts with two decimals, a quarter of them zero."""
    return text.fixed(random.integers(0, end, rows) * (random.random(rows) < 0.75), 2)


def taxi(random, rows, _):
    return [
        text.picks(random, rows, [b"1", b"2"]), text.times(random, rows), text.times(random, rows),
        below(random, rows, 7, 1), text.fixed(random.integers(0, 2000, rows), 2), below(random, rows, 7, 1),
        text.picks(random, rows, [b"N", b"Y"]), below(random, rows, 264, 1), below(random, rows, 264, 1),
        below(random, rows, 5, 1), *[money(random, rows) for _ in range(7)], text.picks(random, rows, [b"0.0", b"2.5"]),
    ]


def lineitem(random, rows, _):
    instructions = [b"DELIVER IN PERSON", b"COLLECT COD", b"NONE", b"TAKE BACK RETURN"]
    modes = [b"TRUCK", b"MAIL", b"SHIP", b"AIR", b"RAIL", b"FOB", b"REG AIR"]
    return [
        below(random, rows, 6_000_000, 1), below(random, rows, 200_000, 1), below(random, rows, 10_000, 1),
        below(random, rows, 8, 1), below(random, rows, 51, 1), text.fixed(random.integers(90_000, 9_500_000, rows), 2),
        text.fixed(random.integers(0, 11, rows), 2), text.fixed(random.integers(0, 9, rows), 2),
        text.picks(random, rows, [b"A", b"N", b"R"]), text.picks(random, rows, [b"O", b"F"]),
        *[text.days(random, rows, 12, 18) for _ in range(3)],
        text.picks(random, rows, instructions), text.picks(random, rows, modes), text.phrases(random, rows, 2, 6),
    ]


def quoted_lines(random, rows, _):
    notes = [b"a, b", b'say ""hi""', b"two\nlines", b"plain word", b"x", b'""\n, ""']
    columns = [text.lengths(random, rows, 1, 5), text.digits(random, rows, 13), text.doubles(random, rows),
               text.fixed(random.integers(0, 100_000, rows), 2), text.times(random, rows), text.picks(random, rows, notes)]
    return [text.quoted(column) for column in columns]


def all_integers(random, rows, _):
    return [
        text.lengths(random, rows, 1, 2), text.lengths(random, rows, 1, 4), text.lengths(random, rows, 1, 9),
        text.digits(random, rows, 8), text.digits(random, rows, 13), text.lengths(random, rows, 1, 18),
        text.negated(random, text.lengths(random, rows, 1, 6)), text.negated(random, text.digits(random, rows, 12)),
    ]


def all_strings(random, rows, _):
    cities = [c.encode() for c in ("Milano", "Zürich", "Málaga", "東京", "Århus", "Kraków", "Orléans", "Paris", "Αθήνα")]
    return [
        text.phrases(random, rows, 1, 1), text.phrases(random, rows, 1, 3), text.phrases(random, rows, 2, 6),
        text.picks(random, rows, cities), text.beside([b"user-", text.digits(random, rows, 8)]),
        text.picks(random, rows, [b"A", b"B", b"C"]), text.digits(random, rows, 16),
        text.beside([b"https://example.org/", text.phrases(random, rows, 1, 1), b"/", text.digits(random, rows, 6)]),
    ]


def mixed(random, rows, _):
    """1,000 columns: small integers, doubles of 17 digits, two decimals, integers of 8 digits."""
    makers = [
        lambda: text.lengths(random, rows, 1, 5), lambda: text.doubles(random, rows),
        lambda: text.fixed(random.integers(0, 100_000, rows), 2), lambda: text.digits(random, rows, 8),
    ]
    return [makers[number % 4]() for number in range(1000)]


def milan(random, rows, first_row):
    """The Milan grid: squares in order, a time of ten minutes, a country, five activities that are often empty."""
    row = np.arange(first_row, first_row + rows)
    time = 1_383_260_400_000 + row // 70_000 * 600_000
    country = text.picks(random, rows, [b"39", b"39", b"39", b"33", b"49", b"46", b"0", b"97259"])
    shares = (0.4, 0.3, 0.3, 0.3, 0.6)
    activities = [text.sometimes(random, share, text.doubles(random, rows)) for share in shares]
    return [text.integers(1 + row // 7 % 10_000), text.integers(time), country, *activities]


def sorted_times(random, rows, first_row):
    row = np.arange(first_row, first_row + rows)
    return [text.rising_times(row * 250 + random.integers(0, 250, rows)), below(random, rows, 400, 1),
            text.fixed(random.integers(0, 100_000, rows), 3)]


def exponents(random, rows, _):
    """Doubles of 17 digits, each with an exponent; in half of the columns small, where fast paths may end."""
    def column(largest):
        sign = text.picks(random, rows, [b"e-", b"e+", b"E-", b"e", b"E"])
        parts = [text.digits(random, rows, 1), b".", text.digits(random, rows, 16), sign, below(random, rows, largest)]
        return text.beside(parts)

    return [column(largest) for largest in (20, 30, 150, 290)]


def long_numbers(random, rows, _):
    """30 to 40 digits, the point at several places."""
    return [
        text.beside([text.digits(random, rows, 1), b".", text.digits(random, rows, 33)]),
        text.beside([b"0.000", text.digits(random, rows, 31)]),
        text.beside([text.lengths(random, rows, 10, 18), b".", text.digits(random, rows, 22)]),
        text.beside([text.digits(random, rows, 17), b"5", text.digits(random, rows, 12)]),
    ]


def doubled(random, rows, _):
    """Strings, all in quotes, with doubled quotes in each."""
    words = [f'""{w}""'.encode() for w in text.WORDS] + [b'""""', b'a""b']
    return [text.quoted(text.picks(random, rows, words)) for _ in range(6)]


def one_byte(random, rows, _):
    return [below(random, rows, 10)]


def megabyte_fields(random, rows, first_row):
    letters = random.integers(ord("a"), ord("z") + 1, (rows, 1_000_000), dtype=np.uint8)
    return [text.integers(np.arange(first_row, first_row + rows)), letters, below(random, rows, 1000)]


def ragged(random, rows, first_row):
    """One record in 1,000 has its five fields; of the others half have four, half have six."""
    whole = np.arange(first_row, first_row + rows) % 1000 == 0
    short = random.random(rows) < 0.5
    fifth = text.beside([b",", text.lengths(random, rows, 1, 5)])
    fifth[short & ~whole] = 0
    sixth = text.beside([b",", text.lengths(random, rows, 1, 5)])
    sixth[short | whole] = 0
    last = text.beside([text.lengths(random, rows, 1, 5), fifth, sixth])
    words = text.picks(random, rows, [b"a", b"bb", b"ccc"])
    return [text.lengths(random, rows, 1, 5), text.doubles(random, rows), words, last]


MILAN = ["uint16", "int64", "uint32"] + ["float64"] * 5
SHAPES = {
    "taxi": Shape("NYC taxi: 18 columns, times, small numbers, a flag",
                  ["uint8", "timestamp[us]", "timestamp[us]", "uint8", "float64", "uint8", "string", "uint16", "uint16",
                   "uint8"] + ["float64"] * 8, taxi, 8),
    "lineitem": Shape("TPC-H lineitem: 16 columns, dates, decimals as doubles, strings",
                      ["int64", "int64", "int64", "int32"] + ["float64"] * 4 + ["string"] * 2 + ["date"] * 3
                      + ["string"] * 3, lineitem, 8, delimiter=b"|"),
    "quoted": Shape("6 columns, every field quoted, line ends and doubled quotes within",
                    ["uint32", "int64", "float64", "float64", "timestamp[us]", "string"], quoted_lines, 6, quote='"',
                    newlines_in_values=True),
    "integers": Shape("8 columns of integers of 1 to 18 digits",
                      ["uint8", "uint16", "uint32", "uint32", "int64", "int64", "int32", "int64"], all_integers, 4),
    "strings": Shape("8 columns of strings, one with letters beyond ASCII", ["string"] * 8, all_strings, 4, delimiter=b"\t"),
    "columns": Shape("1,000 columns of numbers", ["uint32", "float64", "float64", "uint32"] * 250, mixed, 4,
                     longest_record=1 << 21),
    "crlf": Shape("Milan grid, CR LF", MILAN, milan, 4, delimiter=b"\t", terminator=b"\r\n"),
    "files": Shape("Milan grid, 10,000 files", MILAN, milan, 4, delimiter=b"\t", files=10_000),
    "sorted": Shape("3 columns, the first a rising time", ["timestamp[us]", "uint16", "float64"], sorted_times, 1),
    "exponents": Shape("worst case: an exponent in every number", ["float64"] * 4, exponents, 1),
    "long-numbers": Shape("worst case: numbers of 30 to 40 digits", ["float64"] * 4, long_numbers, 1),
    "doubled": Shape("worst case: all quoted, with doubled quotes", ["string"] * 6, doubled, 1, quote='"'),
    "one-byte": Shape("worst case: one column of one byte", ["uint8"], one_byte, 1),
    "megabyte": Shape("worst case: fields of 1 MB", ["uint32", "string", "uint16"], megabyte_fields, 1,
                      longest_record=2 << 20),
    "ragged": Shape("worst case: all records ragged but one in 1,000, and left out",
                    ["uint32", "float64", "string", "uint32", "uint32"], ragged, 1, skip_bad=True,
                    good_rows=one_in_1000),
}


def write_files(shape, folder, size):
    """Write a shape's files, and how many records they have. What a run before left is used again."""
    count = folder / "records"
    if not count.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        whole = folder / "all"
        records = text.write(whole, shape.columns_of, shape.delimiter, shape.terminator, size)
        text.cut(whole, folder, shape.files)
        count.write_text(str(records))


def make(shape, folder, size):
    """Write a shape's files; return (source, records)."""
    # In a process of its own: ours would be large, and the system counts that as the peak of what it starts.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.apply(write_files, (shape, folder, size))
    files = sorted(map(str, folder.glob("*.csv")))
    source = Source(files, shape.named_types, shape.delimiter.decode(), shape.quote, False, shape.newlines_in_values,
                    shape.skip_bad, shape.longest_record)
    return source, int((folder / "records").read_text())
