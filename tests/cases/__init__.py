"""The table of cases: bytes and options in, rows and rejects out."""
from cases import faults, formats, records, typed

ALL = records.CASES + faults.CASES + typed.CASES + formats.CASES
assert len({case.id for case in ALL}) == len(ALL)
