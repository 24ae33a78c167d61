"""What the text does not tell, a server decides; without one it is a note."""

import pytest

from dbtools.drift import DriftSettings, drift
from dbtools.model.expression import Name, Type
from dbtools.model.finding import Severity
from dbtools.model.question import Question
from dbtools.pg.connect import connect
from dbtools.pg.parsed import parsed
from tests.drift.shop import as_sql, compare

TRUTH = """
CREATE EXTENSION citext;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE FUNCTION half(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n / 2';
CREATE TABLE t (
  a int CONSTRAINT one CHECK (NOT (a = 1)),
  b text,
  c citext,
  m mood NOT NULL DEFAULT 'ok',
  at timestamptz DEFAULT now() + interval '1 day',
  w interval DEFAULT '90 minutes',
  f int GENERATED ALWAYS AS (half(a)) STORED
);
CREATE INDEX ON t (a) WHERE NOT (b = 'x');
CREATE INDEX ON t ((lower(b) || 'z'));
"""
SAME = [
    ("CHECK (NOT (a = 1))", "CHECK (a <> 1)"),
    ("now() + interval '1 day'", "interval '1 day' + now()"),
    ("'90 minutes'", "interval '1 hour' + interval '30 minutes'"),
    ("(half(a))", "((half(a)))"),
    ("WHERE NOT (b = 'x')", "WHERE b <> 'x'"),
    ("lower(b) || 'z'", "lower(b) || lower('Z')"),
]
OTHER = [
    ("CHECK (NOT (a = 1))", "CHECK (NOT (a = 1) IS TRUE)", "check-missing", "a"),
    ("now() + interval '1 day'", "now() + interval '2 days' - interval '1 hour'", "default", "at"),
    ("'90 minutes'", "interval '1 hour' + interval '31 minutes'", "default", "w"),
    ("WHERE NOT (b = 'x')", "WHERE NOT (b = lower('Y'))", "index-columns", "(a)"),
]


@pytest.fixture
def ask(database):
    return lambda schema, questions: parsed(database, schema, questions)


def edited(old, new):
    assert TRUTH.count(old) == 1
    return TRUTH.replace(old, new)


def judged(one, other, ask=None):
    return drift([as_sql(one, "migrations"), as_sql(other)], DriftSettings(ask=ask))


@pytest.mark.server
@pytest.mark.parametrize(("old", "new"), SAME)
def test_what_a_server_takes_for_the_same_is_silent(ask, old, new):
    assert [each.rule for each in judged(TRUTH, edited(old, new)).findings if each.severity > Severity.INFO] == []
    assert judged(TRUTH, edited(old, new), ask).findings == ()


@pytest.mark.server
@pytest.mark.parametrize(("old", "new", "rule", "thing"), OTHER)
def test_what_a_server_takes_for_something_else_is_a_difference(ask, old, new, rule, thing):
    (note,) = judged(TRUTH, edited(old, new)).findings
    assert (note.rule, note.severity) == ("not-compared", Severity.INFO)
    assert "--scratch" in note.hint
    (found,) = judged(TRUTH, edited(old, new), ask).findings
    assert (found.rule, found.table, found.object) == (rule, "t", thing)


@pytest.mark.server
def test_checks_of_one_column_are_told_apart_by_what_the_server_makes_of_them(ask):
    one = "CREATE TABLE t (a int, CHECK (NOT (a < 1)), CHECK (NOT (a > 9)));"
    other = "CREATE TABLE t (a int, CHECK (a <= 9), CHECK (a >= 1));"
    assert judged(one, other, ask).findings == ()


@pytest.mark.server
def test_what_the_server_does_not_know_stays_a_note_that_says_so(ask):
    one, other = ("CREATE TABLE t (a int CHECK (nobody(a) > " + bound + "));" for bound in ("1 + 1", "2"))
    (note,) = judged(one, other, ask).findings
    assert note.rule == "not-compared"
    assert note.hint.startswith("the server could not tell either")


@pytest.mark.server
def test_a_renamed_column_is_asked_about_under_one_name(ask):
    other = TRUTH.replace("  b text", "  body text").replace("b = 'x'", "body = 'x'").replace("lower(b)", "lower(body)")
    other = other.replace("NOT (body = 'x')", "body <> 'x'")
    (found,) = judged(TRUTH, other, ask).findings
    assert (found.rule, found.object) == ("renamed-column", "b")


@pytest.mark.server
def test_nothing_is_left_behind_by_the_questions(database):
    schema = as_sql(TRUTH).schema
    table = Name("public", "t")
    questions = {Question(table, "a + 1 > 2"), Question(table, "'ok'", Type("mood", namespace="public"))}
    answers = parsed(database, schema, {*questions, Question(table, "no_such_column > 2"), Question(table, "1; DROP")})
    assert set(answers) == questions
    with connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM pg_class WHERE relname = 't'").fetchone() == (0,)


def test_several_expressions_make_one_note_that_lists_them():
    other = TRUTH.replace("CHECK (NOT (a = 1))", "CHECK (a <> 1)").replace(*SAME[1])
    report = compare(as_sql(TRUTH, "migrations"), as_sql(other))
    (note,) = report.findings
    assert (note.rule, note.severity, note.values) == ("not-compared", Severity.INFO, {})
    assert note.message == "2 expressions not compared, since their text does not tell: t.a, t.at"
    assert report.sections[0].title == "Not compared"
    assert ("t.a", "sql", "CHECK (a <> 1)", "schema.sql:6") in report.sections[0].rows
