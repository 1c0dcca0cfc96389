"""Columns that say how their values are written: generated files whose truth comes first, texts that are nearly right
against the slow reader, and accepted values shown again as their source."""
import os
import random
import re

import pytest

from oracle import draw_formats, formats
from oracle.draw import Draw
from oracle.generator import Plan, generate
from oracle.reference import Column, Dialect, Reader
from support import check, outcome, program
from support.job import CHUNKS, Config, Job, assert_same, tiny_unit
from support.outcome import reject_keys

LONG = os.environ.get("HEADRACE_LONG", "") not in ("", "0")
SEEDS = range(4001, 4001 + (2000 if LONG else 40))
LEVELS = program.simd_levels()
FORMATS = draw_formats.FORMATS


def schema_file(folder, columns):
    path = os.path.join(folder, "schema.toml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(formats.schema_toml(columns))
    return path


@pytest.mark.parametrize("seed", SEEDS)
def test_generated_formats(seed, scratch):
    plan = Plan(seed, rows=(60, 200)[seed % 2], files=1 + seed % 2, on_error=("quarantine", "null")[seed % 3 == 0], formats=True)
    truth, paths = generate(plan, scratch)
    slow = Reader(truth.columns, truth.dialect, truth.select, plan.on_error).read(list(zip(paths, truth.files)))
    assert reject_keys(slow.rejects, True) == reject_keys(truth.result.rejects, True)
    assert slow == truth.result
    job = Job(scratch, paths, schema_file(scratch, truth.columns), truth.dialect, truth.select, plan.on_error,
              form=("parquet", "arrow")[seed % 3 == 0])
    unit = tiny_unit(sum(map(len, truth.files)))
    outcomes = [job.run(config) for config in (Config(2, "", LEVELS[-1], "2048"), Config(8, CHUNKS[seed % 7], LEVELS[0], "2048"),
                                               Config(2, CHUNKS[(seed + 3) % 7], LEVELS[-1], unit))]
    assert outcomes[0].run.code == check.exit_code(truth.result), outcomes[0].run
    check.assert_table(outcomes[0].output, truth.result.columns, truth.types())
    check.assert_rejects(outcomes[0].rejects, truth.result.rejects)
    assert_same(outcomes)


def nearly_right(kind, form, count):
    """Texts of values, and the same with a byte lost, doubled, exchanged or put in."""
    source = random.Random(f"{kind} {form}")
    draw = draw_formats.FormatDraw(Draw(source.random()))
    texts = set()
    while len(texts) < count:
        value = draw.plain(kind, form)
        text = draw_formats.render(kind, form, value) if source.random() < 0.5 else draw.value(kind, form)[1].decode()
        if source.random() < 0.7 and text:
            at = source.randrange(len(text))
            other = source.choice("0123456789" * 3 + "+-.,:/ %()TWZe_'" + text)
            text = source.choice([text[:at] + text[at + 1:], text[:at] + text[at] + text[at:], text[:at] + other + text[at + 1:],
                                  text[:at] + other + text[at:]])
        if text:
            texts.add(text)
        elif kind == "bool" or len(texts) > count // 2 and source.random() < 0.01:
            break
        if kind in ("bool", "int8") and source.random() < 0.002:
            break
    return sorted(texts)


@pytest.mark.parametrize("kind, form", FORMATS, ids=[f"{kind} {form.format or form.thousands or form.decimal}" for kind, form in FORMATS])
def test_nearly_right_texts(kind, form, scratch):
    """The program and the slow reader agree on every text, and what is accepted in the canonical shape is shown again
    as it stood in the source."""
    texts = nearly_right(kind, form, 3000 if LONG else 600)
    data = "".join(f"{i}\x1f{text}\n" for i, text in enumerate(texts)).encode()
    columns = [Column("n", "int32"), Column("v", kind, form=form)]
    dialect = Dialect(delimiter=b"\x1f", quote=b"")
    job = Job(scratch, [data], schema_file(scratch, columns), dialect, on_error="null", form="arrow")
    slow = Reader(columns, dialect, None, "null").read([(job.paths[0], data)])
    outcomes = [job.run(Config(1, "", level)) for level in LEVELS]
    assert_same(outcomes)
    check.assert_rejects(outcomes[0].rejects, slow.rejects)
    check.assert_table(outcomes[0].output, slow.columns, {"n": "int32", "v": kind})
    values = outcome.plain_values(outcome.read_table(outcomes[0].output).column("v"))
    canonical = re.compile(draw_formats.shape(kind, form), re.ASCII)
    shown = 0
    for text, value in zip(texts, values):
        if value is None or not canonical.fullmatch(text):
            continue
        assert draw_formats.render(kind, form, value) == text
        shown += 1
    assert shown >= (2 if kind == "bool" else len(texts) // 8), f"only {shown} of {len(texts)} texts were shown again"
