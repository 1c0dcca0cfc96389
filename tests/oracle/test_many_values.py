"""Values by the million, compared as arrays: doubles of every exponent, halves between neighbours, float32, integers,
dates and timestamps; numbers that damage has made anything of, by CPython's float() and int()."""
import os
import random
import re
import struct
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow.parquet as pq
import pytest

from support import program
from support.job import Config, Job, assert_same

COUNT = int(os.environ.get("HEADRACE_VALUES", "0")) or (5_000_000 if os.environ.get("HEADRACE_LONG") else 60_000)
LEVELS = program.simd_levels()


def read(scratch, texts, kind):
    """The column of `texts` at each SIMD level, as one array; nulls are not expected."""
    job = Job(scratch, [b"\n".join(texts) + b"\n"], f"v:{kind}", on_error="fail")
    outcomes = [job.run(Config(2, "", level, "1MiB"), report=False) for level in LEVELS]
    assert outcomes[0].run.code == 0, outcomes[0].run
    assert_same(outcomes)
    column = pq.read_table(outcomes[0].output).column("v").combine_chunks()
    assert column.null_count == 0 and len(column) == len(texts)
    return column


def assert_equal(got, want, texts):
    wrong = np.nonzero(got != want)[0]
    assert not len(wrong), f"{len(wrong)} of {len(texts)}: {[(texts[i], got[i], want[i]) for i in wrong[:5]]}"
    print(f"{len(texts):,} values")


def finite_doubles(seed, count):
    bits = np.random.default_rng(seed).integers(0, 2**64, count * 2, dtype=np.uint64)
    values = bits.view(np.float64)
    return values[np.isfinite(values) & (values != 0)][:count]


@pytest.mark.parametrize("form", ["shortest", "17 digits", "exponent", "long", "plain"])
def test_doubles(scratch, form):
    values = finite_doubles(1, COUNT)
    if form == "plain":
        values = np.random.default_rng(2).random(COUNT) * 10.0 ** np.random.default_rng(3).integers(-5, 15, COUNT)
    write = {"shortest": repr, "17 digits": "{:.17g}".format, "exponent": "{:.16e}".format, "long": "{:.40e}".format,
             "plain": lambda v: np.format_float_positional(v)}[form]
    texts = [write(value).encode() for value in values.tolist()]
    got = read(scratch, texts, "float64").to_numpy().view(np.uint64)
    assert_equal(got, values.view(np.uint64), texts)


def test_halves_between_doubles(scratch):
    """Exactly halfway between two neighbours, and one last digit more or less."""
    texts, want = [], []
    for value in finite_doubles(4, COUNT // 20).tolist():
        low = abs(value)
        if not 1e-290 < low < 1e290:
            continue
        high = np.nextafter(low, np.inf)
        bits = struct.unpack("<Q", struct.pack("<d", low))[0]
        digits = exact_half(low, float(high))
        texts += [digits, digits + ("" if "." in digits else ".") + "1", below(digits)]
        want += [bits + bits % 2, bits + 1, bits]
    encoded = [text.encode() for text in texts]
    got = read(scratch, encoded, "float64").to_numpy().view(np.uint64)
    assert_equal(got, np.array(want, dtype=np.uint64), texts)


def exact_half(low, high):
    """The decimal text of (low + high) / 2, all its digits."""
    half = (Fraction(low) + Fraction(high)) / 2
    shift = half.denominator.bit_length() - 1  # the denominator is a power of two
    digits = str(half.numerator * 5**shift)
    if shift == 0:
        return digits
    digits = digits.rjust(shift + 1, "0")
    return digits[:-shift] + "." + digits[-shift:]


def below(digits):
    """A number just below that one: its last digit less one, and a 9 behind it."""
    whole = int(digits.replace(".", "")) * 10 - 1
    places = len(digits.partition(".")[2]) + 1 if "." in digits else 1
    text = str(whole).rjust(places + 1, "0")
    return text[:-places] + "." + text[-places:]


def test_singles(scratch):
    bits = np.random.default_rng(5).integers(0, 2**32, COUNT * 2, dtype=np.uint64).astype(np.uint32)
    values = bits.view(np.float32)
    values = values[np.isfinite(values) & (values != 0)][:COUNT]
    texts = [repr(value).encode() for value in values.astype(np.float64).tolist()]
    got = read(scratch, texts, "float32").to_numpy().view(np.uint32)
    assert_equal(got, values.view(np.uint32), texts)


@pytest.mark.parametrize("kind", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"])
def test_integers(scratch, kind):
    info = np.iinfo(kind)
    source = np.random.default_rng(6)
    values = source.integers(info.min, info.max, COUNT, dtype=kind, endpoint=True)
    values >>= source.integers(0, info.bits - 1, COUNT).astype(kind)
    texts = [str(value).encode() for value in values.tolist()]
    assert_equal(read(scratch, texts, kind).to_numpy(), values, texts)


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("form", ["iso", "epoch"])
def test_timestamps(scratch, unit, form):
    limit = {"ms": 62_000_000_000_000, "us": 62_000_000_000_000_000, "ns": 9_200_000_000_000_000_000}[unit]
    values = np.random.default_rng(7).integers(-limit if form == "iso" else 0, limit, COUNT)
    if form == "epoch":
        if unit != "ms":
            pytest.skip("all-digit text is an epoch for timestamp[ms] alone")
        texts = [b"%d" % value for value in values.tolist()]
    else:
        texts = [text.encode() for text in np.datetime_as_string(values.astype(f"datetime64[{unit}]")).tolist()]
    got = read(scratch, texts, f"timestamp[{unit}]").view("int64").to_numpy()
    assert_equal(got, values, texts)


def test_dates(scratch):
    values = np.random.default_rng(8).integers(-719162, 2932896, COUNT)
    texts = [text.encode() for text in np.datetime_as_string(values.astype("datetime64[D]")).tolist()]
    assert_equal(read(scratch, texts, "date").view("int32").to_numpy(), values, texts)


@pytest.mark.parametrize("scale", [0, 2, 10])
def test_decimals(scratch, scale):
    values = np.random.default_rng(9).integers(-10**18, 10**18, COUNT // 4).tolist()
    texts = [f"{Decimal(value).scaleb(-scale):f}".encode() for value in values]
    got = read(scratch, texts, f"decimal(30,{scale})").to_pylist()
    assert [int(value.scaleb(scale)) for value in got] == values


NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
WORD = re.compile(r"[+-]?(inf|infinity|nan)", re.ASCII | re.IGNORECASE)


def damaged_numbers(seed, count):
    """Numbers in all the forms that files have, some of them with bytes changed, put in and left out."""
    draw = random.Random(seed)
    digits = lambda most: "".join(draw.choices("0123456789", k=draw.randrange(most + 1)))
    forms = [lambda: repr(draw.uniform(-1000, 1000)), lambda: digits(20) + "." + digits(30), lambda: digits(22) or "0",
             lambda: f"{draw.uniform(-9, 9):.{draw.randrange(20)}e}", lambda: f"{draw.getrandbits(64)}",
             lambda: f"{draw.random() * 10 ** draw.randrange(-300, 300):.17g}", lambda: f"-{digits(18)}7",
             lambda: draw.choice(["nan", "-Inf", "infinity", "1e400", "-1e-400", "0x1p3", "1_000", "\u0661", "1e5", "-0"])]
    texts = []
    while len(texts) < count:
        text = draw.choice(forms)()
        while draw.randrange(3) == 0:
            at, byte = draw.randrange(len(text) + 1), draw.choice("0123456789.-+eE x_:;'")
            text = draw.choice([text[:at] + byte + text[at:], text[:at] + byte + text[at + 1:], text[:at] + text[at + 1:]])
        if text:
            texts.append(text)
    return texts


def float_of(text, kind):
    """The value of a text; None where it is none, or is too large or too small for the type."""
    if WORD.fullmatch(text):
        return float("nan") if "nan" in text.lower() else float(text)
    if not NUMBER.fullmatch(text):
        return None
    value = float(text)
    if kind == "float32":
        value = nearest_single(text)
    lost = value == 0 and re.search("[1-9]", re.split("[eE]", text)[0])
    return None if lost or value in (float("inf"), float("-inf")) else value


def nearest_single(text):
    """The float32 nearest to a decimal text, ties to even: exactly, not by way of a rounded double."""
    with np.errstate(over="ignore", under="ignore"):
        guess = np.float32(float(text))
    if not np.isfinite(guess) or guess == 0:
        return float(guess)
    exact = Fraction(Decimal(text))
    near = [np.nextafter(guess, np.float32(-np.inf)), guess, np.nextafter(guess, np.float32(np.inf))]
    distance = lambda single: abs(Fraction(float(single)) - exact)
    best = min(distance(single) for single in near if np.isfinite(single))
    nearest = [single for single in near if np.isfinite(single) and distance(single) == best]
    return float(min(nearest, key=lambda single: int(single.view(np.uint32)) % 2))


def integer_of(text, kind):
    info = np.iinfo(kind)
    if not re.fullmatch(r"[+-]?\d+", text, re.ASCII) or not info.min <= int(text) <= info.max:
        return None
    return int(text)


@pytest.mark.parametrize("kind", ["float64", "float32", "int64", "uint32", "int8"])
def test_damaged_numbers(scratch, kind):
    texts = damaged_numbers(10, COUNT)
    of = float_of if kind.startswith("float") else integer_of
    want = [of(text, kind) for text in texts]
    job = Job(scratch, ["\n".join(texts).encode() + b"\n"], f"v:{kind}", on_error="null", flags=["--quote", "none"])
    outcomes = [job.run(Config(2, "", level, "1MiB"), report=False) for level in LEVELS]
    assert outcomes[0].run.code == 1, outcomes[0].run
    assert_same(outcomes)
    column = pq.read_table(outcomes[0].output).column("v").combine_chunks()
    valid = np.array([value is not None for value in want])
    assert COUNT // 50 < valid.sum() < COUNT, "some texts are numbers and some are none"
    assert_equal(np.asarray(column.is_valid()), valid, texts)
    got = column.drop_null().to_numpy()
    wanted = np.array([value for value in want if value is not None], dtype=kind)
    bits = f"u{wanted.dtype.itemsize}"
    assert_equal(got.view(bits), wanted.view(bits), [text for text, ok in zip(texts, valid) if ok])
