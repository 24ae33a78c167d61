from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from dbtools.model.expression import Name, Type, Volatility
from dbtools.model.objects import (
    Check,
    Column,
    ColumnRef,
    Columns,
    Domain,
    Enum,
    Exclusion,
    ForeignKey,
    Function,
    Generated,
    Index,
    IndexKey,
    NotNull,
    Opaque,
    PartitionBy,
    PartitionOf,
    PrimaryKey,
    Sequence,
    Table,
    Unique,
    View,
)
from dbtools.model.schema import Schema
from dbtools.pg.catalog import catalog
from dbtools.pg.connect import connect
from dbtools.pg.server import server as start
from dbtools.sql.expressions import read_expression

pytestmark = pytest.mark.server

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
INT, TEXT = Type("integer"), Type("text")
SHOP = """
CREATE SCHEMA shop;
CREATE TYPE shop.state AS ENUM ('new', 'paid', 'sent');
COMMENT ON TYPE shop.state IS 'how far it is';
CREATE DOMAIN shop.cents AS bigint DEFAULT 0 NOT NULL CONSTRAINT positive CHECK (VALUE >= 0);
CREATE TABLE shop.customer (
  id serial PRIMARY KEY,
  email varchar(255) NOT NULL CONSTRAINT customer_email UNIQUE DEFERRABLE,
  tags text[] DEFAULT '{}',
  nothing text DEFAULT NULL::varchar
);
CREATE TABLE shop."Order" (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id int NOT NULL REFERENCES shop.customer (id) ON DELETE CASCADE ON UPDATE SET NULL,
  state shop.state NOT NULL DEFAULT 'new',
  total shop.cents,
  half numeric(10, 2) GENERATED ALWAYS AS (2.5 * 2) STORED,
  code text COLLATE "C" CHECK (code <> ''),
  UNIQUE NULLS NOT DISTINCT (customer_id, code)
);
COMMENT ON TABLE shop."Order" IS 'one purchase';
COMMENT ON COLUMN shop."Order".code IS 'as printed';
CREATE INDEX busy ON shop."Order" (customer_id DESC, lower(code) text_pattern_ops, code COLLATE "POSIX" NULLS FIRST,
                                   upper(code) COLLATE "POSIX")
  INCLUDE (total) WHERE state = 'new';
CREATE VIEW shop.open AS SELECT o.id, c.email FROM shop."Order" o JOIN shop.customer c ON c.id = o.customer_id;
CREATE SEQUENCE shop.free;
"""


def name(local):
    return Name("shop", local)


CUSTOMER = Table(
    name("customer"),
    Columns(
        (
            Column("id", INT, nullable=False, identity="serial"),
            Column("email", Type("varchar", (255,)), nullable=False),
            Column("tags", Type("text", dimensions=1), default=read_expression("'{}'")),
            Column("nothing", TEXT),
        )
    ),
    (PrimaryKey("customer_pkey", ("id",)), Unique("customer_email", ("email",), deferrable=True)),
)
ORDER = Table(
    name("Order"),
    Columns(
        (
            Column("id", Type("bigint"), nullable=False, identity="always"),
            Column("customer_id", INT, nullable=False),
            Column("state", Type("state", namespace="shop"), nullable=False, default=read_expression("'new'")),
            Column("total", Type("cents", namespace="shop")),
            Column("half", Type("numeric", (10, 2)), generated=Generated(read_expression("2.5 * 2"))),
            Column("code", TEXT, collation="C", comment="as printed"),
        )
    ),
    (
        PrimaryKey("Order_pkey", ("id",)),
        ForeignKey("Order_customer_id_fkey", ("customer_id",), name("customer"), ("id",), "CASCADE", "SET NULL"),
        Check("Order_code_check", read_expression("code <> ''")),
        Unique("Order_customer_id_code_key", ("customer_id", "code"), nulls_distinct=False),
    ),
    (
        Index(
            "busy",
            (
                IndexKey("customer_id", descending=True, nulls_first=True),
                IndexKey(expression=read_expression("lower(code)"), opclass="text_pattern_ops"),
                IndexKey("code", nulls_first=True, collation="POSIX"),
                IndexKey(expression=read_expression("upper(code)"), collation="POSIX"),
            ),
            where=read_expression("state = 'new'"),
            include=("total",),
        ),
    ),
    comment="one purchase",
)
OPEN = View(
    name("open"),
    query='SELECT o.id,\n    c.email\n   FROM (shop."Order" o\n     JOIN shop.customer c ON ((c.id = o.customer_id)))',
)
EXPECTED = Schema(
    tables={CUSTOMER.name: CUSTOMER, ORDER.name: ORDER},
    views={OPEN.name: OPEN},
    enums={name("state"): Enum(name("state"), ("new", "paid", "sent"), "how far it is")},
    domains={
        name("cents"): Domain(
            name("cents"),
            Type("bigint"),
            nullable=False,
            default=read_expression("0"),
            checks=(Check("positive", read_expression("VALUE >= 0")),),
        )
    },
    sequences={name("free"): Sequence(name("free"))},
    namespaces=frozenset({"public", "shop"}),
)


def read(connection, statements, table=None):
    connection.execute(statements)
    schema = catalog(connection)
    return schema.tables[Name("public", table)] if table else schema


def test_what_the_server_built_is_what_was_written(connection):
    assert read(connection, SHOP) == EXPECTED


@pytest.mark.skipif(not DEBIAN, reason="no PostgreSQL from a distribution's packages")
def test_an_older_server_says_the_same():
    with start(binaries=DEBIAN[0].parent) as older, older.database() as url, connect(url) as connection:
        assert read(connection, SHOP) == EXPECTED


def test_columns_keep_their_order(connection):
    order = read(connection, SHOP).tables[name("Order")]
    assert [column.name for column in order.columns] == ["id", "customer_id", "state", "total", "half", "code"]


def test_a_view_says_which_columns_it_depends_on(connection):
    view = read(connection, SHOP).views[name("open")]
    customer, order = name("customer"), name("Order")
    assert view.columns == ("id", "email")
    assert view.mentions == (order, customer)
    assert set(view.reads) == {
        *(ColumnRef(customer, column) for column in ("email", "id")),
        *(ColumnRef(order, column) for column in ("customer_id", "id")),
    }


def test_a_view_that_only_counts_depends_on_no_column(connection):
    (view,) = read(connection, "CREATE TABLE t (a int); CREATE VIEW v AS SELECT count(*) FROM t").views.values()
    assert (view.mentions, view.reads) == ((Name("public", "t"),), ())


def test_a_materialized_view_has_indexes_and_a_comment(connection):
    view = read(
        connection,
        """CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE UNIQUE INDEX m_a ON m (a);
           COMMENT ON MATERIALIZED VIEW m IS 'kept'""",
    ).views[Name("public", "m")]
    assert view.materialized
    assert view.indexes == (Index("m_a", (IndexKey("a"),), unique=True),)
    assert view.comment == "kept"


def test_an_empty_database_has_the_public_namespace_alone(connection):
    assert catalog(connection) == Schema()


def test_only_the_namespaces_asked_for_are_read(connection):
    connection.execute(SHOP + "CREATE TABLE outside (a int)")
    assert catalog(connection, ["shop", "unheard_of"]) == replace(EXPECTED, namespaces=frozenset({"shop"}))
    assert catalog(connection, ["public"]).tables.keys() == {Name("public", "outside")}


def test_what_belongs_to_an_extension_is_not_the_projects(connection):
    schema = read(connection, "CREATE SCHEMA ext; CREATE EXTENSION hstore SCHEMA ext; CREATE EXTENSION pg_buffercache")
    assert schema == Schema(namespaces=frozenset({"public", "ext"}), extensions=frozenset({"hstore", "pg_buffercache"}))


def test_an_extensions_type_has_its_namespace(connection):
    table = read(connection, "CREATE EXTENSION vector; CREATE TABLE t (v vector(3) NOT NULL)", "t")
    assert table.column("v") == Column("v", Type("vector", (3,), namespace="public"), nullable=False)


def test_a_column_of_any_built_in_type_can_be_read(connection):
    types = connection.execute("""
        SELECT oid::regtype::text FROM pg_type
        WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm')
          AND typcategory NOT IN ('A', 'Z')
    """).fetchall()
    modified = ("varchar(9)", "char(3)", "numeric(5, -2)", "bit varying(7)", "timestamptz(3)", "time(0)[]",
                "interval day to second(3)", "interval(2)")  # fmt: skip
    names = [*(name for (name,) in types), *modified]
    columns = ", ".join(f"c{number} {name}" for number, name in enumerate(names))
    table = read(connection, f"CREATE TABLE t ({columns})", "t")
    again = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    connection.execute("DROP TABLE t")
    assert read(connection, f"CREATE TABLE t ({again})", "t") == table


def test_temporary_tables_are_left_out(connection):
    assert read(connection, "CREATE TEMP TABLE t (a int)") == Schema()


def test_a_default_from_somebody_elses_sequence_is_no_serial(connection):
    schema = read(
        connection,
        """CREATE SEQUENCE own; CREATE SEQUENCE shared;
           CREATE TABLE t (a int DEFAULT nextval('shared'), b int DEFAULT nextval('own') + 1,
                           c int DEFAULT nextval('own'));
           ALTER SEQUENCE own OWNED BY t.b""",
    )
    columns = schema.tables[Name("public", "t")].columns
    assert [column.identity for column in columns] == ["", "", ""]
    assert all(column.default for column in columns)


def test_a_serial_of_another_size_is_a_serial(connection):
    table = read(connection, "CREATE TABLE t (a bigserial, b smallserial, c int GENERATED BY DEFAULT AS IDENTITY)", "t")
    assert [(str(c.type), c.identity, c.default) for c in table.columns] == [
        ("bigint", "serial", None), ("smallint", "serial", None), ("integer", "by default", None),
    ]  # fmt: skip


def test_an_owned_sequence_that_no_default_takes_from_is_listed(connection):
    schema = read(connection, "CREATE TABLE t (a int); CREATE SEQUENCE s OWNED BY t.a; CREATE TABLE u (b serial)")
    assert schema.sequences.keys() == {Name("public", "s")}


def test_constraints_that_are_not_valid_or_not_enforced_say_so(connection):
    table = read(
        connection,
        """CREATE TABLE t (a int PRIMARY KEY, b int, c int);
           ALTER TABLE t ADD CONSTRAINT later CHECK (b > 0) NOT VALID,
                         ADD CONSTRAINT idle CHECK (b > 1) NOT ENFORCED,
                         ADD CONSTRAINT fk FOREIGN KEY (b) REFERENCES t NOT VALID,
                         ADD CONSTRAINT fk_idle FOREIGN KEY (c) REFERENCES t NOT ENFORCED,
                         ADD CONSTRAINT nn NOT NULL b NOT VALID""",
        "t",
    )
    assert not table.constraint("later").validated
    assert table.constraint("later").enforced
    assert not table.constraint("idle").enforced
    assert (table.constraint("fk").validated, table.constraint("fk").enforced) == (False, True)
    assert not table.constraint("fk_idle").enforced
    assert table.constraint("nn") == NotNull("nn", "b")


def test_a_virtual_column_is_not_stored(connection):
    table = read(connection, "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) VIRTUAL)", "t")
    assert table.column("b").generated == Generated(read_expression("a * 2"), stored=False)
    assert table.column("b").default is None


def test_an_exclusion_is_kept_by_its_text(connection):
    table = read(connection, "CREATE TABLE t (r int4range, EXCLUDE USING gist (r WITH &&))", "t")
    assert table.constraints == (Exclusion("t_r_excl", "EXCLUDE USING gist (r WITH &&)", ("r",)),)
    assert table.indexes == ()


def test_an_index_that_failed_to_build_is_invalid(connection):
    connection.execute("CREATE TABLE t AS SELECT 1 AS a FROM generate_series(1, 2)")
    with pytest.raises(psycopg.errors.UniqueViolation, match="could not create unique index"):
        connection.execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)")
    (index,) = catalog(connection).tables[Name("public", "t")].indexes
    assert not index.valid


def test_an_index_of_another_method_and_class_says_both(connection):
    table = read(
        connection,
        """CREATE TABLE t (j jsonb, "wEird ""name" text);
           CREATE INDEX g ON t USING gin (j jsonb_path_ops);
           CREATE UNIQUE INDEX n ON t ("wEird ""name") NULLS NOT DISTINCT;
           CREATE INDEX e ON t ((j ->> 'a'), lower("wEird ""name"))""",
        "t",
    )
    assert table.index("g") == Index("g", (IndexKey("j", opclass="jsonb_path_ops"),), method="gin")
    assert table.index("n") == Index("n", (IndexKey('wEird "name'),), unique=True, nulls_distinct=False)
    assert table.index("e").reads() == {"j", 'wEird "name'}


def test_partitions_know_their_parent_and_bound(connection):
    schema = read(
        connection,
        """CREATE TABLE p (a int, at date NOT NULL, PRIMARY KEY (a, at)) PARTITION BY RANGE (at);
           CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
           CREATE TABLE p2 PARTITION OF p DEFAULT;
           CREATE TABLE x (a text) PARTITION BY LIST (lower(a));
           CREATE TABLE other (a int, at date, FOREIGN KEY (a, at) REFERENCES p)""",
    )
    found = {table.name.local: table for table in schema.in_order()}
    parent = Name("public", "p")
    assert found["p"].partition_by == PartitionBy("range", ("at",))
    assert found["x"].partition_by == PartitionBy("list", ("lower(a)",))
    assert found["p1"].partition_of == PartitionOf(parent, "FOR VALUES FROM ('2026-01-01') TO (MAXVALUE)")
    assert found["p2"].partition_of == PartitionOf(parent, "DEFAULT")
    assert found["p1"].inherits == ()
    assert found["p1"].primary_key == PrimaryKey("p1_pkey", ("a", "at"))
    assert [key.name for key in found["other"].foreign_keys] == ["other_a_at_fkey"]


def test_inheritance_persistence_and_row_security_are_read(connection):
    schema = read(
        connection,
        "CREATE TABLE a (x int); CREATE UNLOGGED TABLE b () INHERITS (a); ALTER TABLE a ENABLE ROW LEVEL SECURITY",
    )
    assert schema.tables[Name("public", "b")].inherits == (Name("public", "a"),)
    assert schema.tables[Name("public", "b")].persistence == "unlogged"
    assert schema.tables[Name("public", "a")].row_security


def test_functions_and_procedures_are_known_by_their_input_types(connection):
    schema = read(
        connection,
        """CREATE TYPE mood AS ENUM ('ok');
           CREATE FUNCTION f(a int4, b varchar, m mood[], OUT c int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
           CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
           CREATE FUNCTION h(int) RETURNS int STABLE RETURN 1 + $1;
           CREATE PROCEDURE p(int) LANGUAGE sql AS 'SELECT 1'""",
    )
    f, g, h, p = (Name("public", local) for local in "fghp")
    assert schema.functions == {
        (f, ("integer", "varchar", "mood[]")): Function(
            f, ("integer", "varchar", "mood[]"), "integer", "sql", Volatility.IMMUTABLE, "SELECT 1"
        ),
        (g, ()): Function(g, (), "trigger", "plpgsql", Volatility.VOLATILE, "BEGIN RETURN NEW; END"),
        (h, ("integer",)): Function(h, ("integer",), "integer", "sql", Volatility.STABLE, "RETURN (1 + $1)"),
        (p, ("integer",)): Function(p, ("integer",), "", "sql", Volatility.VOLATILE, "SELECT 1"),
    }


def test_what_has_no_class_of_its_own_is_kept_by_its_text(connection):
    schema = read(
        connection,
        """CREATE TABLE t (a int, b int);
           CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
           CREATE TRIGGER tr BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION g();
           CREATE POLICY po ON t FOR SELECT USING (a > 0);
           CREATE RULE ru AS ON DELETE TO t DO INSTEAD NOTHING;
           CREATE STATISTICS st ON a, b FROM t;
           CREATE TYPE pair AS (x int, "Y" text);
           CREATE TYPE span AS RANGE (SUBTYPE = float8);
           CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int)""",
    )
    t = Name("public", "t")
    texts = {kind: opaque.text for (kind, _, table), opaque in schema.opaques.items() if table == t}
    assert texts == {
        "trigger": "CREATE TRIGGER tr BEFORE UPDATE OF a ON public.t FOR EACH ROW EXECUTE FUNCTION public.g()",
        "policy": "PERMISSIVE FOR SELECT TO PUBLIC USING ((a > 0))",
        "rule": "CREATE RULE ru AS\n    ON DELETE TO public.t DO INSTEAD NOTHING;",
        "statistics": "CREATE STATISTICS public.st ON a, b FROM public.t",
    }
    assert {found for found in schema.opaques.values() if found.table is None} == {
        Opaque("type", Name("public", "pair"), text='AS (x integer, "Y" text)'),
        Opaque("type", Name("public", "span"), text="AS RANGE (double precision)"),
        Opaque("aggregate", Name("public", "total"), text="integer"),
    }
    assert set(schema.functions) == {(Name("public", "g"), ())}


def test_the_search_path_is_as_it_was_afterwards(connection):
    connection.execute("SET search_path = pg_catalog, public")
    connection.execute("BEGIN")
    catalog(connection)
    assert connection.execute("SHOW search_path").fetchone() == ("pg_catalog, public",)
    connection.execute("COMMIT")
    catalog(connection)
    assert connection.execute("SHOW search_path").fetchone() == ("pg_catalog, public",)
