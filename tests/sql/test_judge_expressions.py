import json

import pytest

from dbtools.model.expression import ColumnCast, Expression, Name, Type, Volatility
from dbtools.sql import judge_expressions
from dbtools.sql.judge_expressions import casts_of, judge
from dbtools.sql.types import read_type

IMMUTABLE, STABLE, VOLATILE, UNKNOWN = Volatility
LETTERS = {IMMUTABLE: "i", STABLE: "m", VOLATILE: "v"}


def judged(text):
    return judge(Expression(text, text))


def column(type_):
    """As tools/measure_expressions.py names it."""
    return "c_" + "".join(letter if letter.isalnum() else "_" for letter in type_)


def base(type_):
    """How ``depends`` spells the column's type."""
    if type_ == "mood":
        return "enum"
    found = read_type("integer" if type_ == "positive" else type_)
    return found.base + "[]" * found.dimensions


def volatility_on(expression, type_):
    depends = [found.volatility for found in expression.depends if base(type_) in found.bases]
    return max([expression.volatility, *depends])


@pytest.mark.parametrize("version", ["15", "18"])
def test_expressions_over_every_type_are_as_volatile_as_a_server_says(data, version):
    measured = json.loads((data / "expressions.json").read_text())
    compared = unknown = 0
    for template, row in zip(measured["templates"], measured["answers"][version]["templates"], strict=True):
        for type_, seen in zip(measured["types"], row, strict=True):
            if seen == "-":
                continue
            found = volatility_on(judged(template.replace("COLUMN", column(type_))), type_)
            compared += 1
            unknown += found is UNKNOWN
            assert found is UNKNOWN or (template, type_, LETTERS[found]) == (template, type_, seen)
    assert compared > 1000
    assert unknown <= 5  # text::mood: sqlglot cannot tell an enum from a domain


@pytest.mark.parametrize("version", ["15", "18"])
def test_expressions_without_columns_are_as_volatile_as_a_server_says(data, version):
    measured = json.loads((data / "expressions.json").read_text())
    for text, seen in zip(measured["plain"], measured["answers"][version]["plain"], strict=True):
        if seen != "-":
            assert (text, LETTERS[judged(text).volatility]) == (text, seen)


@pytest.mark.parametrize("version", ["15", "18"])
def test_a_check_proves_not_null_exactly_where_a_server_skips_its_scan(data, version):
    measured = json.loads((data / "expressions.json").read_text())
    for text, seen in zip(measured["checks"], measured["answers"][version]["checks"], strict=True):
        assert (text, list(judged(text).proves)) == (text, seen)


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("true", True), ("1 = 1", True), ("NOT false", True), ("true OR a > 0", True), ("a > 0 OR 1 = 1", True),
        ("1 < 2 AND 'a' = 'a'", True), ("(2 > 1)", True), ("NOT (1 = 0)", True), ("NOT (true AND false)", True),
        ("false", False), ("1 = 0", False), ("a > 0 AND false", False), ("NOT true", False), ("1 = 2 OR false", False),
        ("a = a", None), ("a > 0", None), ("a > 0 OR false", None), ("now() > '2020-01-01'", None), ("NULL", None),
        ("a > 1 AND a < 0", None), ("NOT a", None), ("NULL = NULL", None), ("5", None),
        ("a IS NULL OR a IS NOT NULL", None),
    ],
)  # fmt: skip
def test_a_condition_is_constant_only_where_no_row_and_no_null_changes_it(text, truth):
    assert judged(text).constant is truth


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("my_function(a)", [Name("public", "my_function")]), ("MyFunction(a)", [Name("public", "myfunction")]),
        ('app."MyFunction"(a)', [Name("app", "MyFunction")]), ("lower(a)", []), ("pg_catalog.lower(a)", []),
        ("public.lower(a)", [Name("public", "lower")]), ("row(a, b)", []),
        ("coalesce(f(a), g(f(b)))", [Name("public", "f"), Name("public", "g")]),
        ("date_trunc('day', a)", []), ("CURRENT_TIMESTAMP(3)", []),
    ],
)  # fmt: skip
def test_functions_that_are_not_built_in_are_named(text, calls):
    assert list(judged(text).calls) == calls


def test_the_volatility_of_a_function_of_the_schema_is_left_to_the_schema():
    assert judged("my_function(a)").volatility is IMMUTABLE
    assert judged("my_function(now())").volatility is STABLE


def test_what_a_columns_type_decides_is_said_of_the_column():
    found = judged("date_trunc('day', created)")
    assert found.volatility is IMMUTABLE
    assert [(part.column, part.volatility) for part in found.depends] == [("created", STABLE)]
    assert "timestamptz" in found.depends[0].bases
    assert "timestamp" not in found.depends[0].bases


def test_expressions_of_one_meaning_are_judged_by_their_own_text():
    plain, cast = (Expression(text, "a") for text in ("a", "a::text"))
    assert plain == cast
    assert judge(plain).cast is None
    assert judge(cast).cast == ColumnCast("a", Type("text"))
    assert judge(cast).meaning == "a"


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("a", ()), ("(a)", ()), ("a::text", (Type("text"),)), ("CAST(a AS varchar(10))", (Type("varchar", (10,)),)),
        ("a::text::mood", (Type("text"), Type("mood", namespace="public"))), ('a COLLATE "C"', ()),
        ("a::short", (Type("short", namespace="public"),)), ("a::interval(3)", (Type("interval", (3,)),)),
        ("A::text", (Type("text"),)), ('"A"::text', None), ("b::text", None), ("a || ''", None), ("lower(a)", None),
        ("a::", None),
    ],
)  # fmt: skip
def test_casts_of_a_column_are_read_from_the_inside_out(text, types):
    assert casts_of(Expression(text, text), "a") == types


@pytest.mark.parametrize("text", ["a AT LOCAL", "a +", "", "1, 2", "a AS b", "x FROM t", "';", "1; DROP TABLE t"])
def test_what_cannot_be_parsed_is_unknown(text):
    found = judged(text)
    assert not found.judged
    assert (found.volatility, found.constant, found.proves, found.cast) == (UNKNOWN, None, (), None)


def test_without_an_answer_from_sqlglot_everything_is_unknown(monkeypatch):
    monkeypatch.setattr(judge_expressions, "_parse", lambda _: None)
    found = judged("a IS NOT NULL AND /* not in the cache */ true")
    assert (found.volatility, found.proves) == (UNKNOWN, ())


def test_a_subquery_is_unknown():
    assert judged("a IN (SELECT b FROM t)").volatility is UNKNOWN
    assert judged("random() > (SELECT 1)").volatility is VOLATILE
