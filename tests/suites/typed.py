"""Texts of a suite as columns: each text once unquoted, where that is possible, and once quoted."""
import os

from support import outcome
from support.job import Config, Job, assert_same
from suites import common


def read_texts(scratch, kind, texts, keys=""):
    """What the program makes of each text in a column of the type, with further keys of a schema file's column:
    ("value", v), ("null", None) or ("bad", kind). Unquoted and quoted texts must be read alike."""
    quoted = ['"' + text.replace('"', '""') + '"' for text in texts]
    plain = [text if not any(char in text for char in ',"\r\n') else q for text, q in zip(texts, quoted)]
    data = "".join(f"{i},{a},{b}\n" for i, (a, b) in enumerate(zip(plain, quoted))).encode()
    columns = f"n:int32,plain:{kind},quoted:{kind}"
    if keys:
        columns = os.path.join(scratch, "columns.toml")
        with open(columns, "w") as file:
            file.write("format = 1\n[[column]]\nname = 'n'\ntype = 'int32'\n" + "".join(
                f"[[column]]\nname = '{name}'\ntype = '{kind}'\n{keys}\n" for name in ("plain", "quoted")))
    job = Job(scratch, [data], columns, on_error="null", form="arrow",
              rejects_form="parquet")  # Arrow IPC: Parquet knows no seconds
    outcomes = job.run_all([Config(1), Config(2, "7", common.LEVELS[0], "512"), Config(8, "64", common.LEVELS[-1], "512")])
    assert outcomes[0].run.code in (0, 1), outcomes[0].run
    assert_same(outcomes)
    table = outcome.plain_table(outcome.read_table(outcomes[0].output))
    bad = {(r["record"] - 1, r["column"]): r["kind"] for r in outcome.read_rejects(outcomes[0].rejects)}
    found = []
    for i, text in enumerate(texts):
        both = [("bad", bad[i, name]) if (i, name) in bad else ("value", table[name][i]) if table[name][i] is not None else
                ("null", None) for name in ("plain", "quoted")]
        assert both[0] == both[1], f"{text!r}: {both[0]} unquoted, {both[1]} quoted"
        found.append(both[0])
    return found
