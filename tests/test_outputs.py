"""What Headrace writes, read by others: Parquet by pyarrow, DuckDB and Polars; Arrow IPC; folders; Hive partitions;
manifests; the team's job against pandas and Polars, bit for bit."""
import json
import os
import resource
import shutil
import subprocess

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from oracle.generator import Plan, generate
from oracle.reference import Dialect, Reader
from support import check, outcome, parquet_bytes, program
from support.job import Config, Job
from support.message import assert_clear

MILAN = os.environ.get("HEADRACE_MILAN") or os.path.join(program.ROOT, "..", "shared", "data", "milan")
EXAMPLE = os.path.join(program.ROOT, "examples", "milan.toml")
ALL_TYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64",
             "decimal(9,2)", "decimal(38,10)", "string", "binary", "date", "timestamp[s]", "timestamp[ms]", "timestamp[us]",
             "timestamp[ns]", "timestamp[ms, UTC]", "time[s]", "time[ms]", "time[us]", "time[ns]", "duration[ms]",
             "dictionary(string)"]

OTHERS_READ_OTHERWISE = ("time", "duration", "decimal")  # other units and types in DuckDB and Polars


@pytest.fixture(scope="module")
def every_type(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("types"))
    truth, paths = generate(Plan(77, rows=3000, files=2, types=ALL_TYPES, dialect=Dialect()), folder)
    truth.select = None
    return truth, paths


def write(every_type, scratch, *flags, form="parquet"):
    truth, paths = every_type
    job = Job(scratch, paths, truth.columns_text(), truth.dialect, truth.select, "skip", flags, form)
    done = job.run(Config(2, "", "", "32KiB"))
    assert done.run.code == 1, done.run
    return truth, done.output


@pytest.fixture(scope="module")
def kept(every_type):
    """The truth of all columns, whatever the generator selected."""
    truth, paths = every_type
    return Reader(truth.columns, truth.dialect, None, "skip").read(list(zip(paths, truth.files))).columns


@pytest.mark.parametrize("flags", [[], ["--parquet-compat", "latest"], ["--compression", "none"], ["--compression", "snappy"],
                                   ["--compression", "gzip:3"], ["--compression", "lz4"], ["--compression", "zstd:9"]],
                         ids=" ".join)
def test_parquet_by_three_readers(every_type, kept, scratch, flags):
    truth, path = write(every_type, scratch, *flags)
    check.assert_table(path, kept, {c.name: c.type for c in truth.columns})
    for use_threads in (True, False):
        table = pa.dataset.dataset(path).to_table(use_threads=use_threads)
        assert outcome.plain_table(table) == outcome.plain_table(outcome.read_table(path))

    by_duckdb = duckdb.sql(f"SELECT * FROM read_parquet('{path}')").to_arrow_table()
    assert by_duckdb.num_rows == len(kept["c0"])
    for column in truth.columns:
        if not column.type.startswith(OTHERS_READ_OTHERWISE):
            assert outcome.plain_values(by_duckdb.column(column.name)) == kept[column.name], column

    by_polars = pl.read_parquet(path)
    for column in truth.columns:
        if not column.type.startswith(OTHERS_READ_OTHERWISE):
            assert outcome.plain_values(by_polars[column.name].to_arrow()) == kept[column.name], column
        if column.type.startswith("timestamp[m") or column.type.startswith("timestamp[u"):
            assert by_polars[column.name].to_physical().to_list() == kept[column.name], column


def test_parquet_footers(every_type, kept, scratch):
    """Statistics, page checksums, compression and who wrote it; and every row group's own minimum and maximum."""
    _, path = write(every_type, scratch)
    file = pq.ParquetFile(path, page_checksum_verification=True)
    file.read()
    footer = file.metadata
    assert footer.num_rows == len(kept["c0"]) and footer.num_row_groups > 3
    assert "headrace" in footer.created_by.lower()
    names = [field.name for field in file.schema_arrow]
    for g in range(footer.num_row_groups):
        values = file.read_row_group(g)
        for c in range(footer.num_columns):
            chunk = footer.row_group(g).column(c)
            assert chunk.compression == "ZSTD", chunk
            stats = chunk.statistics
            if stats is None:
                continue
            column = values.column(names[c])
            assert stats.null_count == column.null_count
            if stats.has_min_max and pa.types.is_integer(column.type):
                numbers = [v for v in column.to_pylist() if v is not None]
                assert (stats.min, stats.max) == (min(numbers), max(numbers))


def test_filters_on_statistics_find_all_rows(every_type, kept, scratch):
    _, path = write(every_type, scratch)
    for name in ("c4", "c8", "c10", "c13"):
        dataset = pa.dataset.dataset(path)
        column = outcome.read_table(path).column(name)
        for value in [v for v in column.to_pylist() if v is not None and v == v][:5]:
            got = dataset.to_table(filter=pa.dataset.field(name) == pa.scalar(value, column.type)).num_rows
            assert got == sum(v == value for v in column.to_pylist())


@pytest.mark.parametrize("flags", [[], ["--compression", "zstd"], ["--compression", "lz4"]], ids=" ".join)
def test_ipc_file(every_type, kept, scratch, flags):
    truth, path = write(every_type, scratch, *flags, form="arrow")
    check.assert_table(path, kept, {c.name: c.type for c in truth.columns})
    assert pl.read_ipc(path).height == len(kept["c0"])
    dictionary = outcome.read_table(path).column("c26")
    indices = [chunk.dictionary.to_pylist() for chunk in dictionary.chunks]
    words = list(dict.fromkeys(v.decode() for v in kept["c26"] if v is not None))
    assert indices[-1] == words, "indices in order of first appearance"


def test_ipc_stream(every_type, kept, scratch):
    truth, paths = every_type
    done = program.run("ingest", *paths, "-o", "-", "--columns", truth.columns_text(), "--on-error", "skip", "-q",
                       "--unit-bytes", "32KiB")
    assert done.code == 1, done
    table = pa.ipc.open_stream(done.stdout).read_all()
    assert outcome.plain_table(table) == kept
    assert done.stdout.endswith(b"\xff\xff\xff\xff\0\0\0\0")
    assert [str(f.type) for f in table.schema] == [str(f.type) for f in outcome.read_table(
        write(every_type, scratch, form="arrow")[1]).schema]


def three_files(folder):
    paths = []
    for i, name in enumerate(["one.csv", "two.tsv.csv", "three.csv"]):
        paths.append(os.path.join(folder, name))
        with open(paths[-1], "wb") as file:
            file.write(b"".join(b"%d,k%d,%d.5\n" % (n, n % 3, i) for n in range(100 * (i + 1))))
    return paths


def test_a_folder_with_one_file_an_input(scratch):
    paths = three_files(scratch)
    done = program.run("ingest", *paths, "-o", scratch + "/out/", "--columns", "n:int32,k:string,x:float64", "--report",
                       scratch + "/r.json")
    assert done.code == 0, done
    names = outcome.tree(scratch + "/out")
    assert len(names) == 3 and all(name.endswith(".parquet") for name in names)
    for path, count in zip(paths, (100, 200, 300)):
        stem = os.path.basename(path).split(".")[0]
        (name,) = [name for name in names if name.startswith(stem + ".")]
        assert outcome.read_table(os.path.join(scratch, "out", name))["n"].to_pylist() == list(range(count))
    with open(scratch + "/r.json", encoding="utf-8") as file:
        assert sorted(o["rows"] for o in json.load(file)["outputs"]) == [100, 200, 300]
    assert_clear(program.run("ingest", *paths, "-o", scratch + "/out/", "--columns", "n:int32,k:string,x:float64"), "out")
    again = program.run("ingest", paths[0], "-o", scratch + "/out/", "--columns", "n:int32,k:string,x:float64", "--overwrite")
    assert again.code == 0 and len(outcome.tree(scratch + "/out")) == 1, again
    assert sorted(os.listdir(scratch)) == sorted(["out", "r.json", *map(os.path.basename, paths)])


def test_hive_partitions(scratch):
    path = os.path.join(scratch, "a.csv")
    with open(path, "wb") as file:
        file.write(b'1,"a/b",2013\n2,,2013\n3,"x y=%",2014\n4,\xc3\xa9,2014\n5,"a/b",\n6,.,2013\n7,..,2013\n' * 20)
    out = scratch + "/out/"
    done = program.run("ingest", path, "-o", out, "--columns", "n:int32,k:string,y:int16", "--partition-by", "y,k",
                       "--unit-bytes", "64")
    assert done.code == 0, done
    names = outcome.tree(out)
    folders = {os.path.dirname(name) for name in names if not name.endswith("/")}
    assert "y=2013/k=a%2Fb" in folders and "y=2013/k=__HIVE_DEFAULT_PARTITION__" in folders
    assert "y=__HIVE_DEFAULT_PARTITION__/k=a%2Fb" in folders and len(folders) == 7
    assert all(len(name.split("/")) == 3 for name in names if not name.endswith("/"))
    table = pa.dataset.dataset(out, partitioning=pa.dataset.partitioning(pa.schema(
        [("y", pa.int16()), ("k", pa.string())]), flavor="hive")).to_table()
    got = sorted(zip(table["n"].to_pylist(), table["k"].to_pylist(), table["y"].to_pylist()), key=str)
    want = sorted([(1, "a/b", 2013), (2, None, 2013), (3, "x y=%", 2014), (4, "\u00e9", 2014), (5, "a/b", None), (6, ".", 2013),
                   (7, "..", 2013)] * 20, key=str)
    assert got == want
    by_duckdb = duckdb.sql(f"SELECT count(*), sum(n) FROM read_parquet('{out}**/*.parquet', hive_partitioning=true)").fetchall()
    assert by_duckdb == [(140, 28 * 20)]


@pytest.mark.parametrize("names, flags, told", [
    (["_day.csv"], [], "_day.parquet"), (["a.csv", ".csv", "_b.csv"], [], ".csv.parquet"), (["day_.csv", "a.b.csv"], [], None),
    (["_day.csv"], ["--rows-per-file", "2"], None), (["_day.csv"], ["--partition-by", "x,_k"], "_k=..."),
    (["a.csv"], ["--partition-by", ".k", "--rename", "_k=.k"], ".k=..."),
    (["a.csv"], ["--partition-by", "k", "--rename", "_k=k"], None), (["a.csv"], ["--partition-by", "x"], None)], ids=str)
@pytest.mark.parametrize("found", [False, True], ids=["declared", "found"])
def test_names_that_readers_pass_over_are_told(scratch, names, flags, told, found):
    """Once, where the run begins again with wider types too; such rows are not there for pyarrow."""
    for name in names:
        with open(os.path.join(scratch, name), "w", encoding="ascii") as file:
            file.write("n,_k,x\n" + "1,2,3\n" * 70_000 + ("y,2,3\n" if found else "") + "1,2,3\n" * 130_000)
    report = scratch + "/r.json"
    paths = [os.path.join(scratch, name) for name in names]
    columns = [] if found else ["--columns", "n:int64,_k:int32,x:int32", "--header"]
    done = program.run("ingest", *paths, "-o", scratch + "/out/", "--report", report, *columns, *flags)
    assert done.code == 0, done
    with open(report, encoding="utf-8") as file:
        notes = json.load(file)["notes"]
    assert done.stderr.count("note:") == len(notes) == (1 if told else 0), done
    if told:
        assert f"note: {notes[0]}\n" in done.stderr and f"'{told}'" in notes[0] and "pyarrow" in notes[0], done
        assert ("--rename" in notes[0]) == ("--partition-by" in flags)
    seen = pa.dataset.dataset(scratch + "/out", format="parquet").count_rows()
    assert (seen < 200_000 * len(names)) == (told is not None)


def test_long_partition_values(scratch):
    """Their number is limited, not their length: 42,000 of 200 bytes, in one unit."""
    path = os.path.join(scratch, "a.csv")
    with open(path, "wb") as file:
        file.writelines(b"%d,k%0199d\n" % (n, n) for n in range(42_000))
    out = scratch + "/out/"
    done = program.run("ingest", path, "-o", out, "--columns", "n:int32,k:string", "--partition-by", "k", "--compression", "none")
    assert done.code == 0, done
    folders = os.listdir(out)
    assert len(folders) == 42_000 and f"k=k{41_999:0199d}" in folders


@pytest.mark.parametrize("kind, value, words", [
    ("string", "k" * 251 + "%", ["255", "file systems"]), ("uuid", "", ["uuid"]), ("binary", "", ["binary"]),
    ("decimal(19,2)", "", ["18 digits"])])
def test_values_that_name_no_folder(scratch, kind, value, words):
    path = os.path.join(scratch, "a.csv")
    with open(path, "w", encoding="ascii") as file:
        file.write(f"1,a\n2,{value}\n" if value else "1,\n")
    done = program.run("ingest", path, "-o", scratch + "/out/", "--columns", f"n:int32,k:{kind}", "--partition-by", "k")
    assert_clear(done, "'k'", "fix: partition by", *words)
    assert outcome.tree(scratch) == ["a.csv"]


def group_sizes(path):
    """[(rows, bytes)] of a file's row groups, and of whatever lies behind the pages of each."""
    footer = pq.read_metadata(path)
    groups = [footer.row_group(i) for i in range(footer.num_row_groups)]
    return [(group.num_rows, sum(group.column(c).total_compressed_size for c in range(group.num_columns))) for group in groups]


@pytest.mark.parametrize("limits", [{"rows": 250}, {"bytes": 900}, {"rows": 180, "bytes": 900}, {"rows": 1}, {"rows": 10**9}],
                         ids=str)
def test_parts(scratch, limits):
    """Each row group goes to the file before, unless it would have too much then."""
    paths = three_files(scratch)
    out, one = scratch + "/out/", scratch + "/one.parquet"
    words = [*paths, "--columns", "n:int32,k:string,x:float64", "--unit-bytes", "512", "--workers", "2"]
    flags = [text for name, limit in limits.items() for text in (f"--{name}-per-file", str(limit))]
    assert program.run("ingest", *words, "-o", one).code == 0
    done = program.run("ingest", *words, "-o", out, *flags, "--manifest", "--verify")
    assert done.code == 0, done
    want = [[]]
    for rows, size in group_sizes(one):
        held = [sum(column) for column in zip((0, 0), *want[-1])]
        if want[-1] and (held[0] + rows > limits.get("rows", 10**9) or held[1] + size > limits.get("bytes", 10**9)):
            want.append([])
        want[-1].append((rows, size))
    names = outcome.tree(out)
    assert names == [f"part-{i:05d}.parquet" for i in range(len(want))]
    assert [group_sizes(out + name) for name in names] == want
    assert pa.concat_tables([outcome.read_table(out + name) for name in names]).equals(outcome.read_table(one))
    assert program.run("verify", out).code == 0
    with open(scratch + "/out.manifest.json", encoding="utf-8") as file:
        manifest = json.load(file)
    assert [entry["path"] for entry in manifest["outputs"]] == names
    assert [unit["file"] for unit in manifest["units"]] == [i for i, groups in enumerate(want) for _ in groups]
    assert_clear(program.run("ingest", *words, "-o", out, *flags), "out")
    again = program.run("ingest", *words, "-o", out, "--rows-per-file", "1000000", "--overwrite")
    assert again.code == 0 and outcome.tree(out) == ["part-00000.parquet"], again


def test_more_parts_than_descriptors_may_be_open(scratch):
    path = os.path.join(scratch, "a.csv")
    with open(path, "wb") as file:
        file.write(b"".join(b"%d,k%d\n" % (n, n % 90) for n in range(9000)))
    for flags, count in [(["--partition-by", "k"], 90 * 9), ([], 500)]:
        out = f"{scratch}/{count}/"
        done = program.run("ingest", path, "-o", out, "--columns", "n:int32,k:string", "--rows-per-file", "1", "--unit-bytes",
                           "8KiB" if flags else "150", *flags, "--verify")
        assert done.code == 0, done
        names = [name for name in outcome.tree(out) if not name.endswith("/")]
        assert len(names) >= count
        assert sum(pq.read_metadata(out + name).num_rows for name in names) == 9000


def test_parts_without_rows(scratch):
    path = os.path.join(scratch, "a.csv")
    open(path, "wb").close()
    out = scratch + "/out/"
    done = program.run("ingest", path, "-o", out, "--columns", "n:int32", "--bytes-per-file", "1MiB", "--verify")
    assert done.code == 0 and outcome.tree(out) == ["part-00000.parquet"], done
    assert outcome.read_table(out + "part-00000.parquet").schema == pa.schema([("n", pa.int32())])


@pytest.mark.parametrize("form", ["x.parquet", "x.arrow", "-"])
def test_parts_want_a_folder(scratch, form):
    for flag in ("--rows-per-file", "--bytes-per-file"):
        done = program.run("ingest", *three_files(scratch), "-o", form, "--columns", "n:int32,k:string,x:float64", flag, "5",
                           cwd=scratch)
        assert_clear(done, flag)


@pytest.fixture
def with_manifest(scratch):
    def make(form):
        paths = three_files(scratch)
        out = os.path.join(scratch, form)
        done = program.run("ingest", *paths, "-o", out, "--columns", "n:int32,k:string,x:float64", "--manifest", "--unit-bytes",
                           "512", "-q")
        assert done.code == 0, done
        return out, out.rstrip("/") + ".manifest.json"
    return make


@pytest.mark.parametrize("form", ["x.parquet", "x.arrow", "dir/"])
def test_manifest_and_verify(with_manifest, form):
    out, manifest = with_manifest(form)
    with open(manifest, encoding="utf-8") as file:
        facts = json.load(file)
    assert facts["format"] == 1 and facts["rows_written"] == 600
    assert [os.path.basename(item["path"]) for item in facts["inputs"]] == ["one.csv", "two.tsv.csv", "three.csv"]
    assert sum(unit["rows"] for unit in facts["units"]) == 600
    done = program.run("verify", out)
    assert done.code == 0, done
    assert program.run("verify", out, "--json").json()


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 0x10]))


@pytest.mark.parametrize("form", ["x.parquet", "x.arrow", "dir/"])
def test_a_flipped_byte_is_found(with_manifest, form):
    out, _ = with_manifest(form)
    path = out if not form.endswith("/") else os.path.join(out, outcome.tree(out)[0])
    size = os.path.getsize(path)
    for at in sorted({4, 5, size // 7, size // 3, size // 2, size - 9, size - 1, *range(100, size, size // 12)}):
        flip(path, at)
        done = program.run("verify", out)
        assert done.code in (1, 2) and done.code != 0, f"byte {at} of {size}\n{done}"
        flip(path, at)
    assert program.run("verify", out).code == 0


def test_verify_of_a_mismatch_is_1(with_manifest):
    out, _ = with_manifest("x.parquet")
    flip(out, 40)
    done = program.run("verify", out)
    assert done.code == 1 and (done.stderr or done.stdout), done


def test_verify_finds_rows_that_are_missing(with_manifest, scratch):
    out, manifest = with_manifest("x.parquet")
    table = outcome.read_table(out)
    pq.write_table(table.slice(0, 599), out)
    assert program.run("verify", out).code == 1
    os.unlink(manifest)
    assert program.run("verify", out).code == 0


def test_verify_finds_a_missing_file_of_a_folder(with_manifest):
    out, _ = with_manifest("dir/")
    os.unlink(os.path.join(out, outcome.tree(out)[0]))
    assert program.run("verify", out).code in (1, 2)


def test_verify_finds_a_link_to_nowhere_in_a_folder(with_manifest):
    out, _ = with_manifest("dir/")
    os.symlink("nowhere", out + "two.parquet")
    assert program.run("verify", out).code == 1
    os.unlink(out + outcome.tree(out)[0])
    os.symlink("nowhere", out + "one.parquet")
    done = program.run("verify", out)
    assert done.code == 1 and "one.parquet" in done.stdout.decode() + done.stderr, done


@pytest.mark.parametrize("form", ["x.parquet", "x.arrow"])
def test_verify_without_a_manifest(scratch, form):
    paths = three_files(scratch)
    out = os.path.join(scratch, form)
    assert program.run("ingest", *paths, "-o", out, "--columns", "n:int32,k:string,x:float64", "--unit-bytes", "512").code == 0
    assert program.run("verify", out).code == 0
    before = outcome.plain_table(outcome.read_table(out))
    found = 0
    size = os.path.getsize(out)
    places = list(range(8, size - 8, max(1, size // 40)))
    for at in places:
        flip(out, at)
        if program.run("verify", out).code != 0:
            found += 1
        elif form == "x.parquet":  # what is not found may change no value
            try:
                assert outcome.plain_table(outcome.read_table(out)) == before, f"byte {at}"
            except OSError as error:
                print(f"byte {at}: pyarrow refuses what verify lets pass: {error}")
        flip(out, at)
    print(f"{form}: {found} of {len(places)} flipped bytes found without a manifest")
    assert found >= len(places) // 2 or form != "x.parquet"
    with open(out, "r+b") as file:
        file.truncate(size // 2)
    assert program.run("verify", out).code in (1, 2)


def test_verify_of_more_row_groups_than_can_be_numbered(scratch):
    """A row group's number has 16 bits; those above have none."""
    path, out = os.path.join(scratch, "a.csv"), os.path.join(scratch, "x.parquet")
    with open(path, "wb") as file:
        file.writelines(b"%d\n" % n for n in range(32_800))
    done = program.run("ingest", path, "-o", out, "--columns", "n:int32", "--unit-bytes", "1", "--manifest")
    assert done.code == 0, done
    groups = parquet_bytes.read(out).footer[4]
    assert [group.get(7) for group in groups] == [*range(32_768), *[None] * 32]
    assert program.run("verify", out).code == 0
    os.unlink(out + ".manifest.json")
    done = program.run("verify", out)
    assert done.code == 0, done


def processor_seconds(*words):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = program.run(*words)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.code == 0, done
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_verify_takes_time_by_the_column(scratch):
    """Eight times the columns take about eight times as long, not 64 times."""
    seconds = []
    for columns in (500, 4_000):
        path, out = os.path.join(scratch, f"{columns}.csv"), os.path.join(scratch, f"{columns}.parquet")
        with open(path, "w", encoding="ascii") as file:
            file.write(",".join(f"c{i}" for i in range(columns)) + "\n")
            file.writelines(",".join(str(row * i % 97) for i in range(columns)) + "\n" for row in range(40))
        done = program.run("ingest", path, "-o", out, "--header", "--columns", ",".join(f"c{i}:int32" for i in range(columns)))
        assert done.code == 0, done
        seconds.append(min(processor_seconds("verify", out) for _ in range(2)))
    assert seconds[1] < 20 * seconds[0], seconds


def test_verify_of_what_is_no_output(scratch):
    path = os.path.join(scratch, "x.parquet")
    with open(path, "wb") as file:
        file.write(b"no parquet here")
    done = program.run("verify", path)
    assert done.code in (1, 2) and b"x.parquet" in done.stdout + done.stderr.encode(), done
    with open(path, "wb"):
        pass
    assert program.run("verify", path).code in (1, 2)


# --- The team's job

ACTIVITIES = ["sms_in", "sms_out", "call_in", "call_out", "internet_activity"]
NAMES = ["square_id", "timestamp", "country_code", *ACTIVITIES]
SELECT = ["--select", ",".join(["timestamp_ms", "square_id", *ACTIVITIES])]


def need_milan():
    if not os.path.isdir(MILAN):
        pytest.skip(f"no real Milan rows at {MILAN} (HEADRACE_MILAN)")
    return sorted(os.path.join(MILAN, name) for name in os.listdir(MILAN) if name.startswith("sms-call") and
                  name.endswith(".txt"))


def compare_milan(paths, out):
    """The output against pandas and Polars, cell by cell, bit for bit; return the number of cells."""
    ours = outcome.plain_table(outcome.read_table(out))
    assert list(ours) == ["timestamp", "square_id", *ACTIVITIES]
    by_pandas = pd.concat([pd.read_csv(path, sep="\t", header=None, names=NAMES, float_precision="round_trip")
                           for path in paths])
    by_polars = pl.concat([pl.read_csv(path, separator="\t", has_header=False, new_columns=NAMES, quote_char=None,
                                       schema_overrides=[pl.Int64] * 3 + [pl.Float64] * 5) for path in paths])
    cells = 0
    for name, values in ours.items():
        theirs = by_polars[name].to_arrow()
        assert values == outcome.plain_values(theirs), name
        column = by_pandas[name]
        if name in ACTIVITIES:
            floats = pa.array(column.to_numpy(), from_pandas=True)
            assert values == outcome.plain_values(floats), name
        else:
            assert values == column.tolist(), name
        cells += len(values)
    return cells


def test_real_milan_rows(scratch):
    paths = need_milan()
    out = scratch + "/milan.parquet"
    done = program.run("ingest", *paths, "-o", out, "--schema", EXAMPLE, *SELECT)
    assert done.code == 0, done
    assert outcome.read_table(out).schema.field("timestamp").type == pa.timestamp("ms")
    assert compare_milan(paths, out) == 24 * 7


def test_generated_milan_days(scratch):
    """`gen milan` gives the same bytes for any number of workers, and the team's job on it equals pandas and Polars."""
    days, rows = ("7", "2000000") if os.environ.get("HEADRACE_LONG") else ("3", "60000")
    made = []
    for workers in ("1", "2", "8"):
        folder = f"{scratch}/m{workers}"
        done = program.run("gen", "milan", "-o", folder + "/", "--days", days, "--rows", rows, "--seed", "5", "--workers",
                           workers)
        assert done.code == 0, done
        made.append(outcome.tree_digest(folder))
    assert made[0] == made[1] == made[2] and len(made[0]) == int(days)
    shutil.rmtree(f"{scratch}/m8")
    paths = sorted(os.path.join(scratch, "m1", name) for name in made[0])
    out = scratch + "/milan.parquet"
    done = program.run("ingest", f"{scratch}/m1", "-o", out, "--schema", EXAMPLE, *SELECT, "--unit-bytes", "1MiB")
    assert done.code == 0, done
    cells = compare_milan(paths, out)
    assert cells == int(rows) * 7
    print(f"{cells:,} cells equal")
    other = f"{scratch}/other/"
    assert program.run("gen", "milan", "-o", other, "--days", days, "--rows", rows, "--seed", "6").code == 0
    assert outcome.tree_digest(other).keys() == made[0].keys() and outcome.tree_digest(other) != made[0]


@pytest.mark.parametrize("bytes_per_row", ["65", "77"])
def test_shape_of_generated_milan(scratch, bytes_per_row):
    """The properties of the real files, as shared/data/milan/README.md tells them."""
    done = program.run("gen", "milan", "-o", scratch + "/m", "--days", "2", "--rows", "200000", "--bytes-per-row", bytes_per_row)
    assert done.code == 0, done
    total, rows, countries, lengths, filled = 0, 0, set(), set(), {True: [], False: []}
    for name in sorted(os.listdir(scratch + "/m")):
        with open(os.path.join(scratch, "m", name), "rb") as file:
            data = file.read()
        assert data.endswith(b"\n") and b"\r" not in data
        fields = [line.split(b"\t") for line in data.split(b"\n")[:-1]]
        assert all(len(row) == 8 for row in fields)
        keys = [tuple(row[:3]) for row in fields]
        assert keys == sorted(set(keys)), "sorted as strings, no key twice"
        assert all(1 <= int(row[0]) <= 10000 and len(row[1]) == 13 and int(row[1]) % 600_000 == 0 for row in fields)
        total, rows = total + len(data), rows + len(fields)
        countries |= {int(row[2]) for row in fields}
        for row in fields:
            values = [text for text in row[3:] if text]
            filled[row[2] == b"39"].append(len(values))
            lengths |= {len(text) for text in values}
            assert all(repr(float(text)).encode() == text or b"e" in text.lower() for text in values), row
    mean = lambda numbers: sum(numbers) / len(numbers)
    assert rows == 200_000 and abs(total / rows - int(bytes_per_row)) < 1.5, total / rows
    assert len(countries) <= 299 and max(countries) > 65_535 and 0 in countries
    if bytes_per_row == "65":
        assert abs(mean(filled[True]) - 4.7) < 0.2 and abs(mean(filled[False]) - 1.3) < 0.2
    assert max(lengths) <= 23 and min(lengths) >= 3


def test_gen_milan_refuses_an_existing_folder(scratch):
    words = ["gen", "milan", "-o", scratch + "/m/", "--days", "1", "--rows", "100"]
    assert program.run(*words).code == 0
    before = outcome.tree_digest(scratch)
    assert_clear(program.run(*words), "m")
    assert outcome.tree_digest(scratch) == before


def test_scan_agrees_with_ingest_on_milan(scratch):
    folder = scratch + "/m"
    assert program.run("gen", "milan", "-o", folder + "/", "--days", "2", "--rows", "5000").code == 0
    got = program.run("scan", folder, "--schema", EXAMPLE, "--json").json()
    out = scratch + "/x.parquet"
    assert program.run("ingest", folder, "-o", out, "--schema", EXAMPLE).code == 0
    table = outcome.read_table(out)
    for column in got["columns"]:
        name = "timestamp" if column["name"] in ("timestamp", "timestamp_ms") else column["name"]
        values = [v for v in outcome.plain_values(table[name]) if v is not None]
        assert column["count"] == len(values) and column["nulls"] == table.num_rows - len(values)
        if name in ("square_id", "country_code"):
            assert int(column["sum"]) == sum(values) and int(column["max"]) == max(values)
    assert got["bytes"] == sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))


def test_the_program_runs_outside_its_folder(scratch):
    done = subprocess.run([program.BIN, "--version"], cwd=scratch, capture_output=True, env=program.environment(), check=False)
    assert done.returncode == 0 and done.stdout.startswith(b"headrace ")
