"""Every feature that docs/features.md claims, on the file that its peers get too; and the table names tests that exist."""
import importlib.util
import os
import re

import pytest

from support import outcome, program

FOLDER = os.path.join(program.ROOT, "bench", "features")
spec = importlib.util.spec_from_file_location("headrace_features", os.path.join(FOLDER, "features.py"))
features = importlib.util.module_from_spec(spec)
spec.loader.exec_module(features)
CLAIMED = [feature for feature in features.ALL if feature.ours is not None and feature.files]
DOCUMENT = os.path.join(program.ROOT, "docs", "features.md")


def write_files(feature, scratch):
    paths = []
    for name, data in feature.data().items():
        paths.append(os.path.join(scratch, "in", name))
        os.makedirs(os.path.dirname(paths[-1]), exist_ok=True)
        with open(paths[-1], "wb") as file:
            file.write(data)
    return paths


@pytest.mark.parametrize("feature", [one for one in features.ALL if one.ours is None and one.files], ids=lambda one: one.slug)
def test_what_is_said_to_be_missing_is(feature, scratch):
    out = os.path.join(scratch, "x.arrow")
    done = program.run("ingest", *write_files(feature, scratch), "-o", out)
    assert done.code == 2 or features.difference(feature, outcome.read_table(out)), "docs/features.md says no"


@pytest.mark.parametrize("feature", CLAIMED, ids=lambda feature: feature.slug)
def test_feature(feature, scratch):
    paths = write_files(feature, scratch)
    words = [os.path.join(scratch, word) if word == "rejects.jsonl" else word for word in feature.ours]
    if feature.schema:
        schema = os.path.join(scratch, "schema.toml")
        with open(schema, "w", encoding="utf-8") as file:
            file.write("format = 1\n" + feature.schema)
        words += ["--schema", schema]
    if feature.inputs:
        paths = [os.path.join(scratch, "in", feature.inputs)]
    out = os.path.join(scratch, "x.arrow")  # seconds and dictionaries as they are
    done = program.run("ingest", *paths, "-o", out, *words)
    if feature.refusal:
        assert done.code == 2 and not os.path.exists(out), done
        return
    assert done.code == (1 if "--rejects" in words else 0), done
    assert not features.difference(feature, outcome.read_table(out)), done
    if "--rejects" in words:
        assert [row["line"] for row in outcome.read_rejects(os.path.join(scratch, "rejects.jsonl"))] == [3]


def test_the_document_has_every_feature():
    with open(DOCUMENT, encoding="utf-8") as file:
        text = file.read()
    rows = {line.split(" | ")[0].lstrip("| "): line.split(" | ")[1] for line in text.split("\n") if line.startswith("| ")}
    for feature in features.ALL:
        assert rows[feature.title] == ("no" if feature.ours is None else "yes"), feature.title
        assert feature.ours is None or feature.test() in text, feature.title


def test_tests_of_the_document_exist():
    with open(DOCUMENT, encoding="utf-8") as file:
        named = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)(?:\[([\w-]+)\])?`", file.read()))
    assert len(named) > 50
    for path, function, case in named:
        with open(os.path.join(program.ROOT, path), encoding="utf-8") as file:
            text = file.read()
        assert re.search(rf"^def {function}\(", text, re.M), (path, function)
        if path == "tests/cases/test_cases.py" and case:
            from cases import ALL
            assert case in {one.id for one in ALL}, case
