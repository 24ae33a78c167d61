"""The measured facts are there for every example, and are what the servers do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dbtools.explain.facts import advice, history_of, news_of, observed, servers
from dbtools.rules import migration_rules

ROOT = Path(__file__).parents[2]
EXAMPLES = [
    pytest.param(rule, kind, sql, id=f"{rule.name} {kind} {number}")
    for rule in migration_rules()
    for kind in ("bad", "good")
    for number, sql in enumerate(getattr(rule, kind), start=1)
]


def test_several_servers_were_asked():
    assert {"15", "16", "18"} <= servers().keys()


@pytest.mark.parametrize(("rule", "kind", "sql"), EXAMPLES)
def test_every_example_was_observed(rule, kind, sql):
    seen = observed(rule.name, sql)
    assert seen, "run make facts"
    for line, text in seen:
        assert 1 <= line <= sql.count("\n") + 1
        assert servers()["18"] in text
    if kind == "bad":
        assert advice(rule.name, sql), "run make docs"


def test_the_harm_that_is_said_was_seen():
    """The locks in the page's facts are those that a reader is told to expect."""
    index = next(rule for rule in migration_rules() if rule.name == "index-blocks-writes")
    ((line, text),) = observed(index.name, index.bad[0])
    assert line == 3
    *some, last = servers().values()
    assert text == f"PostgreSQL {', '.join(some)} and {last}: SHARE on post, reads all of post, builds post_author"


def test_where_servers_differ_each_is_told():
    texts = [
        text for rule in migration_rules() for sql in (*rule.bad, *rule.good) for _, text in observed(rule.name, sql)
    ]
    assert all(text.count("PostgreSQL ") == text.count("; PostgreSQL ") + 1 for text in texts)


def test_an_example_that_nobody_ran_has_no_facts():
    assert observed("drop-column", "DROP TABLE a;") == []
    assert observed("zzz", "") == []


def test_an_example_is_cut_at_its_lines():
    assert history_of("a;\nb;\n---\nc;\n---\nd;\ne;") == "a;\nb;"
    assert list(news_of("a;\nb;\n---\nc;\n---\nd;\ne;")) == [(4, "c;"), (6, "d;\ne;")]
    assert list(news_of("a;")) == [(1, "a;")]


@pytest.mark.slow
@pytest.mark.server
def test_the_facts_are_what_the_servers_here_do():
    """On the embedded server, and on the one that DBTOOLS_PG_BIN names."""
    done = subprocess.run(
        [sys.executable, "tools/observe_rules.py", "--check"], cwd=ROOT, env=os.environ, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"run make facts\n{done.stderr}"
    assert "PostgreSQL 18" in done.stderr
