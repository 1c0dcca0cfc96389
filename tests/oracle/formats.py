"""Text to value where a schema file says how a column is written: the slow twin of docs/types.md, "How values are
written". Regular expressions and Python's own libraries; nothing is shared with the program."""
import base64
import datetime
import re
from dataclasses import dataclass
from fractions import Fraction

from oracle.values import EPOCH_DAY, PER_SECOND, in_range, parameters, plain, with_zone

SPACE = b"(?: |\xc2\xa0|\xe2\x80\xaf)?"
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
PLACES = {"s": 0, "ms": 3, "us": 6, "ns": 9}


@dataclass(frozen=True)
class Format:
    """The keys of a [[column]] that say how its values are written."""
    format: str = ""
    decimal: str = "."
    thousands: str = ""
    currency: str = ""
    ambiguous: str = "refused"
    true_values: tuple = ()
    false_values: tuple = ()

    def decode(self, kind, text):
        return decode(kind, text, self)

    def toml(self):
        lines = [f"{key} = {quoted(getattr(self, key))}" for key in ("format", "currency") if getattr(self, key)]
        lines += [f"{key} = {quoted(getattr(self, key))}" for key, usual in
                  (("decimal", "."), ("thousands", ""), ("ambiguous", "refused")) if getattr(self, key) != usual]
        lines += [f"{key} = [{', '.join(map(quoted, getattr(self, key)))}]" for key in ("true_values", "false_values")
                  if getattr(self, key)]
        return "\n".join(lines)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def column_toml(column):
    """A column of oracle.reference as a table of a schema file."""
    lines = ["[[column]]", f"name = {quoted(column.name)}", f"type = {quoted(column.type)}"]
    return "\n".join(lines + ([column.form.toml()] if column.form else []))


def schema_toml(columns):
    return "format = 1\n\n" + "\n\n".join(map(column_toml, columns)) + "\n"


def decode(kind, text, form):
    name, args = parameters(kind)
    if name.startswith(("int", "uint", "float", "decimal")):
        return _number(kind, text, form)
    if name == "bool" and form.true_values:
        word = text.decode("utf-8", "replace")
        if word in form.true_values + form.false_values:
            return "value", word in form.true_values
        return "bad", "bad_bool"
    if name == "binary" and form.format:
        return _hex(text) if form.format == "hex" else _base64(text)
    if name == "uuid" and form.format:
        return plain(kind, text[1:-1]) if re.fullmatch(rb"\{.{36}\}", text) else ("bad", "bad_uuid")
    if form.format.startswith("epoch_"):
        return _epoch(text, args[0], form.format[6:])
    if form.format == "iso8601":
        return _iso(kind, text, form)
    if "%" in form.format:
        return _pattern(kind, text, form)
    found = plain(kind, text)
    if found == ("bad", "ambiguous_time") and form.ambiguous != "refused":
        return _iso(kind, text, form)
    return found


# --- Numbers

def _number(kind, text, form):
    name = parameters(kind)[0]
    bad = "bad", "bad_" + ("decimal" if name == "decimal" else "float" if name.startswith("float") else "integer")
    sign, rest = _unwrapped(text, form)
    if rest is None or len(text) > 1000:
        return bad
    point, group = re.escape(form.decimal.encode()), re.escape(form.thousands.encode())
    whole = rb"[0-9]+" if not group else rb"[0-9]+|[1-9][0-9]{0,2}(?:" + group + rb"[0-9]{3})+"
    match = re.fullmatch(rb"(" + whole + rb")?(?:" + point + rb"([0-9]*))?([eE][+-]?[0-9]+)?", rest)
    if not match or not (match[1] or match[2]):
        if form.format or match or b"." in text.replace(form.decimal.encode(), b""):
            return bad
        return plain(kind, sign + rest) if re.fullmatch(rb"(?i)inf|infinity|nan", rest) else bad
    digits = (match[1] or b"").replace(form.thousands.encode(), b"") if group else match[1] or b""
    fraction = b"" if match[2] is None else b"." + match[2]
    if form.format != "percent":
        return plain(kind, sign + digits + fraction + (match[3] or b""))
    if match[3]:
        return bad
    if name != "decimal":
        return plain(kind, sign + digits + fraction + b"e-2")
    digits = digits.zfill(2)
    return plain(kind, sign + digits[:-2] + b"." + digits[-2:] + fraction[1:])


def _unwrapped(text, form):
    """(sign, the number without it) of what stands in a percentage or an amount of money; (_, None) of anything else."""
    if form.format == "percent":
        match = re.fullmatch(rb"([+-]?)(.*?)" + SPACE + b"%", text, re.DOTALL)
        return match.groups() if match else (b"", None)
    if form.format == "currency":
        symbol = re.escape(form.currency.encode())
        number = rb"([^+\-() ].*?)"
        for shape in (rb"([+-]?)" + symbol + SPACE + number, symbol + SPACE + rb"([+-])" + number,
                      rb"([+-]?)" + number + SPACE + symbol, rb"([+-]?)" + number):
            match = re.fullmatch(shape, text, re.DOTALL)
            if match and symbol not in (re.escape(match[2][:len(form.currency.encode())]),):
                return match.groups()
        match = re.fullmatch(rb"\((.*)\)", text, re.DOTALL)
        if not match or match[1][:1] == b"(":
            return b"", None
        sign, number = _unwrapped(match[1], form)
        return b"-", None if sign else number
    sign = text[:1] if text[:1] in (b"+", b"-") else b""
    return sign, text[len(sign):]


# --- Bytes

def _hex(text):
    digits = text[2:] if text[:2] in (b"0x", b"\\x") else text
    if not re.fullmatch(rb"([0-9a-fA-F]{2})*", digits):
        return "bad", "bad_binary"
    return "value", bytes.fromhex(digits.decode())


def _base64(text):
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError:
        return "bad", "bad_binary"
    return ("value", value) if base64.b64encode(value) == text else ("bad", "bad_binary")


# --- Times

def _epoch(text, unit, epoch):
    match = re.fullmatch(rb"([+-]?)([0-9]+)(?:\.([0-9]+))?", text)
    if not match:
        return "bad", "bad_timestamp"
    fraction = match[3] or b""
    places = PLACES[unit] - PLACES[epoch]
    if int(match[2]) >= 2**64:
        return "bad", "out_of_range"
    if len(fraction) > max(places, 0):
        return "bad", "digits_beyond_scale"
    scaled = int(match[2] + fraction) * 10 ** max(places - len(fraction), 0)
    count, rest = divmod(scaled, 10 ** max(-places, 0))
    if rest:
        return "bad", "digits_beyond_scale"
    count = -count if match[1] == b"-" else count
    if unit == "s" and abs(count) > (2**63 - 1) // 1000:
        return "bad", "out_of_range"
    return in_range(count)


def _day(year, month, day):
    try:
        return datetime.date(year, month, day).toordinal() - EPOCH_DAY
    except ValueError:
        return None


def _iso_date(text):
    match = re.fullmatch(rb"(\d{4})-(\d\d)-(\d\d)|(\d{4})(\d\d)(\d\d)", text)
    if match:
        return _day(*(int(part) for part in match.groups() if part is not None))
    match = re.fullmatch(rb"(\d{4})-?(\d{3})", text)
    if match:
        year, number = int(match[1]), int(match[2])
        first = _day(year, 1, 1)
        leap = _day(year, 2, 29) is not None
        return None if first is None or not 1 <= number <= 365 + leap else first + number - 1
    match = re.fullmatch(rb"(\d{4})-W(\d\d)-(\d)|(\d{4})W(\d\d)(\d)", text)
    if match:
        try:
            parts = (int(part) for part in match.groups() if part is not None)
            return datetime.date.fromisocalendar(*parts).toordinal() - EPOCH_DAY
        except ValueError:
            return None
    return None


def _iso_clock(text):
    """Seconds, exactly, and the number of digits of a fraction of seconds, or None."""
    match = re.fullmatch(rb"(\d\d)(?::(\d\d)(?::(\d\d))?|(\d\d)(?:(\d\d))?)?(?:[.,](\d+))?", text)
    if not match:
        return None
    parts = [int(part) for part in match.groups()[:5] if part is not None]
    if parts[0] > 24 or any(part > 59 for part in parts[1:]):
        return None
    fraction = match[6] or b""
    exact = Fraction(sum(part * 60 ** (2 - i) for i, part in enumerate(parts)))
    if fraction:
        exact += Fraction(int(fraction), 10 ** len(fraction)) * 60 ** (3 - len(parts))
    return None if exact > 86400 else (exact, len(fraction) if len(parts) == 3 else 0)


def _units(clock, unit):
    """(seconds, fraction in units, whether the unit is too coarse)."""
    exact, digits = clock
    count = exact * PER_SECOND[unit]
    beyond = digits > PLACES[unit] or count != int(count)
    seconds, fraction = divmod(int(count), PER_SECOND[unit])
    return seconds, fraction, beyond


def _iso(kind, text, form):
    name, args = parameters(kind)
    if name == "date":
        days = _iso_date(text)
        return ("bad", "bad_date") if days is None else ("value", days)
    if name == "time":
        clock = _iso_clock(text[1:] if text[:1] in (b"T", b"t") else text)
        if clock is None or clock[0] == 86400:
            return "bad", "bad_time"
        seconds, fraction, beyond = _units(clock, args[0])
        return ("bad", "digits_beyond_scale") if beyond else ("value", seconds * PER_SECOND[args[0]] + fraction)
    match = re.fullmatch(rb"([0-9W-]+)(?:[Tt ]([0-9:.,]+)([Zz]|[+-][0-9:]+)?)?", text)
    days = _iso_date(match[1]) if match else None
    clock = _iso_clock(match[2]) if days is not None and match[2] else (0, 0)
    if days is None or clock is None:
        return "bad", "bad_timestamp"
    seconds, fraction, beyond = _units(clock, args[0])
    zone = args[1] if len(args) > 1 else ""
    return with_zone(days * 86400 + seconds, fraction, match[3], args[0], zone, beyond, form.ambiguous)


SHORT = {"T": "%H:%M:%S", "D": "%m/%d/%y", "F": "%Y-%m-%d", "R": "%H:%M"}
NUMBERS = {"Y": (4, 4), "y": (2, 2), "m": (1, 2), "d": (1, 2), "e": (1, 2), "j": (1, 3), "H": (1, 2), "I": (1, 2),
           "M": (1, 2), "S": (1, 2), "f": (1, 9)}
NAMES = {"b": [name[:3] for name in MONTHS], "B": MONTHS, "a": [name[:3] for name in DAYS], "A": DAYS,
         "p": ["AM", "PM"]}


def directives(pattern):
    """The pattern as ('%', letter) and ('', character), shorthands written out."""
    found, at = [], 0
    while at < len(pattern):
        if pattern[at] != "%":
            found.append(("", pattern[at]))
            at += 1
            continue
        letter = pattern[at + 1]
        found += directives(SHORT[letter]) if letter in SHORT else [("", "%") if letter == "%" else ("%", letter)]
        at += 2
    return found


def _expression(pattern):
    steps = directives(pattern)
    number = lambda i: 0 <= i < len(steps) and (steps[i][1] in NUMBERS if steps[i][0] else steps[i][1].isdigit())
    expression = ""
    for i, (percent, letter) in enumerate(steps):
        if not percent:
            expression += re.escape(letter)
        elif letter in NUMBERS:
            low, high = NUMBERS[letter]
            if (number(i - 1) or number(i + 1)) and letter != "f":
                low = high
            digits = f"[0-9]{{{low},{high}}}"
            expression += f"(?P<{letter}> [0-9]|{digits})" if letter == "e" else f"(?P<{letter}>{digits})"
        elif letter in NAMES:
            expression += f"(?P<{letter}>(?i:{'|'.join(NAMES[letter])}))"
        elif letter in "nt":
            expression += "[ \t\n\v\f\r]+"
        else:
            expression += {"z": r"(?P<z>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)", "Z": "(?P<Z>UTC|GMT|Z)"}[letter]
    return re.compile(expression.encode(), re.DOTALL)


def _index(letter, word):
    return [name.lower() for name in NAMES[letter]].index(word.decode().lower())


def _pattern_parts(text, pattern):
    """(days or None where there is no date, seconds, fraction digits, offset text) of a text; None for no match."""
    match = _expression(pattern).fullmatch(text)
    if not match:
        return None
    has = {key: value for key, value in match.groupdict().items() if value is not None}
    number = lambda key, usual=0: int(has[key]) if key in has else usual
    days = None
    if "Y" in has or "y" in has:
        year = number("Y") if "Y" in has else number("y") + (2000 if number("y") < 69 else 1900)
        names = [key for key in "bB" if key in has]
        month = _index(names[0], has[names[0]]) + 1 if names else number("m")
        if "j" in has:
            days = _iso_date(b"%04d-%03d" % (year, number("j")))
        else:
            days = _day(year, month, number("d") if "d" in has else number("e"))
        if days is None:
            return None
        if any(key in has and _index(key, has[key]) != (days + 3) % 7 for key in "aA"):
            return None
    hour = number("H")
    if "I" in has:
        if not 1 <= number("I") <= 12:
            return None
        hour = number("I") % 12 + 12 * _index("p", has["p"])
    if hour > 23 or number("M") > 59 or number("S") > 59:
        return None
    return days, (hour * 60 + number("M")) * 60 + number("S"), has.get("f", b""), has.get("z") or (b"Z" if "Z" in has else None)


def _pattern(kind, text, form):
    name, args = parameters(kind)
    bad = "bad", f"bad_{name}"
    found = _pattern_parts(text, form.format)
    if found is None:
        return bad
    days, seconds, digits, offset = found
    if name == "date":
        return "value", days
    unit = args[0]
    beyond = len(digits) > PLACES[unit]
    fraction = 0 if beyond else int(digits.ljust(PLACES[unit], b"0") or b"0")
    if name == "time":
        return ("bad", "digits_beyond_scale") if beyond else ("value", seconds * PER_SECOND[unit] + fraction)
    zone = args[1] if len(args) > 1 else ""
    return with_zone(days * 86400 + seconds, fraction, offset, unit, zone, beyond, form.ambiguous)
