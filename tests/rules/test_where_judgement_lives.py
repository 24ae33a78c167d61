"""What sqlglot says decides: with its answers replaced by "unknown", the rules that rest on it fall silent or doubt."""

import pytest

from dbtools.model.finding import Severity
from dbtools.rules import migration_rules
from dbtools.sources.queries import read_texts
from dbtools.sql import judge_expressions, judge_types, queries
from tests.rules.judging import judge

RULES = {rule.name: rule for rule in migration_rules()}
# What each rule's examples lose: those of its bad ones that are found by a judgement, and those of its good ones that
# are silent by one. The others are decided by the grammar alone: UPDATE with no WHERE, SET UNLOGGED.
JUDGED_BAD = {
    "type-narrowing": {0, 1, 2, 3, 4},
    "table-rewrite": {0, 1, 3},
    "update-without-where": {1, 2},
    "delete-without-where": {2},
    "index-not-immutable": {0, 1, 2, 3},
    "full-scan-exclusive": {2},
}
JUDGED_GOOD = ("table-rewrite", "full-scan-exclusive")

READ = "CREATE TABLE post (id int, title text, slug text);\n"
SELECTS_TITLE = "SELECT p.title FROM post p"
READERS = [
    ("drop-column", "ALTER TABLE post DROP COLUMN title"),
    ("drop-table", "DROP TABLE post"),
    ("rename-column", "ALTER TABLE post RENAME title TO headline"),
    ("rename-table", "ALTER TABLE post RENAME TO article"),
]


@pytest.fixture
def unknown(monkeypatch):
    """Sqlglot understands nothing; what it said before is forgotten, and will be again."""
    kept = (judge_expressions._judged, judge_expressions._cast_types)

    def forget():
        for cached in kept:
            cached.cache_clear()

    def apply():
        monkeypatch.setattr(judge_expressions, "_parse", lambda _: None)
        monkeypatch.setattr(judge_types, "_datatype", lambda _: None)
        monkeypatch.setattr(queries, "_parse", lambda _: None)
        forget()

    yield apply
    monkeypatch.undo()
    forget()


def certain(rule, sql, **known):
    """What the rule says for certain, and as gravely as it does."""
    found = (finding for finding in judge(sql, **known) if finding.rule == rule)
    return [(finding.severity, finding.message) for finding in found]


@pytest.mark.parametrize("name", JUDGED_BAD)
def test_without_sqlglot_a_rule_loses_the_examples_that_a_judgement_decides(name, unknown):
    before = [certain(name, sql) for sql in RULES[name].bad]
    assert all(before)
    unknown()
    after = [certain(name, sql) for sql in RULES[name].bad]
    lost = {at for at, (old, new) in enumerate(zip(before, after, strict=True)) if old != new}
    assert lost == JUDGED_BAD[name]
    for at in lost:
        assert all(severity < Severity.ERROR and " unless " in message for severity, message in after[at])


@pytest.mark.parametrize("name", JUDGED_GOOD)
def test_without_sqlglot_silence_becomes_doubt_and_no_claim(name, unknown):
    assert [certain(name, sql) for sql in RULES[name].good] == [[]] * len(RULES[name].good)
    unknown()
    doubts = [found for sql in RULES[name].good for found in certain(name, sql)]
    assert doubts
    assert all(severity < Severity.ERROR and " unless " in message for severity, message in doubts)


@pytest.mark.parametrize(("name", "sql"), READERS)
def test_without_sqlglot_a_query_only_may_read(name, sql, unknown):
    named = read_texts({"q.sql": SELECTS_TITLE})
    ((severity, message),) = certain(name, f"{READ}---\n{sql}", queries=named)
    assert severity is Severity.ERROR
    assert "still read by query q (q.sql:1" in message
    unknown()
    ((severity, message),) = certain(name, f"{READ}---\n{sql}", queries=named)
    assert severity is Severity.ERROR
    assert "still read" not in message
    assert "may be read by query q (q.sql:1), which could not be understood" in message


def test_without_sqlglot_nobody_knows_that_a_query_reads_another_column(unknown):
    named = read_texts({"q.sql": "SELECT id FROM post"})
    sql = f"{READ}---\nALTER TABLE post DROP COLUMN title"
    assert [severity for severity, _ in certain("drop-column", sql, queries=named)] == [Severity.WARNING]
    unknown()
    assert [severity for severity, _ in certain("drop-column", sql, queries=named)] == [Severity.ERROR]


@pytest.mark.parametrize(
    ("name", "sql", "query"),
    [
        ("required-column", "ALTER TABLE post ALTER slug SET NOT NULL", "INSERT INTO post (id) VALUES (1)"),
        ("type-breaks-query", "ALTER TABLE post ALTER id TYPE text", "SELECT 1 FROM post WHERE id = 1"),
    ],
)
def test_without_sqlglot_nobody_knows_what_a_query_writes_or_compares(name, sql, query, unknown):
    named = read_texts({"q.sql": query})
    assert certain(name, f"{READ}---\n{sql}", queries=named)
    unknown()
    assert certain(name, f"{READ}---\n{sql}", queries=named) == []
