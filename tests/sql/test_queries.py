import re

import psycopg
import pytest

from dbtools.model.expression import Name, Type
from dbtools.model.objects import Column, ColumnRef, Table, View
from dbtools.model.schema import Schema
from dbtools.sql import queries as queries_module
from dbtools.sql.queries import Broken, Queries, broken

SETUP = """
CREATE TABLE users (id integer, name text, data jsonb, active boolean);
CREATE TABLE orders (id integer, user_id integer, note text, name2 text);
CREATE TABLE "User" (id integer, "firstName" text);
CREATE SCHEMA other;
CREATE TABLE other.users (zzz integer);
CREATE VIEW v AS SELECT id, name FROM users WHERE active;
CREATE VIEW vv AS SELECT v.name AS n FROM v;
"""


def table(name, columns, namespace="public"):
    return Table(Name(namespace, name), tuple(Column(column, Type("text")) for column in columns.split()))


USERS, ORDERS = table("users", "id name data active"), table("orders", "id user_id note name2")
VIEWS = (
    View(Name("public", "v"), "SELECT id, name FROM users WHERE active"),
    View(Name("public", "vv"), "SELECT v.name AS n FROM v", columns=("n",)),
)
SCHEMA = Schema.of([USERS, ORDERS, table("User", "id firstName"), table("users", "zzz", "other")], views=VIEWS)
QUERIES = Queries(SCHEMA)
CODES = {"42703": "unknown column", "42P01": "unknown table", "42702": "ambiguous"}

# Each: the query, and the columns it depends on. A server is asked the same below.
READS = [
    ("SELECT id FROM users", "users.id"),
    ("SELECT u.id FROM users u, orders o WHERE o.user_id = u.id", "users.id orders.user_id"),
    ("SELECT * FROM users", "users.id users.name users.data users.active"),
    ("SELECT o.*, u.id FROM users u JOIN orders o ON true",
     "orders.id orders.user_id orders.note orders.name2 users.id"),
    ("WITH users AS (SELECT 1 AS id) SELECT id FROM users", ""),
    ("WITH u AS (SELECT id FROM users) SELECT u.id, o.note FROM u, orders o", "users.id orders.note"),
    ("WITH u(pk) AS (SELECT id FROM users) SELECT pk FROM u", "users.id"),
    ("SELECT pk FROM users AS a(pk)", "users.id"),
    ("SELECT s.name FROM (SELECT id, name FROM users) s", "users.id users.name"),
    ("SELECT id FROM (SELECT id FROM orders) s WHERE id IN (SELECT user_id FROM orders)", "orders.id orders.user_id"),
    ('SELECT "User"."firstName" FROM "User"', "User.firstName"),
    ("SELECT Users.ID FROM USERS", "users.id"),
    ("SELECT zzz FROM other.users", "other.users.zzz"),
    ("SELECT public.users.id FROM public.users", "users.id"),
    ("SELECT count(*) FROM users u WHERE EXISTS (SELECT 1 FROM orders WHERE user_id = u.id AND active)",
     "users.id users.active orders.user_id"),
    ("SELECT note FROM orders WHERE EXISTS (SELECT FROM users WHERE id = orders.id)", "orders.note orders.id users.id"),
    ("SELECT u.id, l.note FROM users u, LATERAL (SELECT note FROM orders o WHERE o.user_id = u.id LIMIT 1) l",
     "users.id orders.note orders.user_id"),
    ("SELECT u.id FROM users u LEFT JOIN LATERAL (SELECT note FROM orders WHERE user_id = u.id) l ON true",
     "users.id orders.note orders.user_id"),
    ("SELECT data ->> 'k', data @> '{\"a\": 1}', data #>> '{a,b}' FROM users WHERE data ? 'k'", "users.data"),
    ("SELECT 1 FROM users WHERE jsonb_path_exists(data, '$.a ? (@ > 1)') AND name = ANY ('{a,b}'::text[])",
     "users.data users.name"),
    ("SELECT row_number() OVER (PARTITION BY name ORDER BY active) AS rn FROM users ORDER BY rn",
     "users.name users.active"),
    ("SELECT sum(id) OVER w FROM users WINDOW w AS (PARTITION BY name)", "users.id users.name"),
    ("SELECT count(*), sum(id) FILTER (WHERE active) FROM users GROUP BY GROUPING SETS ((name), ())",
     "users.id users.active users.name"),
    ("SELECT g FROM generate_series(1, 10) AS g", ""),
    ("SELECT v.b FROM (VALUES (1, 2)) AS v(a, b)", ""),
    ("SELECT column1 FROM (VALUES (1, 2)) AS v", ""),
    ("SELECT e ->> 'a' FROM users, jsonb_array_elements(data) AS e", "users.data"),
    ("SELECT k, users.id FROM users, jsonb_each(data) AS t(k, v)", "users.data users.id"),
    ("SELECT x.a FROM users u CROSS JOIN LATERAL jsonb_to_recordset(u.data) AS x(a integer)", "users.data"),
    ("SELECT lower(name) AS n FROM users GROUP BY n HAVING count(*) > 1", "users.name"),
    ("SELECT count(*) AS name2 FROM orders GROUP BY note ORDER BY name2", "orders.note"),
    ("SELECT DISTINCT ON (n) name AS n FROM users", "users.name"),
    ("SELECT id AS data FROM users ORDER BY data", "users.id"),
    ("SELECT id FROM users UNION SELECT user_id FROM orders ORDER BY id", "users.id orders.user_id"),
    ("SELECT id FROM users JOIN orders USING (id)", "users.id orders.id"),
    ("SELECT note FROM users NATURAL JOIN orders", "orders.note users.id orders.id"),
    ("SELECT (u).name FROM users u", "users.name"),
    ("SELECT n FROM vv", "vv.n"),
    ("SELECT * FROM v", "v.id v.name"),
    ("SELECT name FROM vv JOIN users ON n = name", "vv.n users.name"),
    ("SELECT ctid FROM users", ""),
    ("SELECT current_date, user, id FROM users", "users.id"),
    ("TABLE users", "users.id users.name users.data users.active"),
    ("SELECT CASE name WHEN 'a' THEN 1 END, coalesce(name, '') || 'x', id::text FROM users", "users.name users.id"),
    ("SELECT EXTRACT(year FROM now()), id FROM users LIMIT 1", "users.id"),
    ("WITH RECURSIVE t(n) AS (SELECT id FROM users UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n FROM t",
     "users.id"),
    ("""WITH RECURSIVE t AS (SELECT id, 1 AS depth FROM users
          UNION ALL SELECT o.id, t.depth + 1 FROM orders o JOIN t
          ON t.id = o.user_id) SELECT id, depth FROM t""", "users.id orders.id orders.user_id"),
]  # fmt: skip
CHANGES = [
    ("UPDATE users u SET name = o.note FROM orders o WHERE o.user_id = u.id RETURNING u.id",
     "users.name orders.note orders.user_id users.id"),
    ("UPDATE users SET (name, active) = (SELECT note, true FROM orders)", "users.name users.active orders.note"),
    ("DELETE FROM users USING orders WHERE users.id = orders.user_id", "users.id orders.user_id"),
    ("INSERT INTO users (id, name) SELECT id, note FROM orders ON CONFLICT DO NOTHING",
     "users.id users.name orders.id orders.note"),
    ("INSERT INTO users (id, name) VALUES (1, (SELECT note FROM orders)) RETURNING data",
     "users.id users.name users.data orders.note"),
    ("INSERT INTO users SELECT id, note FROM orders", "users.id users.name orders.id orders.note"),
    ("INSERT INTO users VALUES (1)", "users.id"),
    ("INSERT INTO users DEFAULT VALUES", ""),
    ("WITH x AS (INSERT INTO users (name) VALUES ('a') RETURNING id) INSERT INTO orders (user_id) SELECT id FROM x",
     "users.name users.id orders.user_id"),
    ("WITH d AS (DELETE FROM users WHERE active RETURNING id) SELECT id FROM d", "users.active users.id"),
    ("""MERGE INTO users u USING orders o ON o.user_id = u.id
          WHEN MATCHED AND u.active THEN UPDATE SET name = o.note
          WHEN NOT MATCHED THEN INSERT (id) VALUES (o.id)""",
     "users.id users.active users.name orders.user_id orders.note orders.id"),
]  # fmt: skip
PROBLEMS = [
    ("SELECT nope FROM users", "unknown column"),
    ("SELECT u.nope FROM users u", "unknown column"),
    ("SELECT users.id FROM users u", "unknown table"),
    ("SELECT id FROM nowhere", "unknown table"),
    ("SELECT name2 FROM users", "unknown column"),
    ("SELECT id FROM users, orders", "ambiguous"),
    ('SELECT FIRSTNAME FROM "User"', "unknown column"),
    ('SELECT "ID" FROM users', "unknown column"),
    ("SELECT id FROM User_", "unknown table"),
    ("SELECT a.id FROM users AS a(pk)", "unknown column"),
    ("SELECT (u).nope FROM users u", "unknown column"),
    ("SELECT data FROM v", "unknown column"),
    ("SELECT id FROM users JOIN orders USING (name2)", "unknown column"),
    ("SELECT s.data FROM (SELECT id FROM users) s", "unknown column"),
    ("SELECT * FROM users u, (SELECT note FROM orders WHERE user_id = u.id) l", "unknown table"),
    ("SELECT id FROM orders UNION SELECT id FROM users ORDER BY nope", "unknown column"),
    ("WITH u AS (SELECT id FROM users) SELECT name FROM u", "unknown column"),
    ("UPDATE users SET nope = 1", "unknown column"),
    ("UPDATE users SET name = nope", "unknown column"),
    ("DELETE FROM users WHERE nope", "unknown column"),
    ("INSERT INTO users (nope) VALUES (1)", "unknown column"),
    ("INSERT INTO users (id) SELECT active FROM orders", "unknown column"),
    ("INSERT INTO users (id) VALUES (1) RETURNING nope", "unknown column"),
]


def columns(text):
    parts = (ref.rsplit(".", 2) for ref in text.split())
    return {ColumnRef(Name(*("public", *path)[-2:]), column) for *path, column in parts}


@pytest.mark.parametrize(("query", "expected"), [*READS, *CHANGES])
def test_a_query_depends_on_these_columns(query, expected):
    reads = QUERIES.qualify(query)
    assert reads.problems == ()
    through_views = any(ref.table in SCHEMA.views for ref in reads.columns)
    assert columns(expected) == reads.columns or (through_views and columns(expected) < reads.columns)


@pytest.mark.parametrize(("query", "kind"), PROBLEMS)
def test_a_query_that_the_schema_does_not_answer_has_a_problem(query, kind):
    assert kind in [problem.kind for problem in QUERIES.qualify(query).problems]


@pytest.mark.server
def test_a_server_depends_on_the_same_columns_and_names_its_outputs_alike(connection):
    connection.execute(SETUP)
    for query, expected in READS:
        cursor = connection.execute(f"SELECT * FROM ({query}) q LIMIT 0" if "WITH" not in query else query)
        outputs = tuple(column.name for column in cursor.description)
        assert (query, QUERIES.qualify(query).outputs) == (query, outputs)
        names = ", ".join(f"c{at}" for at, _ in enumerate(outputs))
        connection.execute(f"CREATE VIEW probe ({names}) AS {query}")
        found = connection.execute("""
            SELECT n.nspname, c.relname, a.attname FROM pg_depend d
            JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class = 'probe'::regclass
            JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND a.attnum > 0
            JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE d.refclassid = 'pg_class'::regclass AND c.relname <> 'probe'
        """).fetchall()
        connection.execute("DROP VIEW probe")
        assert (query, {ColumnRef(Name(space, name), column) for space, name, column in found}) == (
            query,
            columns(expected),
        )


@pytest.mark.server
def test_a_server_refuses_what_has_a_problem_and_accepts_what_has_none(connection):
    connection.execute(SETUP)
    for query, kind in PROBLEMS:
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(f"EXPLAIN {query}")
        assert (query, CODES[refused.value.sqlstate]) == (query, kind)
    for query, _ in (*READS, *CHANGES):
        connection.execute(query if query.startswith("TABLE") else f"EXPLAIN {query}")


def test_a_view_over_a_view_reads_down_to_the_tables():
    reads = QUERIES.qualify("SELECT n FROM vv")
    assert reads.columns == columns("vv.n v.name users.id users.name users.active")


@pytest.mark.parametrize("parameter", ["$1", ":id", "%(id)s", "@id", "?"])
def test_parameters_of_every_style_are_no_columns(parameter):
    reads = QUERIES.qualify(f"SELECT name FROM users WHERE id = {parameter}")
    assert (reads.columns, reads.problems) == (columns("users.name users.id"), ())


def test_a_problem_and_a_column_stand_where_they_are_written():
    reads = QUERIES.qualify("SELECT name,\n       u.nope\nFROM users u\nWHERE active")
    assert [(problem.message, problem.position) for problem in reads.problems] == [
        ("there is no column nope in users", (2, 10))
    ]
    assert dict(reads.positions) == {
        ColumnRef(USERS.name, "name"): (1, 8),
        ColumnRef(USERS.name, "active"): (4, 7),
    }


@pytest.mark.parametrize(
    "query", ["", "SELECT (", "SELECT 1; SELECT 2", "DROP TABLE users", "{{ query }}", "VACUUM users", "\x00"]
)
def test_what_is_no_single_query_is_unknown(query):
    assert QUERIES.qualify(query) is None


def test_without_an_answer_from_sqlglot_a_query_is_unknown(monkeypatch):
    monkeypatch.setattr(queries_module, "_parse", lambda _: None)
    assert QUERIES.qualify("SELECT nope FROM users") is None


def test_of_what_is_not_known_nothing_is_claimed():
    uncertain = Queries(Schema.of([USERS], views=[View(Name("public", "w"), "unreadable (")]))
    reads = uncertain.qualify("SELECT x, w.y FROM w, users, f() AS g, pg_class, information_schema.columns")
    assert reads.problems == ()
    assert Name("public", "w") in reads.opaque
    partial = Queries(Schema(tables={USERS.name: USERS}, complete=False))
    assert partial.qualify("SELECT a FROM nowhere").problems == ()
    doubted = Queries(Schema(tables={USERS.name: USERS}, uncertain=frozenset({USERS.name})))
    assert doubted.qualify("SELECT nope, u.nope FROM users u").problems == ()


def test_a_view_that_reads_itself_ends():
    loop = Schema.of(views=[View(Name("public", "a"), "SELECT * FROM b"), View(Name("public", "b"), "SELECT * FROM a")])
    assert Queries(loop).qualify("SELECT x FROM a").outputs == ("x",)


def test_dropping_a_column_breaks_what_reads_it_and_nothing_else():
    before, after = Queries(SCHEMA), Queries(SCHEMA.with_table(USERS.without_column("name")))
    found = broken("SELECT u.id,\n  u.name FROM users u", before, after)
    assert isinstance(found, Broken)
    assert found.gone == columns("users.name")
    assert [(problem.kind, problem.position) for problem in found.problems] == [("unknown column", (2, 5))]
    assert broken("SELECT id FROM users", before, after) is None
    assert broken("SELECT id AS name FROM users ORDER BY name", before, after) is None
    assert broken("SELECT name2 AS name FROM orders", before, after) is None
    assert broken("SELECT (", before, after) is None


def test_a_query_through_a_view_breaks_with_the_table_beneath():
    after = Queries(SCHEMA.with_table(USERS.without_column("active")))
    found = broken("SELECT n FROM vv", QUERIES, after)
    assert found.gone == columns("users.active")
    assert "view" in found.problems[0].message


def test_a_new_column_can_make_a_name_ambiguous():
    wider = Table(ORDERS.name, (*ORDERS.columns, Column("active", Type("boolean"))))
    found = broken(
        "SELECT active FROM users JOIN orders ON user_id = users.id", QUERIES, Queries(SCHEMA.with_table(wider))
    )
    assert [problem.kind for problem in found.problems] == ["ambiguous"]
    assert found.gone == frozenset()


def test_a_query_that_was_broken_before_is_not_broken_by_the_change():
    after = Queries(SCHEMA.with_table(USERS.without_column("name")))
    assert broken("SELECT nope FROM users", QUERIES, after) is None


def test_unqualified_relations_live_in_the_namespace_given():
    assert QUERIES.qualify("SELECT zzz FROM users", "other").columns == columns("other.users.zzz")
    assert re.match("relation other", QUERIES.qualify("SELECT 1 FROM orders", "other").problems[0].message)
