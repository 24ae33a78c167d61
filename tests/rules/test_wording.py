"""What a finding says of the server is what the server does: sentences that were wrong once, each beside its truth."""

import pytest

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
