"""What a run shows of itself: --metrics, --metrics-listen, the report's verdict and samples, the progress line."""
import gzip
import http.client
import json
import os
import re
import socket
import subprocess
import time

import pytest

from support import outcome, program, prometheus

COLUMNS = "n:int64,word:string,x:float64"
BLOCK = b"".join(b"%d,some word %d,%d.5\n" % (n, n % 97, n) for n in range(10_000))
DOCUMENT = os.path.join(program.ROOT, "docs", "monitoring.md")


@pytest.fixture
def data(scratch):
    path = os.path.join(scratch, "in.csv")
    with open(path, "wb") as file:
        file.write(BLOCK * 20)
    return path


def lines(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert text.endswith("\n")
    return [json.loads(line) for line in text[:-1].split("\n")]


def samples_of(path):
    return [line for line in lines(path) if line["kind"] == "sample"]


def ingest(*inputs_and_flags):
    return ["ingest", *inputs_and_flags, "--columns", COLUMNS]


class Paced:
    """A run that reads what this test writes to it, as slowly as it likes."""

    def __init__(self, *flags, **popen):
        self.process = program.start(*ingest("-"), *flags, stdin=subprocess.PIPE, **popen)

    def feed(self, blocks, pause=0.0):
        for _ in range(blocks):
            self.process.stdin.write(BLOCK)
            self.process.stdin.flush()
            time.sleep(pause)

    def end(self):
        out, err = self.process.communicate(timeout=program.TIMEOUT_S)
        return program.Run(self.process.args, self.process.returncode, out, err.decode())

    def told(self, pattern):
        """Read standard error up to a line that matches."""
        while line := self.process.stderr.readline().decode():
            if match := re.search(pattern, line):
                return match
        raise AssertionError("the program ended without telling it")


# --- the file ---------------------------------------------------------------------------------------------------------


def test_lines_at_an_interval_and_a_last_one(scratch):
    path, out, report = (os.path.join(scratch, name) for name in ("m.jsonl", "x.parquet", "r.json"))
    run = Paced("-o", out, "--metrics", path, "--metrics-interval", "0.05", "--report", report, "--workers", "2",
                "--unit-bytes", "1MiB")
    run.feed(12, 0.1)
    assert run.end().code == 0
    samples = samples_of(path)
    assert len(samples) >= 10
    assert [sample["last"] for sample in samples] == [False] * (len(samples) - 1) + [True]
    for before, after in zip(samples, samples[1:]):
        assert after["t"] > before["t"] and after["timestamp"] > before["timestamp"]
        assert after["interval"] == pytest.approx(after["t"] - before["t"], abs=5e-6)
        for key in ("input_bytes", "text_bytes", "rows_read", "units", "cpu_seconds", "io_read_chars"):
            if after[key] is not None:
                assert after[key] >= before[key], key
        for stage, seconds in after["stage_seconds"].items():
            assert seconds >= before["stage_seconds"][stage] - 1e-6, stage
    with open(report, encoding="utf-8") as file:
        told = json.load(file)
    last = samples[-1]
    assert last["rows_read"] == told["rows_read"] == 120_000
    assert last["text_bytes"] == last["input_bytes"] == told["bytes_read"] == 12 * len(BLOCK)
    assert last["files_done"] == 1 and last["units"] == told["units"] and last["rows_rejected"] == 0
    # Two workers: all of their time is in one stage or another.
    pipeline = sum(last["stage_seconds"].values())
    assert 1.2 < pipeline <= 2 * last["t"] + 0.1
    assert last["stage_seconds"]["wait_input"] > 0.5 * pipeline
    assert told["samples"]["count"] == len(samples) and told["samples"]["interval"] == 0.05


def test_every_key_is_documented(data, scratch):
    path = os.path.join(scratch, "m.jsonl")
    assert program.run(*ingest(data, "-o", os.path.join(scratch, "x.parquet"), "--metrics", path)).code == 0
    with open(DOCUMENT, encoding="utf-8") as file:
        document = file.read()
    sample = samples_of(path)[-1]
    for key in [*sample, *sample["stage_seconds"], *sample["verdict"]]:
        assert f"`{key}`" in document, key
    named = set(re.findall(r"`(headrace_\w+)`", document))
    page = {match for match in named if not match.endswith("_")}
    assert {"headrace_rows_read_total", "headrace_stage_seconds_total", "headrace_verdict"} <= page


def test_rejects_and_rows_are_counted(scratch):
    source, path = os.path.join(scratch, "in.csv"), os.path.join(scratch, "m.jsonl")
    with open(source, "wb") as file:
        file.write(BLOCK + b"no number,a,1\n" * 5 + b"1,too few\n" + BLOCK)
    done = program.run(*ingest(source, "-o", os.path.join(scratch, "x.parquet"), "--metrics", path, "--on-error", "skip"))
    assert done.code == 1, done
    last = samples_of(path)[-1]
    assert (last["rows_read"], last["rows_rejected"]) == (20_006, 6)


def test_a_run_that_fails_has_a_last_line(scratch):
    source, path = os.path.join(scratch, "in.csv"), os.path.join(scratch, "m.jsonl")
    with open(source, "wb") as file:
        file.write(BLOCK + b"no number,a,1\n")
    out = os.path.join(scratch, "x.parquet")
    done = program.run(*ingest(source, "-o", out, "--metrics", path))
    assert done.code == 2 and not os.path.exists(out), done
    assert samples_of(path)[-1]["last"]


def test_output_is_the_same_with_and_without(data, scratch):
    digests = set()
    for i, flags in enumerate([[], ["--metrics", os.path.join(scratch, "m.jsonl"), "--metrics-interval", "0.01"]]):
        out = os.path.join(scratch, f"x{i}.parquet")
        assert program.run(*ingest(data, "-o", out, "--unit-bytes", "256KiB", *flags)).code == 0
        digests.add(outcome.digest(out))
    assert len(digests) == 1


@pytest.mark.parametrize("rows", [3, 20, 200_000])
def test_all_of_a_compressed_input_is_counted(rows, scratch):
    """Also of a file whose head is all that there is."""
    source, path = os.path.join(scratch, "in.csv.gz"), os.path.join(scratch, "m.jsonl")
    with gzip.open(source, "wb") as file:
        file.write(b"".join(b"%d,some word %d,%d.5\n" % (n, n % 97, n) for n in range(rows)))
    assert program.run("scan", source, source, "--columns", COLUMNS, "--metrics", path, "-q").code == 0
    last = samples_of(path)[-1]
    assert last["input_bytes"] == last["bytes_total"] == 2 * os.path.getsize(source)
    assert last["source_bytes"] == last["bytes_total"] and last["reads"] >= 2


def test_a_reader_of_the_lines_that_goes_away_is_told(scratch):
    """It is not the reader of standard output, for which 141 stands."""
    path, out = os.path.join(scratch, "m.jsonl"), os.path.join(scratch, "x.parquet")
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    run = Paced("-o", out, "--metrics", path, "--metrics-interval", "0.05")
    run.feed(1, 0.5)
    os.close(reader)
    done = run.end()
    assert done.code == 2 and "the output is complete, but not the metrics" in done.stderr, done
    assert os.path.exists(out)


def test_scan_has_metrics_too(data, scratch):
    path = os.path.join(scratch, "m.jsonl")
    assert program.run("scan", data, "--columns", COLUMNS, "--metrics", path, "-q").code == 0
    assert samples_of(path)[-1]["rows_read"] == 200_000


@pytest.mark.parametrize("flags, told", [
    (["--metrics", "{scratch}/m.json"], "does not end in .jsonl"),
    (["--metrics", "{scratch}/no/such/folder/m.jsonl"], "cannot write"),
    (["--metrics", "{scratch}/in.jsonl"], "is one of the inputs"),
    (["--metrics", "{scratch}/m.jsonl", "--rejects", "{scratch}/m.jsonl"], "same file"),
    (["--metrics", "{scratch}/m.jsonl", "--metrics-interval", "0"], "0.01 to 3600"),
    (["--metrics-interval", "2"], "no effect"),
    (["--metrics-listen", "nobody:99999"], "HOST:PORT"),
    (["--metrics-listen", "no.such.host.invalid:0"], "cannot listen"),
    (["--metrics-listen", ""], "HOST:PORT"),
    (["--metrics-listen", "*:0"], "HOST:PORT"),
])
def test_wrong_use_is_refused(flags, told, scratch):
    source, out = os.path.join(scratch, "in.jsonl"), os.path.join(scratch, "x.parquet")
    with open(source, "wb") as file:
        file.write(BLOCK)
    done = program.run(*ingest(source, "-o", out, *[flag.format(scratch=scratch) for flag in flags]))
    assert done.code == 2 and told in done.stderr and "fix:" in done.stderr or "cannot write" in told, done
    assert done.code == 2 and not os.path.exists(out), done
    with open(source, "rb") as file:
        assert file.read() == BLOCK


def test_a_full_disk_is_told(data, scratch):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    path, out = os.path.join(scratch, "m.jsonl"), os.path.join(scratch, "x.parquet")
    os.symlink("/dev/full", path)
    done = program.run(*ingest(data, "-o", out, "--metrics", path))
    assert done.code == 2 and "the output is complete, but not the metrics" in done.stderr, done
    assert os.path.exists(out)


# --- the server -------------------------------------------------------------------------------------------------------


def get(port, target="/metrics", method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, target)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response, body


@pytest.fixture
def served(scratch):
    run = Paced("-o", os.path.join(scratch, "x.parquet"), "--metrics-listen", "127.0.0.1:0", "--metrics-interval", "0.05",
                "--unit-bytes", "256KiB")
    run.port = int(run.told(r"http://127\.0\.0\.1:(\d+)/metrics")[1])
    yield run
    if run.process.poll() is None:
        run.process.kill()
    run.process.communicate()


def test_prometheus_reads_it(served):
    served.feed(5, 0.05)
    end = time.monotonic() + 30
    while True:
        response, body = get(served.port)
        assert response.status == 200 and response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        metrics = prometheus.parse(body)
        if metrics["headrace_rows_read_total"][2][()] > 0 or time.monotonic() > end:
            break
        time.sleep(0.05)
    assert metrics["headrace_rows_read_total"][2][()] > 0
    assert metrics["headrace_stage_seconds_total"][0] == "counter"
    assert len(metrics["headrace_stage_seconds_total"][2]) == 8
    assert sum(metrics["headrace_verdict"][2].values()) == 1
    with open(DOCUMENT, encoding="utf-8") as file:
        document = file.read()
    for name in metrics:
        assert f"`{name}`" in document, name
    served.feed(1)
    _, later = get(served.port)
    after = prometheus.parse(later)
    for name, (kind, _, values) in metrics.items():
        for labels, value in values.items():
            assert kind == "gauge" or after[name][2][labels] >= value, name
    assert served.end().code == 0


def test_other_pages_and_methods(served):
    assert get(served.port, "/")[0].status == 404
    assert get(served.port, "/metrics", "POST")[0].status == 405
    response, body = get(served.port, "/metrics", "HEAD")
    assert response.status == 200 and int(response.headers["Content-Length"]) > 0 and body == ""
    assert get(served.port, "/metrics?name=x")[0].status == 200
    for garbage in (b"\r\n\r\n", b"GET\r\n\r\n", b"\x00\xff" * 100 + b"\r\n\r\n", b"GET /metrics SPDY/3\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", served.port), timeout=20) as client:
            client.sendall(garbage)
            assert client.recv(100).startswith(b"HTTP/1.1 400"), garbage
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as client:  # more than a request may have
        client.sendall(b"GET /metrics HTTP/1.1\r\n" + b"X: y\r\n" * 2000)
        try:
            assert client.recv(100) == b""
        except ConnectionResetError:
            pass
    assert get(served.port)[0].status == 200
    assert served.end().code == 0


def test_a_client_that_says_nothing_does_not_hold_the_end(served):
    with socket.create_connection(("127.0.0.1", served.port), timeout=20):
        served.feed(1)
        begun = time.monotonic()
        assert served.end().code == 0
        assert time.monotonic() - begun < (20 if program.SANITIZED else 1.5), "the end waits for no client"


def test_only_the_loopback_listens(scratch):
    run = Paced("-o", os.path.join(scratch, "x.parquet"), "--metrics-listen", "0")
    port = run.told(r"http://127\.0\.0\.1:(\d+)/metrics")[1]
    assert get(int(port))[0].status == 200
    assert run.end().code in (0, 2)


def test_a_busy_port_is_an_error(data, scratch):
    out = os.path.join(scratch, "x.parquet")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = program.run(*ingest(data, "-o", out, "--metrics-listen", address))
    assert done.code == 2 and address in done.stderr and "in use" in done.stderr and "fix:" in done.stderr, done
    assert not os.path.exists(out) and os.listdir(scratch) == ["in.csv"]


# --- report, summary, progress ----------------------------------------------------------------------------------------


def test_report_has_verdict_and_samples(data, scratch):
    report = os.path.join(scratch, "r.json")
    done = program.run(*ingest(data, "-o", os.path.join(scratch, "x.parquet"), "--report", report, "-v"))
    assert done.code == 0, done
    with open(report, encoding="utf-8") as file:
        told = json.load(file)
    verdict = told["verdict"]
    assert list(verdict) == ["class", "sub_reason", "evidence", "confidence", "predicted_gain", "guide"]
    assert verdict["class"] in ("CPU_BOUND", "MEMORY_BOUND", "IO_BOUND", "BALANCED")
    assert verdict["guide"] in ("CPU_BOUND", "MEMORY_BOUND", "IO_BOUND", "BALANCED")
    assert 0 < verdict["confidence"] <= 1 and verdict["evidence"]
    assert told["samples"]["count"] >= 1 and told["samples"]["input_bytes"] >= os.path.getsize(data)
    assert re.search(rf"^verdict +{verdict['class']}", done.stderr, re.MULTILINE), done.stderr
    assert f"thresholds 90 / 85 / 50 alone: {verdict['guide']}" in done.stderr


def test_nothing_is_looked_at_unasked(data, scratch):
    done = program.run(*ingest(data, "-o", os.path.join(scratch, "x.parquet")))
    assert done.code == 0 and "verdict" not in done.stderr


def test_progress_shows_the_verdict(scratch):
    run = Paced("-o", os.path.join(scratch, "x.parquet"), "--progress", "always", "--metrics-interval", "0.1")
    run.feed(8, 0.3)
    done = run.end()
    assert done.code == 0 and "IO_BOUND (source)" in done.stderr, done


def test_a_slow_source_is_the_verdict(scratch):
    report = os.path.join(scratch, "r.json")
    run = Paced("-o", os.path.join(scratch, "x.parquet"), "--report", report, "--metrics-interval", "0.1")
    run.feed(15, 0.1)
    assert run.end().code == 0
    with open(report, encoding="utf-8") as file:
        verdict = json.load(file)["verdict"]
    assert (verdict["class"], verdict["sub_reason"]) == ("IO_BOUND", "source"), verdict
    assert verdict["predicted_gain"] > 1.5


def test_a_slow_sink_is_the_verdict(scratch):
    source, report = os.path.join(scratch, "in.csv"), os.path.join(scratch, "r.json")
    with open(source, "wb") as file:
        file.write(BLOCK * 40)
    process = program.start(*ingest(source, "-o", "-"), "--report", report, "--metrics-interval", "0.1",
                            "--unit-bytes", "256KiB", "--workers", "2")
    while process.stdout.read(400_000):
        time.sleep(0.05)
    process.communicate(timeout=program.TIMEOUT_S)
    assert process.returncode == 0
    with open(report, encoding="utf-8") as file:
        verdict = json.load(file)["verdict"]
    assert (verdict["class"], verdict["sub_reason"]) == ("IO_BOUND", "sink"), verdict


# --- the tuner --------------------------------------------------------------------------------------------------------


def tuned_run(scratch, name, *flags):
    out, path, report = (os.path.join(scratch, name + ending) for ending in (".parquet", ".jsonl", ".json"))
    run = Paced("-o", out, "--metrics", path, "--metrics-interval", "0.02", "--report", report, "--unit-bytes", "64KiB",
                *flags, env={"XDG_CACHE_HOME": os.path.join(scratch, "cache")})
    run.feed(70, 0.08)
    assert run.end().code == 0
    with open(report, encoding="utf-8") as file:
        return out, lines(path), json.load(file)


def test_the_tuner_turns_knobs_and_changes_no_byte(scratch):
    out, told, report = tuned_run(scratch, "tuned", "--workers", "auto")
    workers = {sample["workers"] for sample in told if sample["kind"] == "sample"}
    if report["config"][0]["value"] != "1" or report["decisions"]:
        assert len(workers) > 1, "a trial of another number of workers"
    decisions = [line for line in told if line["kind"] == "decision"]
    assert [{key: line[key] for key in ("knob", "from", "to", "evidence")} for line in decisions] == [
        {key: decision[key] for key in ("knob", "from", "to", "evidence")} for decision in report["decisions"]]
    for decision in report["decisions"]:
        assert list(decision) == ["t", "knob", "from", "to", "evidence"] and decision["t"] >= 2 and decision["evidence"]
        assert decision["from"] != decision["to"]
    for knob in report["config"]:
        last = [decision for decision in report["decisions"] if decision["knob"] == knob["name"]][-1:]
        assert (knob["origin"] == "tuned") == bool(last)
        assert not last or knob["value"] == last[0]["to"]
    saved = os.path.exists(os.path.join(scratch, "cache", "headrace", "tuned.json"))
    assert saved == bool(report["decisions"]), "what was found is kept"
    if saved:
        with open(os.path.join(scratch, "cache", "headrace", "tuned.json"), encoding="utf-8") as file:
            (setting,) = json.load(file)["settings"].values()
        keys = {"workers": "workers", "chunk": "chunk_bytes"}
        found = {keys[decision["knob"]]: int(decision["to"]) for decision in report["decisions"]}
        assert setting == found, "what was turned, and nothing else"
    frozen, told, report = tuned_run(scratch, "frozen", "--no-tune")
    assert report["decisions"] == []
    assert len({sample["workers"] for sample in told}) == 1
    assert next(knob for knob in report["config"] if knob["name"] == "tune")["value"] == "off"
    assert outcome.digest(out) == outcome.digest(frozen)


def test_short_jobs_are_not_tuned(data, scratch):
    path = os.path.join(scratch, "m.jsonl")
    done = program.run(*ingest(data, "-o", os.path.join(scratch, "x.parquet"), "--metrics", path, "--json"))
    assert done.code == 0
    if samples_of(path)[-1]["t"] < 2:
        assert done.json()["decisions"] == []


def test_a_damaged_cache_is_ignored_with_a_note(data, scratch):
    cache = os.path.join(scratch, "cache", "headrace")
    os.makedirs(cache)
    with open(os.path.join(cache, "tuned.json"), "w", encoding="utf-8") as file:
        file.write("{nonsense")
    for flags, noted in (([], True), (["--no-tune"], False)):
        done = program.run(*ingest(data, "-o", os.path.join(scratch, "x.parquet"), "--json", "--overwrite", *flags),
                           env={"XDG_CACHE_HOME": os.path.join(scratch, "cache")})
        assert done.code == 0, done
        tune = next(knob for knob in done.json()["config"] if knob["name"] == "tune")
        assert ("damaged, and was ignored" in tune["reason"]) == noted, tune
        plan = program.run("explain", data, "--columns", COLUMNS, *flags,
                           env={"XDG_CACHE_HOME": os.path.join(scratch, "cache")})
        assert ("damaged, and was ignored" in plan.stdout.decode()) == noted, plan
