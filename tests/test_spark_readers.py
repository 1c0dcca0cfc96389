"""Spark's two readers on what the program writes: the short form of spark_readers.py."""
import os
import shutil
import subprocess
import sys

import pytest

import spark_readers


def interpreters():
    """Those that have a pyspark: of HEADRACE_SPARK, or this one."""
    named = os.environ.get("HEADRACE_SPARK", "")
    if named:
        return named.split(os.pathsep)
    found = subprocess.run([sys.executable, "-c", "import pyspark"], capture_output=True, check=False).returncode == 0
    return [sys.executable] if found else []


@pytest.fixture(scope="module")
def spark():
    java = os.environ.get("JAVA_HOME") or shutil.which("java")
    if not java or not interpreters():
        pytest.skip("no Java, or no pyspark: pip install pyspark, or name an interpreter that has it in HEADRACE_SPARK")
    return interpreters()


def test_spark_reads_what_was_drawn(spark, scratch):
    made = spark_readers.make(scratch, rows=600, forms=["wide", "wide delta", "latest"])
    for python in spark:
        version, _, faults = spark_readers.read(python, made, scratch)
        assert len(faults) == 2 * len(made), "both readers"
        assert not list(spark_readers.missed(version, faults)), version


def test_files_have_what_is_to_be_read(scratch):
    """Without Spark: the encodings, filters and row groups that the files are for."""
    made = spark_readers.make(scratch, rows=600)
    for form, encodings in {"wide plain": {"PLAIN"}, "wide dictionary": {"PLAIN", "RLE_DICTIONARY"},
                            "wide delta": {"DELTA_BINARY_PACKED"}, "latest split": {"BYTE_STREAM_SPLIT"},
                            "latest delta": {"DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY"}}.items():
        assert encodings <= set(spark_readers.contents(made[form][3])["encodings"]), form
    wide = spark_readers.contents(made["wide"][3])
    assert {"PLAIN", "RLE_DICTIONARY"} <= set(wide["encodings"])
    assert wide["bloom filters"] == wide["row groups"] * (len(spark_readers.shared_types()) - 1), "all but bools"


@pytest.mark.parametrize("kind, value, other", [
    ("float64", 0.0, -0.0), ("float32", 1.5, 1.75), ("string", "", None), ("int64", 2**63 - 1, 2**63 - 2),
    ("binary", b"\0", b"")])
def test_another_value_is_told(kind, value, other):
    """Without Spark: what is compared can fail."""
    answer = {"rows": [(value,), (value,)], "counts": [2]}
    asked = [("x IS NOT NULL", 2)]
    assert spark_readers.fault({"x": kind}, {"x": [value, value]}, asked, answer) == ""
    for columns, wanted in ([value, other], asked), ([value] * 3, asked), ([value] * 2, [("x IS NOT NULL", 1)]):
        wrong = spark_readers.fault({"x": kind}, {"x": columns}, wanted, answer)
        assert wrong.startswith("DIFFERS")
        assert list(spark_readers.missed("3.5.1", {("wide", True): wrong, ("uuid", True): "refused: no such type"})) == [
            ("wide", True, wrong)]
