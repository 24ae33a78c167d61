"""Who reads a column: what a query names, through whatever it names it, and nothing else; a server is asked too."""

import random
from contextlib import contextmanager

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import pq

from dbtools.model.expression import Name
from dbtools.model.schema import Schema
from dbtools.sql.queries import Queries
from dbtools.sql.walk import fold

SETUP = """
CREATE TABLE users (id integer PRIMARY KEY, name text UNIQUE, data jsonb, active boolean, tags text[]);
CREATE TABLE orders (id integer, user_id integer, note text, total numeric, at timestamptz);
CREATE TABLE "User" (id integer, "firstName" text, "first name" text, firstname text);
CREATE SCHEMA shop;
CREATE TABLE shop.users (id integer, zzz integer);
CREATE VIEW active_users AS SELECT id, name FROM users WHERE active;
CREATE VIEW names AS SELECT a.name AS n FROM active_users a;
CREATE MATERIALIZED VIEW totals AS SELECT user_id, sum(total) AS total FROM orders GROUP BY user_id;
"""
SCHEMA = fold(Schema(), (SETUP,))
QUERIES = Queries(SCHEMA)

# Each: a query, and the columns that it cannot do without; nothing else of the tables is read.
CASES = [
    ("SELECT name FROM users", "users.name"),
    ("SELECT u.name FROM users u", "users.name"),
    ("SELECT users.name FROM public.users", "users.name"),
    ("SELECT public.users.name FROM public.users", "users.name"),
    ("SELECT name AS id FROM users", "users.name"),
    ("SELECT NAME FROM Users", "users.name"),
    ('SELECT "firstName" FROM "User"', "User.firstName"),
    ('SELECT firstName FROM "User"', "User.firstname"),
    ('SELECT u."first name" FROM "User" u', "User.first name"),
    ('SELECT "User"."id" FROM "User"', "User.id"),
    ("SELECT id FROM shop.users", "shop.users.id"),
    ("SELECT u.id, s.zzz FROM users u, shop.users s", "users.id shop.users.zzz"),
    ("SELECT 'name' FROM users", ""),
    ("SELECT id /* name */ FROM users -- name", "users.id"),
    ("SELECT $$name$$ AS name FROM users", ""),
    ("SELECT 1 FROM users", ""),
    ("SELECT count(*) FROM users", ""),
    ("SELECT count(name) FROM users", "users.name"),
    ("SELECT id FROM users WHERE name IS NULL", "users.id users.name"),
    ("SELECT id FROM users ORDER BY name", "users.id users.name"),
    ("SELECT id AS name FROM users ORDER BY name", "users.id"),
    ("SELECT id AS name FROM users ORDER BY lower(name)", "users.id users.name"),
    ("SELECT id AS note FROM users GROUP BY note", "users.id"),
    ("SELECT 1 AS x FROM users GROUP BY name HAVING count(*) > 1", "users.name"),
    ("SELECT DISTINCT ON (name) id FROM users ORDER BY name, id", "users.id users.name"),
    ("SELECT id FROM users FOR UPDATE", "users.id"),
    ("SELECT id FROM users LIMIT (SELECT max(total) FROM orders)", "users.id orders.total"),
    ("SELECT CASE WHEN active THEN name END FROM users", "users.active users.name"),
    ("SELECT coalesce(name, id::text) FROM users", "users.name users.id"),
    ("SELECT data -> 'name' ->> 'id' FROM users", "users.data"),
    ("SELECT data FROM users WHERE data @> $1::jsonb AND data ? 'name'", "users.data"),
    ("SELECT tags[1], tags[1:2] FROM users", "users.tags"),
    ("SELECT id FROM users WHERE 'x' = ANY (tags)", "users.id users.tags"),
    ("SELECT t FROM users, unnest(tags) AS t", "users.tags"),
    ("SELECT t.tag FROM users CROSS JOIN LATERAL unnest(tags) WITH ORDINALITY AS t(tag, at)", "users.tags"),
    ("SELECT k FROM users u, jsonb_each(u.data) AS e(k, v)", "users.data"),
    ("SELECT extract(year FROM at), at AT TIME ZONE 'UTC' FROM orders", "orders.at"),
    ("SELECT sum(total) FILTER (WHERE note = 'x') FROM orders", "orders.total orders.note"),
    ("SELECT string_agg(name, ',' ORDER BY id) FROM users", "users.name users.id"),
    ("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total) FROM orders", "orders.total"),
    ("SELECT rank() OVER (PARTITION BY user_id ORDER BY total) FROM orders", "orders.user_id orders.total"),
    ("SELECT sum(id) OVER w FROM orders WINDOW w AS (ORDER BY at)", "orders.id orders.at"),
    ("SELECT lag(total) OVER (ORDER BY at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM orders",
     "orders.total orders.at"),
    ("SELECT user_id FROM orders GROUP BY ROLLUP (user_id, note)", "orders.user_id orders.note"),
    ("SELECT user_id, grouping(user_id) FROM orders GROUP BY CUBE (user_id)", "orders.user_id"),
    # stars
    ("SELECT * FROM users", "users.*"),
    ("TABLE users", "users.*"),
    ("SELECT u.* FROM users u JOIN orders o ON o.user_id = u.id", "users.* orders.user_id"),
    ("SELECT o.id, u.* FROM users u, orders o", "users.* orders.id"),
    ("WITH u AS (SELECT * FROM users) SELECT id FROM u", "users.id"),
    ("WITH u AS (SELECT * FROM users) SELECT u.id, u.name FROM u WHERE u.active", "users.id users.name users.active"),
    ("WITH u AS (SELECT * FROM users) SELECT * FROM u", "users.*"),
    ("WITH u AS (SELECT * FROM users) SELECT 1", ""),
    ("WITH u AS (SELECT * FROM users), w AS (SELECT * FROM u) SELECT name FROM w", "users.name"),
    ("WITH u(a) AS (SELECT * FROM users) SELECT a FROM u", "users.id"),
    ("WITH u(a) AS (SELECT * FROM users) SELECT a, active FROM u", "users.id users.active"),
    ("WITH u(a, b) AS (SELECT * FROM users) SELECT b FROM u", "users.id users.name"),
    ("SELECT s.name FROM (SELECT * FROM users) s", "users.name"),
    ("SELECT s.name FROM (SELECT note FROM orders ORDER BY user_id) AS s(name)", "orders.note orders.user_id"),
    ("SELECT s.at FROM (SELECT note FROM orders ORDER BY at) AS s(at)", "orders.note orders.at"),
    ("SELECT s.name FROM (SELECT u.*, o.note FROM users u, orders o) s", "users.name orders.note"),
    ("SELECT id FROM users u WHERE EXISTS (SELECT * FROM orders o WHERE o.user_id = u.id)", "users.id orders.user_id"),
    ("SELECT l.note FROM users u, LATERAL (SELECT * FROM orders o WHERE o.user_id = u.id) l",
     "users.id orders.user_id orders.note"),
    ("SELECT * FROM users UNION ALL SELECT * FROM users", "users.*"),
    ("SELECT id FROM (SELECT * FROM orders UNION SELECT 1, 2, '', 3, now()) s", "orders.*"),
    ("SELECT count(*) FROM (SELECT * FROM users) s", ""),
    # joins
    ("SELECT 1 FROM users JOIN orders USING (id)", "users.id orders.id"),
    ("SELECT id FROM users JOIN orders USING (id)", "users.id orders.id"),
    ("SELECT * FROM (SELECT * FROM users u JOIN orders USING (id) JOIN shop.users s ON zzz = user_id) a",
     "users.* orders.* shop.users.*"),
    ("SELECT id, name, note FROM users FULL JOIN orders USING (id)", "users.id orders.id users.name orders.note"),
    ("SELECT u.name FROM users u LEFT JOIN orders o ON o.user_id = u.id WHERE o.id IS NULL",
     "users.name users.id orders.user_id orders.id"),
    ("SELECT a.name FROM users a JOIN users b ON a.id = b.id", "users.name users.id"),
    ("SELECT u.name FROM (users u JOIN orders o ON u.id = o.user_id)", "users.name users.id orders.user_id"),
    # ctes and shadows
    ("WITH users AS (SELECT 1 AS id, 'x' AS name) SELECT name FROM users", ""),
    ("WITH users AS (SELECT id AS name FROM orders) SELECT name FROM users", "orders.id"),
    ("WITH users AS (SELECT note AS name FROM orders) SELECT name FROM public.users", "orders.note users.name"),
    ("WITH a AS (SELECT id FROM users), b AS (SELECT id FROM a) SELECT id FROM b", "users.id"),
    ("WITH a(x) AS (SELECT name FROM users) SELECT x FROM a", "users.name"),
    ("""WITH RECURSIVE t(n) AS (SELECT id FROM users UNION ALL SELECT o.user_id FROM orders o JOIN t ON o.id = t.n)
        SELECT n FROM t""", "users.id orders.user_id orders.id"),
    ("SELECT (WITH c AS (SELECT name FROM users) SELECT max(name) FROM c) FROM orders", "users.name"),
    ("SELECT n.name FROM (VALUES (1, 'a')) AS n(id, name)", ""),
    ("SELECT name FROM (SELECT note AS name FROM orders) users", "orders.note"),
    ("SELECT name FROM json_to_recordset('[]') AS users(id int, name text)", ""),
    ("SELECT note FROM orders users", "orders.note"),
    # subqueries
    ("SELECT name FROM users WHERE id IN (SELECT user_id FROM orders)", "users.name users.id orders.user_id"),
    ("SELECT name FROM users WHERE (id, name) IN (SELECT user_id, note FROM orders)",
     "users.name users.id orders.user_id orders.note"),
    ("SELECT (SELECT max(o.total) FROM orders o WHERE o.user_id = u.id) FROM users u",
     "orders.total orders.user_id users.id"),
    ("SELECT ARRAY(SELECT note FROM orders WHERE user_id = users.id) FROM users",
     "orders.note orders.user_id users.id"),
    ("SELECT id FROM orders WHERE total > ALL (SELECT o.total FROM orders o)", "orders.id orders.total"),
    ("SELECT id FROM users WHERE EXISTS (SELECT FROM orders WHERE note = name)", "users.id users.name orders.note"),
    # sets
    ("SELECT id FROM users UNION SELECT user_id FROM orders", "users.id orders.user_id"),
    ("SELECT name FROM users EXCEPT SELECT note FROM orders ORDER BY name", "users.name orders.note"),
    ("(SELECT id FROM users ORDER BY name LIMIT 1) INTERSECT SELECT id FROM orders", "users.id users.name orders.id"),
    ("VALUES ((SELECT max(id) FROM users))", "users.id"),
    # views
    ("SELECT id FROM active_users", "users.id users.name users.active"),
    ("SELECT n FROM names", "users.id users.name users.active"),
    ("SELECT total FROM totals", "orders.user_id orders.total"),
    ("SELECT note FROM orders JOIN names ON n = note", "orders.note users.id users.name users.active"),
    # writing
    ("INSERT INTO users (id) VALUES (1)", "users.id"),
    ("INSERT INTO users (id, name) VALUES ($1, $2) RETURNING active", "users.id users.name users.active"),
    ("INSERT INTO users (id, name) SELECT user_id, note FROM orders", "users.id users.name orders.user_id orders.note"),
    ("INSERT INTO users (id, name) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET active = excluded.active",
     "users.id users.name users.active"),
    ("INSERT INTO users AS u (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = u.name WHERE u.active",
     "users.id users.name users.active"),
    ("INSERT INTO users (id) VALUES (1) ON CONFLICT DO NOTHING", "users.id"),
    ("INSERT INTO users DEFAULT VALUES", ""),
    ("INSERT INTO users DEFAULT VALUES RETURNING *", "users.*"),
    ("UPDATE users SET name = 'x'", "users.name"),
    ("UPDATE users SET name = DEFAULT WHERE id = $1", "users.name users.id"),
    ("UPDATE users SET (name, active) = ('a', true)", "users.name users.active"),
    ("UPDATE users u SET name = o.note FROM orders o WHERE o.user_id = u.id",
     "users.name orders.note orders.user_id users.id"),
    ("UPDATE users SET name = (SELECT note FROM orders WHERE user_id = users.id) RETURNING id",
     "users.name orders.note orders.user_id users.id"),
    ("DELETE FROM users", ""),
    ("DELETE FROM users WHERE name = $1", "users.name"),
    ("DELETE FROM users USING orders o WHERE o.user_id = users.id RETURNING o.note",
     "orders.user_id users.id orders.note"),
    ("WITH d AS (DELETE FROM orders RETURNING *) SELECT note FROM d", "orders.note"),
    ("WITH d AS (DELETE FROM orders RETURNING id, note) INSERT INTO users (id, name) SELECT * FROM d",
     "orders.id orders.note users.id users.name"),
    ("""MERGE INTO users u USING orders o ON o.user_id = u.id
        WHEN MATCHED AND u.active THEN UPDATE SET name = o.note
        WHEN NOT MATCHED THEN INSERT (id) VALUES (o.id)""",
     "users.id users.active users.name orders.user_id orders.note orders.id"),
    ("MERGE INTO users u USING orders o ON o.user_id = u.id WHEN MATCHED THEN DELETE", "users.id orders.user_id"),
]  # fmt: skip
# These go on without the column, and give something else: a server alone would not tell.
MEANS_ANOTHER = [
    ("SELECT to_jsonb(u) FROM users u", "users.*"),
    ("SELECT u FROM users u", "users.*"),
    ("SELECT id FROM users WHERE EXISTS (SELECT 1 FROM orders WHERE id = 1)", "users.id orders.id"),
    ("SELECT s.a FROM (SELECT * FROM orders) AS s(a)", "orders.id"),
    ("SELECT id AS name FROM users GROUP BY id, name", "users.id users.name"),
    ("SELECT count(u.*) FROM users u", "users.*"),
    ("SELECT json_agg(s) FROM (SELECT * FROM users) s", "users.*"),
    ("SELECT count(*) FROM (SELECT DISTINCT * FROM users) s", "users.*"),
    ("SELECT count(*) FROM users NATURAL JOIN orders", "users.id orders.id"),
    ("SELECT note FROM orders WHERE EXISTS (SELECT 1 FROM users WHERE active AND id > 1)",
     "orders.note users.active users.id"),
    ("INSERT INTO shop.users SELECT * FROM shop.users", "shop.users.*"),
]  # fmt: skip


def columns(text):
    """``users.name`` and, for all of them, ``users.*``."""
    found = set()
    for relation, column in (part.rsplit(".", 1) for part in text.replace("first name", "first_name").split()):
        name = Name(*relation.split(".")) if "." in relation else Name("public", relation)
        every = [each.name for each in SCHEMA.tables[name].columns]
        found |= {(name, each) for each in (every if column == "*" else [column.replace("_name", " name")])}
    return found


def reads(query):
    return {(ref.table, ref.column) for ref in QUERIES.qualify(query).columns if ref.table in SCHEMA.tables}


@pytest.mark.parametrize(("query", "expected"), [*CASES, *MEANS_ANOTHER])
def test_a_query_reads_these_columns_and_no_others(query, expected):
    assert reads(query) == columns(expected)


@contextmanager
def undone(connection):
    with connection.transaction(force_rollback=True):
        yield


def shape(connection, query):
    """The result's columns as the server prepares them, or the SQLSTATE with which it does not."""
    try:
        with connection.transaction():
            prepared = connection.pgconn.prepare(b"", query.encode())
            if prepared.status != pq.ExecStatus.COMMAND_OK:
                return prepared.error_field(pq.DiagnosticField.SQLSTATE).decode()
            described = connection.pgconn.describe_prepared(b"")
            return [(described.fname(at), described.ftype(at)) for at in range(described.nfields)]
    except psycopg.Error as refused:
        return refused.sqlstate


def changed_by_the_server(connection, query, tables):
    """The columns without which the server refuses the query, or gives a result of another shape."""
    before = shape(connection, query)
    assert not isinstance(before, str), (query, before)
    found = set()
    for table in tables:
        for column in table.columns:
            with undone(connection):
                path = psycopg.sql.Identifier(table.name.namespace, table.name.local)
                drop = psycopg.sql.SQL("ALTER TABLE {} DROP COLUMN {} CASCADE")
                connection.execute(drop.format(path, psycopg.sql.Identifier(column.name)))
                if shape(connection, query) != before:
                    found.add((table.name, column.name))
    return found


@pytest.mark.server
def test_a_server_cannot_do_without_the_same_columns(connection):
    connection.execute(SETUP)
    wrong = {}
    for query, expected in CASES:
        named = [table for table in SCHEMA.tables.values() if table.name.local.lower() in query.lower()]
        named = list(SCHEMA.tables.values()) if any(view.local in query for view in SCHEMA.views) else named
        found = changed_by_the_server(connection, query, named)
        if found != columns(expected):
            wrong[query] = found ^ columns(expected)
    assert wrong == {}
    for query, expected in MEANS_ANOTHER:
        assert changed_by_the_server(connection, query, SCHEMA.tables.values()) <= columns(expected)


# Queries nobody thought of: built at random from these relations, all columns of one type so that most of them work.
GENERATED = """
CREATE TABLE a (id text, x text, y text);
CREATE TABLE b (id text, x text, z text);
CREATE VIEW v AS SELECT id, y FROM a WHERE x <> '';
"""
RELATIONS = {"a": ("id", "x", "y"), "b": ("id", "x", "z"), "v": ("id", "y")}


class Writer:
    """Writes one query; each relation in sight is (alias, columns)."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.ctes = {}
        self.made = 0

    def one_of(self, *choices):
        return self.random.choice(choices)

    def fresh(self):
        self.made += 1
        return self.one_of(f"s{self.made}", f"s{self.made}", f"a{self.made}")

    def source(self, depth, seen):
        kind = self.random.random()
        if depth and kind < 0.3:
            query, columns = self.select(depth - 1, seen if kind < 0.08 else ())
            alias = self.fresh()
            lateral = "LATERAL " if kind < 0.08 else ""
            if kind > 0.25:
                return f"{lateral}({query}) AS {alias}(id)", alias, ("id", *columns[1:])
            return f"{lateral}({query}) {alias}", alias, columns
        name = self.one_of(*RELATIONS, *self.ctes)
        alias = self.one_of(name, self.fresh())
        return (name if alias == name else f"{name} {alias}"), alias, {**RELATIONS, **self.ctes}[name]

    def column(self, sources):
        alias, columns = self.one_of(*[each for each in sources if each[1]] or [("a", ("id",))])
        name = self.one_of(*columns) if columns else "id"
        return self.one_of(f"{alias}.{name}", name)

    def value(self, depth, sources):
        kind = self.random.random()
        if kind < 0.15:
            return f"coalesce({self.column(sources)}, 'x')"
        if kind < 0.25:
            return f"max({self.column(sources)}) OVER (ORDER BY {self.column(sources)})"
        if depth and kind < 0.32:
            query, columns = self.select(depth - 1, sources, stars=False)
            return f"({query} LIMIT 1)" if len(columns) == 1 else "'x'"
        return self.column(sources)

    def condition(self, depth, sources):
        kind = self.random.random()
        if depth and kind < 0.25:
            query, columns = self.select(depth - 1, sources)
            if kind < 0.15:
                return f"EXISTS ({query})"
            return f"{self.column(sources)} IN ({query})" if len(columns) == 1 else "true"
        return f"{self.column(sources)} = {self.value(0, sources)}"

    def select(self, depth, outer=(), *, stars=True):
        shown, sources = [], []
        for _ in range(self.random.randint(1, 3)):
            text, alias, columns = self.source(depth, [*sources, *outer])
            if alias in [each for each, _ in sources]:
                continue
            if shown:
                common = [name for name in columns if name in sources[0][1]]
                joined = self.random.random()
                if joined < 0.3 and common and not text.startswith("LATERAL"):
                    text = f"JOIN {text} USING ({common[0]})"
                elif joined < 0.6:
                    text = f"JOIN {text} ON {self.condition(0, [*sources, (alias, columns)])}"
                else:
                    text = f", {text}"
            shown.append(text)
            sources.append((alias, columns))
        kind = self.random.random()
        if stars and kind < 0.3:
            selected, names = ["*"], [name for _, columns in sources for name in columns]
        elif stars and kind < 0.4:
            selected, names = [f"{sources[0][0]}.*"], list(sources[0][1])
        else:
            count = self.random.randint(1, 2)
            names = [self.one_of("id", "x", "y", "z", "q") for _ in range(count)]
            selected = [f"{self.value(depth, [*sources, *outer])} AS {name}" for name in names]
        where = f" WHERE {self.condition(depth, [*sources, *outer])}" if self.random.random() < 0.6 else ""
        order = f" ORDER BY {self.column(sources)}" if self.random.random() < 0.2 else ""
        query = f"SELECT {', '.join(selected)} FROM {' '.join(shown)}{where}{order}"
        if depth and stars and not order and self.random.random() < 0.1:
            query = f"{query} UNION ALL {self.select(0, outer)[0]}"
        return query, tuple(names)

    def change(self):
        kind = self.random.random()
        if kind < 0.4:
            query, columns = self.select(1)
            target = self.one_of("a", "b")
            listed = ", ".join(RELATIONS[target][: len(columns)])
            return f"INSERT INTO {target} ({listed}) {query}"
        target, (other, alias, columns) = self.one_of("a", "b"), self.source(1, ())
        sources = [(target, RELATIONS[target]), (alias, columns)]
        back = self.one_of("", f" RETURNING {self.column(sources)}", f" RETURNING {target}.*")
        if kind < 0.7:
            column = self.one_of(*RELATIONS[target])
            changed = f"UPDATE {target} SET {column} = {self.value(1, sources)} FROM {other}"
        else:
            changed = f"DELETE FROM {target} USING {other}"
        return f"{changed} WHERE {self.condition(1, sources)}{back}"

    def query(self):
        parts = []
        for name in ("c", "a")[: self.random.randint(0, 2)]:
            text, columns = self.select(1)
            parts.append(f"{name} AS ({text})")
            self.ctes[name] = columns
        body = self.select(2)[0] if self.random.random() < 0.75 else self.change()
        return f"WITH {', '.join(parts)} {body}" if parts else body


def depended_on(connection, query, otherwise):
    """The columns of tables that a view of the same text would depend on; *otherwise* where it cannot be one."""
    described = shape(connection, query)
    if "INSERT" in query or "UPDATE" in query or "DELETE" in query or not described:
        return otherwise
    names = ", ".join(f"c{at}" for at, _ in enumerate(described))
    with undone(connection):
        connection.execute(f"CREATE VIEW probe ({names}) AS {query}")
        found = connection.execute("""
            SELECT c.relname, a.attname FROM pg_depend d
            JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class = 'probe'::regclass
            LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND a.attnum > 0
            JOIN pg_class c ON c.oid = d.refobjid
            WHERE d.refclassid = 'pg_class'::regclass AND c.relname <> 'probe'
        """).fetchall()
    beneath = {("a", column) for relation, _ in found if relation == "v" for column in ("id", "x", "y")}
    return {(Name("public", relation), column) for relation, column in (*found, *beneath)}


@pytest.mark.server
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_a_server_never_misses_a_column_that_nobody_was_said_to_read(connection, seed):
    """And what a query is said to read, it has to: without it the server takes something else, or nothing."""
    schema = fold(Schema(), (GENERATED,))
    connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.execute(GENERATED)
    checked = 0
    for number in range(20):
        query = Writer(seed + number).query()
        if isinstance(shape(connection, query), str):
            continue
        found = Queries(schema).qualify(query)
        assert found is not None, query
        assert found.problems == (), query
        server = changed_by_the_server(connection, query, schema.tables.values())
        predicted = {(ref.table, ref.column) for ref in found.columns if ref.table in schema.tables}
        assert server <= predicted, query
        assert predicted <= depended_on(connection, query, predicted), query
        checked += 1
    assert checked or seed
