import json
from pathlib import Path

import pytest

from dbtools.pg.connect import connect
from dbtools.sql.expressions import read_expression
from dbtools.sql.read import read

SAME = [
    # what time it is, and what is random
    ("now()", "CURRENT_TIMESTAMP"),
    ("now()", "transaction_timestamp()"),
    ("now()", "pg_catalog.now()"),
    ("CURRENT_TIMESTAMP(3)", "CURRENT_TIMESTAMP"),
    ("(now())::timestamp without time zone", "now()"),
    ("gen_random_uuid()", "uuidv4()"),
    ("gen_random_uuid()", "uuid_generate_v4()"),
    ("gen_random_uuid()", "public.uuid_generate_v4()"),
    # numbers
    ("0", "0.00"),
    ("0", "'0'::numeric"),
    ("1", "1.0"),
    ("1", "'1'::double precision"),
    ("-1", "'-1'::integer"),
    ("1e3", "1000"),
    ("0.10", ".1"),
    # truth
    ("true", "'t'::boolean"),
    ("false", "'no'::bool"),
    # strings
    ("'x'", "'x'::text"),
    ("'x'", "'x'::character varying(5)"),
    ("'x'::public.mood", "'x'::mood"),
    ("'x'", "E'x'"),
    ("'x'", "$$x$$"),
    # arrays
    ("ARRAY[]::text[]", "'{}'::text[]"),
    ("ARRAY[]::varchar[]", "'{}'"),
    ("ARRAY['a']", "'{a}'"),
    ("ARRAY[1, 2]", "'{1,2}'::int[]"),
    ("ARRAY['a'::text, 'b'::text]", "'{a,b}'"),
    # json
    ("'{\"a\":1}'", "'{\"a\": 1}'::jsonb"),
    ('\'{"b": 1, "a": [1,2]}\'', '\'{"a": [1, 2], "b": 1}\''),
    # sequences
    ("nextval('s')", "nextval('s'::regclass)"),
    ("nextval('public.s'::regclass)", "nextval('s')"),
    # times
    ("interval '90 minutes'", "'01:30:00'::interval"),
    ("interval '1' day", "'1 day'::interval"),
    ("interval '1 year 2 months'", "'1 year 2 mons'::interval"),
    ("interval '12 months'", "'1 year'::interval"),
    ("interval '2 weeks'", "'14 days'::interval"),
    ("interval '-1 day 2.5 hours'", "'-1 days +02:30:00'::interval"),
    ("interval '1500 ms'", "'00:00:01.5'::interval"),
    ("'2024-01-01'::timestamptz", "'2024-01-01 00:00:00+00'::timestamp with time zone"),
    ("'2024-01-01T10:00:00Z'", "'2024-01-01 10:00'"),
    ("time '08:00'", "'08:00:00'::time without time zone"),
    # conditions
    ("a IN ('x', 'y')", "a = ANY (ARRAY['x'::text, 'y'::text])"),
    ("a IN ('x')", "a = 'x'::text"),
    ("a NOT IN ('x', 'y')", "a <> ALL (ARRAY['x', 'y'])"),
    ("i IN (1, 2)", "i = ANY ('{1,2}'::int[])"),
    ("v IN ('x y', 'z')", "(v)::text = ANY ((ARRAY['x y'::character varying, 'z'::character varying])::text[])"),
    ("i BETWEEN 1 AND 5", "(i >= 1) AND (i <= 5)"),
    ("i NOT BETWEEN 1 AND 5", "(i < 1) OR (i > 5)"),
    ("a LIKE 'x%'", "a ~~ 'x%'::text"),
    ("a NOT LIKE 'x%'", "a !~~ 'x%'::text"),
    ("a ILIKE 'x%'", "a ~~* 'x%'"),
    ("a NOT ILIKE 'x%'", "a !~~* 'x%'"),
    ("a SIMILAR TO 'x%'", "a ~ similar_to_escape('x%'::text)"),
    ("a != 'x'", "a <> 'x'"),
    ("a AND b AND c", "((a AND b) AND c)"),
    ("a OR (b OR c)", "a OR b OR c"),
    ("v <> ''", "(v)::text <> ''::text"),
    ("i > n", "(i)::bigint > n"),
    ("d > i", "d > (i)::numeric"),
    ("GREATEST(i, n) > 0", "GREATEST((i)::bigint, n) > 0"),
    ("CASE WHEN a THEN b END", "CASE WHEN a THEN b ELSE NULL::text END"),
    ("t.a > 0", "a > 0"),
    ("public.t.a > 0", "a > 0"),
    ('a COLLATE "C"', 'a COLLATE pg_catalog."C"'),
    ("a OPERATOR(pg_catalog.=) b", "a = b"),
    ("public.f(a)", "f(a)"),
    ("a::public.mood", "a::mood"),
    ("lower(a)", "LOWER( a )"),
]
APART = [
    ("now()", "clock_timestamp()"),
    ("now()", "statement_timestamp()"),
    ("now()", "CURRENT_DATE"),
    ("now()", "LOCALTIMESTAMP"),
    ("now()", "now() AT TIME ZONE 'utc'"),
    ("gen_random_uuid()", "uuidv7()"),
    ("0", "1"),
    ("1", "-1"),
    ("0.1", "0.10001"),
    ("9007199254740993", "9007199254740992"),
    ("'x'", "'X'"),
    ("'x'", "'x '"),
    ("'7'", "'007'"),
    ("'t'", "'true'"),
    ("true", "false"),
    ("'a'", "a"),
    ("'{a}'", "'{b}'"),
    ("ARRAY['a', 'b']", "ARRAY['b', 'a']"),
    ("ARRAY['a,b']", "ARRAY['a', 'b']"),
    ("'{\"a\": 1}'", "'{\"a\": 2}'"),
    ("nextval('s')", "nextval('u')"),
    ("nextval('shop.s')", "nextval('s')"),
    ("interval '1 day'", "interval '24 hours'"),
    ("interval '1 month'", "interval '30 days'"),
    ("interval '1 mon'", "interval '1 min'"),
    ("interval '1' day", "interval '1' month"),
    ("'2024-01-01'", "'2024-01-02'"),
    ("'2024-01-01 00:00:00+00'", "'2024-01-01 00:00:00+07'"),
    ("'2024-01-01 00:00:30'", "'2024-01-01 00:00'"),
    ("a IN ('x', 'y')", "a NOT IN ('x', 'y')"),
    ("a IN ('x', 'y')", "a IN ('x', 'z')"),
    ("a IN ('x', 'y')", "a IN ('x')"),
    ("a = ANY (ARRAY['x'])", "a <> ANY (ARRAY['x'])"),
    ("i BETWEEN 1 AND 5", "i BETWEEN 1 AND 6"),
    ("i BETWEEN 1 AND 5", "i NOT BETWEEN 1 AND 5"),
    ("a LIKE 'x%'", "a ILIKE 'x%'"),
    ("a LIKE 'x%'", "a NOT LIKE 'x%'"),
    ("a SIMILAR TO 'x%'", "a NOT SIMILAR TO 'x%'"),
    ("a ~ 'x'", "a ~* 'x'"),
    ("a > 0", "a >= 0"),
    ("a > 0", "a < 0"),
    ("a > 0", "b > 0"),
    ("a AND b", "a OR b"),
    ("a AND b OR c", "a AND (b OR c)"),
    ("NOT a", "a"),
    ("a IS NULL", "a IS NOT NULL"),
    ("a IS TRUE", "a IS NOT FALSE"),
    ("lower(a)", "upper(a)"),
    ("shop.f(a)", "f(a)"),
    ("f(a)", "f(a, b)"),
    ("a -> 'x'", "a ->> 'x'"),
    ("a::int", "a"),
    ("a::date", "a"),
    ("d::int > 3", "d > 3"),
    ("a::shop.mood", "a::mood"),
    ("now()::date", "now()"),
    ('a COLLATE "C"', "a"),
    ('a COLLATE "C"', 'a COLLATE "POSIX"'),
    ("CASE WHEN a THEN b END", "CASE WHEN a THEN b ELSE c END"),
    ("COALESCE(a, '')", "COALESCE(a, 'x')"),
    ("i / 2", "i::numeric / 2"),
    ("NULL", "''"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_thing_have_one_meaning(one, other):
    assert read_expression(one) == read_expression(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_differs_keeps_its_own_meaning(one, other):
    assert read_expression(one) != read_expression(other)


@pytest.mark.parametrize("text", [text for pair in SAME + APART for text in pair])
def test_a_meaning_means_itself(text):
    meaning = read_expression(text).meaning
    assert read_expression(meaning).meaning == meaning


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("a > 0 AND lower(b) = c", ("a", "b", "c")),
        ('t."Mixed" + public.t.d', ("Mixed", "d")),
        ("a = 1 OR a = 2", ("a",)),
        ("(r).field > 1", ("r",)),
        ("count(*)", ()),
        ("now()", ()),
        ("'a'", ()),
        ("CASE WHEN a THEN b ELSE c END", ("a", "b", "c")),
        ("a IN (b, 1) AND c BETWEEN d AND e", ("a", "b", "c", "d", "e")),
        ("ARRAY[a, b] && c", ("a", "b", "c")),
        ("CURRENT_USER = a", ("a",)),
    ],
)
def test_the_columns_are_those_that_are_named(text, columns):
    assert read_expression(text).columns == columns


@pytest.mark.parametrize(
    "text", ["", "a +", "SELECT 1", "a; DROP TABLE t", "a FROM t", "a, b", "a AS b", "DISTINCT a", "'x"]
)
def test_what_is_no_expression_is_kept_as_it_is(text):
    expression = read_expression(f" {text} ")
    assert (expression.text, expression.meaning, expression.columns) == (text, text, ())


def test_a_default_is_read_as_a_value_of_its_column():
    pairs = [
        ("bool", "'t'", "true"),
        ("int", "'5'", "5"),
        ("interval", "'2 weeks'", "interval '14 days'"),
        ("time", "'08:00'", "time '08:00:00'"),
    ]
    for kind, one, other in pairs:
        first, second = (_default(kind, written) for written in (one, other))
        assert first == second, kind
    assert _default("text", "'t'").meaning == "'t'"
    assert _default("text", "'5'").meaning == "'5'"
    assert _default("int[]", "'{5}'").meaning == "'{5}'"


def _default(kind, written):
    (statement,) = read(f"CREATE TABLE t (a {kind} DEFAULT ({written}))")
    return statement.operations[0].table.columns[0].default


# Against the server ----------------------------------------------------------------------------

TABLE = """
CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy');
CREATE DOMAIN cents AS bigint;
CREATE SCHEMA shop;
CREATE TYPE shop.state AS ENUM ('new', 'paid');
CREATE FUNCTION code() RETURNS text LANGUAGE sql IMMUTABLE AS 'select ''x''::text';
CREATE FUNCTION shop.code() RETURNS text LANGUAGE sql IMMUTABLE AS 'select ''x''::text';
CREATE SEQUENCE seq; CREATE SEQUENCE "Seq"; CREATE SEQUENCE shop.seq;
CREATE TABLE t (
  i int, n bigint, s smallint, d numeric(10, 2), f double precision, r real, b boolean, a text, v varchar(20),
  c char(3), at timestamptz, lt timestamp(3), dt date, ti time, iv interval, u uuid, j jsonb, js json, ta text[],
  va varchar(5)[], ia int[], m mood, ma mood[], st shop.state, by bytea, ip inet, ce cents, "Mixed" text,
  ts tsvector, rg int4range,
  bi bit(3), mo money
);
"""
FORMS = json.loads((Path(__file__).parents[1] / "data" / "expression-forms.json").read_text())
DEFAULTS, CHECKS, KEYS, KNOWN_APART = (FORMS[part] for part in ("defaults", "checks", "keys", "known_apart"))


@pytest.fixture(scope="module", params=["public", ""])
def printed(server, request):
    """What the server prints for every form, by kind and form, with one search_path or another."""
    with server.database() as url, connect(url) as connection:
        connection.execute(TABLE)
        found = {}
        defaults = [(kind, form) for kind, forms in DEFAULTS.items() for form in (*forms, *KNOWN_APART.get(kind, ()))]
        columns = ", ".join(f"d{number} {kind} DEFAULT ({form})" for number, (kind, form) in enumerate(defaults))
        connection.execute(f"CREATE TABLE defaults ({columns})".encode())
        checks = [*CHECKS, *KNOWN_APART["check"]]
        actions = ", ".join(f"ADD CONSTRAINT k{number} CHECK ({form})" for number, form in enumerate(checks))
        connection.execute(f"ALTER TABLE t {actions}".encode())
        for number, form in enumerate(KEYS):
            connection.execute(f"CREATE INDEX x{number} ON t ({form})".encode())
        connection.execute("SELECT set_config('search_path', %s, false)", (request.param,))
        rows = connection.execute(
            "SELECT adnum, pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'public.defaults'::regclass"
        )
        found |= {defaults[number - 1]: text for number, text in rows}
        rows = connection.execute(
            "SELECT conname, pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname ~ '^k[0-9]+$'"
        )
        found |= {("check", checks[int(name[1:])]): text for name, text in rows}
        rows = connection.execute(
            "SELECT relname, pg_get_indexdef(oid, 1, false) FROM pg_class WHERE relname ~ '^x[0-9]+$'"
        )
        found |= {("index", KEYS[int(name[1:])]): text for name, text in rows}
        return found


@pytest.mark.server
@pytest.mark.parametrize("kind", DEFAULTS)
def test_the_server_prints_defaults_that_mean_what_was_written(printed, kind):
    pairs = {form: (_default(kind, form), read_expression(printed[kind, form])) for form in DEFAULTS[kind]}
    assert {form: pair for form, pair in pairs.items() if pair[0] != pair[1]} == {}


@pytest.mark.server
def test_the_server_prints_conditions_that_mean_what_was_written(printed):
    pairs = {form: (read_expression(form), read_expression(printed["check", form])) for form in CHECKS}
    assert {form: pair for form, pair in pairs.items() if pair[0] != pair[1]} == {}
    assert {form: pair for form, pair in pairs.items() if set(pair[0].columns) != set(pair[1].columns)} == {}


@pytest.mark.server
def test_the_server_prints_index_keys_that_mean_what_was_written(printed):
    wrong = {}
    for form in KEYS:
        (statement,) = read(f"CREATE INDEX x ON t ({form})")
        (key,) = statement.operations[0].index.keys
        if key.expression != read_expression(printed["index", form]):
            wrong[form] = (key.expression, printed["index", form])
    assert wrong == {}


@pytest.mark.server
def test_the_forms_known_to_be_kept_apart_still_are(printed):
    for kind, forms in KNOWN_APART.items():
        for form in forms:
            written = read_expression(form) if kind == "check" else _default(kind, form)
            assert written != read_expression(printed[kind, form]), form
