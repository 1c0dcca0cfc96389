"""Values of every type: what is read, and what is a bad value of which kind."""
import struct
import uuid
from decimal import Decimal

from cases.model import Bad, Case, column_case
from oracle.reference import Dialect

INT, RANGE, FLOAT, FRANGE = Bad("bad_integer"), Bad("out_of_range"), Bad("bad_float"), Bad("float_range")
BEYOND, DATE, TIME, STAMP = Bad("digits_beyond_scale"), Bad("bad_date"), Bad("bad_time"), Bad("bad_timestamp")
DECIMAL, OFFSET = Bad("bad_decimal"), Bad("unexpected_offset")


def _integers(name):
    bits = int(name.lstrip("uint"))
    low, high = (0, 2**bits - 1) if name[0] == "u" else (-2 ** (bits - 1), 2 ** (bits - 1) - 1)
    pairs = [(str(v), v) for v in (low, low + 1, high - 1, high, 0, 7)]
    pairs += [(str(high + 1), RANGE), (str(high + 10), RANGE), (str(high * 10), RANGE), (str(high) + "0", RANGE),
              (str(2**64), RANGE), (str(2**64 + 5), RANGE), ("1" + "0" * 30, RANGE), ("9" * 300, RANGE)]
    pairs += [("007", 7), ("+7", 7), ("+007", 7), ("0" * 40 + "12", 12), ("000", 0), (str(high).zfill(60), high),
              ('"42"', 42), ('""', None), ("", None)]
    if not low:
        pairs += [("-0", 0), ("-1", RANGE)]
    else:
        pairs += [(str(low - 1), RANGE), (str(low - 10), RANGE), ("-" + "9" * 300, RANGE), ("-0", 0), ("-007", -7),
                  ("-" + str(-low).zfill(60), low)]
    pairs += [(t, INT) for t in (" 7", "7 ", "1 2", "1.0", "1e2", "0x1F", "1_000", "abc", "-", "+", "--1", "+-1", "1-",
                                 "12a", "a12", "\t1", "1\0", "\0", "\u0663", "NaN", "null", "NA", "1" * 20 + "x",
                                 ".", "1.", '"1,000"', '" 1"', '"1"""', "1234567x", "12345678x", "x2345678")]
    return column_case(f"values_{name}", name, pairs)


def _single(bits):
    return struct.unpack("<f", struct.pack("<I", bits))[0]


FLOATS = [
    ("0", 0.0), ("-0", -0.0), ("-0.0", -0.0), ("1", 1.0), ("1.5", 1.5), ("-1.5", -1.5), ("0.1", 0.1),
    ("0.029712044475285478", 0.029712044475285478), ("8.026269748512151", 8.026269748512151),
    ("1e5", 1e5), ("1E5", 1e5), ("1e+5", 1e5), ("1e-5", 1e-5), ("1.25e-3", 1.25e-3), ("-1E-300", -1e-300),
    ("1.7976931348623157e308", 1.7976931348623157e308), ("17976931348623157" + "0" * 292, 1.7976931348623157e308),
    ("2.2250738585072014e-308", 2.2250738585072014e-308), ("5e-324", 5e-324), ("3e-324", 5e-324),
    ("4.9406564584124654e-324", 5e-324), ("2.2250738585072011e-308", 2.225073858507201e-308),
    ("9007199254740993", 9007199254740992.0), ("9007199254740993.0000000000000000000000001", 9007199254740994.0),
    ("0.500000000000000166533453693773481063544750213623046875", 0.5000000000000002),
    ("123456789012345678901234567890", 123456789012345678901234567890.0), ("0" * 100 + "1.5", 1.5),
    ("1." + "0" * 400 + "1", 1.0), ("0." + "0" * 300 + "1", 1e-301), ("1" + "0" * 300, 1e300), ("0e999", 0.0),
    (".5", 0.5), ("-.5e1", -5.0), ("5.", 5.0), ("+5.", 5.0), ("inf", float("inf")), ("-Infinity", float("-inf")),
    ("+INF", float("inf")), ("NaN", float("nan")), ("nan", float("nan")), ("-nan", float("nan")),
    ("0.0e-999", 0.0), ("-0e5", -0.0), ('"2.5"', 2.5), ('""', None), ("", None),
    ("1.7976931348623159e308", FRANGE), ("1e309", FRANGE), ("-1e309", FRANGE), ("1e999999999999", FRANGE),
    ("2e-324", FRANGE), ("1e-400", FRANGE), ("-1e-400", FRANGE), ("1e-999999999999", FRANGE),
    ("0." + "0" * 400 + "1", FRANGE), ("9" * 310, FRANGE),
] + [(t, FLOAT) for t in (" 1", "1 ", "1 2", "1;5", "0x1p3", "1e", "1e+", "e5", ".", "-", "+", "-.",
                          "--1", "1..2", "1.2.3", "1f", "1d", "1_0.0", "abc", "in", "infi", "na", "nano", "1\0", "\0",
                          '"1,5"', "12345678x", "1.5e5e5", "\u0661")]

SINGLES = [
    ("0", 0.0), ("-0.0", -0.0), ("1.5", 1.5), ("0.1", _single(0x3DCCCCCD)), ("16777217", 16777216.0),
    ("16777219", 16777220.0), ("3.4028234663852886e38", _single(0x7F7FFFFF)), ("3.4028235677973362e38", _single(0x7F7FFFFF)),
    ("1.401298464324817e-45", _single(1)), ("7.1e-46", _single(1)), ("1.17549435e-38", _single(0x00800000)),
    # Twice rounded, through a double, these come out one unit off.
    ("1.00000005960464477540", _single(0x3F800001)), ("1.00000005960464477539", _single(0x3F800000)),
    ("8589973000", _single(0x50000026)), ("0.999999970197677612", _single(0x3F7FFFFF)),
    ("3.5e38", FRANGE), ("-3.5e38", FRANGE), ("3.4028235677973367e38", FRANGE), ("1e39", FRANGE), ("1e-46", FRANGE),
    ("7e-46", FRANGE), ("-1e-60", FRANGE), ("", None), ("x", FLOAT), ("1e400", FRANGE),
]


def _decimals():
    d = Decimal
    pairs = [("0", d("0.00")), ("1", d("1.00")), ("1.5", d("1.50")), ("1.25", d("1.25")), ("-1.25", d("-1.25")),
             ("+1.25", d("1.25")), ("0001.25", d("1.25")), ("9999999.99", d("9999999.99")),
             ("-9999999.99", d("-9999999.99")), ("0.01", d("0.01")), ("-0.01", d("-0.01")), ('"7.1"', d("7.10")),
             ("", None), ('""', None), ("10000000", RANGE), ("-10000000.00", RANGE), ("99999999999999999999", RANGE),
             ("1.255", BEYOND), ("0.001", BEYOND), ("-3.1415926", BEYOND)]
    pairs += [(t, DECIMAL) for t in ("x", "1.2.3", "-", "+", ".", "1 ", " 1", "--1", "1_0", '"1,5"', "0x1", "1\0", "1.x")]
    return column_case("values_decimal", "decimal(9,2)", pairs)


def _wide_decimals():
    top = "9" * 38
    pairs = [(top, Decimal(top)), ("-" + top, Decimal("-" + top)), ("1" + "0" * 38, RANGE), ("9" * 39, RANGE),
             ("0" * 50 + top, Decimal(top)), ("12", Decimal(12)), ("1.5", BEYOND),
             ("9" * 200, RANGE)]
    return column_case("values_decimal_38", "decimal(38,0)", pairs)


DATES = [("1970-01-01", 0), ("1970-01-02", 1), ("1969-12-31", -1), ("2020-02-29", 18321), ("2000-02-29", 11016),
         ("0001-01-01", -719162), ("9999-12-31", 2932896), ("1582-10-10", -141432), ("2013-11-01", 16010),
         ('"2013-11-01"', 16010), ("", None), ('""', None)] + [
    (t, DATE) for t in ("2021-02-29", "1900-02-29", "2020-13-01", "2020-00-01", "2020-01-00", "2020-01-32", "2020-04-31",
                        "2020-1-1", "2020-01-1", "20-01-01", "2020-01-01 ", " 2020-01-01", "2020-01-01x", "2020-01",
                        "2020", "01-01-2020", "2020-01-01T00:00:00", "2020-01-01Z", "x", "2020-01-01\0", "+2020-01-01",
                        "-2020-01-01", "12020-01-01", "2020-0a-01", "2020-01-0:", "2020_01_01")]


def _times(unit, per, places):
    pairs = [("00:00:00", 0), ("01:23", 4980 * per), ("01:23:45", 5025 * per), ("23:59:59", 86399 * per),
             ('"12:00:00"', 43200 * per), ("", None)]
    if places:
        pairs += [("01:23:45.1", 5025 * per + per // 10), ("00:00:00." + "0" * (places - 1) + "1", 1),
                  ("23:59:59." + "9" * places, 86400 * per - 1)]
    pairs += [("00:00:00." + "0" * places + "1", BEYOND), ("12:34:56." + "1" * (places + 3), BEYOND)]
    pairs += [(t, TIME) for t in ("24:00:00", "00:60:00", "00:00:60", "1:23:45", "01:2:03", "01:23:4", "x", "00",
                                  "000000", "01:23:45.", "01:23:45:", " 01:23:45", "01:23:45 ", "-1:23:45", "01-23-45",
                                  "01:23:45\0", "01:23:4x", "01:23:45.x")]
    return column_case(f"values_time_{unit}", f"time[{unit}]", pairs)


def _stamps(unit, per, places):
    base = 1542129070  # 2018-11-13 17:11:10
    pairs = [("2018-11-13", (base - 61870) * per), ("2018-11-13 17:11", (base - 10) * per),
             ("2018-11-13T17:11:10", base * per), ("2018-11-13 17:11:10", base * per), ("1970-01-01T00:00:00", 0),
             ("1969-12-31T23:59:59", -per), ("1900-02-28 12:34:56", -2203932304 * per), ('"2018-11-13 17:11:10"', base * per),
             ("", None), ('""', None), ("2018-11-13T17:11:10Z", OFFSET), ("2018-11-13T17:11:10+01:00", OFFSET)]
    if places:
        pairs += [("2018-11-13T17:11:10.5", base * per + per // 2),
                  ("2018-11-13T17:11:10." + "0" * (places - 1) + "1", base * per + 1),
                  ("1969-12-31T23:59:59." + "9" * places, -1)]
    if unit == "ms":
        pairs += [("1383264000000", 1383264000000), ("0", 0), ("1", 1), ("0001383264000000", 1383264000000),
                  ("9223372036854775807", 2**63 - 1), ("9223372036854775808", RANGE), ("9" * 30, RANGE)]
    else:
        pairs += [("1383264000000", STAMP), ("0", STAMP), ("1542129070", STAMP)]
    if unit == "ns":
        pairs += [("2262-04-11 23:47:16.854775807", 2**63 - 1), ("1677-09-21 00:12:43.145224192", -2**63),
                  ("2262-04-11 23:47:16.854775808", RANGE), ("1677-09-21 00:12:43.145224191", RANGE),
                  ("9999-12-31 23:59:59", RANGE), ("0001-01-01 00:00:00", RANGE)]
    else:
        pairs += [("9999-12-31 23:59:59", 253402300799 * per), ("0001-01-01 00:00:00", -62135596800 * per)]
    pairs += [("2018-11-13T17:11:10." + "0" * places + "1", BEYOND), ("2018-11-13T17:11:10." + "1" * (places + 2), BEYOND)]
    pairs += [(t, STAMP) for t in ("2018-02-29T00:00:00", "2018-13-01T00:00:00", "2018-11-13T24:00:00",
                                   "2018-11-13T17:60:10", "2018-11-13T17:11:60", "2018-11-13X17:11:10",
                                   "2018-11-13T17:11:10.", "2018-11-13T", "x", " 2018-11-13T17:11:10",
                                   "2018-11-13T17:11:10 ", "2018-11-13T17:11:1", "2018-11-13T7:11:10", "-1.5",
                                   "2018-11-13T17:11:10\0", "13/11/2018 17:11:10", "1e12", "1383264000000.0")]
    return column_case(f"values_timestamp_{unit}", f"timestamp[{unit}]", pairs)


BASE = 1542129070
INSTANTS = [("2018-11-13T17:11:10z", BASE), ("2018-11-13t17:11:10Z", BASE), ("2018-11-13T17:11:10+0117", BASE - 4620),
            ("2018-11-13T17:11:10-01", BASE + 3600), ("2018-11-13T17:11Z", BASE - 10), ("2018-11-13", BASE - 61870),
            ("2018-11-13T17:11:10Z", BASE), ("2018-11-13 17:11:10Z", BASE), ("2018-11-13T17:11:10+00:00", BASE),
            ("2018-11-13T17:11:10-00:00", BASE), ("2018-11-13T17:11:10+01:17", BASE - 4620),
            ("2018-11-13T17:11:10-01:17", BASE + 4620), ("2018-11-13T23:11:10+23:59", BASE + 6 * 3600 - 86340),
            ("2018-11-13T17:11:10", BASE), ("", None)] + [
    (t, STAMP) for t in ("2018-11-13T17:11:10+24:00", "2018-11-13T17:11:10+01:60", "2018-11-13T17:11:10+0",
                         "2018-11-13T17:11:10+", "2018-11-13T17:11:10ZZ", "2018-11-13T17:11:10Z+01:00",
                         "2018-11-13T17:11:10+1:00", "2018-11-13T17:11:10 PST", "2018-11-13T17:11:10+01:0")]
ZONED = [(text, value - 3600 if isinstance(value, int) and text in ("2018-11-13", "2018-11-13T17:11:10") else value)
         for text, value in INSTANTS] + [
    ("2018-07-01 12:00:00", 1530439200), ("2018-03-25 01:59:59", 1521939599), ("2018-03-25 03:00:00", 1521939600),
    ("2018-10-28 01:59:59", 1540684799), ("2018-10-28 02:30:00+02:00", 1540686600), ("2018-10-28 03:00:00", 1540692000),
    ("2500-07-01 12:00:00", 16740900000), ("0001-01-01 00:00:00", -62135599796),
    ("2018-03-25 02:00:00", Bad("nonexistent_time")), ("2018-03-25 02:59:59", Bad("nonexistent_time")),
    ("2018-10-28 02:00:00", Bad("ambiguous_time")), ("2018-10-28 02:59:59", Bad("ambiguous_time"))]
FIXED = [("2018-11-13T17:11:10", BASE - 7200), ("2018-11-13T17:11:10Z", BASE), ("2018-11-13T17:11:10+01:00", BASE - 3600)]


def _dictionary():
    words = ["b", "a", "b", "", "c", '""', "a", "\u00e9", '"b"', '"x,y"', "NA"] * 5
    values = {"": None, '""': "", '"b"': "b", '"x,y"': "x,y"}
    return column_case("values_dictionary", "dictionary(string)", [(w, values.get(w, w)) for w in words])


CASES = [_integers(name) for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")] + [
    column_case("values_float64", "float64", FLOATS),
    column_case("values_float32", "float32", SINGLES),
    column_case("values_float64_nulled", "float64", FLOATS, on_error="null"),
    column_case("values_bool", "bool", [("true", True), ("false", False), ("True", True), ("FALSE", False),
                                        ("1", True), ("0", False), ("t", True), ("F", False), ("", None), ('""', None), ('"true"', True)] + [
        (t, Bad("bad_bool")) for t in ("tru", "truex", " true", "2", "x", "\0", "true\0", "01")]),
    _decimals(),
    _wide_decimals(),
    column_case("values_decimal_scale", "decimal(38,38)", [("0." + "1" * 38, Decimal("0." + "1" * 38)), ("1", RANGE),
                                                          ("0." + "1" * 39, BEYOND), ("0", Decimal(0))]),
    column_case("values_date", "date", DATES),
    _times("s", 1, 0), _times("ms", 10**3, 3), _times("us", 10**6, 6), _times("ns", 10**9, 9),
    _stamps("s", 1, 0), _stamps("ms", 10**3, 3), _stamps("us", 10**6, 6), _stamps("ns", 10**9, 9),
    column_case("values_instant", "timestamp[s, UTC]", INSTANTS),
    column_case("values_instant_zone", "timestamp[s, Europe/Rome]", ZONED),
    column_case("values_instant_fixed", "timestamp[s, +02:00]", FIXED),
    column_case("values_duration", "duration[ms]", [("0", 0), ("-5", -5), ("+5", 5), (str(2**63 - 1), 2**63 - 1),
                                                    (str(2**63), RANGE), ("x", INT), ("1.5", INT), ("", None)]),
    column_case("values_string", "string", [("x", "x"), ("", None), ('""', ""), ('"x"', "x"), ("NULL", "NULL"),
                                            ("NA", "NA"), ("\u00e9\U0001f600", "\u00e9\U0001f600"), ("\0", "\0"),
                                            ("x" * 3000, "x" * 3000), (b"\xff", Bad("invalid_utf8")),
                                            (b"\xed\xa0\x80", Bad("invalid_utf8")), (b"\xc0\x80", Bad("invalid_utf8")),
                                            (b"\xf4\x90\x80\x80", Bad("invalid_utf8")), ('"\u00e9""x"', '\u00e9"x'),
                                            (b"a" * 70 + b"\xe2\x82", Bad("invalid_utf8"))]),
    column_case("values_binary", "binary", [("x", b"x"), ("", None), ('""', b""), (b"\xff\xfe", b"\xff\xfe"),
                                            (b"\xc0", b"\xc0"), ('"x""y"', b'x"y'), ("\0", b"\0")]),
    column_case("values_uuid", "uuid", [
        ("123e4567-e89b-12d3-a456-426614174000", uuid.UUID(int=0x123E4567E89B12D3A456426614174000)),
        ('"123E4567E89B12D3A456426614174000"', uuid.UUID(int=0x123E4567E89B12D3A456426614174000)),
        ("00000000-0000-0000-0000-000000000000", uuid.UUID(int=0)), ("f" * 32, uuid.UUID(int=2**128 - 1)), ("", None)] + [
        (t, Bad("bad_uuid")) for t in ("x", "{123e4567-e89b-12d3-a456-426614174000}", "f" * 31, "f" * 33, "g" * 32,
                                       "123e4567-e89b-12d3-a456426614174000", "123e4567e89b-12d3-a456-4266-14174000")]),
    _dictionary(),
    column_case("nulls_list", "int32", [("NA", None), ("-", None), ("1", 1), ("", INT), ("na", INT), ("NA ", INT),
                                        ('"NA"', None)], dialect=Dialect(nulls=(b"NA", b"-"))),
    column_case("nulls_list_text", "string", [("NA", None), ('"NA"', "NA"), ("", ""), ('""', ""), ("\\N", None)],
                dialect=Dialect(nulls=(b"NA", b"\\N"))),
    column_case("nulls_list_with_empty", "string", [("NA", None), ("", None), ('""', ""), ('"NA"', "NA")],
                dialect=Dialect(nulls=(b"NA", b"", b"\\N"))),
    column_case("nulls_list_float", "float64", [("nan", None), ("-999", None), ("", None), ("-999.0", -999.0)],
                dialect=Dialect(nulls=(b"nan", b"-999", b""))),
    column_case("no_nulls", "int32", [("1", 1), ("", Bad("null_not_allowed")), ('""', Bad("null_not_allowed"))],
                dialect=Dialect(no_nulls=True)),
    column_case("no_nulls_text", "string", [("x", "x"), ("", Bad("null_not_allowed")), ('""', "")],
                dialect=Dialect(no_nulls=True)),
    column_case("no_nulls_list", "float64", [("1", 1.0), ("NA", Bad("null_not_allowed"))],
                dialect=Dialect(no_nulls=True, nulls=(b"NA",))),
    Case("empty_fields_of_every_type", b",,,,,,,\n" * 3,
         "a:int8,b:uint64,c:float32,d:float64,e:decimal(5,1),f:date,g:timestamp[us],h:binary", [(None,) * 8] * 3),
    Case("milan_row", b"1\t1383264000000\t0\t0.029712044475285478\t\t\t0.003574620210998875\t\n",
         "s:uint16,t:timestamp[ms],c:uint32,a:float64,b:float64,d:float64,e:float64,f:float64",
         [(1, 1383264000000, 0, 0.029712044475285478, None, None, 0.003574620210998875, None)],
         dialect=Dialect(delimiter=b"\t", quote=b"")),
]
