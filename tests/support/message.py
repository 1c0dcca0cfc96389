"""What every failure must look like."""


def assert_clear(run, *names, code=2):
    """Exit code, at most four lines, all of the names in it, no control bytes, nothing on stdout."""
    assert run.code == code, run
    lines = run.stderr.rstrip("\n").split("\n")
    assert run.stderr.strip() and len(lines) <= 4, f"{len(lines)} lines\n{run}"
    assert run.stderr.startswith("headrace: "), run
    assert run.stderr.endswith("\n"), run
    assert all(char == "\n" or ord(char) >= 0x20 and ord(char) != 0x7F for char in run.stderr), run
    for name in names:
        assert name in run.stderr, f"no {name!r} in the message\n{run}"
    assert run.stdout == b"", run
