import pytest

from dbtools.model.expression import Name
from dbtools.pg.catalog import catalog
from dbtools.pg.fill import Rows, count_rows, fill

pytestmark = pytest.mark.server


def test_more_tables_are_counted_than_a_row_has_columns(connection):
    connection.execute("".join(f"CREATE TABLE t{number} ();" for number in range(1700)))
    assert set(count_rows(connection, catalog(connection).tables).values()) == {0}


def test_a_table_that_holds_rows_is_left_as_it_is(connection):
    connection.execute("CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (7); CREATE TABLE b (id int)")
    schema = catalog(connection)
    fill(connection, schema, Rows(5))
    assert count_rows(connection, schema.tables) == {Name("public", "a"): 1, Name("public", "b"): 5}


def test_a_table_whose_check_wants_other_values_stays_empty_and_stops_nothing(connection):
    connection.execute("CREATE TABLE a (id int CHECK (id < 0)); CREATE TABLE b (id int)")
    schema = catalog(connection)
    fill(connection, schema, Rows(5))
    assert count_rows(connection, schema.tables) == {Name("public", "a"): 0, Name("public", "b"): 5}
