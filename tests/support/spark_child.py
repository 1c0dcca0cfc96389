"""Reads Parquet files by Spark, in the interpreter that has its pyspark: `python spark_child.py JOB.json ANSWER`.

JOB has `files`, {name: path}, and `queries`, {name: [condition in SQL]}. ANSWER is a pickle: the version of Spark, and for
both readers of each file {"rows", "types", "counts" of the queries} or {"error"}.
"""
import json
import os
import pickle
import sys

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",  # dates are of the proleptic Gregorian calendar
    "spark.sql.legacy.parquet.nanosAsLong": "true",  # no Spark has a type for them
    "spark.sql.timeType.enabled": "true",  # since 4.1
}


def read(session, path, queries):
    try:
        frame = session.read.parquet(path)
        rows = [tuple(bytes(v) if isinstance(v, bytearray) else v for v in row) for row in frame.collect()]
        counts = [frame.where(condition).count() for condition in queries]
    except Exception as error:  # whatever Spark raises is the answer
        return {"error": reason(error)}
    return {"rows": rows, "types": [kind for _, kind in frame.dtypes], "counts": counts}


def reason(error):
    """The innermost cause of Java's, in a line."""
    lines = str(error).splitlines()
    causes = [line for line in lines if line.startswith("Caused by:")]
    return (causes[-1] if causes else next((line for line in lines if line.strip()), type(error).__name__)).strip()[:300]


def main():
    from pyspark.sql import SparkSession

    with open(sys.argv[1]) as file:
        job = json.load(file)
    builder = SparkSession.builder
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    answer = {"version": session.version, "java": session._jvm.System.getProperty("java.version"), "files": {}}
    for vectorized in (True, False):
        session.conf.set("spark.sql.parquet.enableVectorizedReader", str(vectorized).lower())
        for name, path in job["files"].items():
            answer["files"][name, vectorized] = read(session, path, job["queries"].get(name, []))
    with open(sys.argv[2], "wb") as file:
        pickle.dump(answer, file)
    session.stop()


if __name__ == "__main__":
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    os.environ["PYSPARK_SUBMIT_ARGS"] = "--master local[1] --driver-memory 2g pyspark-shell"
    main()
