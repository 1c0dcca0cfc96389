"""Random dialects beyond the regular ones, and fields written in any dialect: as they are, in quotes or with escapes, at
random where there is a choice. Nothing here reads text."""
from oracle.records import WHITESPACE, Dialect

CHOICES = [b",", b"|", b"\t", b";", WHITESPACE, WHITESPACE, b"||", b"||", b"\t|\t", b";;;", b"\xc2\xa6", b"-=", b"|#|"]
EXTRA_PIECES = ["\\", "^", "||", "|", "\\N", "\t|\t", "¦", ";;", "-=", "NA", "12'"]

C_NAMES = {b"\b": b"b", b"\f": b"f", b"\n": b"n", b"\r": b"r", b"\t": b"t", b"\v": b"v"}
CONTINUATIONS = [bytes([byte]) for byte in range(0x80, 0xC0)]  # an escape stands before the character that they belong to


def random_dialect(draw):
    pick = draw.random.choice
    delimiter = pick(CHOICES)
    quote = pick([b'"', b'"', b'"', b"'", b""])
    lenient = draw.chance(0.3)
    nulls = [(b"\\N",), (b"NA", b"\\N")] if delimiter == WHITESPACE else [(b"",), (b"",), (b"", b"NA"), (b"\\N", b"NA")]
    escape = pick([b"", b"\\", b"\\", b"^", b"~"])
    return Dialect(
        delimiter=delimiter, quote=quote, escape=escape, lenient=lenient, skip_footer=pick([0, 0, 1, 4]),
        escape_style=pick(["field", "c", "c"] + ["quoted"] * bool(quote)) if escape else "field",
        comment=pick([b"", b"", b"#"]) if quote and delimiter != b"|#|" else b"", header=draw.chance(0.4),
        skip_rows=pick([0, 0, 0, 1, 3]), nulls=pick(nulls), max_record_bytes=pick([16 << 20, 4000]),
        short_records=pick(["reject", "pad"]), long_records=pick(["reject", "truncate", "collect"]))


class Rendering:
    def __init__(self, dialect, draw):
        self.dialect, self.draw, self.random = dialect, draw, draw.random
        self.is_whitespace = dialect.delimiter == WHITESPACE
        self.special = (b" \t" if self.is_whitespace else dialect.delimiter) + dialect.quote + dialect.escape + b"\r\n"
        self.escape_outside = dialect.escape if dialect.escape_style != "quoted" else b""  # of quotes

    def _escaped_byte(self, byte):
        if self.dialect.escape_style != "c" or byte >= b"\x80":  # half a character alone is no text of an encoding
            return self.dialect.escape + byte
        ways = [b"%03o" % ord(byte), b"x%02x" % ord(byte), b"x%02X" % ord(byte)] + [C_NAMES.get(byte)] * 3 * (byte in C_NAMES)
        return self.dialect.escape + self.random.choice(ways + [byte] * 3 * (not byte.isalnum()))

    def gap(self):
        return self.random.choice([b" ", b" ", b"\t", b"  \t ", b" " * 9]) if self.is_whitespace else self.dialect.delimiter

    def margin(self):
        """What may stand before the first field and behind the last."""
        return self.random.choice([b"", b"", b"", b" ", b"\t  "]) if self.is_whitespace else b""

    def is_bare(self, text, first=False):
        """Whether the text, as it is, is read as one field of that text."""
        dialect = self.dialect
        if any(byte in b"\r\n" + self.escape_outside for byte in text) or (first and dialect.comment and text.startswith(dialect.comment)):
            return False
        if dialect.quote and (text.startswith(dialect.quote) if dialect.lenient else dialect.quote in text):
            return False
        if self.is_whitespace:
            return bool(text) and not any(byte in b" \t" for byte in text)
        return (text + dialect.delimiter).find(dialect.delimiter) == len(text)

    def fits(self, text, is_text, first=False):
        """Whether the dialect can say it."""
        dialect = self.dialect
        if dialect.quote:
            return is_text or not dialect.escape or dialect.escape not in text  # numbers are written without escapes
        if self.is_bare(text, first) and not (is_text and text in dialect.nulls):
            return True
        return is_text and bool(dialect.escape and text)

    def quoted(self, text, with_escapes=True):
        quote, escape = self.dialect.quote, self.dialect.escape
        if not escape or not with_escapes:
            return self._lenient(text) or quote + text.replace(quote, quote * 2) + quote
        parts = []
        for at in range(len(text)):
            byte = text[at:at + 1]
            must = byte == escape or (byte == quote and self.draw.chance(0.5))
            may = byte < b"\x80" and self.dialect.escape_style != "quoted" and self.draw.chance(0.05)
            parts.append(self._escaped_byte(byte) if must or may else quote * 2 if byte == quote else byte)
        return quote + b"".join(parts) + quote

    def _lenient(self, text):
        """In quotes with the quotes inside as they are, where lenient rules allow it and a letter follows each."""
        quote = self.dialect.quote
        behind = text.split(quote)[1:]
        if not self.dialect.lenient or not behind or self.dialect.escape or self.draw.chance(0.5):
            return None
        return quote + text + quote if all(part[:1].isalpha() and part[:1] < b"\x80" for part in behind) else None

    def escaped(self, text):
        """Outside quotes, with escapes where they must be and elsewhere."""
        escape = self.dialect.escape
        parts = []
        for at in range(len(text)):
            byte = text[at:at + 1]
            must = (byte in self.special and byte not in CONTINUATIONS) or (at == 0 and byte == self.dialect.comment)
            parts.append(self._escaped_byte(byte) if must or (byte < b"\x80" and self.draw.chance(0.05)) else byte)
        return b"".join(parts)

    def field(self, text, is_text, is_null=False, first=False):
        """A field; the text of a null is a spelling of null."""
        dialect = self.dialect
        if is_null and (is_text or not dialect.quote or dialect.escape):
            return text
        bare = self.is_bare(text, first) and not (is_text and text in dialect.nulls)
        if dialect.quote and (self.draw.chance(0.15) or not bare) and not (is_text and text and self.escape_outside and self.draw.chance(0.4)):
            return self.quoted(text, is_text)
        if self.escape_outside and is_text and text and (not bare or self.draw.chance(0.2)):
            shown = self.escaped(text)
            if shown not in dialect.nulls:
                return shown
            return text if bare else self.quoted(text) if dialect.quote else b"".join(
                self._escaped_byte(text[i:i + 1]) for i in range(len(text)))
        return text
