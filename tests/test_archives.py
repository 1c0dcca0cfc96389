"""Members of zip and tar archives as inputs: each its own, in the archive's order, and no name ever a path."""
import bz2
import gzip
import io
import json
import lzma
import os
import struct
import subprocess
import tarfile
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support import outcome, program
from support.message import assert_clear
from test_bad_input import COLUMNS, ROWS, Box
from test_compression import lz4, text, uneven

PACK = {"plain": bytes, "gzip": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress,
        "zstd": lambda data: pa.Codec("zstd").compress(data, asbytes=True), "lz4": lz4}
MEMBERS = {"z.csv": text(0, 1000), "sub/a.csv": text(1000, 10), "empty.csv": b"", "m.csv": text(1010, 2000)}
NAMES = ["--filename-column", "name"]


@pytest.fixture
def box(scratch):
    return Box(scratch)


def zipped(members, method=zipfile.ZIP_DEFLATED, force_zip64=False):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items() if isinstance(members, dict) else members:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            with archive.open(info, "w", force_zip64=force_zip64) as file:
                file.write(data)
    return buffer.getvalue()


def tarred(members, form=tarfile.GNU_FORMAT):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in members.items() if isinstance(members, dict) else members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def add_kinds(archive):
    """A directory, links and a device: none of them is a file."""
    for name, kind in [("d", tarfile.DIRTYPE), ("soft", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE),
                       ("device", tarfile.CHRTYPE), ("pipe", tarfile.FIFOTYPE)]:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)


ARCHIVES = {"stored": lambda m: zipped(m, zipfile.ZIP_STORED), "deflated": zipped, "zip64": lambda m: zipped(m, force_zip64=True),
            "zip-bz2": lambda m: zipped(m, zipfile.ZIP_BZIP2), "zip-lzma": lambda m: zipped({n: d for n, d in m.items() if d}, zipfile.ZIP_LZMA),  # libarchive fails on empty ones
           
            "pax": lambda m: tarred(m, tarfile.PAX_FORMAT),
            **{f"tar-{name}": lambda m, pack=pack: pack(tarred(m)) for name, pack in PACK.items()}}


def v7(members):
    """Headers without a magic number, as before POSIX."""
    data = bytearray(tarred(members))
    at = 0
    while data[at] != 0:
        size = int(data[at + 124:at + 135], 8)
        data[at + 257:at + 265] = bytes(8)
        data[at + 148:at + 156] = b" " * 8
        data[at + 148:at + 156] = b"%06o\0 " % sum(data[at:at + 512])
        at += 512 + (size + 511) // 512 * 512
    return bytes(data)


ARCHIVES["v7"] = v7


def ingest(box, *inputs, out, flags=(), workers=2, code=0, columns=COLUMNS, **options):
    done = box.ingest(*inputs, out=box.out(out), columns=columns, flags=["--workers", str(workers), "-q", *flags], **options)
    assert done.code == code, done
    return box.out(out)


def named(path):
    table = outcome.read_table(path)
    return list(zip(table.column("name").to_pylist(), table.column("n").to_pylist()))


def rows_of(path, members):
    return [(f"{path}!{name}", int(line.split(b",")[0])) for name, data in members for line in data.splitlines()]


@pytest.mark.parametrize("kind", ARCHIVES)
def test_members_are_inputs(box, kind):
    """The table of the members, in their order, with their names; the same bytes for any workers and unit size."""
    path = box.write("a.dat", ARCHIVES[kind](MEMBERS))
    digests = set()
    for unit in ("1000000", "4096"):
        for workers in (1, 4):
            out = ingest(box, path, out=f"{unit}-{workers}.parquet", workers=workers, flags=[*NAMES, "--unit-bytes", unit])
            assert named(out) == rows_of(path, MEMBERS.items())
            digests.add((unit, outcome.digest(out)))
    assert len(digests) == 2


def test_every_member_is_in_the_report_and_the_manifest(box):
    path = box.write("a.zip", zipped(MEMBERS))
    report, out = box.out("r.json"), ingest(box, path, out="x.parquet", flags=["--report", box.out("r.json"), "--manifest"])
    with open(report, encoding="utf-8") as file:
        files = json.load(file)["files"]
    assert [file["path"] for file in files] == [f"{path}!{name}" for name in MEMBERS]
    assert [file["bytes"] for file in files] == [len(data) for data in MEMBERS.values()]
    with open(out + ".manifest.json", encoding="utf-8") as file:
        inputs = json.load(file)["inputs"]
    assert [(entry["path"], entry["size"]) for entry in inputs] == [(f"{path}!{n}", len(d)) for n, d in MEMBERS.items()]
    assert program.run("verify", out).code == 0


@pytest.mark.parametrize("kind", ["deflated", "tar-gzip"])
def test_rejects_name_the_member(box, kind):
    path = box.write("a", ARCHIVES[kind]({"good.csv": ROWS, "d/bad.csv": b"1,a\nx,b\n"}))
    done = box.ingest(path, flags=["--rejects", box.out("bad.jsonl")])
    assert done.code == 1, done
    (reject,) = outcome.read_rejects(box.out("bad.jsonl"))
    assert (reject["file"], reject["record"], reject["offset"]) == (f"{path}!d/bad.csv", 2, 4)


@pytest.mark.parametrize("kind", ["deflated", "tar-plain"])
def test_names_are_text(box, kind):
    """Names that lead out of a folder name rows, and nothing else."""
    names = ["../../etc/x.csv", "/abs/y.csv", "./dot.csv", "a\nb.csv", "é.csv", "*", "dir/x.csv!z.csv", "a=1/h.csv"]
    members = [(name, b"%d,w\n" % i) for i, name in enumerate(names)]
    path = box.write("a", ARCHIVES[kind](members))
    out = ingest(box, path, out="x.parquet", flags=NAMES)
    assert named(out) == rows_of(path, members)
    folder = box.out("folder/")
    done = box.ingest(path, out=folder)
    assert done.code == 0, done
    assert sorted(os.listdir(folder)) == sorted(
        ["x.parquet", "y.parquet", "dot.parquet", "a\nb.parquet", "é.parquet", "*.parquet", "x.csv!z.parquet", "h.parquet"])
    assert outcome.tree(box.outputs) == sorted(["x.parquet", "folder/", *["folder/" + n for n in os.listdir(folder)]])
    assert outcome.tree(box.inputs) == ["a"]


def test_names_that_are_not_utf8(box):
    buffer = tarred([("n\udcff.csv", ROWS)])
    path = box.write("a.tar", buffer)
    assert_clear(box.ingest(path, flags=NAMES), "n\\xff.csv", "UTF-8")
    out = ingest(box, path, out="x.parquet", flags=["--manifest"])
    assert outcome.read_table(out).num_rows == 3


def test_equal_names_are_both_read(box):
    members = [("x.csv", b"1,a\n"), ("x.csv", b"2,b\n")]
    for kind in ("tar-plain", "deflated"):
        path = box.write(kind, ARCHIVES[kind](members))
        assert named(ingest(box, path, out=kind + ".parquet", flags=NAMES)) == rows_of(path, members)
        assert_clear(box.ingest(path, out=box.out("d/")), "x.csv", "x.parquet")
    assert not os.path.exists(box.out("d"))


@pytest.mark.parametrize("rejects", ["bad.csv", "bad.jsonl", "bad.parquet"])
def test_rejects_of_equal_names_balance(box, rejects):
    """The same number of record in both members, with faults in two columns, as one record has them."""
    members = [("x.csv", row) for row in (b"x,1\n", b"1,y\n", b"1,y\n", b"x,y\n")]
    for kind in ("tar-plain", "deflated"):
        path = box.write(kind, ARCHIVES[kind](members))
        flags = ["--rejects", box.out(kind + rejects), "--report", box.out(kind + ".json")]
        ingest(box, path, out=kind + ".parquet", flags=flags, columns="a:int32,b:int32", code=1)
        with open(box.out(kind + ".json"), encoding="utf-8") as file:
            report = json.load(file)
        assert report["rows_rejected"] == 4 and [item["rejected"] for item in report["files"]] == [1, 1, 1, 1]
        assert [row["column"] for row in outcome.read_rejects(box.out(kind + rejects))] == ["a", "b", "b", "a", "b"]


def test_outputs_that_would_have_one_name(box):
    """Known before any work starts."""
    first, second = box.write("a.zip", zipped({"p/x.csv": ROWS})), box.write("b.zip", zipped({"q/x.tsv": b"bad"}))
    assert_clear(box.ingest(first, second, out=box.out("d/")), "a.zip/p/x.csv", "b.zip/q/x.tsv", "x.parquet")
    assert not os.path.exists(box.out("d"))


def test_what_is_no_file_is_left_out(box):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        add_kinds(archive)
        info = tarfile.TarInfo("x.csv")
        info.size = len(ROWS)
        archive.addfile(info, io.BytesIO(ROWS))
    path = box.write("a.tar", buffer.getvalue())
    assert named(ingest(box, path, out="t.parquet", flags=NAMES)) == rows_of(path, [("x.csv", ROWS)])
    mac = {"d/": b"", "d/x.csv": ROWS, "__MACOSX/d/._x.csv": b"\0\5\x16\7", "d/._y": b"\0", ".DS_Store": b"\0"}
    path = box.write("a.zip", zipped(mac))
    assert named(ingest(box, path, out="z.parquet", flags=NAMES)) == rows_of(path, [("d/x.csv", ROWS)])


@pytest.mark.parametrize("data", [zipped({}), tarred({}), gzip.compress(tarred({})), zipped({"d/": b""})],
                         ids=["zip", "tar", "tar.gz", "folder"])
def test_an_archive_of_nothing(box, data):
    path = box.write("empty.arc", data)
    assert_clear(box.ingest(path), "empty.arc", "no file", "fix:")
    assert_clear(program.run("sniff", path), "empty.arc", "no file")
    box.assert_nothing_written()


@pytest.mark.parametrize("kind", ["deflated", "stored", "tar-plain", "tar-gzip", "tar-xz"])
def test_cut_off(box, kind):
    """An error that names the archive, wherever it is cut; never a shorter table."""
    data = ARCHIVES[kind](MEMBERS)
    end = len(tarred(MEMBERS).rstrip(b"\0")) if kind == "tar-plain" else len(data)
    for cut in (600, end // 2, end - 1):
        path = box.write("cut.arc", data[:cut])
        assert_clear(box.ingest(path), "cut.arc")
        assert_clear(program.run("sniff", path), "cut.arc")
    box.assert_nothing_written()


@pytest.mark.parametrize("kind", ["tar-plain", "tar-gzip"])
def test_cut_off_and_kept(box, kind):
    """The whole records of what is there, and one reject for the rest."""
    data = tarred(MEMBERS)
    cut = gzip.compress(data)[:-2000] if kind == "tar-gzip" else data[:len(data.rstrip(b"\0")) - 5000]
    path = box.write("cut.arc", cut)
    digests = set()
    for workers in (1, 4):
        flags = ["--on-file-error", "keep", "--rejects", box.out(f"{workers}.jsonl"), *NAMES, "--workers", str(workers)]
        done = box.ingest(path, out=box.out(f"{workers}.parquet"), flags=flags)
        assert done.code == 1, done
        got = named(box.out(f"{workers}.parquet"))
        want = rows_of(path, MEMBERS.items())
        assert 1010 < len(got) < len(want) and got == want[:len(got)]
        (reject,) = outcome.read_rejects(box.out(f"{workers}.jsonl"))
        assert reject["kind"] == "damaged_file" and reject["file"] == f"{path}!m.csv"
        digests.add(outcome.digest(box.out(f"{workers}.parquet")))
    assert len(digests) == 1


def test_damage_between_members_and_kept(box):
    """What lies behind a bad header cannot be found: one reject behind the member before it."""
    data = bytearray(tarred({"a.csv": ROWS, "b.csv": ROWS, "c.csv": ROWS}))
    data[1024 + 5] ^= 0xFF
    path = box.write("bad.tar", bytes(data))
    assert_clear(box.ingest(path), "bad.tar", "fix:")
    done = box.ingest(path, flags=["--on-file-error", "keep", "--rejects", box.out("bad.jsonl")])
    assert done.code == 1, done
    assert outcome.read_table(box.out()).num_rows == 3
    assert [reject["kind"] for reject in outcome.read_rejects(box.out("bad.jsonl"))] == ["damaged_file"]


def test_wrong_checksum(box):
    data = bytearray(zipped({"a.csv": ROWS, "b.csv": ROWS}, zipfile.ZIP_STORED))
    data[data.index(b"2,b")] = ord("9")
    path = box.write("bad.zip", bytes(data))
    assert_clear(box.ingest(path), "bad.zip", "CRC", "fix:")
    done = box.ingest(path, flags=["--on-file-error", "keep", "--rejects", box.out("bad.jsonl")])
    assert done.code == 1, done
    assert [reject["file"] for reject in outcome.read_rejects(box.out("bad.jsonl"))] == [f"{path}!a.csv"]


def test_an_encrypted_member(box):
    plain = box.write("x.csv", ROWS)
    path = os.path.join(box.inputs, "secret.zip")
    subprocess.run(["zip", "-q", "-j", "-P", "word", path, plain], check=True)
    assert_clear(box.ingest(path), "secret.zip", "x.csv", "encrypted", "fix:")
    assert_clear(program.run("sniff", path), "encrypted")
    box.assert_nothing_written()


@pytest.mark.parametrize("inner", [zipped(MEMBERS), tarred(MEMBERS), gzip.compress(tarred(MEMBERS))], ids=["zip", "tar", "tar.gz"])
@pytest.mark.parametrize("kind", ["deflated", "tar-plain", "tar-zstd"])
def test_an_archive_inside_an_archive(box, kind, inner):
    path = box.write("outer", ARCHIVES[kind]({"x.csv": ROWS, "inner": inner}))
    assert_clear(box.ingest(path), "outer!inner", "archive", "fix:")
    assert_clear(box.ingest(path, flags=["--on-file-error", "keep", "--rejects", box.out("r.csv")]), "outer!inner")
    box.assert_nothing_written()


@pytest.mark.parametrize("kind", ["stored", "tar-plain", "tar-gzip"])
def test_compressed_members(box, kind):
    """A member may be compressed by itself, or in another encoding."""
    members = [("a.csv.gz", ROWS), ("b.csv", ROWS), ("c.csv.zst", ROWS)]
    packed = [("a.csv.gz", gzip.compress(ROWS)), ("b.csv", b"\xff\xfe" + ROWS.decode().encode("utf-16-le")),
              ("c.csv.zst", PACK["zstd"](ROWS))]
    path = box.write("a", ARCHIVES[kind](packed))
    assert named(ingest(box, path, out="x.parquet", flags=NAMES)) == rows_of(path, members)


BOMB = b"1,a\n" * (8 << 20)


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "gz in tar", "gz in tar.gz"])
def test_bombs(box, kind):
    data = {"zip": lambda: zipped({"x.csv": BOMB}), "tar.gz": lambda: gzip.compress(tarred({"x.csv": BOMB})),
            "gz in tar": lambda: tarred({"x.csv.gz": gzip.compress(BOMB)}),
            "gz in tar.gz": lambda: gzip.compress(tarred({"x.csv.gz": gzip.compress(BOMB)}))}[kind]()
    path = box.write("bomb", data)
    assert len(data) * 1000 < len(BOMB) or kind == "gz in tar"
    assert_clear(box.ingest(path), "bomb", "expands")
    box.assert_nothing_written()


@pytest.mark.parametrize("kind", ["deflated", "gz in tar"])
@pytest.mark.parametrize("buffer", ["64KiB", "8MiB"])
def test_what_counts_is_the_whole_member(box, kind, buffer):
    """Its first part alone looks like a bomb."""
    plain = uneven()
    data = tarred({"e.csv.gz": gzip.compress(plain)}) if kind == "gz in tar" else ARCHIVES[kind]({"e.csv": plain})
    out = ingest(box, box.write("e", data), out="x.parquet", workers=1, flags=["--buffer", buffer])
    assert outcome.read_table(out).num_rows == plain.count(b"\n")


@pytest.mark.parametrize("at", [16, 24], ids=["checksum", "size"])
def test_a_list_that_contradicts_its_members(box, at):
    """It is damage of that member, and the others are whole."""
    data = bytearray(zipped({"a.csv": b"1,a\n" * 1000, "b.csv": b"2,b\n" * 10}))
    data[data.index(b"PK\1\2") + at] ^= 1
    path = box.write("bad.zip", bytes(data))
    assert_clear(box.ingest(path), "bad.zip", "entry 1", "Inconsistent", "--on-file-error keep")
    out, rejects = box.out("kept.parquet"), box.out("bad.jsonl")
    ingest(box, path, out="kept.parquet", code=1, flags=["--on-file-error", "keep", "--rejects", rejects])
    assert outcome.read_table(out).column("n").to_pylist() == [1] * 1000 + [2] * 10
    (reject,) = outcome.read_rejects(rejects)
    assert reject["kind"] == "damaged_file"


def test_a_zip_with_a_long_comment(box):
    """libarchive does not find its list: the message must not speak of damage alone."""
    buffer = io.BytesIO(zipped({"a.csv": ROWS}))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"c" * 20_000
    assert_clear(box.ingest(box.write("long.zip", buffer.getvalue())), "long.zip", "comment of more than 16 KiB")


def test_a_bomb_that_lies_about_its_size(box):
    """Sizes in headers are not believed."""
    data = bytearray(zipped({"x.csv": BOMB}))
    for mark, at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        where = data.index(mark) + at
        assert struct.unpack("<I", data[where:where + 4])[0] == len(BOMB)
        data[where:where + 4] = struct.pack("<I", 100)
    assert_clear(box.ingest(box.write("bomb.zip", bytes(data))), "bomb.zip")
    box.assert_nothing_written()


def test_members_that_are_modest_alone(box):
    """What counts is what they expand to together."""
    members = {f"{i}.csv": b"1,a\n" * 200_000 for i in range(40)}
    assert_clear(box.ingest(box.write("bomb.zip", zipped(members, zipfile.ZIP_BZIP2))), "bomb.zip", "expands")
    box.assert_nothing_written()


@pytest.mark.parametrize("data", [zipped(MEMBERS), tarred(MEMBERS), gzip.compress(tarred(MEMBERS))], ids=["zip", "tar", "tar.gz"])
def test_standard_input(box, data):
    """An archive there is refused, never read as the text that it is not."""
    path = box.write("a", data)
    with open(path, "rb") as stdin:
        assert_clear(box.ingest("-", stdin=stdin), "archive", "fix:")
    box.assert_nothing_written()


@pytest.mark.parametrize("kind", ["deflated", "tar-plain", "tar-bz2"])
def test_columns_are_found(box, kind):
    """Without a schema: dialect and types from the members; sniff looks at them too."""
    members = {"a.csv": b"n;w\n1;x\n", "b.csv": b"n;w\n2;y\n", "c.csv": b"n;w\n3000000000;z\n"}
    path = box.write("a.arc", ARCHIVES[kind](members))
    done = program.run("ingest", path, "-o", box.out(), "-q")
    assert done.code == 0, done
    assert outcome.plain_table(outcome.read_table(box.out())) == {"n": [1, 2, 3000000000], "w": [b"x", b"y", b"z"]}
    sniffed = program.run("sniff", path)
    assert sniffed.code == 0 and b"int64" in sniffed.stdout and b";" in sniffed.stdout, sniffed
    explained = program.run("explain", path, "--json")
    assert explained.code == 0 and f"{path}!c.csv" in explained.stdout.decode(), explained


def test_headers_that_differ_are_told(box):
    path = box.write("a.zip", zipped({"a.csv": b"n,word\n1,a\n", "b.csv": b"word,n\nb,2\n"}))
    done = box.ingest(path, flags=["--header"])
    assert done.code == 0 and "drift" in done.stderr and "a.zip!b.csv" in done.stderr, done
    assert outcome.plain_table(outcome.read_table(box.out())) == {"n": [1, 2], "word": [b"a", b"b"]}


@pytest.mark.parametrize("kind", ["deflated", "tar-plain", "tar-gzip"])
def test_thousands_of_members(box, kind):
    """One pass a worker, few descriptors, order kept."""
    members = {f"{i:04}.csv": b"%d,w\n" % i for i in range(3000)}
    path = box.write("many", ARCHIVES[kind](members))
    digests = set()
    for workers in (1, 4):
        out = box.out(f"{workers}.parquet")
        words = ["bash", "-c", 'ulimit -n 64; exec "$@"', "-", program.BIN, "ingest", path, "-o", out, "--columns", COLUMNS,
                 "--workers", str(workers)]
        done = subprocess.run(words, capture_output=True, env=program.environment(), text=True, timeout=program.TIMEOUT_S)
        assert done.returncode == 0, done
        assert outcome.read_table(out).column("n").to_pylist() == list(range(3000))
        digests.add(outcome.digest(out))
    assert len(digests) == 1


def test_archives_among_other_inputs(box):
    """In folders, beside files, each in its place; an archive as the output is refused like any input."""
    box.write("b.csv", b"2,w\n")
    box.write("a.zip", zipped({"z.csv": b"0,w\n", "y.csv": b"1,w\n"}))
    box.write("c.tgz", gzip.compress(tarred({"x.csv": b"3,w\n"})))
    out = ingest(box, box.inputs, out="x.parquet")
    assert outcome.read_table(out).column("n").to_pylist() == [0, 1, 2, 3]
    archive = box.write("d.parquet", zipped({"z.csv": b"0,w\n"}))
    assert_clear(box.ingest(archive, out=archive, flags=["--overwrite"]), "d.parquet", "one of the inputs")


def test_one_row_group_a_member_file(box):
    """Per-file outputs hold the rows of their member alone."""
    path = box.write("a.tar.gz", gzip.compress(tarred(MEMBERS)))
    done = box.ingest(path, out=box.out("d/"), flags=["--workers", "4"])
    assert done.code == 0, done
    rows = {name: pq.ParquetFile(box.out(f"d/{name}.parquet")).metadata.num_rows for name in ("z", "a", "empty", "m")}
    assert rows == {"z": 1000, "a": 10, "empty": 0, "m": 2000}


def test_without_libarchive(box):
    """A file that is no library stands in for one that is not there: the loader takes neither."""
    libraries = os.path.join(box.outputs, "libraries")
    os.mkdir(libraries)
    with open(os.path.join(libraries, "libarchive.so.13"), "wb") as file:
        file.write(b"no library")
    archive = box.write("a.zip", zipped({"a.csv": ROWS}))
    assert_clear(program.run("scan", archive, "--columns", COLUMNS, env={"LD_LIBRARY_PATH": libraries}), "libarchive13")
    assert program.run("scan", box.write("a.csv", ROWS), "--columns", COLUMNS,
                       env={"LD_LIBRARY_PATH": libraries}).code == 0


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["tar", "tar.gz"])
def test_a_tar_that_is_cut_off_between_two_members(scratch, pack):
    """Its last member is whole, and what shows the cut is that there is no end behind it."""
    whole = tarred([(f"{name}.csv", b"".join(b"%d,name\n" % i for i in range(400))) for name in "abc"])
    cut = whole.index(b"c.csv")
    path, out = os.path.join(scratch, "cut.tar"), os.path.join(scratch, "x.parquet")
    for text, code in ((whole, 0), (whole[:cut], 2), (whole[:cut] + bytes(512), 0), (whole[:cut] + bytes(1024), 0),
                       (whole[:cut] + bytes(1024) + whole, 0)):
        with open(path, "wb") as file:
            file.write(pack(text))
        done = program.run("ingest", path, "-o", out, "--columns", "id:int32,name:string", "--overwrite", "-q")
        assert done.code == code, (len(text), done)
        if code:
            assert_clear(done, "cut.tar", "cut off", "--on-file-error keep")
    with open(path, "wb") as file:
        file.write(pack(whole[:cut]))
    done = program.run("ingest", path, "-o", out, "--columns", "id:int32,name:string", "--overwrite", "-q", "--on-file-error", "keep")
    assert done.code == 1 and outcome.read_table(out).num_rows == 800, done


def test_a_dialect_of_a_member_at_the_top(scratch):
    text, schema = b"1;2,5\n", os.path.join(scratch, "s.toml")
    with open(schema, "w", encoding="utf-8") as file:
        file.write('format = 1\n[[column]]\nname = "a"\ntype = "string"\n[[column]]\nname = "b"\ntype = "string"\n'
                   '[[file]]\nmatch = "c.csv"\ndelimiter = ";"\n')
    for name in ("c.csv", "d/c.csv"):
        path, out = os.path.join(scratch, "top.tar"), os.path.join(scratch, "x.parquet")
        with open(path, "wb") as file:
            file.write(tarred([(name, text)]))
        assert program.run("ingest", path, "-o", out, "--schema", schema, "--overwrite", "-q").code == 0
        assert outcome.plain_table(outcome.read_table(out)) == {"a": [b"1"], "b": [b"2,5"]}, name


@pytest.mark.parametrize("form", ["zip", "tar", "tar of folders"])
def test_an_archive_of_which_nothing_can_be_kept(box, form):
    """Then nobody is told to keep it, least of all who asks for that."""
    if form == "zip":
        data = zipped({"a.csv": ROWS})[:-30]
    else:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            add_kinds(archive)
        folders = buffer.getvalue()[:5 * 512] if form == "tar of folders" else b""
        data = folders + tarred({"a.csv": ROWS})[:100] + b"\xff" * 8 + tarred({"a.csv": ROWS})[108:]
    for flags in ([], ["--on-file-error", "keep"]):
        done = box.ingest(box.write("cut.archive", data), flags=flags)
        assert_clear(done, "cannot read the archive", "cut.archive", "\n  fix: get it anew\n")
    box.assert_nothing_written()
