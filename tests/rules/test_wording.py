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
