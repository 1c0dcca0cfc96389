"""Compressed inputs: every format and make-up of members gives the text that is in them, for any number of workers."""
import bz2
import gzip
import itertools
import lzma
import random
import struct
import zlib

import pyarrow as pa
import pytest

from support import outcome
from support.message import assert_clear
from test_bad_input import Box

COLUMNS = "n:int64,word:string"
NUMBERS = itertools.count()


@pytest.fixture
def box(scratch):
    return Box(scratch)


def test_memory_that_a_decoder_is_refused_is_no_damage(box):
    """The file is sound: `keep` must not take its rows for lost."""
    data = bytearray(lzma.compress(text(0, 1000), filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]))
    size = (data[12] + 1) * 4  # of the first block's header
    data[16] = 37  # a dictionary of 1.5 GiB
    data[12 + size - 4:12 + size] = struct.pack("<I", zlib.crc32(data[12:12 + size - 4]))
    done = box.ingest(box.write("a.csv.xz", bytes(data)), columns=COLUMNS, flags=["--on-file-error", "keep"])
    assert_clear(done, "a.csv.xz", "dictionary needs 1536 MiB", "fix: ")
    box.assert_nothing_written()


def text(begin, count, seed=1):
    draw = random.Random(seed)
    return b"".join(b"%d,%x\n" % (n, draw.getrandbits(60)) for n in range(begin, begin + count))


def codec(name):
    return lambda data: pa.Codec(name).compress(data, asbytes=True)


def lz4(data):
    with pa.BufferOutputStream() as sink:
        with pa.CompressedOutputStream(sink, "lz4") as packed:
            packed.write(data)
        return sink.getvalue().to_pybytes()


def bgzf_block(data):
    """A gzip member whose extra field holds its size, as bgzip writes it."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    return (b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(body) + 25) + body
            + struct.pack("<II", zlib.crc32(data), len(data)))


def bgzf(data):
    return b"".join(bgzf_block(data[at:at + 65280]) for at in range(0, len(data), 65280)) + bgzf_block(b"")


def skippable(data):
    return struct.pack("<II", 0x184D2A50, len(data)) + data


PACK = {"gzip": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zstd": codec("zstd"), "lz4": lz4}


def run(box, path, workers, *flags, code=0, **options):
    out, report = box.out(f"{next(NUMBERS)}.parquet"), ["--workers", str(workers), "-q"]
    done = box.ingest(path, out=out, columns=COLUMNS, flags=[*report, *flags], **options)
    assert done.code == code, done
    return out


def check(box, name, packed, plain, workers=(1, 2, 8), units=("1000000",)):
    """The same table as the plain text, byte for byte."""
    path = box.write(name, packed)
    same = box.write("plain.csv", plain)
    for unit in units:
        want = outcome.digest(run(box, same, 2, "--unit-bytes", unit))
        for count in workers:
            assert outcome.digest(run(box, path, count, "--unit-bytes", unit)) == want, (name, count)
        with open(path, "rb") as stdin:
            assert outcome.digest(run(box, "-", 2, "--unit-bytes", unit, stdin=stdin)) == want, (name, "stdin")


@pytest.mark.parametrize("kind", PACK)
def test_one_member(box, kind):
    plain = text(0, 20_000)
    check(box, "no_ending", PACK[kind](plain), plain)


@pytest.mark.parametrize("kind", PACK)
def test_many_members(box, kind):
    """Members of all sizes, cut anywhere, empty ones among them."""
    plain, draw = text(0, 100_000), random.Random(kind)
    packed, at = b"", 0
    while at < len(plain):
        size = draw.choice([0, 1, 100, 70_000, 300_000, 600_000])
        packed += PACK[kind](plain[at:at + size])
        at += size
    check(box, "many", packed, plain)


def test_bgzf(box):
    plain = text(0, 200_000)
    check(box, "x.csv.gz", bgzf(plain), plain)


def test_zstd_with_skippable_frames(box):
    plain = text(0, 100_000)
    parts = [plain[at:at + 300_000] for at in range(0, len(plain), 300_000)]
    packed = skippable(b"first") + b"".join(PACK["zstd"](part) + skippable(PACK["zstd"](b"9,x\n")) for part in parts)
    check(box, "x.csv.zst", packed, plain)


def test_lz4_with_skippable_frames(box):
    plain = text(0, 100_000)
    parts = [plain[at:at + 300_000] for at in range(0, len(plain), 300_000)]
    packed = skippable(b"") + skippable(b"x" * 400) + b"".join(PACK["lz4"](part) + skippable(b"more") for part in parts)
    check(box, "x.csv.lz4", packed, plain)


@pytest.mark.parametrize("kind", PACK)
def test_members_inside_members_are_text(box, kind):
    """What looks like a member but lies inside another, stored as it is, is that one's text."""
    inner = [PACK[kind](b"7,inner\n" * n) for n in (1, 30_000)]
    word = b"".join(inner * 30)
    word = word.replace(b"\r", b"").replace(b"\n", b"").replace(b'"', b"").replace(b",", b"")
    plain = b"".join(b"%d,%s\n" % (n, word) for n in range(200))
    for level in (0, 9):
        packed = gzip.compress(plain, level) + gzip.compress(text(0, 1000), level)
        path = box.write("a.gz", packed)
        same = box.write("plain.csv", plain + text(0, 1000))
        flags = ["--on-error", "skip"]
        want = outcome.digest(run(box, same, 2, *flags, code=1))
        for workers in (1, 2, 8):
            assert outcome.digest(run(box, path, workers, *flags, code=1)) == want


def test_false_heads_of_gzip(box):
    """Every byte of text that a level 0 gzip stores may look like a member's head."""
    head = b"\x1f\x8b\x08\0\0\0\0\0\0\x03"
    plain = b"".join(b"%d,\n" % n + head * 50 + b",\n" for n in range(20_000))
    packed = gzip.compress(plain, 0) + gzip.compress(b"5,x\n")
    path, same = box.write("a.gz", packed), box.write("plain.csv", plain + b"5,x\n")
    want = outcome.digest(run(box, same, 2, "--on-error", "skip", code=1))
    for workers in (1, 2, 8):
        assert outcome.digest(run(box, path, workers, "--on-error", "skip", code=1)) == want


@pytest.mark.parametrize("kind", ["gzip", "xz"])
def test_zeros_behind_members(box, kind):
    plain = text(0, 1000)
    check(box, "padded", PACK[kind](plain) + b"\0" * 512 + PACK[kind](plain) + b"\0" * 4096, plain + plain)


@pytest.mark.parametrize("kind", PACK)
@pytest.mark.parametrize("members", [1, 6])
def test_damage(box, kind, members):
    """Cut off, a byte changed, or garbage behind it: an error that names the file, or the whole records before it; the
    same for any number of workers."""
    parts = [text(30_000 * i, 30_000, seed=i) for i in range(members)]
    plain, packed = b"".join(parts), b"".join(map(PACK[kind], parts))
    changed = bytearray(packed)
    changed[len(packed) * 2 // 3] ^= 0x55
    cases = {"cut": packed[:len(packed) * 2 // 3], "end": packed[:-1], "changed": bytes(changed), "garbage": packed + b"garbage, no member"}
    if kind in ("zstd", "lz4"):
        del cases["changed"]  # the frames that pyarrow writes have no checksums
    for what, data in cases.items():
        path = box.write(f"{what}.csv.x", data)
        prints = set()
        for workers in (1, 2, 8):
            failed = box.ingest(path, flags=["--workers", str(workers)])
            assert_clear(failed, f"{what}.csv.x", "--on-file-error keep")
            bad = box.out(f"{next(NUMBERS)}.jsonl")
            out = run(box, path, workers, "--on-file-error", "keep", "--rejects", bad, "--unit-bytes", "300000", code=1)
            prints.add((failed.stderr, outcome.digest(out), outcome.digest(bad)))
            if what == "changed":  # found where the checksum stands, behind text that the change spoiled
                continue
            table = outcome.plain_table(outcome.read_table(out))
            kept = plain.split(b"\n")[:len(table["n"])]
            assert [b"%d,%s" % pair for pair in zip(table["n"], table["word"])] == kept
            (reject,) = outcome.read_rejects(bad)
            assert reject["kind"] == "damaged_file" and reject["offset"] == sum(len(line) + 1 for line in kept)
            if what in ("end", "garbage"):
                assert len(plain) - reject["offset"] <= 128 << 10  # a zstd block
        assert len(prints) == 1, (what, kind)


@pytest.mark.parametrize("kind", ["gzip", "xz", "zstd", "bz2"])
def test_expansion_is_limited_for_all(box, kind):
    # Few of them reach 1000 times by themselves; xz and bz2 do.
    path = box.write("bomb", PACK[kind](b"1,a\n" * (12 << 20)))
    for workers in (1, 2):
        done = box.ingest(path, flags=["--workers", str(workers), "--overwrite"])
        assert_clear(done, "bomb", "expands")
    box.assert_nothing_written()


def uneven():
    """Text of which a part expands some thousand times, and the whole not five times."""
    return b"0,0\n" * (3 << 18) + b"".join(text(60_000 * i, 60_000, seed=i) for i in range(2))


@pytest.mark.parametrize("buffer", ["64KiB", "8MiB"])
@pytest.mark.parametrize("workers", [1, 2])
def test_what_counts_is_the_whole_file(box, buffer, workers):
    """Its first part alone looks like a bomb."""
    plain = uneven()
    path = box.write("e.csv.gz", gzip.compress(plain))
    made = outcome.read_table(run(box, path, workers, "--buffer", buffer))
    assert made.num_rows == plain.count(b"\n")


def test_the_limit_of_expansion_is_a_flag(box):
    path = box.write("flat", PACK["bz2"](b"1,a\n" * (12 << 20)))
    assert box.ingest(path, flags=["--max-expansion", "1000000"]).code == 0
    done = box.ingest(path, flags=["--max-expansion", "10", "--overwrite"])
    assert_clear(done, "flat", "expands", "--max-expansion")


def test_xz_that_wants_too_much_memory(box):
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 29, "preset": 1}]
    head = lzma.compress(b"1,a\n", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}])
    assert run(box, box.write("small.xz", head), 1)
    try:
        packed = lzma.compress(b"1,a\n", filters=filters)
    except MemoryError:
        pytest.skip("no memory for the test's own compressor")
    assert_clear(box.ingest(box.write("huge.xz", packed)), "huge.xz", "MiB of memory")
