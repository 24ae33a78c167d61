"""What the text of two expressions tells, and where it takes a server."""

import pytest

from dbtools.drift.meaning import Verdict, compare_defaults, compare_expressions
from dbtools.sql.expressions import read_expression
from dbtools.sql.types import read_type


@pytest.mark.parametrize(
    ("kind", "one", "two", "verdict"),
    [
        ("text", "'a'", "'b'", "different"),
        ("text", "'a'", "'A'", "different"),
        ("char(3)", "'a'", "'a  '", "same"),
        ("boolean", "'f'", "false", "same"),
        ("boolean", "'t'", "false", "different"),
        ("integer", "'7'", "7.0", "same"),
        ("integer", "'x'", "7", "undecided"),
        ("jsonb", "'[1, 2]'", "'[1,2]'", "same"),
        ("jsonb", "'{}'", "'[]'", "different"),
        ("jsonb", "'true'", "'1'", "different"),
        ("json", "'broken'", "'1'", "undecided"),
        ("uuid", "'A0EEBC999C0B4EF8BB6D6BB9BD380A11'", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "same"),
        ("timestamp", "'2020-01-01'", "'2020-01-01 00:00:00+02:00'", "same"),
        ("timestamp", "'2020-01-01'", "'2020-01-02'", "different"),
        ("timestamptz", "'2020-01-01 03:00+03'", "'2020-01-01 02:00+02'", "same"),
        ("timestamptz", "'2020-01-01 02:00'", "'2020-01-01 02:00+02'", "undecided"),
        ("timestamp", "'now'", "now()", "undecided"),
        ("timestamp", "localtimestamp", "now()", "same"),
        ("timestamptz", "localtimestamp", "now()", "undecided"),
        ("timestamp", "localtimestamp", "clock_timestamp()", "different"),
        ("timestamp", "(now() AT TIME ZONE 'utc')", "now()", "undecided"),
        ("date", "CURRENT_DATE", "now()", "same"),
        ("date", "now()::date", "CURRENT_DATE", "same"),
        ("date", "CURRENT_DATE", "'2020-01-01'", "different"),
        ("date", "CURRENT_DATE", "'today'", "undecided"),
        ("date", "CURRENT_DATE", "CURRENT_DATE + 1", "undecided"),
        ("time", "CURRENT_TIME", "LOCALTIME", "same"),
        ("timestamp", "'infinity'", "now()", "different"),
        ("interval", "'30 days'", "'31 days'", "different"),
        ("interval", "'1 year'", "'12 mons'", "same"),
        ("interval", "'1 week'", "interval '7 days'", "same"),
        ("interval", "'1 day'", "'24 hours'", "different"),
        ("interval", "'1 hour 30 min'", "'90 minutes'", "same"),
        ("interval", "'1 day'", "'1 fortnight'", "undecided"),
        ("interval", "'1 day'", "'P1D'", "undecided"),
        ("interval", "'1 day ago'", "'1 day'", "undecided"),
        ("uuid", "uuidv7()", "gen_random_uuid()", "different"),
        ("text", "lower('A')", "'a'", "undecided"),
        ("text[]", "'{a, b}'", "ARRAY['a', 'b']", "same"),
        ("text[]", "'{a}'", "'{b}'", "different"),
        ("text[]", "'{{a}}'", "'{a}'", "undecided"),
        ("text[]", "'{null}'", "'{\"null\"}'", "undecided"),
        ("text[]", "ARRAY[lower('A')]", "'{a}'", "undecided"),
        ("integer[]", "'{1,02}'", "'{1,2}'", "same"),
        ("citext", "'a'", "'A'", "undecided"),
        ("bytea", "'\\xAB'", "'\\xab'", "same"),
        ("bytea", "'\\xab'", "'\\xcd'", "different"),
        ("time", "'10:00'", "'10:00:00'", "same"),
        ("time", "'10:00'", "'11:00'", "different"),
        ("bit(3)", "B'101'", "'101'", "same"),
        ("bit(3)", "B'101'", "B'100'", "different"),
    ],
)
def test_defaults_compare_as_values_of_their_type(kind, one, two, verdict):
    both = read_expression(one), read_expression(two)
    assert compare_defaults(*both, read_type(kind)) is Verdict(verdict)
    assert compare_defaults(*reversed(both), read_type(kind)) is Verdict(verdict)


@pytest.mark.parametrize(
    ("one", "two", "verdict"),
    [
        ("a > 1", "(a > 1)", "same"),
        ("a > 1", "a > 2", "different"),
        ("a IS NULL", "a IS NOT NULL", "different"),
        ("a IS NULL AND b > 1", "a IS NOT NULL AND b > 1", "different"),
        ("a IS NULL AND b IS NOT NULL", "a IS NOT NULL AND b IS NULL", "undecided"),
        ("a > 1", "a >= 1", "different"),
        ("a > 1 AND b", "a > 1 OR b", "different"),
        ("a > 1", "b > 1", "different"),
        ("a = 'x'", "a = 'y'", "different"),
        ("a > '1 day'", "a > '24 hours'", "undecided"),
        ("f(a)", "g(a)", "undecided"),
        ("lower(a) = 'x'", "upper(a) = 'x'", "different"),
        ("a * b", "a + b", "different"),
        ("a * 1", "a / 1", "undecided"),
        ("a", "NOT a", "different"),
        ("a > 1 AND b", "NOT (a > 1 AND b)", "different"),
        ("a IN ('x', 'y')", "a IN ('x', 'y', 'z')", "different"),
        ("a IN (1, 2)", "a IN (1, 2, 3)", "different"),
        ("a IN ('2020-01-01')", "a IN ('2020-1-1', '2020-01-01')", "undecided"),
        ("a BETWEEN 1 AND 5", "a BETWEEN 0 AND 10", "different"),
        ("a > 1 + 2", "a > 2 + 1", "undecided"),
        ("a > 1", "a >= 2", "undecided"),
        ("a > 1", "1 < a", "same"),
        ("a > 1", "1 > a", "different"),
        ("a + 1 > b", "b < a + 1", "undecided"),
        ("a = 'x' AND b", "b AND 'x' = a", "same"),
        ("a AND b OR c", "c OR b AND a", "same"),
        ("(a OR b) AND c", "c AND (b OR a)", "same"),
        ("a AND (b OR c)", "a AND b OR c", "undecided"),
        ("a IN ('x', 'y, z', 3)", "a IN ('y, z', 'x', '3')", "same"),
        ("a IN ('x', 'y')", "a IN ('x', 'z')", "different"),
        ("a BETWEEN 1 AND 5", "a <= 5 AND a >= 1", "same"),
        ("a > 1", None, "different"),
        (None, None, "same"),
    ],
)
def test_conditions_differ_only_where_one_token_tells(one, two, verdict):
    assert compare_expressions(*(text and read_expression(text) for text in (one, two))) is Verdict(verdict)
