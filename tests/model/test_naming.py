import pytest

from dbtools.model import operation as op
from dbtools.model.apply import apply_all
from dbtools.model.expression import Name, Type
from dbtools.model.naming import chosen_name, object_name, sequence_name, truncated, written
from dbtools.model.objects import Check, Column, Columns, ForeignKey, Index, IndexKey, PrimaryKey, Table, Unique
from dbtools.model.schema import Schema
from dbtools.sql.expressions import read_expression
from dbtools.sql.read import read

T = Name("public", "t")
COLUMNS = Columns(Column(name, Type("integer")) for name in "abc")


def after(sql: str) -> Schema:
    return apply_all(Schema(), [operation for statement in read(sql) for operation in statement.operations])


def test_a_name_is_cut_to_63_bytes_and_never_inside_a_character():
    assert truncated("é" * 40) == "é" * 31
    assert truncated("short") == "short"


def test_the_longer_part_gives_way_in_a_chosen_name():
    table = truncated("Très_long_nom_de_table_pour_couper_ééééééééééééééééé")
    column = "une_colonne_à_nom_très_long_pour_couper_ééééééé"
    assert object_name(table, column, "key") == "Très_long_nom_de_table_pour__une_colonne_à_nom_très_long_key"
    assert object_name(table, "", "pkey") == "Très_long_nom_de_table_pour_couper_ééééééééééé_pkey"


# Every pair was measured on PostgreSQL 15 and 18.
@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("lower(d)", "t_lower_idx"), ("d || e", "t_expr_idx"), ("d::int", "t_d_idx"), ("a IS NULL", "t_expr_idx"),
        ("(d || e)::varchar", "t_varchar_idx"), ("COALESCE(d, e)", "t_coalesce_idx"), ("ARRAY[a, b]", "t_array_idx"),
        ("CASE WHEN a > 0 THEN 'x' END", "t_case_idx"), ("CAST(d || e AS numeric(10, 2))", "t_numeric_idx"),
        ("(d || e)::timestamp with time zone", "t_timestamptz_idx"), ("NULLIF(d, e)", "t_nullif_idx"),
        ("a::text::varchar", "t_a_idx"), ("NOT a > 0", "t_expr_idx"), ("(d || e)::integer", "t_int4_idx"),
    ],
)  # fmt: skip
def test_an_index_on_an_expression_is_named_after_its_function_column_or_type(expression, name):
    assert chosen_name(Schema(), T, Index("", (IndexKey(expression=read_expression(expression)),))) == name


def test_keys_that_would_be_called_alike_are_numbered():
    lower = IndexKey(expression=read_expression("lower(d)"))
    assert chosen_name(Schema(), T, Index("", (lower, lower))) == "t_lower_lower1_idx"


def test_included_columns_are_part_of_an_index_name():
    assert chosen_name(Schema(), T, Index("", (IndexKey("a"),), include=("b",))) == "t_a_b_idx"


def test_a_check_on_one_column_is_named_after_it_and_on_several_after_none():
    assert chosen_name(Schema(), T, Check("", read_expression("a > 0"))) == "t_a_check"
    assert chosen_name(Schema(), T, Check("", read_expression("a > b"))) == "t_check"
    assert chosen_name(Schema(), T, Check("", read_expression("1 > 0"))) == "t_check"


def test_an_index_avoids_relations_and_a_check_avoids_constraints():
    schema = Schema.of(
        [
            Table(T, COLUMNS, (Check("t_a_idx", read_expression("a > 0")), Unique("t_b_check", ("b",)))),
            Table(Name("public", "t_c_idx"), COLUMNS),
            Table(Name("public", "t_b_key"), COLUMNS),
        ]
    )
    assert chosen_name(schema, T, Index("", (IndexKey("a"),))) == "t_a_idx"
    assert chosen_name(schema, T, Index("", (IndexKey("c"),))) == "t_c_idx1"
    assert chosen_name(schema, T, Check("", read_expression("b > 0"))) == "t_b_check1"
    assert chosen_name(schema, T, Unique("", ("b",))) == "t_b_key1"
    assert chosen_name(schema, T, Unique("", ("a",)), taken={"t_a_key"}) == "t_a_key1"


def test_a_serial_avoids_a_sequence_of_its_name():
    schema = after("CREATE SEQUENCE t_id_seq; CREATE TABLE u (id serial)")
    assert sequence_name(schema, T, "id") == Name("public", "t_id_seq1")
    assert sequence_name(schema, Name("public", "u"), "id") == Name("public", "u_id_seq1")


def test_a_name_is_read_as_sql_writes_it():
    assert written('shop."Or""der"') == Name("shop", 'Or"der')
    assert written("Users", "app") == Name("app", "users")
    assert written("") == Name("public", "")


NAMED = """
CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE, b int CHECK (b > 0), c int CHECK (c > b), d text, e text,
  CHECK (a > 0), CHECK (1 > 0), UNIQUE (a, b), FOREIGN KEY (a) REFERENCES t (a), EXCLUDE USING btree (b WITH =));
CREATE INDEX ON t (a, b); CREATE INDEX ON t (a, b); CREATE INDEX ON t (lower(d), lower(e));
CREATE INDEX ON t ((d || e));
CREATE INDEX ON t ((d::int)); CREATE INDEX ON t (a) INCLUDE (b); CREATE INDEX ON t ((a + b), (b + c));
CREATE TABLE u2_b_key (a int); CREATE TABLE u2 (a int, b int UNIQUE, CONSTRAINT u2_a_key CHECK (a > 0));
ALTER TABLE u2 ADD UNIQUE (a); ALTER TABLE u2 ADD CHECK (a > 1); ALTER TABLE u2 ADD PRIMARY KEY (a);
CREATE TABLE "Très_long_nom_de_table_pour_couper_ééééééééé" ("une_colonne_à_nom_très_long_pour_couper" int UNIQUE);
CREATE TABLE m (id int, k int, v text CHECK (v <> ''), PRIMARY KEY (id, k), UNIQUE (k, v)) PARTITION BY RANGE (k);
CREATE INDEX ON m (v); CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (10);
CREATE TABLE m2 (id int NOT NULL, k int NOT NULL, v text, CONSTRAINT m_v_check CHECK (v <> ''));
ALTER TABLE m ATTACH PARTITION m2 FOR VALUES FROM (10) TO (20);
CREATE INDEX ON m (lower(v)); ALTER TABLE m ADD UNIQUE (id, k, v);
"""


@pytest.mark.server
def test_every_name_is_the_one_the_server_chooses(connection):
    connection.execute(NAMED)
    constraints = connection.execute(
        "SELECT relname, conname FROM pg_constraint JOIN pg_class c ON c.oid = conrelid"
        " WHERE connamespace = 'public'::regnamespace AND contype <> 'n'"
    ).fetchall()
    indexes = connection.execute(
        "SELECT t.relname, i.relname FROM pg_index JOIN pg_class i ON i.oid = indexrelid"
        " JOIN pg_class t ON t.oid = indrelid"
        " WHERE t.relnamespace = 'public'::regnamespace"
    ).fetchall()
    schema = after(NAMED)
    ours = {
        (table.name.local, found.name) for table in schema.in_order() for found in (*table.constraints, *table.indexes)
    }
    assert ours == {*constraints, *indexes}


def test_names_are_chosen_in_the_order_in_which_the_server_makes_things():
    written_first = (ForeignKey("", ("a",), T, ("a",)), Unique("", ("a",)), Check("", read_expression("a > 0")))
    schema = apply_all(Schema(), [op.CreateTable(Table(T, COLUMNS, (*written_first, PrimaryKey("", ("b",)))))])
    assert {found.name for found in schema.tables[T].constraints} == {"t_a_fkey", "t_a_key", "t_a_check", "t_pkey"}
