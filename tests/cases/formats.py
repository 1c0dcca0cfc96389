"""Values that are written in ways a schema file declares, and what is refused then."""
import uuid
from decimal import Decimal

from cases.model import Bad, column_case
from oracle.formats import Format
from oracle.reference import Dialect

INT, FLOAT, DECIMAL, BEYOND = Bad("bad_integer"), Bad("bad_float"), Bad("bad_decimal"), Bad("digits_beyond_scale")
DATE, TIME, STAMP, RANGE = Bad("bad_date"), Bad("bad_time"), Bad("bad_timestamp"), Bad("out_of_range")
TWICE, NEVER = Bad("ambiguous_time"), Bad("nonexistent_time")
SEMICOLON = Dialect(delimiter=b";")
D = Decimal
NEW_YEAR = 1704067200  # 2024-01-01T00:00:00Z
NOON = NEW_YEAR + 182 * 86400 + 43200  # 2024-07-01T12:00:00Z
ID = uuid.UUID(int=0x123E4567E89B12D3A456426614174000)

CASES = [
    column_case("formats_thousands", "int64", [
        ("1.234", 1234), ("12.345.678", 12345678), ("-1.234", -1234), ("+1.234", 1234), ("1234", 1234), ("007", 7), ("", None),
        ("999", 999), ("9.223.372.036.854.775.807", 2**63 - 1), ("9.223.372.036.854.775.808", RANGE)] + [
        (t, INT) for t in ("1.23", "1.2345", "12.34.567", "1234.567", "0.123", ".123", "1.", "1..234", "1.234.", "1,234",
                           "1 234", "-.123", "1.234,0", ".")],
        SEMICOLON, form=Format(decimal=",", thousands=".")),
    column_case("formats_decimal_comma", "float64", [
        ("1,5", 1.5), ("-0,25", -0.25), (",5", 0.5), ("5,", 5.0), ("1.234.567,5", 1234567.5), ("1234567,5", 1234567.5),
        ("1,5e3", 1500.0), ("inf", float("inf")), ("NaN", float("nan")), ('"1,5"', 1.5), ("1e999", Bad("float_range")),
        ("0,1", 0.1)] + [(t, FLOAT) for t in ("1.5", "12.7", "1,234.5", "1,5,5", ",", "1.234,567.8", "1_000")],
        SEMICOLON, form=Format(decimal=",", thousands=".")),
    column_case("formats_decimal_comma_quoted", "decimal(9,2)", [
        ('"1,50"', D("1.50")), ('"1.234,5"', D("1234.50")), ("7", D("7.00")), ('"1,505"', BEYOND), ('"12345678,0"', RANGE),
        ("1.5", DECIMAL), ('"1,5e1"', DECIMAL)], form=Format(decimal=",", thousands=".")),
    column_case("formats_thousands_quote", "int32", [("'1''234'", 1234), ("'5'", 5)],
                Dialect(quote=b"'"), form=Format(thousands="'")),
    column_case("formats_no_break_space", "int32", [("1\u00a0234", 1234), ("1 234", INT), ("1\u202f234", INT),
                                                    ("\u00a0123", INT)], form=Format(thousands="\u00a0")),
    column_case("formats_percent", "decimal(7,4)", [
        ("12.5%", D("0.1250")), ("-7 %", D("-0.0700")), ("100%", D("1.0000")), (".5%", D("0.0050")), ("0.01%", D("0.0001")),
        ("12.50%", D("0.1250")), ("12.345%", BEYOND), ("123456%", RANGE), ("", None)] + [
        (t, DECIMAL) for t in ("12.5", "%", "%12", "12%%", "1e1%", "12.5% ", "-%")], form=Format(format="percent")),
    column_case("formats_percent_float", "float64", [("12.5%", 0.125), ("7%", 0.07), ("29 %", 0.29), ("0.1%", 0.001),
                                                     ("7", FLOAT), ("inf%", FLOAT)], form=Format(format="percent")),
    column_case("formats_currency", "decimal(12,2)", [
        ("\u20ac1.234,50", D("1234.50")), ("1.234,50 \u20ac", D("1234.50")), ("-\u20ac1", D("-1.00")), ("\u20ac-1", D("-1.00")),
        ("-1\u00a0\u20ac", D("-1.00")), ("(1)", D("-1.00")), ("(\u20ac 1,00)", D("-1.00")), ("1,5", D("1.50")), ("", None)] + [
        (t, DECIMAL) for t in ("$1", "\u20ac", "(-1)", "-(1)", "\u20ac1\u20ac", "1 EUR", "()", "\u20ac  1")],
        SEMICOLON, form=Format(format="currency", currency="\u20ac", decimal=",", thousands=".")),
    column_case("formats_pattern_date", "date", [
        ("31/01/2024", 19753), ("1/2/2024", 19754), ("29/02/2024", 19782), ("", None)] + [
        (t, DATE) for t in ("2024-01-31", "31/01/24", "30/02/2024", "31/01/2024 ", "00/01/2024", "1/13/2024", "31.01.2024")],
        form=Format(format="%d/%m/%Y")),
    column_case("formats_pattern_names", "timestamp[s]", [
        ("Mon Jan  1 00:00:07 2024", NEW_YEAR + 7), ("mon jan 01 00:00:07 2024", NEW_YEAR + 7),
        ("Tue Jan  1 00:00:07 2024", STAMP), ("Mon January 1 00:00:07 2024", STAMP), ("Mon Jan  1 00:00:60 2024", STAMP)],
        form=Format(format="%a %b %e %T %Y")),
    column_case("formats_pattern_fraction", "timestamp[ns, UTC]", [
        ("01.01.2024 00:00:00.123456789 +0000", NEW_YEAR * 10**9 + 123456789), ("01.01.2024 01:00:00.5 +01:00", NEW_YEAR * 10**9 + 5 * 10**8),
        ("01.01.2024 00:00:00.5 Z", NEW_YEAR * 10**9 + 5 * 10**8), ("01.01.2024 00:00:00.1234567890 Z", STAMP),
        ("01.01.2024 00:00:00. Z", STAMP), ("01.01.2024 00:00:00.5", STAMP), ("01.01.2500 00:00:00.5 Z", RANGE)],
        form=Format(format="%d.%m.%Y %T.%f %z")),
    column_case("formats_pattern_time", "time[s]", [("12:00 AM", 0), ("12:30 pm", 45000), ("1:05 PM", 47100), ("13:00 PM", TIME),
                                                    ("1:05", TIME)], form=Format(format="%I:%M %p")),
    column_case("formats_iso_date", "date", [(t, 19753) for t in ("2024-01-31", "20240131", "2024-031", "2024031", "2024-W05-3",
                                                                  "2024W053")] + [
        (t, DATE) for t in ("2024-01", "2024", "2024-W05", "2023-366", "2024-W53-1")], form=Format(format="iso8601")),
    column_case("formats_iso_timestamp", "timestamp[ms]", [
        ("20240101T000000", NEW_YEAR * 1000), ("2024-01-01T00", NEW_YEAR * 1000), ('"2024-001 00:00:00,5"', NEW_YEAR * 1000 + 500),
        ("2023-12-31T24:00:00", NEW_YEAR * 1000), ("20240101", NEW_YEAR * 1000), ("1704067200000", STAMP),
        ("2024-01-01T00:00:00Z", Bad("unexpected_offset"))], form=Format(format="iso8601")),
    column_case("formats_default_iso", "timestamp[s]", [
        (t, STAMP) for t in ("20240101T000000", "2024-01-01T00", "2023-12-31T24:00:00", "20240101", "2024-001")]),
    column_case("formats_epoch", "timestamp[ms]", [
        ("1700000000", 1700000000000), ("1700000000.123", 1700000000123), ("-0.5", -500), ("+1", 1000),
        ("1700000000.1234", BEYOND), ("1.", STAMP), (".5", STAMP), ("1e3", STAMP), ("2024-01-01", STAMP),
        (str(2**63), RANGE)], form=Format(format="epoch_s")),
    column_case("formats_epoch_unasked", "timestamp[ms]", [("1700000000123", 1700000000123), ("-1", STAMP), ("+1", STAMP)]),
    column_case("formats_epoch_beyond_millis", "timestamp[s]", [
        ("9223372036854775", 9223372036854775), ("-9223372036854775", -9223372036854775), ("9223372036854776", RANGE),
        ("-9223372036854776", RANGE), ("9999999999999999", RANGE)] + [("1", 1)] * 70, form=Format(format="epoch_s")),
    column_case("formats_zone", "timestamp[ms, America/New_York]", [
        ("2024-07-01 08:00:00", NOON * 1000), ("2024-07-01T08:00:00.25", NOON * 1000 + 250), ("2024-07-01 12:00:00Z", NOON * 1000),
        ("2024-03-10 01:59:59", 1710053999000), ("2024-03-10 02:00:00", NEVER), ("2024-03-10 02:59:59", NEVER),
        ("2024-03-10 03:00:00", 1710054000000), ("2024-11-03 00:59:59", 1730609999000), ("2024-11-03 01:00:00", TWICE),
        ("2024-11-03 01:30:00", TWICE), ("2024-11-03 01:30:00-04:00", 1730611800000), ("2024-11-03 02:00:00", 1730617200000),
        ("1719835200000", NOON * 1000), ("1883-11-18 13:00:00", -2717647200000), ("1883-11-18 12:01:00", TWICE)]),
    column_case("formats_zone_earlier", "timestamp[s, America/New_York]", [
        ("2024-11-03 01:30:00", 1730611800), ("2024-03-10 02:30:00", NEVER)], form=Format(ambiguous="earlier")),
    column_case("formats_zone_later", "timestamp[s, America/New_York]", [
        ("2024-11-03 01:30:00", 1730615400), ("2024-03-10 02:30:00", NEVER)], form=Format(ambiguous="later")),
    column_case("formats_hex", "binary", [("00ff", b"\0\xff"), ("0xDEad", b"\xde\xad"), ("\\xdead", b"\xde\xad"), ("0x", b""),
                                          ('""', b""), ("", None)] + [(t, Bad("bad_binary")) for t in ("0", "0g", "00 ff", "x00")],
                form=Format(format="hex")),
    column_case("formats_base64", "binary", [("Zm9v", b"foo"), ("Zg==", b"f"), ('""', b""), ("", None)] + [
        (t, Bad("bad_binary")) for t in ("Zg", "Zh==", "Zg=", "Z-_v", "Zm9v=", "====")], form=Format(format="base64")),
    column_case("formats_braced", "uuid", [("{123e4567-e89b-12d3-a456-426614174000}", ID), (str(ID), Bad("bad_uuid")),
                                           ("{" + ID.hex + "}", Bad("bad_uuid"))], form=Format(format="braced")),
    column_case("formats_words", "bool", [("ja", True), ("nein", False), ("J", True), ("", None), ("true", Bad("bad_bool")),
                                          ("JA", Bad("bad_bool"))], form=Format(true_values=("ja", "J"), false_values=("nein",))),
]
