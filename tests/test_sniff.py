"""Sniffing on generated files: the dialect and the header are drawn first, then the text is rendered."""
import os
import random
import string
import time

import pytest

from support import outcome, program

LONG = os.environ.get("HEADRACE_LONG", "") not in ("", "0")
FILES = 2400 if LONG else 300
WORDS = ("alpha beta gamma delta order ship north south red green blue table chair lamp night morning price note "
         "river stone cloud paper glass metal wood").split()
NAMES = ("id name city country price amount date time note status url email code qty width height comment first_name "
         "last_name zip phone score rank lat lon title year").split()


def sentence(rng, delimiter):
    words = [rng.choice(WORDS) for _ in range(rng.randint(2, 9))]
    text = " ".join(words)
    if rng.random() < 0.4:
        text = text.replace(" ", ", ", 1)
    if rng.random() < 0.2:
        text += ": " + rng.choice(WORDS) + "!"
    if rng.random() < 0.1:
        text += " " + delimiter + " x"
    return text.capitalize()


# Delimiters of several bytes. Two of a byte that stands in tables with an empty column need three columns to show.
SEVERAL = ["||", "::", ";;", "~~", "|~|", "~|~", " | ", ", ", "; ", "\t|\t", "^|^", "@@", "##", "\u00a6", "|~~|"]

KINDS = {
    "integer": lambda rng, d: str(rng.randint(-5, 10 ** rng.randint(1, 9))),
    "float": lambda rng, d: f"{rng.uniform(-1000, 1000):.{rng.randint(1, 6)}f}",
    "comma float": lambda rng, d: f"{rng.uniform(-1000, 1000):.2f}".replace(".", "," if "," not in d else "."),
    "money": lambda rng, d: f"${rng.randint(1, 9999)}.{rng.randint(0, 99):02}",
    "percent": lambda rng, d: f"{rng.randint(0, 100)}%",
    "date": lambda rng, d: f"{rng.randint(1990, 2026)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
    "slash date": lambda rng, d: f"{rng.randint(1, 28)}/{rng.randint(1, 12)}/{rng.randint(1990, 2026)}",
    "timestamp": lambda rng, d: f"2024-0{rng.randint(1, 9)}-1{rng.randint(0, 9)} {rng.randint(10, 23)}:{rng.randint(10, 59)}:00",
    "time": lambda rng, d: f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}",
    "word": lambda rng, d: rng.choice(WORDS),
    "name": lambda rng, d: rng.choice(WORDS).capitalize() + " " + rng.choice(WORDS).capitalize(),
    "sentence": sentence,
    "code": lambda rng, d: "".join(rng.choice(string.ascii_uppercase + string.digits) for _ in range(6)),
    "ip": lambda rng, d: ".".join(str(rng.randint(0, 255)) for _ in range(4)),
    "mail": lambda rng, d: f"{rng.choice(WORDS)}@{rng.choice(WORDS)}.org",
    "url": lambda rng, d: f"https://{rng.choice(WORDS)}.com/{rng.choice(WORDS)}?q={rng.randint(1, 9)}",
    "json": lambda rng, d: '{"a": %d, "b": "%s"}' % (rng.randint(0, 9), rng.choice(WORDS)),
    "empty": lambda rng, d: "" if rng.random() < 0.7 else str(rng.randint(0, 9)),
}


class Drawn:
    """A file and the truth of it."""

    def __init__(self, seed):
        rng = self.rng = random.Random(seed)
        self.delimiter = rng.choice([",", ",", ",", ";", ";", "\t", "\t", "|", "^", "~", "\x1f", ":"])
        self.columns = rng.randint(2, 14)
        several = random.Random(~seed)  # beside the others, whose draws stay as they are
        if several.random() < 0.15 and self.columns > 2:
            self.delimiter = several.choice(SEVERAL)
        self.rows = rng.choice([2, 3, 5, 10, 40, 200])
        self.header = rng.random() < 0.7
        self.preamble = rng.randint(1, 3) if rng.random() < 0.15 and self.columns > 2 and self.rows >= 5 else 0
        self.comments = rng.random() < 0.1 and self.rows >= 5
        self.terminator = rng.choice(["\n", "\n", "\r\n"])
        self.quote_all = rng.random() < 0.2
        kinds = [kind for kind in KINDS if not (self.delimiter == ":" and kind in ("time", "timestamp", "url", "json"))]
        self.kinds = [rng.choice(kinds) for _ in range(self.columns)]
        if all(kind in ("word", "name", "sentence", "code", "empty", "json", "url", "mail") for kind in self.kinds):
            self.kinds[rng.randrange(self.columns)] = "integer"  # a header among text alone shows in nothing
        self.text = self.render()

    def cell(self, text):
        must = self.delimiter in text or '"' in text or "\n" in text
        return '"' + text.replace('"', '""') + '"' if must or (self.quote_all and text) else text

    def line(self, cells):
        return self.delimiter.join(self.cell(cell) for cell in cells) + self.terminator

    def render(self):
        rng = self.rng
        lines = []
        if self.comments:
            lines.append("# made by a program" + self.terminator)
        for _ in range(self.preamble):
            lines.append(rng.choice(["Report of sales", "Station 7", "Exported 2024"]) + self.terminator)
        if self.header:
            names = rng.sample(NAMES, min(self.columns, len(NAMES)))
            lines.append(self.line(names))
        for i in range(self.rows):
            if self.comments and i == self.rows // 2:
                lines.append("# half" + self.terminator)
            lines.append(self.line([KINDS[kind](rng, self.delimiter) for kind in self.kinds]))
        return "".join(lines)

    def agrees(self, found):
        dialect = found["dialect"]
        skipped = dialect["skip_rows"] - (1 if self.comments else 0) if dialect["comment"] == "" else dialect["skip_rows"]
        points = {kind for kind in self.kinds if kind in ("float", "comma float")}
        if len(points) == 1:
            comma = "comma float" in points and "," not in self.delimiter
            if dialect["decimal"] != ("," if comma else "."):
                return False
        return (dialect["delimiter"] == self.delimiter and dialect["header"] == self.header
                and dialect["quote"] in ('"', "") and len(found["columns"]) == self.columns
                and (dialect["quote"] == '"' or '"' not in self.text) and skipped in (self.preamble, self.preamble + self.comments))


def judge(scratch, seeds):
    right, wrong, sure_and_wrong, refused = 0, [], [], 0
    for seed in seeds:
        drawn = Drawn(seed)
        path = os.path.join(scratch, f"{seed}.csv")
        with open(path, "w", newline="", encoding="utf-8") as file:
            file.write(drawn.text)
        done = program.run("sniff", path, "--json")
        os.unlink(path)
        if done.code == 2:
            refused += 1
            continue
        found = done.json()
        if drawn.agrees(found):
            right += 1
        else:
            wrong.append(seed)
            if found["confidence"] > 0.9:
                sure_and_wrong.append(seed)
    return right, wrong, sure_and_wrong, refused


def test_generated_dialects(scratch):
    right, wrong, sure_and_wrong, refused = judge(scratch, range(FILES))
    print(f"{right} of {FILES} right, {refused} refused, wrong: {wrong[:30]}, sure and wrong: {sure_and_wrong}")
    assert sure_and_wrong == []
    assert right >= 0.97 * FILES, wrong


def test_decimal_commas_below_a_header_are_no_delimiter(scratch):
    """A comma stands once in each row, but not in the header, which ':' makes a part of the table."""
    path = os.path.join(scratch, "a.csv")
    with open(path, "w") as file:
        file.write("phone:status\n" + "".join(f"BV{i}VGY:-8{i},2{i}\n" for i in range(20)))
    found = program.run("sniff", path, "--json").json()
    assert found["dialect"]["delimiter"] == ":" and [c["name"] for c in found["columns"]] == ["phone", "status"]
    assert found["confidence"] <= 0.9


def sniff(scratch, text, *flags, name="a.csv"):
    path = os.path.join(scratch, name)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    done = program.run("sniff", path, "--json", *flags)
    assert done.code == 0, done
    return done.json()


@pytest.mark.parametrize("lines,delimiter,columns", [
    (["a||b", "1||2", "3||4"], "||", 2),
    (["a;;b", "1;;2", "3;;4"], ";", 3),  # an empty column without a name is usual in spreadsheets
    (["a;;b;;c", "1;;2;;3", "3;;4;;5"], ";;", 3),
    (["a;;b;;c", "1;;2;;3", "3;x;4;;5"], ";", 5),
    (["a,,b", "1,,2", "3,,4"], ",", 3),
    (["a, b, c", "1, 2, 3", "3, 4, 5"], ", ", 3),
    (["a, b, c", "1, 2, 3", "3, 4,5"], ",", 3),
    (["a | b", "1 | 2", "3 | 4", "5 | 6"], " | ", 2),
    (["a | b", "1 | 2", "3 |  | 4", "5 | 6"], " | ", 2),
    (['"a", "b"', '1, "x, y"', '3, "z"', '4, "z"'], ", ", 2),
    (["a\t|\tb", "1\t|\t2", "3\t|\t4"], "\t|\t", 2),
    (["a|~|b", "1|~|2", "3|~|4"], "|~|", 2),
    (["a ,b ,c", "1 ,2 ,3", "3 ,4 ,5"], " ,", 3),
    (["a\x02b", "1\x022", "3\x024"], "\x02", 2),
    (["a#b", "1#2", "3#4"], "#", 2),
    (["a\u00a6b", "1\u00a62", "3\u00a64"], "\u00a6", 2),
    (["a | |b", "1| |2", "3| |4"], "|", 3),  # nor is one column of spaces a part of it
    (["a  b", "1  2", "3  4"], " ", 3),  # runs of spaces only where they are declared
])
def test_delimiter(scratch, lines, delimiter, columns):
    found = sniff(scratch, "\n".join(lines) + "\n")
    assert (found["dialect"]["delimiter"], len(found["columns"])) == (delimiter, columns), found


def test_what_only_the_middle_and_the_end_show(scratch):
    """The head has the same number of both delimiters in every row; what is below it has not."""
    head = "".join(f"{i};{i},{i}\n" for i in range(8000))
    below = "".join(f"{i};{i},{i},{i}\n" for i in range(40_000))
    assert sniff(scratch, head + below)["dialect"]["delimiter"] == ";"
    below = "".join(f"{i};{i};{i},{i}\n" for i in range(40_000))
    assert sniff(scratch, head + below)["dialect"]["delimiter"] == ","


def test_pieces_that_begin_inside_quotes(scratch):
    """Most lines stand inside quotes, and look like rows of another table."""
    note = "\n".join(["x;y", 'he said ""z"";w'] * 500)
    text = "id,note,n\n" + "".join(f'{i},"{note}",{i}\n' for i in range(100))
    found = sniff(scratch, text)
    assert (found["dialect"]["delimiter"], [c["name"] for c in found["columns"]]) == (",", ["id", "note", "n"])
    assert found["confidence"] > 0.9


@pytest.mark.parametrize("place", ["middle", "end"])
@pytest.mark.parametrize("files", [1, 2])
def test_a_file_that_changes_is_named(scratch, place, files):
    good, bad = "".join(f"{i},{i}\n" for i in range(40_000)), "".join(f"{i};{i};{i}\n" for i in range(40_000))
    os.makedirs(scratch + "/in")
    for i, text in enumerate([good, "a,b\n" + good + (bad + good if place == "middle" else bad[:99_990])][2 - files:]):
        with open(f"{scratch}/in/{i}.csv", "w") as file:
            file.write(("a,b\n" if i < files - 1 else "") + text)
    done = program.run("ingest", scratch + "/in", "-o", scratch + "/x.parquet")
    assert done.code == 2 and f"in/{files - 1}.csv" in done.stderr, done
    assert place in done.stderr, done
    assert "x.parquet" not in os.listdir(scratch)


def test_a_table_in_the_head_alone_is_no_table(scratch):
    """The head has one delimiter, middle and end another: nothing is guessed."""
    good, bad = "".join(f"{i},{i}\n" for i in range(40_000)), "".join(f"{i};{i};{i}\n" for i in range(80_000))
    path = os.path.join(scratch, "a.csv")
    with open(path, "w") as file:
        file.write("a,b\n" + good + bad)
    done = program.run("sniff", path)
    assert done.code == 2 and "not clear" in done.stderr, done


def read(scratch, text, *flags, code=0, names=("a.csv",)):
    """The rows of all files of that text, as lists of texts."""
    paths = [os.path.join(scratch, name) for name in names]
    for path, of_file in zip(paths, [text] if isinstance(text, str) else text):
        with open(path, "w") as file:
            file.write(of_file)
    out = os.path.join(scratch, "x.arrow")
    done = program.run("ingest", *paths, "-o", out, "--overwrite", "--infer", "none", *flags)
    assert done.code == code, done
    return [list(row.values()) for row in outcome.read_table(out).to_pylist()] if code < 2 else done.stderr


MARKED_ROWS = [["#rust", "1"], ["plain", "2"], ["#go", "3"], ["other", "4"], ["#c", "5"]]
MARKED_TEXT = "tag,count\n" + "".join(",".join(row) + "\n" for row in MARKED_ROWS)


@pytest.mark.parametrize("head", ["", "# exported 2026\n", "# a\n# b\n# c\n", "made by hand\n# exported, on the 1st, by x\n",
                                  "#\n\n# x\n"])
def test_rows_that_begin_with_a_number_sign_are_kept(scratch, head):
    """Lines before the table that do too are no reason to drop them."""
    assert read(scratch, head + MARKED_TEXT) == MARKED_ROWS
    found = sniff(scratch, head + MARKED_TEXT)["dialect"]
    assert (found["comment"], found["skip_rows"]) == ("", head.count("\n"))


def test_such_rows_that_no_sample_shows_are_kept(scratch):
    rows = [[f"tag{i}", str(i)] for i in range(30_000)]
    rows[9_000][0] = "#go"
    text = "# exported 2026\ntag,count\n" + "".join(",".join(row) + "\n" for row in rows)
    assert read(scratch, text) == rows


def test_comments_among_rows(scratch):
    rows = [["plain", "2"], ["other", "4"], ["more", "5"]]
    text = "tag,count\nplain,2\n# half\nother,4\n#\nmore,5\n"
    for head in "", "# exported 2026\n":
        assert read(scratch, head + text) == rows
        assert sniff(scratch, head + text)["dialect"]["comment"] == "#"


@pytest.mark.parametrize("head", ["", "# exported 2026\n"])
def test_comments_among_rows_that_begin_so_too_are_faults(scratch, head):
    """Which of them are rows is not for a guess to say."""
    text = head + "tag,count\n#rust,1\nplain,2\n# half\n#go,3\nother,4\n#c,5\n"
    assert "fewer fields" in read(scratch, text, code=2)
    assert read(scratch, text, "--on-error", "skip", code=1) == MARKED_ROWS
    assert read(scratch, text, "--comment", "#") == [["plain", "2"], ["other", "4"]]


def test_a_header_that_begins_with_a_number_sign(scratch):
    found = sniff(scratch, "# made by x\n#id,name\n1,a\n2,b\n3,c\n")
    assert [c["name"] for c in found["columns"]] == ["#id", "name"] and found["dialect"]["skip_rows"] == 1


def test_files_with_other_lines_before_the_table(scratch):
    """What is skipped in one is skipped in all: never a row."""
    names = ("a.csv", "b.csv")
    table = "1,2\n3,4\n5,6\n"
    rows = [["1", "2"], ["3", "4"], ["5", "6"]]
    assert read(scratch, ["# x\n" + table] * 2, names=names) == rows * 2
    assert "b.csv" in read(scratch, ["# x\n" + table, table], names=names, code=2)
    assert "b.csv" in read(scratch, ["# x\na,b\n" + table, "a,b\n" + table], names=names, code=2)
    more = ["# x\na,b\n" + table, "# x\n# y\na,b\n" + table]
    assert "--comment" in read(scratch, more, names=names, code=2)
    assert read(scratch, more, "--comment", "#", names=names) == rows * 2


@pytest.mark.parametrize("text,second", [
    ("price\n1,5\n2,75\n3,25\n", "one column"),  # not two columns below a line that is none of them
    ("10,100,1000\n10,100,1000,10000\n10\n10,100\n10,100,1000,10000,100000\n", "','"),  # not one column of text
])
def test_what_could_be_read_in_two_ways_is_refused(scratch, text, second):
    path = os.path.join(scratch, "a.csv")
    with open(path, "w") as file:
        file.write(text)
    done = program.run("sniff", path)
    assert done.code == 2 and "not clear" in done.stderr and second in done.stderr, done


def test_two_columns_that_could_be_decimals_are_not_sure(scratch):
    assert sniff(scratch, "1,5\n2,75\n3,25\n")["confidence"] < 0.9
    assert sniff(scratch, "a,b\n1,5\n2,75\n3,25\n")["confidence"] > 0.9


@pytest.mark.parametrize("text,lines", [
    ("a,b\nm,s\n1,2\n3,4\n5,6\n", 1), ("made by\na,b,c\nm,s,\nAvg,,Max\n1,2,x\n3,4,y\n5,6,z\n", 2)])
def test_units_below_the_header_are_refused(scratch, text, lines):
    """As data they would make every column text."""
    path = os.path.join(scratch, "a.csv")
    with open(path, "w") as file:
        file.write(text)
    done = program.run("sniff", path)
    assert done.code == 2 and f"--skip-after-header {lines}" in done.stderr, done
    done = program.run("sniff", path, "--skip-after-header", str(lines), "--json")
    assert [c["type"] for c in done.json()["columns"]][:2] == ["int64"] * 2, done
    assert program.run("sniff", path, "--infer", "none").code == 0


@pytest.mark.parametrize("text", ["a,b\nm,s\n1,2\n3,4\nx,6\n5,y\n", "a,b,c,d\nm,x,y,z\n1,x,y,z\n3,x,y,w\n5,x,y,v\n", "a,b\nNA,NA\n1,2\n3,4\n5,6\n"])
def test_text_that_is_no_units(scratch, text):
    assert sniff(scratch, text)["dialect"]["header"]


def test_columns_without_a_name_are_told_as_such(scratch):
    for name, header in (("a", "n,word"), ("b", "n,,word"), ("c", "n,word,x"), ("d", "n,,")):
        with open(f"{scratch}/{name}.csv", "w", encoding="utf-8") as file:
            file.write(header + "\n" + "".join("1,2,3"[:2 * header.count(",") + 1] + "\n" for _ in range(9)))
    differs = lambda *names: program.run("scan", *(f"{name}.csv" for name in names), cwd=scratch).stderr
    assert "it has a column without a name besides. " in differs("a", "b")
    assert "it has no column without a name; 'x' besides. " in differs("b", "c")
    header = ["--header", "--columns", "n:int8,z:int8"]
    assert "it has: n, (no name), word\n" in program.run("scan", "b.csv", *header, cwd=scratch).stderr
    assert "has two columns without a name. " in program.run("scan", "d.csv", *header, cwd=scratch).stderr


def test_a_name_that_thousands_of_columns_have(scratch):
    """Time by the column: with 14,000 names of one kind it took 50 s on a busy machine."""
    names, row = (",".join([cell] * 14_000) for cell in ("x", "1"))
    begun = time.monotonic()
    columns = sniff(scratch, f"{names}\n{row}\n")["columns"]
    assert time.monotonic() - begun < 8
    assert [columns[i]["name"] for i in (0, 1, 13_999)] == ["x", "x_2", "x_14000"]


def ingested(scratch, text, *flags):
    """The names and the rows."""
    read(scratch, text, *flags)
    table = outcome.read_table(os.path.join(scratch, "x.arrow"))
    return table.column_names, [list(row.values()) for row in table.to_pylist()]


def refused(scratch, text, *flags):
    path = os.path.join(scratch, "a.csv")
    with open(path, "w") as file:
        file.write(text)
    done = program.run("sniff", path, *flags)
    assert done.code == 2 and "not clear" in done.stderr, done
    return done.stderr


@pytest.mark.parametrize("flags", [[], ["--header"]])
def test_a_header_of_fewer_cells_than_the_rows(scratch, flags):
    """The column without a name is the first, as R writes it, unless the rows end in a delimiter."""
    rows = [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"]]
    text = "".join(",".join(row) + "\n" for row in rows)
    assert ingested(scratch, "a,b\n" + text, *flags) == (["column_1", "a", "b"], rows)
    names, found = ingested(scratch, "a,b,c\n" + text.replace("\n", ",\n"), *flags)
    assert names == ["a", "b", "c", "column_4"] and found == [[*row, None] for row in rows]


@pytest.mark.parametrize("text", ["a,b\n1,2,3,4\n5,6,7,8\n9,8,7,6\n", "a,b\nAnn,Lee,Bonn\nEve,May,Rome\nBob,Ray,Oslo\n"])
def test_a_declared_header_is_never_a_row_below_it(scratch, text):
    assert "header of 2 names" in refused(scratch, text, "--header")


def test_a_declared_header_below_a_title(scratch):
    found = sniff(scratch, "Report, 2024\nid,b,c\n4,5,6\n7,8,9\n7,8,9\n", "--header")
    assert [c["name"] for c in found["columns"]] == ["id", "b", "c"] and found["dialect"]["skip_rows"] == 1


@pytest.mark.parametrize("text", ["NaN,inf\n1.5,2\n3.5,4\n5.5,6\n", "NA\n1\n2\n3\n4\n", "NULL,N/A\n1,2\n3,4\n5,6\n"])
def test_values_of_letters_are_no_names(scratch, text):
    assert not sniff(scratch, text)["dialect"]["header"]
    assert len(read(scratch, text)) == text.count("\n")


@pytest.mark.parametrize("flags", [[], ["--delimiter", ",", "--header"]])
def test_a_first_row_longer_than_the_sample_is_refused(scratch, flags):
    text = ",".join(f"c{i:05}" for i in range(20_000)) + "\n" + (",".join(["1"] * 20_000) + "\n") * 9
    assert "--columns or --schema" in refused(scratch, text, *flags)


@pytest.mark.parametrize("lines", [
    ["ts"] + [f"2024-01-0{i} 12:00:0{i}" for i in range(1, 7)],
    ["when"] + [f"{i}/2/2024 10:1{i} AM" for i in range(1, 7)],
    ["url"] + [f"https://a.com/{i}?a=1&b={i}" for i in range(1, 7)],
    ["city", "New York", "Los Angeles", "San Diego", "El Paso", "San Jose"],
])
def test_values_with_spaces_and_colons_are_one_column(scratch, lines):
    assert ingested(scratch, "\n".join(lines) + "\n") == ([lines[0]], [[line] for line in lines[1:]])


def test_one_column_or_a_table_below_a_title(scratch):
    assert "one column" in refused(scratch, "place\nRoute 66\nHighway 1\nRoad 7\nStreet 5\nRoute 7\n")
    assert len(sniff(scratch, "Report\n1 2 3\n4 5 6\n7 8 9\n1 1 1\n")["columns"]) == 3
    assert len(sniff(scratch, "date time\n2024-01-01 10:00:00\n2024-01-02 10:00:00\n")["columns"]) == 2


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_first_line_that_names_the_delimiter(scratch, end):
    text = end.join(["sep=;", "name;city", "Ann;Rome", "Bob;Oslo", "Eve;Bonn", ""])
    found = sniff(scratch, text)
    assert (found["dialect"]["delimiter"], found["dialect"]["skip_rows"]) == (";", 1)
    assert ingested(scratch, text) == (["name", "city"], [["Ann", "Rome"], ["Bob", "Oslo"], ["Eve", "Bonn"]])
