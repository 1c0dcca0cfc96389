"""Inputs of web servers: the same bytes as from a file of this machine, whatever the server does in between; clear
failures, an end when asked for one, and no secret anywhere."""
import gzip
import io
import json
import os
import signal
import ssl
import subprocess
import tarfile
import threading
import time
import zipfile

import pyarrow as pa
import pytest

from support import outcome, program, web
from support.message import assert_clear
from test_bad_input import COLUMNS, ROWS, Box
from test_memory import run_measured

TEXT = b"".join(b"%d,word %d\n" % (n, n % 97) for n in range(260_000))  # some MB: more ranges than are fetched at once
QUICK = {"HEADRACE_REMOTE_TIMEOUT": "1", "NO_PROXY": "*"}
SECRET = "s3cr3tS1gnature"


@pytest.fixture
def box(scratch):
    return Box(scratch)


@pytest.fixture
def serve():
    servers = []

    def start(handler):
        servers.append(web.Server(handler))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def good(data=TEXT, **options):
    return lambda request: web.send_file(request, data, **options)


def ingest(box, url, *flags, out="x.parquet", env=None, **options):
    return box.ingest(url, out=box.out(out), flags=flags, env={**QUICK, **(env or {})}, **options)


def local_bytes(box, *flags, data=TEXT, out="local.parquet", **options):
    path = box.write("local.csv", data)
    done = box.ingest(path, out=box.out(out), flags=["--overwrite", *flags], **options)
    assert done.code == 0, done
    with open(box.out(out), "rb") as file:
        return file.read()


def assert_same(box, url, *flags, data=TEXT, **options):
    done = ingest(box, url, "--overwrite", *flags, **options)
    assert done.code == 0, done
    with open(box.out(), "rb") as file:
        assert file.read() == local_bytes(box, *flags, data=data)


# --- The same as a file -----------------------------------------------------------------------------------------------

KINDS = {
    "ranges": good(),
    "one request": good(ranges=False),
    "one request, 416 to any range": lambda request: web.send(request, 416) if "Range" in request.headers else
    web.send_file(request, TEXT),
    "chunks": lambda request: web.send_chunks(request, TEXT),
    "gzip": good(gzip.compress(TEXT, 1)),
    "zstd": good(pa.Codec("zstd").compress(TEXT, asbytes=True)),
    "gzip in one request": good(gzip.compress(TEXT, 1), ranges=False),
    "weak version": good(etag='W/"v1"'),
    "no version": good(etag=None),
    "time of change": good(etag=None, headers=[("Last-Modified", "Sat, 28 Nov 2026 15:00:00 GMT")]),
}


@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_as_a_file(box, serve, kind, workers):
    assert_same(box, serve(KINDS[kind]).url("a.csv"), "--workers", str(workers), "--unit-bytes", "1MiB")


def test_ranges_are_fetched_at_the_same_time_and_small_at_first(box, serve):
    at_once, most, lock = set(), [0], threading.Lock()

    def handler(request):
        part = web.range_of(request, len(TEXT))
        with lock:
            at_once.add(part)
            most[0] = max(most[0], len(at_once))
        time.sleep(0.05)
        with lock:
            at_once.discard(part)
        web.send_file(request, TEXT)

    server = serve(handler)
    assert_same(box, server.url("a.csv"))
    ranges = [headers["Range"] for _, _, headers in server.requests]
    assert ranges[0] == "bytes=0-0" and "bytes=0-262143" in ranges and 2 <= most[0] <= 4, (ranges, most)


def test_a_look_at_the_head_fetches_little(serve):
    server = serve(good(b"a,b\n" + TEXT))
    done = program.run("sniff", server.url("a.csv"), env=QUICK)
    assert done.code == 0 and b"uint" not in done.stdout, done
    assert all(int(headers["Range"].split("-")[1]) < 300_000 for _, _, headers in server.requests), server.requests


@pytest.mark.parametrize("handler", [good(b""), lambda request: web.send(request, 200), good(b"7,x"), good(b"\n")])
def test_small_files(box, serve, handler):
    assert ingest(box, serve(handler).url("a.csv")).code == 0


def test_other_encodings_and_drift(box, serve):
    text = "n,word\n1,ä\n2,ö\n"

    def handler(request):
        web.send_file(request, text.encode("utf-16") if "one" in request.path else b"word,n\nz,3\n")

    server = serve(handler)
    done = ingest(box, server.url("one.csv"), server.url("two.csv"), "--header", columns=COLUMNS)
    assert done.code == 0 and "drift: " + server.url("two.csv") + ": other order" in done.stderr, done
    assert outcome.read_table(box.out()).column("word").to_pylist() == ["ä", "ö", "z"]


def test_names_and_folders(box, serve):
    server = serve(good(ROWS))
    urls = [server.url(f"d/year=2024/m%20n={n}/f%20{n}.csv?sig={SECRET}{n}") for n in (1, 2)]
    box.write("list.txt", "\n".join(["# two", *urls]).encode())
    done = ingest(box, "@" + box.inputs + "/list.txt", "--hive-input", "--filename-column", "file", out="dir/")
    assert done.code == 0, done
    assert outcome.tree(box.out("dir")) == ["f%201.parquet", "f%202.parquet"]
    table = outcome.read_table(box.out("dir/f%202.parquet"))
    assert table.column("file").to_pylist() == [urls[1].split("?")[0] + "?…"] * 3
    assert table.column("year").to_pylist() == ["2024"] * 3 and table.column("m n").to_pylist() == ["2"] * 3


def test_tsv_by_its_name(box, serve):
    assert ingest(box, serve(good(b"1\ta\n")).url(f"x.tsv.gz?k={SECRET}")).code == 0


# --- Servers and networks at fault ------------------------------------------------------------------------------------


def test_broken_connections_are_taken_up_where_they_broke(box, serve):
    broken, lock = {}, threading.Lock()

    def handler(request):
        begin = (web.range_of(request, len(TEXT)) or (0, 0))[0]
        with lock:
            broken[begin] = broken.get(begin, 0) + 1
            cut = 70_000 if len(broken) % 2 and broken[begin] == 1 else None
        if request.headers.get("Range") == "bytes=0-0":
            cut = None
        web.send_file(request, TEXT, cut=cut)

    server = serve(handler)
    assert_same(box, server.url("a.csv"))
    begins = [int(headers["Range"][6:].split("-")[0]) for _, _, headers in server.requests]
    assert any(begin % 65536 == 70_000 % 65536 for begin in begins), begins  # from the byte that did not come
    assert all(headers.get("If-Match") == '"v1"' for _, _, headers in server.requests[1:]), "If-Match"


def test_an_overloaded_server_is_asked_again(box, serve):
    seen = []

    def handler(request):
        seen.append(1)
        web.send(request, 503) if len(seen) % 2 else web.send_file(request, TEXT)

    assert_same(box, serve(handler).url("a.csv"))


def test_a_server_that_gives_small_parts_is_not_waited_for(box, serve):
    def handler(request):
        begin, end = web.range_of(request, len(TEXT))
        part = TEXT[begin:min(end + 1, begin + 4096)]
        place = f"bytes {begin}-{begin + len(part) - 1}/{len(TEXT)}"
        web.send(request, 206, part, [("ETag", '"v1"'), ("Content-Range", place)])

    begun = time.monotonic()
    assert_same(box, serve(handler).url("a.csv"))
    assert time.monotonic() - begun < 0.25 * len(TEXT) / 4096 / 4 / 2  # half of the pauses that a server at fault gets


FAULTS = {
    "404": (lambda request: web.send(request, 404), ["there is no", "404"]),
    "401": (lambda request: web.send(request, 401), ["denied", "HEADRACE_HTTP_TOKEN"]),
    "403": (lambda request: web.send(request, 403, b"<secret page>"), ["denied", "403"]),
    "500": (lambda request: web.send(request, 500), ["500", "later"]),
    "418": (lambda request: web.send(request, 418), ["418"]),
    "drops": (web.drop, ["broke"]),
    "always cut": (lambda request: web.send_file(request, TEXT, cut=0 if (web.range_of(request, 9**9) or [0])[0] else None),
                   ["broke"]),
    "cut without ranges": (lambda request: web.send_file(request, TEXT, ranges=False, cut=100_000), ["broke"]),
    "chunks without an end": (lambda request: web.send_chunks(request, TEXT, end=False), ["broke"]),
    "no end to see": (lambda request: (web.send(request, 200, TEXT, [("Connection", "close")], length=False),
                                       web.drop(request)), ["closing the connection"]),
    "redirects without end": (lambda request: web.send(request, 302, headers=[("Location", "/b.csv")]), ["without end"]),
    "to another protocol": (lambda request: web.send(request, 302, headers=[("Location", "ftp://127.0.0.1/x")]),
                            ["not read"]),
    "to a file": (lambda request: web.send(request, 302, headers=[("Location", "file:///etc/passwd")]), ["not read"]),
    "hangs": (lambda request: web.hang(request, 8), ["no answer", "HEADRACE_REMOTE_TIMEOUT"]),
    "not HTTP": (lambda request: request.wfile.write(b"hello\r\n\r\n") and web.drop(request), ["does not speak HTTP"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault(box, serve, fault):
    handler, words = FAULTS[fault]
    server = serve(handler)
    env = {"HEADRACE_REMOTE_TIMEOUT": "0.3"} if fault == "hangs" else {}
    done = ingest(box, server.url(f"d/a.csv?sig={SECRET}"), env=env)
    assert_clear(done, server.url("d/a.csv?…"), "fix: ", *words)
    assert SECRET not in done.stderr
    box.assert_nothing_written()


def test_a_body_that_hangs_in_the_middle(box, serve):
    def handler(request):
        if web.range_of(request, len(TEXT))[0] < 300_000:
            return web.send_file(request, TEXT)
        request.send_response(206)
        return web.hang(request, 8)

    assert_clear(ingest(box, serve(handler).url("a.csv"), env={"HEADRACE_REMOTE_TIMEOUT": "0.3"}), "no answer")
    box.assert_nothing_written()


def test_nobody_there(box, serve):
    server = serve(good())
    assert_clear(ingest(box, server.url("a.csv", scheme="https")), "no trusted connection", "certificate")
    server.close()
    assert_clear(ingest(box, server.url("a.csv")), "cannot be reached", "port")
    assert_clear(ingest(box, "http://no-such-host.invalid/a.csv"), "not known")
    assert_clear(ingest(box, "http://"), "names no host")
    assert_clear(ingest(box, "http://h:port/x"), "no URL")
    assert_clear(ingest(box, "http://127.0.0.1/a b"), "%20")
    box.assert_nothing_written()


def test_a_certificate_that_nobody_vouches_for(box, serve, tmp_path):
    key = str(tmp_path / "key.pem")
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", key + ".crt",
                           "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                          capture_output=True, check=False)
    if made.returncode != 0:
        pytest.skip("no openssl to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(key + ".crt", key)
    server = serve(good())
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True)
    url = server.url("a.csv", host="localhost", scheme="https")
    assert_clear(ingest(box, url), "no trusted connection", "certificate")
    box.assert_nothing_written()
    assert_same(box, url, env={"SSL_CERT_FILE": key + ".crt"})


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("kind", ["etag", "weak", "time", "size", "gone", "only If-Match"])
def test_a_file_that_changes(box, serve, kind, keep):
    """Never read half and half, and never taken for a damaged file."""
    state = {}

    def handler(request):
        part = web.range_of(request, len(TEXT))
        changed = part is not None and part[0] > 1_000_000
        mark = "W/" if kind == "weak" else ""
        etag = None if kind in ("time", "size") else f'{mark}"v{1 + changed}"'
        if kind == "gone" and changed:
            return web.send(request, 412)
        if kind == "only If-Match" and not changed:
            etag = '"v1"'
        headers = [("Last-Modified", f"Sat, 28 Nov 2026 15:00:0{int(changed)} GMT")] if kind == "time" else []
        return web.send_file(request, TEXT + b"1,x\n" * (kind == "size" and changed), etag=etag, headers=headers)

    flags = ["--on-file-error", "keep"] if keep else []
    assert_clear(ingest(box, serve(handler).url("a.csv"), *flags), "changed while it was read", "run again")
    box.assert_nothing_written()


def test_parts_in_a_coding_that_was_not_asked_for(box, serve):
    """What a part means in another coding, no two servers agree on."""
    def handler(request):
        part = web.range_of(request, len(TEXT))
        if part is None:
            return web.send_file(request, TEXT)
        body = gzip.compress(TEXT[part[0]:part[1] + 1], 1)
        return web.send(request, 206, body, [("Content-Encoding", "gzip"), ("ETag", '"v1"'),
                                             ("Content-Range", f"bytes {part[0]}-{part[1]}/{len(TEXT)}")])

    assert_clear(ingest(box, serve(handler).url("a.csv")), "gives other bytes than those asked for", "download the file first")
    box.assert_nothing_written()


def test_a_broken_network_may_be_taken_for_a_damaged_file(box, serve):
    server = serve(lambda request: web.send_file(request, TEXT, ranges=False, cut=100_000))
    done = ingest(box, server.url("a.csv"), "--on-file-error", "keep", "--rejects", box.out("bad.jsonl"))
    assert done.code == 1, done
    assert outcome.read_rejects(box.out("bad.jsonl"))[-1]["kind"] == "damaged_file"


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("when", ["first", "head", "body", "one request"])
def test_a_signal_while_a_server_hangs(box, serve, when, number, code):
    hanging = threading.Event()

    def handler(request):
        part = web.range_of(request, len(TEXT))
        if when == "first" or (when != "one request" and part[0] > 300_000):
            if when == "body":
                request.send_response(206)
                request.send_header("Content-Range", f"bytes {part[0]}-{part[1]}/{len(TEXT)}")
                request.send_header("Content-Length", str(part[1] + 1 - part[0]))
                request.send_header("ETag", '"v1"')
                request.end_headers()
                request.wfile.write(TEXT[part[0]:part[0] + 1000])
            hanging.set()
            return web.hang(request, 10)
        if when == "one request":
            request.send_response(200)
            request.send_header("Content-Length", str(len(TEXT)))
            request.end_headers()
            request.wfile.write(TEXT[:500_000])
            if "Range" not in request.headers:
                hanging.set()
                return web.hang(request, 10)
            return web.drop(request)
        return web.send_file(request, TEXT)

    process = program.start("ingest", serve(handler).url("a.csv"), "-o", box.out(), "--columns", COLUMNS,
                            env={"NO_PROXY": "*"})
    assert hanging.wait(20), process.communicate()
    time.sleep(0.1)
    sent = time.monotonic()
    process.send_signal(number)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == code, stderr
    assert time.monotonic() - sent < (10 if program.SANITIZED else 1.5), stderr
    box.assert_nothing_written()


# --- What is refused --------------------------------------------------------------------------------------------------


def test_archives_are_refused(box, serve):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", ROWS)
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("a.csv"))
    for data in (buffer.getvalue(), tar.getvalue()):
        assert_clear(ingest(box, serve(good(data)).url("a.zip")), "archive", "download it")
    box.assert_nothing_written()


def test_only_inputs_lie_on_servers(box):
    path = box.write("a.csv", ROWS)
    for uri in (f"s3://b/x.parquet?k={SECRET}&secret_key={SECRET}", f"https://me:{SECRET}@h/x.parquet?sig={SECRET}"):
        runs = [box.ingest(path, out=uri), box.ingest(path, flags=["--rejects", uri]), program.run("verify", uri),
                box.ingest(path, flags=["--report", uri]), program.run("scan", path, "--schema", uri),
                program.run("scan", "@" + uri, "--columns", COLUMNS), program.run("gen", "milan", "-o", uri)]
        for done in runs:
            assert_clear(done, "lies on a server", "fix: ")
            assert SECRET not in done.stderr, done
    box.assert_nothing_written()


def test_secrets_in_a_uri_are_refused(box):
    for uri in (f"https://me:{SECRET}@h/x.csv", f"http://{SECRET}@h/x.csv", f"s3://AKID:{SECRET}@b/x.csv",
                f"s3://b/x.csv?access_key=AKID&secret_key={SECRET}", f"gs://{SECRET}@b/x.csv",
                f"HTTPS://me:{SECRET}@h/x.csv"):
        done = ingest(box, uri)
        assert_clear(done, "fix: take", "Credentials")
        assert SECRET not in done.stderr, done
    box.assert_nothing_written()


# --- Credentials ------------------------------------------------------------------------------------------------------


def authorized(wanted, data=ROWS):
    def handler(request):
        if request.headers.get("Authorization") != wanted:
            return web.send(request, 401)
        return web.send_file(request, data)

    return handler


def test_a_token_and_a_netrc(box, serve, tmp_path):
    server = serve(authorized(f"Bearer {SECRET}"))
    assert ingest(box, server.url("a.csv"), env={"HEADRACE_HTTP_TOKEN": SECRET}).code == 0
    done = ingest(box, server.url("a.csv"), "--overwrite", env={"HEADRACE_HTTP_TOKEN": "an0ther"})
    assert_clear(done, "denied")
    assert "an0ther" not in done.stderr
    server = serve(authorized("Basic bWU6czNjcjN0UzFnbmF0dXJl"))
    (tmp_path / ".netrc").write_text(f"machine 127.0.0.1 login me password {SECRET}\n")
    assert ingest(box, server.url("a.csv"), "--overwrite", env={"HOME": str(tmp_path)}).code == 0


def test_a_token_goes_to_one_host_alone(box, serve):
    other = serve(good(ROWS))
    server = serve(lambda request: web.send(request, 302, headers=[("Location", other.url("b.csv", host="localhost"))]))
    env = {"HEADRACE_HTTP_TOKEN": SECRET}
    assert ingest(box, server.url("a.csv"), env=env).code == 0
    assert server.requests[0][2]["Authorization"] == f"Bearer {SECRET}"
    assert other.requests and all("Authorization" not in headers for _, _, headers in other.requests), other.requests
    done = program.run("scan", server.url("a.csv"), other.url("a.csv"), "--columns", COLUMNS, env={**QUICK, **env})
    assert_clear(done, "two hosts", "netrc")
    broken = ingest(box, server.url("a.csv"), "--overwrite", env={"HEADRACE_HTTP_TOKEN": f"a\n{SECRET}"})
    assert_clear(broken, "HEADRACE_HTTP_TOKEN")
    assert SECRET not in broken.stderr


def assert_nowhere(secrets, done, *folders):
    texts = [done.stdout, done.stderr.encode()]
    for folder in folders:
        for path in outcome.tree(folder):
            if path.endswith("/"):
                continue
            with open(os.path.join(folder, path), "rb") as file:
                texts.append(file.read())
    assert len(texts) > 2
    for text in texts:
        for secret in secrets:
            assert secret.encode() not in text, (secret, done)


def test_no_secret_is_written_anywhere(box, serve):
    server = serve(authorized(f"Bearer t0ken{SECRET}", ROWS + b"x,y\n"))
    env = {"HEADRACE_HTTP_TOKEN": f"t0ken{SECRET}"}
    url = server.url(f"a.csv?X-Amz-Signature={SECRET}#f{SECRET}")
    for form in ("x.parquet", "x.arrow", "dir/"):
        done = ingest(box, url, "--overwrite", "--filename-column", "file", "--manifest", "--report", box.out("r.json"),
                      "--rejects", box.out("bad.jsonl"), "-v", "--compression", "none", out=form, env=env)
        assert done.code == 1, done
        assert_nowhere([SECRET], done, box.outputs)
    with open(box.out("r.json"), encoding="utf-8") as file:
        assert json.load(file)["files"][0]["path"] == server.url("a.csv?…")
    for command in ("explain", "sniff", "scan"):
        done = program.run(command, url, "--json", env={**QUICK, **env})
        assert SECRET.encode() not in done.stdout and SECRET not in done.stderr, done
    done = ingest(box, url, "--overwrite", env=env)  # the message of a bad value names the file
    assert_clear(done, server.url("a.csv?…"), "line 4")
    assert_nowhere([SECRET], done, box.outputs)


def test_local_jobs_load_nothing(box):
    """What talks to servers is loaded when the first URI is read, what reads archives with the first archive."""
    path = box.write("a.csv", ROWS)
    traced = program.run("scan", path, "--columns", COLUMNS, env={"LD_DEBUG": "libs"})
    assert traced.code == 0 and "libarrow" in traced.stderr
    assert "libcurl" not in traced.stderr and "libarrow_s3" not in traced.stderr
    assert "libarchive" not in traced.stderr and "libxml2" not in traced.stderr


def test_memory(box, serve):
    if program.SANITIZED:
        pytest.skip("sanitizers take memory of their own")
    server = serve(good(TEXT * 40))
    flags = ["--columns", COLUMNS, "--compression", "none", "--memory-limit"]
    done, _ = run_measured("ingest", server.url("a.csv"), "-o", box.out(), *flags, "192MiB")
    assert_clear(done, "too small for one worker")
    for limit in (256, 320):
        done, peak = run_measured("ingest", server.url("a.csv"), "-o", box.out(), "--overwrite", *flags, f"{limit}MiB")
        assert done.code == 0 and peak <= limit, (peak, done)
        print(f"limit {limit} MiB: peak {peak:.0f}")
