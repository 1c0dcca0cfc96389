"""Fixtures of all tests. The program under test is HEADRACE_BIN, or build/release/headrace of this checkout."""
import os
import shutil
import tempfile

import pytest

from support import program

LONG = os.environ.get("HEADRACE_LONG", "") not in ("", "0")


def pytest_configure(config):
    if not os.access(program.BIN, os.X_OK):
        pytest.exit(f"no program to test at {program.BIN}: run `make build`, or set HEADRACE_BIN", returncode=3)


def pytest_collection_modifyitems(items):
    skip = pytest.mark.skip(reason="long form: set HEADRACE_LONG=1")
    for item in items:
        if not LONG and item.get_closest_marker("long"):
            item.add_marker(skip)


@pytest.fixture
def scratch():
    """An empty folder in memory where there is one: publishing syncs, and thousands of syncs are slow on a disk."""
    shm = "/dev/shm"
    base = shm if os.access(shm, os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="headrace-test-", dir=base)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
