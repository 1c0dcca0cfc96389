"""Text in other encodings: what Python's codecs write is read as the same text; what they cannot read is a bad value."""
import gzip
import itertools
import os
import random

import pytest

from support import outcome, program
from support.message import assert_clear
from test_bad_input import Box

COLUMNS = "n:int64,word:string"
NUMBERS = itertools.count()
# Python's name, our name, a text that the encoding can hold.
CJK = "日本語テスト,漢字かな"
ENCODINGS = [
    ("utf-16", "", "añ😀€日"), ("utf-16-le", "utf-16-le", "añ😀€日"), ("utf-16-be", "utf-16-be", "añ😀€日"),
    ("utf-32", "", "añ😀€日"), ("utf-32-be", "utf-32-be", "añ😀€日"), ("latin-1", "latin-1", "añüß÷ÿ\x80\xa0"),
    ("iso8859-15", "iso-8859-15", "añ€Šœ"), ("iso8859-5", "ISO-8859-5", "Привет"), ("cp1252", "windows-1252", "añ€‚„™Ÿ"),
    ("cp1251", "windows-1251", "Привет, мир"), ("cp1255", "windows-1255", "שלום"), ("koi8-r", "koi8-r", "Привет"),
    ("gb18030", "gb18030", "汉字😀€ñ"), ("gbk", "gbk", "汉字"), ("big5", "big5", "漢字"), ("shift_jis", "shift_jis", CJK),
    ("euc_jp", "euc_jp", CJK), ("euc_kr", "euc-kr", "한국어"), ("iso2022_jp", "iso-2022-jp", CJK), ("cp037", "cp037", "aABC09"),
    ("cp437", "cp437", "añ░"), ("utf-8", "utf8", "añ😀"), ("utf-8-sig", "utf-8", "añ😀"), ("ascii", "ascii", "abc"),
]


@pytest.fixture
def box(scratch):
    return Box(scratch)


def read(box, path, *flags, columns=COLUMNS, workers=2, code=0, **options):
    out = box.out(f"{next(NUMBERS)}.parquet")
    done = box.ingest(path, out=out, columns=columns, flags=["--workers", str(workers), "-q", *flags], **options)
    assert done.code == code, done
    return outcome.plain_table(outcome.read_table(out))


def rows(word, count=400):
    draw = random.Random(word)
    return [(n, (word * draw.randint(1, 40))[: draw.randint(1, 90)]) for n in range(count)]


def text_of(table):
    return "".join(f'{n},"{word}"\r\n' if "," in word else f"{n},{word}\n" for n, word in table)


def expected(table):
    return {"n": [n for n, _ in table], "word": [word.encode() for _, word in table]}


@pytest.mark.parametrize("codec,name,word", ENCODINGS, ids=[e[0] for e in ENCODINGS])
def test_encoding(box, codec, name, word):
    table = rows(word, 3000)
    data = text_of(table).encode(codec)
    flags = ["--encoding", name] if name else []
    path = box.write("a.csv", data)
    assert read(box, path, *flags) == expected(table)
    assert read(box, path, *flags, "--unit-bytes", "1000", "--chunk", "7", workers=8) == expected(table)
    packed = box.write("a.csv.gz", gzip.compress(data))
    assert read(box, packed, *flags) == expected(table)
    with open(path, "rb") as stdin:
        assert read(box, "-", *flags, stdin=stdin) == expected(table)


@pytest.mark.parametrize("codec,name,word", ENCODINGS[:4] + ENCODINGS[12:16], ids=lambda v: None)
def test_characters_cut_by_every_buffer(box, codec, name, word):
    """Characters of several bytes meet every edge of the 64 KiB buffers."""
    table = [(n, "x" * (n % 7) + word) for n in range(20_000)]
    flags = ["--encoding", name] if name else []
    for shift in range(4):
        data = ("x" * shift + "\n" + text_of(table)).encode(codec)
        assert read(box, box.write(f"{shift}.csv", data), *flags, "--skip-rows", "1") == expected(table)


INVALID = [
    ("windows-1252", b"0,a\n1,b\x81c\n2,d\n", 1, 6), ("utf-16-le", "0,a\n1,b\ud800c\n2,d\n".encode("utf-16-le", "surrogatepass"), 1, 6),
    ("utf-16-le", "0,a\n1,b\udc00\n2,d\n".encode("utf-16-le", "surrogatepass"), 1, 6),
    ("utf-16-be", "0,a\n1,\ud83d\ud83dc\n2,d\n".encode("utf-16-be", "surrogatepass"), 1, 6),
    ("utf-16-le", "0,a\n1,b\n2,d".encode("utf-16-le") + b"\x41", 2, 10), ("ascii", b"0,a\n1,\xe9\n2,d\n", 1, 6),
    ("shift_jis", b"0,a\n1,\x81\n2,d\n", 1, 6), ("gb18030", b"0,a\n1,\xff\n2,d\n", 1, 6), ("euc-jp", b"0,a\n1,b\n2,\xa4", 2, 10),
    ("utf-32-le", "0,a\n1,b\n2,d\n".encode("utf-32-le").replace(b"b\0\0\0", b"\0\0\x11\0"), 1, 6),
]


@pytest.mark.parametrize("name,data,bad,field", INVALID, ids=lambda v: v if isinstance(v, str) else None)
def test_what_is_not_valid_is_a_reject(box, name, data, bad, field):
    """Never a replacement character: a bad value in its own record, whose neighbours stay."""
    path = box.write("a.csv", data)
    assert_clear(box.ingest(path, flags=["--encoding", name]), "a.csv", "word", "--encoding")
    bad_path = box.out(f"{next(NUMBERS)}.jsonl")
    table = read(box, path, "--encoding", name, "--rejects", bad_path, code=1)
    assert table["n"] == [n for n in range(3) if n != bad]
    (reject,) = outcome.read_rejects(bad_path)
    assert (reject["kind"], reject["record"], reject["line"]) == ("invalid_utf8", bad + 1, bad + 1)
    assert (reject["offset"], reject["field_offset"]) == (4 * bad, field)
    assert b"\xff" in reject["raw"]


@pytest.mark.parametrize("name", ["utf-17", "", "latin-1//IGNORE", "a b"])
def test_unknown_encoding(box, name):
    path = box.write("a.csv", b"1,a\n")
    assert_clear(box.ingest(path, flags=["--encoding", name]), "--encoding", "iconv")
    schema = box.write("s.toml", f'format = 1\n[dialect]\nencoding = "{name}"\n'.encode())
    assert_clear(program.run("ingest", path, "-o", box.out(), "--schema", schema, "--columns", COLUMNS), "s.toml", "line 3")


def test_utf_16_without_a_mark_wants_its_order(box):
    path = box.write("a.csv", "1,a\n".encode("utf-16-le"))
    assert_clear(box.ingest(path, flags=["--encoding", "utf-16"]), "a.csv", "--encoding utf-16-le")
    assert read(box, path, "--encoding", "UTF_16LE") == {"n": [1], "word": [b"a"]}


def test_schema_file_names_the_encoding(box):
    schema = box.write("s.toml", b'format = 1\n[dialect]\nencoding = "latin1"\n')
    path = box.write("a.csv", "1,é\n".encode("latin-1"))
    assert read(box, path, "--schema", schema) == {"n": [1], "word": ["é".encode()]}


def test_bytes_of_binary_columns_are_not_converted(box):
    for name, data in (("a.csv", "1,é\n".encode("utf-16")), ("b.csv", b"1,\xe9\n")):
        flags = ["--encoding", "latin-1"] if name == "b.csv" else []
        assert_clear(box.ingest(box.write(name, data), columns="n:int64,word:binary", flags=flags), name, "'word'", "string")
    box.assert_nothing_written()


def test_offsets_are_those_of_the_utf_8_text(box):
    text = "\ufeff1,ééé\nx,€\n2,b\n"
    path = box.write("a.csv", text.encode("utf-16-le"))
    bad_path = box.out("bad.jsonl")
    assert read(box, path, "--rejects", bad_path, code=1)["n"] == [1, 2]
    (reject,) = outcome.read_rejects(bad_path)
    decoded = text.encode()
    assert reject["offset"] == decoded.index(b"x,") and reject["raw"] == "x,€".encode()


@pytest.mark.parametrize("seed", range(6))
def test_any_bytes_same_for_every_config(box, seed):
    """Random bytes in random encodings: the same outcome for every Config, and what Python's decoder rejects is rejected."""
    draw = random.Random(seed)
    name, codec = draw.choice([("windows-1252", "cp1252"), ("utf-16-le", "utf-16-le"), ("koi8-r", "koi8-r")])
    lines = []
    for n in range(3000):
        word = "".join(draw.choice("abé€x") for _ in range(draw.randint(0, 30)))
        lines.append(f"{n},".encode(codec) + (word.encode(codec, "replace") if draw.random() < 0.9 else
                                              bytes(b for b in draw.randbytes(8) if b not in b'\n\r,"')))
    data = "\n".encode(codec).join(lines) + "\n".encode(codec)
    path = box.write("a.csv", data)
    prints = set()
    for workers, unit in ((1, "100000"), (2, "100000"), (8, "100000")):
        out, bad = box.out(f"{next(NUMBERS)}.parquet"), box.out(f"{next(NUMBERS)}.csv")
        done = box.ingest(path, out=out, columns="n:string,word:string",
                          flags=["--encoding", name, "--quote", "none", "--terminator", "lf", "--rejects", bad, "-q",
                                 "--workers", str(workers), "--unit-bytes", unit])
        assert done.code in (0, 1), done
        prints.add((done.code, outcome.digest(out), outcome.digest(bad)))
        table = outcome.plain_table(outcome.read_table(out))
    assert len(prints) == 1
    if codec != "utf-16-le":
        kept = []
        for line in data.split(b"\n")[:-1]:
            try:
                number, word = line.decode(codec).split(",")
                kept.append(word.encode() or None)
            except UnicodeDecodeError:
                pass
        assert table["word"] == kept
