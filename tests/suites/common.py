"""Finds the public suites (HEADRACE_SUITES, or ../shared/suites beside the checkout) and notices when a case appears
or disappears. A suite that is not there is skipped with a message; a case that is left out is listed with its reason."""
import hashlib
import json
import os

import pytest

from support import program

SUITES = os.environ.get("HEADRACE_SUITES") or os.path.join(program.ROOT, "..", "shared", "suites")
LEVELS = program.simd_levels()

# Number of cases and the start of the SHA-256 of their sorted names.
KNOWN = {
    "csv-spectrum": (12, "77b58091e382d711"),
    "duckdb": (55, "090ce70491a67aaf"),
    "arrow-testing": (10, "6ba5e4ea7e26a20b"),
    "arrow-values": (509, "56260b66f8079c8c"),
    "floats": (6, "862716e7f2322564"),
    "timestamps": (213, "adda61cd2fa38c89"),
    "utf8": (222, "4f13ad8bf97ec82f"),
}


def folder(suite):
    return os.path.join(SUITES, suite)


def load(suite):
    """The suite's cases.json, or None where it is not there."""
    path = os.path.join(folder(suite), "cases.json")
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def need(suite):
    cases = load(suite)
    if cases is None:
        pytest.skip(f"no suite {suite} at {SUITES} (HEADRACE_SUITES)")
    return cases


def cases_of(suite, *keys):
    """The cases as pytest parameters; one that skips where the suite is not there."""
    loaded = load(suite)
    if loaded is None:
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"no suite {suite} at {SUITES} (HEADRACE_SUITES)"))]
    return [pytest.param(case, id=case["id"]) for key in keys or ("cases",) for case in loaded[key]]


def fingerprint(ids):
    return len(ids), hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()[:16]


def assert_known(suite, ids, left_out=()):
    assert fingerprint(ids) == KNOWN[suite], f"cases of {suite} appeared or disappeared: {fingerprint(ids)}"
    gone = set(left_out) - set(ids)
    assert not gone, f"cases that are left out are not there: {gone}"


def tell(suite, passed, left_out, note=""):
    reasons = {}
    for reason in left_out.values() if isinstance(left_out, dict) else left_out:
        reasons[reason] = reasons.get(reason, 0) + 1
    listed = "; ".join(f"{count} {reason}" for reason, count in reasons.items())
    print(f"\n{suite}: {passed} passed, {sum(reasons.values())} left out ({listed or 'none'}) {note}")
