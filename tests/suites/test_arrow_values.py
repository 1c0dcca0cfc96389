"""What Arrow's own tests say of text to values: bool, integers, floats, dates, times, timestamps, as columns."""
from collections import defaultdict

import pytest

from suites import common
from suites.typed import read_texts

# Free choices of the suite: whether a text of the policy is a value here.
POLICY = {"hex_integer": False, "leading_zeros": True, "infinity_word": True, "overflow_to_infinity": False,
          "underflow_to_zero": False, "date_only_timestamp": True, "hour_only_time": False, "time_without_seconds": True,
          "short_zone_offset": True, "digits_beyond_unit": False, "no_leap_second": False}
BOOLS = {"true", "false", "1", "0"}  # and True, TRUE, t, T and their like; no other mixed case
LEFT_OUT_TYPES = {"float16": "no such type", "date64": "no such type: date is date32"}


def left_out(case):
    if case["type"] in LEFT_OUT_TYPES:
        return LEFT_OUT_TYPES[case["type"]]
    if case.get("decimal_point", ".") not in ".,":
        return "a decimal mark is a point or a comma here"
    return None


def column_of(case):
    """What a case's column is: its type, and further keys of a schema file."""
    keys = [f"{key} = '{case[name]}'" for key, name in (("format", "format"), ("decimal", "decimal_point")) if name in case]
    return case["type"], "\n".join(keys)


def declared(kind):
    """The type as it is declared here; a timestamp's text without a zone counts as UTC."""
    if kind.startswith("timestamp["):
        return kind[:-1] + ", UTC]"
    return {"date32": "date"}.get(kind, kind.replace("time32", "time").replace("time64", "time"))


def expected_value(case):
    kind, text = case["type"], case["expected"]
    if kind == "bool":
        return text == "true"
    if kind.startswith("float"):
        width = int(kind[5:])
        bits = int(case["bits"], 16).to_bytes(width // 8, "little")
        return "nan" if "nan" in text else bits
    return int(text)


def test_cases_are_known():
    cases = common.need("arrow-values")["cases"]
    common.assert_known("arrow-values", [case["id"] for case in cases])
    reasons = [left_out(case) for case in cases if left_out(case)]
    common.tell("arrow-values", len(cases) - len(reasons), reasons)


def _columns():
    cases = common.load("arrow-values")
    return sorted({column_of(case) for case in cases["cases"] if not left_out(case)}) if cases else [("int8", "")]


@pytest.mark.parametrize("kind,keys", _columns())
def test_column(kind, keys, scratch, monkeypatch):
    cases = [case for case in common.need("arrow-values")["cases"] if not left_out(case) and column_of(case) == (kind, keys)]
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")  # a locale must change nothing
    wrong = defaultdict(list)
    for case, (state, value) in zip(cases, read_texts(scratch, declared(kind), [case["text"] for case in cases], keys)):
        policy = case.get("policy")
        if policy == "bool_spelling":
            valid = case["text"] in BOOLS
        else:
            valid = case["valid"] if policy in (None, "custom_format") else POLICY[policy]
        if not case["text"]:
            ok = state == "null"
        elif valid:
            ok = (state, value) == ("value", expected_value(case))
        else:
            ok = state == "bad"
        if not ok:
            wrong[case["id"]].append((case["text"], state, value, case.get("expected"), policy))
    assert not wrong, dict(wrong)
    print(f"{kind}: {len(cases)} texts")
