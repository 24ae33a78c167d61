"""dbtools drift as a user calls it: sources given by name, what is known already, and what cannot be done."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "data" / "drift-happened"


def dbtools(folder, *arguments, env=()):
    done = subprocess.run(
        [sys.executable, "-m", "dbtools", *arguments], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "NO_COLOR": "1", **dict(env)},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def project(tmp_path):
    for path in DATA.iterdir():
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    return tmp_path


def test_two_sources_of_a_kind_are_named_with_their_paths(project):
    done = dbtools(project, "drift", "sql:schema.sql", "prisma:schema.prisma", "sql:drizzle.sql", "--format", "json")
    assert done.returncode == 1
    found = json.loads(done.stdout)["findings"]
    role = next(each for each in found if each["object"] == "role")
    assert role["values"] == {"sql:schema.sql": "Role", "prisma": "Role", "sql:drizzle.sql": "text"}
    assert role["places"]["prisma"] == {"path": "schema.prisma", "line": 14, "column": 3}
    assert "(sql:drizzle.sql is alone)" in role["message"]


def test_in_text_each_source_has_a_line(project):
    done = dbtools(project, "drift", "sql:schema.sql", "prisma:schema.prisma", "sql:drizzle.sql")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "sql:schema.sql Role schema.sql:7" in lines
    assert "prisma Role schema.prisma:14" in lines
    assert "sql:drizzle.sql text drizzle.sql:6" in lines


def test_paths_are_meant_from_where_the_user_stands(project):
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    (project / "dbtools.yaml").write_text("sources: {sql: schema.sql}")
    (project / "below").mkdir()
    (project / "below" / "other.sql").write_text((project / "schema.sql").read_text())
    done = dbtools(project / "below", "drift", "sql:../schema.sql", "sql:other.sql", "prisma:schema.prisma")
    assert (done.returncode, done.stderr) == (0, "")
    assert "below/other.sql" in done.stdout


def test_two_folders_of_migrations_are_two_sources(project):
    for name, kind in (("a", "integer"), ("b", "bigint")):
        (project / name).mkdir()
        (project / name / "0001_t.sql").write_text(f"CREATE TABLE t (id {kind});")
    done = dbtools(project, "drift", "migrations:a", "migrations:b", "--truth", "migrations:b", "--format", "json")
    (found,) = json.loads(done.stdout)["findings"]
    assert found["values"] == {"migrations:b": "bigint", "migrations:a": "integer"}


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["prism:schema.prisma", "sql:schema.sql"], "no kind of source prism", "did you mean prisma?"),
        (["schema.prisma", "sql:schema.sql"], "no kind of source schema.prisma", "write KIND:PATH"),
        (["prisma:schema.prism", "sql:schema.sql"], "there is no schema.prism", "did you mean schema.prisma?"),
        (["prisma:nowhere/at.all", "sql:schema.sql"], "there is no nowhere/at.all", "name a file or folder"),
        (["sql:schema.sql", "sql:./schema.sql"], "sql:./schema.sql is given twice", "leave one of the two out"),
        (["sql:schema.sql"], "sql:schema.sql alone has nothing", "name another"),
        (["sql:schema.sql", "prisma:schema.prisma", "--truth", "live"], "--truth is live", "sql:schema.sql"),
        (["prisma", "sql:schema.sql"], "prisma names no path", "write prisma:PATH"),
        (["live:NOT_SET", "sql:schema.sql"], "the variable is not set", "live:VARIABLE"),
        ([], "there is no dbtools.yaml", "write one"),
    ],
)
def test_what_cannot_be_compared_is_said_in_two_lines(project, arguments, message, hint):
    done = dbtools(project, "drift", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    error, advice = done.stderr.splitlines()
    assert message in error
    assert hint in advice


def test_a_configuration_with_one_source_has_nothing_to_compare(project):
    (project / "dbtools.yaml").write_text("sources: {prisma: schema.prisma}")
    done = dbtools(project, "drift")
    assert done.returncode == 2
    assert "names one source" in done.stderr


def test_a_file_that_holds_no_schema_is_a_failure_not_a_silence(project):
    (project / "empty.sql").write_text("-- nothing\n")
    (project / "notes").mkdir()
    (project / "notes" / "a.txt").write_text("no schema\n")
    done = dbtools(project, "drift", "sql:schema.sql", "prisma:notes")
    assert done.returncode == 2
    assert "there is nothing to read at notes" in done.stdout
    done = dbtools(project, "drift", "sql:schema.sql", "sql:empty.sql")
    assert done.returncode == 1
    assert done.stdout.count("missing-table") == 2


def test_what_is_known_is_not_said_again_and_what_is_new_is(project):
    sources = ("sql:schema.sql", "sql:drizzle.sql")
    done = dbtools(project, "baseline", "--drift", *sources)
    assert done.returncode == 0
    known = json.loads((project / "dbtools-drift.json").read_text())["findings"]
    assert len(known) > 20
    done = dbtools(project, "drift", *sources, "--baseline", "dbtools-drift.json")
    assert done.returncode == 0
    assert "in nothing that was not known" in done.stdout
    settings = "sources: {sql: [schema.sql, drizzle.sql]}\ndrift: {baseline: dbtools-drift.json}\n"
    (project / "dbtools.yaml").write_text(settings)
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    done = dbtools(project, "review", "--all", "--no-rehearse", "--format", "json")
    part = next(each for each in json.loads(done.stdout)["parts"] if each["command"] == "drift")
    assert (part["findings"], part["figures"]["in the baseline"]) == ([], len(known))
    other = (project / "drizzle.sql").read_text()
    (project / "drizzle.sql").write_text(
        other.replace("points integer", "points bigint").replace("role text", "role varchar")
    )
    done = dbtools(project, "drift", *sources, "--baseline", "dbtools-drift.json", "--format", "json")
    found = json.loads(done.stdout)["findings"]
    assert [(each["rule"], each["object"]) for each in found] == [("type", "points"), ("type", "role")]


def test_the_baseline_only_shrinks_and_its_place_is_in_the_settings(project):
    (project / "dbtools.yaml").write_text("sources: {sql: [schema.sql, drizzle.sql]}\ndrift: {baseline: known.json}\n")
    assert dbtools(project, "baseline", "--drift").returncode == 0
    before = json.loads((project / "known.json").read_text())["findings"]
    assert dbtools(project, "drift").returncode == 0
    other = (project / "drizzle.sql").read_text()
    (project / "drizzle.sql").write_text(other.replace("role text", "role text, extra text"))
    assert dbtools(project, "drift").returncode == 0 or "extra" in dbtools(project, "drift").stdout
    dbtools(project, "baseline", "--drift")
    assert json.loads((project / "known.json").read_text())["findings"] == before
    (project / "drizzle.sql").write_text(other.replace("password text", '"passwordHash" text'))
    assert dbtools(project, "baseline", "--drift", "--check").returncode == 1
    dbtools(project, "baseline", "--drift")
    assert len(json.loads((project / "known.json").read_text())["findings"]) == len(before) - 1


@pytest.mark.server
def test_a_server_decides_when_it_is_asked_to(project):
    (project / "one.sql").write_text("CREATE TABLE t (a int CHECK (NOT (a = 1)));")
    (project / "two.sql").write_text("CREATE TABLE t (a int CHECK (a <> 1));")
    done = dbtools(project, "drift", "sql:one.sql", "sql:two.sql")
    assert (done.returncode, "not-compared" in done.stdout) == (0, True)
    done = dbtools(project, "drift", "sql:one.sql", "sql:two.sql", "--scratch")
    assert (done.returncode, "not-compared" in done.stdout) == (0, False)


@pytest.mark.server
def test_a_database_may_be_given_by_its_address_which_is_not_shown(project, database):
    done = dbtools(project, "drift", "sql:schema.sql", f"live:{database}", "--format", "json")
    assert done.returncode == 1
    assert {each["rule"] for each in json.loads(done.stdout)["findings"]} == {"missing-table"}
