"""Sniffing on generated files: the dialect and the header are drawn first, then the text is rendered."""
import os
import random
import string

from support import program

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


KINDS = {
    "integer": lambda rng, d: str(rng.randint(-5, 10 ** rng.randint(1, 9))),
    "float": lambda rng, d: f"{rng.uniform(-1000, 1000):.{rng.randint(1, 6)}f}",
    "comma float": lambda rng, d: f"{rng.uniform(-1000, 1000):.2f}".replace(".", "," if d != "," else "."),
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
        return (dialect["delimiter"] == self.delimiter and dialect["header"] == self.header
                and dialect["quote"] in ('"', "") and len(found["columns"]) == self.columns
                and (dialect["quote"] == '"' or '"' not in self.text) and skipped in (self.preamble, self.preamble + self.comments))


def judge(scratch, seeds):
    right, wrong, sure_and_wrong, refused = 0, [], [], 0
    for seed in seeds:
        drawn = Drawn(seed)
        path = os.path.join(scratch, f"{seed}.csv")
        with open(path, "w", newline="") as file:
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
