"""Reads what the program writes by Spark's two readers, the vectorized one and the other, and compares every cell:

    .venv/bin/python tests/spark_readers.py --python VENV/bin/python --python OTHER/bin/python [--rows N]

Each PYTHON has a pyspark (without one: this interpreter); Java is found by Spark. Values are drawn first and rendered then;
Spark's are compared with those drawn, floats by their bits. Files of `wide` have every type that Spark takes, and every
encoding; filters, which Spark answers from statistics, page index, dictionaries and bloom filters, must count what is there.
Types that a Spark may not take have a file each: told, and a fault only where values differ. It fails where a file of `wide`
is not read right, or one of `latest` by Spark 4.3 or later; what earlier ones make of these is told."""
import argparse
import datetime
import json
import os
import pickle
import random
import struct
import subprocess
import sys
import tempfile
import uuid
from decimal import Decimal

from support import parquet_bytes, program

READS_LATEST = (4, 3)
CHILD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "support", "spark_child.py")
EPOCH = datetime.datetime(1970, 1, 1)
LONG_TEXT = "långt " * 1000  # longer than a text that statistics hold


# --- values: (as Spark gives them, as text) --------------------------------------------------------------------------

def integer(low, high):
    def draw(random):
        return random.choice([low, high, low + 1, high - 1, max(low, -1), 0, 1, random.randint(low, high)])
    return draw, str


def floats(form):
    """Bits of any finite float, and what is rare."""
    special = [0.0, -0.0, float("nan"), float("inf"), float("-inf"), 1.5, -2.25]
    smallest = {"<f": 1.401298464324817e-45, "<d": 5e-324}[form]

    def draw(random):
        value = struct.unpack(form, random.randbytes(struct.calcsize(form)))[0]
        if value != value or abs(value) == float("inf") or random.random() < 0.4:
            return random.choice(special + [smallest, -smallest, smallest * 12345, random.randrange(500) / 4])
        return value
    return draw, repr


def decimal(digits, scale):
    def draw(random):
        unscaled = random.choice([0, 1, 10**digits - 1, random.randrange(10**digits), random.randrange(10**4)])
        return Decimal((random.randrange(2) if unscaled else 0, tuple(map(int, str(unscaled))), -scale))
    return draw, lambda value: f"{value:f}"


def quoted(value):
    return '"' + value.replace('"', '""') + '"'


def texts(random):
    kind = random.randrange(12)
    if kind == 0:
        long = LONG_TEXT * (random.random() < 0.01)
        return random.choice(["", " ", "ä", "東京", "🙂 a", 'say "so"', "a,b", "two\nlines", "\x00", long])
    if kind == 1:
        return f"a prefix that all share, and that is longer than what the page index keeps: {random.randrange(10**4)}"
    return f"w{random.randrange(10 ** random.randrange(1, 8))}"


def moment(unit):
    """A time of any year, in a unit of `unit` microseconds; half of them around 1970."""
    low, high = (int((t - EPOCH) / datetime.timedelta(microseconds=unit)) for t in
                 (datetime.datetime(1, 1, 2), datetime.datetime(9999, 12, 30)))

    def draw(random):
        any_year, near = (random.randint(low, high) for _ in range(2)), random.randrange(-10**9, 10**9)
        count = random.choice([-1, 0, 1, near, *any_year])
        return EPOCH + datetime.timedelta(microseconds=count * unit)
    return draw, (lambda value: value.isoformat(timespec="milliseconds")) if unit == 1000 else datetime.datetime.isoformat


def of_zone(form):
    return form[0], lambda value: form[1](value) + "Z"


def day(random):
    return datetime.date.fromordinal(random.choice([1, 719162, 719163, 3652059, random.randint(1, 3652059)]))


def clock(random):
    return (EPOCH + datetime.timedelta(milliseconds=random.randrange(86_400_000))).time()


def show_clock(value):
    return value.isoformat(timespec="milliseconds")


TAKEN = {  # type: (draw, text)
    "bool": (lambda random: random.random() < 0.5, lambda value: str(value).lower()),
    "int8": integer(-2**7, 2**7 - 1), "int16": integer(-2**15, 2**15 - 1), "int32": integer(-2**31, 2**31 - 1),
    "int64": integer(-2**63, 2**63 - 1), "uint8": integer(0, 2**8 - 1), "uint16": integer(0, 2**16 - 1),
    "uint32": integer(0, 2**32 - 1), "uint64": (integer(0, 2**64 - 1)[0], str),
    "float32": floats("<f"), "float64": floats("<d"),
    "decimal(9,2)": decimal(9, 2), "decimal(18,4)": decimal(18, 4), "decimal(38,10)": decimal(38, 10),
    "string": (texts, quoted), "dictionary(string)": (lambda random: random.choice(["", "a", "bee", "東京"]), quoted),
    "binary": (lambda random: random.randbytes(random.randrange(20)), lambda value: quoted(value.decode("latin-1"))),
    "date": (day, datetime.date.isoformat),
    "timestamp[s]": moment(10**6), "timestamp[ms]": moment(1000), "timestamp[us]": moment(1),
    "timestamp[us, UTC]": of_zone(moment(1)), "timestamp[ms, Europe/Rome]": of_zone(moment(1000)),
    "duration[us]": integer(-2**63, 2**63 - 1),
}
PERHAPS = {
    "time[ms]": (clock, show_clock), "time[us]": (clock, show_clock), "time[ns]": (clock, show_clock),
    "uuid": (lambda random: str(uuid.UUID(int=random.getrandbits(128))), str),
    "timestamp[ns]": (moment(1)[0], datetime.datetime.isoformat),
}
ORDERED = {"id": "int64", "steps": "int32", "times": "timestamp[us]", "days": "date"}  # what differences are for


def shared_types():
    """{name: type}: ordered columns first, one of each type, one without any value."""
    return ORDERED | {f"c{i}": kind for i, kind in enumerate(TAKEN)} | {"nothing": "float64"}


def draw_columns(types, rows, seed):
    """{name: values}; None is null."""
    draw, columns = random.Random(seed), {}
    first = datetime.datetime(1969, 12, 31, 23)
    for name, kind in types.items():
        make = (TAKEN | PERHAPS)[kind][0]
        if name == "id":
            columns[name] = [i * 3 - rows for i in range(rows)]
        elif name in ORDERED:
            make = {"steps": lambda i: i * 7 + draw.randrange(9),
                    "times": lambda i: first + datetime.timedelta(microseconds=i * 10**5 + draw.randrange(10**5)),
                    "days": lambda i: datetime.date(1960, 1, 1) + datetime.timedelta(i // 20)}[name]
            columns[name] = [None if draw.random() < 0.05 else make(i) for i in range(rows)]
        else:
            columns[name] = [None if name == "nothing" or draw.random() < 0.1 else make(draw) for _ in range(rows)]
    return columns


def in_range(kind, value):
    """Whether a type of nanoseconds holds the value."""
    return kind != "timestamp[ns]" or value is None or abs(value - EPOCH) < datetime.timedelta(days=100_000)


# --- files ------------------------------------------------------------------------------------------------------------

def takes(kind, encoding, latest):
    """Whether a column of this type may ask for the encoding (docs/outputs.md)."""
    is_text = kind in ("string", "binary")
    if encoding == "dictionary":
        return kind not in ("bool", "uuid", "decimal(38,10)")
    if encoding == "delta":
        return is_text and latest or not is_text and not kind.startswith(("bool", "uuid", "decimal", "float", "dictionary"))
    return encoding != "byte_stream_split" or kind.startswith("float")


FORMS = {  # name: (encoding wished, bloom filters, flags)
    "wide": ("auto", True, []),
    "wide plain": ("plain", False, ["--compression", "snappy"]),
    "wide dictionary": ("dictionary", True, ["--compression", "lz4"]),
    "wide delta": ("delta", False, ["--compression", "none"]),
    "latest": ("auto", True, ["--parquet-compat", "latest"]),
    "latest delta": ("delta", False, ["--parquet-compat", "latest", "--compression", "gzip"]),
    "latest split": ("byte_stream_split", False, ["--parquet-compat", "latest"]),
}


def write(folder, name, types, columns, form, unit):
    """Render the columns and have them written in a form; return the path."""
    encoding, filters, flags = FORMS[form]
    path = os.path.join(folder, name.replace(" ", "-").replace("[", "-").replace("]", ""))
    texts = [[None if v is None else (TAKEN | PERHAPS)[kind][1](v).encode("latin-1" if kind == "binary" else "utf-8")
              for v in values] for kind, values in zip(types.values(), columns.values())]
    with open(path + ".csv", "wb") as file:
        file.writelines(b",".join(field or b"" for field in row) + b"\n" for row in zip(*texts))
    with open(path + ".toml", "w") as file:
        file.write("format = 1\n")
        for column, kind in types.items():
            wish = f'encoding = "{encoding}"\n' if encoding != "auto" and takes(kind, encoding, "latest" in form) else ""
            wish += "bloom_filter = true\n" if filters and kind != "bool" else ""
            file.write(f'[[column]]\nname = "{column}"\ntype = "{kind}"\n{wish}')
    done = program.run("ingest", path + ".csv", "--schema", path + ".toml", "--no-header", "-o", path + ".parquet", "-q",
                       "--unit-bytes", unit, "--verify", *flags)
    assert done.code == 0, done
    return path + ".parquet"


def contents(path):
    """What a file has of Parquet: {"row groups", "pages" of the column chunk with most, "bloom filters", "encodings"}."""
    groups = parquet_bytes.read(path).groups
    chunks = [chunk for group in groups for chunk in group]
    return {"row groups": len(groups), "pages": max(len(chunk.data_pages) for chunk in chunks),
            "bloom filters": sum(chunk.filter_place is not None for chunk in chunks),
            "encodings": sorted(set().union(*(chunk.encodings for chunk in chunks)))}


def literal(value):
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if isinstance(value, datetime.datetime):
        return f"TIMESTAMP_NTZ'{value}'"
    if isinstance(value, datetime.date):
        return f"DATE'{value}'"
    return f"double('{value}')" if isinstance(value, float) else str(value)


def questions(types, columns, seed):
    """[(condition, rows that meet it)]: values that are there, values that are not, ranges."""
    draw, asked = random.Random(seed), []
    for kind in ("int32", "int64", "uint32", "string", "dictionary(string)", "date", "timestamp[us]", "decimal(18,4)",
                 "float64"):
        name = next(n for n in types if types[n] == kind and n not in ORDERED)
        values = [v for v in columns[name] if v is not None and v == v]
        for value in [*draw.sample(values, 3), {"string": "no such", "int64": 77}.get(kind, values[0])]:
            if not (isinstance(value, str) and "\x00" in value):
                asked.append((f"{name} = {literal(value)}", values.count(value)))
        asked.append((f"{name} IS NULL", columns[name].count(None)))
        if kind == "float64":
            # To Spark NaN is one value and greater than all others: it must not look for that between bounds.
            nans = sum(v is not None and v != v for v in columns[name])
            asked += [(f"isnan({name})", nans), (f"{name} = double('NaN')", nans),
                      (f"{name} > double('Infinity')", nans),
                      (f"{name} > 1.5D", nans + sum(v > 1.5 for v in values))]
            asked += [(f"{name} = double('{zero}')", columns[name].count(0.0)) for zero in ("0.0", "-0.0")]
    for name in ORDERED:
        values = [v for v in columns[name] if v is not None]
        low, high = sorted(draw.sample(values, 2))
        asked.append((f"{name} BETWEEN {literal(low)} AND {literal(high)}", sum(low <= v <= high for v in values)))
        asked.append((f"{name} < {literal(low)}", sum(v < low for v in values)))
    return asked


# --- comparing --------------------------------------------------------------------------------------------------------

def bits(kind, value):
    """A value so that equal ones are the same: floats by their bits."""
    if isinstance(value, float):
        return struct.pack("<f" if kind == "float32" else "<d", value)
    if kind == "timestamp[ns]" and isinstance(value, datetime.datetime):
        return (value - EPOCH) // datetime.timedelta(microseconds=1) * 1000
    return int(value) if kind == "uint64" and value is not None else value


def fault(types, columns, asked, answer):
    """What is wrong with what Spark made of a file, in words; nothing where all is right."""
    if "error" in answer:
        return "refused: " + answer["error"]
    rows = len(next(iter(columns.values())))
    if len(answer["rows"]) != rows:
        return f"DIFFERS: {len(answer['rows'])} rows, not {rows}"
    for place, (name, kind) in enumerate(types.items()):
        for row, (want, got) in enumerate(zip(columns[name], answer["rows"])):
            if bits(kind, want) != bits(kind, got[place]):
                return f"DIFFERS: {kind}, row {row}: {got[place]!r:.80}, not {want!r:.80}"
    for (condition, want), got in zip(asked, answer["counts"], strict=True):
        if want != got:
            return f"DIFFERS: {condition:.80} holds for {got} rows, not {want}"
    return ""


def make(folder, rows, seed=1, forms=FORMS):
    """Write all files; return {name: (types, columns, questions, path)}."""
    made = {}
    types = shared_types()
    columns = draw_columns(types, rows, seed)
    asked = questions(types, columns, seed)
    for form in forms:
        # Two row groups of several pages in the long form; some in the short one.
        made[form] = (types, columns, asked, write(folder, form, types, columns, form, f"{max(rows // 4000, 1)}MiB"))
    for kind in PERHAPS:
        single = {name: [v if in_range(kind, v) else None for v in values]
                  for name, values in draw_columns({"x": kind}, min(rows, 1000), seed).items()}
        made[kind] = ({"x": kind}, single, [], write(folder, kind, {"x": kind}, single, "wide", "1MiB"))
    return made


def read(python, made, folder):
    """What one Spark makes of the files: (its version and Java's, {(name, vectorized): fault})."""
    job, answer = os.path.join(folder, "job.json"), os.path.join(folder, "answer")
    with open(job, "w") as file:
        json.dump({"files": {name: each[3] for name, each in made.items()},
                   "queries": {name: [condition for condition, _ in each[2]] for name, each in made.items()}}, file)
    subprocess.run([python, CHILD, job, answer], check=True, env=os.environ | {"TZ": "UTC"}, stderr=subprocess.DEVNULL)
    with open(answer, "rb") as file:
        told = pickle.load(file)
    faults = {key: fault(*made[key[0]][:3], each) for key, each in told["files"].items()}
    return told["version"], told["java"], faults


def missed(version, faults):
    """What must not happen."""
    knows_latest = tuple(map(int, version.split(".")[:2])) >= READS_LATEST
    for (name, vectorized), wrong in faults.items():
        must = name.startswith("wide") or knows_latest and name.startswith("latest")
        if wrong and (must or name in PERHAPS and wrong.startswith("DIFFERS")):
            yield name, vectorized, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", help="an interpreter that has a pyspark; may be given several times")
    parser.add_argument("--rows", type=int, default=80_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        made = make(folder, args.rows, args.seed)
        for name in FORMS:
            print(f"{name}: {', '.join(f'{key}: {value}' for key, value in contents(made[name][3]).items())}")
        for python in args.python or [sys.executable]:
            version, java, faults = read(python, made, folder)
            print(f"\nSpark {version}, Java {java}, {args.rows} rows\n\n| file | vectorized | other |\n|---|---|---|")
            for name in made:
                print(f"| {name} | {faults[name, True] or 'equal'} | {faults[name, False] or 'equal'} |", flush=True)
            wrong = list(missed(version, faults))
            print("\n".join(f"FAULT {each}" for each in wrong))
            failed = failed or bool(wrong)
    sys.exit(failed)


if __name__ == "__main__":
    main()
