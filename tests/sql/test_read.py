import pytest
from postgast import pg_query_pb2 as pb

from dbtools.model import operation as op
from dbtools.model.effects import LockMode
from dbtools.model.expression import Expression, Name, Type, Volatility
from dbtools.model.objects import (
    Check,
    Column,
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
from dbtools.sql.expressions import read_expression
from dbtools.sql.read import read
from dbtools.sql.split import Place, split
from tests.sql.statements import EXAMPLES, INNER

T, U, SHOP = Name("public", "t"), Name("public", "u"), Name("shop", "Order")
INT, TEXT = Type("integer"), Type("text")


def expr(text):
    return read_expression(text)


def operations(sql, namespace="public"):
    return tuple(operation for statement in read(sql, namespace) for operation in statement.operations)


def only(sql):
    (operation,) = operations(sql)
    return operation


def test_every_kind_of_statement_of_postgresql_18_has_an_example():
    kinds = {field.name for field in pb.Node.DESCRIPTOR.fields if field.name.endswith("_stmt")}
    assert kinds - INNER == EXAMPLES.keys()


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_kind_of_statement_becomes_operations(kind):
    (piece,) = split(EXAMPLES[kind])
    assert piece.node.WhichOneof("node") == kind
    (statement,) = read(EXAMPLES[kind])
    assert statement.operations
    assert all(isinstance(operation, op.Operation) for operation in statement.operations)
    assert statement.places == (Place(1, 1),) * len(statement.operations)
    hash(statement.operations)


TABLES = {
    "CREATE TABLE IF NOT EXISTS t (a int)": op.CreateTable(Table(T, (Column("a", INT),)), if_not_exists=True),
    'CREATE UNLOGGED TABLE shop."Order" ("Id" bigserial)': op.CreateTable(
        Table(SHOP, (Column("Id", Type("bigint"), nullable=False, identity="serial"),), persistence="unlogged")
    ),
    "CREATE TEMP TABLE t (a int) ON COMMIT DROP": op.CreateTable(
        Table(Name("pg_temp", "t"), (Column("a", INT),), persistence="temporary")
    ),
    "CREATE TABLE t (LIKE u INCLUDING ALL)": op.CreateTable(Table(T), like=(U,)),
    "CREATE TABLE t (a int) INHERITS (u)": op.CreateTable(Table(T, (Column("a", INT),), inherits=(U,))),
    "CREATE TABLE t (a int) PARTITION BY RANGE (a, (a + 1))": op.CreateTable(
        Table(T, (Column("a", INT),), partition_by=PartitionBy("range", ("a", "a + 1")))
    ),
    "CREATE TABLE t PARTITION OF u FOR VALUES FROM (1, MINVALUE) TO (2, MAXVALUE)": op.CreateTable(
        Table(T, partition_of=PartitionOf(U, "FOR VALUES FROM (1, MINVALUE) TO (2, MAXVALUE)"))
    ),
    "CREATE TABLE t PARTITION OF u FOR VALUES IN ('a', NULL)": op.CreateTable(
        Table(T, partition_of=PartitionOf(U, "FOR VALUES IN ('a', NULL)"))
    ),
    "CREATE TABLE t PARTITION OF u FOR VALUES WITH (MODULUS 4, REMAINDER 1)": op.CreateTable(
        Table(T, partition_of=PartitionOf(U, "FOR VALUES WITH (modulus 4, remainder 1)"))
    ),
    "CREATE TABLE t PARTITION OF u DEFAULT": op.CreateTable(Table(T, partition_of=PartitionOf(U, "DEFAULT"))),
    "CREATE TABLE t AS SELECT b FROM u": op.CreateTable(Table(T), query="SELECT b FROM u", mentions=(U,)),
    "CREATE TEMP TABLE t AS SELECT b FROM u": op.CreateTable(
        Table(Name("pg_temp", "t"), persistence="temporary"), query="SELECT b FROM u", mentions=(U,)
    ),
    "SELECT b INTO t FROM u": op.CreateTable(Table(T), query="SELECT b FROM u", mentions=(U,)),
    "DROP FOREIGN TABLE t": op.DropTable(T),
    "ALTER TABLE IF EXISTS ONLY t RENAME TO u": op.RenameTable(T, "u"),
    "ALTER TABLE t SET SCHEMA shop": op.SetNamespace("table", T, "shop"),
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY": op.AlterTable(T, "row security", "enable"),
    "ALTER TABLE t SET UNLOGGED": op.AlterTable(T, "set unlogged"),
    "ALTER TABLE t SET TABLESPACE fast": op.AlterTable(T, "set tablespace", "fast"),
    "ALTER TABLE t DISABLE TRIGGER g": op.AlterTable(T, "disable trigger", "g"),
    "ALTER TABLE t CLUSTER ON i": op.AlterTable(T, "cluster on", "i"),
    "ALTER TABLE t SET (fillfactor = 70)": op.AlterTable(T, "set options"),
    "ALTER TABLE t INHERIT shop.base": op.AlterTable(T, "inherit", "shop.base"),
    "ALTER TABLE t ATTACH PARTITION u FOR VALUES IN (1)": op.AttachPartition(U, PartitionOf(T, "FOR VALUES IN (1)")),
    "ALTER TABLE t DETACH PARTITION u CONCURRENTLY": op.DetachPartition(T, U, concurrently=True),
    "ALTER TABLE t DETACH PARTITION u FINALIZE": op.DetachPartition(T, U),
}
COLUMNS = {
    "ALTER TABLE t ADD IF NOT EXISTS a varchar(9) COLLATE \"C\" NOT NULL DEFAULT 'x'": op.AddColumn(
        T, Column("a", Type("varchar", (9,)), nullable=False, default=expr("'x'"), collation="C"), if_not_exists=True
    ),
    "ALTER TABLE t ADD a int PRIMARY KEY": op.AddColumn(T, Column("a", INT, nullable=False), (PrimaryKey("", ("a",)),)),
    "ALTER TABLE t ADD a int CONSTRAINT k REFERENCES u ON DELETE CASCADE DEFERRABLE": op.AddColumn(
        T, Column("a", INT), (ForeignKey("k", ("a",), U, (), on_delete="CASCADE", deferrable=True),)
    ),
    "ALTER TABLE t ADD a int UNIQUE NULLS NOT DISTINCT CHECK (a > 0) NOT ENFORCED": op.AddColumn(
        T,
        Column("a", INT),
        (
            Unique("", ("a",), nulls_distinct=False),
            Check("", expr("a > 0"), validated=False, enforced=False),
        ),
    ),
    "ALTER TABLE t ADD a int GENERATED BY DEFAULT AS IDENTITY": op.AddColumn(
        T, Column("a", INT, nullable=False, identity="by default")
    ),
    "ALTER TABLE t ADD a int GENERATED ALWAYS AS (b + 1) STORED": op.AddColumn(
        T, Column("a", INT, generated=Generated(expr("b + 1")))
    ),
    "ALTER TABLE t ADD a int GENERATED ALWAYS AS (b + 1)": op.AddColumn(
        T, Column("a", INT, generated=Generated(expr("b + 1"), stored=False))
    ),
    "ALTER TABLE t ADD a int DEFAULT NULL": op.AddColumn(T, Column("a", INT)),
    "ALTER TABLE t DROP a": op.DropColumn(T, "a"),
    'ALTER TABLE t DROP COLUMN IF EXISTS "A" CASCADE': op.DropColumn(T, "A", if_exists=True, cascade=True),
    "ALTER TABLE t RENAME a TO b": op.RenameColumn(T, "a", "b"),
    'ALTER TABLE shop."Order" RENAME COLUMN a TO "B"': op.RenameColumn(SHOP, "a", "B"),
    'ALTER TABLE t ALTER a SET DATA TYPE text COLLATE "C" USING a::text': op.SetType(
        T, "a", TEXT, expr("a::text"), "C"
    ),
    "ALTER TABLE t ALTER a TYPE numeric(10)": op.SetType(T, "a", Type("numeric", (10, 0))),
    "ALTER TABLE t ALTER a TYPE shop.state[]": op.SetType(T, "a", Type("state", (), 1, "shop")),
    "ALTER TABLE t ALTER a SET NOT NULL": op.SetNullable(T, "a", nullable=False),
    "ALTER TABLE t ALTER a DROP NOT NULL": op.SetNullable(T, "a", nullable=True),
    "ALTER TABLE t ALTER a SET DEFAULT now()": op.SetDefault(T, "a", expr("now()")),
    "ALTER TABLE t ALTER a SET DEFAULT NULL": op.SetDefault(T, "a", None),
    "ALTER TABLE t ALTER a DROP DEFAULT": op.SetDefault(T, "a", None),
    "ALTER TABLE t ALTER a ADD GENERATED ALWAYS AS IDENTITY": op.SetIdentity(T, "a", "always"),
    "ALTER TABLE t ALTER a SET GENERATED BY DEFAULT": op.SetIdentity(T, "a", "by default"),
    "ALTER TABLE t ALTER a RESTART": op.AlterColumn(T, "a", "storage"),
    "ALTER TABLE t ALTER a DROP IDENTITY": op.SetIdentity(T, "a", ""),
    "ALTER TABLE t ALTER a DROP EXPRESSION": op.SetGenerated(T, "a", None),
    "ALTER TABLE t ALTER a SET EXPRESSION AS (b + 2)": op.SetGenerated(T, "a", Generated(expr("b + 2"))),
    "ALTER TABLE t ALTER a SET STATISTICS 500": op.AlterColumn(T, "a", "statistics"),
    "ALTER TABLE t ALTER a SET COMPRESSION lz4": op.AlterColumn(T, "a", "compression"),
}
CONSTRAINTS = {
    "ALTER TABLE t ADD PRIMARY KEY (a, b)": op.AddConstraint(T, PrimaryKey("", ("a", "b"))),
    "ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY USING INDEX i": op.AddConstraint(T, PrimaryKey("k", ()), "i"),
    "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a) DEFERRABLE": op.AddConstraint(T, Unique("k", ("a",), deferrable=True)),
    "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID": op.AddConstraint(
        T, Check("k", expr("a > 0"), validated=False)
    ),
    'ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES shop."Order" (c, d) ON UPDATE SET NULL NOT VALID': (
        op.AddConstraint(T, ForeignKey("k", ("a", "b"), SHOP, ("c", "d"), on_update="SET NULL", validated=False))
    ),
    "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u NOT ENFORCED": op.AddConstraint(
        T, ForeignKey("k", ("a",), U, (), validated=False, enforced=False)
    ),
    "ALTER TABLE t ADD CONSTRAINT k NOT NULL a NOT VALID": op.AddConstraint(T, NotNull("k", "a")),
    "ALTER TABLE t ADD CONSTRAINT k EXCLUDE USING gist (a WITH &&, lower(b) WITH =)": op.AddConstraint(
        T, Exclusion("k", "EXCLUDE USING gist (a WITH &&, lower(b) WITH =)", ("a", "b"))
    ),
    "ALTER TABLE t DROP CONSTRAINT IF EXISTS k CASCADE": op.DropConstraint(T, "k", if_exists=True, cascade=True),
    "ALTER TABLE t VALIDATE CONSTRAINT k": op.ValidateConstraint(T, "k"),
    "ALTER TABLE t RENAME CONSTRAINT k TO l": op.RenameConstraint(T, "k", "l"),
    "ALTER TABLE t ALTER CONSTRAINT k DEFERRABLE": op.AlterConstraint(T, "k", deferrable=True),
    "ALTER TABLE t ALTER CONSTRAINT k NOT ENFORCED": op.AlterConstraint(T, "k", enforced=False),
}
INDEXES = {
    "CREATE INDEX ON ONLY t (a)": op.CreateIndex(T, Index("", (IndexKey("a"),)), only=True),
    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a DESC, b NULLS FIRST) INCLUDE (c) NULLS NOT DISTINCT"
    " WHERE d IS NULL": op.CreateIndex(
        T,
        Index(
            "i",
            (IndexKey("a", descending=True, nulls_first=True), IndexKey("b", nulls_first=True)),
            unique=True,
            where=expr("d IS NULL"),
            include=("c",),
            nulls_distinct=False,
        ),
        concurrently=True,
        if_not_exists=True,
    ),
    "CREATE INDEX i ON t USING gin (a jsonb_path_ops, (b ->> 'x') COLLATE \"C\" gin_trgm_ops)": op.CreateIndex(
        T,
        Index(
            "i",
            (
                IndexKey("a", opclass="jsonb_path_ops"),
                IndexKey(expression=expr("b ->> 'x'"), opclass="gin_trgm_ops", collation="C"),
            ),
            method="gin",
        ),
    ),
    "CREATE INDEX i ON t (a text_ops, b text_pattern_ops, c int4_ops)": op.CreateIndex(
        T, Index("i", (IndexKey("a"), IndexKey("b", opclass="text_pattern_ops"), IndexKey("c")))
    ),
    "DROP INDEX CONCURRENTLY IF EXISTS shop.i": op.DropIndex(Name("shop", "i"), concurrently=True, if_exists=True),
    "ALTER INDEX i RENAME TO j": op.Rename("index", Name("public", "i"), "j"),
    "ALTER INDEX i ATTACH PARTITION j": op.AlterIndex(Name("public", "i"), Name("public", "j")),
    "ALTER INDEX i SET (fillfactor = 70)": op.AlterIndex(Name("public", "i")),
    "REINDEX (CONCURRENTLY) INDEX i": op.Reindex("index", Name("public", "i"), concurrently=True),
    "REINDEX (CONCURRENTLY false) TABLE t": op.Reindex("table", T),
    "REINDEX DATABASE CONCURRENTLY d": op.Reindex("database", Name("d", ""), concurrently=True),
}
TYPES = {
    "CREATE TYPE shop.mood AS ENUM ('sad', 'it''s ok')": op.CreateEnum(Enum(Name("shop", "mood"), ("sad", "it's ok"))),
    "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'x'": op.AddEnumValue(Name("public", "mood"), "x", if_not_exists=True),
    "ALTER TYPE mood ADD VALUE 'x' BEFORE 'y'": op.AddEnumValue(Name("public", "mood"), "x", "y", before=True),
    "ALTER TYPE mood RENAME VALUE 'x' TO 'y'": op.RenameEnumValue(Name("public", "mood"), "x", "y"),
    "ALTER TYPE mood RENAME TO feeling": op.Rename("type", Name("public", "mood"), "feeling"),
    "ALTER TYPE y RENAME ATTRIBUTE a TO b": op.AlterOpaque("type", Name("public", "y")),
    "ALTER TYPE y ADD ATTRIBUTE a int CASCADE": op.AlterOpaque("type cascade", Name("public", "y")),
    "CREATE DOMAIN shop.d AS varchar(5) DEFAULT 'x' CONSTRAINT k CHECK (VALUE <> '') NOT NULL": op.CreateDomain(
        Domain(
            Name("shop", "d"),
            Type("varchar", (5,)),
            nullable=False,
            default=expr("'x'"),
            checks=(Check("k", expr("VALUE <> ''")),),
        )
    ),
    "ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 0) NOT VALID": op.AddDomainCheck(
        Name("public", "d"), Check("k", expr("VALUE > 0"), validated=False)
    ),
    "ALTER DOMAIN d DROP CONSTRAINT k": op.AlterDomain(Name("public", "d"), "drop constraint", "k"),
    "ALTER DOMAIN d VALIDATE CONSTRAINT k": op.AlterDomain(Name("public", "d"), "validate", "k"),
    "ALTER DOMAIN d SET DEFAULT 1": op.AlterDomain(Name("public", "d"), "default", default=expr("1")),
    "ALTER DOMAIN d DROP NOT NULL": op.AlterDomain(Name("public", "d"), "nullable"),
    "ALTER DOMAIN d RENAME TO e": op.Rename("domain", Name("public", "d"), "e"),
    "DROP TYPE IF EXISTS shop.mood CASCADE": op.DropType(Name("shop", "mood"), if_exists=True, cascade=True),
    "DROP DOMAIN d": op.DropType(Name("public", "d")),
}
OTHERS = {
    "CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT a FROM t": op.CreateView(
        View(Name("public", "v"), "SELECT a FROM t", materialized=True), if_not_exists=True
    ),
    "DROP MATERIALIZED VIEW IF EXISTS v CASCADE": op.DropView(Name("public", "v"), if_exists=True, cascade=True),
    "ALTER VIEW v RENAME COLUMN a TO b": op.AlterOpaque("view", Name("public", "v")),
    "ALTER MATERIALIZED VIEW v RENAME TO w": op.Rename("materialized view", Name("public", "v"), "w"),
    "CREATE SEQUENCE shop.s START 5": op.CreateSequence(Sequence(Name("shop", "s"))),
    "ALTER SEQUENCE s OWNED BY shop.t.a": op.AlterSequence(Name("public", "s"), (Name("shop", "t"), "a")),
    "ALTER SEQUENCE s OWNED BY NONE": op.AlterSequence(Name("public", "s")),
    "DROP SEQUENCE s": op.DropSequence(Name("public", "s")),
    "CREATE OR REPLACE FUNCTION f(a varchar(5), OUT b int, VARIADIC c int[]) LANGUAGE plpgsql IMMUTABLE AS 'x'": (
        op.CreateFunction(
            Function(Name("public", "f"), ("varchar", "integer[]"), "integer", "plpgsql", Volatility.IMMUTABLE, "x"),
            replace=True,
        )
    ),
    "CREATE FUNCTION f(OUT a int, OUT b int) LANGUAGE sql AS 'x'": op.CreateFunction(
        Function(Name("public", "f"), (), "record", "sql", body="x")
    ),
    "CREATE FUNCTION f(a int) RETURNS int RETURN a + 1": op.CreateFunction(
        Function(Name("public", "f"), ("integer",), "integer", "sql", body="RETURN a + 1")
    ),
    "CREATE PROCEDURE p() BEGIN ATOMIC DELETE FROM t; SELECT 1; END": op.CreateFunction(
        Function(Name("public", "p"), (), "", "sql", body="BEGIN ATOMIC DELETE FROM t; SELECT 1; END")
    ),
    "DROP FUNCTION IF EXISTS f": op.DropFunction(Name("public", "f"), None, if_exists=True),
    "DROP FUNCTION f(int, varchar(5))": op.DropFunction(Name("public", "f"), ("integer", "varchar")),
    "DROP PROCEDURE p()": op.DropFunction(Name("public", "p"), ()),
    "ALTER FUNCTION f(int) RENAME TO g": op.Rename("function", Name("public", "f"), "g"),
    "ALTER FUNCTION f(int) SET SCHEMA shop": op.SetNamespace("function", Name("public", "f"), "shop"),
    "ALTER TRIGGER g ON t RENAME TO h": op.AlterOpaque("trigger", Name("public", "g"), T, "h"),
    "DROP TRIGGER IF EXISTS g ON shop.t": op.DropOpaque(
        "trigger", Name("shop", "g"), Name("shop", "t"), if_exists=True
    ),
    "DROP POLICY p ON t": op.DropOpaque("policy", Name("public", "p"), T),
    "DROP STATISTICS s": op.DropOpaque("statistics", Name("public", "s")),
    "DROP PUBLICATION p": op.DropOpaque("publication", Name("public", "p")),
    "DROP AGGREGATE total(int)": op.DropOpaque("aggregate", Name("public", "total")),
    "DROP CAST (int AS text)": op.DropOpaque("cast", Name("public", "")),
    "ALTER ROLE a RENAME TO b": op.AlterOpaque("role", Name("public", "a"), None, "b"),
    "ALTER PUBLICATION p ADD TABLE t": op.CreateOpaque(Opaque("publication", Name("public", "p"), T)),
    "CREATE SCHEMA IF NOT EXISTS shop": op.CreateNamespace("shop", if_not_exists=True),
    "CREATE SCHEMA AUTHORIZATION someone": op.CreateNamespace("someone"),
    "ALTER SCHEMA shop RENAME TO store": op.RenameNamespace("shop", "store"),
    "DROP SCHEMA shop CASCADE": op.DropNamespace("shop", cascade=True),
    'CREATE EXTENSION "uuid-ossp"': op.CreateExtension("uuid-ossp"),
    "DROP EXTENSION IF EXISTS citext": op.DropExtension("citext", if_exists=True),
    "COMMENT ON TABLE t IS NULL": op.Comment("table", T, None),
    "COMMENT ON COLUMN t.a IS ''": op.Comment("column", T, None, "a"),
    "REVOKE ALL ON t, u FROM someone": op.Grant((T, U)),
    "GRANT USAGE ON SCHEMA shop TO someone": op.Grant(()),
    "GRANT SELECT ON ALL TABLES IN SCHEMA shop TO someone": op.Grant(()),
}
ROWS = {
    "INSERT INTO t VALUES (1)": op.Insert(T),
    "INSERT INTO t (a) WITH x AS (SELECT 1) SELECT u.a FROM u, x": op.Insert(T, ("a",), (U,)),
    "UPDATE t SET a = 1, b = u.b FROM u WHERE t.c = u.c": op.Update(T, ("a", "b"), expr("t.c = u.c"), (U,)),
    "DELETE FROM t USING u WHERE a = 1": op.Delete(T, expr("a = 1"), (U,)),
    "COPY t TO '/tmp/rows'": op.Select((T,)),
    "SELECT * FROM t FOR UPDATE": op.Select((T,), locks=True),
    "SELECT setval('shop.s', 5)": op.Select((), setval=(Name("shop", "s"),)),
    "SELECT a FROM t WHERE b IN (SELECT c FROM u)": op.Select((T, U)),
    "TRUNCATE ONLY t RESTART IDENTITY": op.Truncate((T,)),
    "LOCK t": op.LockTable((T,), LockMode.ACCESS_EXCLUSIVE),
    "LOCK TABLE t, u IN SHARE ROW EXCLUSIVE MODE": op.LockTable((T, U), LockMode.SHARE_ROW_EXCLUSIVE),
    "VACUUM": op.Maintain("vacuum", ()),
    "VACUUM (FULL off, ANALYZE) t": op.Maintain("vacuum", (T,)),
    "VACUUM FULL t": op.Maintain("vacuum full", (T,)),
    "ANALYZE t (a)": op.Maintain("analyze", (T,)),
    "CLUSTER": op.Maintain("cluster", ()),
    "SET LOCAL statement_timeout TO 5000": op.SetParameter("statement_timeout", "5000", local=True),
    "RESET statement_timeout": op.SetParameter("statement_timeout", None),
    "SET TIME ZONE 'UTC'": op.SetParameter("timezone", "UTC"),
    "START TRANSACTION": op.Transaction("begin"),
    "END": op.Transaction("commit"),
    "SAVEPOINT s": op.Transaction("savepoint"),
    "ROLLBACK TO s": op.Transaction("rollback to"),
}
EXACT = TABLES | COLUMNS | CONSTRAINTS | INDEXES | TYPES | OTHERS | ROWS


@pytest.mark.parametrize("sql", EXACT)
def test_a_statement_is_exactly_this_operation(sql):
    assert only(sql) == EXACT[sql]


def test_what_a_statement_reads_is_told_although_it_takes_no_part_in_equality():
    assert only("CREATE VIEW v (x) AS SELECT a FROM t JOIN shop.u USING (b)").view.mentions == (T, Name("shop", "u"))
    assert only("CREATE VIEW v (x) AS SELECT a FROM t").view.columns == ("x",)
    trigger = only("CREATE TRIGGER g BEFORE UPDATE OF a ON t FOR EACH ROW WHEN (NEW.b > OLD.c) EXECUTE FUNCTION f()")
    assert trigger.opaque.reads == ("a", "b", "c")
    assert trigger.opaque.text.startswith("CREATE TRIGGER g BEFORE UPDATE OF a ON t")
    assert only("CREATE POLICY p ON t USING (a = 1) WITH CHECK (b = 2)").opaque.reads == ("a", "b")


def test_columns_of_a_table_know_their_keys():
    (created,) = operations("CREATE TABLE t (a int, b int, c int NOT NULL, PRIMARY KEY (a), CONSTRAINT k NOT NULL b)")
    assert [column.nullable for column in created.table.columns] == [False, False, False]
    assert created.table.constraints == (PrimaryKey("", ("a",)),)


def test_what_a_partition_says_of_inherited_columns_comes_after_it():
    created, default, filled = operations(
        "CREATE TABLE t PARTITION OF u (a DEFAULT 5 NOT NULL, CHECK (a > 0)) FOR VALUES IN (1)"
    )
    assert created.table.columns == ()
    assert created.table.constraints == (Check("", expr("a > 0")),)
    assert default == op.SetDefault(T, "a", expr("5"))
    assert filled == op.SetNullable(T, "a", nullable=False)


def test_a_typed_table_is_uncertain():
    created, unknown = operations("CREATE TABLE t OF y (a WITH OPTIONS DEFAULT 1)")[:2]
    assert isinstance(created, op.CreateTable)
    assert unknown.touches == (T,)


def test_a_with_clause_that_changes_rows_is_told_too():
    assert operations("WITH gone AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM gone") == (
        op.Delete(T),
        op.Insert(U, (), (T,)),
    )
    assert operations("WITH x AS (UPDATE t SET a = 1 RETURNING a) SELECT * FROM x")[0] == op.Update(T, ("a",))


def test_each_object_that_drop_names_is_one_operation():
    assert operations('DROP TABLE t, shop."Order" CASCADE') == (
        op.DropTable(T, cascade=True),
        op.DropTable(SHOP, cascade=True),
    )
    assert operations("DROP INDEX i, j") == (op.DropIndex(Name("public", "i")), op.DropIndex(Name("public", "j")))


def test_an_alter_table_is_one_operation_for_each_action_at_its_exact_place():
    sql = (
        "/* học */ SELECT 'é'; ALTER TABLE t ADD COLUMN a numeric(10, 2) DEFAULT f(1, 2), -- một, hai\n"
        "  DROP COLUMN \"ü,\",\n\tALTER b TYPE text USING concat(b, ','), ADD CHECK (b <> (ARRAY[1, 2])[1]::text);"
    )
    (_, statement) = read(sql)
    assert [type(each) for each in statement.operations] == [op.AddColumn, op.DropColumn, op.SetType, op.AddConstraint]
    assert statement.places == (Place(1, 23), Place(2, 3), Place(3, 2), Place(3, 42))


def test_one_action_stands_where_its_statement_stands():
    (statement,) = read("\n  ALTER TABLE t\n  ADD a int;")
    assert statement.places == (Place(2, 3),)


# Names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "namespace"),
    [
        ("SET search_path = shop, public", "shop"),
        ("SET search_path TO 'shop'", "shop"),
        ('SET LOCAL search_path TO "$user", shop', "shop"),
        ('SET search_path TO "Mixed Case"', "Mixed Case"),
        ("SET search_path TO ''", "initial"),
        ("SET search_path TO shop; SET search_path TO DEFAULT", "initial"),
        ("SET search_path TO shop; RESET search_path", "initial"),
        ("SET search_path TO shop; RESET ALL", "initial"),
        ("SET search_path TO shop; DISCARD ALL", "initial"),
        ("SET lock_timeout = 1", "initial"),
    ],
)
def test_unqualified_names_follow_the_search_path(setting, namespace):
    assert operations(f"{setting}; DROP TABLE t; DROP TABLE other.t", "initial")[-2:] == (
        op.DropTable(Name(namespace, "t")),
        op.DropTable(Name("other", "t")),
    )


def test_a_temporary_table_hides_its_namesake_for_the_rest_of_the_script():
    sql = "CREATE TEMP TABLE t AS SELECT 1; INSERT INTO t SELECT * FROM public.t, u; DROP TABLE t; DROP TABLE t"
    temporary = Name("pg_temp", "t")
    assert operations(sql)[1:] == (op.Insert(temporary, (), (T, U)), op.DropTable(temporary), op.DropTable(T))


# What is executed -------------------------------------------------------------------------------


def test_a_do_block_is_executed():
    assert operations(
        "DO $$ DECLARE n int; BEGIN DROP TABLE t; SELECT count(*) INTO n FROM u; EXECUTE 'DROP TABLE shop.t, v'; END $$"
    ) == (
        op.DropTable(T),
        op.Select((U,)),
        op.DropTable(Name("shop", "t")),
        op.DropTable(Name("public", "v")),
    )


def test_a_function_body_is_not_executed():
    for body in (
        "AS 'DROP TABLE t'",
        "LANGUAGE plpgsql AS 'BEGIN DROP TABLE t; END'",
        "BEGIN ATOMIC DELETE FROM t; END",
    ):
        assert isinstance(only(f"CREATE FUNCTION f() RETURNS void {body}"), op.CreateFunction)


@pytest.mark.parametrize("expression", ["'DROP TABLE ' || x", "format('DROP TABLE %I', x)", "x"])
def test_sql_that_is_put_together_may_change_anything(expression):
    assert only(f"DO $$ BEGIN EXECUTE {expression}; END $$") == op.Unknown(
        expression, "SQL that is put together while it runs"
    )


@pytest.mark.parametrize(
    "guarded",
    [
        "IF n > 1 THEN DROP TABLE t; END IF;",
        "IF NOT EXISTS (SELECT 1) THEN NULL; ELSE DROP TABLE t; END IF;",
        "IF NOT EXISTS (SELECT 1) AND n > 1 THEN DROP TABLE t; END IF;",
        "FOR r IN SELECT 1 LOOP DROP TABLE t; END LOOP;",
        "WHILE n > 1 LOOP DROP TABLE t; END LOOP;",
        "CASE WHEN n > 1 THEN DROP TABLE t; END CASE;",
        "BEGIN NULL; EXCEPTION WHEN others THEN DROP TABLE t; END;",
    ],
)
def test_what_may_not_run_leaves_its_relations_uncertain(guarded):
    dropped, unknown = operations(f"DO $$ DECLARE n int; r record; BEGIN {guarded} END $$")
    assert dropped == op.DropTable(T)
    assert unknown == op.Unknown("DROP TABLE t", "it runs only where a condition holds", (T,))


@pytest.mark.parametrize("condition", ["NOT EXISTS (SELECT 1)", "EXISTS (SELECT 1)", "not (exists (select 1))"])
def test_a_block_that_asks_whether_its_work_was_done_before_does_it(condition):
    assert only(f"DO $$ BEGIN IF {condition} THEN DROP TABLE t; END IF; END $$") == op.DropTable(T)


def test_rows_that_may_change_leave_nothing_uncertain():
    assert only("DO $$ BEGIN IF 1 > 2 THEN UPDATE t SET a = 1; END IF; END $$") == op.Update(T, ("a",))


def test_what_fails_when_its_exception_is_caught_still_counts_as_done():
    sql = "DO $$ BEGIN ALTER TABLE t ADD a int; EXCEPTION WHEN duplicate_column THEN NULL; END $$"
    assert only(sql) == op.AddColumn(T, Column("a", INT))


def test_blocks_that_cannot_be_read_are_unknown():
    assert only("DO $$ BEGIN DROP TABEL t END $$").touches is not None
    assert only("DO LANGUAGE plpython3u 'import os'") == op.Unknown(
        "DO LANGUAGE plpython3u 'import os'", "a block in plpython3u"
    )
    (call,) = operations("DO $$ BEGIN CALL p(); END $$")
    assert call.touches is None


# What cannot be read ------------------------------------------------------------------------------


def test_a_broken_statement_touches_only_what_its_text_names():
    broken, after = read('ALTER TABLE shop."Order" ADD COLUMN x int y z; -- and q\nDROP TABLE t')
    (unknown,) = broken.operations
    assert {SHOP, Name("public", "shop")} <= set(unknown.touches)
    assert not {T, Name("public", "q"), Name("public", "table"), Name("public", "add")} & set(unknown.touches)
    assert unknown.reason == broken.error == 'syntax error at or near "y"'
    assert broken.error_place == Place(1, 43)
    assert after.operations == (op.DropTable(T),)


@pytest.mark.parametrize(
    "template", ["{{ .Schema }}.users", "${schema}.users", ":schema.users", "{schema}.users", "%s.users"]
)
def test_a_template_placeholder_is_unknown_for_what_it_names(template):
    (unknown,) = operations(f"ALTER TABLE {template} ADD COLUMN a int")
    assert Name("public", "users") in unknown.touches


def test_unread_actions_of_alter_table_touch_that_table():
    unknown = only("ALTER FOREIGN TABLE t OPTIONS (ADD a 'b')")
    assert isinstance(unknown, op.Unknown)
    assert unknown.touches == (T,)


# In a transaction ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "needs"),
    [
        ("CREATE INDEX CONCURRENTLY i ON t (a)", True),
        ("CREATE INDEX i ON t (a)", False),
        ("DROP INDEX CONCURRENTLY i", True),
        ("REINDEX TABLE CONCURRENTLY t", True),
        ("REINDEX SCHEMA public", True),
        ("REINDEX TABLE t", False),
        ("ALTER TABLE t DETACH PARTITION u CONCURRENTLY", True),
        ("VACUUM t", True),
        ("ANALYZE t", False),
        ("CLUSTER", True),
        ("CLUSTER t", False),
        ("CREATE DATABASE d", True),
        ("DROP DATABASE d", True),
        ("ALTER SYSTEM SET work_mem = '1GB'", True),
        ("SELECT 1", False),
    ],
)
def test_statements_that_refuse_a_transaction_are_known(sql, needs):
    (statement,) = read(sql)
    assert statement.needs_autocommit is needs


def test_expressions_keep_their_text_beside_their_meaning():
    check = only("ALTER TABLE t ADD CHECK (a IN ('x') AND b::text <> '')").constraint
    assert isinstance(check.expression, Expression)
    assert check.expression.columns == ("a", "b")
    assert check.expression.text == "a IN ('x') AND b::text <> ''"
