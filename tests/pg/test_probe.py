"""Sessions that read and write tables while something else holds them."""

import time
from contextlib import contextmanager
from threading import Thread

import pytest

from dbtools.model.expression import Name
from dbtools.pg.connect import as_role, connect
from dbtools.pg.obstacle import Obstacle, in_the_way, lock_timeout, wait_behind
from dbtools.pg.probe import Target, probing
from dbtools.pg.run import Sent

pytestmark = pytest.mark.server

LONG = 0.3
SEEN = LONG / 2  # of a wait of that length, on a busy machine
AUTHOR, POST = Name("public", "author"), Name("public", "post")
TABLES = """
CREATE TABLE author (id int PRIMARY KEY, name text);
CREATE TABLE post (id int PRIMARY KEY, author int REFERENCES author);
INSERT INTO author SELECT g, 'author ' || g FROM generate_series(1, 20) g;
"""


@pytest.fixture
def session(database):
    with connect(database) as connection:
        connection.execute(TABLES)
        yield connection


@contextmanager
def watching(session, url, *targets):
    """What the block holds of *targets*, and then lets go."""
    waits = []
    with probing(url, targets, session.info.backend_pid) as probes:
        yield waits
        probes.settle()
    waits += [wait for wait in probes.waits if wait.end - wait.start >= SEEN]


def kinds(waits):
    return [(wait.table.local, wait.kind) for wait in waits]


def held(session, *statements):
    for statement in statements:
        session.execute(statement)
    time.sleep(LONG)


@pytest.mark.parametrize(
    ("mode", "who"),
    [
        ("ACCESS EXCLUSIVE", ["reads", "writes"]), ("SHARE", ["writes"]), ("SHARE ROW EXCLUSIVE", ["writes"]),
        ("SHARE UPDATE EXCLUSIVE", []),
    ],
)  # fmt: skip
def test_who_waits_for_a_lock_is_told_and_nobody_else(session, database, mode, who):
    with watching(session, database, Target(AUTHOR), Target(POST)) as waits:
        held(session, "BEGIN", f"LOCK TABLE author IN {mode} MODE")
        session.execute("COMMIT")
    assert sorted(kinds(waits)) == [("author", kind) for kind in who]


def test_a_row_that_was_changed_keeps_its_writers_waiting_until_its_transaction_ends(session, database):
    with watching(session, database, Target(AUTHOR, rows=True)) as waits:
        for _ in range(2):
            held(session, "BEGIN", "UPDATE author SET name = name WHERE id = 17")
            session.execute("COMMIT")
    assert kinds(waits) == [("author", "rows")] * 2
    assert waits[0].end <= waits[1].start


@pytest.mark.parametrize(
    "change",
    [
        "DO $$ BEGIN DELETE FROM author WHERE id = 17; EXCEPTION WHEN division_by_zero THEN NULL; END $$",
        "SAVEPOINT one; UPDATE author SET name = '' WHERE id = 17; RELEASE one",
        "SELECT FROM author WHERE id = 17 FOR UPDATE",
    ],
)
def test_a_row_that_a_part_of_the_transaction_took_is_found_too(session, database, change):
    with watching(session, database, Target(AUTHOR, rows=True)) as waits:
        held(session, "BEGIN", change)
        session.execute("ROLLBACK")
    assert kinds(waits) == [("author", "rows")]


def test_a_row_that_a_new_foreign_key_points_at_may_still_be_written(session, database):
    with watching(session, database, Target(AUTHOR, rows=True)) as waits:
        held(session, "BEGIN", "INSERT INTO post VALUES (1, 17)")
        session.execute("COMMIT")
    assert waits == []


def test_a_build_beside_the_writes_lets_them_pass_and_a_plain_one_does_not(session, database):
    session.execute(
        "CREATE FUNCTION slow(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS "
        "'BEGIN PERFORM pg_sleep(0.02); RETURN $1; END'"
    )
    with watching(session, database, Target(AUTHOR, rows=True)) as waits:
        session.execute("CREATE INDEX CONCURRENTLY beside ON author (slow(name))")
    assert waits == []
    with watching(session, database, Target(AUTHOR, rows=True)) as waits:
        session.execute("CREATE INDEX plain ON author (slow(name))")
    assert kinds(waits) == [("author", "writes")]


def test_a_rebuilt_index_keeps_readers_waiting_though_its_table_is_open_to_them(session, database):
    with watching(session, database, Target(AUTHOR)) as waits:
        held(session, "BEGIN", "REINDEX INDEX author_pkey")
        session.execute("COMMIT")
    assert sorted(kinds(waits)) == [("author", "reads"), ("author", "writes")]


def test_a_view_is_read_and_never_written(session, database):
    session.execute("CREATE MATERIALIZED VIEW names AS SELECT name FROM author; CREATE VIEW few AS SELECT FROM author")
    names, few = Name("public", "names"), Name("public", "few")
    with watching(session, database, Target(names, written=False), Target(few, written=False)) as waits:
        held(session, "BEGIN", "REFRESH MATERIALIZED VIEW names", "DROP VIEW few")
        session.execute("COMMIT")
    assert sorted(kinds(waits)) == [("few", "reads"), ("names", "reads")]


def test_a_table_that_is_dropped_is_waited_for_until_then(session, database):
    with watching(session, database, Target(POST, rows=True)) as waits:
        held(session, "BEGIN", "DROP TABLE post")
        session.execute("COMMIT")
    assert sorted(kinds(waits)) == [("post", "reads"), ("post", "writes")]


def test_a_table_is_followed_to_its_new_name(session, database):
    with watching(session, database, Target(AUTHOR)) as waits:
        session.execute('CREATE SCHEMA other; ALTER TABLE author RENAME TO "Wri""ter"')
        session.execute('ALTER TABLE "Wri""ter" SET SCHEMA other')
        time.sleep(SEEN)
        held(session, "BEGIN", 'LOCK TABLE other."Wri""ter"')
        session.execute("COMMIT")
    assert sorted(kinds(waits)) == [("author", "reads"), ("author", "writes")]


def test_a_table_that_is_not_there_is_not_watched(session, database):
    with watching(session, database, Target(Name("public", "nobody"))) as waits:
        time.sleep(0.05)
    assert waits == []


def test_no_trigger_runs_no_row_changes_and_no_policy_is_asked(session, database):
    session.execute("""
        CREATE TABLE seen (what text);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO seen VALUES (TG_OP || TG_LEVEL); RETURN NULL; END $$;
        CREATE TRIGGER rows BEFORE INSERT OR UPDATE OR DELETE ON author FOR EACH ROW EXECUTE FUNCTION note();
        CREATE TRIGGER statements AFTER INSERT OR UPDATE OR DELETE ON author EXECUTE FUNCTION note();
        ALTER TABLE author ENABLE ROW LEVEL SECURITY;
        ALTER TABLE author FORCE ROW LEVEL SECURITY;
        CREATE POLICY never ON author USING (1 / 0 = 1);
    """)
    before = session.execute("SELECT id, name, ctid::text FROM author ORDER BY 1").fetchall()
    with watching(session, database, Target(AUTHOR, rows=True)) as waits:
        held(session, "BEGIN", "LOCK TABLE author")
        session.execute("COMMIT")
    assert len(waits) == 2
    assert session.execute("SELECT count(*) FROM seen").fetchone() == (0,)
    assert session.execute("SELECT id, name, ctid::text FROM author ORDER BY 1").fetchall() == before


def test_whoever_changes_rows_and_then_closes_the_table_never_meets_a_deadlock(session, database):
    session.execute("SET lock_timeout = '800ms'")  # before PostgreSQL would look for one
    with watching(session, database, Target(AUTHOR, rows=True), Target(POST, rows=True)) as waits:
        for number in range(3):
            held(
                session, "BEGIN", "UPDATE author SET name = name", f"ALTER TABLE author ADD x{number} int",
                "UPDATE post SET id = id", f"ALTER TABLE post ADD x{number} int", "REINDEX TABLE author",
                f"CREATE INDEX ON author (x{number})", f"ALTER TABLE author DROP x{number}",
            )  # fmt: skip
            session.execute("COMMIT")
    assert {("author", "reads"), ("author", "writes"), ("post", "reads"), ("post", "writes")} <= set(kinds(waits))


def test_who_may_not_read_the_table_says_so(session, database):
    session.execute("CREATE ROLE nobody_here LOGIN; GRANT USAGE ON SCHEMA public TO nobody_here")
    try:
        url = as_role(database, "nobody_here", "")
        with probing(url, [Target(AUTHOR)], session.info.backend_pid) as probes:
            time.sleep(0.05)
        assert set(probes.blind) == {"reads of author", "writes of author"}
        assert "permission denied" in probes.blind["reads of author"]
    finally:
        session.execute("DROP OWNED BY nobody_here; DROP ROLE nobody_here")


def interrupted(session, url):
    with probing(url, [Target(AUTHOR)], session.info.backend_pid):
        session.execute("BEGIN; LOCK TABLE author")
        time.sleep(0.05)
        raise KeyboardInterrupt


def test_nobody_goes_on_looking_when_the_block_is_left_by_an_error(session, database):
    with pytest.raises(KeyboardInterrupt):
        interrupted(session, database)
    session.execute("COMMIT")
    found = session.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND state = 'active'"
    )
    assert found.fetchone() == (0,)


def behind(session, url, statement, *, table=AUTHOR, written=False, **terms):
    """What comes of *statement* when somebody has *table* open, and whether it had to wait."""
    seen = []
    with in_the_way(url, table, written=written) as holder:
        found = wait_behind(
            session, Sent(statement, 1, 1, alone=False), Obstacle(holder, lambda: seen.append(1), **terms)
        )
    return found, bool(seen)


def columns(session):
    return session.execute("SELECT count(*) FROM pg_attribute WHERE attrelid = 'author'::regclass AND attnum > 0")


def test_a_statement_waits_behind_a_reader_and_is_called_off(session, database):
    found, waited = behind(session, database, "ALTER TABLE author ADD x int", seconds=LONG)
    assert (waited, found.error) == (True, None)
    assert found.end - found.start >= SEEN
    assert columns(session).fetchone() == (2,)


def test_a_statement_gives_up_by_its_own_lock_timeout(session, database):
    session.execute("SET lock_timeout = '100ms'")
    assert lock_timeout(session) == (0.1, "100ms")
    found, _ = behind(session, database, "ALTER TABLE author ADD x int", seconds=30)
    assert found.error == "55P03"
    found, _ = behind(session, database, "ALTER TABLE author ADD x int", seconds=LONG, endless=True)
    assert found.error is None
    assert lock_timeout(session) == (0.1, "100ms")


def test_what_came_before_it_in_the_transaction_stays(session, database):
    session.execute("BEGIN; SET LOCAL lock_timeout = '100ms'; UPDATE author SET name = 'kept' WHERE id = 1")
    found, _ = behind(session, database, "ALTER TABLE author ADD x int", seconds=30)
    assert found.error == "55P03"
    assert lock_timeout(session) == (0.1, "100ms")
    session.execute("ALTER TABLE author ADD y int; COMMIT")
    assert session.execute("SELECT name FROM author WHERE id = 1").fetchone() == ("kept",)


def test_a_statement_that_need_not_wait_is_undone_too(session, database):
    found, waited = behind(session, database, "CREATE INDEX ON author (name)")  # readers are not in its way
    assert (found, waited) == (None, False)
    assert session.execute("SELECT count(*) FROM pg_indexes WHERE tablename = 'author'").fetchone() == (1,)


def test_who_has_written_is_in_the_way_of_a_build(session, database):
    found, waited = behind(session, database, "CREATE INDEX ON author (name)", written=True)
    assert (waited, found.error) == (True, None)


def test_nobody_stands_in_the_way_of_a_table_that_is_closed(session, database):
    session.execute("BEGIN; LOCK TABLE author")
    with in_the_way(database, AUTHOR, written=False) as holder:
        assert holder is None
    session.execute("COMMIT")


def test_readers_and_writers_stand_in_line_behind_the_one_that_waits(session, database):
    with probing(database, [Target(AUTHOR)], session.info.backend_pid) as probes:
        who = []
        with in_the_way(database, AUTHOR, written=False) as holder:
            watch = lambda: who.append(probes.waiting(AUTHOR, since=time.perf_counter()))  # noqa: E731
            statement = Sent("ALTER TABLE author ADD x int", 1, 1, alone=False)
            thread = Thread(target=wait_behind, args=(session, statement, Obstacle(holder, watch)))
            thread.start()
            thread.join()
            probes.settle()
            assert probes.waiting(AUTHOR, since=time.perf_counter()) == frozenset()
    assert who == [{"reads", "writes"}]
