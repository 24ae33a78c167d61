"""Who waits while a migration runs."""

import re

import pytest

from dbtools.pg.fill import Rows
from dbtools.rehearse import RehearseSettings, rehearse
from tests.rehearse.test_rehearse import HISTORY, cells, change, migration

pytestmark = [pytest.mark.server, pytest.mark.slow]

TITLE = "others waited"
SLOW = """
CREATE FUNCTION slow(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM pg_sleep(0.02); RETURN $1; END';
"""
SLEEP = "SELECT pg_sleep(0.4);"


@pytest.fixture
def run(server):
    def rehearsed(up, *, history=HISTORY, lock_timeout=False, **marks):
        settings = RehearseSettings(server.url, Rows(30), lock_timeout=lock_timeout)
        return rehearse(change(migration("0002", up, **marks), history=history), settings)

    return rehearsed


def waits(report, line):
    """What is said of who waited for the statement at *line*, without the seconds."""
    seen = [seen for where, _, seen in cells(report, "0002.up.sql") if where == str(line) and " waited " in seen]
    return [re.sub(r"[\d.]+ m?s", "_", each) for each in seen]


def rules(report):
    return {finding.rule for finding in report.findings} - {"down-missing"}


def result(report):
    """The word of the overview, or None where there is no such column."""
    (overview,) = (section for section in report.sections if section.title.startswith("Seen on"))
    return dict(zip(overview.header, overview.rows[0], strict=True)).get(TITLE)


def test_a_new_table_is_waited_for_by_nobody(run):
    report = run("CREATE TABLE tag (id int);\nALTER TABLE tag ADD COLUMN label text;\nINSERT INTO tag VALUES (1);")
    assert result(report) is None
    assert rules(report) == set()


def test_a_column_is_added_briefly(run):
    report = run("ALTER TABLE author ADD COLUMN nick text;")
    assert result(report) == "briefly"
    assert rules(report) == set()


def test_an_index_keeps_writers_waiting_and_no_reader(run):
    report = run("CREATE INDEX author_name ON author (slow(name));", history=HISTORY + SLOW)
    assert waits(report, 1) == ["writes of author waited _"]
    assert result(report).endswith("s")
    told = [seen for _, _, seen in cells(report, "0002.up.sql")]
    line = "for a transaction that has written author; writes of author queue behind it"
    assert f"waits as long as it takes {line}" in told


def test_an_index_that_is_built_concurrently_lets_writers_pass(run):
    up = "ALTER TABLE author ADD COLUMN nick text;\nCREATE INDEX CONCURRENTLY author_name ON author (slow(name));"
    report = run(up, history=HISTORY + SLOW, transaction="none")
    assert "rehearsal-fails" not in rules(report)
    assert waits(report, 2) == []


def test_a_lock_is_owed_to_the_statement_that_took_it_until_its_transaction_ends(run):
    report = run(f"ALTER TABLE author ADD COLUMN nick text;\n{SLEEP}")
    assert waits(report, 1) == ["reads and writes of author waited _, most of it while line 2 ran"]
    assert waits(report, 2) == []


def test_without_a_transaction_a_lock_ends_with_its_statement(run):
    report = run(f"ALTER TABLE author ADD COLUMN nick text;\n{SLEEP}", transaction="none")
    assert not any("line 2" in each for each in waits(report, 1))
    assert waits(report, 2) == []


def test_a_transaction_of_the_scripts_own_holds_its_locks_too(run):
    first = f"BEGIN;\nALTER TABLE author ADD COLUMN nick text;\n{SLEEP}\nCOMMIT;\n"
    up = f"{first}BEGIN;\nUPDATE post SET slug = slug;\n{SLEEP}"
    report = run(up, transaction="none")
    assert waits(report, 2) == ["reads and writes of author waited _, most of it while line 3 ran"]
    assert waits(report, 6) == ["writes of the rows of post that it changed waited _, most of it while line 7 ran"]


def test_rows_that_were_changed_are_told_from_a_table_that_is_locked(run):
    report = run(f"UPDATE author SET name = name WHERE id = 17;\n{SLEEP}\nCREATE INDEX i ON author (slow(name));",
                 history=HISTORY + SLOW)  # fmt: skip
    assert waits(report, 1) == ["writes of the rows of author that it changed waited _, most of it while line 3 ran"]
    assert waits(report, 3) == ["writes of author waited _"]


def test_a_migration_that_fails_midway_shows_who_waited_until_then(run):
    report = run(f"ALTER TABLE author ADD COLUMN nick text;\n{SLEEP}\nSELECT 1 / 0;\n{SLEEP}")
    assert "rehearsal-fails" in rules(report)
    assert waits(report, 1) == ["reads and writes of author waited _, most of it while line 2 ran"]


def test_a_table_keeps_its_waits_under_another_name(run):
    up = f"ALTER TABLE author RENAME TO writer;\n{SLEEP}\nALTER TABLE writer ADD COLUMN nick text;"
    assert waits(run(up), 1) == ["reads and writes of author waited _, most of it while line 2 ran"]
    up = "ALTER TABLE author RENAME TO writer;\nCREATE INDEX i ON writer (slow(name));"
    assert waits(run(up, history=HISTORY + SLOW, transaction="none"), 2) == ["writes of author waited _"]


def test_a_table_that_is_dropped_is_waited_for_and_no_error(run):
    report = run(f"DROP TABLE post;\n{SLEEP}")
    assert "reads and writes of post waited _, most of it while line 2 ran" in waits(report, 1)
    assert "reads and writes of author waited _, most of it while line 2 ran" in waits(report, 1)


def test_tables_that_change_places_are_watched_by_the_names_they_had(run):
    up = (
        "ALTER TABLE author RENAME TO other;\nALTER TABLE post RENAME TO author;\n"
        f"ALTER TABLE other RENAME TO post;\n{SLEEP}"
    )
    report = run(up)
    assert waits(report, 1) == ["reads and writes of author waited _, most of it while line 4 ran"]
    assert waits(report, 2) == ["reads and writes of post waited _, most of it while line 4 ran"]


def test_the_partition_whose_rows_change_is_named(run):
    history = (
        "CREATE TABLE log (id int, day int NOT NULL) PARTITION BY RANGE (day);\n"
        "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (10);\n"
        "CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM (10) TO (10000);\n"
    )
    report = run(f"UPDATE log SET id = id WHERE day > 10;\n{SLEEP}", history=history)
    assert waits(report, 1) == ["writes of the rows of log_2 that it changed waited _, most of it while line 2 ran"]


def test_triggers_and_policies_of_a_table_are_left_alone(run):
    history = (
        HISTORY
        + """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
        CREATE TRIGGER never BEFORE UPDATE ON author EXECUTE FUNCTION refuse();
        ALTER TABLE author ENABLE ROW LEVEL SECURITY;
        CREATE POLICY nobody ON author USING (1 / 0 = 1);
    """
    )
    report = run(f"ALTER TABLE author ADD COLUMN nick text;\n{SLEEP}", history=history)
    assert rules(report) == set()
    assert waits(report, 1) == ["reads and writes of author waited _, most of it while line 2 ran"]


def test_what_a_view_is_made_of_anew_keeps_its_readers_waiting(run):
    history = HISTORY + "CREATE VIEW names AS SELECT name FROM author;"
    report = run(f"DROP VIEW names;\n{SLEEP}\nCREATE VIEW names AS SELECT name FROM author;", history=history)
    assert waits(report, 1) == ["reads of names waited _, most of it while line 2 ran"]


def test_what_a_block_does_is_watched_though_nobody_foretold_it(run):
    up = f"DO $$ BEGIN EXECUTE 'ALTER TABLE ' || 'author ADD COLUMN nick text'; END $$;\n{SLEEP}"
    assert waits(run(up), 1) == ["reads and writes of author waited _, most of it while line 2 ran"]


def test_what_waits_for_every_transaction_meets_no_deadlock(run):
    up = (
        "UPDATE author SET name = name;\nALTER TABLE author ADD COLUMN nick text;\nUPDATE post SET slug = slug;\n"
        "ALTER TABLE post ADD COLUMN note text;\nREINDEX TABLE author;\nALTER TABLE author DROP COLUMN nick;"
    )
    for mode in ("file", "none"):
        report = run(up, transaction=mode)
        assert rules(report) <= {"rerun-fails"}  # its columns are there already
        assert not any("with others about" in seen for _, _, seen in cells(report, "0002.up.sql"))
    up = "CREATE INDEX CONCURRENTLY i ON author (name);\nDROP INDEX CONCURRENTLY i;\nUPDATE author SET name = name;"
    report = run(up, transaction="none")
    assert rules(report) <= {"rerun-fails"}
    assert not any("with others about" in seen for _, _, seen in cells(report, "0002.up.sql"))


def test_a_lock_that_waits_for_nobody_changes_no_finding(run):
    report = run(f"LOCK TABLE author IN ACCESS EXCLUSIVE MODE NOWAIT;\n{SLEEP}")
    assert rules(report) == set()


def test_the_runners_lock_timeout_is_known(run):
    report = run("ALTER TABLE author ADD COLUMN nick text;", lock_timeout=True)
    ((_, _, seen),) = cells(report, "0002.up.sql")
    assert seen.startswith("waits up to the runner's lock_timeout for a transaction that has read author; ")


def test_more_tables_than_are_watched_are_counted(run):
    names = [f"t{number}" for number in range(9)]
    history = "".join(f"CREATE TABLE {name} (id int);\n" for name in names)
    report = run("".join(f"ALTER TABLE {name} ADD COLUMN x int;\n" for name in names), history=history)
    told = [seen for line, _, seen in cells(report, "0002.up.sql") if line == "1"]
    assert "who waits for 3 more tables was not watched" in told


def test_nothing_is_left_on_the_server(run, server):
    before = set(server.databases())
    run("ALTER TABLE author ADD COLUMN nick text;")
    assert {name for name in server.databases() if "kept" not in name} <= before
