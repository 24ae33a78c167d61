import pytest

from dbtools.model.expression import Name, Type
from dbtools.sql.read import read
from dbtools.sql.types import read_type

SPELLINGS = {
    "int": Type("integer"),
    "INT4": Type("integer"),
    "pg_catalog.int8": Type("bigint"),
    "smallint": Type("smallint"),
    "float": Type("double precision"),
    "float(24)": Type("real"),
    "float8": Type("double precision"),
    "dec(5)": Type("numeric", (5, 0)),
    "numeric": Type("numeric"),
    "numeric(10, 2)": Type("numeric", (10, 2)),
    "numeric(3,-2)": Type("numeric", (3, -2)),
    "bool": Type("boolean"),
    "character varying(50)": Type("varchar", (50,)),
    "varchar": Type("varchar"),
    "character(3)": Type("char", (3,)),
    "char": Type("char", (1,)),
    "character": Type("char", (1,)),
    "bpchar": Type("bpchar"),
    "bpchar(3)": Type("char", (3,)),
    '"char"': Type('"char"'),
    "bit": Type("bit", (1,)),
    "bit(8)": Type("bit", (8,)),
    "bit varying": Type("varbit"),
    "bit varying(8)": Type("varbit", (8,)),
    "timestamp": Type("timestamp"),
    "timestamp without time zone": Type("timestamp"),
    "timestamp(3) with time zone": Type("timestamptz", (3,)),
    "TIMESTAMPTZ(0)": Type("timestamptz", (0,)),
    "time with time zone": Type("timetz"),
    "interval": Type("interval"),
    "interval(3)": Type("interval", (3,)),
    "interval day to second(3)": Type("interval", ("day to second", 3)),
    "interval year to month": Type("interval", ("year to month",)),
    "text[]": Type("text", (), 1),
    "text[][]": Type("text", (), 1),
    "text ARRAY[4]": Type("text", (), 1),
    "varchar(5)[]": Type("varchar", (5,), 1),
    "int4[3]": Type("integer", (), 1),
    "serial": Type("serial"),
    "serial8": Type("bigserial"),
    "mood": Type("mood", (), 0, "public"),
    '"Mood"[]': Type("Mood", (), 1, "public"),
    "shop.mood": Type("mood", (), 0, "shop"),
    '"my shop"."the mood"': Type("the mood", (), 0, "my shop"),
    "geometry(Point, 4326)": Type("geometry", ("point", 4326), 0, "public"),
    "vector(1536)": Type("vector", (1536,), 0, "public"),
    "citext": Type("citext", (), 0, "public"),
}


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_type_is_read_into_one_spelling(text):
    assert read_type(text) == SPELLINGS[text]


@pytest.mark.parametrize("text", SPELLINGS)
def test_the_one_spelling_reads_back(text):
    kind = read_type(text)
    if not kind.namespace:
        assert read_type(str(kind)) == kind


@pytest.mark.parametrize(
    "text",
    ["", "int int", "1", "text; DROP TABLE t", "text) FROM (t", "int + 1", "int, text", "(", "text AS x", "'x'::text"],
)
def test_what_is_no_type_is_refused(text):
    with pytest.raises(ValueError, match="not a type"):
        read_type(text)


def test_modifiers_that_are_no_constants_are_kept_as_their_text():
    assert read_type("foo(1 + 1, 'x', bar)").modifiers == ("1 + 1", "x", "bar")


def test_unqualified_types_live_where_the_script_is():
    (_, created) = read("SET search_path = shop; CREATE TABLE t (a mood, b int, c public.mood, d pg_catalog.int4)")
    kinds = [column.type.name for column in created.operations[0].table.columns]
    assert kinds == [
        Name("shop", "mood"),
        Name("pg_catalog", "integer"),
        Name("public", "mood"),
        Name("pg_catalog", "integer"),
    ]


@pytest.mark.server
def test_every_type_the_server_has_is_built_in_and_prints_back(connection):
    rows = connection.execute(
        "SELECT format_type(t.oid, NULL) FROM pg_type t LEFT JOIN pg_type e ON e.oid = t.typelem "
        "WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typrelid = 0 AND coalesce(e.typrelid, 0) = 0 "
        "AND t.typname <> 'any'"  # which must be quoted, and is no column's
    ).fetchall()
    assert len(rows) > 180
    wrong = {}
    for (text,) in rows:
        kind = read_type(text)
        (back,) = connection.execute("SELECT to_regtype(%s)::text", (str(kind),)).fetchone()
        if kind.namespace or back != text:
            wrong[text] = (kind, back)
    assert wrong == {}


@pytest.mark.server
@pytest.mark.parametrize(
    "text", [text for text, kind in SPELLINGS.items() if not kind.namespace and "serial" not in text]
)
def test_the_server_prints_the_same_type(connection, text):
    connection.execute(f"CREATE TABLE t (a {text})")
    (printed,) = connection.execute(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum = 1"
    ).fetchone()
    assert read_type(printed) == read_type(text)


@pytest.mark.server
def test_types_of_users_are_read_as_the_server_prints_them(connection):
    connection.execute(
        "CREATE SCHEMA shop; CREATE TYPE shop.\"Mood\" AS ENUM ('x'); CREATE DOMAIN cents AS numeric(9, 2); "
        "SET search_path = ''"
    )
    connection.execute('CREATE TABLE public.t (a shop."Mood"[], b public.cents)')
    printed = connection.execute(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attnum > 0"
    ).fetchall()
    assert [read_type(text) for (text,) in printed] == [Type("Mood", (), 1, "shop"), Type("cents", (), 0, "public")]
