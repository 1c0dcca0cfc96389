"""Text without any sense in the dialects that are read byte by byte, and in all their combinations: whatever the slow reader
makes of it, the program must make the same, at every read size, unit size and number of workers."""
import gzip
import os
import random

import pytest

from oracle.reference import WHITESPACE, Dialect, Reader, Refused, columns_of
from support import check, program
from support.job import CHUNKS, WORKERS, Config, Job, assert_same

LONG = os.environ.get("HEADRACE_LONG", "") not in ("", "0")
SEEDS = range(6000 if LONG else 260)
LEVELS = program.simd_levels()
TYPES = ["string", "string", "string", "int8", "int64", "bool", "float64", "decimal(5,2)", "binary", "date", "uint16",
         "dictionary(string)", "timestamp[s]", "duration[s]"]
DELIMITERS = [b",", b",", b"\t", b"|", WHITESPACE, WHITESPACE, b"||", b"||", b"\t|\t", b";;;", b"aba", b"\xc2\xa6", b"-=" * 8,
              b" ", b"\\\\", b"^|^", b"#|"]
WORD_BYTES = b"0123456789abcdefghijklmnopqrstuvwxyz"
WORDS = [b"1", b"7", b"-2", b"0.5", b"3.25", b"true", b"f", b"x", b"2024-02-29", b"NA", b"N"]


def dialect_of(source):
    """A random dialect, among them each new property alone and all of them together."""
    pick, chance = source.choice, lambda share: source.random() < share
    delimiter = pick(DELIMITERS)
    taken = b" \t" if delimiter == WHITESPACE else delimiter
    free = lambda byte: not byte or byte not in taken
    quote = pick([byte for byte in (b'"', b'"', b'"', b"'", b"") if free(byte)])
    escape = pick([byte for byte in (b"", b"\\", b"\\", b"^", b"e") if free(byte) and (not byte or byte != quote)])
    words = any(byte in WORD_BYTES for byte in (delimiter if delimiter != WHITESPACE else b"") + quote + escape)
    styles = ["field", "field"] + ["quoted"] * bool(quote) + ["c"] * (not words)
    header = chance(0.2)
    comment = pick([b"", b"", b"#"]) if taken[:1] != b"#" else b""
    lenient = chance(0.3)
    return Dialect(
        delimiter=delimiter, quote=quote, escape=escape, comment=comment, lenient=lenient, escape_style=pick(styles) if escape else "field",
        terminator="auto" if lenient else pick(["auto", "auto", "lf", "cr"]), header=header,
        header_rows=pick([1, 1, 2]) if header and delimiter != WHITESPACE else 1, skip_after_header=pick([0, 0, 1, 3]) if header else 0,
        skip_footer=pick([0, 0, 0, 1, 3, 20]),
        short_records=pick(["reject", "pad"]), long_records=pick(["reject", "truncate", "collect"]),
        skip_rows=pick([0, 0, 0, 0, 1, 2]), nulls=pick([(b"",), (b"",), (b"", b"NA"), (b"\\N", b"NA"), (b"NA",)]),
        no_nulls=chance(0.1), max_record_bytes=pick([16 << 20, 16 << 20, 16 << 20, 40]))


def ends_of(source, dialect):
    if source.random() < 0.1:
        return [b"\n", b"\r", b"\r\n"]
    if dialect.lenient:
        return source.choice([[b"\n"], [b"\r\n"], [b"\r"], [b"\n", b"\r\n", b"\r"]])
    choices = {"lf": [[b"\n"], [b"\n", b"\r\n", b"\r\r\n"]], "cr": [[b"\r"]]}
    return source.choice(choices.get(dialect.terminator, [[b"\n"], [b"\r\n"], [b"\n", b"\r\n"], [b"\r"]]))


def make(seed):
    """(files, columns, dialect, policy) of a seed."""
    source = random.Random(seed * 104729 + 7)
    dialect = dialect_of(source)
    count = source.randint(1, 5)
    columns = ",".join(f"c{i}:{source.choice(TYPES)}" for i in range(count))
    ends, quote = ends_of(source, dialect), dialect.quote or b'"'
    gaps = [b" ", b"\t", b" \t ", b"  "] if dialect.delimiter == WHITESPACE else [dialect.delimiter]
    alphabet = gaps * source.randint(1, 6) + ends * source.randint(1, 4) + source.sample(WORDS, source.randint(1, len(WORDS)))
    alphabet += [gap[:1] for gap in gaps] * source.choice([0, 0, 1]) + [gap[-1:] for gap in gaps] * source.choice([0, 0, 1])
    alphabet += [dialect.escape] * source.choice([0, 1, 2, 4]) + [dialect.comment or b"#"] * source.choice([0, 1])
    alphabet += [quote] * source.choice([0, 1, 2, 5]) + [b"", b"y" * source.choice([1, 15, 31, 64, 100])]
    alphabet += source.choice([[], [], [b"\xff"], [b"\0"], [b"\xc3\xa9"], [b" "], [b"\\N"]])
    alphabet += [dialect.escape + word for word in (b"n", b"t", b"N", b"x4", b"xg", b"101", b"0", b"377")] * bool(dialect.escape)
    whole = [quote + b"q" + source.choice([b"\n", b"\r", gaps[0], quote * 2, dialect.escape + quote]) + quote + gaps[0]] * 3
    alphabet += whole if source.random() < 0.5 else []
    record = [b"", *([gaps[0].join(source.choices(WORDS, k=count)) + ends[0]] * source.choice([0, 1, 8]))]
    alphabet += record
    names = [b"c%d" % i for i in source.sample(range(count), count)] + source.choice([[], [], [b"extra"]])
    upper = [source.randint(1, dialect.header_rows) == 1 for _ in names]  # in the first row of a header of two
    rows = [names] if dialect.header_rows == 1 else [[n if u else b"" for n, u in zip(names, upper)], [b"" if u else n for n, u in zip(names, upper)]]
    rows += [[b"u"] * source.randint(1, count + 1) for _ in range(dialect.skip_after_header)]
    head = ends[0].join(gaps[0].join(row) for row in rows)
    files = []
    for _ in range(source.choice([1, 1, 2, 3])):
        text = b"".join(source.choices(alphabet, k=source.choice([0, 1, 3, 50, 400, 2000])))
        lines = b"".join(b"line" + ends[0] for _ in range(dialect.skip_rows)) if dialect.header else b""
        files.append((b"\xef\xbb\xbf" if source.random() < 0.1 else b"") + lines +
                     (head + ends[0] if dialect.header else b"") + text)
    return files, columns, dialect, source.choice(["quarantine", "null"])


@pytest.mark.parametrize("seed", SEEDS)
def test_random_dialect(seed, scratch):
    files, columns, dialect, on_error = make(seed)
    job = Job(scratch, files, columns, dialect, on_error=on_error, rejects_form=("parquet", "jsonl", "csv")[seed % 3])
    units = ["", "64", "1000"] if sum(map(len, files)) > 3000 else ["", "7", "64"]
    configs = [Config(WORKERS[(seed + i) % 3], CHUNKS[(seed * 3 + i) % 7], LEVELS[(seed + i) % len(LEVELS)], unit)
               for i, unit in enumerate(units)]
    configs.append(Config(8, CHUNKS[(seed * 5 + 1) % 7], LEVELS[0], units[1]))
    outcomes = [job.run(config) for config in (configs if LONG else configs[seed % 2:][:3])]
    try:
        want = Reader(columns_of(columns), dialect, None, on_error).read(list(zip(job.paths, files)))
    except Refused as refused:
        assert all(done.run.code == 2 and done.run.stderr for done in outcomes), (refused, outcomes[0].run)
        return
    first = outcomes[0]
    assert first.run.code == check.exit_code(want), first.run
    types = {c.name: c.type for c in columns_of(columns)}
    check.assert_table(first.output, want.columns, types)
    check.assert_rejects(first.rejects, want.rejects)
    check.assert_report(first.report, want, files)
    assert_same(outcomes)
    if seed % 2 == 0:
        folder = os.path.join(scratch, "packed")
        os.mkdir(folder)
        packed = Job(folder, [gzip.compress(data, 1) for data in files], columns, dialect, on_error=on_error)
        done = packed.run(Config(WORKERS[seed // 2 % 3], "", "", units[1]))
        check.assert_table(done.output, want.columns, types)
        check.assert_rejects(done.rejects, want.rejects)


def test_seeds_are_rich_enough():
    """Of what the seeds are for, there is some of each."""
    seen = {}
    for seed in range(200):
        files, columns, dialect, on_error = make(seed)
        try:
            got = Reader(columns_of(columns), dialect, None, on_error).read([(str(i), data) for i, data in enumerate(files)])
        except Refused:
            seen["refused"] = seen.get("refused", 0) + 1
            continue
        seen["written"] = seen.get("written", 0) + got.rows_written
        for name in got.bent:
            seen[name] = seen.get(name, 0) + got.bent[name]
        for name in ("escape_style", "header_rows", "skip_after_header", "skip_footer"):
            value = getattr(dialect, name)
            seen[f"{name} {value}"] = seen.get(f"{name} {value}", 0) + 1
        for reject in got.rejects:
            seen[reject["kind"]] = seen.get(reject["kind"], 0) + 1
    assert seen["refused"] < 60 and seen["written"] > 2000, seen
    for kind in ("too_few_fields", "too_many_fields", "quote_in_field", "text_after_quote", "unclosed_quote", "record_too_long",
                 "bad_integer", "null_not_allowed", "padded", "truncated", "collected", "lenient", "escape_style quoted",
                 "escape_style c", "header_rows 2", "skip_after_header 1", "skip_after_header 3", "skip_footer 3", "skip_footer 20"):
        assert seen.get(kind, 0) >= 5, (kind, seen)
