"""A slow reader of the contract, one byte at a time, that shares nothing with the program under test.

Rules of records, beyond semantics.md (the contract between this file and src/parse):

(a) A quote inside an unquoted field is the fault `quote_in_field`. The quote is an ordinary byte: the field and the
    record go on unquoted, and the record ends at its next terminator outside properly opened quotes. Later fields of
    the record may still open quotes properly.
(b) Text after a closing quote is the fault `text_after_quote`. The field goes on as unquoted text, in which quotes
    are ordinary bytes, to the next delimiter or terminator.
(c) A file that ends inside quotes gives one reject `unclosed_quote` for the whole rest from the record's start;
    field_offset is where the quote opened.
(d) Only the first fault of a record in byte order is reported. `too_few_fields` and `too_many_fields` only where
    there is no quote fault; `record_too_long` before any of them.
(e) A record longer than the limit (its bytes without the terminator) is one reject `record_too_long`; the reader goes
    on at the record's true end.
(f) A record that reaches the end of the file inside quotes is `unclosed_quote` even when it is too long.

field_offset: of quote faults, the field's first byte; of field counts and over-long records, the record's; of bad
values, the field's first byte (the quote where it is quoted). Offsets count bytes of the decompressed file from its
first byte, byte order mark included. Terminators: LF with at most one CR before it, or CR alone; a run of CRs that ends
in LF is of the LF family.
"""
import os
from collections import Counter
from dataclasses import dataclass, field, replace

from oracle import predicate, values
from oracle.records import ANY, BOM, CR, LF, WHITESPACE, Dialect, dialect_flags, first_terminator, fit, last_lines, next_record, skip_lines

RAW_LIMIT = 4096


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    nulls: tuple = None
    form: object = None  # oracle.formats.Format; None for the default


@dataclass
class Result:
    columns: dict
    rejects: list = field(default_factory=list)
    rows_read: int = 0
    rows_written: int = 0
    rows_rejected: int = 0
    rows_skipped: int = 0
    values_nulled: int = 0
    bytes_read: int = field(default=0, compare=False)  # the truth of a generator does not have it
    bent: Counter = field(default_factory=Counter, compare=False)  # nor this


@dataclass(frozen=True)
class Wanted:
    """Which records are wanted. `where` is a tree of oracle.predicate; `sample` a percentage."""
    records: int = None
    sample: float = 100
    seed: int = 0
    where: tuple = None


MASK = 2**64 - 1


def _mix(x):
    """The finaliser of SplitMix64."""
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ x >> 27) * 0x94D049BB133111EB & MASK
    return x ^ x >> 31


def in_sample(wanted, file, offset):
    of_file = _mix(wanted.seed + 0x9E3779B97F4A7C15 * (file + 1) & MASK)
    return wanted.sample >= 100 or _mix(of_file ^ offset) < int(wanted.sample / 100 * 2.0**64)


class Refused(Exception):
    """The job fails before or while it reads: the message says why."""


class Reader:
    """Reads files one after another into one Result. `select` names the kept columns, in order."""

    def __init__(self, columns, dialect=Dialect(), select=None, on_error="quarantine", wanted=Wanted(), added=()):
        self.columns = columns
        self.wanted = wanted
        self.added = added  # (name, "file", "record" or "line")
        self.records = 0  # of the whole job
        self.dialect = dialect
        self.kept = [next(i for i, c in enumerate(columns) if c.name == name) for name in select] if select else list(
            range(len(columns)))
        self.on_error = on_error
        self.result = Result({columns[i].name: [] for i in self.kept} | {name: [] for name, _ in added})
        self.family = ANY if dialect.lenient else {"lf": LF, "cr": CR}.get(dialect.terminator)

    def _find_family(self, files):
        """The first terminator of the first file decides; a file of the other family is refused."""
        if self.family is not None:
            return
        for path, data in files:
            found = first_terminator(data, self.dialect)
            if self.family is None:
                self.family = found
            elif found is not None and found != self.family:
                raise Refused(f"{path}: other terminators than the first file")
        self.family = self.family or LF

    def read(self, files):
        self._find_family(files)
        for i, (path, data) in enumerate(files):
            if not self._is_enough():
                self.file = i
                self.result.bytes_read += self._read_file(path, data)
        return self.result

    def _is_enough(self):
        return self.wanted.records is not None and self.records >= self.wanted.records

    def _records(self, data, at):
        while at < len(data):
            record = next_record(data, at, self.dialect, self.family)
            at = record.after
            yield record

    def _header(self, path, data, at):
        """(where the records begin, how many fields they have, the field of each column)"""
        rows, skipped = [], self.dialect.skip_after_header
        for record in self._records(data, at):
            is_line = record.comment or (record.blank and (len(rows) < self.dialect.header_rows or width > 1 or self.dialect.lenient))
            is_header = len(rows) < self.dialect.header_rows
            if not is_header and skipped == 0:
                break
            at = record.after
            self.result.rows_read += 1
            self.result.rows_skipped += 1
            if not record.comment and record.end - record.begin > self.dialect.max_record_bytes:
                raise Refused(f"{path}: a record in front of the data is too long")
            if record.fault and not record.comment and (is_header or record.fault == "unclosed_quote"):
                raise Refused(f"{path}: faulty header")
            if is_line:
                continue
            if is_header:
                rows.append([bytes(f.text).decode("utf-8", "replace") for f in record.fields])
                width = max(map(len, rows))
            else:
                skipped -= 1
        if not rows:
            return at, len(self.columns), list(range(len(self.columns)))
        names = ["_".join(row[i] for row in rows if row[i:i + 1] and row[i]) for i in range(width)]
        if len(set(names)) != len(names):
            raise Refused(f"{path}: the header names a column twice")
        missing = [c.name for c in self.columns if c.name not in names]
        if missing:
            raise Refused(f"{path}: the header has no {missing[0]}")
        return at, width, [names.index(c.name) for c in self.columns]

    def _read_file(self, path, data):
        at = len(BOM) if data.startswith(BOM) else 0
        at, skipped = skip_lines(data, at, self.dialect.skip_rows, self.family)
        self.result.rows_read += skipped
        self.result.rows_skipped += skipped
        width, places = len(self.columns), list(range(len(self.columns)))
        if self.dialect.header:
            at, width, places = self._header(path, data, at)
        end, footer = last_lines(data, at, self.dialect.skip_footer, self.family)
        at = self._read_records(path, data[:end], at, width, places)
        if self._is_enough():
            return at
        self.result.rows_read += footer
        self.result.rows_skipped += footer
        return len(data)

    def _read_records(self, path, data, at, width, places):
        number, line, counted = 0, 1, 0
        while at < len(data) and not self._is_enough():
            record = next_record(data, at, self.dialect, self.family)
            at = record.after
            self.result.rows_read += 1
            if record.comment or (record.blank and (width > 1 or self.dialect.lenient)):
                self.result.rows_skipped += 1
                continue
            number += 1
            self.records += 1
            line, counted = line + data.count(b"\n", counted, record.begin), record.begin
            place = {"file": path, "record": number, "line": line,
                     "offset": record.begin, "raw": data[record.begin:record.end][:RAW_LIMIT],
                     "raw_length": record.end - record.begin}
            if not record.fault and not record.blank:
                fit(record, width, self.dialect, data)
            self._take(record, width, places, place)
        return at

    def _take(self, record, width, places, place):
        kind, where = record.fault, record.fault_offset
        if kind != "unclosed_quote" and record.end - record.begin > self.dialect.max_record_bytes:
            kind, where = "record_too_long", record.begin
        elif not kind and len(record.fields) != width:
            kind = "too_few_fields" if len(record.fields) < width else "too_many_fields"
            where = record.begin
        if kind:
            self.result.rejects.append({**place, "field_offset": where, "column": None, "kind": kind,
                                        "rejected": True})
            self.result.rows_rejected += 1
            return
        for what in record.bent:
            self.result.bent[what] += 1
        if not in_sample(self.wanted, self.file, record.begin):
            self.result.rows_skipped += 1
            return
        bad = {}
        if self.wanted.where:
            looked_at = predicate.columns(self.wanted.where)
            row = self._decode(record, places, [i for i, c in enumerate(self.columns) if c.name in looked_at], bad, place)
            if bad and self.on_error != "null":
                self._reject(bad)
                return
            if predicate.truth(self.wanted.where, {c.name: (c.type, row.get(i)) for i, c in enumerate(self.columns)}) is not True:
                self._null(bad)
                self.result.rows_skipped += 1
                return
        row = self._decode(record, places, self.kept, bad, place)
        if bad and self.on_error != "null":
            self._reject(bad)
            return
        self._null(bad)
        self.result.rows_written += 1
        for i in self.kept:
            self.result.columns[self.columns[i].name].append(row[i])
        for name, what in self.added:
            self.result.columns[name].append(place[what].encode() if what == "file" else place[what])

    def _decode(self, record, places, which, bad, place):
        """The values of some columns; bad ones are added to `bad` by column, and None."""
        row = {}
        for i in which:
            column, found = self.columns[i], record.fields[places[i]]
            nulls = self.dialect.nulls if column.nulls is None else column.nulls
            state, value = values.decode(column.type, bytes(found.text), found.quoted, nulls, self.dialect.no_nulls,
                                         column.form, bytes(found.stands))
            if state == "bad":
                bad[i] = {**place, "field_offset": found.begin, "column": column.name, "kind": value,
                          "rejected": self.on_error != "null"}
                value = None
            row[i] = value
        return row

    def _null(self, bad):
        self.result.rejects += sorted(bad.values(), key=lambda reject: reject["field_offset"])
        self.result.values_nulled += len(bad)

    def _reject(self, bad):
        self.result.rejects += sorted(bad.values(), key=lambda reject: reject["field_offset"])
        self.result.rows_rejected += 1


def columns_of(text):
    """Columns of `--columns` text."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if char == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return [Column(*part.split(":", 1)) for part in parts]


def wanted_flags(wanted):
    """The records wanted as flags of the command line."""
    flags = [] if wanted.records is None else ["--rows", str(wanted.records)]
    flags += [] if wanted.sample >= 100 else ["--sample", f"{wanted.sample}%", "--sample-seed", str(wanted.seed)]
    return flags + (["--where", predicate.text(wanted.where)] if wanted.where else [])


def read_files(paths, columns, dialect=Dialect(), select=None, on_error="quarantine"):
    files = []
    for path in paths:
        with open(path, "rb") as file:
            files.append((os.fspath(path), file.read()))
    return Reader(columns, dialect, select, on_error).read(files)


__all__ = ["BOM", "Column", "Dialect", "Reader", "Refused", "Result", "WHITESPACE", "Wanted", "columns_of", "dialect_flags",
           "next_record", "read_files", "replace", "wanted_flags"]
