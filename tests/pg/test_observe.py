import pytest

from dbtools.errors import DatabaseError
from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Name
from dbtools.pg.connect import connect
from dbtools.pg.losses import count_values
from dbtools.pg.observe import observe
from tests.steps import steps

pytestmark = pytest.mark.server

T = Name("public", "t")


@pytest.fixture
def transaction(connection):
    """A connection inside a transaction, beside a table of three rows, one empty table, and one index."""
    connection.execute("""
        CREATE TABLE t (id int PRIMARY KEY, a int, b text);
        INSERT INTO t VALUES (1, 1, 'x'), (2, NULL, 'x'), (3, NULL, NULL);
        CREATE INDEX t_a ON t (a);
        CREATE TABLE empty (id int);
        CREATE VIEW v AS SELECT a FROM t;
    """)
    connection.execute("BEGIN")
    return connection


def test_a_lock_that_the_transaction_held_already_is_not_the_statements(transaction):
    assert observe(transaction, "ALTER TABLE t ADD x int").effects.locks == {T: LockMode.ACCESS_EXCLUSIVE}
    assert observe(transaction, "ALTER TABLE t ADD y int").effects == Effects()


def test_the_strongest_of_several_locks_counts(transaction):
    seen = observe(transaction, "SELECT * FROM t; LOCK t IN SHARE MODE; LOCK t IN ROW SHARE MODE")
    assert seen.effects.locks == {T: LockMode.SHARE}


def test_the_lock_on_a_dropped_table_is_seen(transaction):
    seen = observe(transaction, "DROP TABLE t CASCADE")
    assert seen.effects.locks == {T: LockMode.ACCESS_EXCLUSIVE, Name("public", "v"): LockMode.ACCESS_EXCLUSIVE}


def test_an_empty_table_that_is_read_is_scanned(transaction):
    seen = observe(transaction, "ALTER TABLE empty ADD CHECK (id > 0)")
    assert seen.effects.scans == {Name("public", "empty")}
    assert seen.scanned == {Name("public", "empty"): 0}


def test_what_a_statement_makes_itself_is_none_of_its_effects(transaction):
    seen = observe(transaction, "CREATE TABLE made (id int PRIMARY KEY); CREATE INDEX ON made (id)")
    assert seen.effects == Effects()


def test_a_new_index_is_built_and_scans_its_table(transaction):
    seen = observe(transaction, 'CREATE INDEX "T b" ON t (b)')
    assert seen.effects == Effects({T: LockMode.SHARE}, scans=frozenset({T}), builds=frozenset({Name("public", "T b")}))


def test_a_renamed_table_goes_by_the_name_it_had(transaction):
    seen = observe(transaction, "ALTER TABLE t RENAME TO s; ALTER TABLE s ALTER id TYPE bigint")
    assert seen.effects.rewrites == {T}
    assert seen.effects.builds == {Name("public", "t_pkey"), Name("public", "t_a")}


def test_an_index_that_is_adopted_or_renamed_is_not_built(transaction):
    transaction.execute("CREATE UNIQUE INDEX u ON t (id)")
    seen = observe(transaction, "ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX u; ALTER INDEX t_a RENAME TO i")
    assert seen.effects.builds == frozenset()


def test_rows_notices_and_time_are_told(transaction):
    assert observe(transaction, "UPDATE t SET a = 0").rows == 3
    seen = observe(transaction, "DROP TABLE IF EXISTS gone")
    assert seen.notices == ('table "gone" does not exist, skipping',)
    assert seen.rows is None
    assert observe(transaction, "SELECT pg_sleep(0.02)").milliseconds >= 20


def test_a_failure_is_its_code_its_message_and_its_place(transaction):
    transaction.execute("SAVEPOINT before")
    seen = observe(transaction, "SELECT 'é', nothing FROM t")
    assert seen.effects == Effects(fails="42703")
    assert (seen.error, seen.position) == ('column "nothing" does not exist', 13)
    assert not seen.locks_seen
    with pytest.raises(ValueError, match="has not failed"):
        observe(transaction, "SELECT 1")
    transaction.execute("ROLLBACK TO before")
    assert observe(transaction, "SELECT FROM t").effects.fails is None


def test_a_failure_on_rows_has_no_place(transaction):
    seen = observe(transaction, "CREATE UNIQUE INDEX ON t (b)")
    assert (seen.effects.fails, seen.position) == ("23505", None)


def test_without_autocommit_a_transaction_is_opened(database):
    with connect(database, autocommit=False) as connection:
        assert observe(connection, "CREATE TABLE t ()").effects.fails is None
        connection.rollback()
        assert observe(connection, "SELECT FROM t").effects.fails == "42P01"


def test_predicate_locks_are_no_table_locks(transaction):
    transaction.execute("ROLLBACK; BEGIN ISOLATION LEVEL SERIALIZABLE")
    assert observe(transaction, "SELECT * FROM t").effects.locks == {T: LockMode.ACCESS_SHARE}


def test_a_concurrent_build_is_measured_without_its_locks(transaction):
    transaction.execute("COMMIT")
    seen = observe(transaction, "CREATE INDEX CONCURRENTLY i ON t (b)", transactional=False)
    assert seen.effects == Effects(scans=frozenset({T}), builds=frozenset({Name("public", "i")}))
    assert not seen.locks_seen


def test_a_transactional_statement_needs_a_transaction(connection):
    with pytest.raises(ValueError, match="inside a transaction"):
        observe(connection, "CREATE TABLE t ()")
    assert connection.execute("SELECT to_regclass('t')").fetchone() == (None,)


def test_a_statement_that_refuses_transactions_needs_none(transaction):
    with pytest.raises(ValueError, match="autocommit"):
        observe(transaction, "VACUUM t", transactional=False)


@pytest.mark.parametrize("statement", ["COPY t FROM STDIN", "SELECT pg_terminate_backend(pg_backend_pid())"])
def test_a_connection_that_cannot_go_on_is_closed(transaction, statement):
    with pytest.raises(DatabaseError) as raised:
        observe(transaction, statement)
    assert transaction.closed
    assert raised.value.hint


def test_values_are_counted_per_column(transaction):
    transaction.execute('ALTER TABLE t RENAME b TO "B, ""b"""')
    assert count_values(transaction, T, ["id", "a", 'B, "b"']) == (3, {"id": 3, "a": 1, 'B, "b"': 2})
    assert count_values(transaction, T, []) == (3, {})
    assert count_values(transaction, Name("public", "empty"), ["id"]) == (0, {"id": 0})
    assert count_values(transaction, Name("public", "nowhere"), ["id"]) == (0, {"id": 0})


def test_watching_one_statement_after_another_takes_no_longer_among_more_tables(connection):
    def work():
        observe(connection, "COMMENT ON TABLE t0 IS 'x'")

    counts = []
    for tables in (10, 200):
        connection.execute("".join(f"CREATE TABLE IF NOT EXISTS t{n} (id int PRIMARY KEY);" for n in range(tables)))
        connection.execute("BEGIN")
        work()
        counts.append(steps(work))
        connection.execute("ROLLBACK")
    assert counts[1] < counts[0] * 1.1
