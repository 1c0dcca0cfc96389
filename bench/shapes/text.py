"""Delimited text from numpy, a block of rows at a time.

A column is a matrix of bytes, one row a field, in which NUL stands for "no byte here". A block is its columns side by
side with delimiters between; what is not NUL, in order, is the text. No loop runs over rows.
"""

import numpy as np

BLOCK_BYTES = 24 << 20  # of the matrix of a block: stays small beside the data
WORDS = "furiously regular deposits sleep quickly across the final ideas carefully express packages boldly even".split()
MINUS = ord("-")
SEED = 1


def integers(values):
    """Values of zero or more in decimal, without leading zeros."""
    values = np.asarray(values, dtype=np.int64)
    width = len(str(values.max(initial=0)))
    digits = zero_padded(values, width)
    for place in range(width - 1):
        digits[values < 10 ** (width - 1 - place), place] = 0
    return digits


def zero_padded(values, width):
    """Values in decimal, `width` digits each."""
    rest = np.asarray(values, dtype=np.int64)
    digits = np.empty((len(rest), width), np.uint8)
    for place in reversed(range(width)):
        rest, digits[:, place] = np.divmod(rest, 10)
    return digits + ord("0")


def digits(random, rows, width):
    """Any `width` digits, but the first is no zero."""
    any_digits = random.integers(ord("0"), ord("9") + 1, (rows, width), dtype=np.uint8)
    any_digits[:, 0] = random.integers(ord("1"), ord("9") + 1, rows, dtype=np.uint8)
    return any_digits


def lengths(random, rows, least, most):
    """Integers of `least` to `most` digits, each length as often."""
    text = digits(random, rows, most)
    missing = random.integers(0, most - least + 1, rows)
    for place in range(most - least):
        text[missing > place, place] = 0
    first = missing < most - 1  # of several digits, none begins with a zero
    text[first, missing[first]] = digits(random, int(first.sum()), 1)[:, 0]
    return text


def negated(random, text, share=0.5):
    """A minus before a share of the numbers, but not before zero."""
    negative = (random.random(len(text)) < share) & ((text != 0) & (text != ord("0"))).any(axis=1)
    return beside([np.where(negative, MINUS, 0).astype(np.uint8)[:, None], text])


def fixed(values, places):
    """Integers as numbers with `places` decimals: 1234 with two is 12.34."""
    whole, part = np.divmod(np.asarray(values, dtype=np.int64), 10**places)
    return beside([integers(whole), b".", zero_padded(part, places)])


def doubles(random, rows):
    """17 digits, one of them before the point: what programs print that lose nothing."""
    return beside([integers(random.integers(0, 10, rows)), b".", digits(random, rows, 16)])


def days(random, rows, first_year=9, last_year=24):
    parts = [random.integers(*span, rows) for span in ((first_year, last_year + 1), (1, 13), (1, 29))]
    return beside([b"20", zero_padded(parts[0], 2), b"-", zero_padded(parts[1], 2), b"-", zero_padded(parts[2], 2)])


def clock(seconds):
    """Seconds of a day as HH:MM:SS."""
    parts = seconds // 3600, seconds // 60 % 60, seconds % 60
    return beside([zero_padded(parts[0], 2), b":", zero_padded(parts[1], 2), b":", zero_padded(parts[2], 2)])


def times(random, rows):
    return beside([days(random, rows), b" ", clock(random.integers(0, 86400, rows))])


def rising_times(milliseconds):
    """Milliseconds since 2024-01-01, each written with its fraction."""
    day, rest = np.divmod(milliseconds, 86_400_000)
    dates = (np.datetime64("2024-01-01") + day).astype("S10").view(np.uint8).reshape(-1, 10)
    return beside([dates, b" ", clock(rest // 1000), b".", zero_padded(rest % 1000, 3)])


def picks(random, rows, choices):
    """One of the choices (bytes) a row."""
    table = np.array(choices, dtype="S")
    return table[random.integers(0, len(table), rows)].view(np.uint8).reshape(rows, -1)


def phrases(random, rows, least, most, words=WORDS):
    """`least` to `most` words with spaces between."""
    count = random.integers(least, most + 1, rows)
    spaced = [picks(random, rows, words)] + [picks(random, rows, [f" {w}".encode() for w in words]) for _ in range(most - 1)]
    for place, word in enumerate(spaced):
        word[count <= place] = 0
    return beside(spaced)


def sometimes(random, share, text):
    """A share of the fields; the others are empty."""
    text[random.random(len(text)) >= share] = 0
    return text


def quoted(text):
    return beside([b'"', text, b'"'])


def beside(parts):
    """Matrices of the same number of rows, side by side; bytes stand in every row."""
    rows = next(len(part) for part in parts if not isinstance(part, bytes))
    widths = [len(part) if isinstance(part, bytes) else part.shape[1] for part in parts]
    block = np.empty((rows, sum(widths)), np.uint8)
    begin = 0
    for part, width in zip(parts, widths):
        block[:, begin:begin + width] = np.frombuffer(part, np.uint8) if isinstance(part, bytes) else part
        begin += width
    return block


def records(columns, delimiter, terminator):
    """The text of a block of rows."""
    parts = [part for column in columns for part in (column, delimiter)]
    block = beside([*parts[:-1], terminator]).ravel()
    return block[block != 0]


def write(path, columns_of, delimiter, terminator, size):
    """Write about `size` bytes in whole rows; return how many rows. `columns_of(random, rows, first_row)` gives columns."""
    random = np.random.default_rng(SEED)
    written, total, rows = 0, 0, 1
    with open(path, "wb") as file:
        while written < size:
            columns = columns_of(random, rows, total)
            text = records(columns, delimiter, terminator)
            file.write(text)
            written, total = written + len(text), total + rows
            width = sum(column.shape[1] + len(delimiter) for column in columns)
            missing = int((size - written) * total / written) + 1
            rows = max(1, min(BLOCK_BYTES // width, missing))
    return total


def cut(path, folder, files):
    """Make `files` files of about the same size of one, cut at line ends, in place of it."""
    if files == 1:
        path.rename(folder / "00000.csv")
        return
    text = path.read_bytes()
    begin = 0
    for number in range(files):
        end = text.find(b"\n", max(begin, len(text) * (number + 1) // files - 1)) + 1
        if end > begin:
            (folder / f"{number:05}.csv").write_bytes(text[begin:end])
            begin = end
    path.unlink()
