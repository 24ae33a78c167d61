"""The columns of a table that a query makes, worked out from the query."""

import pytest

from dbtools.model.expression import Name
from dbtools.model.schema import Schema
from dbtools.pg.catalog import catalog
from dbtools.sql.made import view_columns
from dbtools.sql.walk import fold

TABLES = """
CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE u (id int, name varchar(20), m mood, tags text[], price numeric(10,2));
CREATE TABLE w (id bigint, "Name" text);
CREATE VIEW v AS SELECT id, name AS called FROM u;
"""
KNOWN = (
    "SELECT * FROM u",
    "SELECT id, name AS n, m, tags FROM u",
    'SELECT u.*, w."Name" FROM u JOIN w ON w.id = u.id',
    "SELECT id::text, '1'::numeric(5,1) AS x, 1 AS one, 2.5 AS two, 'x' AS three, true AS four FROM u",
    "SELECT count(*), now() AS at, id > 1 AS big FROM u GROUP BY id",
    "SELECT * FROM v",
    "WITH c AS (SELECT id, price FROM u) SELECT c.price, c.id FROM c",
    "SELECT x.id FROM (SELECT id FROM w) AS x",
    "SELECT id FROM u UNION ALL SELECT id FROM u",
    "SELECT coalesce(name, name) AS c, 3000000000 AS large FROM u",
)
UNKNOWN = (
    "SELECT id + 1 AS x FROM u",
    "SELECT max(id) FROM u",
    "SELECT lower(name) FROM u",
    "SELECT id FROM u UNION SELECT id FROM w",
    "SELECT g FROM generate_series(1, 3) AS g",
    "SELECT id, id FROM u",
    "SELECT * FROM nowhere",
    "SELECT * FROM u JOIN w USING (id)",
    "VALUES (1, 2)",
)


@pytest.mark.server
@pytest.mark.parametrize("query", KNOWN)
def test_the_columns_are_those_that_the_server_gives_the_table(connection, query):
    script = f"{TABLES} CREATE TABLE t AS {query};"
    connection.execute(script.encode())
    (name,) = (name for name in catalog(connection).tables if name.local == "t")
    foretold = fold(Schema(), (script,))
    assert foretold.is_certain(name)
    assert tuple(foretold.tables[name].columns) == tuple(catalog(connection).tables[name].columns)


@pytest.mark.parametrize("query", UNKNOWN)
def test_where_one_type_is_not_known_nothing_is_claimed_of_the_table(query):
    schema = fold(Schema(), (f"{TABLES} CREATE TABLE t AS {query};",))
    (name,) = (name for name in schema.tables if name.local == "t")
    assert not schema.is_certain(name)


def test_a_table_made_with_select_into_is_known_too():
    schema = fold(Schema(), (f"{TABLES} SELECT id INTO t FROM u;",))
    (table,) = (table for name, table in schema.tables.items() if name.local == "t")
    assert [(column.name, str(column.type)) for column in table.columns] == [("id", "integer")]


COPIED = (
    """CREATE TABLE s (id bigserial PRIMARY KEY, a text NOT NULL DEFAULT 'x', b int UNIQUE, c int CHECK (c > 0));
CREATE INDEX named ON s (lower(a)) WHERE b > 0;
CREATE UNIQUE INDEX ON s (b, c) INCLUDE (a);""",
    """CREATE TABLE s (id int GENERATED ALWAYS AS IDENTITY, a int, b int GENERATED ALWAYS AS (a * 2) STORED);
COMMENT ON COLUMN s.a IS 'first';
ALTER TABLE s ADD CONSTRAINT ck CHECK (a > 0) NOT VALID;""",
    """CREATE TABLE u (id int PRIMARY KEY);
CREATE TABLE s (at timestamptz, u int REFERENCES u) PARTITION BY RANGE (at);
CREATE INDEX ON s (u, at DESC);
CREATE TABLE p PARTITION OF s DEFAULT;""",
)


@pytest.mark.server
@pytest.mark.parametrize("source", COPIED)
@pytest.mark.parametrize("own", ["", ", more int", ", b2 int UNIQUE, CHECK (b2 > 1)"])
def test_like_including_all_copies_what_the_server_copies(connection, source, own):
    sql = f"{source} CREATE TABLE t (LIKE s INCLUDING ALL{own});"
    schema = fold(Schema(), (sql,))
    connection.execute(sql.encode())
    name = Name("public", "t")
    assert schema.is_certain(name)
    assert schema.tables[name] == catalog(connection).tables[name]


def columns_of(view: str) -> list[tuple[str, str]] | None:
    schema = fold(Schema(), (f"{TABLES} {view}",))
    found = view_columns(schema.views[Name("public", "x")], schema)
    return None if found is None else [(name, str(kind or "?")) for name, kind in found]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("CREATE VIEW x AS SELECT id, id + 1 AS more, name FROM u", ["id integer", "more ?", "name varchar(20)"]),
        ("CREATE VIEW x (a) AS SELECT id, name FROM u", ["a integer", "name varchar(20)"]),
        ("CREATE VIEW x AS SELECT id FROM u UNION SELECT id FROM w", ["id ?"]),
        ("CREATE VIEW x AS SELECT called, id FROM v", ["called varchar(20)", "id integer"]),
        ("CREATE VIEW x (a) AS SELECT g FROM generate_series(1, 3) AS g", ["a ?"]),
    ],
)
def test_a_view_has_its_columns_with_the_types_that_are_known(view, expected):
    assert [" ".join(pair) for pair in columns_of(view)] == expected


def test_a_view_keeps_the_columns_that_its_star_stood_for():
    later = "CREATE VIEW x AS SELECT * FROM w; ALTER TABLE w ADD COLUMN later int"
    assert columns_of(later) == [("id", "bigint"), ("Name", "text")]


def test_a_view_of_what_is_not_there_has_no_known_columns():
    assert columns_of("CREATE VIEW x AS SELECT * FROM nowhere") is None
