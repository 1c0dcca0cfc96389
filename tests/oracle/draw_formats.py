"""Values of columns that say how they are written: their canonical text, other texts that mean the same, bad ones, and
the shape that only canonical text has."""
import base64
import datetime
import re
import struct
import uuid
import zoneinfo
from decimal import Decimal

from oracle.formats import DAYS, MONTHS, Format, directives
from oracle.values import EPOCH_DAY, PER_SECOND, float_bits, local_instants, parameters

NBSP, NNBSP = "\u00a0", "\u202f"
FORMATS = [
    ("int32", Format(thousands=".", decimal=",")), ("int64", Format(thousands="'")), ("uint16", Format(thousands=NNBSP)),
    ("int8", Format(thousands=",")), ("uint64", Format(thousands="_")), ("float64", Format(decimal=",", thousands=".")),
    ("float64", Format(thousands=",")), ("float32", Format(decimal=",")), ("float64", Format(decimal=",", thousands=NBSP)),
    ("decimal(12,2)", Format(decimal=",", thousands=".")), ("decimal(38,10)", Format(thousands=" ")),
    ("decimal(9,4)", Format(format="percent")), ("float64", Format(format="percent", decimal=",")),
    ("decimal(12,2)", Format(format="currency", currency="\u20ac", decimal=",", thousands=".")),
    ("int32", Format(format="currency", currency="$", thousands=",")),
    ("date", Format(format="%d/%m/%Y")), ("date", Format(format="%Y%m%d")), ("date", Format(format="%b %e, %Y")),
    ("date", Format(format="%A %d %B %Y")), ("date", Format(format="%y%j")), ("date", Format(format="iso8601")),
    ("time[s]", Format(format="%I:%M:%S %p")), ("time[us]", Format(format="%H%M%S.%f")), ("time[ms]", Format(format="iso8601")),
    ("timestamp[ms]", Format(format="%d.%m.%Y %H:%M:%S,%f")), ("timestamp[s]", Format(format="%a %b %d %H:%M:%S %Y")),
    ("timestamp[ns, UTC]", Format(format="%Y-%m-%dT%H:%M:%S.%f%z")), ("timestamp[s]", Format(format="%m/%d/%Y %I:%M %p")),
    ("timestamp[us, Europe/Berlin]", Format(format="%d/%m/%Y %H:%M:%S.%f")),
    ("timestamp[s, America/New_York]", Format(format="%F %T", ambiguous="later")),
    ("timestamp[ms, Australia/Lord_Howe]", Format(ambiguous="earlier")),
    ("timestamp[us]", Format(format="iso8601")), ("timestamp[ms, Asia/Kolkata]", Format(format="iso8601")),
    ("timestamp[ms]", Format(format="epoch_s")), ("timestamp[ns]", Format(format="epoch_s")),
    ("timestamp[s, UTC]", Format(format="epoch_ms")), ("timestamp[us]", Format(format="epoch_us")),
    ("binary", Format(format="hex")), ("binary", Format(format="base64")), ("uuid", Format(format="braced")),
    ("bool", Format(true_values=("ja", "J"), false_values=("nein", "\u043d\u0435\u0442"))),
]


def grouped(digits, separator):
    return re.sub(r"(?<=\d)(?=(\d{3})+$)", separator.replace("\\", r"\\"), digits)


def _number_text(number, form, places, group=True):
    """A Decimal in the marks of a format, with `places` digits of a fraction, or as many as there are."""
    text = f"{number.copy_abs():f}"  # abs() would round to 28 digits
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0") if places is None else fraction.ljust(places, "0")
    whole = grouped(whole, form.thousands) if group and form.thousands else whole
    sign = "-" if number.is_signed() and number else ""
    text = whole + (form.decimal + fraction if fraction else "")
    if form.format == "percent":
        text += "%"
    return sign + (form.currency if form.format == "currency" else "") + text


def _places(name, args, form):
    if name == "decimal":
        return int(args[1]) - (2 if form.format == "percent" else 0)
    return 0 if not name.startswith("float") else None


def number_of(kind, value):
    """The exact shortest Decimal of a plain value."""
    name = parameters(kind)[0]
    if not name.startswith("float"):
        return Decimal(value)
    if name == "float64":
        return Decimal(repr(struct.unpack("<d", value)[0]))
    single = struct.unpack("<f", value)[0]
    return next(Decimal(f"{single:.{digits}g}") for digits in range(1, 10)
                if struct.pack("<f", float(f"{single:.{digits}g}")) == value)


class Moment:
    """A count of units as a calendar and a clock show it."""

    def __init__(self, kind, value):
        name, args = parameters(kind)
        self.places, self.offset = 0, 0
        if name == "date":
            self.day, seconds, self.fraction = value, 0, 0
        else:
            self.places = len(str(PER_SECOND[args[0]])) - 1
            seconds, self.fraction = divmod(value, PER_SECOND[args[0]])
            if name == "timestamp":
                seconds += self._ahead(seconds, args[1] if len(args) > 1 else "")
                self.day, seconds = divmod(seconds, 86400)
            else:
                self.day = 0
        self.date = datetime.date.fromordinal(self.day + EPOCH_DAY)
        self.hour, self.minute, self.second = seconds // 3600, seconds // 60 % 60, seconds % 60

    @staticmethod
    def _ahead(seconds, zone):
        if not zone or zone == "UTC":
            return 0
        utc = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
        return utc.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset() // datetime.timedelta(seconds=1)

    def show(self, letter):
        date = self.date
        shown = {"Y": f"{date.year:04}", "y": f"{date.year % 100:02}", "m": f"{date.month:02}", "d": f"{date.day:02}",
                 "e": f"{date.day:2}", "j": f"{date.timetuple().tm_yday:03}", "H": f"{self.hour:02}",
                 "I": f"{(self.hour + 11) % 12 + 1:02}", "M": f"{self.minute:02}", "S": f"{self.second:02}",
                 "p": "AM" if self.hour < 12 else "PM", "b": MONTHS[date.month - 1][:3], "B": MONTHS[date.month - 1],
                 "a": DAYS[date.weekday()][:3], "A": DAYS[date.weekday()], "z": "Z",
                 "f": f"{self.fraction:0{self.places}}" if self.places else ""}
        return shown[letter]

    def iso(self, with_date, with_time):
        text = self.date.isoformat() if with_date else ""
        if with_time:
            text += ("T" if with_date else "") + f"{self.hour:02}:{self.minute:02}:{self.second:02}"
            text += f".{self.fraction:0{self.places}}" if self.places else ""
        return text


def render(kind, form, value):
    """The canonical text of a value."""
    name, args = parameters(kind)
    if name == "bool":
        return (form.true_values if value else form.false_values)[0]
    if name == "uuid":
        return "{%s}" % value
    if name == "binary":
        return value.hex() if form.format == "hex" else base64.b64encode(value).decode()
    if form.format.startswith("epoch_"):
        per, to = PER_SECOND[form.format[6:]], PER_SECOND[args[0]]
        exact = Decimal(value) * per / to if per >= to else Decimal(value).scaleb(len(str(per)) - len(str(to)))
        text = f"{exact:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if "%" in form.format:
        moment = Moment(kind, value)
        return "".join(moment.show(letter) if percent else letter for percent, letter in directives(form.format))
    if name in ("date", "time", "timestamp"):
        return Moment(kind, value).iso(name != "time", name != "date")
    number = number_of(kind, value)
    return _number_text(number.scaleb(2) if form.format == "percent" else number, form, _places(name, args, form))


def shape(kind, form):
    """A regular expression of canonical texts: an accepted text of this shape is the one that its value is shown as."""
    name, args = parameters(kind)
    if name == "bool":
        return "|".join((form.true_values[0], form.false_values[0]))
    if name == "uuid":
        return r"\{[0-9a-f-]+\}"
    if name == "binary":
        return "[0-9a-f]*" if form.format == "hex" else ".*"
    if form.format.startswith("epoch_"):
        return r"(?!-0$)-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?"
    if "%" in form.format:
        return _pattern_shape(form.format, args)
    if name in ("date", "time", "timestamp"):
        places = len(str(PER_SECOND[args[0]])) - 1 if args else 0
        clock = r"\d\d:\d\d:\d\d" + (rf"\.\d{{{places}}}" if places else "")
        return {"date": r"\d{4}-\d\d-\d\d", "time": clock, "timestamp": r"\d{4}-\d\d-\d\dT(?!24)" + clock}[name]
    group, point = re.escape(form.thousands), re.escape(form.decimal)
    whole = rf"(0|[1-9]\d{{0,2}}({group}\d\d\d)*)" if group else r"(0|[1-9]\d*)"
    places = _places(name, args, form)
    fraction = rf"({point}\d*[1-9])?" if places is None else rf"{point}\d{{{places}}}" if places else ""
    if places is None:
        whole = rf"(?=(?:\D*\d){{1,6}}\D*$){whole}"  # as many digits as every float gives back
    unsigned = re.escape(form.currency if form.format == "currency" else "") + whole + fraction
    return r"(?!-\D*0[^1-9]*$)-?" + unsigned + ("%" if form.format == "percent" else "")


def _pattern_shape(pattern, args):
    places = len(str(PER_SECOND[args[0]])) - 1 if args else 0
    widths = {"Y": r"\d{4}", "j": r"\d{3}", "e": r"( \d|[1-3]\d)", "f": rf"\d{{{places}}}", "z": "Z", "p": "AM|PM",
              "b": "|".join(name[:3] for name in MONTHS), "B": "|".join(MONTHS), "a": "|".join(day[:3] for day in DAYS),
              "A": "|".join(DAYS)}
    return "".join(f"({widths.get(letter, r'[0-9]{2}')})" if percent else re.escape(letter)
                   for percent, letter in directives(pattern))


class FormatDraw:
    """Random values of the formats above. `draw` is an oracle.draw.Draw."""

    def __init__(self, draw):
        self.draw, self.random = draw, draw.random

    def value(self, kind, form):
        """(plain value, text that means it)."""
        value = self.plain(kind, form)
        text = render(kind, form, value)
        if self.draw.chance(0.3):
            text = self.other(kind, form, value, text)
        return value, text.encode()

    def plain(self, kind, form):
        name, args = parameters(kind)
        if name == "float32" or name == "float64":
            digits = Decimal(self.random.randint(-10**6, 10**6)).scaleb(self.random.randint(-6, 3))
            text = f"{digits:f}" if digits else "0"
            return float_bits(float(text) if name == "float64" else struct.unpack("<f", struct.pack("<f", float(text)))[0],
                              int(name[5:]))
        if name == "decimal" or name in ("uuid", "bool") or name.startswith(("int", "uint")):
            value = self.draw.value(kind)[0]
            return abs(value) if name == "decimal" and not value else value
        if name == "binary":
            return self.random.randbytes(self.random.randint(1, 12))
        return self._moment(kind, form)

    def _moment(self, kind, form):
        name, args = parameters(kind)
        while True:
            day = self.random.randint(-365, 36_000) if self.draw.chance(0.9) or "%y" in form.format or args == ["ns"] else (
                self.random.randint(-719_000, 2_932_000))
            if args and args[0] == "ns":
                day = self.random.randint(-365, 36_000)
            if name == "date":
                return day
            per = PER_SECOND[args[0]]
            step = per if "%" in form.format and "%f" not in form.format else 1
            if "%" in form.format and "%S" not in form.format and "%T" not in form.format:
                step = 60 * per
            count = self.random.randrange(86400 * per) // step * step
            if name == "time":
                return count
            count += day * 86400 * per
            zone = args[1] if len(args) > 1 else ""
            if not zone or zone == "UTC" or form.format.startswith("epoch_"):
                return count
            ahead = Moment._ahead(count // per, zone)
            if ahead % 60 and step == 60 * per:
                continue
            same = local_instants(count // per + ahead, zone)
            if len(same) == 1 or (form.ambiguous != "refused" and same[-1 if form.ambiguous == "later" else 0] == count // per):
                return count

    def other(self, kind, form, value, text):
        """Another text of the same value."""
        name = parameters(kind)[0]
        pick = self.random.choice
        if name == "bool":
            return (form.true_values if value else form.false_values)[-1]
        if name == "uuid":
            return text.upper()
        if form.format == "hex":
            return pick(["0x", "\\x", ""]) + text.upper()
        if form.thousands and self.draw.chance(0.5) and form.thousands not in form.currency:
            text = text.replace(form.thousands, "")
        if form.format == "percent":
            return pick(["+", ""]) * (text[0] != "-") + text[:-1] + pick([" ", NBSP, ""]) + "%"
        if form.format == "currency":
            sign, number = ("-", text[1:]) if text[0] == "-" else ("", text)
            number = number[len(form.currency):]
            money = pick([number, number + " " + form.currency, number + form.currency, form.currency + NBSP + number])
            return pick([sign + money, f"({money})"]) if sign else money
        if name.startswith(("int", "uint", "decimal", "float")):
            return "+" * (text[0] != "-") + text
        if name == "date" and form.format == "iso8601":
            date = datetime.date.fromordinal(value + EPOCH_DAY)
            year, week, day = date.isocalendar()
            shapes = [date.strftime("%m%d").join([f"{date.year:04}", ""]), f"{date.year:04}-{date.timetuple().tm_yday:03}",
                      f"{date.year:04}{date.timetuple().tm_yday:03}"]
            if 1 <= year <= 9999:
                shapes += [f"{year:04}-W{week:02}-{day}", f"{year:04}W{week:02}{day}"]
            return pick(shapes)
        if form.format == "iso8601":
            return pick([text.replace("-", "").replace(":", ""), text.replace("T", " "), text.replace(".", ","),
                         text.replace(":", "")])
        if form.format in ("%b %e, %Y", "%A %d %B %Y"):
            return text.upper()
        return text

    def bad(self, kind, form):
        """(text, reject kind) of a bad value."""
        name, args = parameters(kind)
        pick = self.random.choice
        if name.startswith(("int", "uint", "float", "decimal")):
            bad = "bad_" + ("decimal" if name == "decimal" else "float" if name.startswith("float") else "integer")
            end = "%" if form.format == "percent" else ""
            texts = ["x" + end, "1" + form.decimal + "2" + form.decimal + "3" + end]
            if form.thousands:
                texts += [f"1{form.thousands}23{end}", f"1234{form.thousands}567{end}", f"0{form.thousands}123{end}",
                          f"1{form.thousands}234{form.thousands}{end}"]
            if form.format == "percent":
                texts += ["12", "12%%"]
            if form.format == "currency":
                texts += ["\u00a31", "(-1)", "1-"]
            return pick(texts).encode(), bad
        if name == "binary":
            return pick([b"0g", b"abc"]) if form.format == "hex" else pick([b"Zg", b"Zh==", b"Z-=="]), "bad_binary"
        if name == "uuid":
            return b"123e4567-e89b-12d3-a456-426614174000", "bad_uuid"
        if name == "bool":
            return pick([b"true", b"JA", b"1"]), "bad_bool"
        if form.format == "%d/%m/%Y %H:%M:%S.%f":
            return pick([(b"28/03/2021 02:30:00.0", "nonexistent_time"), (b"31/10/2021 02:30:00.0", "ambiguous_time"),
                         (b"31/09/2021 02:30:00.0", "bad_timestamp"), (b"01/09/2021 02:30:00.1234567", "digits_beyond_scale")])
        if form.format == "epoch_s" and args == ["ms"]:
            return pick([(b"1.0001", "digits_beyond_scale"), (b"1.", "bad_timestamp"), (b"9" * 18, "out_of_range")])
        return pick([b"x", b"2021-02-30", b"24:00:01", b"1e5"]), f"bad_{name}"


def chosen_formats(random, dialect, count):
    """Formats whose marks do not stand in an unquoted dialect's way."""
    fit = [(kind, form) for kind, form in FORMATS if dialect.quote or dialect.delimiter.decode() not in (
        form.decimal + form.thousands + form.format)]
    return random.choices(fit, k=count)


__all__ = ["FORMATS", "FormatDraw", "chosen_formats", "render", "shape", "uuid"]
