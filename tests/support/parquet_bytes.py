"""Parquet's own structures, read from a file's bytes: footer, page headers, page index. Thrift's compact protocol, with
field numbers as in parquet.thrift; nothing of a Parquet library."""
import struct
from dataclasses import dataclass

DATA_PAGE, DICTIONARY_PAGE = 0, 2
UNORDERED, ASCENDING, DESCENDING = 0, 1, 2
BOOLEAN, INT32, INT64, INT96, FLOAT, DOUBLE, BYTE_ARRAY, FIXED = range(8)
ENCODINGS = {0: "PLAIN", 2: "PLAIN_DICTIONARY", 3: "RLE", 5: "DELTA_BINARY_PACKED", 6: "DELTA_LENGTH_BYTE_ARRAY",
             8: "RLE_DICTIONARY", 9: "BYTE_STREAM_SPLIT"}


class Thrift:
    """Reads structs as dicts from field numbers to values."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def number(self):
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def value(self, kind):
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            return self.byte()
        if kind in (4, 5, 6):
            return self.number()
        if kind == 7:
            self.at += 8
            return struct.unpack("<d", self.data[self.at - 8:self.at])[0]
        if kind == 8:
            size = self.varint()
            self.at += size
            return bytes(self.data[self.at - size:self.at])
        if kind in (9, 10):
            head = self.byte()
            size = head >> 4 if head >> 4 < 15 else self.varint()
            of = head & 15
            return [self.byte() == 1 if of in (1, 2) else self.value(of) for _ in range(size)]
        assert kind == 12, f"type {kind} at {self.at}"
        return self.struct()

    def struct(self):
        fields, number = {}, 0
        while True:
            head = self.byte()
            if head == 0:
                return fields
            number = number + (head >> 4) if head >> 4 else self.number()
            fields[number] = self.value(head & 15)


class Trace(Thrift):
    """Reads as Thrift does, and keeps where each value lies: `places` has (begin, end, path), path of field numbers, elements
    of lists as 0. A byte of a struct's or a list's own lies in the innermost place around it."""

    def __init__(self, data, at=0):
        super().__init__(data, at)
        self.places, self._path = [], ()

    def value(self, kind):
        begin, path = self.at, self._path
        value = super().value(kind)
        self._path = path
        self.places.append((begin, self.at, path))
        return value

    def struct(self):
        fields, number, path = {}, 0, self._path
        while True:
            begin, head = self.at, self.byte()
            if head == 0:
                self.places.append((begin, self.at, path + ("end",)))
                return fields
            number = number + (head >> 4) if head >> 4 else self.number()
            self._path = path + (number,)
            self.places.append((begin, self.at, self._path))
            fields[number] = self.value(head & 15)

    def path_at(self, at):
        return min((end - begin, path) for begin, end, path in self.places if begin <= at < end)[1]


@dataclass
class Page:
    offset: int
    header_bytes: int
    body_bytes: int
    is_data: bool
    num_values: int
    encoding: str

    @property
    def end(self):
        return self.offset + self.header_bytes + self.body_bytes


@dataclass
class Chunk:
    """A column chunk: its metadata (a dict), its pages, and its parts of the page index (dicts, or None)."""
    name: str
    kind: int
    meta: dict
    pages: list
    column_index: dict
    offset_index: dict
    index_places: list  # (offset, bytes)
    filter_place: tuple  # the same of the bloom filter, or None

    @property
    def data_pages(self):
        return [page for page in self.pages if page.is_data]

    @property
    def encodings(self):
        return {page.encoding for page in self.data_pages}


class File:
    def __init__(self, data):
        self.data = data
        assert data[:4] == data[-4:] == b"PAR1"
        size = struct.unpack("<I", data[-8:-4])[0]
        self.footer_offset = len(data) - 8 - size
        self.footer = Thrift(data, self.footer_offset).struct()
        self.groups = [[self._chunk(chunk) for chunk in group[1]] for group in self.footer[4]]
        self.sorting = [group.get(4) for group in self.footer[4]]

    def _chunk(self, fields):
        meta = fields[3]
        at = meta.get(11, meta[9])
        end, pages = at + meta[7], []
        while at < end:
            thrift = Thrift(self.data, at)
            header = thrift.struct()
            inner = header[5] if header[1] == DATA_PAGE else header[7]
            pages.append(Page(at, thrift.at - at, header[3], header[1] == DATA_PAGE, inner[1], ENCODINGS[inner[2]]))
            at = pages[-1].end
        assert at == end
        read = lambda offset: Thrift(self.data, fields[offset]).struct() if offset in fields else None
        places = [(fields[a], fields[b]) for a, b in ((6, 7), (4, 5)) if a in fields]
        return Chunk(meta[3][0].decode(), meta[1], meta, pages, read(6), read(4), places,
                     (meta[14], meta[15]) if 14 in meta else None)


def read(path):
    with open(path, "rb") as file:
        return File(file.read())


def physical(kind, stored):
    """A bound of the page index, or of statistics, as a number or bytes that compare as its values do. Not for unsigned
    numbers and decimals: those say so."""
    formats = {BOOLEAN: "<?", INT32: "<i", INT64: "<q", FLOAT: "<f", DOUBLE: "<d"}
    return struct.unpack(formats[kind], stored)[0] if kind in formats else stored
