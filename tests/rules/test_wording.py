"""What a finding says of the server is what the server does: sentences that were wrong once, each beside its truth."""

import pytest

from dbtools.model.finding import Severity
from tests.rules.judging import judge


def sentence(sql, rule, version=18):
    (found,) = [each for each in judge(sql, version=version) if each.rule == rule]
    return f"{found.message}\n{found.hint}"


@pytest.mark.parametrize(
    ("sql", "rule", "says"),
    [
        (
            "CREATE TABLE post (id int);\n---\nALTER TABLE post ADD COLUMN raw json[];",
            "json-not-jsonb",
            "ADD COLUMN raw jsonb[]",
        ),
        (
            "CREATE TABLE post (id int);\n---\nALTER TABLE post DISABLE TRIGGER USER;",
            "disable-triggers",
            "turns off every trigger but those of foreign keys",
        ),
        (
            "CREATE TABLE a (id int);\nCREATE TABLE b () INHERITS (a);\n---\nALTER TABLE a ADD CHECK (id > 0);",
            "full-scan-exclusive",
            "reads every row of a with 1 child,",
        ),
        (
            """CREATE TABLE log (n int) PARTITION BY LIST (n);
CREATE TABLE log_other PARTITION OF log DEFAULT;
CREATE TABLE log_1 (n int CHECK (n IS NOT NULL AND n = 1));
---
ALTER TABLE log ATTACH PARTITION log_1 FOR VALUES IN (1);""",
            "multi-table-exclusive-lock",
            "holds ACCESS EXCLUSIVE on log_1 and log_other together",
        ),
        (
            """CREATE TABLE log (n int) PARTITION BY LIST (n);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
CREATE TABLE post (id int);
---
TRUNCATE log_1, post;""",
            "multi-table-exclusive-lock",
            "holds ACCESS EXCLUSIVE on log_1 and post together",
        ),
        (
            """CREATE TABLE post (id int);
CREATE VIEW posts AS SELECT id FROM post;
CREATE VIEW few AS SELECT id FROM posts;
---
ALTER TABLE post DROP COLUMN id CASCADE;""",
            "drop-cascade",
            "drops with post.id: view few and view posts\n",
        ),
        (
            """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int);
---
ALTER TABLE post ADD COLUMN title text;
ALTER TABLE post ADD FOREIGN KEY (author) REFERENCES author;""",
            "fk-scan-blocks-writes",
            "blocks reads and writes of post and writes to author, for the transaction holds ACCESS EXCLUSIVE on post",
        ),
        (
            "CREATE TYPE mood AS ENUM ('ok');\nCREATE TABLE post (id int, m mood);\n---\nDROP TYPE mood CASCADE;",
            "drop-cascade",
            "drops with type mood: column m of post",
        ),
    ],
)
def test_it_says(sql, rule, says):
    assert says in sentence(sql, rule)


INDEX = "CREATE INDEX CONCURRENTLY post_id ON post (id);"


@pytest.mark.parametrize(
    ("new", "severity"),
    [
        (INDEX, Severity.INFO),
        ("SET lock_timeout = '2s';\n" + INDEX, Severity.INFO),
        ("DO $$ BEGIN COMMIT; END $$;", Severity.INFO),
        ("ALTER TABLE post ADD COLUMN title text;\n" + INDEX, Severity.ERROR),
        (f"BEGIN;\n{INDEX}\nCOMMIT;", Severity.ERROR),
    ],
)
def test_a_file_of_nobodys_runner_that_no_transaction_takes_is_told_and_not_refused(new, severity):
    findings = judge(f"CREATE TABLE post (id int);\n---\n{new}")
    assert [each.severity for each in findings if each.rule == "concurrently-in-transaction"] == [severity]


def test_a_view_by_another_name_is_told_as_what_it_may_break():
    sql = (
        "CREATE TABLE post (id int);\nCREATE VIEW posts AS SELECT id FROM post;\n---\nALTER VIEW posts RENAME TO every;"
    )
    (found,) = [each for each in judge(sql) if each.rule == "rename-table"]
    assert found.severity is Severity.INFO
    assert "what knows it as posts fails from then on" in found.message
    kept = sql + "\nCREATE VIEW posts AS SELECT id FROM every;"
    assert [each for each in judge(kept) if each.rule == "rename-table"] == []
