"""The sizes of a real database's tables."""

import pytest

from dbtools.model.expression import Name
from dbtools.pg.sizes import sizes

pytestmark = pytest.mark.server


def test_every_table_has_its_rows_and_bytes_and_a_partitioned_one_those_of_its_partitions(connection):
    connection.execute("""
        CREATE TABLE "Big" (id int PRIMARY KEY, t text);
        INSERT INTO "Big" SELECT n, repeat('x', 100) FROM generate_series(1, 5000) AS n;
        CREATE TABLE parts (id int) PARTITION BY RANGE (id);
        CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM (0) TO (10000);
        INSERT INTO parts SELECT n FROM generate_series(1, 2000) AS n;
        CREATE TABLE nothing ();
        CREATE MATERIALIZED VIEW seen AS SELECT * FROM "Big";
        ANALYZE;
    """)
    found = sizes(connection).tables
    assert found[Name("public", "Big")].rows == 5000
    assert found[Name("public", "Big")].bytes > 500_000 > found[Name("public", "Big")].index_bytes > 50_000
    assert found[Name("public", "parts")].rows == found[Name("public", "part_1")].rows == 2000
    assert found[Name("public", "parts")].bytes == found[Name("public", "part_1")].bytes > 50_000
    assert found[Name("public", "nothing")].rows == 0
    assert found[Name("public", "seen")].rows == 5000
    assert {name.namespace for name in found} == {"public"}
