"""RFC 3339 and TOML dates and times as columns."""
import datetime
import re
from collections import defaultdict
from fractions import Fraction

import pytest

from suites import common
from suites.typed import read_texts

ZONED_TIME = "no type holds a time of day with a zone"
SHORT_OFFSET = "ISO 8601 offsets without a colon or minutes are read here (+0909, +09)"
LEFT_OUT = {
    "js-date-time-024": SHORT_OFFSET,
    "toml-invalid-offset-minus-no-hour-minute-sep": SHORT_OFFSET,
    "toml-invalid-offset-plus-no-hour-minute-sep": SHORT_OFFSET,
    "toml-invalid-offset-minus-no-minute": SHORT_OFFSET,
    "toml-invalid-offset-plus-no-minute": SHORT_OFFSET,
}
# Free choices of the suite: what a valid text of the policy is here.
POLICY = {"leap_second": False, "lower_case": True, "space_separator": True, "seconds_optional": True,
          "seconds_required": True, "digits_beyond_unit": False, "other_notation_refused": False}
TYPES = {"rfc3339-date": ["date"], "toml-local-date": ["date"], "rfc3339-date-time": ["timestamp[us, UTC]"],
         "toml-offset-date-time": ["timestamp[us, UTC]"], "toml-local-date-time": ["timestamp[us]"],
         "toml-local-time": ["time[us]"], "toml-any": ["date", "time[us]", "timestamp[us]", "timestamp[us, UTC]"]}


def count_of(expected, kind):
    """The normal form as the column's number."""
    date, _, clock = expected.rpartition("T")
    if kind == "date":
        return datetime.date.fromisoformat(expected).toordinal() - datetime.date(1970, 1, 1).toordinal()
    hour, minute, second = re.match(r"(\d+):(\d+):([\d.]+)Z?$", clock).groups()
    micros = int(((int(hour) * 60 + int(minute)) * 60 + Fraction(second)) * 10**6)
    if kind.startswith("time["):
        return micros
    days = datetime.date.fromisoformat(date).toordinal() - datetime.date(1970, 1, 1).toordinal()
    return days * 86400 * 10**6 + micros


def left_out(case):
    return LEFT_OUT.get(case["id"]) or (ZONED_TIME if case["format"] == "rfc3339-time" else None)


def test_cases_are_known():
    cases = common.need("timestamps")["cases"]
    common.assert_known("timestamps", [case["id"] for case in cases], LEFT_OUT)
    reasons = [left_out(case) for case in cases if left_out(case)]
    common.tell("timestamps", len(cases) - len(reasons), reasons)


@pytest.mark.parametrize("kind", ["date", "time[us]", "timestamp[us]", "timestamp[us, UTC]"])
def test_column(kind, scratch):
    cases = [case for case in common.need("timestamps")["cases"] if kind in TYPES.get(case["format"], ()) and not left_out(case)]
    wrong = defaultdict(list)
    for case, (state, value) in zip(cases, read_texts(scratch, kind, [case["text"] for case in cases])):
        if "policy" in case:
            valid = POLICY[case["policy"]]
        else:
            valid = case["valid"]
        if not case["text"]:
            ok = state == "null"
        elif case["format"] == "toml-any" and case.get("policy") == "seconds_required":
            ok = state == ("value" if kind == "timestamp[us, UTC]" else "bad")
        elif valid:
            ok = (state, value) == ("value", count_of(case["expected"], kind))
        else:
            ok = state == "bad"
        if not ok:
            wrong[case["id"]].append((case["text"], state, value, case["expected"]))
    assert not wrong, dict(wrong)
    print(f"{kind}: {len(cases)} texts")
