"""Random values of every type, each with a text that means it; and texts that are bad values of a known kind."""
import datetime
import random
import struct
import uuid
from decimal import Decimal

from oracle.values import EPOCH_DAY, PER_SECOND, float_bits, integer_range, local_instants, nearest_float32, parameters

TYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64",
         "decimal(9,2)", "decimal(20,0)", "decimal(38,10)", "string", "string", "string", "binary", "date",
         "timestamp[s]", "timestamp[ms]", "timestamp[us]", "timestamp[ns]", "timestamp[ms, UTC]", "time[s]", "time[ms]",
         "time[us]", "time[ns]", "duration[ms]", "dictionary(string)", "uuid", "timestamp[s, Europe/Berlin]"]
PIECES = ["a", "bc", "x" * 9, "", " ", "\u00e9", "\u65e5\u672c", "\U0001f600", "0", "-1", "NULL", ".", "\t", "\0", "z" * 40]
AWKWARD = [",", ";", "|", '"', "'", "\n", "\r", "\r\n", '""', "#"]
WORDS = ["red", "green", "blue", "gelb \u00fc", "x,y", 'say "hi"', "", "two\nlines"]


class Draw:
    """`plain` leaves only spellings that every reader takes."""

    def __init__(self, seed, plain=False, without_cr=False):
        self.random = random.Random(seed)
        self.plain = plain
        self.pieces = PIECES + [piece for piece in AWKWARD if not (without_cr and "\r" in piece)]

    def chance(self, share):
        return self.random.random() < share

    def value(self, kind):
        """(plain value, text) of a type; never null."""
        name, args = parameters(kind)
        if name.startswith(("int", "uint")) and name[-1].isdigit():
            return self._integer(*integer_range(name))
        return getattr(self, "_" + name)(*args) if name not in ("float32", "float64") else self._float(int(name[5:]))

    def _integer(self, low, high):
        edge = [low, high, 0, 1]
        width = self.random.randint(1, high.bit_length())
        value = self.random.choice(edge) if self.chance(0.1) else self.random.randint(
            max(low, -(2**width)), min(high, 2**width - 1))
        text = str(value)
        if not self.plain and self.chance(0.05):
            text = "-" + text[1:].zfill(25) if value < 0 else self.random.choice(["", "+"]) + text.zfill(self.random.randint(2, 30))
        return value, text.encode()

    def _float(self, width):
        pick = self.random.random()
        if pick < 0.5:
            text = repr(self.random.random() * 10 ** self.random.randint(-6, 9))
        elif pick < 0.8:
            bits = self.random.getrandbits(64)
            value = struct.unpack("<d", struct.pack("<Q", bits))[0]
            text = repr(value) if 1e-290 < abs(value) < 1e290 else "0.5"
        else:
            digits = "".join(self.random.choices("0123456789", k=self.random.randint(1, 40)))
            at = self.random.randint(0, len(digits))
            text = self.random.choice(["", "-"]) + (digits[:at] or "0") + (("." + digits[at:]) if digits[at:] else "")
        if width == 32:
            value = nearest_float32(text)
            if value in (float("inf"), float("-inf")) or (value == 0 and float(text) != 0):
                text, value = "1.5", 1.5
            return float_bits(value, 32), text.encode()
        value = float(text)
        if not self.plain and self.chance(0.1):
            text = f"{value:.{self.random.randint(17, 25)}e}"
        return float_bits(value, 64), text.encode()

    def _decimal(self, precision, scale):
        precision, scale = int(precision), int(scale)
        digits = self.random.randint(1, precision)
        unscaled = self.random.randint(0, 10**digits - 1)
        sign = int(self.chance(0.4) and unscaled > 0)
        value = Decimal((sign, tuple(int(d) for d in str(unscaled)), -scale))
        text = f"{value:f}"
        if not self.plain and scale and self.chance(0.3):
            text = text.rstrip("0").rstrip(".") if "." in text else text
        return value, text.encode()

    def _bool(self):
        value = self.chance(0.5)
        spellings = [b"false", b"true"] if self.plain else self.random.choice([(b"false", b"true"), (b"0", b"1"), (b"F", b"T"),
                                                                               (b"False", b"True")])
        return value, spellings[value]

    def _string(self):
        text = "".join(self.random.choices(self.pieces, k=self.random.choice([0, 1, 1, 2, 3, 8])))
        return text.encode(), text.encode()

    def _binary(self):
        data = self.random.randbytes(self.random.randint(0, 12)).replace(b"\xef\xbb\xbf", b"")
        return data, data

    def _dictionary(self, _):
        word = self.random.choice(WORDS).encode()
        return word, word

    def _day(self):
        return self.random.randint(datetime.date(1, 1, 1).toordinal(), datetime.date(9999, 12, 31).toordinal()) - EPOCH_DAY

    def _date(self):
        days = self._day()
        return days, datetime.date.fromordinal(days + EPOCH_DAY).isoformat().encode()

    def _time(self, unit):
        count = self.random.randrange(86400 * PER_SECOND[unit])
        return count, self._clock(count, unit)

    def _clock(self, count, unit):
        seconds, fraction = divmod(count, PER_SECOND[unit])
        text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        places = len(str(PER_SECOND[unit])) - 1
        if fraction or (places and self.chance(0.3)):
            shown = str(fraction).zfill(places)
            text += "." + (shown.rstrip("0") or "0" if self.chance(0.5) else shown)
        return text.encode()

    def _uuid(self):
        value = uuid.UUID(int=self.random.getrandbits(128))
        text = self.random.choice([str(value), value.hex, str(value).upper()])
        return value, text.encode()

    def _duration(self, _):
        return self._integer(-2**63, 2**63 - 1)

    def _timestamp(self, unit, zone=None):
        per = PER_SECOND[unit]
        days = self.random.randint(-106_000, 106_000) if unit == "ns" else self._day()
        if zone:
            days = max(-719_000, min(days, 2_932_000))
        count = days * 86400 * per + self.random.randrange(86400 * per)
        if unit == "ms" and not zone and count >= 0 and self.chance(0.5) and not self.plain:
            return count, str(count).encode()
        if zone and "/" in zone and self.chance(0.7):
            return self._local(count, unit, zone)
        ahead = self.random.choice([0, 3600, -28800, 20700]) if zone else 0
        day, rest = divmod(count + ahead * per, 86400 * per)
        date = datetime.date.fromordinal(day + EPOCH_DAY).isoformat()
        text = date.encode() + self.random.choice([b"T", b" "]) + self._clock(rest, unit)
        if zone:
            sign, ahead_minutes = "-" if ahead < 0 else "+", abs(ahead) // 60
            text += b"Z" if ahead == 0 else f"{sign}{ahead_minutes // 60:02}:{ahead_minutes % 60:02}".encode()
        return count, text

    def _local(self, count, unit, zone):
        """A time on the zone's clock that happens once, and its instant."""
        while True:
            seconds, fraction = divmod(count, PER_SECOND[unit])
            instants = local_instants(seconds, zone)
            if len(instants) == 1:
                break
            count += 3600 * PER_SECOND[unit]
        day, rest = divmod(count, 86400 * PER_SECOND[unit])
        text = datetime.date.fromordinal(day + EPOCH_DAY).isoformat().encode() + b" " + self._clock(rest, unit)
        return instants[0] * PER_SECOND[unit] + fraction, text

    def bad(self, kind):
        """(text, reject kind) of a bad value; None where any text is a value."""
        name, args = parameters(kind)
        pick = self.random.choice
        if name.startswith(("int", "uint")) and name[-1].isdigit():
            low, high = integer_range(name)
            return pick([(b"x1", "bad_integer"), (b"1.5", "bad_integer"), (b"- 1", "bad_integer"),
                         (b"12345678901234567890z", "bad_integer"), (str(high + 1).encode(), "out_of_range"),
                         (b"9" * 40, "out_of_range")] + ([(str(low - 1).encode(), "out_of_range")] if low else []))
        if name.startswith("float"):
            return pick([(b"x", "bad_float"), (b"1.2.3", "bad_float"), (b"1e999", "float_range"), (b"1e-999", "float_range"),
                         (b"0x10", "bad_float")])
        if name == "decimal":
            precision, scale = int(args[0]), int(args[1])
            return pick([(b"1e5x", "bad_decimal"), (b"1." + b"0" * scale + b"1", "digits_beyond_scale"),
                         (b"1" + b"0" * (precision - scale), "out_of_range")])
        if name == "duration":
            return pick([(b"1.5", "bad_integer"), (b"9223372036854775808", "out_of_range")])
        if name == "date":
            return pick([(b"2021-02-29", "bad_date"), (b"yesterday", "bad_date"), (b"2021-1-1", "bad_date")])
        if name == "time":
            return pick([(b"24:00:00", "bad_time"), (b"noon", "bad_time"), (b"12:00:00.1234567891", "digits_beyond_scale")])
        if name == "timestamp":
            texts = [(b"2021-02-29T00:00:00Z", "bad_timestamp"), (b"12:00:00", "bad_timestamp"),
                     (b"2021-01-01T00:00:00.1234567891" + (b"Z" if len(args) > 1 else b""), "digits_beyond_scale")]
            if len(args) > 1 and "/" in args[1]:
                texts += [(b"2021-03-28 02:30:00", "nonexistent_time"), (b"2021-10-31 02:30", "ambiguous_time")]
            return pick(texts + ([(b"2021-01-01T00:00:00Z", "unexpected_offset")] if len(args) == 1 else []))
        if name == "uuid":
            return pick([b"x", b"123e4567-e89b-12d3-a456-42661417400g", b"{123e4567-e89b-12d3-a456-426614174000}"]), "bad_uuid"
        if name == "bool":
            return b"maybe", "bad_bool"
        if name in ("string", "dictionary"):
            return pick([(b"\xff", "invalid_utf8"), (b"ab\xc3", "invalid_utf8"), (b"\xed\xa0\x80", "invalid_utf8")])
        return None
