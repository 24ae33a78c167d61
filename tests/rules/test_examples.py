"""Every rule's own examples: the bad ones are found by it, the good ones are not."""

from dataclasses import FrozenInstanceError

import pytest

from dbtools.model.finding import Severity
from dbtools.rules import migration_rules
from dbtools.rules.base import Harm
from dbtools.rules.wording import joined
from dbtools.sql.read import read
from tests.rules.judging import alone, judge

RULES = migration_rules()


def examples(*kinds):
    return [
        pytest.param(rule, sql, id=f"{rule.name} {kind} {number}")
        for rule in RULES
        for kind in kinds
        for number, sql in enumerate(getattr(rule, kind), start=1)
    ]


def texts(*kinds):
    return [pytest.param(param.values[1], id=param.id) for param in examples(*kinds)]


@pytest.mark.parametrize(("rule", "sql"), examples("bad"))
def test_a_bad_example_is_found(rule, sql):
    findings = judge(sql, settings=alone(rule.name))
    assert findings
    for finding in findings:
        assert finding.message
        assert finding.hint or rule.name == "unknown-object"
        assert finding.table or finding.object


@pytest.mark.parametrize(("rule", "sql"), examples("good"))
def test_a_good_example_is_not(rule, sql):
    assert judge(sql, settings=alone(rule.name)) == ()


@pytest.mark.parametrize("sql", texts("bad", "good"))
def test_an_example_is_sql(sql):
    assert not [statement.error for statement in read(sql.replace("---\n", "")) if statement.error]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_can_explain_itself(rule):
    assert rule.summary.endswith(".")
    assert len(rule.why.split()) > 25
    assert len(rule.bad) >= 3
    assert len(rule.good) >= 3
    assert rule.link.startswith("https://www.postgresql.org/docs/current/")


@pytest.mark.parametrize("sql", texts("bad"))
def test_nothing_is_said_of_tables_that_the_change_makes(sql):
    """The history becomes a part of the change: only what cannot run at all is still reported."""
    whole = judge(sql.replace("---\n", ""))
    assert {finding.rule for finding in whole} <= {
        "concurrently-in-transaction", "concurrently-on-partitioned", "disable-triggers", "drop-cascade",
        "duplicate-object", "enum-value-used-in-same-transaction", "fk-type-mismatch", "index-not-immutable",
        "opaque-dynamic-sql", "statement-fails", "uncommitted-transaction", "unknown-object", "view-dependency-error",
        # What is better said while the table is new.
        "duplicate-index", "redundant-index", "fk-without-index", "json-not-jsonb", "identifier-truncated",
        "rls-without-policy",
    }  # fmt: skip


@pytest.mark.parametrize("sql", texts("bad"))
def test_without_a_history_nothing_is_called_stateful(sql):
    findings = judge(sql.partition("---\n")[2], complete=False)
    assert {str(finding.evidence) for finding in findings} <= {"static"}


@pytest.mark.parametrize(
    ("sql", "severity"),
    [
        ("ALTER TABLE t ALTER c TYPE bigint", Severity.WARNING),
        ("ALTER TABLE t ALTER c TYPE text", Severity.INFO),
        ("ALTER TABLE t ALTER c SET NOT NULL", Severity.WARNING),
        ("ALTER TABLE t ADD COLUMN c text DEFAULT mystery()", Severity.WARNING),
        ("ALTER TABLE t SET ACCESS METHOD heap", Severity.WARNING),
        ("ALTER TABLE p ATTACH PARTITION t FOR VALUES IN (1)", Severity.WARNING),
        ("DROP TABLE IF EXISTS t", Severity.WARNING),
        ("DROP TABLE t", Severity.ERROR),
        ("ALTER TABLE t ADD CHECK (c > 0)", Severity.ERROR),
        ("ALTER TABLE t ADD UNIQUE (c)", Severity.ERROR),
        ("ALTER TABLE t ADD PRIMARY KEY (c)", Severity.ERROR),
        ("ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES u", Severity.ERROR),
        ("ALTER TABLE t ADD COLUMN c uuid DEFAULT gen_random_uuid()", Severity.ERROR),
        ("CREATE INDEX ON t (c)", Severity.ERROR),
        ("ALTER TABLE t DROP CONSTRAINT c", None),
        ("ALTER TABLE t ADD COLUMN c citext", None),
        ("CREATE TABLE t (c int)", None),
    ],
)
def test_what_the_statement_alone_proves_is_said_and_the_rest_is_qualified(sql, severity):
    findings = judge(sql, complete=False)
    assert [finding.severity for finding in findings] == ([] if severity is None else [severity])
    if severity is not None and severity < Severity.ERROR:
        assert " unless " in findings[0].message or " if it exists" in findings[0].message


def test_words_are_joined_and_cut():
    assert joined(()) == ""
    assert joined("ab") == "a and b"
    assert joined("abcdefg") == "a, b, c, d, e and 2 more"


def test_a_context_and_a_harm_are_values():
    assert Harm("x") == Harm("x")
    with pytest.raises(FrozenInstanceError):
        Harm("x").message = "y"
