import pytest
from postgast import pg_query_pb2 as pb

from dbtools.model import operation as op
from dbtools.model.expression import Expression, Name, Type
from dbtools.model.objects import (
    Check,
    Column,
    PrimaryKey,
)
from dbtools.sql.expressions import read_expression
from dbtools.sql.read import read
from dbtools.sql.split import Place, split
from tests.sql.exact import EXACT
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


def test_a_typed_table_names_its_type_and_then_what_it_says_of_its_columns():
    created, default = operations("CREATE TABLE t OF y (a WITH OPTIONS DEFAULT 1)")
    assert created.table.of == Name("public", "y")
    assert (default.table, default.column, default.default.text) == (T, "a", "1")


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


def test_what_a_block_executes_stands_on_its_own_line():
    sql = "SELECT 1;\n  DO LANGUAGE 'plpgsql' $do$\nBEGIN\n  DROP TABLE a;\n\n    EXECUTE 'DROP TABLE b';\nEND $do$;"
    _, block = read(sql)
    assert [(place.line, place.column) for place in block.places] == [(4, 3), (6, 5)]
    (_, one_line) = read("SELECT 1;\n  DO $$ BEGIN DROP TABLE a; END $$;")
    assert one_line.places == (one_line.place,)
