"""What a run left behind, in a form that tests compare: values, rejects, bytes."""
import base64
import csv
import hashlib
import json
import os
import re
import struct

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet as pq

REJECT_COLUMNS = ["file", "record", "line", "offset", "field_offset", "column", "kind", "reason", "raw", "raw_length", "rejected"]


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def tree(folder):
    """Every file below `folder`, relative, sorted; directories end in a slash."""
    found = []
    for base, folders, files in os.walk(folder):
        found += [os.path.relpath(os.path.join(base, name), folder) for name in files]
        found += [os.path.relpath(os.path.join(base, name), folder) + "/" for name in folders]
    return sorted(found)


def tree_digest(folder):
    return {name: digest(os.path.join(folder, name)) for name in tree(folder) if not name.endswith("/")}


def read_table(path):
    if path.endswith(".parquet"):
        return pq.ParquetFile(path).read()
    with pa.memory_map(path) as source:
        return pa.ipc.open_file(source).read_all()


def _bits(value, width):
    if value is None:
        return None
    if value != value:
        return "nan"
    return struct.pack("<f" if width == 32 else "<d", value)


def plain_values(column):
    """A column as plain Python values that compare exactly: floats as bits, times as counts, text as bytes."""
    if isinstance(column, pa.ChunkedArray):
        return [value for chunk in column.chunks for value in plain_values(chunk)]
    kind = column.type
    if pa.types.is_dictionary(kind):
        return plain_values(column.dictionary_decode())
    if pa.types.is_floating(kind):
        return [_bits(value, kind.bit_width) for value in column.to_pylist()]
    if pa.types.is_timestamp(kind) or pa.types.is_duration(kind) or pa.types.is_time64(kind):
        return column.view(pa.int64()).to_pylist()
    if pa.types.is_date32(kind) or pa.types.is_time32(kind):
        return column.view(pa.int32()).to_pylist()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pc.cast(column, pa.large_binary()).to_pylist()
    return column.to_pylist()


def plain_table(table):
    return {name: plain_values(table.column(i)) for i, name in enumerate(table.column_names)}


def read_rejects(path):
    """The rejects file as a list of dicts, the same for each of its forms; `raw` is bytes."""
    if path.endswith(".parquet"):
        return pq.ParquetFile(path).read().to_pylist()
    if path.endswith(".csv"):
        return _csv_rejects(path)
    with open(path, encoding="utf-8", newline="\n") as file:
        rows = [json.loads(line) for line in file.read().split("\n") if line]
    for row in rows:
        packed = row.pop("raw_base64", None)
        row["raw"] = row["raw"].encode() if packed is None else base64.b64decode(packed, validate=True)
    return rows


def _csv_rejects(path):
    """Text fields hold \\\\ and \\xNN, and begin with ' where a spreadsheet would run them."""
    def unescape(text):
        text = text[1:] if text.startswith("'") else text
        parts = re.split(rb"\\(\\|x[0-9a-f]{2})", text.encode())
        return b"".join(part if i % 2 == 0 else b"\\" if part == b"\\" else bytes([int(part[1:], 16)])
                        for i, part in enumerate(parts))

    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    for row in rows:
        for name in ("record", "line", "offset", "field_offset", "raw_length"):
            row[name] = int(row[name])
        row["raw"], row["file"] = unescape(row["raw"]), unescape(row["file"]).decode()
        row["column"] = unescape(row["column"]).decode() or None
        row["rejected"] = {"true": True, "false": False}[row["rejected"]]
    return rows


def reject_keys(rejects, with_file=False):
    """The part of each reject that the contract fixes."""
    keys = []
    for row in rejects:
        key = (row["record"], row["line"], row["offset"], row["field_offset"], row["column"] or None, row["kind"])
        keys.append(((os.path.basename(row["file"]),) if with_file else ()) + key)
    return keys


def arrow_type(text):
    """The Arrow type of a declared type."""
    simple = {"bool": pa.bool_(), "float32": pa.float32(), "float64": pa.float64(), "string": pa.string(),
              "binary": pa.binary(), "date": pa.date32(), "dictionary(string)": pa.dictionary(pa.int32(), pa.string()), "uuid": pa.uuid()}
    for bits in (8, 16, 32, 64):
        simple[f"int{bits}"] = getattr(pa, f"int{bits}")()
        simple[f"uint{bits}"] = getattr(pa, f"uint{bits}")()
    if text in simple:
        return simple[text]
    name, _, rest = text.replace("(", "[").replace(")", "]").partition("[")
    parts = [part.strip() for part in rest.rstrip("]").split(",")]
    if name == "decimal":
        return pa.decimal128(int(parts[0]), int(parts[1]))
    if name == "timestamp":
        return pa.timestamp(parts[0], tz=parts[1] if len(parts) > 1 else None)
    if name == "duration":
        return pa.duration(parts[0])
    if name == "time":
        return pa.time32(parts[0]) if parts[0] in ("s", "ms") else pa.time64(parts[0])
    raise ValueError(text)
