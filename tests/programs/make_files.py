"""Makes the files of this folder again, each by the program in its name, from the table of truth.py.

    .venv/bin/python tests/programs/make_files.py [NAME...]

A program that is not installed is told and its file left as it is. README.md has the versions. Files whose names end in
`imitation` are written by Python as documentation or samples show them; the program itself did not write them.
"""
import csv
import datetime
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from xml.sax.saxutils import escape, quoteattr

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import truth  # noqa: E402

POSTGRES = "/usr/lib/postgresql/15/bin"
MAKERS = {}


class Missing(Exception):
    """The program is not installed."""


def makes(*names):
    def register(function):
        MAKERS.update({name: function for name in names})
        return function
    return register


def need(program):
    found = shutil.which(program)
    if not found:
        raise Missing(program)
    return found


def run(*words, **options):
    return subprocess.run(words, check=True, capture_output=True, **options).stdout


def version(*words):
    return run(*words).decode().strip().split("\n")[0]


def text(value):
    """A value as SQL programs take it."""
    return value if isinstance(value, str) else repr(value) if isinstance(value, float) else str(value)


def sql_rows(quote, true="1", false="0"):
    def literal(value):
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return true if value else false
        if isinstance(value, str):
            return quote(value)
        return text(value) if isinstance(value, (int, float)) else "'" + text(value) + "'"
    return ",\n".join("(" + ", ".join(literal(value) for value in row) + ")" for row in truth.ROWS)


# --- databases ------------------------------------------------------------------------------------------------------

@makes("postgres_copy.txt", "postgres_copy.csv", "psql_unaligned.txt")
def postgres(folder, only):
    if not os.path.exists(f"{POSTGRES}/initdb"):
        raise Missing("postgresql-15")
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    shutil.chown(folder, "postgres") if user else None
    data = folder + "/data"
    run(*user, f"{POSTGRES}/initdb", "-D", data, "-E", "UTF8", "--locale=C.UTF-8", "-U", "me", cwd=folder)
    options = f"-k {folder} -c listen_addresses="
    # Not captured: the server keeps its parent's pipes open.
    subprocess.run([*user, f"{POSTGRES}/pg_ctl", "-D", data, "-o", options, "-l", folder + "/log", "-w", "start"], check=True,
                   cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        psql = [f"{POSTGRES}/psql", "-h", folder, "-U", "me", "-d", "postgres", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
        rows = sql_rows(lambda value: "'" + value.replace("'", "''") + "'", "true", "false")
        run(*psql, input=f"""CREATE TABLE t (id int, amount bigint, price decimal(12,2), ratio float8, name text, code text,
            day date, at timestamp, ok boolean, note text); INSERT INTO t VALUES {rows};""".encode())
        write("postgres_copy.txt", run(*psql, "-c", "COPY (SELECT * FROM t ORDER BY id) TO STDOUT"), only)
        write("postgres_copy.csv", run(*psql, "-c", "COPY (SELECT * FROM t ORDER BY id) TO STDOUT (FORMAT csv, HEADER)"), only)
        # what this form cannot hold: line ends and its delimiter
        simple = "concat(name, note) !~ '[|\n]'"
        write("psql_unaligned.txt", run(*psql, "-A", "-c", f"SELECT * FROM t WHERE {simple} ORDER BY id"), only)
        return version(f"{POSTGRES}/postgres", "--version")
    finally:
        run(*user, f"{POSTGRES}/pg_ctl", "-D", data, "-m", "fast", "stop", cwd=folder)


@makes("mariadb_outfile.txt", "mariadb_batch.txt")
def mariadb(folder, only):
    server = need("mariadbd")
    as_root = ["--user=root"] if os.geteuid() == 0 else []
    run("mariadb-install-db", "--no-defaults", "--datadir=" + folder + "/data", "--auth-root-authentication-method=normal",
        *as_root)
    socket, out = folder + "/s", folder + "/t.txt"
    process = subprocess.Popen([server, "--no-defaults", "--datadir=" + folder + "/data", "--socket=" + socket,
                                "--skip-networking", "--secure-file-priv=" + folder, *as_root],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        client = ["mariadb", "--no-defaults", "--socket=" + socket, "-u", "root", "--default-character-set=utf8mb4"]
        for _ in range(200):
            if subprocess.run([*client, "-e", "SELECT 1"], capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.1)
        rows = sql_rows(lambda value: "'" + value.replace("\\", "\\\\").replace("'", "''") + "'")
        run(*client, input=f"""CREATE DATABASE d CHARACTER SET utf8mb4; USE d; CREATE TABLE t (id int, amount bigint,
            price decimal(12,2), ratio double, name text, code text, day date, at datetime, ok boolean, note text);
            INSERT INTO t VALUES {rows}; SELECT * FROM t ORDER BY id INTO OUTFILE '{out}';""".encode())
        with open(out, "rb") as file:
            write("mariadb_outfile.txt", file.read(), only)
        write("mariadb_batch.txt", run(*client, "-B", "d", "-e", "SELECT * FROM t ORDER BY id"), only)
        return version(server, "--version")
    finally:
        process.terminate()
        process.wait()


@makes("sqlite_mode.csv")
def sqlite(folder, only):
    program, base = need("sqlite3"), folder + "/t.db"
    with sqlite3.connect(base) as connection:
        connection.execute("CREATE TABLE t (id int, amount int, price numeric, ratio real, name text, code text, day text, "
                           "at text, ok int, note text)")
        for row in truth.ROWS:
            connection.execute("INSERT INTO t VALUES (?,?,?,?,?,?,?,?,?,?)", [
                value if value is None or isinstance(value, (bool, int, float)) else str(value) for value in row])
    connection.close()
    write("sqlite_mode.csv", run(program, "-init", os.devnull, base, ".headers on", ".mode csv", "SELECT * FROM t ORDER BY id"), only)
    return "SQLite " + version(program, "--version")


# --- R --------------------------------------------------------------------------------------------------------------

@makes("r_write_csv.csv", "r_write_csv2.csv", "r_write_table.txt", "r_fwrite.csv")
def r(folder, only):
    program = need("Rscript")

    def literal(value):
        if value is None:
            return "NA"
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, (int, float)):
            return repr(value)
        return '"' + text(value).replace("\\", "\\\\").replace('"', '\\"') + '"'

    def vector(name):
        values = "c(" + ", ".join(literal(value) for value in truth.column(name)) + ")"
        wrap = {"price": "as.numeric(%s)", "day": "as.Date(%s)", "at": 'as.POSIXct(%s, tz = "UTC")'}
        return f"{name} = " + wrap.get(name, "%s") % values

    script = f"""options(encoding = "UTF-8")
        t <- data.frame({", ".join(vector(name) for name in truth.NAMES)}, stringsAsFactors = FALSE)
        write.csv(t, "{folder}/r_write_csv.csv", row.names = FALSE, fileEncoding = "UTF-8")
        write.csv2(t, "{folder}/r_write_csv2.csv", fileEncoding = "UTF-8")
        # times as quoted text, for R leaves a bare space in them; no backslashes, for it escapes quotes but not those
        escaped <- grepl("\\\\", t$name, fixed = TRUE) | grepl("\\\\", t$note, fixed = TRUE)
        write.table(transform(t, at = format(at))[!escaped, ], "{folder}/r_write_table.txt", fileEncoding = "UTF-8")
        if (requireNamespace("data.table", quietly = TRUE)) data.table::fwrite(t, "{folder}/r_fwrite.csv")
        cat(R.version.string, as.character(tryCatch(packageVersion("data.table"), error = function(e) "none")))"""
    with open(folder + "/t.R", "w", encoding="utf-8") as file:
        file.write(script)
    told = run(program, folder + "/t.R", env={**os.environ, "LC_ALL": "C.UTF-8"}).decode()
    for name in ("r_write_csv.csv", "r_write_csv2.csv", "r_write_table.txt", "r_fwrite.csv"):
        with open(f"{folder}/{name}", "rb") as file:
            write(name, file.read(), only)
    return told


# --- Python's libraries -----------------------------------------------------------------------------------------------

def arrow_table():
    import pyarrow as pa
    types = [pa.int64(), pa.int64(), pa.decimal128(12, 2), pa.float64(), pa.string(), pa.string(), pa.date32(),
             pa.timestamp("us"), pa.bool_(), pa.string()]
    return pa.table([pa.array(truth.column(name), kind) for name, kind in zip(truth.NAMES, types)], names=truth.NAMES)


@makes("pandas_to_csv.csv", "pandas_index.csv")
def pandas(folder, only):
    import pandas as pd
    frame = pd.DataFrame({name: pd.Series(truth.column(name), dtype=object) for name in truth.NAMES})
    frame = frame.astype({"id": "int64", "amount": "Int64", "ratio": "float64", "at": "datetime64[us]", "ok": "boolean"})
    frame.to_csv(folder + "/t.csv", index=False)
    write_from(folder, "pandas_to_csv.csv", only)
    frame.to_csv(folder + "/t.csv")
    write_from(folder, "pandas_index.csv", only)
    return "pandas " + pd.__version__


@makes("polars_write_csv.csv")
def polars(folder, only):
    import polars as pl
    pl.from_arrow(arrow_table()).write_csv(folder + "/t.csv")
    write_from(folder, "polars_write_csv.csv", only)
    return "Polars " + pl.__version__


@makes("pyarrow_write_csv.csv")
def pyarrow(folder, only):
    import pyarrow as pa
    from pyarrow import csv as pa_csv
    pa_csv.write_csv(arrow_table(), folder + "/t.csv")
    write_from(folder, "pyarrow_write_csv.csv", only)
    return "pyarrow " + pa.__version__


@makes("duckdb_copy.csv")
def duckdb(folder, only):
    import duckdb as db
    connection = db.connect()
    connection.register("t", arrow_table())
    connection.execute(f"COPY (SELECT * FROM t) TO '{folder}/t.csv'")
    write_from(folder, "duckdb_copy.csv", only)
    return "DuckDB " + db.__version__


@makes("python_excel.csv", "python_unix.csv", "python_excel_tab.tsv")
def python(folder, only):
    for dialect, name in (("excel", "python_excel.csv"), ("unix", "python_unix.csv"), ("excel-tab", "python_excel_tab.tsv")):
        with open(folder + "/t.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, dialect=dialect)
            writer.writerow(truth.NAMES)
            writer.writerows(truth.ROWS)
        write_from(folder, name, only)
    return "Python " + sys.version.split()[0]


@makes("spark_write.csv")
def spark(folder, only):
    try:
        from pyspark.sql import SparkSession
        from pyspark.sql.types import (BooleanType, DateType, DecimalType, DoubleType, LongType, StringType, StructField,
                                       StructType, TimestampNTZType)
    except ImportError as error:
        raise Missing("pyspark") from error
    kinds = [LongType(), LongType(), DecimalType(12, 2), DoubleType(), StringType(), StringType(), DateType(),
             TimestampNTZType(), BooleanType(), StringType()]
    session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    frame = session.createDataFrame(truth.ROWS, StructType([StructField(n, k) for n, k in zip(truth.NAMES, kinds)]))
    frame.coalesce(1).write.csv(folder + "/out", header=True)
    (name,) = [name for name in os.listdir(folder + "/out") if name.endswith(".csv")]
    shutil.copy(f"{folder}/out/{name}", folder + "/t.csv")
    write_from(folder, "spark_write.csv", only)
    return "Spark " + session.version


# --- LibreOffice ------------------------------------------------------------------------------------------------------

@makes("libreoffice_german.csv")
def libreoffice(folder, only):
    """The sheet has real numbers, dates and booleans; the filter writes them as a German Calc shows them."""
    program = need("soffice")

    def cell(value):
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, bool):
            return f'<table:table-cell table:style-name="b" office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
        if isinstance(value, str):
            lines = "".join(f"<text:p>{spaced(line)}</text:p>" for line in value.split("\n"))
            return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'
        if isinstance(value, datetime.datetime):
            return f'<table:table-cell table:style-name="t" office:value-type="date" office:date-value="{value.isoformat()}"/>'
        if isinstance(value, datetime.date):
            return f'<table:table-cell table:style-name="d" office:value-type="date" office:date-value="{value.isoformat()}"/>'
        return f'<table:table-cell table:style-name="f" office:value-type="float" office:value={quoteattr(text(value))}/>'

    def spaced(line):
        line = escape(line).replace("\t", "<text:tab/>")
        return re.sub("^ | $|  ", lambda found: '<text:s text:c="%d"/>' % len(found.group()), line)

    part = lambda name, style="": f'<number:{name}{style}/>'
    long = ' number:style="long"'
    dot = "<number:text>.</number:text>"
    date = part("day", long) + dot + part("month", long) + dot + part("year", long)
    clock = "<number:text> </number:text>" + "<number:text>:</number:text>".join(part(n, long) for n in ("hours", "minutes", "seconds"))
    german = 'number:language="de" number:country="DE"'
    styles = (f'<number:date-style style:name="nd" {german}>{date}</number:date-style>'
              f'<number:date-style style:name="nt" {german}>{date}{clock}</number:date-style>'
              f'<number:boolean-style style:name="nb" {german}><number:boolean/></number:boolean-style>'
              f'<number:number-style style:name="nf" {german}><number:number number:min-integer-digits="1"/></number:number-style>')
    styles += "".join(f'<style:style style:name="{n}" style:family="table-cell" style:data-style-name="n{n}"/>' for n in "dtbf")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"' for name, urn in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("number", "datastyle"),
        ("fo", "xsl-fo-compatible")))
    default = ('<office:styles><style:default-style style:family="table-cell"><style:text-properties fo:language="de" '
               'fo:country="DE"/></style:default-style></office:styles>')
    rows = "".join("<table:table-row>" + "".join(map(cell, row)) + "</table:table-row>" for row in [truth.NAMES, *truth.ROWS])
    with open(folder + "/t.fods", "w", encoding="utf-8") as file:
        file.write(f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:version="1.2" '
                   f'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">{default}'
                   f'<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>'
                   f'<table:table table:name="t">{rows}</table:table></office:spreadsheet></office:body></office:document>')
    # ; as delimiter, " as quote, UTF-8, from line 1, German, quotes where needed, as shown
    run(program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
        "csv:Text - txt - csv (StarCalc):59,34,76,1,,1031,false,true", "--outdir", folder, folder + "/t.fods")
    write_from(folder, "libreoffice_german.csv", only)
    return version(program, "--version")


# --- imitations -------------------------------------------------------------------------------------------------------

def minimal(rows, delimiter, end, special='"\r\n'):
    """Quotes where the text needs them, null as nothing."""
    def field(value):
        value = "" if value is None else value
        return '"' + value.replace('"', '""') + '"' if any(c in value for c in special + delimiter) else value
    return "".join(delimiter.join(map(field, row)) + end for row in rows)


def general(value, comma=False):
    """A number as a cell of Excel's General format holds it: 15 digits at most, and six of them behind an E."""
    if isinstance(value, int) and abs(value) < 10**11:
        return str(value)
    value = float(value)
    shown = f"{value:.15g}" if value == 0 or 1e-5 <= abs(value) < 1e11 else re.sub(
        r"\.?0*E", "E", re.sub(r"E([+-])(\d)$", r"E\g<1>0\2", f"{value:.5E}"))
    return shown.replace(".", ",") if comma else shown


def excel_rows(german):
    def cell(value):
        if value is None:
            return ""
        if isinstance(value, bool):
            return {True: "WAHR", False: "FALSCH"}[value] if german else str(value).upper()
        if isinstance(value, str):
            return value
        if isinstance(value, datetime.datetime):
            return value.strftime("%d.%m.%Y %H:%M:%S") if german else f"{value.month}/{value.day}/{value.year} {value:%H:%M:%S}"
        if isinstance(value, datetime.date):
            return value.strftime("%d.%m.%Y") if german else f"{value.month}/{value.day}/{value.year}"
        return general(value, german)
    return [list(truth.NAMES)] + [[cell(value) for value in row] for row in truth.ROWS]


@makes("excel_utf8_imitation.csv", "excel_german_imitation.csv", "excel_unicode_text_imitation.txt")
def excel(folder, only):
    write("excel_utf8_imitation.csv", b"\xef\xbb\xbf" + minimal(excel_rows(False), ",", "\r\n").encode(), only)
    write("excel_german_imitation.csv", minimal(excel_rows(True), ";", "\r\n").encode("cp1252"), only)
    write("excel_unicode_text_imitation.txt", minimal(excel_rows(False), "\t", "\r\n", '"\r\n,').encode("utf-16"), only)
    return "imitation"


@makes("sas_proc_export_imitation.csv")
def sas(folder, only):
    def cell(value):
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, datetime.datetime):
            return value.strftime("%d%b%y:%H:%M:%S").upper()  # DATETIME16.
        if isinstance(value, datetime.date):
            return value.strftime("%d%b%Y").upper()  # DATE9.
        return text(value)
    rows = [truth.NAMES] + [tuple(map(cell, row)) for row in truth.ROWS if row[0] not in (4, 7, 8)]  # SAS has no int64
    write("sas_proc_export_imitation.csv", minimal(rows, ",", "\r\n").encode(), only)
    return "imitation"


@makes("logger_toa5_imitation.dat")
def logger(folder, only):
    lines = ['"TOA5","Station","CR1000","12345","CR1000.Std.27","CPU:met.CR1","9876","Table1"',
             '"TIMESTAMP","RECORD","amount","price","ratio"', '"TS","RN","","EUR","m/s"', '"","","Smp","Avg","Avg"']
    for row in truth.ROWS:
        if row[7]:
            numbers = ['"NAN"' if value is None else text(value) for value in row[1:4]]
            lines.append(f'"{row[7]}",{row[0]},' + ",".join(numbers))
    write("logger_toa5_imitation.dat", "".join(line + "\r\n" for line in lines).encode(), only)
    return "imitation"


@makes("portal_imitation.csv")
def portal(folder, only):
    rows = [["Kennziffer", "Gemeinde", "Stichtag", "Menge", "Preis in €"]]
    for row in truth.ROWS:
        price = "-" if row[2] is None else f"{row[2]:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
        rows.append([f"{row[0]:05d}", (row[4] or "").split("\n")[0].strip().replace('"', "") or "ohne Angabe",
                     row[6].strftime("%d.%m.%Y") if row[6] else "...", "." if row[1] is None else str(row[1]), price])
    head = "Tabelle 12345-0001: Mengen und Preise\r\nGemeinden, Stichtag\r\n\r\n"
    foot = "__________\r\n1) Vorläufiges Ergebnis; geänderte Werte\r\n© Statistisches Amt, Köln 2024\r\n"
    write("portal_imitation.csv", (head + minimal(rows, ";", "\r\n") + foot).encode("cp1252"), only)
    return "imitation"


@makes("apache_combined_imitation.log")
def apache(folder, only):
    lines = []
    for row in truth.ROWS:
        if row[7]:
            stamp, note = row[7].strftime("%d/%b/%Y:%H:%M:%S +0000"), (row[9] or "-").replace("\\", "\\\\").replace('"', '\\"')
            note = note.replace("\n", "\\n")
            lines.append(f'192.0.2.{row[0]} - - [{stamp}] "GET /{row[5] or ""} HTTP/1.1" 200 {row[0] * 100} "-" "{note or "-"}"\n')
    write("apache_combined_imitation.log", "".join(lines).encode(), only)
    return "imitation"


@makes("hive_imitation.txt")
def hive(folder, only):
    """ROW FORMAT DELIMITED without ESCAPED BY: line ends cannot be in it."""
    def cell(value):
        return "\\N" if value is None else str(value).lower() if isinstance(value, bool) else text(value)
    rows = [row for row in truth.ROWS if not any(isinstance(value, str) and "\n" in value for value in row)]
    write("hive_imitation.txt", "".join("\x01".join(map(cell, row)) + "\n" for row in rows).encode(), only)
    return "imitation"


# --- all --------------------------------------------------------------------------------------------------------------

def write(name, data, only):
    if not only or name in only:
        with open(os.path.join(HERE, name), "wb") as file:
            file.write(data)


def write_from(folder, name, only):
    with open(folder + "/t.csv", "rb") as file:
        write(name, file.read(), only)


def main(only):
    for function in dict.fromkeys(MAKERS[name] for name in only or MAKERS):
        names = [name for name in MAKERS if MAKERS[name] is function]
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            try:
                print(f"{', '.join(names)}: {function(folder, only)}")
            except (Missing, ImportError) as error:
                print(f"{', '.join(names)}: left as they are, for there is no {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
