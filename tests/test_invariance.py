"""Config never changes a byte: three files of many units, with rejects and quoted line ends across the cuts, through
numbers of workers, read sizes and SIMD levels; the same text as a file, a stream and compressed."""
import gzip
import itertools
import os
import subprocess

import pyarrow.parquet as pq
import pytest

from oracle.reference import BOM, Dialect, Reader, columns_of, next_record
from support import check, outcome, program
from support.job import CHUNKS, WORKERS, Config, Job, assert_same, smallest_unit

UNIT = 4096
COLUMNS = "n:uint32,when:timestamp[ms],word:string,kind:dictionary(string),x:float64"
LEVELS = program.simd_levels()
PRODUCT = [Config(w, c, level, str(UNIT)) for w, c, level in itertools.product(WORKERS, CHUNKS, LEVELS)]
FEW = PRODUCT[:1] + PRODUCT[9::8]


def _file(seed, units, end):
    """Rows up to each multiple of the unit, where something lies across the cut: a quoted field that looks like
    records, a terminator, a bad record, a record that starts right there, a doubled quote."""
    data = bytearray(BOM if seed == 1 else b"")
    number = 0

    def row(word=b"plain", x=b"0.25", length=0):
        nonlocal number
        number += 1
        kind = (b"a", b"bee", b"", b'"c,d"')[number % 4]
        head, tail = b"%d,%d," % (number, 1383264000000 + number * 600000), b",%s,%s%s" % (kind, x, end)
        return head + (b"e" * (length - len(head) - len(tail)) if length else word) + tail

    for unit in range(1, units + 1):
        cut = unit * UNIT
        turn = (unit + seed) % 8
        if len(data) > cut - 400:
            continue
        while len(data) < cut - 400:
            data += row(b'"w\n%d"' % number if number % 7 == 0 else b"w%d" % number, b"" if number % 3 else b"%d.5" % number)
            if number % 11 == 0:
                data += row(x=b"bad")
            if number % 13 == 0:
                data += (b"1,2" if turn % 2 else b'7,8,q"q,,') + end
        gap = cut - len(data)
        if turn == 0:  # a quoted field that looks like records, over the cut
            data += row(b'"' + (end + b"1,1383264000000,x,a,2.5") * 30 + b'"')
        elif turn == 1:  # the record ends right at the cut
            data += row(length=gap)
        elif turn == 2:  # the terminator lies over the cut, or begins there
            data += row(length=gap + len(end) - 1)
        elif turn == 3:  # a bad record over the cut, with quotes in it
            data += b'1,2,' + b"z" * gap + b'"q",' + end + row(b'"a""b"')
        elif turn == 4:  # a doubled quote over the cut
            start = len(b"%d,%d," % (number + 1, 1383264000000))
            data += row(b'"' + b"d" * (gap - start - 2) + b'""' * 20 + b'"')
        elif turn == 5:  # a long record that covers several units
            data += row(b'"' + b"long\n" * UNIT + b'"') if seed == 2 else row(b"k" * (gap + 10))
        elif turn == 6:  # text after a quote, over the cut
            data += b'5,6,"' + b"t" * (gap - 5) + b'\n"tail,,1' + end
        else:  # blank lines over the cut
            data += row() + end * (gap + 4)
    return bytes(data + row())


@pytest.fixture(scope="module")
def files():
    return [_file(0, 17, b"\n"), _file(1, 16, b"\r\n"), _file(2, 25, b"\n")]


def _want(job, files):
    return Reader(columns_of(COLUMNS), Dialect()).read(list(zip(job.paths, files)))


def test_inputs_are_hard_enough(files):
    """The cuts lie where the table of cuts says: inside quoted text, inside bad records, at record starts."""
    inside_quotes = starts = 0
    for data in files:
        at = 3 if data.startswith(BOM) else 0
        assert len(data) > 5 * UNIT
        while at < len(data):
            record = next_record(data, at, Dialect(), 0x0A)
            for cut in range((record.begin // UNIT + 1) * UNIT, record.after, UNIT):
                inside_quotes += b'"' in data[record.begin:cut] and b"\n" in data[record.begin:record.end]
            starts += record.begin % UNIT == 0 and record.begin > 0
            at = record.after
    assert inside_quotes >= 10 and starts >= 3, (inside_quotes, starts)


def test_parquet_everywhere(files, scratch):
    """The whole product of workers, read sizes and levels."""
    job = Job(scratch, files, COLUMNS)
    want = _want(job, files)
    assert len(want.rejects) > 50
    outcomes = job.run_all(PRODUCT)
    check.assert_table(outcomes[0].output, want.columns, {c.name: c.type for c in columns_of(COLUMNS)})
    check.assert_rejects(outcomes[0].rejects, want.rejects)
    check.assert_report(outcomes[0].report, want, files)
    assert_same(outcomes)


@pytest.mark.parametrize("form", ["arrow", "directory"])
@pytest.mark.parametrize("rejects_form", ["parquet", "csv"])
def test_other_forms(files, scratch, form, rejects_form):
    job = Job(scratch, files, COLUMNS, form=form, rejects_form=rejects_form)
    want = _want(job, files)
    outcomes = job.run_all(FEW)
    assert outcomes[0].run.code == 1, outcomes[0].run
    check.assert_report(outcomes[0].report, want, files)
    assert_same(outcomes)


def test_hive_partitions(files, scratch):
    job = Job(scratch, files, COLUMNS, form="directory", flags=["--partition-by", "kind"])
    outcomes = job.run_all(FEW)
    assert outcomes[0].run.code == 1, outcomes[0].run
    assert_same(outcomes)


@pytest.mark.parametrize("flags", [["--rows-per-file", "40"], ["--bytes-per-file", "6KiB"],
                                   ["--bytes-per-file", "2500", "--partition-by", "kind"]], ids=" ".join)
def test_parts(files, scratch, flags):
    job = Job(scratch, files, COLUMNS, form="directory", flags=flags)
    outcomes = job.run_all(FEW)
    assert outcomes[0].run.code == 1, outcomes[0].run
    assert_same(outcomes)
    assert any(name.endswith(("part-2.parquet", "part-00002.parquet")) for name in outcome.tree(outcomes[0].output))


@pytest.mark.parametrize("unit", ["64", "1000", "65536", "32MiB"])
def test_unit_sizes_change_row_groups_alone(files, scratch, unit):
    job = Job(scratch, files, COLUMNS)
    configs = [Config(1, "", "", str(UNIT)), Config(2, "4096", "", unit), Config(8, "7", LEVELS[0], unit)]
    if program.run("explain", "--columns", "a:int8", "--unit-bytes", unit).code != 0:
        pytest.skip(f"--unit-bytes {unit} is refused")
    outcomes = job.run_all(configs)
    assert_same(outcomes)
    first, other = (outcome.plain_table(outcome.read_table(o.output)) for o in outcomes[:2])
    assert first == other


@pytest.mark.parametrize("unit", [UNIT, 1000])
def test_row_groups_are_units(files, scratch, unit):
    """A unit begins at the first record start at or after a multiple of the unit's bytes: one row group each."""
    for i, data in enumerate(files):
        job = Job(scratch, [data], COLUMNS, names=[f"one{i}.csv"])
        want = Reader(columns_of(COLUMNS), Dialect()).read([(job.paths[0], data)])
        bad = {reject["record"] for reject in want.rejects}
        counts, at, number = {}, 3 if data.startswith(BOM) else 0, 0
        while at < len(data):
            record = next_record(data, at, Dialect(), 0x0A)
            at = record.after
            if not record.blank:
                number += 1
                if number not in bad:
                    counts[record.begin // unit] = counts.get(record.begin // unit, 0) + 1
        done = job.run(Config(2, "", "", str(unit)))
        footer = pq.read_metadata(done.output)
        assert [footer.row_group(g).num_rows for g in range(footer.num_row_groups)] == list(counts.values())


def test_small_files_share_row_groups(scratch):
    parts = [b"%d,a\n" % i * 10 for i in range(50)]
    job = Job(scratch, parts, "n:int32,s:string")
    outcomes = job.run_all([Config(1), Config(8, "1")])
    assert_same(outcomes)
    assert pq.read_metadata(outcomes[0].output).num_row_groups == 1
    assert outcome.plain_table(outcome.read_table(outcomes[0].output))["n"] == [i for i in range(50) for _ in range(10)]


def test_file_stream_and_compressed_text_give_the_same(files, scratch):
    data = files[0] + files[2]
    plain = os.path.join(scratch, "t.csv")
    with open(plain, "wb") as file:
        file.write(data)
    packed = os.path.join(scratch, "t.csv.gz")
    with gzip.open(packed, "wb") as file:
        file.write(data)
    digests, rejects = [], []
    for name, source in (("plain", plain), ("stdin", "-"), ("packed", packed)):
        for workers, chunk in ((1, "1"), (2, "4096"), (8, "32MiB")):
            out, bad = (os.path.join(scratch, f"{name}{workers}.{ending}") for ending in ("parquet", "bad.parquet"))
            done = program.run("ingest", source, "-o", out, "--columns", COLUMNS, "--rejects", bad, "--unit-bytes", str(UNIT),
                               "--workers", str(workers), "--chunk", chunk, stdin=data if source == "-" else b"")
            assert done.code == 1, done
            digests.append(outcome.digest(out))
            rejects.append([{k: v for k, v in row.items() if k != "file"} for row in outcome.read_rejects(bad)])
    assert len(set(digests)) == 1
    assert all(r == rejects[0] for r in rejects)


def test_a_pipe_may_give_few_bytes_at_a_time(files, scratch):
    """Short reads are not the end of a stream."""
    data = files[1]
    out = os.path.join(scratch, "slow.parquet")
    process = program.start("ingest", "-", "-o", out, "--columns", COLUMNS, "--on-error", "skip", "--workers", "2",
                            "--unit-bytes", str(UNIT), stdin=subprocess.PIPE)
    for at in range(0, len(data), 997):
        process.stdin.write(data[at:at + 997])
        process.stdin.flush()
    process.stdin.close()
    process.stdin = None
    _, errors = process.communicate(timeout=program.TIMEOUT_S)
    assert process.returncode == 1, errors
    job = Job(scratch, [data], COLUMNS, on_error="skip", names=["x.csv"])
    assert outcome.digest(out) == outcome.digest(job.run(Config(1, "", "", str(UNIT))).output)


def test_units_are_in_flight_together(scratch):
    """The report proves that units were carried at the same time, and the bytes are those of one worker."""
    data = b"".join(b'%d,%d,"w\n%d",a,%d.25\n' % (i, 1383264000000 + i, i, i) if i % 50 else b"x,,,\n" for i in range(150_000))
    third = data.index(b"\n", len(data) // 3) + 1
    cut = data.index(b"\nx,,,\n", third) + 1
    job = Job(scratch, [data[:cut], data[cut:], data[:cut]], COLUMNS)
    outcomes = [job.run(Config(w, "64KiB" if w > 1 else "", "", "256KiB")) for w in (1, 2, 8)]
    assert_same(outcomes)
    for done in outcomes[1:]:
        assert done.report["max_units_in_flight"] >= 2, done.report
        assert done.report["units"] >= 15, done.report


KNOBS = [["--io", "read"], ["--io", "mmap"], ["--io", "uring"], ["--write", "buffered"], ["--write", "direct"], ["--prefetch", "0"], ["--prefetch", "9"],
         ["--batch-files", "1"], ["--batch-files", "2"], ["--buffer", "64KiB"], ["--buffer", "64MiB"],
         ["--worker-memory", "200MiB"], ["--workers", "auto"], ["--workers", "conservative"], ["--workers", "aggressive"],
         ["--workers", "memory-limited"], ["--chunk", "small"], ["--chunk", "whole"], ["--chunk", "1r"],
         ["--chunk", "500000r"], *(["--level", level] for level in ("auto", "baseline", "conservative", "moderate",
                                                                     "aggressive"))]


def _mixed_names(scratch, files):
    """The three texts as a plain file, gzip and UTF-16: what streams have of knobs is turned too."""
    packed, wide = os.path.join(scratch, "b.csv.gz"), os.path.join(scratch, "c.csv")
    with gzip.open(packed, "wb") as file:
        file.write(files[1])
    with open(wide, "wb") as file:
        file.write(files[2].decode("utf-8", "replace").encode("utf-16"))
    return [files[0], packed, wide]


@pytest.mark.parametrize("mixed", [False, True], ids=["plain files", "streams too"])
def test_every_knob(files, scratch, mixed):
    """Each value of each knob beside the same output, for one worker and for several, with small reads."""
    job = Job(scratch, _mixed_names(scratch, files) if mixed else files, COLUMNS)
    base = job.run(Config(1, "", "", str(UNIT)))
    assert base.run.code == 1, base.run
    for flags in KNOBS:
        for config in (Config(1, "4096", "", str(UNIT)), Config(3, "", "", str(UNIT))):
            done = job.run(config, flags=[] if flags[0] in ("--workers", "--chunk") else flags)
            assert done.fingerprint() == base.fingerprint(), done.run
        if flags[0] in ("--workers", "--chunk", "--level"):  # the flag alone
            out = os.path.join(scratch, "alone.parquet")
            done = program.run("ingest", *job.paths, "-o", out, "--columns", COLUMNS, "--on-error", "skip", "--overwrite",
                               "--unit-bytes", str(UNIT), *flags)
            assert done.code == 1, done
            assert outcome.digest(out) == outcome.digest(base.output), done


def test_memory_limit_changes_nothing(files, scratch):
    job = Job(scratch, files, COLUMNS)
    base = job.run(Config(1, "", "", str(UNIT)))
    for limit in ("256MiB", "1GiB"):
        done = job.run(Config(8, "", "", str(UNIT)), flags=["--memory-limit", limit])
        assert done.fingerprint() == base.fingerprint(), done.run


def test_names_and_times_leave_no_trace(files, scratch):
    """Output bytes hold no path, time or host."""
    digests = set()
    for folder in ("one", "another one"):
        os.makedirs(os.path.join(scratch, folder))
        job = Job(os.path.join(scratch, folder), files, COLUMNS, names=[f"{folder}{i}.csv" for i in range(3)])
        digests.add(outcome.digest(job.run(Config(2)).output))
    assert len(digests) == 1


@pytest.mark.long
@pytest.mark.parametrize("unit", ["1", "2", "3", "5", "64", "997", "65536"])
def test_everything_by_everything(files, scratch, unit):
    if int(unit) < int(smallest_unit()):
        pytest.skip(f"--unit-bytes {unit} is refused")
    small = [data[:5000] for data in files]
    job = Job(scratch, small, COLUMNS)
    assert_same(job.run_all([Config(c.workers, c.chunk, c.simd, unit) for c in PRODUCT]))


