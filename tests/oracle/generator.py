"""Makes jobs whose result is known before a byte of text is written: values first, then their rendering, with faults
put in on purpose. Nothing here reads text."""
import os
from dataclasses import dataclass, field

from oracle.draw import TYPES, Draw
from oracle.draw_dialects import EXTRA_PIECES, Rendering, random_dialect
from oracle.draw_formats import FormatDraw, chosen_formats
from oracle.reference import BOM, RAW_LIMIT, Column, Dialect, Result
from oracle.values import TEXT_TYPES


@dataclass
class Plan:
    """What a job may contain. A `clean` job has no faults and only what other readers understand too."""
    seed: int
    rows: int = 200
    files: int = 1
    clean: bool = False
    without_cr: bool = False  # no CR in text
    types: list = None
    on_error: str = "quarantine"
    dialect: Dialect = None
    rare: bool = False  # a dialect of escapes, delimiters of several bytes, whitespace, ragged records, lenient rules
    utf8: bool = False  # no text that is not UTF-8
    formats: bool = False  # columns that say how their values are written; needs a schema file


@dataclass
class Truth:
    columns: list
    dialect: Dialect
    select: list
    files: list
    result: Result
    values: int = 0
    faults: dict = field(default_factory=dict)

    def columns_text(self):
        return ",".join(f"{c.name}:{c.type}" for c in self.columns)

    def types(self):
        by_name = {c.name: c.type for c in self.columns}
        return {name: by_name[name] for name in self.result.columns}


class Generator:
    def __init__(self, plan, paths):
        self.plan, self.paths = plan, paths
        self.draw = Draw(plan.seed, plan.clean, plan.without_cr)
        self.random = self.draw.random
        self.dialect = plan.dialect or (random_dialect(self.draw) if plan.rare else self._dialect())
        self.draw.pieces = self.draw.pieces + EXTRA_PIECES * plan.rare
        self.rendering = Rendering(self.dialect, self.draw)
        types = plan.types or [self.random.choice(TYPES) for _ in range(self.random.randint(1, 8))]
        self.columns = [Column(f"c{i}", kind) for i, kind in enumerate(types)]
        self.format_draw = FormatDraw(self.draw)
        if plan.formats:
            chosen = chosen_formats(self.random, self.dialect, self.random.randint(2, 8))
            self.columns = [Column(f"c{i}", kind, form=form) for i, (kind, form) in enumerate(chosen)]
        names = [c.name for c in self.columns]
        self.select = None
        if not plan.clean and self.draw.chance(0.3):
            self.select = self.random.sample(names, self.random.randint(1, len(names)))
        self.line_end = self._line_end()
        self.truth = Truth(self.columns, self.dialect, self.select, [],
                           Result({name: [] for name in self.select or names}))

    def _dialect(self):
        pick = self.random.choice
        if self.plan.clean:
            return Dialect(delimiter=pick([b",", b"\t", b"|", b";"]))
        quote = pick([b'"', b'"', b'"', b"'", b""])
        return Dialect(delimiter=pick([b",", b",", b"\t", b"|", b";", b"\x01"]), quote=quote,
                       comment=pick([b"", b"", b"#"]) if quote else b"", header=self.draw.chance(0.4),
                       skip_rows=pick([0, 0, 0, 1, 3]), nulls=pick([(b"",), (b"",), (b"", b"NA"), (b"\\N", b"NA")]),
                       max_record_bytes=pick([16 << 20, 4000]))

    def _line_end(self):
        ends = [b"\n", b"\r\n"] if self.plan.clean else [b"\n", b"\n", b"\r\n", b"\r", None]
        return self.random.choice(ends)  # None: LF and CR LF mixed, and CR where that ends a record too

    def _end(self):
        return self.line_end or self.random.choice([b"\n", b"\r\n"] + [b"\r"] * self.dialect.lenient)

    def make(self):
        for i, path in enumerate(self.paths):
            rows = self.plan.rows // len(self.paths)
            self.truth.files.append(self._file(path, rows, last=i == len(self.paths) - 1))
        result = self.truth.result
        result.rows_read = result.rows_written + result.rows_rejected + result.rows_skipped
        return self.truth

    def _file(self, path, rows, last):
        self.data = bytearray(BOM if self.draw.chance(0.2) else b"")
        self.path, self.number, self.line, self.counted = path, 0, 1, 0
        for _ in range(self.dialect.skip_rows):
            self.data += self.random.choice([b" " if self.dialect.lenient else b"", b"made by hand", b'don"t,1,2']) + self._end()
            self.truth.result.rows_skipped += 1
        self.layout = list(range(len(self.columns)))  # the field of each place in a record; None is an extra one
        if self.dialect.header:
            self._header()
        for _ in range(rows):
            self._record()
        if self.dialect.skip_footer:
            self._footer()
        elif not self.plan.clean and self.dialect.quote and self.draw.chance(0.25):
            self._unclosed()
        elif not self.plan.clean and self.draw.chance(0.3) and self.number and not self.data.endswith(self._blank_tail()):
            del self.data[len(self.data) - len(self.last_end):]  # no terminator at the end
        return bytes(self.data)

    def _footer(self):
        """Lines of anything; the last may lack its end."""
        count = self.dialect.skip_footer
        words = [b"total", b"1,2,3", b'"open', b"# " + self.dialect.quote] + [b"\xff\0"] * (not self.plan.utf8)
        lines = [self.random.choice(words) for _ in range(count)]
        self.data += b"".join(line + self._end() for line in lines[:-1]) + lines[-1] + self.random.choice([b"", self._end()])
        self.truth.result.rows_skipped += count

    def _blank_tail(self):
        """What the data ends in when its last record is empty: its terminator must stay."""
        return tuple(end + end2 for end in (b"\n", b"\r") for end2 in (b"\n", b"\r\n", b"\r")) + (BOM + b"\n",)

    def _header(self):
        if not self.plan.clean:
            self.random.shuffle(self.layout)
            for _ in range(self.random.choice([0, 0, 1, 2])):
                self.layout.insert(self.random.randint(0, len(self.layout)), None)
        names = [self.columns[i].name if i is not None else f"extra_{at}" for at, i in enumerate(self.layout)]
        texts = [self._quoted(n.encode()) if self.dialect.quote and self.draw.chance(0.3) else n.encode() for n in names]
        self._write(texts)
        self.truth.result.rows_skipped += 1

    # --- Fields

    def _quoted(self, text):
        quote = self.dialect.quote
        return quote + text.replace(quote, quote + quote) + quote

    def _value(self, column):
        """(plain value, rendered field) of one column."""
        is_text = column.type in TEXT_TYPES
        if self.draw.chance(0.12):
            text = self.random.choice(self.dialect.nulls)
            return None, text, True
        while True:
            value, text = (self.format_draw.value(column.type, column.form) if column.form else
                           self.draw.value(column.type))
            if self.rendering.fits(text, is_text) and (is_text or text not in self.dialect.nulls):
                return value, text, False

    def _fields(self):
        values, texts = [None] * len(self.columns), []
        for at, i in enumerate(self.layout):
            if i is None:
                text = self.random.choice([b"", b"e", b"1"])
                texts.append(self.rendering.field(text if self.rendering.fits(text, False) else b"e", False, first=at == 0))
                continue
            values[i], text, is_null = self._value(self.columns[i])
            texts.append(self.rendering.field(text, self.columns[i].type in TEXT_TYPES, is_null, at == 0))
        return values, texts

    # --- Records

    def _place(self, start, end):
        self.line += self.data.count(b"\n", self.counted, start)
        self.counted = start
        return {"file": self.path, "record": self.number, "line": self.line, "offset": start,
                "raw": bytes(self.data[start:end][:RAW_LIMIT]), "raw_length": end - start}

    def _write(self, texts, end=None):
        """Append a record; return where it starts and where each field starts."""
        start, offsets = len(self.data), []
        is_comment = self.dialect.comment and texts[0].startswith(self.dialect.comment)
        self.data += b"" if is_comment else self.rendering.margin()
        for at, text in enumerate(texts):
            if at:
                self.data += self.rendering.gap()
            offsets.append(len(self.data))
            self.data += text
        self.data += self.rendering.margin() if end is None else b""
        stop = len(self.data)
        self.last_end = self._end() if end is None else end
        if stop == start and self.dialect.lenient and self.data.endswith(b"\r"):  # with LF it would be one CR LF
            self.last_end = b"\r"
        self.data += self.last_end
        return start, stop, offsets

    def _record(self):
        if not self.plan.clean and self.draw.chance(0.04):
            return self._skipped()
        values, texts = self._fields()
        fault = None
        if not self.plan.clean and self.draw.chance(0.12):
            fault = self._spoil(texts)
        if len(texts) == 1 and not texts[0] and len(self.layout) > 1:
            texts, fault = [b"1"], ("too_few_fields", None)
        if texts == [b""] and self.dialect.lenient:
            return self._skipped()
        collects = not fault and self.draw.chance(0.15) and self._ragged(values, texts)
        self.number += 1
        start, stop, offsets = self._write(texts)
        if collects and self.layout[-1] is not None:
            values[self.layout[-1]] = bytes(self.data[offsets[len(self.layout) - 1]:stop])
        if fault and fault[0] == "values":
            return self._bad_values(values, fault[1], start, stop, offsets)
        kind, at = fault or (None, None)
        if stop - start > self.dialect.max_record_bytes:
            kind, at = "record_too_long", None
        if kind:
            self._reject(start, stop, offsets[at] if at is not None else start, None, kind)
            self.truth.result.rows_rejected += 1
        else:
            self._accept(values)

    def _ragged(self, values, texts):
        """Leave out fields or add some, where that is no fault; return True where the last one collects them."""
        dialect, width = self.dialect, len(texts)
        pads = dialect.short_records == "pad" and b"" in dialect.nulls and width > 1 and texts[0]
        if pads and self.draw.chance(0.5):
            keep = self.random.randint(1, width - 1)
            for i in self.layout[keep:]:
                if i is not None:
                    values[i] = None
            del texts[keep:]
            return False
        last = self.layout[-1]
        collects = dialect.long_records == "collect" and (last is None or self.columns[last].type in TEXT_TYPES)
        if collects or dialect.long_records == "truncate":
            more = [b"x", b"yy", b"0"] + [b"\xff"] * (not collects and not self.plan.utf8) + [self._quoted(b"q" + self.rendering.gap() + b"\n")] * bool(dialect.quote)
            texts += self.random.choices(more, k=self.random.randint(1, 3))
        return collects

    def _skipped(self):
        if self.dialect.comment and self.draw.chance(0.6):
            self._write([self.dialect.comment + self.random.choice([b"", b" note", b'"', b"a,b"])])
        elif len(self.layout) > 1 or self.dialect.lenient:
            self._write([b""])
        else:
            return
        self.truth.result.rows_skipped += 1

    def _accept(self, values):
        result = self.truth.result
        result.rows_written += 1
        for i, column in enumerate(self.columns):
            if column.name in result.columns:
                result.columns[column.name].append(values[i])
                self.truth.values += 1

    def _reject(self, start, stop, field_offset, column, kind):
        self.truth.result.rejects.append({**self._place(start, stop), "field_offset": field_offset, "column": column,
                                          "kind": kind,
                                          "rejected": column is None or self.plan.on_error != "null"})
        self.truth.faults[kind] = self.truth.faults.get(kind, 0) + 1

    def _spoil(self, texts):
        """Put a fault into the record; return (kind, index of its field)."""
        dialect, spaced = self.dialect, self.rendering.is_whitespace
        choices = ["values", "values"] + ["too_many_fields"] * (dialect.long_records == "reject")
        choices += ["too_few_fields"] * (len(texts) > 1 and dialect.short_records == "reject")
        choices += ["quote_in_field", "text_after_quote"] * bool(dialect.quote and not dialect.lenient)
        choices += ["long"] * (self.dialect.max_record_bytes == 4000)
        kind = self.random.choice(choices)
        at = self.random.randrange(len(texts))
        quote = self.dialect.quote
        if kind == "values":
            return self._spoil_values(texts)
        if kind == "too_many_fields":
            texts += [b"x"] * self.random.randint(1, 3)
            return kind, None
        if kind == "too_few_fields":
            del texts[self.random.randint(1, len(texts) - 1):]
            return kind, None
        if kind == "quote_in_field":
            texts[at] = self.random.choice([b"x" + quote, b"x" + quote + quote, b"ab" + quote + b"c"] +
                                           [b" " + quote + b"y" + quote] * (not spaced))
            return kind, at
        if kind == "text_after_quote":
            texts[at] = self._quoted(self.random.choice([b"", b"q", b"q\n", self.rendering.gap()])) + self.random.choice(
                [b"t", b"t" + quote, b"t" + quote + quote + b"u"] + [b" "] * (not spaced))
            return kind, at
        texts[at] = b"l" * self.random.randint(4001, 9000)
        return "record_too_long", None

    def _spoil_values(self, texts):
        bad = {}
        for _ in range(self.random.choice([1, 1, 1, 2, 3])):
            at = self.random.randrange(len(texts))
            if self.layout[at] is None:
                continue
            column = self.columns[self.layout[at]]
            found = self.format_draw.bad(column.type, column.form) if column.form else self.draw.bad(column.type)
            if found is None or not self.rendering.fits(found[0], False) or (self.plan.utf8 and found[1] == "invalid_utf8"):
                continue
            quoted = self.dialect.quote and (self.draw.chance(0.2) or not self.rendering.is_bare(found[0], at == 0))
            texts[at] = self._quoted(found[0]) if quoted else found[0]
            bad[at] = found[1]
        return ("values", bad) if bad else None

    def _bad_values(self, values, bad, start, stop, offsets):
        result = self.truth.result
        listed = 0
        too_long = stop - start > self.dialect.max_record_bytes
        for at in sorted(bad):
            column = self.columns[self.layout[at]]
            values[self.layout[at]] = None
            if column.name in result.columns and not too_long:
                self._reject(start, stop, offsets[at], column.name, bad[at])
                listed += 1
        if too_long:
            self._reject(start, stop, start, None, "record_too_long")
        if too_long or (listed and self.plan.on_error != "null"):
            result.rows_rejected += 1
            return
        result.values_nulled += listed
        self._accept(values)

    def _unclosed(self):
        texts = [b"u"] * self.random.randint(0, 2) + [self.dialect.quote + self.random.choice(
            [b"", b"open\nend", b"1,2\n3,4\r\n5", b"o" * 5000])]
        self.number += 1
        start, stop, offsets = self._write(texts, b"")
        self._reject(start, stop, offsets[-1], None, "unclosed_quote")
        self.truth.result.rows_rejected += 1


def generate(plan, folder):
    """Make the job, write its files, return (truth, paths)."""
    paths = [os.path.join(folder, f"gen{i}.csv") for i in range(plan.files)]
    truth = Generator(plan, paths).make()
    for path, data in zip(paths, truth.files):
        with open(path, "wb") as file:
            file.write(data)
    return truth, paths
