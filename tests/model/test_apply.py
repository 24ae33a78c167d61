"""Each test folds SQL and compares with what PostgreSQL 15 and 18 left after the same statements."""

import pytest

from dbtools.model import operation as op
from dbtools.model.apply import apply, apply_all
from dbtools.model.expression import Name, Type
from dbtools.model.objects import Column, ColumnRef, NotNull, Opaque, Table, View
from dbtools.model.schema import Schema
from dbtools.sql.read import read
from dbtools.sql.walk import fold


def after(sql: str, schema: Schema | None = None) -> Schema:
    operations = [operation for statement in read(sql) for operation in statement.operations]
    return apply_all(Schema() if schema is None else schema, operations)


def public(local: str) -> Name:
    return Name("public", local)


def names(things) -> set[str]:
    return {thing.name for thing in things}


def table(schema: Schema, local: str = "t") -> Table:
    found = schema.table(public(local))
    assert found is not None
    return found


def column(schema: Schema, local: str, of: str = "t") -> Column:
    found = table(schema, of).column(local)
    assert found is not None
    return found


# Columns


def test_a_dropped_column_takes_every_index_and_constraint_that_reads_it():
    schema = after(
        """CREATE TABLE t (a int, b int, c int, CONSTRAINT k CHECK (a > b), CONSTRAINT only_b CHECK (b > 0),
        UNIQUE (a, c),
        EXCLUDE USING btree (a WITH =, b WITH =)); CREATE INDEX i1 ON t (b) WHERE a > 0;
        CREATE INDEX i2 ON t (b) INCLUDE (a); CREATE INDEX i3 ON t ((a + b)); CREATE INDEX i4 ON t (c);
        ALTER TABLE t DROP COLUMN a"""
    )
    assert names(table(schema).constraints) == {"only_b"}
    assert names(table(schema).indexes) == {"i4"}


def test_a_dropped_column_takes_the_columns_computed_from_it_and_the_foreign_keys_to_it():
    schema = after(
        """CREATE TABLE t (id int PRIMARY KEY, x int UNIQUE, y int GENERATED ALWAYS AS (x * 2) STORED);
        CREATE TABLE q (a int REFERENCES t, b int REFERENCES t (x)); ALTER TABLE t DROP COLUMN x CASCADE"""
    )
    assert names(table(schema).columns) == {"id"}
    assert names(table(schema, "q").constraints) == {"q_a_fkey"}


def test_a_partition_key_column_cannot_be_dropped():
    schema = after("CREATE TABLE t (a int, b int) PARTITION BY LIST (a); ALTER TABLE t DROP COLUMN a")
    assert names(table(schema).columns) == {"a", "b"}


def test_a_renamed_column_is_renamed_in_keys_indexes_and_foreign_keys_of_others():
    schema = after(
        """CREATE TABLE t (a int PRIMARY KEY, b int); CREATE TABLE q (x int REFERENCES t (a));
        CREATE INDEX i ON t (b, a); ALTER TABLE t RENAME a TO z"""
    )
    assert table(schema).primary_key.columns == ("z",)
    assert table(schema).index("i").columns == ("b", "z")
    assert table(schema, "q").foreign_keys[0].target_columns == ("z",)
    assert schema.is_certain(public("t"))


def test_a_renamed_column_that_text_still_names_leaves_its_table_in_doubt():
    schema = after("CREATE TABLE t (a int CHECK (a > 0)); ALTER TABLE t RENAME a TO z")
    assert table(schema).checks[0].expression.columns == ("z",)
    assert not schema.is_certain(public("t"))


def test_a_new_type_takes_its_own_collation_and_keeps_the_rest():
    schema = after("CREATE TABLE t (a text COLLATE \"C\" DEFAULT 'x'); ALTER TABLE t ALTER a TYPE varchar(10)")
    assert (column(schema, "a").type, column(schema, "a").collation) == (Type("varchar", (10,)), None)
    assert column(schema, "a").default is not None


@pytest.mark.parametrize("kind", ["int PRIMARY KEY", "int GENERATED ALWAYS AS IDENTITY"])
def test_a_key_or_identity_column_never_takes_nulls(kind):
    assert not column(after(f"CREATE TABLE t (a {kind}); ALTER TABLE t ALTER a DROP NOT NULL"), "a").nullable


def test_dropping_the_primary_key_leaves_its_columns_not_null():
    schema = after("CREATE TABLE t (a int PRIMARY KEY); ALTER TABLE t DROP CONSTRAINT t_pkey")
    assert not column(schema, "a").nullable


def test_identity_comes_and_goes_and_an_identity_takes_no_default():
    schema = after("CREATE TABLE t (a int NOT NULL); ALTER TABLE t ALTER a ADD GENERATED ALWAYS AS IDENTITY")
    assert column(schema, "a").identity == "always"
    assert column(after("ALTER TABLE t ALTER a SET DEFAULT 1", schema), "a").default is None
    assert column(after("ALTER TABLE t ALTER a DROP IDENTITY", schema), "a") == Column(
        "a", Type("integer"), nullable=False
    )


def test_a_computed_column_can_be_computed_otherwise_or_no_more():
    schema = after("CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED)")
    again = after("ALTER TABLE t ALTER b SET EXPRESSION AS (a + 2)", schema)
    assert column(again, "b").generated.expression.text == "a + 2"
    assert column(after("ALTER TABLE t ALTER b DROP EXPRESSION", schema), "b").generated is None


def test_pg_dump_spells_a_serial_in_three_statements():
    spelled = """CREATE TABLE t (id int NOT NULL); CREATE SEQUENCE s; ALTER SEQUENCE s OWNED BY t.id;
        ALTER TABLE ONLY t ALTER COLUMN id SET DEFAULT nextval('public.t_id_seq'::regclass)"""
    assert after(spelled.replace(" s", " t_id_seq")) == after("CREATE TABLE t (id serial)")
    other_order = """CREATE TABLE t (id int NOT NULL DEFAULT nextval('s')); CREATE SEQUENCE s;
        ALTER SEQUENCE s OWNED BY t.id"""
    assert after(other_order) == after("CREATE TABLE t (id serial)")


def test_a_serial_without_its_default_leaves_a_sequence_that_goes_with_the_column():
    schema = after("CREATE TABLE t (a serial, b int); ALTER TABLE t ALTER a DROP DEFAULT, ALTER a TYPE text")
    assert set(schema.sequences) == {public("t_a_seq")}
    for gone in ("DROP SEQUENCE t_a_seq", "ALTER TABLE t DROP a", "DROP TABLE t"):
        assert not after(gone, schema).sequences
    again = after("ALTER TABLE t ALTER a TYPE int USING 1, ALTER a SET DEFAULT nextval('t_a_seq')", schema)
    assert (column(again, "a").identity, dict(again.sequences)) == ("serial", {})


def test_a_dropped_sequence_takes_the_defaults_that_draw_from_it():
    schema = after("CREATE SEQUENCE s; CREATE TABLE t (a int DEFAULT nextval('s'), b serial); DROP SEQUENCE s CASCADE")
    assert (column(schema, "a").default, column(schema, "b").identity) == (None, "serial")
    assert column(after("DROP SEQUENCE t_b_seq CASCADE", schema), "b").identity == ""


# Constraints and indexes


def test_a_constraint_adopts_an_index_and_renames_it():
    schema = after(
        """CREATE TABLE t (a int, b int); CREATE UNIQUE INDEX i ON t (a); CREATE UNIQUE INDEX j ON t (b);
        ALTER TABLE t ADD PRIMARY KEY USING INDEX i; ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX j"""
    )
    assert {found.name: found.columns for found in table(schema).constraints} == {"i": ("a",), "u": ("b",)}
    assert table(schema).indexes == ()
    assert not column(schema, "a").nullable


def test_a_constraint_and_its_index_are_renamed_together():
    schema = after("CREATE TABLE t (a int UNIQUE); ALTER INDEX t_a_key RENAME TO u")
    assert names(table(schema).constraints) == {"u"}
    schema = after("ALTER TABLE t RENAME CONSTRAINT u TO v; DROP INDEX v", schema)
    assert names(table(schema).constraints) == {"v"}


def test_a_dropped_key_or_unique_index_takes_the_foreign_keys_to_it():
    schema = after(
        """CREATE TABLE t (a int PRIMARY KEY, b int); CREATE UNIQUE INDEX i ON t (b);
        CREATE TABLE q (x int REFERENCES t, y int REFERENCES t (b))"""
    )
    assert names(table(after("DROP INDEX i CASCADE", schema), "q").constraints) == {"q_x_fkey"}
    assert names(table(after("ALTER TABLE t DROP CONSTRAINT t_pkey CASCADE", schema), "q").constraints) == {"q_y_fkey"}


def test_unique_on_the_primary_key_makes_no_second_index():
    assert names(table(after("CREATE TABLE t (a int PRIMARY KEY UNIQUE)")).constraints) == {"t_pkey"}


def test_not_valid_says_nothing_in_create_table_and_waits_elsewhere():
    schema = after("CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 0) NOT VALID)")
    assert table(schema).checks[0].validated
    schema = after("ALTER TABLE t ADD CONSTRAINT d CHECK (a > 1) NOT VALID", schema)
    assert not table(schema).constraint("d").validated
    assert table(after("ALTER TABLE t VALIDATE CONSTRAINT d", schema)).constraint("d").validated


@pytest.mark.parametrize("proof", ["VALIDATE CONSTRAINT n", "ALTER a SET NOT NULL", "ADD PRIMARY KEY (a)"])
def test_a_pending_not_null_becomes_part_of_its_column(proof):
    schema = after("CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID")
    assert table(schema).constraints == (NotNull("n", "a"),)
    assert column(schema, "a").nullable
    schema = after(f"ALTER TABLE t {proof}", schema)
    assert table(schema).constraint("n") is None
    assert not column(schema, "a").nullable


def test_not_null_can_be_dropped_by_the_name_that_postgresql_18_gives_it():
    assert column(after("CREATE TABLE t (a int NOT NULL); ALTER TABLE t DROP CONSTRAINT t_a_not_null"), "a").nullable


def test_enforcement_and_deferral_of_a_foreign_key_can_be_altered():
    schema = after("CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES t DEFERRABLE)")
    key = table(after("ALTER TABLE t ALTER CONSTRAINT t_b_fkey NOT DEFERRABLE NOT ENFORCED", schema)).foreign_keys[0]
    assert (key.deferrable, key.enforced, key.validated) == (False, False, False)


# Partitions and inheritance


PARENT = """CREATE TABLE ref (id int PRIMARY KEY);
CREATE TABLE m (id int, k int, v text DEFAULT 'x', r int CONSTRAINT rf REFERENCES ref, PRIMARY KEY (id, k),
  CONSTRAINT ck CHECK (v <> ''), CONSTRAINT uq UNIQUE (k, v)) PARTITION BY RANGE (k);
CREATE INDEX mi ON m (v); CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (10);
CREATE TABLE m2 (id int NOT NULL, k int NOT NULL, v text, r int, CONSTRAINT ck CHECK (v <> ''), PRIMARY KEY (id, k));
CREATE INDEX own ON m2 (v); ALTER TABLE m ATTACH PARTITION m2 FOR VALUES FROM (10) TO (20);"""


def test_partitions_have_what_their_parent_has_under_names_of_their_own():
    schema = after(PARENT)
    assert names(table(schema, "m1").constraints) == {"ck", "m1_pkey", "m1_k_v_key", "rf"}
    assert names(table(schema, "m2").constraints) == {"ck", "m2_pkey", "m2_k_v_key", "rf"}
    assert (names(table(schema, "m1").indexes), names(table(schema, "m2").indexes)) == ({"m1_v_idx"}, {"own"})


def test_partitions_follow_every_change_of_their_parent():
    schema = after(
        PARENT
        + """ALTER TABLE m ADD COLUMN z int DEFAULT 3; ALTER TABLE m ADD CONSTRAINT ck2 CHECK (k >= 0); DROP INDEX mi;
        ALTER TABLE m DROP CONSTRAINT uq; ALTER TABLE m RENAME CONSTRAINT ck2 TO ck3;
        ALTER TABLE m ALTER v SET NOT NULL;
        ALTER TABLE m RENAME CONSTRAINT rf TO rf2; ALTER TABLE m RENAME z TO y; CREATE INDEX late ON m (r)"""
    )
    for partition in ("m1", "m2"):
        assert names(table(schema, partition).constraints) == {"ck", "ck3", "rf", f"{partition}_pkey"}
        assert names(table(schema, partition).indexes) == {f"{partition}_r_idx"}
        assert not column(schema, "v", partition).nullable
        assert column(schema, "y", partition).default.text == "3"


def test_a_detached_partition_keeps_what_it_inherited_and_a_dropped_parent_takes_the_rest():
    schema = after(PARENT + "ALTER TABLE m DETACH PARTITION m1; DROP TABLE m")
    assert set(schema.tables) == {public("ref"), public("m1")}
    assert "m1_pkey" in names(table(schema, "m1").constraints)


def test_an_index_on_only_the_parent_is_invalid_until_every_partition_has_one():
    schema = after(
        PARENT + "CREATE INDEX o ON ONLY m (r); CREATE INDEX o1 ON m1 (r); ALTER INDEX o ATTACH PARTITION o1"
    )
    assert not table(schema, "m").index("o").valid
    schema = after("CREATE INDEX o2 ON m2 (r); ALTER INDEX o ATTACH PARTITION o2", schema)
    assert table(schema, "m").index("o").valid


def test_an_inheriting_table_gets_columns_and_checks_but_no_keys():
    schema = after(
        """CREATE TABLE p (a int PRIMARY KEY, b text NOT NULL DEFAULT 'x', s serial, CHECK (a > 0));
        CREATE TABLE c (d int) INHERITS (p); ALTER TABLE p ADD e int; ALTER TABLE p ADD CHECK (e > 0);
        ALTER TABLE p ADD UNIQUE (b)"""
    )
    assert names(table(schema, "c").columns) == {"a", "b", "s", "d", "e"}
    assert names(table(schema, "c").constraints) == {"p_a_check", "p_e_check"}
    assert column(schema, "s", "c").default.text == "nextval('p_s_seq')"
    assert table(after("ALTER TABLE c NO INHERIT p; ALTER TABLE c INHERIT p", schema), "c").inherits == (public("p"),)


# Tables


def test_a_dropped_table_takes_foreign_keys_triggers_and_views_along():
    schema = after(
        """CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE q (x int REFERENCES t); CREATE VIEW v AS SELECT a FROM t;
        CREATE VIEW w AS SELECT * FROM v; CREATE POLICY p ON t; DROP TABLE t CASCADE"""
    )
    assert set(schema.tables) == {public("q")}
    assert (table(schema, "q").constraints, schema.views, schema.opaques) == ((), {}, {})


def test_a_renamed_or_moved_table_is_followed_by_all_that_refers_to_it():
    schema = after(
        """CREATE SCHEMA n; CREATE TABLE t (a serial PRIMARY KEY) PARTITION BY LIST (a);
        CREATE TABLE q (x int REFERENCES t);
        CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE POLICY p ON t; CREATE VIEW v AS SELECT a FROM t;
        ALTER TABLE t RENAME TO u; ALTER TABLE u SET SCHEMA n"""
    )
    moved = Name("n", "u")
    assert schema.tables[moved].primary_key.name == "t_pkey"
    assert table(schema, "q").foreign_keys[0].target == moved
    assert table(schema, "t1").partition_of.parent == moved
    assert ("policy", Name("n", "p"), moved) in schema.opaques
    assert schema.views[public("v")].mentions == (moved,)
    assert not schema.is_certain(public("v"))


def test_alter_table_rename_also_renames_a_view_or_sequence():
    schema = after("CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; ALTER TABLE v RENAME TO w")
    assert set(schema.views) == {public("w")}
    schema = after("CREATE SEQUENCE s; CREATE TABLE t (a int DEFAULT nextval('s')); ALTER SEQUENCE s RENAME TO r")
    assert set(schema.sequences) == {public("r")}
    assert not schema.is_certain(public("t"))


def test_like_copies_columns_and_is_certain_only_where_including_could_add_nothing():
    schema = after("CREATE TABLE t (a int NOT NULL, b text); CREATE TABLE u (LIKE t, c int)")
    assert table(schema, "u").columns == (*table(schema).columns, Column("c", Type("integer")))
    assert schema.is_certain(public("u"))
    made = "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY); CREATE TABLE u (LIKE t"
    assert column(after(f"{made})"), "a", "u") == Column("a", Type("integer"), nullable=False)
    assert after(f"{made})").is_certain(public("u"))
    assert not after(f"{made} INCLUDING IDENTITY)").is_certain(public("u"))


def test_a_typed_table_has_the_columns_of_its_type_and_is_in_doubt_once_that_is_altered():
    made = "CREATE TYPE pair AS (x int, y text); CREATE TABLE t OF pair;"
    assert [found.name for found in table(after(made)).columns] == ["x", "y"]
    assert after(made).is_certain(public("t"))
    assert not after(f"{made} ALTER TYPE pair ADD ATTRIBUTE z int CASCADE;").is_certain(public("t"))
    assert after(f"{made} DROP TYPE pair CASCADE;").tables == {}


def test_a_table_made_by_a_query_is_in_doubt():
    assert not after("CREATE TABLE t AS SELECT 1 AS a").is_certain(public("t"))


def test_settings_of_a_table_are_kept_as_far_as_the_model_has_them():
    schema = after("CREATE TABLE t (a int); ALTER TABLE t SET UNLOGGED; ALTER TABLE t ENABLE ROW LEVEL SECURITY")
    assert (table(schema).persistence, table(schema).row_security) == ("unlogged", True)
    schema = after(
        "ALTER TABLE t SET LOGGED; ALTER TABLE t DISABLE ROW LEVEL SECURITY; ALTER TABLE t CLUSTER ON x", schema
    )
    assert table(schema) == table(after("CREATE TABLE t (a int)"))


# Types, views, functions, namespaces


def test_enum_labels_stand_where_they_were_put():
    schema = after(
        """CREATE TYPE e AS ENUM ('b', 'd'); ALTER TYPE e ADD VALUE 'a' BEFORE 'b';
        ALTER TYPE e ADD VALUE 'c' AFTER 'b';
        ALTER TYPE e ADD VALUE 'f'; ALTER TYPE e ADD VALUE IF NOT EXISTS 'b'; ALTER TYPE e RENAME VALUE 'f' TO 'e'"""
    )
    assert schema.enums[public("e")].labels == ("a", "b", "c", "d", "e")


def test_a_dropped_type_takes_columns_arrays_and_domains():
    schema = after(
        """CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS e; CREATE TABLE t (a e, b e[], c int, d d);
        DROP TYPE e CASCADE"""
    )
    assert names(table(schema).columns) == {"c"}
    assert schema.domains == {}


def test_columns_and_domains_follow_a_renamed_type():
    schema = after(
        "CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS e; CREATE TABLE t (a e[]); ALTER TYPE e RENAME TO f"
    )
    assert column(schema, "a").type == Type("f", (), 1, "public")
    assert schema.domains[public("d")].base == Type("f", namespace="public")


def test_a_domain_is_altered_in_each_of_its_parts():
    schema = after(
        """CREATE DOMAIN d AS int CHECK (VALUE > 0); ALTER DOMAIN d SET NOT NULL; ALTER DOMAIN d SET DEFAULT 1;
        ALTER DOMAIN d ADD CHECK (VALUE < 9) NOT VALID; ALTER DOMAIN d VALIDATE CONSTRAINT d_check1;
        ALTER DOMAIN d DROP CONSTRAINT d_check"""
    )
    domain = schema.domains[public("d")]
    assert (names(domain.checks), domain.nullable, domain.default.text) == ({"d_check1"}, False, "1")
    schema = after("ALTER DOMAIN d DROP NOT NULL; ALTER DOMAIN d DROP DEFAULT", schema)
    assert (schema.domains[public("d")].nullable, schema.domains[public("d")].default) == (True, None)


def test_views_follow_or_fall_with_the_columns_they_read():
    reads = (ColumnRef(public("t"), "a"),)
    view = View(public("v"), "SELECT a FROM t", ("a",), mentions=(public("t"),), reads=reads)
    schema = apply(after("CREATE TABLE t (a int, b int)"), op.CreateView(view))
    assert after("ALTER TABLE t DROP COLUMN b CASCADE", schema).views
    assert not after("ALTER TABLE t DROP COLUMN a CASCADE", schema).views
    renamed = after("ALTER TABLE t RENAME a TO z", schema)
    assert renamed.views[public("v")].reads == (ColumnRef(public("t"), "z"),)
    unread = after("CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t DROP a CASCADE")
    assert not unread.is_certain(public("v"))


def test_or_replace_keeps_the_comment_and_materialized_views_have_indexes():
    schema = after(
        """CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; COMMENT ON VIEW v IS 'x';
        CREATE OR REPLACE VIEW v AS SELECT 1 AS a; CREATE MATERIALIZED VIEW m AS SELECT 2 AS b; CREATE INDEX ON m (b);
        ALTER INDEX m_b_idx RENAME TO i"""
    )
    assert (schema.views[public("v")].query, schema.views[public("v")].comment) == ("SELECT 1 AS a", "x")
    assert names(schema.views[public("m")].indexes) == {"i"}
    assert after("DROP INDEX i", schema).views[public("m")].indexes == ()


def test_functions_are_told_apart_by_their_arguments():
    schema = after(
        """CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 2';
        DROP FUNCTION f; DROP FUNCTION f(int)"""
    )
    assert set(schema.functions) == {(public("f"), ("text",))}
    assert after("DROP FUNCTION f", schema).functions == {}


def test_what_is_kept_by_its_text_can_be_renamed_and_dropped():
    schema = after("CREATE TABLE t (a int); CREATE POLICY p ON t; ALTER POLICY p ON t RENAME TO q")
    assert set(schema.opaques) == {("policy", public("q"), public("t"))}
    assert after("DROP POLICY q ON t", schema).opaques == {}
    trigger = Opaque("trigger", public("g"), public("t"), "CREATE TRIGGER g ... f()")
    schema = apply(
        after("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS ''", schema), op.CreateOpaque(trigger)
    )
    assert not after("DROP FUNCTION f CASCADE", schema).is_certain(public("t"))


def test_everything_moves_with_its_namespace_and_falls_with_it():
    schema = after(
        """CREATE SCHEMA n; CREATE TYPE n.e AS ENUM ('a'); CREATE TABLE n.t (a n.e, b int PRIMARY KEY);
        CREATE SEQUENCE n.s;
        CREATE VIEW n.v AS SELECT a FROM n.t; CREATE FUNCTION n.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE POLICY p ON n.t; CREATE TABLE q (a n.e, b int REFERENCES n.t); ALTER SCHEMA n RENAME TO m"""
    )
    relations = {*schema.tables, *schema.views, *schema.sequences, *schema.enums, *(key[0] for key in schema.functions)}
    assert {name.namespace for name in relations} == {"m", "public"}
    assert table(schema, "q").foreign_keys[0].target == Name("m", "t")
    assert column(schema, "a", "q").type.namespace == "m"
    assert set(schema.opaques) == {("policy", Name("m", "p"), Name("m", "t"))}
    gone = after("DROP SCHEMA m CASCADE", schema)
    assert gone == after("CREATE TABLE q (b int)")


def test_comments_stand_on_tables_columns_and_types():
    schema = after(
        """CREATE TABLE t (a int); CREATE TYPE e AS ENUM (); COMMENT ON TABLE t IS 'x'; COMMENT ON COLUMN t.a IS 'y';
        COMMENT ON TYPE e IS 'z'; COMMENT ON COLUMN t.b IS 'nothing'; COMMENT ON INDEX i IS 'not kept'"""
    )
    assert (table(schema).comment, column(schema, "a").comment, schema.enums[public("e")].comment) == ("x", "y", "z")


# What cannot be, and what nobody knows


NONSENSE = """ALTER TABLE x ADD a int; ALTER TABLE x DROP a; ALTER TABLE x RENAME a TO b; ALTER TABLE x RENAME TO y;
ALTER TABLE x ALTER a TYPE text; ALTER TABLE x ALTER a SET NOT NULL; ALTER TABLE x ALTER a SET DEFAULT 1;
ALTER TABLE x ADD CHECK (a > 0);
ALTER TABLE x DROP CONSTRAINT c; ALTER TABLE x VALIDATE CONSTRAINT c; ALTER TABLE x RENAME CONSTRAINT c TO d;
ALTER TABLE x ALTER CONSTRAINT c DEFERRABLE; CREATE INDEX ON x (a); ALTER TABLE x SET LOGGED;
ALTER TABLE x ALTER a ADD GENERATED ALWAYS AS IDENTITY"""
IDLE = """DROP TABLE x; DROP INDEX x; DROP TYPE x; DROP VIEW x; DROP SEQUENCE x; DROP FUNCTION x; DROP SCHEMA x;
DROP TRIGGER x ON y;
DROP EXTENSION x; ALTER INDEX x RENAME TO y; ALTER TYPE x RENAME TO y; ALTER TYPE x ADD VALUE 'a';
ALTER TYPE x RENAME VALUE 'a' TO 'b';
ALTER DOMAIN x SET NOT NULL; ALTER DOMAIN x ADD CHECK (VALUE > 0); ALTER SEQUENCE x OWNED BY y.z;
ALTER INDEX x ATTACH PARTITION y; ALTER SCHEMA x RENAME TO y;
ALTER TABLE t DROP b; ALTER TABLE t RENAME b TO c; ALTER TABLE t RENAME a TO a; ALTER TABLE t ALTER b TYPE text;
ALTER TABLE t ALTER b SET NOT NULL;
ALTER TABLE t ADD a int; ALTER TABLE t DROP CONSTRAINT c; ALTER TABLE t VALIDATE CONSTRAINT c;
ALTER TABLE t ADD PRIMARY KEY USING INDEX i;
ALTER TABLE t RENAME CONSTRAINT c TO d; CREATE TABLE t (z int); CREATE TABLE IF NOT EXISTS t (z int);
CREATE TYPE e AS ENUM ('z'); CREATE DOMAIN e AS int;
CREATE VIEW t AS SELECT 1; CREATE SEQUENCE t; ALTER TABLE t ALTER a DROP EXPRESSION;
ALTER TYPE e ADD VALUE 'b' AFTER 'q';
INSERT INTO t VALUES (1); GRANT SELECT ON t TO PUBLIC; SET x.y = 1; VACUUM t; ALTER TABLE t DETACH PARTITION y;
SELECT 1"""


@pytest.mark.parametrize("sql", [each.strip() for each in f"{NONSENSE};{IDLE}".split(";")])
def test_what_cannot_be_leaves_the_schema_as_it_is(sql):
    schema = after("CREATE TABLE t (a int); CREATE TYPE e AS ENUM ('a')")
    assert after(sql, schema) == schema
    assert not after(sql, schema).uncertain


def test_a_namesake_is_not_made_twice():
    schema = after("CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 0)); CREATE INDEX i ON t (a)")
    again = """ALTER TABLE t ADD CONSTRAINT c CHECK (a > 1); CREATE INDEX i ON t (a) WHERE a > 0;
        ALTER TABLE t ADD CONSTRAINT i UNIQUE (a)"""
    assert after(again, schema) == schema


@pytest.mark.parametrize("sql", [each.strip() for each in NONSENSE.split(";")])
def test_an_operation_on_a_table_that_may_exist_leaves_it_in_doubt(sql):
    assert after(sql, Schema(complete=False)).uncertain == {public("x")}


def test_what_was_not_read_leaves_what_it_may_touch_in_doubt():
    assert apply(Schema(), op.Unknown("?", "why", (public("t"),))).uncertain == {public("t")}
    assert apply(Schema(), op.Unknown("?", "why")).uncertain_all


def test_doubt_goes_with_the_table_and_moves_with_its_name():
    schema = apply(after("CREATE TABLE t (a int)"), op.Unknown("?", "why", (public("t"),)))
    assert after("ALTER TABLE t RENAME TO u", schema).uncertain == {public("u")}
    assert after("DROP TABLE t", schema).uncertain == frozenset()


def test_five_thousand_operations_on_five_hundred_tables_fold():
    make = """CREATE TABLE t{0} (id int PRIMARY KEY, a int UNIQUE, b int CHECK (b > 0), p int REFERENCES t{0});
        CREATE INDEX ON t{0} (p);"""
    change = "ALTER TABLE t{0} ADD c{1} int; CREATE INDEX ON t{0} (c{1}); ALTER TABLE t{0} ALTER c{1} SET NOT NULL;"
    sql = "".join(make.format(number) for number in range(500))
    sql += "".join(change.format(number, turn) for turn in range(3) for number in range(500))
    operations = [operation for statement in read(sql) for operation in statement.operations]
    schema = apply_all(Schema(), operations)
    assert len(table(schema, "t499").indexes) == 4


def test_a_serial_of_a_table_with_an_apostrophe_is_a_serial():
    table = Name("public", "it's")
    sql = (
        'CREATE TABLE "it\'s" (id bigint NOT NULL); CREATE SEQUENCE "it\'s_seq"; '
        "ALTER TABLE \"it's\" ALTER id SET DEFAULT nextval('\"it''s_seq\"'::regclass); "
        'ALTER SEQUENCE "it\'s_seq" OWNED BY "it\'s".id'
    )
    column = fold(Schema(), (sql,)).tables[table].column("id")
    assert (column.identity, column.default) == ("serial", None)


def test_a_table_never_stands_below_itself():
    schema = fold(Schema(), ("CREATE TABLE a (id int); CREATE TABLE b (id int) INHERITS (a);",))
    for sql in (
        "ALTER TABLE a INHERIT a", "ALTER TABLE a INHERIT b", "CREATE TABLE c (id int) INHERITS (c)",
        "CREATE TABLE c PARTITION OF c DEFAULT", "ALTER TABLE a ATTACH PARTITION a DEFAULT",
    ):  # fmt: skip
        assert fold(schema, (sql + "; DROP TABLE IF EXISTS a, c CASCADE",)).tables == {}
