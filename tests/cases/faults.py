"""Faults of records: what is rejected, where it lies, and that no neighbour is shifted, merged or lost."""
from cases.model import Case
from oracle.reference import Dialect

AB = "a:string,b:string"
ABC = "a:string,b:string,c:string"
D = Dialect
SHORT = D(max_record_bytes=10)


def _every_fault_often():
    """All faults in turn, 60 times, so that they meet every block and unit edge."""
    data, rows, rejects = b"", [], []
    record = 0
    parts = [(b"k%d,v\n", None), (b"k%d\n", "too_few_fields"), (b'"q\n%d",w\n', None), (b"k%d,v,w\n", "too_many_fields"),
             (b'k%d,x"y"\n', "quote_in_field"), (b'"k"%d,"\n"\n', "text_after_quote"),
             (b"k%d," + b"z" * 70 + b"\n", "record_too_long"), (b'k%d,""\n', None)]
    for turn in range(60):
        for text, kind in parts:
            text %= turn
            record += 1
            start, line = len(data), data.count(b"\n") + 1
            data += text
            if kind is None:
                value = {107: (b"k%d" % turn, b"v" if text.endswith(b"v\n") else b""), 34: (b"q\n%d" % turn, b"w")}
                rows.append(value[text[0]])
                continue
            field = start + text.index(b",") + 1 if kind == "quote_in_field" else start
            rejects.append((record, line, start, field, None, kind))
    return Case("every_fault_often", data, AB, rows, rejects, dialect=D(max_record_bytes=64))


CASES = [
    Case("too_few", b"a,b\nx\nc,d\n", AB, [("a", "b"), ("c", "d")], [(2, 2, 4, 4, None, "too_few_fields")]),
    Case("too_many", b"a,b\nx,y,z\nc,d\n", AB, [("a", "b"), ("c", "d")], [(2, 2, 4, 4, None, "too_many_fields")]),
    Case("trailing_delimiter", b"a,b,\nc,d\n", AB, [("c", "d")], [(1, 1, 0, 0, None, "too_many_fields")]),
    Case("too_few_then_too_many", b"x\na,b,c\n", AB, [],
         [(1, 1, 0, 0, None, "too_few_fields"), (2, 2, 2, 2, None, "too_many_fields")]),
    Case("too_few_at_end", b"a,b\nx", AB, [("a", "b")], [(2, 2, 4, 4, None, "too_few_fields")]),
    Case("two_for_one_column", b"a\nb,c\nd\n", "s:string", [("a",), ("d",)], [(2, 2, 2, 2, None, "too_many_fields")]),
    Case("ragged_crlf", b"a,b\r\nx\r\nc,d\r\n", AB, [("a", "b"), ("c", "d")], [(2, 2, 5, 5, None, "too_few_fields")]),
    Case("ragged_cr", b"a,b\rx\rc,d\r", AB, [("a", "b"), ("c", "d")], [(2, 1, 4, 4, None, "too_few_fields")]),
    Case("ragged_quoted_lf", b'"a\n\n",b\n"x\n"\nc,d\n', AB, [("a\n\n", "b"), ("c", "d")],
         [(2, 4, 8, 8, None, "too_few_fields")]),
    Case("all_ragged", b"a\nb\nc\n", AB, [], [(i + 1, i + 1, 2 * i, 2 * i, None, "too_few_fields") for i in range(3)]),
    Case("quote_in_field", b'a,b\nx"x,y\nc,d\n', AB, [("a", "b"), ("c", "d")], [(2, 2, 4, 4, None, "quote_in_field")]),
    Case("quote_in_second_field", b'a,b\nx,y"\nc,d\n', AB, [("a", "b"), ("c", "d")],
         [(2, 2, 4, 6, None, "quote_in_field")]),
    Case("quote_after_space", b'a, "b"\nc,d\n', AB, [("c", "d")], [(1, 1, 0, 2, None, "quote_in_field")]),
    Case("quote_in_field_hides_no_end", b'x"\ny,"z"\nc,d\n', AB, [("y", "z"), ("c", "d")],
         [(1, 1, 0, 0, None, "quote_in_field")]),
    Case("quote_in_field_then_open_quote", b'x"x,"y\nz"\nc,d\n', AB, [("c", "d")],
         [(1, 1, 0, 0, None, "quote_in_field")]),
    Case("quotes_in_field_hold_delimiter", b'x"a,b"\nc,d\n', AB, [("c", "d")], [(1, 1, 0, 0, None, "quote_in_field")]),
    Case("quote_in_field_and_ragged", b'x"x\na,b\n', AB, [("a", "b")], [(1, 1, 0, 0, None, "quote_in_field")]),
    Case("ragged_and_quote_in_third", b'a,b,x"\nc,d\n', AB, [("c", "d")], [(1, 1, 0, 4, None, "quote_in_field")]),
    Case("text_after_quote", b'a,b\n"x"x,y\nc,d\n', AB, [("a", "b"), ("c", "d")],
         [(2, 2, 4, 4, None, "text_after_quote")]),
    Case("space_after_quote", b'"a" ,b\nc,d\n', AB, [("c", "d")], [(1, 1, 0, 0, None, "text_after_quote")]),
    Case("text_after_quote_in_second", b'a,"b"x\nc,d\n', AB, [("c", "d")], [(1, 1, 0, 2, None, "text_after_quote")]),
    Case("quote_in_text_after_quote", b'"a"x",b\nc,d\n', AB, [("c", "d")], [(1, 1, 0, 0, None, "text_after_quote")]),
    Case("text_after_quote_keeps_neighbours", b'"x"y"z\na,b\n"c",d\n', AB, [("a", "b"), ("c", "d")],
         [(1, 1, 0, 0, None, "text_after_quote")]),
    Case("text_after_quote_then_open_quote", b'"x"y,"a\nb"\nc,d\n', AB, [("c", "d")],
         [(1, 1, 0, 0, None, "text_after_quote")]),
    Case("cr_after_quote_is_text", b'a,b\n"x"\r,y\nc,"d"\r\n', AB, [("a", "b"), ("c", "d")],
         [(2, 2, 4, 4, None, "text_after_quote")]),
    Case("two_crs_after_quote", b'a,b\nx,"y"\r\r\nc,"d"\r\n', AB, [("a", "b"), ("c", "d")],
         [(2, 2, 4, 6, None, "text_after_quote")]),
    Case("cr_after_quote_at_end", b'a,b\nx,"y"\r', AB, [("a", "b")], [(2, 2, 4, 6, None, "text_after_quote")]),
    Case("lf_after_quote_in_cr_file", b'a,b\rx,"y"\n\rc,d\r', AB, [("a", "b"), ("c", "d")],
         [(2, 1, 4, 6, None, "text_after_quote")]),
    Case("first_fault_counts", b'x"x,"y"z\nc,d\n', AB, [("c", "d")], [(1, 1, 0, 0, None, "quote_in_field")]),
    Case("first_fault_counts_2", b'"x"x,y"z\nc,d\n', AB, [("c", "d")], [(1, 1, 0, 0, None, "text_after_quote")]),
    Case("unclosed", b'a,b\nx,"y\nc,d\n', AB, [("a", "b")], [(2, 2, 4, 6, None, "unclosed_quote")]),
    Case("unclosed_at_once", b'"', AB, [], [(1, 1, 0, 0, None, "unclosed_quote")]),
    Case("unclosed_last_byte", b'a,b\nc,"', AB, [("a", "b")], [(2, 2, 4, 6, None, "unclosed_quote")]),
    Case("unclosed_after_doubled", b'a,b\nc,"d""', AB, [("a", "b")], [(2, 2, 4, 6, None, "unclosed_quote")]),
    Case("unclosed_hides_records", b'a,b\n"c,d\ne,f\ng,h\n', AB, [("a", "b")], [(2, 2, 4, 4, None, "unclosed_quote")]),
    Case("unclosed_then_next_file", [b'a,b\nx,"\n1,2\n', b"c,d\n"], AB, [("a", "b"), ("c", "d")],
         [(2, 2, 4, 6, None, "unclosed_quote")]),
    Case("unclosed_after_other_fault", b'a,b\nx"x,"y\nc,d\n', AB, [("a", "b")], [(2, 2, 4, 8, None, "unclosed_quote")]),
    Case("unclosed_too_long", b'a,b\n"c,d\ne,f\ng,h\n', AB, [("a", "b")], [(2, 2, 4, 4, None, "unclosed_quote")],
         dialect=SHORT),
    Case("record_at_the_limit", b"1234567,90\na,b\n", AB, [("1234567", "90"), ("a", "b")], dialect=SHORT),
    Case("record_over_the_limit", b"1234567,901\na,b\n", AB, [("a", "b")], [(1, 1, 0, 0, None, "record_too_long")],
         dialect=SHORT),
    Case("crlf_does_not_count", b"1234567,90\r\n1234567,901\r\n", AB, [("1234567", "90")],
         [(2, 2, 12, 12, None, "record_too_long")], dialect=SHORT),
    Case("extra_cr_counts", b"1234567,90\r\r\na,b\n", AB, [("a", "b")], [(1, 1, 0, 0, None, "record_too_long")],
         dialect=SHORT),
    Case("at_the_limit_at_end", b"a,b\n1234567,90", AB, [("a", "b"), ("1234567", "90")], dialect=SHORT),
    Case("over_the_limit_at_end", b"a,b\n1234567,901", AB, [("a", "b")], [(2, 2, 4, 4, None, "record_too_long")],
         dialect=SHORT),
    Case("too_long_with_quoted_lf", b'"123\n5\n7\n9\n",x\na,b\n', AB, [("a", "b")],
         [(1, 1, 0, 0, None, "record_too_long")], dialect=SHORT),
    Case("too_long_lines_after", b'"1\n3\n5\n7\n9\n",x\na\nc,d\n', AB, [("c", "d")],
         [(1, 1, 0, 0, None, "record_too_long"), (2, 7, 15, 15, None, "too_few_fields")], dialect=SHORT),
    Case("too_long_wins_over_count", b"1,2,3,4,5,6\na,b\n", AB, [("a", "b")], [(1, 1, 0, 0, None, "record_too_long")],
         dialect=SHORT),
    Case("too_long_wins_over_quote", b'1"34567,90123\na,b\n', AB, [("a", "b")], [(1, 1, 0, 0, None, "record_too_long")],
         dialect=SHORT),
    Case("much_too_long", b"a,b\n" + b"x" * 5000 + b",y\nc,d\n", AB, [("a", "b"), ("c", "d")],
         [(2, 2, 4, 4, None, "record_too_long")], dialect=SHORT),
    Case("limit_of_one_byte", b"a\nbb\n\nc\n", "s:string", [("a",), (None,), ("c",)],
         [(2, 2, 2, 2, None, "record_too_long")], dialect=D(max_record_bytes=1)),
    Case("long_comment_is_no_record", b"#234567890123\na,b\n", AB, [("a", "b")], skipped=1,
         dialect=D(max_record_bytes=10, comment=b"#")),
    Case("long_skipped_line_is_no_record", [b"123456789012345\na,b\n", b"x" * 100], AB, [("a", "b")], skipped=2,
         dialect=D(max_record_bytes=10, skip_rows=1)),
    Case("bad_values_of_one_record", b"x,y,z\n1,2,3\n", "a:int8,b:string,c:int16", [(1, "2", 3)],
         [(1, 1, 0, 0, "a", "bad_integer"), (1, 1, 0, 4, "c", "bad_integer")]),
    Case("bad_values_nulled", b"x,y,300\n1,2,3\n", "a:int8,b:string,c:uint8", [(None, "y", None), (1, "2", 3)],
         [(1, 1, 0, 0, "a", "bad_integer"), (1, 1, 0, 4, "c", "out_of_range")], on_error="null"),
    Case("bad_values_in_source_order", b"x,y\n", "a:int8,b:int8", [],
         [(1, 1, 0, 0, "a", "bad_integer"), (1, 1, 0, 2, "b", "bad_integer")], select=["b", "a"]),
    Case("bad_value_quoted", b'1,"x"\n"y",2\n', "a:int8,b:int8", [],
         [(1, 1, 0, 2, "b", "bad_integer"), (2, 2, 6, 6, "a", "bad_integer")]),
    Case("ragged_value_is_not_read", b"x\n1,2,z\n1,2\n", "a:int8,b:int8", [(1, 2)],
         [(1, 1, 0, 0, None, "too_few_fields"), (2, 2, 2, 2, None, "too_many_fields")]),
    Case("invalid_utf8", b"a,\xff\n\xc3,b\n\xc3\xa9,\xf0\x9f\x98\x80\n", AB, [("\u00e9", "\U0001f600")],
         [(1, 1, 0, 2, "b", "invalid_utf8"), (2, 2, 4, 4, "a", "invalid_utf8")]),
    Case("invalid_utf8_is_binary", b"\xff\n\xc3\n", "a:binary", [(b"\xff",), (b"\xc3",)]),
    Case("split_utf8_over_fields", b"\xc3,\xa9\n", AB, [],
         [(1, 1, 0, 0, "a", "invalid_utf8"), (1, 1, 0, 2, "b", "invalid_utf8")]),
    Case("nul_in_number", b"1\0,a\n2,b\0\n", "a:int8,b:string", [(2, "b\0")], [(1, 1, 0, 0, "a", "bad_integer")]),
    Case("structural_and_values_nulled", b"x,1\ny\n1,z\n", "a:int8,b:int8", [(None, 1), (1, None)],
         [(1, 1, 0, 0, "a", "bad_integer"), (2, 2, 4, 4, None, "too_few_fields"), (3, 3, 6, 8, "b", "bad_integer")],
         on_error="null"),
    Case("bad_line_after_quoted_lines", b'"a\nb\nc",1\n"d\n",x\ne,y\n', "a:string,b:int8", [("a\nb\nc", 1)],
         [(2, 4, 10, 15, "b", "bad_integer"), (3, 6, 17, 19, "b", "bad_integer")]),
    Case("rejects_of_three_files", [b"x\n", b"1\n", b"\n2\ny\n"], "n:int8", [(1,), (None,), (2,)],
         [(1, 1, 0, 0, "n", "bad_integer", 0), (3, 3, 3, 3, "n", "bad_integer", 2)]),
    Case("three_columns_ragged", b"1,2,3\n1,2\n1,2,3,4\n\n,,\n", ABC, [("1", "2", "3"), (None, None, None)],
         [(2, 2, 6, 6, None, "too_few_fields"), (3, 3, 10, 10, None, "too_many_fields")], skipped=1),
    _every_fault_often(),
]
