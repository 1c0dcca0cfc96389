"""Single flipped bits of Parquet files: the short form of bit_flips.py."""
import collections
import os

import bit_flips


def test_flipped_bits_are_found(scratch):
    judged = bit_flips.run(scratch, 10_000 if os.environ.get("HEADRACE_LONG", "") not in ("", "0") else 240, seed=7)
    print("\n".join(bit_flips.table(judged)))
    assert not list(bit_flips.missed(judged))
    hit = collections.Counter(name for _, (name, _, _), _ in judged)
    assert set(hit) == {"magic", "page header", "data page", "dictionary page", "column index", "offset index", "bloom filter",
                        "footer", "footer length"}
    assert min(hit.values()) >= 15
