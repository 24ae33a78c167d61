"""What rules say of locks: how much depends on what bounds the wait, and on what the transaction holds already."""

from threading import Thread

import psycopg
import pytest

from dbtools.lint import LintSettings
from dbtools.pg.connect import connect
from tests.rules.judging import alone, judge
from tests.steps import steps

BASE = """CREATE TABLE author (id int PRIMARY KEY, name text);
CREATE TABLE post (id int PRIMARY KEY, author int CONSTRAINT post_author REFERENCES author, title text);
CREATE INDEX post_title ON post (title);
CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
---
"""
BRIEF = {
    "drop-index-blocks": "DROP INDEX post_title",
    "drop-fk-locks-both-tables": "ALTER TABLE post DROP CONSTRAINT post_author",
    "partition-of-locks-parent": "CREATE TABLE log_2 PARTITION OF log DEFAULT",
    "detach-partition-blocks": "ALTER TABLE log DETACH PARTITION log_1",
}


def found(sql, rule, *, runner=""):
    findings = judge(BASE + sql, settings=LintSettings(choice=alone(rule).choice, lock_timeout=runner))
    return [(str(finding.severity), finding.message) for finding in findings]


@pytest.mark.parametrize(("rule", "sql"), BRIEF.items())
@pytest.mark.parametrize(
    ("before", "runner", "bounded"),
    [
        ("", "", False),
        ("", "5s", True),
        ("SET lock_timeout = '2s';", "", True),
        ("SET lock_timeout = 0;", "5s", False),
        ("SET lock_timeout = '0ms';", "", False),
        ("SET LOCAL lock_timeout = '1min';", "", True),
        ("SET lock_timeout = '2s'; RESET ALL;", "", False),
        ("SET lock_timeout = 0; SET lock_timeout TO DEFAULT;", "5s", True),
        ("SELECT set_config('lock_timeout', '2s', false);", "", True),
        ("SELECT set_config('statement_timeout', '2s', false);", "", False),
    ],
)
def test_a_lock_of_a_moment_is_an_info_and_so_is_an_unbounded_wait_for_it(rule, sql, before, runner, bounded):
    assert [each for each, _ in found(f"{before}{sql}", rule, runner=runner)] == ["info"]
    assert len(found(f"{before}{sql}", "missing-lock-timeout", runner=runner)) == (not bounded)


@pytest.mark.parametrize(
    ("sql", "rule", "says"),
    [
        ("CREATE INDEX i ON post (title)", "index-blocks-writes", "blocks writes to post while"),
        (
            "ALTER TABLE post ADD COLUMN a int;\nCREATE INDEX i ON post (title)",
            "index-blocks-writes",
            "of post while the index is built: the transaction holds ACCESS EXCLUSIVE on post since line 1",
        ),
        (
            "COMMENT ON TABLE post IS 'x';\nALTER TABLE post ADD COLUMN a int;\nREINDEX TABLE post",
            "reindex-blocks",
            "the transaction holds ACCESS EXCLUSIVE on post since line 2",
        ),
        (
            "CREATE TABLE note (post int REFERENCES post);\nCREATE INDEX i ON post (title)",
            "index-blocks-writes",
            "blocks writes to post while",
        ),
        (
            "ALTER TABLE author ADD COLUMN a int; ALTER TABLE author RENAME TO person;CREATE INDEX i ON person (name)",
            "index-blocks-writes",
            "holds ACCESS EXCLUSIVE on person",
        ),
        (
            (
                "ALTER TABLE post ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES author NOT VALID;"
                "ALTER TABLE post VALIDATE CONSTRAINT k"
            ),
            "validate-in-same-transaction",
            "blocks writes to post and author",
        ),
        (
            (
                "ALTER TABLE author ADD COLUMN a int;"
                "ALTER TABLE post ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES author NOT VALID;"
                "ALTER TABLE post VALIDATE CONSTRAINT k"
            ),
            "validate-in-same-transaction",
            "blocks reads and writes of author and blocks writes to post",
        ),
        (
            "ALTER TABLE post ADD COLUMN a int; ALTER TABLE post ADD FOREIGN KEY (id) REFERENCES author",
            "fk-scan-blocks-writes",
            "blocks reads and writes of post and writes to author, for the transaction holds ACCESS EXCLUSIVE on post",
        ),
        ("TRUNCATE author", "truncate", "fails with 0A000: post refers to author"),
        ("TRUNCATE author CASCADE", "truncate-cascade", "empties post as well"),
    ],
)
def test_a_message_names_what_is_blocked_and_since_when(sql, rule, says):
    ((_, message),) = found(sql, rule)
    assert says in message


@pytest.mark.parametrize(
    ("sql", "severity"),
    [
        ("ALTER TABLE author ADD a int; UPDATE author SET a = 1", "error"),
        ("ALTER TABLE author ADD a int; UPDATE author SET a = 1 WHERE a IS NULL", "error"),
        ("ALTER TABLE author ADD a int; UPDATE author SET a = 1 WHERE name <> ''", "warning"),
        ("ALTER TABLE author ADD a int; UPDATE author SET a = 1 WHERE id = 1", "info"),
        ("ALTER TABLE author ADD a int; UPDATE post SET title = name FROM author WHERE author.id = author", "warning"),
        ("ALTER TABLE author ADD a int; INSERT INTO author (id) SELECT id FROM post", "warning"),
        ("UPDATE author SET name = ''; ALTER TABLE author ADD a int", "warning"),
        ("DELETE FROM author WHERE id = 1; ALTER TABLE author ADD a int", "info"),
        ("UPDATE author SET name = '' WHERE name IS NULL; CREATE INDEX ON author (name)", "warning"),
        ("UPDATE author SET name = ''; ALTER TABLE post ADD a int", None),
        ("UPDATE author SET name = ''; COMMIT; ALTER TABLE author ADD a int", None),
        ("INSERT INTO author VALUES (1); ALTER TABLE author ADD a int", None),
        ("ALTER TABLE author ALTER name SET STATISTICS 9; UPDATE author SET name = ''", None),
        ("CREATE TEMP TABLE t (id int); ALTER TABLE t ADD a int; UPDATE author SET name = ''", None),
    ],
)
def test_rows_beside_a_change_of_the_schema_weigh_as_much_as_they_may_be(sql, severity):
    said = [each for each, _ in found(sql, "ddl-and-backfill-same-transaction")]
    assert said == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("sql", "damage"),
    [
        ("CREATE INDEX i ON post (title)", "blocks writes"),
        ("ALTER TABLE post ADD a int; CREATE INDEX i ON post (title)", "blocks reads"),
        ("ALTER TABLE author ADD a int; CREATE INDEX i ON post (title)", "blocks writes"),
        ("ALTER TABLE author ADD a int; UPDATE post SET title = ''", "blocks reads"),
        ("CREATE TABLE note (post int REFERENCES post); UPDATE post SET title = ''", "blocks writes"),
    ],
)
def test_the_damage_is_that_of_the_lock_that_is_held(sql, damage):
    rules = ("index-blocks-writes", "ddl-and-backfill-same-transaction")
    findings = [finding for finding in judge(BASE + sql) if finding.rule in rules]
    assert [str(finding.damage) for finding in findings] == [damage]


@pytest.mark.parametrize(
    ("sql", "severity"),
    [
        ("BEGIN; SELECT 1", "warning"),
        ("-- dbtools: no-transaction\nBEGIN; SELECT 1", "error"),
        ("-- dbtools: no-transaction\nBEGIN; SELECT 1; ROLLBACK", None),
        ("-- dbtools: no-transaction\nSAVEPOINT a", "error"),
        ("-- dbtools: no-transaction\nROLLBACK", "info"),
        ("ROLLBACK", "warning"),
        ("BEGIN; COMMIT; COMMIT", "info"),
        ("START TRANSACTION; END", None),
    ],
)
def test_transactions_that_do_not_match(sql, severity):
    said = [each for each, _ in found(sql, "uncommitted-transaction")]
    assert said == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("DROP INDEX i", "drop-index-blocks"),
        ("ALTER TABLE t DROP CONSTRAINT t_a_fkey", "drop-fk-locks-both-tables"),
        ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT c",
         "validate-in-same-transaction"),
        ("ALTER TYPE e ADD VALUE 'b'; UPDATE t SET s = 'b'", "enum-value-used-in-same-transaction"),
        ("ALTER TABLE t ADD x int; UPDATE t SET x = 1", "ddl-and-backfill-same-transaction"),
        ("ALTER DOMAIN d ADD CHECK (VALUE > 0)", "domain-scan-blocks-writes"),
        ("TRUNCATE t CASCADE", "truncate-cascade"),
        ("CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)", "partition-of-locks-parent"),
        ("REFRESH MATERIALIZED VIEW v", "refresh-matview-blocks"),
        ("ALTER TABLE t ADD x int", "missing-lock-timeout"),
    ],
)  # fmt: skip
def test_what_the_text_alone_tells_is_said_without_a_history(sql, rule):
    assert [finding.rule for finding in judge(sql, complete=False, settings=alone(rule))] == [rule]


def test_four_times_the_statements_after_a_lock_take_four_times_the_steps():
    """Each looks back no further than it must."""

    def looking(count):
        sql = "ALTER TABLE author ADD a int;\n" + "UPDATE author SET a = 1 WHERE id = 1;\nBEGIN;\nCOMMIT;\n" * count
        return steps(lambda: found(sql, "ddl-and-backfill-same-transaction"))

    looking(10)  # what is imported on the way counts for neither
    few = looking(100)
    assert looking(400) < 5 * few
    assert found("BEGIN;\nCOMMIT;\n" * 1000, "uncommitted-transaction") == []


@pytest.mark.server
def test_a_writer_that_waits_for_a_row_deadlocks_with_a_lock_that_comes_after_the_rows(server):
    with server.database() as url, connect(url) as first, connect(url) as second:
        first.execute("CREATE TABLE post (id int, views int); INSERT INTO post VALUES (1, 1)")
        ended = []

        def write():
            try:
                second.execute("UPDATE post SET views = 2 WHERE id = 1")
            except psycopg.errors.DeadlockDetected as error:
                ended.append(error.sqlstate)

        with first.transaction():
            first.execute("UPDATE post SET views = 0")
            writer = Thread(target=write)
            writer.start()
            while not first.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                pass
            try:
                first.execute("ALTER TABLE post ADD COLUMN title text")
            except psycopg.errors.DeadlockDetected as error:
                ended.append(error.sqlstate)
                raise psycopg.Rollback from None
        writer.join()
    assert ended == ["40P01"]
