"""Split-block bloom filters, from parquet-format's BloomFilter.md, and XXH64, from its specification: nothing of a Parquet
library."""
import struct

from support.parquet_bytes import Thrift

MASK = (1 << 64) - 1
P1, P2, P3, P4, P5 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)
SALT = (0x47B6137B, 0x44974D91, 0x8824AD5B, 0xA2B7289D, 0x705495C7, 0x2DF1424B, 0x9EFC4947, 0x5C6BFB31)


def _rotl(value, by):
    return (value << by | value >> (64 - by)) & MASK


def _round(acc, lane):
    return _rotl((acc + lane * P2) & MASK, 31) * P1 & MASK


def xxh64(data):
    at, size = 0, len(data)
    if size >= 32:
        accs = [(P1 + P2) & MASK, P2, 0, -P1 & MASK]
        while at + 32 <= size:
            accs = [_round(acc, lane) for acc, lane in zip(accs, struct.unpack_from("<4Q", data, at))]
            at += 32
        value = sum(_rotl(acc, by) for acc, by in zip(accs, (1, 7, 12, 18))) & MASK
        for acc in accs:
            value = ((value ^ _round(0, acc)) * P1 + P4) & MASK
    else:
        value = P5
    value = (value + size) & MASK
    while at + 8 <= size:
        value = (_rotl(value ^ _round(0, struct.unpack_from("<Q", data, at)[0]), 27) * P1 + P4) & MASK
        at += 8
    if at + 4 <= size:
        value = (_rotl(value ^ struct.unpack_from("<I", data, at)[0] * P1 & MASK, 23) * P2 + P3) & MASK
        at += 4
    for byte in data[at:]:
        value = _rotl(value ^ byte * P5 & MASK, 11) * P1 & MASK
    value = (value ^ value >> 33) * P2 & MASK
    value = (value ^ value >> 29) * P3 & MASK
    return value ^ value >> 32


class Filter:
    """The filter of a column chunk (of support.parquet_bytes), or None where it has none."""

    def __init__(self, data, place):
        offset, size = place
        thrift = Thrift(data, offset)
        header = thrift.struct()
        assert header[2] == {1: {}} and header[3] == {1: {}} and header[4] == {1: {}}, "split blocks, XXH64, uncompressed"
        self.bits = data[thrift.at:offset + size]
        assert len(self.bits) == header[1]

    def may_hold(self, value):
        """Whether a value, as PLAIN has it (texts without their length), may be there."""
        hashed = xxh64(value)
        blocks = len(self.bits) // 32
        block = struct.unpack_from("<8I", self.bits, ((hashed >> 32) * blocks >> 32) * 32)
        key = hashed & 0xFFFFFFFF
        return all(word >> ((key * salt & 0xFFFFFFFF) >> 27) & 1 for word, salt in zip(block, SALT))
