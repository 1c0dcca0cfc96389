"""The library as `make install` leaves it, used by a program outside of this checkout as docs/cpp.md says."""
import os
import shutil
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from support import program

BUILD = os.path.dirname(program.BIN)
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(outside LANGUAGES CXX)
find_package(headrace REQUIRED)
add_executable(program read_batches.cc)
target_link_libraries(program PRIVATE headrace::headrace)
"""

pytestmark = [
    pytest.mark.skipif(program.SANITIZED, reason="the library needs the sanitizer's own flags"),
    pytest.mark.skipif(not os.path.exists(os.path.join(BUILD, "libheadrace.a")) or shutil.which("cmake") is None,
                       reason="no library beside the program, or no cmake"),
]


def run(*command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    assert result.returncode == 0, result.stdout[-4000:]
    return result.stdout


def test_a_project_that_sets_nothing_else(tmp_path):
    prefix, build = tmp_path / "prefix", tmp_path / "build"
    run("cmake", "--install", BUILD, "--prefix", str(prefix))
    shutil.copy(os.path.join(program.ROOT, "examples", "read_batches.cc"), tmp_path)
    (tmp_path / "CMakeLists.txt").write_text(PROJECT)
    run("cmake", "-S", str(tmp_path), "-B", str(build), f"-DCMAKE_PREFIX_PATH={prefix}",
        f"-DHEADRACE_PYTHON={sys.executable}")
    run("cmake", "--build", str(build))
    (tmp_path / "in.tsv").write_text("1\t1383260400000\t39\t\t\t\t\t11.5\n")
    told = run(str(build / "program"), str(tmp_path / "in.tsv"), str(tmp_path / "out.parquet"))
    assert told.startswith("read 1 rows of timestamp_ms: timestamp[ms]\n")
    assert pq.read_table(tmp_path / "out.parquet").to_pydict()["internet_activity"] == [11.5]
