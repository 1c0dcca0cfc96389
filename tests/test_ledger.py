"""The ledger is no tautology: a build that loses or doubles one unit on purpose (HEADRACE_FAULT) exits 2 and publishes
nothing. What the report says is counted again here from the files themselves."""
import json
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support import outcome, program

COLUMNS = "n:uint32,word:string"
FORMS = {"parquet": ["out.parquet"], "ipc": ["out.arrow"], "directory": ["out/"],
         "hive": ["out/", "--partition-by", "word"]}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ledger")
    paths = []
    for i in range(3):
        path = folder / f"in{i}.csv"
        path.write_bytes(b"".join(b"%d,w%d\n" % (n, n % 3) if n % 10 else b"bad,w\n" for n in range(3000)))
        paths.append(str(path))
    return paths


def need_faulty():
    if not os.access(program.FAULTY_BIN, os.X_OK):
        pytest.skip(f"no program with faults at {program.FAULTY_BIN}")


def ingest(scratch, inputs, form, env, extra=(), binary=None):
    words = FORMS[form]
    return program.run("ingest", *inputs, "-o", os.path.join(scratch, words[0]), *words[1:], "--columns", COLUMNS,
                       "--rejects", os.path.join(scratch, "bad.jsonl"), "--unit-bytes", "4096", "--workers", "2",
                       "--report", os.path.join(scratch, "report.json"), *extra, env=env, binary=binary)


@pytest.mark.parametrize("form", FORMS)
def test_the_faulty_build_is_sound_without_a_fault(scratch, inputs, form):
    need_faulty()
    done = ingest(scratch, inputs, form, {}, binary=program.FAULTY_BIN)
    assert done.code == 1, done
    assert os.path.exists(os.path.join(scratch, FORMS[form][0]))


@pytest.mark.parametrize("fault", ["lose_unit", "double_unit"])
@pytest.mark.parametrize("unit", [0, 1, 5])
@pytest.mark.parametrize("form", FORMS)
def test_a_lost_or_doubled_unit_is_found(scratch, inputs, form, fault, unit):
    need_faulty()
    done = ingest(scratch, inputs, form, {"HEADRACE_FAULT": f"{fault}:{unit}"}, binary=program.FAULTY_BIN)
    assert done.code == 2, done
    assert outcome.tree(scratch) == [], done
    assert done.stderr.strip() and len(done.stderr.rstrip("\n").split("\n")) <= 4, done


@pytest.mark.parametrize("fault", ["lose_unit:1", "double_unit:1"])
def test_an_older_output_survives(scratch, inputs, fault):
    need_faulty()
    out = os.path.join(scratch, "out.parquet")
    pq.write_table(pa.table({"a": [1]}), out)
    before = outcome.digest(out)
    done = ingest(scratch, inputs, "parquet", {"HEADRACE_FAULT": fault}, ["--overwrite"], program.FAULTY_BIN)
    assert done.code == 2, done
    assert outcome.tree(scratch) == ["out.parquet"] and outcome.digest(out) == before


@pytest.mark.parametrize("fault", ["lose_unit:1", "double_unit:1"])
def test_a_stream_has_no_end_marker(scratch, inputs, fault):
    need_faulty()
    done = program.run("ingest", *inputs, "-o", "-", "--columns", COLUMNS, "--on-error", "skip", "--unit-bytes", "4096",
                       env={"HEADRACE_FAULT": fault}, binary=program.FAULTY_BIN)
    assert done.code == 2, done
    assert not done.stdout.endswith(b"\xff\xff\xff\xff\0\0\0\0")


def test_the_program_itself_knows_no_fault(scratch, inputs):
    done = ingest(scratch, inputs, "parquet", {"HEADRACE_FAULT": "lose_unit:1"})
    assert done.code == 1, done


@pytest.mark.parametrize("form", FORMS)
def test_the_report_agrees_with_the_files(scratch, inputs, form):
    done = ingest(scratch, inputs, form, {})
    assert done.code == 1, done
    with open(os.path.join(scratch, "report.json"), encoding="utf-8") as file:
        report = json.load(file)
    written = 0
    for item in report["outputs"]:
        path = item["path"] if os.path.isabs(item["path"]) else os.path.join(scratch, item["path"])
        rows = pq.read_metadata(path).num_rows if path.endswith(".parquet") else outcome.read_table(path).num_rows
        assert item["rows"] == rows
        assert item["bytes"] == os.path.getsize(path)
        written += rows
    rejected = {(r["file"], r["record"]) for r in outcome.read_rejects(os.path.join(scratch, "bad.jsonl"))}
    read = sum(open(path, "rb").read().count(b"\n") for path in inputs)
    assert report["rows_read"] == read == written + len(rejected)
    assert report["rows_written"] == written and report["rows_rejected"] == len(rejected) and report["rows_skipped"] == 0
    assert sum(item["rows"] for item in report["files"]) == read
    assert sum(item["rejected"] for item in report["files"]) == len(rejected)
    assert sum(item["bytes"] for item in report["files"]) == report["bytes_read"] == sum(map(os.path.getsize, inputs))


@pytest.mark.parametrize("form", FORMS)
def test_verify_finds_what_changed_behind_the_writer(scratch, inputs, form):
    need_faulty()
    done = ingest(scratch, inputs, form, {"HEADRACE_FAULT": "damage_output:300"}, ["--verify"], program.FAULTY_BIN)
    assert done.code == 2 and outcome.tree(scratch) == [], done
    assert "does not read back" in done.stderr and "not published" in done.stderr, done
    assert len(done.stderr.rstrip("\n").split("\n")) <= 4, done


@pytest.mark.parametrize("form", FORMS)
def test_verify_changes_nothing(scratch, inputs, form):
    plain, verified = os.path.join(scratch, "plain"), os.path.join(scratch, "verified")
    for folder, flags in [(plain, ["--manifest"]), (verified, ["--manifest", "--verify"])]:
        os.mkdir(folder)
        done = ingest(folder, inputs, form, {}, flags)
        assert done.code == 1, done
        with open(os.path.join(folder, "report.json"), encoding="utf-8") as file:
            assert json.load(file)["verified"] == ("--verify" in flags)
        os.remove(os.path.join(folder, "report.json"))
    assert outcome.tree_digest(plain) == outcome.tree_digest(verified)


def test_verify_looks_at_the_files_of_the_run(scratch):
    """None, where there is nothing to partition; and those whose names begin with a dot, which a listing passes over."""
    empty, some, hidden = (os.path.join(scratch, name) for name in ("empty.csv", "some.csv", ".hf.csv"))
    for path, rows in [(empty, ""), (some, "1,x\n2,y\n"), (hidden, "3,z\n")]:
        with open(path, "w", encoding="ascii") as file:
            file.write("n,.id\n" + rows)
    words = ["--header", "--columns", "n:int32,.id:string", "--verify", "--manifest"]
    for name, flags, want in [("none/", [empty, "--partition-by", ".id"], []),
                              ("dots/", [some, "--partition-by", ".id"], [".id=x/part-0.parquet", ".id=y/part-0.parquet"]),
                              ("files/", [some, hidden], [".hf.parquet", "some.parquet"])]:
        out = os.path.join(scratch, name)
        done = program.run("ingest", *flags, "-o", out, *words)
        assert done.code == 0, done
        assert sorted(file for file in outcome.tree(out) if not file.endswith("/")) == want
        assert program.run("verify", out).code == 0


def test_verify_finds_what_changed_in_a_hidden_file(scratch):
    need_faulty()
    path = os.path.join(scratch, ".hf.csv")
    with open(path, "wb") as file:
        file.writelines(b"%d,w%d\n" % (n, n) for n in range(3000))
    done = program.run("ingest", path, "-o", os.path.join(scratch, "out/"), "--columns", COLUMNS, "--verify",
                       env={"HEADRACE_FAULT": "damage_output:300"}, binary=program.FAULTY_BIN)
    assert done.code == 2 and "does not read back" in done.stderr and outcome.tree(scratch) == [".hf.csv"], done


def test_verify_wants_a_file(scratch, inputs):
    done = program.run("ingest", *inputs, "-o", "-", "--columns", COLUMNS, "--verify")
    assert done.code == 2 and "--verify has no effect" in done.stderr, done
