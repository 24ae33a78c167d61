import pytest

from dbtools.sql.split import Place, split


def shapes(sql):
    """Each piece's text, its line and column, and whether it parsed."""
    return [(piece.text, piece.place.line, piece.place.column, piece.node is not None) for piece in split(sql)]


def test_statements_come_in_order_each_with_the_place_of_its_first_word():
    sql = "-- first\n  SELECT 1;\n\n/* a /* nested */ note; */ SELECT ';' ; SELECT $$;$$"
    assert shapes(sql) == [
        ("SELECT 1", 2, 3, True),
        ("SELECT ';'", 4, 28, True),
        ("SELECT $$;$$", 4, 41, True),
    ]


def test_a_column_counts_characters_and_not_bytes():
    assert shapes("SELECT 'học sinh — 学生 🙂'; SELECT 2") == [
        ("SELECT 'học sinh — 学生 🙂'", 1, 1, True),
        ("SELECT 2", 1, 27, True),
    ]


@pytest.mark.parametrize("sql", ["", " \n\t", "-- only", "/* only */", "-- one\n/* two */\n-- three", ";;;"])
def test_text_without_a_statement_has_no_pieces(sql):
    assert split(sql) == ()


def test_a_byte_order_mark_is_no_part_of_the_first_line():
    assert shapes("\ufeffSELECT 1; SELECT 2") == [("SELECT 1", 1, 1, True), ("SELECT 2", 1, 11, True)]


def test_windows_line_ends_move_no_place():
    assert shapes("SELECT 1;\r\n\r\nSELEC 2;\r\nSELECT 3;\r\n") == [
        ("SELECT 1", 1, 1, True),
        ("SELEC 2", 3, 1, False),
        ("SELECT 3", 4, 1, True),
    ]


def test_a_broken_statement_hides_no_other_and_says_where_it_breaks():
    one, broken, three = split("SELECT 'ä';\nALTER TABLE é ADD COLUMN ;\nDROP TABLE t;")
    assert one.node is not None
    assert three.node is not None
    assert three.place == Place(3, 1)
    assert broken.node is None
    assert broken.error == "syntax error at end of input"
    assert broken.place == Place(2, 1)
    assert broken.error_place == Place(2, 26)


def test_the_place_of_an_error_counts_characters_of_the_whole_file():
    (_, broken) = split("SELECT 'é';\n  SELECT 'ü', FROM FROM t;")
    assert broken.error == 'syntax error at or near "FROM"'
    assert broken.error_place == Place(2, 15)


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ("SELECT 'never closed", "unterminated quoted string"),
        ("SELECT ';', 'never closed", "unterminated quoted string"),
        ('SELECT "never closed', "unterminated quoted identifier"),
        ("SELECT $tag$ never closed", "unterminated dollar-quoted string"),
        ("SELECT 1 /* never closed", "unterminated /* comment"),
        ("SELECT 1a", "trailing junk after numeric literal"),
        ("CREATE TABLE t (a int", "syntax error at end of input"),
        ("SELECT 1)", "syntax error"),
        ("SELECT E'\\u12'", "invalid Unicode escape"),
    ],
)
def test_what_never_ends_takes_only_its_own_line(broken, complaint):
    before, middle, after = split(f"SELECT 1;\n{broken};\nSELECT 3;\n")
    assert (before.text, after.text) == ("SELECT 1", "SELECT 3")
    assert middle.error.startswith(complaint)
    assert middle.place == Place(2, 1)
    assert after.place == Place(3, 1)


def test_an_unclosed_quote_at_the_end_keeps_everything_before_it():
    assert [piece.error[:12] for piece in split("SELECT 1; SELECT 2; SELECT 'x")] == ["", "", "unterminated"]


def test_an_unclosed_bracket_does_not_swallow_the_statements_after_it():
    assert shapes("CREATE TABLE a (id int;\nDROP TABLE b;") == [
        ("CREATE TABLE a (id int", 1, 1, False),
        ("DROP TABLE b", 2, 1, True),
    ]


def test_semicolons_within_a_statement_do_not_cut_it_even_beside_broken_ones():
    whole = [
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
        "CREATE OR REPLACE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)",
        "DO $$ BEGIN PERFORM 1; PERFORM 2; END $$",
    ]
    found = split(";\n".join(["SELEC", *whole, "SELECT 3"]))
    assert [piece.text for piece in found] == ["SELEC", *whole, "SELECT 3"]
    assert [bool(piece.error) for piece in found] == [True, False, False, False, False]


def test_a_dump_is_read_around_its_rows_and_psql_lines():
    sql = (
        "\\restrict abc\nSET client_encoding = 'UTF8';\n\\connect shop\n"
        "COPY public.t (a, b) FROM stdin;\n1\tit's; DROP TABLE x;\n2\t\\N\n\\.\n\n"
        "CREATE TABLE u (a int);\n\\unrestrict abc\n"
    )
    assert shapes(sql) == [
        ("SET client_encoding = 'UTF8'", 2, 1, True),
        ("COPY public.t (a, b) FROM stdin", 4, 1, True),
        ("CREATE TABLE u (a int)", 9, 1, True),
    ]


def test_rows_without_their_end_lose_no_other_statement():
    found = split("COPY t FROM stdin;\n1\t2\n;\nSELECT 1;\n")
    assert [piece.text for piece in found if piece.node] == ["COPY t FROM stdin", "SELECT 1"]


def test_a_nul_byte_is_told_and_the_rest_is_read():
    found = split("SELECT 1;\nSELECT\0 2;")
    assert [piece.text for piece in found] == ["SELECT 1", "SELECT  2", ""]
    assert "NUL" in found[-1].error
    assert found[-1].place == Place(2, 7)


@pytest.mark.parametrize("errors", ["surrogateescape", "replace"])
def test_bytes_that_are_no_utf8_move_no_place(errors):
    sql = b"SELECT '\xff\xfe'; SELECT 2;\nSELEC \xe9;".decode("utf-8", errors)
    assert [piece.place for piece in split(sql)] == [Place(1, 1), Place(1, 14), Place(2, 1)]


def test_half_a_surrogate_pair_is_no_reason_to_fail():
    assert shapes("SELECT '\ud83d'; SELECT 2") == [("SELECT '?'", 1, 1, True), ("SELECT 2", 1, 13, True)]


def test_a_complaint_fits_on_one_line():
    (piece,) = split("SELECT '" + "x\n" * 1000)
    assert len(piece.error) <= 160
    assert "\n" not in piece.error


def test_a_file_that_is_nothing_but_unclosed_quotes_is_given_up_at_some_point():
    found = split("SELECT 1a;\n" * 300 + "SELECT 2;")
    assert found[-1].error == "too much of this file is broken to go on"


def test_what_psql_sends_without_a_semicolon_is_a_statement_and_gexec_runs_what_it_returns():
    sql = "SELECT 1 AS n \\gset\nSELECT 'DROP TABLE ' || t FROM x \\gexec\nSELECT 'a \\gexec';\nSELECT 2 \\g\n"
    assert [(each.text, each.place.line, each.error, each.runs_result) for each in split(sql)] == [
        ("SELECT 1 AS n", 1, "", False),
        ("SELECT 'DROP TABLE ' || t FROM x", 2, "", True),
        ("SELECT 'a \\gexec'", 3, "", False),
        ("SELECT 2", 4, "", False),
    ]
