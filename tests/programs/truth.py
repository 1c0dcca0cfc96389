"""The table that all files of this folder hold. It is written here before any program renders it."""
import datetime
from decimal import Decimal

NAMES = ("id", "amount", "price", "ratio", "name", "code", "day", "at", "ok", "note")


def _day(text):
    return text and datetime.date.fromisoformat(text)


def _at(text):
    return text and datetime.datetime.fromisoformat(text)


def _row(id, amount, price, ratio, name, code, day, at, ok, note):
    return (id, amount, None if price is None else Decimal(price), ratio, name, code, _day(day), _at(at), ok, note)


# Awkward text, integers beyond 2^53, floats of 17 digits, times before 1970; each column but the first has a null.
ROWS = [
    _row(1, 10, "12.50", 0.5, "plain", "007", "2024-01-31", "2024-01-31 12:34:56", True, "first"),
    _row(2, -3, "0.05", 1.25, "Müller, Söhne & Co", "042", "2024-02-29", "2024-02-29 00:00:01", False, None),
    _row(3, None, "-7.00", -0.1, 'she said "no"', "100", "1969-07-20", "1969-07-20 20:17:40", True, "moon"),
    _row(4, 9007199254740993, "99999999.99", 0.1, "two\nlines", "000", "1999-12-31", "1999-12-31 23:59:59", None, "x"),
    _row(5, 0, None, 123456.789, "O'Brien", "9", "2000-01-01", "2000-01-01 06:00:07", False, "it's"),
    _row(6, 7, "1.10", None, "back\\slash", "08", "2023-06-15", "2023-06-15 10:20:30", True, "C:\\new\\table"),
    _row(7, 123456789012345678, "3.00", 2.5e-05, "tab\there", "1", None, "2022-11-05 01:02:03", False, "a;b"),
    _row(8, -9223372036854775807, "4.99", 0.30000000000000004, "semi;colon", "12", "2024-12-24", None, True, "a|b"),
    _row(9, 42, "1000.00", 6.02214076e+23, None, "0x1F", "2024-03-10", "2024-03-10 02:30:15", True, "null name"),
    _row(10, 43, "0.00", 1e-300, "", "1e5", "2024-03-11", "2024-03-11 02:30:16", False, ""),
    _row(11, 44, "8.25", 3.141592653589793, " spaces ", "+5", "2024-03-12", "2024-03-12 02:30:17", True, "in front"),
    _row(12, 45, "19.90", -2.5, "NA", "NA", "2024-03-13", "2024-03-13 02:30:18", False, "NULL"),
    _row(13, 46, "20.00", 4.75, "#hash", None, "2024-03-14", "2024-03-14 02:30:19", True, "# not a comment"),
    _row(14, 47, "-0.01", 5.5, "Zoë 5 €", "5,5", "2024-03-15", "2024-03-15 02:30:20", True, "naïve"),
    _row(15, 48, "21.00", 6.5, '"', "2024", "2024-03-16", "2024-03-16 02:30:21", False, '""'),
    _row(16, 49, "22.00", 7.5, ',"a",\n"b"', "a", "2024-03-17", "2024-03-17 02:30:22", True, "line\nline\nline"),
    _row(17, 50, "23.00", 8.5, "\\N", "-", "2024-03-18", "2024-03-18 02:30:23", False, "\\"),
    _row(18, 51, "24.00", 9.5, "true", "b", "2024-03-19", "2024-03-19 02:30:24", True, "1"),
    _row(19, 52, "25.00", 10.5, "n\\t n\\n", "c", "2024-03-20", "2024-03-20 02:30:25", True, "\\n"),
    _row(20, 53, "26.00", 11.5, "end", "d", "2024-03-21", "2024-03-21 02:30:26", False, "last"),
]

# The same without what a format with neither quotes nor escapes could not hold.
SIMPLE_NAMES = ("id", "amount", "price", "ratio", "code", "day", "ok")


def column(name, rows=None):
    return [row[NAMES.index(name)] for row in (ROWS if rows is None else rows)]


def simple_rows():
    keep = [NAMES.index(name) for name in SIMPLE_NAMES]
    return [tuple(row[i] for i in keep) for row in ROWS]
