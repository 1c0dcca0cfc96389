"""Records and fields: terminators, quotes, blank lines, comments, skipped lines, headers, byte order marks."""
from cases.model import Case
from oracle.reference import Dialect

AB = "a:string,b:string"
D = Dialect
FOUR = [("a", "b"), ("c", "d")]


def _long_fields():
    """Quotes, delimiters and line ends at every place of a 64-byte block."""
    data, rows = b"", []
    for width in range(52, 80):
        text = b"x" * width
        data += text + b',"' + b"y" * (width % 7) + b'""\n,"\n' + b'"",' + text + b"\n"
        rows += [(text, b"y" * (width % 7) + b'"\n,'), (b"", text)]
    return Case("long_fields", data, AB, rows)


def _many_crs():
    """CR LF inside quotes and CR before CR LF at every distance from the file's start."""
    data, rows = b"", []
    for width in range(1, 70):
        data += b"x" * width + b',"\r\n"\r\n' + b"y,z\r\r\n"
        rows += [(b"x" * width, b"\r\n"), (b"y", b"z\r")]
    return Case("crs_everywhere", data, AB, rows)


CASES = [
    Case("lf", b"a,b\nc,d\n", AB, FOUR),
    Case("lf_no_final", b"a,b\nc,d", AB, FOUR),
    Case("crlf", b"a,b\r\nc,d\r\n", AB, FOUR),
    Case("crlf_no_final", b"a,b\r\nc,d", AB, FOUR),
    Case("cr", b"a,b\rc,d\r", AB, FOUR),
    Case("cr_no_final", b"a,b\rc,d", AB, FOUR),
    Case("one_record_no_terminator", b"a,b", AB, FOUR[:1]),
    Case("lf_and_crlf", b"a,b\nc,d\r\ne,f\n", AB, FOUR + [("e", "f")]),
    Case("crlf_then_lf", b"a,b\r\nc,d\ne,f", AB, FOUR + [("e", "f")]),
    Case("cr_before_crlf", b"a,b\r\r\nc,d\r\n", AB, [("a", "b\r"), ("c", "d")]),
    Case("three_crs_before_lf", b"a,b\r\r\r\nc,d\n", AB, [("a", "b\r\r"), ("c", "d")]),
    Case("cr_is_data_after_lf", b"a,b\nc\rc,d\r\n", AB, [("a", "b"), ("c\rc", "d")]),
    Case("cr_alone_is_data_at_end", b"a,b\nc,d\r", AB, [("a", "b"), ("c", "d\r")]),
    Case("cr_alone_in_field_at_end", b"a,b\n\r,d", AB, [("a", "b"), ("\r", "d")]),
    Case("terminator_lf_declared", b"a\rx,b\nc,d\r\n", AB, [("a\rx", "b"), ("c", "d")], dialect=D(terminator="lf")),
    Case("terminator_cr_declared", b"a\nx,b\rc,d\r", AB, [("a\nx", "b"), ("c", "d")], dialect=D(terminator="cr")),
    Case("terminator_not_from_quoted_text", b'"a\rx",b\nc,d\n', AB, [("a\rx", "b"), ("c", "d")]),
    Case("terminator_not_from_quoted_lf", b'"a\nx",b\rc,d\r', AB, [("a\nx", "b"), ("c", "d")]),
    Case("terminator_after_stray_quote", b'x"y,1\n"a\rb",2\nc,3\n', AB, [("a\rb", "2"), ("c", "3")],
         [(1, 1, 0, 0, None, "quote_in_field")]),
    Case("terminator_after_quote_in_comment", b'#don"t\n"a\rb",2\n', AB, [("a\rb", "2")], skipped=1,
         dialect=D(comment=b"#")),
    Case("terminator_after_quote_in_skipped", b'don"t\n"a\rb",2\n', AB, [("a\rb", "2")], skipped=1,
         dialect=D(skip_rows=1)),
    Case("quoted", b'"a","b"\n"c",d\n', AB, FOUR),
    Case("quoted_delimiter", b'"a,x","b"\n', AB, [("a,x", "b")]),
    Case("quoted_lf", b'"a\nx","b\n"\nc,d\n', AB, [("a\nx", "b\n"), ("c", "d")]),
    Case("quoted_crlf", b'"a\r\nx",b\r\nc,"\r\n"\r\n', AB, [("a\r\nx", "b"), ("c", "\r\n")]),
    Case("quoted_cr_at_edges", b'"\ra\r","b\r"\nc,d\n', AB, [("\ra\r", "b\r"), ("c", "d")]),
    Case("quoted_all_in_cr_file", b'"a\r\nx\n","\r"\rc,d\r', AB, [("a\r\nx\n", "\r"), ("c", "d")]),
    Case("doubled_quotes", b'"a""x","""b"\n"""","""""d"\n', AB, [('a"x', '"b'), ('"', '""d')]),
    Case("quoted_empty", b'"",""\n,\n', AB, [("", ""), (None, None)]),
    Case("quoted_at_end_of_file", b'a,"b"', AB, FOUR[:1]),
    Case("quoted_empty_at_end_of_file", b'a,""', AB, [("a", "")]),
    Case("quotes_hold_records", b'1,"2\n3,4\n5,6"\n7,8\n', AB, [("1", "2\n3,4\n5,6"), ("7", "8")]),
    Case("spaces_are_kept", b" a , b \n", AB, [(" a ", " b ")]),
    Case("single_quote", b"'a,x','b'''\nc\"c,d\n", AB, [("a,x", "b'"), ('c"c', "d")], dialect=D(quote=b"'")),
    Case("no_quote", b'"a,b"\n""c,"d\n', AB, [('"a', 'b"'), ('""c', '"d')], dialect=D(quote=b"")),
    Case("backslash_is_data", b'\\"a,b\\\nc\\,d\n', AB, [("c\\", "d")], [(1, 1, 0, 0, None, "quote_in_field")]),
    Case("tab", b"a,a\tb\n\t\n", AB, [("a,a", "b"), (None, None)], dialect=D(delimiter=b"\t")),
    Case("pipe", b"a|b\nc|d", AB, FOUR, dialect=D(delimiter=b"|")),
    Case("semicolon", b"a;b\r\nc;d\r\n", AB, FOUR, dialect=D(delimiter=b";")),
    Case("space_delimiter", b"a b\nc d\n", AB, FOUR, dialect=D(delimiter=b" ")),
    Case("letter_delimiter", b"axb\ncxd\n", AB, FOUR, dialect=D(delimiter=b"x")),
    Case("control_delimiter", b"a\x01b\nc\x01d\n", AB, FOUR, dialect=D(delimiter=b"\x01")),
    Case("nul_delimiter", b"a\0b\nc\0d\n", AB, FOUR, dialect=D(delimiter=b"\0")),
    Case("high_delimiter", b"a\xfeb\nc\xfed\n", AB, FOUR, dialect=D(delimiter=b"\xfe")),
    Case("backtick_quote", b"`a,`,b\n", AB, [("a,", "b")], dialect=D(quote=b"`")),
    Case("blank_lines_skipped", b"\na,b\n\n\r\nc,d\n\n", AB, FOUR, skipped=4),
    Case("blank_lines_crlf", b"\r\na,b\r\n\r\nc,d\r\n\r\n", AB, FOUR, skipped=3),
    Case("blank_lines_cr", b"\ra,b\r\rc,d\r", AB, FOUR, skipped=2),
    Case("blank_lines_only", b"\n\n\n", AB, [], skipped=3),
    Case("blank_is_empty_field_of_one_column", b"1\n\n2\n\n", "n:int8", [(1,), (None,), (2,), (None,)]),
    Case("blank_is_empty_text_of_one_column", b"x\n\n\r\ny", "s:string", [("x",), (None,), (None,), ("y",)]),
    Case("quoted_empty_of_one_column", b'""\nx\n', "s:string", [("",), ("x",)]),
    Case("one_space_is_no_blank", b"a,b\n \n", AB, [("a", "b")], [(2, 2, 4, 4, None, "too_few_fields")]),
    Case("empty_file", b"", AB, []),
    Case("one_lf", b"\n", AB, [], skipped=1),
    Case("one_column_one_lf", b"\n", "n:int8", [(None,)]),
    Case("bom", b"\xef\xbb\xbfa,b\nc,d\n", AB, FOUR),
    Case("bom_before_quote", b'\xef\xbb\xbf"a",b\nc,d\n', AB, FOUR),
    Case("bom_header", b"\xef\xbb\xbfa,b\na,b\n", AB, FOUR[:1], skipped=1, dialect=D(header=True)),
    Case("bom_only", b"\xef\xbb\xbf", AB, []),
    Case("bom_in_offsets", b"\xef\xbb\xbfa,b\nx\n", AB, FOUR[:1], [(2, 2, 7, 7, None, "too_few_fields")]),
    Case("bom_later_is_data", b"a,b\n\xef\xbb\xbfc,d\n", AB, [("a", "b"), ("\ufeffc", "d")]),
    Case("two_boms_one_dropped", b"\xef\xbb\xbf\xef\xbb\xbfa,b\n", AB, [("\ufeffa", "b")]),
    Case("part_of_a_bom_is_data", b"\xef\xbb,b\nc,d\n", "a:binary,b:string", [(b"\xef\xbb", "b"), (b"c", "d")]),
    Case("bom_of_each_file", [b"\xef\xbb\xbfa,b\n", b"\xef\xbb\xbfc,d\n"], AB, FOUR),
    Case("nul_in_text", b"a\0x,\0\nc,d\n", AB, [("a\0x", "\0"), ("c", "d")]),
    Case("skip_rows", b"one\ntwo\na,b\nc,d\n", AB, FOUR, skipped=2, dialect=D(skip_rows=2)),
    Case("skip_rows_blank_lines_count", b"\n\na,b\n", AB, FOUR[:1], skipped=2, dialect=D(skip_rows=2)),
    Case("skip_rows_ignores_quotes", b'x,"\na,b\n', AB, FOUR[:1], skipped=1, dialect=D(skip_rows=1)),
    Case("skip_rows_crlf", b"one\r\na,b\r\n", AB, FOUR[:1], skipped=1, dialect=D(skip_rows=1)),
    Case("skip_rows_cr", b"one\ra,b\rc,d\r", AB, FOUR, skipped=1, dialect=D(skip_rows=1)),
    Case("skip_rows_before_header", b"x\na,b\na,b\n", AB, FOUR[:1], skipped=2, dialect=D(skip_rows=1, header=True)),
    Case("skip_rows_all", b"a,b\nc,d", AB, [], skipped=2, dialect=D(skip_rows=2)),
    Case("skip_rows_of_each_file", [b"x\na,b\n", b"y\nc,d\n"], AB, FOUR, skipped=2, dialect=D(skip_rows=1)),
    Case("comments", b"#x,y\na,b\n# z\nc,d\n#", AB, FOUR, skipped=3, dialect=D(comment=b"#")),
    Case("comment_with_quote", b'# don"t\na,b\n#"\nc,d\n', AB, FOUR, skipped=2, dialect=D(comment=b"#")),
    Case("comment_crlf", b"#x\r\na,b\r\n#\r\nc,d\r\n", AB, FOUR, skipped=2, dialect=D(comment=b"#")),
    Case("comment_cr", b"#x\ra,b\r#y\rc,d", AB, FOUR, skipped=2, dialect=D(comment=b"#")),
    Case("comment_inside_record_is_data", b"a#,b\nc,#d\n", AB, [("a#", "b"), ("c", "#d")], dialect=D(comment=b"#")),
    Case("quoted_comment_byte_is_data", b'"#a",b\n', AB, [("#a", "b")], dialect=D(comment=b"#")),
    Case("comment_byte_in_quoted_line", b'"a\n#x",b\n#c\n', AB, [("a\n#x", "b")], skipped=1, dialect=D(comment=b"#")),
    Case("comment_before_header", b"# x\n\na,b\na,b\n", AB, FOUR[:1], skipped=3, dialect=D(comment=b"#", header=True)),
    Case("space_before_comment_is_data", b" #a,b\n", AB, [(" #a", "b")], dialect=D(comment=b"#")),
    Case("no_comment_unless_asked", b"#a,b\n", AB, [("#a", "b")]),
    Case("header", b"a,b\na,b\nc,d\n", AB, FOUR, skipped=1, dialect=D(header=True)),
    Case("header_other_order", b"b,a\nb,a\nd,c\n", AB, FOUR, skipped=1, dialect=D(header=True)),
    Case("header_with_more", b"z,b,y,a\n1,b,2,a\n3,d,4,c\n", AB, FOUR, skipped=1, dialect=D(header=True)),
    Case("header_quoted", b'"a","b"\r\na,b\r\nc,d\r\n', AB, FOUR, skipped=1, dialect=D(header=True)),
    Case("header_odd_names", b'"x,""\n",b\n1,2\n', "b:int8", [(2,)], skipped=1, dialect=D(header=True)),
    Case("header_only", b"a,b\n", AB, [], skipped=1, dialect=D(header=True)),
    Case("header_only_no_final", b"a,b", AB, [], skipped=1, dialect=D(header=True)),
    Case("header_counts_fields", b"z,a,b\n1,a,b\na,b\n", AB, FOUR[:1], [(2, 3, 12, 12, None, "too_few_fields")],
         skipped=1, dialect=D(header=True)),
    Case("header_is_no_data_record", b"a,b\n1\n", AB, [], [(1, 2, 4, 4, None, "too_few_fields")], skipped=1,
         dialect=D(header=True)),
    Case("header_of_each_file", [b"a,b\na,b\n", b"b,x,a\nd,0,c\n"], AB, FOUR, skipped=2, dialect=D(header=True)),
    Case("files_without_final_terminator", [b"a,b", b"c,d"], AB, FOUR),
    Case("empty_files_between", [b"", b"a,b\n", b"", b"\n", b"c,d", b""], AB, FOUR, skipped=1),
    Case("files_of_lf_and_crlf", [b"a,b\n", b"c,d\r\n"], AB, FOUR),
    Case("cr_files_and_one_record", [b"a,b\r", b"c,d"], AB, FOUR),
    Case("one_record_then_cr_file", [b"a,b", b"c,d\re,f\r"], AB, FOUR + [("e", "f")]),
    Case("cr_one_record", b"a,b\r", AB, FOUR[:1]),
    Case("crs_then_end", b"a,b\r\r", AB, FOUR[:1], skipped=1),
    Case("bom_quoted_header", b'\xef\xbb\xbf"b","a"\r\nb,a\r\n', AB, FOUR[:1], skipped=1, dialect=D(header=True)),
    Case("bom_skip_rows_comment", b"\xef\xbb\xbfx\n#y\na,b\n", AB, FOUR[:1], skipped=2, dialect=D(skip_rows=1, comment=b"#")),
    Case("bom_before_comment", b"\xef\xbb\xbf#y\na,b\n", AB, FOUR[:1], skipped=1, dialect=D(comment=b"#")),
    Case("many_fields", b"x" + b"," * 200_000 + b"\na,b\n", AB, FOUR[:1], [(1, 1, 0, 0, None, "too_many_fields")]),
    Case("wide", b",".join(b"%d" % i for i in range(600)) + b"\n", ",".join(f"c{i}:int32" for i in range(600)),
         [tuple(range(600))]),
    Case("record_numbers_per_file", [b"a,b\nx\n", b"\nc,d\ny\n"], AB, FOUR,
         [(2, 2, 4, 4, None, "too_few_fields", 0), (2, 3, 5, 5, None, "too_few_fields", 1)], skipped=1),
    Case("select", b"1,x,2\n3,y,4\n", "a:int8,b:string,c:int8", [(2, 1), (4, 3)], select=["c", "a"]),
    Case("select_does_not_decode_others", b"1,x,2\n3,\xff,z\n", "a:int8,b:string,c:int8", [(1,), (3,)], select=["a"]),
    Case("select_with_header", b"c,b,a\n1,x,2\n", "a:int8,b:string,c:int8", [("x", 2)], select=["b", "a"], skipped=1,
         dialect=D(header=True)),
    _long_fields(),
    _many_crs(),
]
