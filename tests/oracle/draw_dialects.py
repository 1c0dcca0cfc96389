"""Random dialects beyond the regular ones, and fields written in any dialect: as they are, in quotes or with escapes, at
random where there is a choice. Nothing here reads text."""
from oracle.records import WHITESPACE, Dialect

CHOICES = [b",", b"|", b"\t", b";", WHITESPACE, WHITESPACE, b"||", b"||", b"\t|\t", b";;;", b"\xc2\xa6", b"-=", b"|#|"]
EXTRA_PIECES = ["\\", "^", "||", "|", "\\N", "\t|\t", "¦", ";;", "-=", "NA", "12'"]

CONTINUATIONS = [bytes([byte]) for byte in range(0x80, 0xC0)]  # an escape stands before the character that they belong to


def random_dialect(draw):
    pick = draw.random.choice
    delimiter = pick(CHOICES)
    quote = pick([b'"', b'"', b'"', b"'", b""])
    lenient = draw.chance(0.3)
    nulls = [(b"\\N",), (b"NA", b"\\N")] if delimiter == WHITESPACE else [(b"",), (b"",), (b"", b"NA"), (b"\\N", b"NA")]
    return Dialect(
        delimiter=delimiter, quote=quote, escape=pick([b"", b"\\", b"\\", b"^", b"~"]), lenient=lenient,
        comment=pick([b"", b"", b"#"]) if quote and delimiter != b"|#|" else b"", header=draw.chance(0.4),
        skip_rows=pick([0, 0, 0, 1, 3]), nulls=pick(nulls), max_record_bytes=pick([16 << 20, 4000]),
        short_records=pick(["reject", "pad"]), long_records=pick(["reject", "truncate", "collect"]))


class Rendering:
    def __init__(self, dialect, draw):
        self.dialect, self.draw, self.random = dialect, draw, draw.random
        self.is_whitespace = dialect.delimiter == WHITESPACE
        self.special = (b" \t" if self.is_whitespace else dialect.delimiter) + dialect.quote + dialect.escape + b"\r\n"

    def gap(self):
        return self.random.choice([b" ", b" ", b"\t", b"  \t ", b" " * 9]) if self.is_whitespace else self.dialect.delimiter

    def margin(self):
        """What may stand before the first field and behind the last."""
        return self.random.choice([b"", b"", b"", b" ", b"\t  "]) if self.is_whitespace else b""

    def is_bare(self, text, first=False):
        """Whether the text, as it is, is read as one field of that text."""
        dialect = self.dialect
        if any(byte in b"\r\n" + dialect.escape for byte in text) or (first and dialect.comment and text.startswith(dialect.comment)):
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
            return is_text or not dialect.escape or dialect.escape not in text
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
            parts.append(escape + byte if must or (byte < b"\x80" and self.draw.chance(0.05)) else quote * 2 if byte == quote else byte)
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
            parts.append(escape + byte if must or (byte < b"\x80" and self.draw.chance(0.05)) else byte)
        return b"".join(parts)

    def field(self, text, is_text, is_null=False, first=False):
        """A field; the text of a null is a spelling of null."""
        dialect = self.dialect
        if is_null and (is_text or not dialect.quote or dialect.escape):
            return text
        bare = self.is_bare(text, first) and not (is_text and text in dialect.nulls)
        if dialect.quote and (self.draw.chance(0.15) or not bare) and not (is_text and text and dialect.escape and self.draw.chance(0.4)):
            return self.quoted(text, is_text)
        if dialect.escape and is_text and text and (not bare or self.draw.chance(0.2)):
            shown = self.escaped(text)
            if shown not in dialect.nulls:
                return shown
            return text if bare else self.quoted(text) if dialect.quote else dialect.escape + dialect.escape.join(
                text[i:i + 1] for i in range(len(text)))
        return text
