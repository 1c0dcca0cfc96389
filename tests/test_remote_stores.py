"""Inputs of object stores: S3 as moto plays it, with a server before it that breaks things, and Google's as a few
answers of its JSON and XML interfaces. Skipped where moto is not installed."""
import gzip
import json
import re
import signal
import threading
import time
import urllib.parse

import pytest

from support import outcome, program, web
from support.message import assert_clear
from test_bad_input import COLUMNS, ROWS, Box
from test_memory import run_measured
from test_remote import TEXT, assert_nowhere

BUCKET = "bucket-of-tests"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDOFTESTS", "AWS_SECRET_ACCESS_KEY": "s3cr3tOfTests", "AWS_SESSION_TOKEN": "t0kenOfTests"}
SECRETS = [value for name, value in KEYS.items() if name != "AWS_ACCESS_KEY_ID"] + [KEYS["AWS_ACCESS_KEY_ID"]]
NOISE = re.compile(r"arrow|AWS|WARN|FATAL|^\[", re.M)


@pytest.fixture
def box(scratch):
    return Box(scratch)


@pytest.fixture(scope="module")
def moto():
    server = pytest.importorskip("moto.server", reason="moto is not installed: tests/requirements.txt")
    boto3 = pytest.importorskip("boto3")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    port = running.get_host_and_port()[1]
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1", aws_access_key_id="x",
                          aws_secret_access_key="y")
    client.create_bucket(Bucket=BUCKET)
    objects = {"big.csv": TEXT, "big.csv.gz": gzip.compress(TEXT, 1), "set/b.csv": b"3,c\n", "set/a.csv": ROWS,
               "set/.hidden.csv": b"x", "set/_hidden.csv": b"x", "set/sub/z.csv": b"4,d\n", "set/sub/_no/z.csv": b"x",
               "set/sub/no.txt": b"x", "odd/a b%41+?.csv": b"5,e\n", "odd/Ab.csv": b"6,f\n", "odd//twice.csv": b"7,g\n",
               "empty.csv": b"", "hive/year=2024/m%20n=1/x.csv": ROWS, "marker/": b"", "marker/x.csv": ROWS}
    for key, data in objects.items():
        client.put_object(Bucket=BUCKET, Key=key, Body=data)
    yield Store(port, client)
    running.stop()


class Store:
    def __init__(self, port, client):
        self.port, self.client = port, client

    def put(self, key, data):
        self.client.put_object(Bucket=BUCKET, Key=key, Body=data)


@pytest.fixture
def front(moto):
    """A server before moto: `front(hook)`, where the hook answers a request itself, or returns False."""
    servers = []

    def start(hook=lambda request: False):
        servers.append(web.Server(lambda request: hook(request) or web.forward(request, moto.port)))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def uri(key, bucket=BUCKET):
    return f"s3://{bucket}/{key}"


def environment(server, **more):
    keys = {} if "AWS_PROFILE" in more or "AWS_SKIP_SIGNATURE" in more else KEYS
    return {**keys, "AWS_ENDPOINT_URL": server.url().rstrip("/"), "AWS_REGION": "us-east-1", "NO_PROXY": "*",
            "HEADRACE_REMOTE_TIMEOUT": "5", "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent", **more}


def ingest(box, server, *words, out="x.parquet", columns=COLUMNS, **more):
    done = box.ingest(*words, out=box.out(out), columns=columns, env=environment(server, **more))
    assert not NOISE.search(done.stderr.replace("AWS_", "")), done
    return done


def files_of(box, server, *words):
    done = ingest(box, server, *words, "--overwrite", "--report", box.out("r.json"))
    assert done.code in (0, 1), done
    with open(box.out("r.json"), encoding="utf-8") as file:
        return [one["path"].removeprefix(f"s3://{BUCKET}/") for one in json.load(file)["files"]]


# --- S3 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", ["1", "2", "8"])
@pytest.mark.parametrize("key", ["big.csv", "big.csv.gz", "empty.csv"])
def test_s3_gives_the_same_as_a_file(box, front, key, workers):
    flags = ["--workers", workers, "--unit-bytes", "1MiB"]
    assert ingest(box, front(), uri(key), *flags).code == 0
    path = box.write("a.csv", b"" if key == "empty.csv" else TEXT)
    assert box.ingest(path, out=box.out("local.parquet"), flags=flags).code == 0
    assert outcome.digest(box.out()) == outcome.digest(box.out("local.parquet"))


def test_s3_globs_and_folders(box, front):
    server = front()
    assert files_of(box, server, uri("set/")) == ["set/a.csv", "set/b.csv"]
    assert files_of(box, server, uri("set")) == ["set/a.csv", "set/b.csv"]
    assert files_of(box, server, uri("set/"), "--recursive", "--on-error", "skip") == [
        "set/a.csv", "set/b.csv", "set/sub/no.txt", "set/sub/z.csv"]
    assert files_of(box, server, uri("set/*.csv"), "--on-error", "skip") == ["set/_hidden.csv", "set/a.csv", "set/b.csv"]
    assert files_of(box, server, uri("set/[ab].csv"), uri("set/a.csv")) == ["set/a.csv", "set/b.csv", "set/a.csv"]
    assert files_of(box, server, uri("*/sub/z.csv")) == ["set/sub/z.csv"]
    assert files_of(box, server, uri("set/**/[a-z].csv"), "--on-error", "skip") == [
        "set/a.csv", "set/b.csv", "set/sub/_no/z.csv", "set/sub/z.csv"]
    assert files_of(box, server, uri("odd/**")) == ["odd/Ab.csv", "odd/a b%41+?.csv"]
    assert files_of(box, server, uri("odd/")) == ["odd/Ab.csv", "odd/a b%41+?.csv"]
    assert files_of(box, server, uri("odd/a b%41+?.csv")) == ["odd/a b%41+?.csv"]  # a key has no escapes and no query
    assert files_of(box, server, uri("marker")) == ["marker/x.csv"]
    assert files_of(box, server, uri("hive/*/*/*.csv"), "--hive-input") == ["hive/year=2024/m%20n=1/x.csv"]
    assert outcome.read_table(box.out()).column("m n").to_pylist() == ["1"] * 3
    listed = box.write("list.txt", f"{uri('set/a.csv')}\n{uri('set/[b-z].csv')}\n".encode())
    assert files_of(box, server, "@" + listed) == ["set/a.csv", "set/b.csv"]


def test_s3_other_commands(front):
    env = environment(front())
    scanned = program.run("scan", uri("set/"), "--columns", COLUMNS, "--json", env=env)
    assert scanned.code == 0 and scanned.json()["rows"] == 4, scanned
    assert program.run("sniff", uri("big.csv"), env=env).code == 0
    explained = program.run("explain", uri("big.csv"), "--json", env=env)
    assert explained.code == 0 and explained.json()["bytes"] == len(TEXT), explained


def test_s3_misses(box, front):
    server = front()
    assert_clear(ingest(box, server, uri("nothing.csv")), uri("nothing.csv"), "no object", "fix: ")
    assert_clear(ingest(box, server, uri("x.csv", "no-such-bucket")), "no bucket 'no-such-bucket'", "fix: ")
    assert_clear(ingest(box, server, uri("*.csv", "no-such-bucket")), "no bucket 'no-such-bucket'")
    assert_clear(ingest(box, server, uri("set/*.tsv")), "no object matches", "set/*.tsv")
    assert_clear(ingest(box, server, uri("set/a.csv/")), "not a folder")
    assert_clear(ingest(box, server, "s3://"), "names no bucket")
    assert_clear(ingest(box, server, uri("set/sub/_no/")), "fewer fields")  # a folder that is named may be hidden
    box.assert_nothing_written()


def deny(code, status=403):
    body = f"<Error><Code>{code}</Code><Message>m {KEYS['AWS_ACCESS_KEY_ID']}</Message></Error>".encode()
    return lambda request: web.send(request, status, b"" if request.command == "HEAD" else body) or True


@pytest.mark.parametrize("hook, words", [
    (deny("AccessDenied"), ["denied", "AWS_"]),
    (deny("Whatever", 418), ["cannot read"]),
    (deny("InternalError", 500), ["cannot read"]),
    (deny("SlowDown", 503), ["cannot read"]),
    (deny("PermanentRedirect", 301), ["another region", "AWS_REGION"]),
    (lambda request: web.drop(request) or True, ["broke"]),
], ids=["denied", "418", "500", "503", "301", "dropped"])
def test_s3_refuses(box, front, hook, words):
    done = ingest(box, front(hook), uri("set/a.csv"))
    assert_clear(done, uri("set/a.csv") if "another region" not in words else BUCKET, "fix: ")
    assert all(word in done.stderr for word in words), done
    assert not any(secret in done.stderr for secret in SECRETS), done
    box.assert_nothing_written()


def test_s3_credentials_are_refused(box, front):
    denied = deny("InvalidAccessKeyId")
    server = front(lambda request: request.command == "GET" and "list-type" in request.path and denied(request))
    done = ingest(box, server, uri("set/"))
    assert_clear(done, "credentials", "refused", "~/.aws")
    assert not any(secret in done.stderr for secret in SECRETS)


def test_s3_nobody_there(box, front):
    server = front()
    server.close()
    assert_clear(ingest(box, server, uri("set/a.csv")), "cannot be reached", "endpoint")
    done = ingest(box, server, uri("set/a.csv"), AWS_ENDPOINT_URL="http://no-such-host.invalid")
    assert_clear(done, "not known", "endpoint")
    secure = front()
    done = ingest(box, secure, uri("set/a.csv"), AWS_ENDPOINT_URL=secure.url(scheme="https").rstrip("/"))
    assert_clear(done, "no trusted connection")
    box.assert_nothing_written()


def is_range(request, after=0):
    found = re.match(r"bytes=(\d+)-", request.headers.get("Range") or "")
    return found is not None and int(found[1]) > after


def test_s3_broken_and_overloaded(box, front):
    """Ranges that fail are asked for again."""
    failed = set()

    def hook(request):
        key = request.headers.get("Range")
        if not is_range(request) or key in failed:
            return False
        failed.add(key)
        if len(failed) % 2:
            return deny("SlowDown", 503)(request)
        web.drop(request)
        return True

    assert ingest(box, front(hook), uri("big.csv")).code == 0
    assert failed
    assert box.ingest(box.write("a.csv", TEXT), out=box.out("local.parquet")).code == 0
    assert outcome.digest(box.out()) == outcome.digest(box.out("local.parquet"))


@pytest.mark.parametrize("kind", ["content", "size", "deleted"])
def test_s3_an_object_that_changes(box, front, moto, kind):
    key, lock, changed = f"changes-{kind}.csv", threading.Lock(), []
    moto.put(key, TEXT)

    def hook(request):
        with lock:
            if is_range(request, 1_000_000) and not changed:
                changed.append(1)
                if kind == "deleted":
                    moto.client.delete_object(Bucket=BUCKET, Key=key)
                else:
                    moto.put(key, TEXT.replace(b"word 1\n", b"WORD 1\n") if kind == "content" else TEXT + b"1,x\n")
        return False

    server = front(hook)
    assert_clear(ingest(box, server, uri(key), "--on-file-error", "keep"), "changed while it was read", "run again")
    box.assert_nothing_written()


@pytest.mark.parametrize("when", ["plan", "body"])
def test_s3_a_signal_while_it_hangs(box, front, when):
    hanging = threading.Event()

    def hook(request):
        if when == "body" and not is_range(request, 300_000):
            return False
        hanging.set()
        web.hang(request, 20)
        return True

    process = program.start("ingest", uri("big.csv"), "-o", box.out(), "--columns", COLUMNS,
                            env=environment(front(hook), HEADRACE_REMOTE_TIMEOUT="30"))
    assert hanging.wait(20), process.communicate()
    time.sleep(0.1)
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130, stderr
    assert time.monotonic() - sent < (10 if program.SANITIZED else 1.5), stderr
    assert stderr.decode().startswith("headrace: stopped by Ctrl-C") and stderr.count(b"\n") == 1, stderr
    box.assert_nothing_written()


def test_s3_that_hangs(box, front):
    def hook(request):
        web.hang(request, 10)
        return True

    done = ingest(box, front(hook), uri("big.csv"), HEADRACE_REMOTE_TIMEOUT="0.5")
    assert_clear(done, uri("big.csv"), "no answer", "HEADRACE_REMOTE_TIMEOUT")
    box.assert_nothing_written()


def test_s3_no_secret_is_written_anywhere(box, front):
    for form in ("x.parquet", "dir/"):
        done = ingest(box, front(), uri("set/a.csv"), "--overwrite", "--filename-column", "file", "--manifest", "--report",
                      box.out("r.json"), "-v", "--compression", "none", out=form)
        assert done.code == 0, done
        assert_nowhere(SECRETS, done, box.outputs)


@pytest.mark.skipif(program.SANITIZED, reason="sanitizers take memory of their own")
def test_s3_memory(box, front, moto, monkeypatch):
    moto.put("large.csv", TEXT * 40)
    for name, value in environment(front()).items():
        monkeypatch.setenv(name, value)
    done, peak = run_measured("ingest", uri("large.csv"), "-o", box.out(), "--columns", COLUMNS, "--compression", "none",
                              "--memory-limit", "320MiB")
    assert done.code == 0 and peak <= 320, (peak, done)


def test_s3_anonymous(box, front, moto):
    moto.client.put_object(Bucket=BUCKET, Key="public.csv", Body=ROWS, ACL="public-read")
    server = front()
    assert_clear(ingest(box, server, uri("set/a.csv"), AWS_SKIP_SIGNATURE="true"), "denied")
    assert ingest(box, server, uri("public.csv"), AWS_SKIP_SIGNATURE="true").code == 0
    assert server.requests and all("Authorization" not in headers for _, _, headers in server.requests), server.requests


def test_s3_keys_from_a_profile(box, front, tmp_path):
    (tmp_path / "credentials").write_text("[p]\naws_access_key_id = AKIDOFPROFILE\naws_secret_access_key = y\n")
    server = front()
    env = {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"), "AWS_PROFILE": "p"}
    assert ingest(box, server, uri("set/a.csv"), **env).code == 0
    assert any("AKIDOFPROFILE" in headers.get("Authorization", "") for _, _, headers in server.requests), server.requests


# --- Google Cloud Storage ---------------------------------------------------------------------------------------------


def google(objects, seen=None):
    """The answers of the JSON interface that reading needs, and the XML one for bytes."""

    def facts(name):
        return {"kind": "storage#object", "id": f"b/{name}/1", "name": name, "bucket": BUCKET, "generation": "1",
                "metageneration": "1", "size": str(len(objects[name])), "timeCreated": "2026-11-28T15:00:00.000Z",
                "updated": "2026-11-28T15:00:00.000Z", "contentType": "text/csv"}

    def send_json(request, data, status=200):
        web.send(request, status, json.dumps(data).encode(), [("Content-Type", "application/json")])

    def handler(request):
        url = urllib.parse.urlsplit(request.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        path = re.sub(r"^/storage/v1|^/download/storage/v1", "", url.path)
        prefix = f"/b/{BUCKET}/o"
        if path == f"/b/{BUCKET}":
            return send_json(request, {"kind": "storage#bucket", "id": BUCKET, "name": BUCKET})
        if path == prefix:
            begin, delimiter = query.get("prefix", ""), query.get("delimiter")
            found = [name for name in sorted(objects) if name.startswith(begin)]
            deep = {begin + name[len(begin):].split("/")[0] + "/" for name in found if "/" in name[len(begin):]}
            if delimiter:
                found = [name for name in found if "/" not in name[len(begin):]]
            return send_json(request, {"kind": "storage#objects", "items": [facts(name) for name in found],
                                       "prefixes": sorted(deep) if delimiter else []})
        name = urllib.parse.unquote(path.removeprefix(prefix + "/").removeprefix(f"/{BUCKET}/"))
        if name not in objects:
            return send_json(request, {"error": {"code": 404, "message": "No such object"}}, 404)
        if path.startswith("/b/") and query.get("alt") != "media":
            return send_json(request, facts(name))
        return web.send_file(request, objects[name], headers=[("x-goog-generation", "1")])

    return handler


@pytest.fixture
def gcs():
    server = web.Server(google({"big.csv": TEXT, "set/a.csv": ROWS, "set/b.csv": b"4,d\n", "set/sub/c.csv": b"x",
                                "big.csv.gz": gzip.compress(TEXT, 1)}))
    yield server
    server.close()


def google_environment(server):
    return {"CLOUD_STORAGE_EMULATOR_ENDPOINT": server.url().rstrip("/"), "GOOGLE_SKIP_SIGNATURE": "true", "NO_PROXY": "*",
            "HEADRACE_REMOTE_TIMEOUT": "5"}


@pytest.mark.parametrize("key", ["big.csv", "big.csv.gz"])
def test_gcs_gives_the_same_as_a_file(box, gcs, key):
    done = box.ingest(f"gs://{BUCKET}/{key}", env=google_environment(gcs))
    assert done.code == 0, done
    assert box.ingest(box.write("a.csv", TEXT), out=box.out("local.parquet")).code == 0
    assert outcome.digest(box.out()) == outcome.digest(box.out("local.parquet"))


def test_gcs_globs_folders_and_misses(box, gcs):
    env = google_environment(gcs)
    for words in ("set/", "set/*.csv", "s*/[ab].csv"):
        done = box.ingest(f"gs://{BUCKET}/{words}", flags=["--overwrite", "--filename-column", "f"], env=env)
        assert done.code == 0, done
        names = outcome.read_table(box.out()).column("f").to_pylist()
        assert names == [f"gs://{BUCKET}/set/a.csv"] * 3 + [f"gs://{BUCKET}/set/b.csv"], words
    assert_clear(box.ingest(f"gs://{BUCKET}/no.csv", out=box.out("y.parquet"), env=env), "no object", f"gs://{BUCKET}/no.csv")
