"""The encoding of text that nobody declared: what is guessed, what is refused, and what is told of it."""
import json
import os

import pytest

from support import program
from support.message import assert_clear
from test_infer import ingest, write


def test_text_that_is_not_utf8(scratch):
    """Read as windows-1252, and said so."""
    path = write(scratch, "name,n\nMüller,1\nOrtega – Peña,2\nsmith,3\n".encode("windows-1252"))
    table, _ = ingest(scratch, path)
    assert table["name"].to_pylist() == ["Müller", "Ortega – Peña", "smith"]
    sniffed = program.run("sniff", path).stdout.decode()
    assert 'encoding = "windows-1252"' in sniffed and "not UTF-8" in sniffed
    utf16 = write(scratch, "name,n\nMüller,1\nPeña,2\n".encode("utf-16"), "b.csv")
    assert ingest(scratch, utf16)[0]["name"].to_pylist() == ["Müller", "Peña"]


def run_and_tell(scratch, paths, *flags, command="ingest"):
    out = ["-o", os.path.join(scratch, "x.parquet"), "--overwrite"] if command == "ingest" else []
    report = os.path.join(scratch, "r.json")
    done = program.run(command, *paths, *out, "--report", report, *flags)
    with open(report) as file:
        return done, json.load(file)


@pytest.mark.parametrize("command", ["ingest", "scan"])
def test_an_encoding_that_is_guessed_is_told(scratch, command):
    """No reader can see that a letter of windows-1252 was meant for one of another encoding."""
    path = write(scratch, "name,n\nMüller,1\nsmith,3\n".encode("windows-1252"))
    for flags, told in (([], True), (["-q"], False), (["--encoding", "windows-1252"], False)):
        done, report = run_and_tell(scratch, [path], *flags, command=command)
        assert ("note: " in done.stderr and "windows-1252" in done.stderr) == told, done
        notes = [note for note in report["notes"] if "a.csv" in note and "windows-1252" in note and "--encoding" in note]
        assert len(notes) == (0 if "--encoding" in flags else 1), report["notes"]


BROKEN_UTF8 = {
    "one byte in many characters": ("id,word\n" + "".join(f"{n},café {n}\n" for n in range(200))).encode().replace(
        "café 77\n".encode(), b"caf\xc3 77\n"),
    "a mark": b"\xef\xbb\xbfid,word\n" + b"1,a\n2,b\xe9\n3,c\n" * 5,
    "as many bytes as characters": "id,word\n1,café\n".encode() + b"2,th\xe9\n3,x\n4,y\n",
    "more bytes than characters": "id,word\n1,€\n".encode() + b"2,th\xe9\n3,\xe9\xe9\n4,y\n" * 5,
    "in the middle and at the end": b"id,word\n" + b"1,smith\n" * 9_000 + "1,café\n".encode() * 30_000 + b"2,th\xe9\n" * 9_000,
}


@pytest.mark.parametrize("text", BROKEN_UTF8)
def test_utf8_with_bytes_that_are_none_stays_utf8(scratch, text):
    """As windows-1252 each letter of the rest would be two others, and nothing would tell."""
    path = write(scratch, BROKEN_UTF8[text])
    done = program.run("ingest", path, "-o", scratch + "/y.parquet")
    assert_clear(done, "a.csv", "UTF-8", "--encoding")
    table, report = ingest(scratch, path, "--on-error", "skip", code=1)
    assert table.column_names == ["id", "word"] and not report["notes"]
    good = [line.decode() for line in BROKEN_UTF8[text].removeprefix(b"\xef\xbb\xbf").splitlines()[1:] if is_utf8(line)]
    assert [f"{n},{word}" for n, word in zip(*table.to_pydict().values())] == good
    assert "bad values" in program.run("sniff", path).stdout.decode()
    named, _ = ingest(scratch, path, "--encoding", "windows-1252")  # what is declared holds
    assert named.num_rows == BROKEN_UTF8[text].count(b"\n") - 1


def is_utf8(line):
    try:
        return bool(line.decode())
    except UnicodeDecodeError:
        return False


@pytest.mark.parametrize("second", ["id,name\n3,café\n4,€ uro\n".encode(), "id,name\n3,cafe\n".encode("utf-8-sig"),
                                    "id,name\n3,café\n".encode("utf-16"),
                                    b"id,name\n" + b"1,x\n" * 9_000 + "2,é\n".encode() * 9_000])
def test_a_file_of_utf8_behind_one_that_is_not(scratch, second):
    first = write(scratch, "id,name\n1,café\n2,thé\n".encode("windows-1252"), "1.csv")
    plain = write(scratch, b"id,name\n5,x\n", "2.csv")
    paths = [first, plain, write(scratch, second, "3.csv")]
    assert_clear(program.run("ingest", *paths, "-o", scratch + "/y.parquet"), "3.csv", "1.csv", "windows-1252", "--encoding")
    assert "y.parquet" not in os.listdir(scratch)
    table, report = ingest(scratch, first, plain)
    assert table["name"].to_pylist() == ["café", "thé", "x"] and "all inputs" in report["notes"][0]


def test_a_damaged_utf16_file_keeps_its_encoding(scratch):
    text = "id,word\n1,añ\n2,b\ud800\n3,c\n".encode("utf-16-le", "surrogatepass")
    path = write(scratch, b"\xff\xfe" + text)
    table, _ = ingest(scratch, path, "--on-error", "skip", code=1)
    assert table.to_pydict() == {"id": [1, 3], "word": ["añ", "c"]}


def test_text_that_is_not_utf8_below_the_head(scratch):
    path = write(scratch, b"name,n\n" + b"smith,1\n" * 20_000 + "Müller,2\n".encode("windows-1252") * 60_000)
    table, _ = ingest(scratch, path)
    assert table["name"].to_pylist()[-1] == "Müller" and table.num_rows == 80_000


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "windows-1252"])
@pytest.mark.parametrize("mode", ["full", "sample"])
def test_all_values_of_text_that_is_converted_are_looked_at(scratch, codec, mode):
    """The pass over all values reads bytes, which columns of text that is converted may not keep."""
    path = write(scratch, ("name,n\n" + "Müller,1\n" * 60_000 + "Peña,2.5\n").encode(codec))
    flags = ["--encoding", codec] if codec == "utf-16-le" else []
    table, _ = ingest(scratch, path, "--infer", mode, *flags)
    assert [str(t) for t in table.schema.types] == ["string", "double"]
    assert table["name"][-1].as_py() == "Peña" and table["n"][-1].as_py() == 2.5


@pytest.mark.parametrize("policy", ["skip", "null"])
def test_bad_texts_of_narrowed_columns(scratch, policy):
    """A dictionary takes any text, so a bad one is rejected as in a column of strings; its record's numbers count."""
    rows = [f"{i},café" for i in range(40)]
    for number, named in (("3", rows), ("3000", [f"{row}{i}" for i, row in enumerate(rows)])):
        path = write(scratch, ("n,s\n" + "\n".join(named) + "\n").encode() + number.encode() + b",\xff\xfe\n")
        table, _ = ingest(scratch, path, "--on-error", policy, "--dtypes", "optimized", code=1)
        assert table.num_rows == (41 if policy == "null" else 40)
