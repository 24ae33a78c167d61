from dbtools.model import operation as op
from dbtools.model.apply import apply_all
from dbtools.model.diff import diff
from dbtools.model.expression import Name
from dbtools.model.schema import Schema
from dbtools.sql.read import read
from dbtools.sql.render import render

TYPES = """CREATE TYPE e AS ENUM ({}); CREATE TABLE t (a e DEFAULT 'a', CHECK (a <> 'b'));
CREATE INDEX i ON t (a) WHERE a = 'a'"""


def after(sql):
    return apply_all(Schema(), [operation for statement in read(sql) for operation in statement.operations])


def change(old, new):
    """The statements from *old* to *new*, which must lead there."""
    operations = diff(after(old), after(new))
    assert apply_all(after(old), operations) == after(new)
    return [render(operation) for operation in operations]


def test_a_renamed_column_is_a_drop_and_an_addition():
    assert change("CREATE TABLE t (a int)", "CREATE TABLE t (b int)") == [
        "ALTER TABLE t DROP COLUMN a",
        "ALTER TABLE t ADD COLUMN b integer",
    ]


def test_the_order_of_columns_is_no_difference():
    assert change("CREATE TABLE t (a int, b int)", "CREATE TABLE t (b int, a int)") == []


def test_an_enum_that_only_grew_gets_each_label_at_its_place():
    assert change(TYPES.format("'a', 'b'"), TYPES.format("'z', 'a', 'y', 'b', 'c'")) == [
        "ALTER TYPE e ADD VALUE 'z' BEFORE 'a'",
        "ALTER TYPE e ADD VALUE 'y' AFTER 'a'",
        "ALTER TYPE e ADD VALUE 'c'",
    ]


def test_an_enum_that_lost_a_label_is_set_aside_until_no_column_has_it():
    assert change(TYPES.format("'a', 'b', 'c'"), TYPES.format("'a', 'b'")) == [
        "ALTER TYPE e RENAME TO old_e",
        "ALTER TABLE t DROP CONSTRAINT t_a_check",
        "DROP INDEX i",
        "CREATE TYPE e AS ENUM ('a', 'b')",
        "ALTER TABLE t ALTER COLUMN a DROP DEFAULT",
        "ALTER TABLE t ALTER COLUMN a TYPE e USING a::text::e",
        "ALTER TABLE t ALTER COLUMN a SET DEFAULT 'a'",
        "ALTER TABLE t ADD CONSTRAINT t_a_check CHECK (a <> 'b')",
        "CREATE INDEX i ON t (a) WHERE a = 'a'",
        "DROP TYPE old_e",
    ]


def test_a_type_change_takes_down_what_cannot_outlive_it():
    base = """CREATE TABLE t (id {0} PRIMARY KEY, b int GENERATED ALWAYS AS (id + 1) STORED, c int CHECK (c > 0));
        CREATE TABLE q (t {0} REFERENCES t); CREATE VIEW v AS SELECT id FROM t; CREATE VIEW w AS SELECT id FROM v"""
    assert change(base.format("int"), base.format("bigint")) == [
        "DROP VIEW w",
        "DROP VIEW v",
        "ALTER TABLE q DROP CONSTRAINT q_t_fkey",
        "ALTER TABLE t DROP COLUMN b",
        "ALTER TABLE q ALTER COLUMN t TYPE bigint",
        "ALTER TABLE t ALTER COLUMN id TYPE bigint",
        "ALTER TABLE t ADD COLUMN b integer GENERATED ALWAYS AS (id + 1) STORED",
        "ALTER TABLE q ADD CONSTRAINT q_t_fkey FOREIGN KEY (t) REFERENCES t (id)",
        "CREATE VIEW v AS SELECT id FROM t",
        "CREATE VIEW w AS SELECT id FROM v",
    ]


def test_tables_that_refer_to_each_other_are_unbound_before_they_are_dropped():
    circle = "CREATE TABLE a (x int PRIMARY KEY); CREATE TABLE b (x int PRIMARY KEY REFERENCES a)"
    assert change(circle, "") == ["DROP TABLE b", "DROP TABLE a"]
    assert change(f"{circle}; ALTER TABLE a ADD FOREIGN KEY (x) REFERENCES b", "") == [
        "ALTER TABLE a DROP CONSTRAINT a_x_fkey",
        "DROP TABLE b",
        "DROP TABLE a",
    ]


def test_an_integer_becomes_a_serial_by_a_sequence_of_its_own():
    assert change("CREATE TABLE t (a int)", "CREATE TABLE t (a serial)") == [
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
        "CREATE SEQUENCE t_a_seq",
        "ALTER TABLE t ALTER COLUMN a SET DEFAULT nextval('t_a_seq')",
        "ALTER SEQUENCE t_a_seq OWNED BY t.a",
    ]
    assert change("CREATE TABLE t (a serial)", "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)") == [
        "ALTER TABLE t ALTER COLUMN a DROP DEFAULT",
        "DROP SEQUENCE t_a_seq",
        "ALTER TABLE t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY",
    ]


def test_what_was_not_valid_is_validated_and_what_changed_is_made_again():
    base = "CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT c CHECK (a > {}){}"
    assert change(base.format(0, " NOT VALID"), base.format(0, "")) == ["ALTER TABLE t VALIDATE CONSTRAINT c"]
    assert len(change(base.format(0, ""), base.format(1, ""))) == 2
    pending = "CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID"
    assert change(pending, "CREATE TABLE t (a int NOT NULL)") == ["ALTER TABLE t VALIDATE CONSTRAINT n"]
    assert change(pending, "CREATE TABLE t (a int)") == ["ALTER TABLE t DROP CONSTRAINT n"]
    key = "CREATE TABLE t (a int PRIMARY KEY, b int); ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (b) REFERENCES t{}"
    assert change(key.format(" NOT VALID"), key.format("")) == ["ALTER TABLE t VALIDATE CONSTRAINT k"]


def test_a_computed_column_is_computed_otherwise_in_place_but_made_again_to_be_computed_at_all():
    computed = "CREATE TABLE t (a int, b int GENERATED ALWAYS AS ({}) STORED)"
    assert change(computed.format("a + 1"), computed.format("a + 2")) == [
        "ALTER TABLE t ALTER COLUMN b SET EXPRESSION AS (a + 2)"
    ]
    assert change(computed.format("a"), "CREATE TABLE t (a int, b int)") == [
        "ALTER TABLE t ALTER COLUMN b DROP EXPRESSION"
    ]
    assert len(change("CREATE TABLE t (a int, b int)", computed.format("a"))) == 2


def test_partitions_come_and_go_and_move_to_other_bounds():
    parent = "CREATE TABLE p (a int PRIMARY KEY) PARTITION BY LIST (a);"
    part = "CREATE TABLE c PARTITION OF p FOR VALUES IN ({})"
    assert change(parent, parent + part.format(1)) == ["CREATE TABLE c PARTITION OF p FOR VALUES IN (1)"]
    assert change(parent + part.format(1), parent) == ["DROP TABLE c"]
    assert change(parent + part.format(1), parent + part.format(2)) == [
        "ALTER TABLE p DETACH PARTITION c",
        "ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (2)",
    ]
    ranged = parent.replace("LIST", "RANGE")
    assert change(parent + part.format(1), ranged)[:2] == ["DROP TABLE c", "DROP TABLE p"]


def test_an_inheriting_table_is_made_with_its_own_columns_only():
    family = "CREATE TABLE p (a int, CHECK (a > 0)); CREATE TABLE c (b int) INHERITS (p)"
    assert change("", family)[-1] == "CREATE TABLE c (b integer) INHERITS (p)"


def test_a_domain_is_altered_where_it_can_be_and_else_made_again():
    old = "CREATE DOMAIN d AS int DEFAULT 1 CONSTRAINT c CHECK (VALUE > 0); CREATE TABLE t (a d)"
    altered = "CREATE DOMAIN d AS int NOT NULL CONSTRAINT c CHECK (VALUE > 1); CREATE TABLE t (a d)"
    assert change(old, altered) == [
        "ALTER DOMAIN d DROP CONSTRAINT c",
        "ALTER DOMAIN d DROP DEFAULT",
        "ALTER DOMAIN d SET NOT NULL",
        "ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 1)",
    ]
    assert "ALTER TABLE t ALTER COLUMN a TYPE d USING a::text::d" in change(old, old.replace("int", "bigint"))


def test_a_function_with_another_result_is_dropped_first_and_one_over_a_new_table_follows_it():
    function = "CREATE FUNCTION f() RETURNS {} LANGUAGE sql AS 'SELECT 1'"
    assert [each[:12] for each in change(function.format("int"), function.format("bigint"))] == [
        "DROP ROUTINE",
        "CREATE FUNCT",
    ]
    over = "CREATE TABLE rows (a int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a FROM rows'"
    assert [each[:12] for each in change("", over)] == ["CREATE TABLE", "CREATE FUNCT"]
    assert change(function.format("int"), "") == ["DROP ROUTINE f()"]


def test_what_is_kept_by_its_text_is_dropped_and_made_when_it_differs():
    table = "CREATE TABLE t (a int);"
    assert change(table + "CREATE POLICY p ON t", table) == ["DROP POLICY p ON t"]
    types = diff(Schema(), after("CREATE TYPE c AS (a int); CREATE TABLE t (a c)"))
    assert [type(operation) for operation in types] == [op.CreateOpaque, op.CreateTable]
    assert diff(after("CREATE TYPE c AS (a int)"), Schema()) == (op.DropOpaque("type", Name("public", "c")),)


def test_namespaces_and_extensions_are_made_first_and_dropped_last():
    wanted = "CREATE SCHEMA n; CREATE EXTENSION citext; CREATE TABLE n.t (a int)"
    assert [each.partition(" (")[0] for each in change("", wanted)] == [
        "CREATE SCHEMA n",
        "CREATE EXTENSION citext",
        "CREATE TABLE n.t",
    ]
    assert change(wanted, "") == ["DROP TABLE n.t", "DROP EXTENSION citext", "DROP SCHEMA n"]


def test_settings_comments_and_indexes_of_views_are_differences():
    old = "CREATE TABLE t (a int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE INDEX i ON m (a)"
    new = """CREATE UNLOGGED TABLE t (a int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE INDEX j ON m (a);
        COMMENT ON TABLE t IS 'x'; COMMENT ON MATERIALIZED VIEW m IS 'y'; ALTER TABLE t ENABLE ROW LEVEL SECURITY"""
    assert change(old, new) == [
        "ALTER TABLE t SET UNLOGGED",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "COMMENT ON TABLE t IS 'x'",
        "DROP INDEX i",
        "CREATE INDEX j ON m (a)",
        "COMMENT ON MATERIALIZED VIEW m IS 'y'",
    ]
