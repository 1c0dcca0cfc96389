"""A case: input bytes, options, and what must come of them, written by hand."""
import os
from dataclasses import dataclass, field, replace

from oracle import formats, values
from oracle.reference import Dialect, columns_of


@dataclass
class Case:
    id: str
    files: object  # bytes, or a list of them
    columns: str  # as --columns takes them
    rows: list  # tuples; None is null
    rejects: list = field(default_factory=list)  # (record, line, offset, field_offset, column, kind), + file index
    skipped: int = 0
    dialect: Dialect = Dialect()
    select: list = None
    on_error: str = "quarantine"
    form: object = None  # oracle.formats.Format of the last column

    def __post_init__(self):
        if isinstance(self.files, bytes):
            self.files = [self.files]
        self.schema = columns_of(self.columns)
        self.schema[-1] = replace(self.schema[-1], form=self.form)
        self.rejects = [r if len(r) == 7 else (*r, 0) for r in self.rejects]

    def columns_argument(self, folder):
        """The text for --columns, or a schema file where that says too little."""
        if not self.form:
            return self.columns
        path = os.path.join(folder, "schema.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(formats.schema_toml(self.schema))
        return path

    def kept(self):
        by_name = {c.name: c for c in self.schema}
        return [by_name[name] for name in self.select] if self.select else self.schema

    def expected_columns(self):
        """Rows as columns, in the form of support.outcome.plain_values."""
        return {c.name: [normal(row[i], c.type) for row in self.rows] for i, c in enumerate(self.kept())}

    def nulled(self):
        return sum(r[4] is not None for r in self.rejects) if self.on_error == "null" else 0


def normal(value, kind):
    if isinstance(value, str):
        return value.encode("utf-8")
    if kind.startswith("float") and value is not None:
        return values.float_bits(float(value), int(kind[5:]))
    return value


@dataclass
class Bad:
    kind: str


def column_case(id, kind, pairs, dialect=Dialect(), on_error="quarantine", form=None):
    """A case of one type: each (text, value or Bad) is a row `number,text`. A text that starts with a quote stands as
    it is, and texts that hold delimiters must be quoted by the caller."""
    data, rows, rejects = b"", [], []
    for i, (text, value) in enumerate(pairs):
        text = text.encode() if isinstance(text, str) else text
        start = len(data)
        line = data.count(b"\n") + 1
        prefix = b"%d%s" % (i, dialect.delimiter)
        data += prefix + text + b"\n"
        if isinstance(value, Bad):
            rejects.append((i + 1, line, start, start + len(prefix), "v", value.kind))
            if on_error == "null":
                rows.append((i, None))
        else:
            rows.append((i, value))
    return Case(id, data, f"n:int32,v:{kind}", rows, rejects, dialect=dialect, on_error=on_error, form=form)
