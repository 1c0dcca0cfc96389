"""Kinds of columns, each as (type, texts): what a rule of encodings may meet. None of them was used to make the rule."""

import numpy as np

WORDS = ("order shipped to customer payment failed retry timeout user login session opened closed cache miss disk full "
         "warning memory low restart service").split()


def _texts(values):
    return [str(value) for value in values]


def prices(random, rows):
    """A price that walks by cents, two digits."""
    return [f"{value / 100:.2f}" for value in 10_000 + np.cumsum(random.integers(-5, 6, rows))]


def temperatures(random, rows):
    """A sensor: a daily wave and noise, one digit."""
    wave = 15 + 8 * np.sin(np.arange(rows) / 5000) + random.normal(0, 0.4, rows)
    return [f"{value:.1f}" for value in wave]


def measured(random, rows):
    """Readings with all their digits: nothing repeats."""
    return [repr(value) for value in (20 + random.normal(0, 3, rows)).tolist()]


def places(random, rows):
    """Longitudes around cities, seven digits."""
    cities = random.uniform(-120, 140, 40)
    return [f"{value:.7f}" for value in cities[random.integers(0, 40, rows)] + random.normal(0, 0.05, rows)]


def sparse(random, rows):
    """Mostly zero, now and then an amount."""
    amounts = np.where(random.random(rows) < 0.04, random.integers(1, 10**6, rows) / 100, 0.0)
    return _texts(amounts.tolist())


def whole_floats(random, rows):
    """Counts, declared as floats."""
    return _texts(random.poisson(40, rows).astype(float).tolist())


def few_floats(random, rows):
    """A tariff of 60 prices, in any order."""
    tariff = random.integers(100, 99_999, 60) / 100
    return _texts(tariff[random.integers(0, 60, rows)].tolist())


def ids(random, rows):
    """Identifiers in any order, without repeats."""
    return _texts(random.permutation(rows * 5)[:rows].tolist())


def hashes(random, rows):
    return _texts(random.integers(-2**63, 2**63 - 1, rows).tolist())


def skewed(random, rows):
    """A few numbers often, many seldom."""
    return _texts(np.minimum(random.zipf(1.3, rows), 2**31 - 1).tolist())


def counter(random, rows):
    """A counter that starts again now and then."""
    steps = random.integers(0, 1500, rows)
    total = np.cumsum(steps)
    return _texts((total % 900_000_000).tolist())


def foreign_keys(random, rows):
    """Keys of a parent table: runs of one to nine rows."""
    return _texts((17 + np.repeat(np.arange(rows), random.integers(1, 10, rows))[:rows] * 3).tolist())


def walk(random, rows):
    """A number that goes up and down in small steps: thousands of values, each near the last one."""
    return _texts((10_000 + np.cumsum(random.integers(-5, 6, rows))).tolist())


def sawtooth(random, rows):
    """Rises with jitter, and starts again."""
    return _texts(((np.arange(rows) * 7 + random.integers(0, 5, rows)) % 3000).tolist())


def flags_as_numbers(random, rows):
    return _texts((random.random(rows) < 0.02).astype(int).tolist())


def events(random, rows):
    """Ascending times with jitter."""
    at = 1_700_000_000_000_000 + np.cumsum(random.exponential(40_000, rows).astype(np.int64))
    return _texts(np.datetime_as_string(at.astype("datetime64[us]"), unit="us"))


def minutes(random, rows):
    """A regular time, ten rows each."""
    at = 1_600_000_000_000 + np.arange(rows) // 10 * 60_000
    return _texts(np.datetime_as_string(at.astype("datetime64[ms]"), unit="ms"))


def dates(random, rows):
    """Days of seven years in any order."""
    return _texts(np.datetime_as_string((18_000 + random.integers(0, 2557, rows)).astype("datetime64[D]")))


def amounts(random, rows):
    return [f"{value / 100:.2f}" for value in random.lognormal(8, 1.2, rows)]


def fares(random, rows):
    """Amounts with two decimals, a quarter of them zero: 6,000 in all, everywhere."""
    return [f"{value / 100:.2f}" for value in random.integers(0, 6000, rows) * (random.random(rows) < 0.75)]


def cents(random, rows):
    """Amounts with two decimals that hardly repeat in a row group of a wide table."""
    return [f"{value / 100:.2f}" for value in random.integers(0, 100_000, rows)]


def states(random, rows):
    """A state that lasts."""
    names = np.array(["idle", "running", "waiting for input", "failed", "done"])
    return _texts(names[np.cumsum(random.random(rows) < 0.1) * 7 % 5])


def cities(random, rows):
    """5,000 names, some often."""
    names = np.array([f"{WORDS[i % 21].title()}{WORDS[i * 7 % 20]}-{i}" for i in range(5000)])
    return _texts(names[np.minimum(random.zipf(1.2, rows) - 1, 4999)])


def urls(random, rows):
    page, user = random.integers(0, 3000, rows), random.integers(0, 10**7, rows)
    return [f"https://shop.example.com/c/{WORDS[p % 21]}/{p}?user={u}" for p, u in zip(page.tolist(), user.tolist())]


def messages(random, rows):
    picked = random.integers(0, len(WORDS), (rows, 7))
    return [" ".join(WORDS[w] for w in row) for row in picked.tolist()]


def hex_keys(random, rows):
    return [f"{value:016x}" for value in random.integers(0, 2**63, rows).tolist()]


def addresses(random, rows):
    """IPv4 addresses of some networks."""
    net, host = random.integers(0, 90, rows), random.integers(0, 65_536, rows)
    return [f"10.{n}.{h >> 8}.{h & 255}" for n, h in zip(net.tolist(), host.tolist())]


def short_codes(random, rows):
    """Codes that number upwards: texts of one length."""
    return [f"A{n:07d}" for n in np.cumsum(random.integers(1, 4, rows)).tolist()]


ALL = {
    "prices": ("float64", prices), "temperatures": ("float32", temperatures), "measured": ("float64", measured),
    "measured32": ("float32", measured), "places": ("float64", places), "sparse": ("float64", sparse),
    "whole_floats": ("float64", whole_floats), "few_floats": ("float64", few_floats),
    "fares": ("float64", fares), "cents": ("float64", cents), "ids": ("int64", ids),
    "hashes": ("int64", hashes), "skewed": ("int32", skewed), "counter": ("int64", counter),
    "foreign_keys": ("int32", foreign_keys), "walk": ("int32", walk), "sawtooth": ("int32", sawtooth),
    "flags": ("uint8", flags_as_numbers), "events": ("timestamp[us]", events),
    "minutes": ("timestamp[ms]", minutes), "dates": ("date", dates), "amounts": ("decimal(12,2)", amounts),
    "states": ("string", states), "cities": ("string", cities), "urls": ("string", urls), "messages": ("string", messages),
    "hex_keys": ("string", hex_keys), "addresses": ("string", addresses), "codes": ("string", short_codes),
}
