"""Values by the million, compared as arrays: doubles of every exponent, halves between neighbours, float32, integers,
dates and timestamps."""
import os
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
