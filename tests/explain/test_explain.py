"""What `dbtools explain` tells of a rule."""

import ast
import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from dbtools.errors import UsageError
from dbtools.explain import explain, rule_page
from dbtools.explain.elsewhere import ELSEWHERE
from dbtools.explain.facts import servers
from dbtools.reports import FORMATS, Paper, render, schema_path
from dbtools.rules import migration_rules
from dbtools.rules.base import Rule

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "dbtools"
RULES = [rule.name for rule in migration_rules()]


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "dbtools", "explain", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ["", "drop-column", "missing-table"])
def test_every_format_takes_a_page(form, name):
    assert render(explain(name), form)


@pytest.mark.parametrize("name", ["", "drop-column", "syntax-error"])
def test_the_json_is_what_its_schema_says(name):
    shown = json.loads(render(explain(name), "json"))
    Draft202012Validator(json.loads(schema_path().read_text())).validate(shown)
    assert shown["title"]


@pytest.mark.parametrize("name", RULES)
def test_a_page_tells_everything_about_its_rule(name):
    rule = next(rule for rule in migration_rules() if rule.name == name)
    shown = render(explain(name), "text", Paper(width=10_000))
    assert shown.startswith(f"{name}\n")
    for part in (
        rule.summary,
        " ".join(rule.why.split()),
        rule.link,
        f"-- dbtools: ignore {name} ",
        str(rule.severity),
    ):
        assert part in shown
    for sql in (*rule.bad, *rule.good):
        for line in sql.splitlines():
            assert line == "---" or f"    {line}\n" in shown
    assert shown.count("-- PostgreSQL ") >= len(rule.bad) + len(rule.good)
    assert re.search(r"\b(error|warning|info): ", shown)


def test_a_page_shows_what_was_seen_what_it_says_and_the_safe_form():
    *some, last = servers().values()
    seen = f"PostgreSQL {', '.join(some)} and {last}: SHARE on post, reads all of post, builds post_author"
    *first, rest = textwrap.wrap(seen, 72)
    assert f"""
  What it finds
    CREATE TABLE post (id int, author int);
    -- the migration:
    CREATE INDEX post_author ON post (author);
    -- {" ".join(first)}
    --   {rest}

    error: blocks writes to post while the index is built. In a migration of its
    own, outside a transaction (its first line: -- dbtools: no-transaction):

    CREATE INDEX CONCURRENTLY post_author ON post (author);
""" in render(explain("index-blocks-writes"), "text", Paper(width=80))


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("name", RULES)
def test_only_sql_is_wider_than_the_terminal(name, width):
    rule = next(rule for rule in migration_rules() if rule.name == name)
    lines = render(explain(name), "text", Paper(width=width)).splitlines()
    prose = [line for line in lines if len(line) > width and not line.strip().startswith("http")]
    for line in prose:
        assert re.match(r"\s+([A-Z]{2,} |--|SET )", line), line
    assert rule.name == lines[0]


def test_every_rule_is_listed_with_its_severity_and_summary():
    shown = render(explain(), "text", Paper(width=10_000))
    for rule in migration_rules():
        assert re.search(rf"^    {rule.name} +{rule.severity}(, off)? +{re.escape(rule.summary)}$", shown, re.MULTILINE)


def test_a_rule_that_is_off_says_so(monkeypatch):
    from dbtools.explain import pages

    off = Rule(
        "quiet-rule",
        migration_rules()[0].severity,
        "advice",
        "It is quiet.",
        "why",
        (),
        (),
        lambda _: iter(()),
        on=False,
    )
    monkeypatch.setattr(pages, "migration_rules", lambda: (off,))
    assert "off by default" in render(explain("quiet-rule"), "text", Paper(width=10_000))
    assert re.search(r"quiet-rule +error, off", render(explain(), "text", Paper(width=10_000)))


def test_a_mistyped_name_is_answered_with_the_nearest():
    done = run("drop-colum")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: there is no rule drop-colum\nhint: did you mean drop-column?\n"
    with pytest.raises(UsageError) as error:
        explain("zzz")
    assert error.value.hint == "dbtools explain lists them"


def test_a_finding_that_no_rule_makes_is_explained_as_well():
    done = run("enum-order")
    assert done.returncode == 0
    assert "Two sources order the labels of an enum differently" in done.stdout
    assert "dbtools drift finds it" in done.stdout


def literal_rules():
    """The names that findings are made with anywhere in the package, where they stand as text."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in ("Finding", "_finding", "Clash", "_clash"):
                named = [word.value for word in node.keywords if word.arg == "rule"]
                for value in (*node.args[:3], *named):
                    if isinstance(value, ast.Constant) and re.fullmatch(r"[a-z]+(-[a-z]+)*", str(value.value)):
                        yield value.value


def test_every_name_that_a_finding_has_is_explained():
    names = set(literal_rules())
    assert len(names) > 15
    assert names <= {*RULES, *ELSEWHERE}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_explained_exists(name):
    sources = [path for path in PACKAGE.rglob("*.py") if path.name != "elsewhere.py"]
    assert any(f'"{name}"' in path.read_text("utf-8") for path in sources)


def test_the_page_of_a_rule_comes_with_a_finding():
    page = rule_page("drop-column")
    assert page.markdown.startswith("# drop-column\n\nDROP COLUMN loses")
    assert rule_page("missing-table").summary == ELSEWHERE["missing-table"].text
    assert rule_page("zzz") is None


def test_explaining_needs_no_parser_and_no_driver():
    program = (
        "import sys; from dbtools.cli import run; code = run(['explain', 'drop-column', '--quiet']);"
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd="/")
    assert not {"sqlglot", "postgast", "psycopg", "yaml", "dbtools.sql", "dbtools.pg"} & set(done.stderr.split())
