"""Single flipped bits of Parquet files: the short form of bit_flips.py."""
import collections
import os

import bit_flips
from support import parquet_bytes, program


def test_flipped_bits_are_found(scratch):
    judged = bit_flips.run(scratch, 10_000 if os.environ.get("HEADRACE_LONG", "") not in ("", "0") else 240, seed=7)
    print("\n".join(bit_flips.table(judged)))
    assert not list(bit_flips.missed(judged))
    hit = collections.Counter(name for _, (name, _, _), _ in judged)
    assert set(hit) == {"magic", "page header", "data page", "dictionary page", "column index", "offset index", "bloom filter",
                        "footer", "footer length"}
    assert min(hit.values()) >= 15


def places(data, at, path):
    """The bytes of what lies under a path of field numbers in the struct at `at`."""
    trace = parquet_bytes.Trace(data, at)
    trace.struct()
    return sorted({i for begin, end, found in trace.places if found == path for i in range(begin, end)})


def verify_flips(path, data, damaged):
    """Flip each bit of the bytes at `damaged`, one after the other; yield (byte, bit, the run of verify)."""
    for at in damaged:
        for bit in range(8):
            changed = bytearray(data)
            changed[at] ^= 1 << bit
            with open(path, "wb") as out:
                out.write(changed)
            yield at, bit, program.run("verify", path)


def test_damaged_statistics(scratch):
    """All bits of a row group's statistics. An extreme whose length grew may swallow what stands behind it, and the footer
    still has a form; verify is to find it without a manifest."""
    path = bit_flips.write_files(scratch, rows=300)[0]
    os.remove(path + ".manifest.json")
    file = parquet_bytes.read(path)
    damaged = places(file.data, file.footer_offset, (4, 1, 3, 12))
    assert len(file.groups) == 1 and len(damaged) > 15 * len(bit_flips.COLUMNS)
    for at, bit, done in verify_flips(path, file.data, damaged):
        assert done.code == 1, f"byte {at}, bit {bit}: {done}"


def test_damaged_counts_of_rows(scratch):
    """Too few or too many rows in a row group or before a page, one after the other: told, and nothing is read beyond."""
    path = bit_flips.write_files(scratch, rows=1500)[0]
    os.remove(path + ".manifest.json")
    file = parquet_bytes.read(path)
    damaged = places(file.data, file.footer_offset, (4, 3))
    for chunk in file.groups[-1][:3]:
        damaged += places(file.data, chunk.index_places[-1][0], (1, 3))
    assert len(damaged) > 6
    for at, bit, done in verify_flips(path, file.data, damaged):
        assert done.code == 1, f"byte {at}, bit {bit}: {done}"
