"""Text to value by the contract (semantics.md, "Nulls" and "Values"), slowly and from scratch.

`decode` gives ("value", v), ("null", None) or ("bad", kind), where kind is a name of include/headrace/reject.h.
Values compare exactly: integers, counts of units for times, unscaled text for decimals, bytes for text, the packed
bits for floats ("nan" for any NaN).
"""
import datetime
import re
import struct
import uuid
import zoneinfo
from decimal import Decimal
from fractions import Fraction

TEXT_TYPES = ("string", "binary", "dictionary(string)")
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
BOOLS = {text: text[:1] in b"1tT" for text in (b"1", b"t", b"T", b"true", b"True", b"TRUE", b"0", b"f", b"F", b"false",
                                               b"False", b"FALSE")}
FLOAT = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
NOT_FINITE = re.compile(rb"([+-]?)(inf|infinity|nan)", re.IGNORECASE)
INT64 = (-2**63, 2**63 - 1)


def parameters(kind):
    """('timestamp', ['ms', 'UTC']) of 'timestamp[ms, UTC]'."""
    name, _, rest = kind.replace("(", "[").partition("[")
    return name, [part.strip() for part in rest.rstrip(")]").split(",")] if rest else []


def decode(kind, text, quoted=False, nulls=(b"",), no_nulls=False, form=None, stands=None):
    """Decode `text`, the field without its quotes. `form` is the column's oracle.formats.Format, None for the default.
    `stands` is the text before its escapes are read: what nulls are compared with where the field is not quoted, and
    what values are made of that have no escapes."""
    is_text = kind in TEXT_TYPES
    stands = text if stands is None else stands
    if (text if quoted else stands) in nulls and not (quoted and is_text):
        return ("bad", "null_not_allowed") if no_nulls else ("null", None)
    return plain(kind, text if is_text else stands) if form is None else form.decode(kind, text)


def plain(kind, text):
    """Decode a text of the default format."""
    name, args = parameters(kind)
    if name in ("string", "dictionary"):
        return _utf8(text)
    if name == "uuid":
        return uuid_of(text)
    if name == "binary":
        return "value", text
    if name == "bool":
        value = BOOLS.get(text)
        return ("bad", "bad_bool") if value is None else ("value", value)
    if name.startswith(("int", "uint")):
        return _integer(text, *integer_range(name))
    if name.startswith("float"):
        return _float(text, int(name[5:]))
    if name == "decimal":
        return _decimal(text, int(args[0]), int(args[1]))
    if name == "date":
        days = _date(text)
        return ("bad", "bad_date") if days is None else ("value", days)
    if name == "time":
        return _time(text, args[0])
    if name == "duration":
        return _integer(text, *INT64)
    if name == "timestamp":
        return _timestamp(text, args[0], args[1] if len(args) > 1 else "")
    raise ValueError(kind)


def integer_range(name):
    signed = not name.startswith("u")
    bits = int(name.lstrip("uint"))
    return (-2 ** (bits - 1), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)


def _utf8(text):
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return "bad", "invalid_utf8"
    return "value", text


def _integer(text, low, high):
    if not re.fullmatch(rb"[+-]?[0-9]+", text):
        return "bad", "bad_integer"
    value = int(text)
    return ("value", value) if low <= value <= high else ("bad", "out_of_range")


def float_bits(value, width):
    if value != value:
        return "nan"
    return struct.pack("<f" if width == 32 else "<d", value)


def nearest_float32(text):
    """The float32 nearest to a decimal text, rounded once; infinity beyond the range."""
    exact = Fraction(Decimal(text))
    try:
        near = struct.unpack("<f", struct.pack("<f", float(text)))[0]
    except OverflowError:
        near = 2.0**128 * (1 if exact > 0 else -1)
        if abs(exact) < Fraction(2) ** 128 - Fraction(2) ** 103:
            near = float(Fraction(2) ** 128 - Fraction(2) ** 104) * (1 if exact > 0 else -1)
        else:
            return float("inf") if exact > 0 else float("-inf")
    bits = struct.unpack("<I", struct.pack("<f", abs(near)))[0]
    sign = -1.0 if str(text).strip().startswith("-") else 1.0
    best = None
    for candidate in (bits - 1, bits, bits + 1):
        if candidate < 0 or candidate > 0x7F800000:
            continue
        if candidate == 0x7F800000:
            value, shown = Fraction(2) ** 128, float("inf")
        else:
            shown = struct.unpack("<f", struct.pack("<I", candidate))[0]
            value = Fraction(shown)
        rank = (abs(value - abs(exact)), candidate & 1)
        if best is None or rank < best[0]:
            best = (rank, shown)
    return sign * best[1]


def _float(text, width):
    word = NOT_FINITE.fullmatch(text)
    if word:
        return "value", float_bits(float(text.decode()), width)
    if not FLOAT.fullmatch(text):
        return "bad", "bad_float"
    shown = text.decode()
    value = float(shown) if width == 64 else nearest_float32(shown)
    mantissa = shown.lower().partition("e")[0]
    if value in (float("inf"), float("-inf")) or (value == 0 and re.search("[1-9]", mantissa)):
        return "bad", "float_range"
    return "value", float_bits(value, width)


def _decimal(text, precision, scale):
    match = re.fullmatch(rb"([+-]?)([0-9]*)(?:\.([0-9]*))?", text)
    if not match or not (match[2] or match[3]):
        return "bad", "bad_decimal"
    fraction = match[3] or b""
    if len(fraction) > scale:
        return "bad", "digits_beyond_scale"
    unscaled = int((match[2] or b"0") + fraction.ljust(scale, b"0"))
    if unscaled >= 10**precision:
        return "bad", "out_of_range"
    digits = tuple(int(digit) for digit in str(unscaled))
    return "value", Decimal((int(match[1] == b"-"), digits, -scale))  # scaleb would round to 28 digits


def _date(text):
    if not re.fullmatch(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return datetime.date(int(text[:4]), int(text[5:7]), int(text[8:])).toordinal() - EPOCH_DAY
    except ValueError:
        return None


def _clock(text, unit):
    """A time of day in units: a number, 'beyond' for digits beyond the unit, None for anything else."""
    match = re.fullmatch(rb"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?", text)
    if not match:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    places = {"s": 0, "ms": 3, "us": 6, "ns": 9}[unit]
    fraction = match[4] or b""
    if len(fraction) > places:
        return "beyond"
    return ((hour * 60 + minute) * 60 + second) * PER_SECOND[unit] + int(fraction.ljust(places, b"0") or b"0")


def _time(text, unit):
    count = _clock(text, unit)
    if count is None:
        return "bad", "bad_time"
    return ("bad", "digits_beyond_scale") if count == "beyond" else ("value", count)


def _offset_seconds(text):
    if text in (b"Z", b"z"):
        return 0
    match = re.fullmatch(rb"([+-])([0-9]{2}):?([0-9]{2})?", text)
    if not match or int(match[2]) > 23 or int(match[3] or 0) > 59:
        return None
    seconds = (int(match[2]) * 60 + int(match[3] or 0)) * 60
    return -seconds if match[1] == b"-" else seconds


def _zone_seconds(zone):
    """The offset of a zone that is UTC or fixed; None for others."""
    if zone in ("UTC", "Z", "Etc/UTC"):
        return 0
    return _offset_seconds(zone.encode())


def local_instants(seconds, zone):
    """The instants that a local time (seconds from 1970 on the zone's clock) may mean: none, one, or two in order."""
    fixed = _zone_seconds(zone) if zone else 0
    if fixed is not None:
        return [seconds - fixed]
    local = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    info = zoneinfo.ZoneInfo(zone)
    offsets = [local.replace(fold=fold, tzinfo=info).utcoffset() // datetime.timedelta(seconds=1) for fold in (0, 1)]
    if offsets[0] < offsets[1]:
        return []
    return [seconds - offset for offset in dict.fromkeys(offsets)]


def instant(seconds, zone, ambiguous="refused"):
    """(the instant, None) of a local time, or (None, the reject kind)."""
    found = local_instants(seconds, zone)
    if not found:
        return None, "nonexistent_time"
    if len(found) == 2 and ambiguous == "refused":
        return None, "ambiguous_time"
    return found[-1 if ambiguous == "later" else 0], None


def in_range(count):
    return ("value", count) if INT64[0] <= count <= INT64[1] else ("bad", "out_of_range")


def uuid_of(text):
    digits = b"[0-9a-fA-F]"
    if not re.fullmatch(digits + b"{32}|" + b"-".join(digits + b"{%d}" % n for n in (8, 4, 4, 4, 12)), text):
        return "bad", "bad_uuid"
    return "value", uuid.UUID(text.decode())


def _timestamp(text, unit, zone):
    if re.fullmatch(rb"[0-9]+", text) and unit == "ms":
        return in_range(int(text))
    match = re.fullmatch(rb"([0-9-]{10})(?:[Tt ]([0-9:.]+)([Zz]|[+-][0-9:]+)?)?", text)
    days = _date(match[1]) if match else None
    if days is None:
        return "bad", "bad_timestamp"
    clock = _clock(match[2], unit) if match[2] else 0
    if clock is None:
        return "bad", "bad_timestamp"
    seconds, fraction = divmod(clock, PER_SECOND[unit]) if clock != "beyond" else (_clock(match[2][:8], "s"), 0)
    return with_zone(days * 86400 + seconds, fraction, match[3], unit, zone, clock == "beyond")


def with_zone(seconds, fraction, offset, unit, zone, beyond, ambiguous="refused"):
    """A timestamp from its wall clock and the text of its offset, if there is one."""
    if offset:
        shift = _offset_seconds(offset)
        if shift is None:
            return "bad", "bad_timestamp"
        if not zone:
            return "bad", "unexpected_offset"
        seconds -= shift
    else:
        seconds, fault = instant(seconds, zone, ambiguous)
        if fault:
            return "bad", fault
    if beyond:
        return "bad", "digits_beyond_scale"
    return in_range(seconds * PER_SECOND[unit] + fraction)
