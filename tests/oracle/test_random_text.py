"""Text without any sense: a few bytes that matter to a reader, in random order. Whatever the slow reader makes of it,
the program must make the same, at every read size, unit size, number of workers and SIMD level."""
import os
import random

import pytest

from oracle.reference import Dialect, Reader, Refused, columns_of
from support import check, program
from support.job import CHUNKS, WORKERS, Config, Job, assert_same

LONG = os.environ.get("HEADRACE_LONG", "") not in ("", "0")
SEEDS = range(5000 if LONG else 90)
LEVELS = program.simd_levels()
COLUMNS = ["s:string", "n:int8", "a:string,b:string", "a:int8,b:string,c:int8", "a:string,b:binary,c:string,d:string,e:string"]


def make(seed):
    """(files, columns, dialect, policy) of a seed."""
    source = random.Random(seed * 7919 + 13)
    delimiter = source.choice([b",", b",", b"\t", b"|"])
    quote = source.choice([b'"', b'"', b'"', b"'", b""])
    comment = source.choice([b"", b"", b"#"])
    terminator = source.choice(["auto", "lf", "cr"])
    ends = {"lf": [b"\n", b"\r\n", b"\r\r\n"], "cr": [b"\r"]}.get(terminator)
    if source.random() < 0.2:
        ends = [b"\n", b"\r"]
    if terminator == "auto":
        ends = source.choice([[b"\n"], [b"\r\n"], [b"\n", b"\r\n"], [b"\r"], [b"\n", b"\r\n", b"\r"]])
    alphabet = [delimiter] * source.randint(1, 6) + ends * source.randint(1, 4) + [b"1", b"7", b"x"] * source.randint(0, 3)
    alphabet += [quote or b'"'] * source.choice([0, 1, 2, 5]) + [comment or b"#"] * source.choice([0, 1])
    alphabet += [b"", b"y" * source.choice([1, 15, 31, 64, 100])] + source.choice([[], [b"\xff"], [b"\0"], [b"\xc3\xa9"]])
    if quote and source.random() < 0.5:  # properly quoted fields among it, so that quotes stay in step for long
        alphabet += [delimiter + quote + b"q" + source.choice([b"\n", delimiter, quote * 2]) + quote + delimiter] * 3
    files = []
    for _ in range(source.choice([1, 1, 2, 3])):
        count = source.choice([0, 1, 3, 50, 400, 3000])
        files.append((b"\xef\xbb\xbf" if source.random() < 0.1 else b"") + b"".join(source.choices(alphabet, k=count)))
    dialect = Dialect(delimiter=delimiter, quote=quote, comment=comment, terminator=terminator,
                      skip_rows=source.choice([0, 0, 0, 1, 2]), max_record_bytes=source.choice([16 << 20, 16 << 20, 40]))
    return files, source.choice(COLUMNS), dialect, source.choice(["quarantine", "null"])


@pytest.mark.parametrize("seed", SEEDS)
def test_random_text(seed, scratch):
    files, columns, dialect, on_error = make(seed)
    job = Job(scratch, files, columns, dialect, on_error=on_error, rejects_form=("parquet", "jsonl", "csv")[seed % 3])
    units = ["", "64", "1000"] if sum(map(len, files)) > 3000 else ["", "7", "64"]
    configs = [Config(WORKERS[(seed + i) % 3], CHUNKS[(seed * 3 + i) % 7], LEVELS[(seed + i) % len(LEVELS)], unit)
               for i, unit in enumerate(units)]
    outcomes = [job.run(config) for config in configs]
    try:
        want = Reader(columns_of(columns), dialect, None, on_error).read(list(zip(job.paths, files)))
    except Refused as refused:
        assert all(done.run.code == 2 and "--terminator" in done.run.stderr for done in outcomes), (refused, outcomes[0].run)
        return
    first = outcomes[0]
    assert first.run.code == check.exit_code(want), first.run
    check.assert_table(first.output, want.columns, {})
    check.assert_rejects(first.rejects, want.rejects)
    check.assert_report(first.report, want, files)
    assert_same(outcomes)
