"""The table of cases: bytes and options in, rows and rejects out."""
from cases import faults, records, typed

ALL = records.CASES + faults.CASES + typed.CASES
assert len({case.id for case in ALL}) == len(ALL)
