"""What a team asks not to be told: comments, settings by path, a baseline, a revision to begin at."""

import json
import os
import subprocess
import sys

import pytest

BASE = "CREATE TABLE a (id int, x int, y int);"
DROP = "ALTER TABLE a DROP COLUMN x;"


class Folder:
    """A project that lint is called in."""

    def __init__(self, root):
        self.root = root

    def write(self, **files):
        for name, text in files.items():
            path = self.root / name.replace("__", "/").replace("_sql", ".sql").replace("_yaml", ".yaml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return self

    def run(self, *arguments):
        done = subprocess.run(
            [sys.executable, "-m", "dbtools", *arguments], cwd=self.root, capture_output=True, text=True, check=False,
            env={**os.environ, "NO_COLOR": "1"},
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        return done

    def report(self, *arguments, command="lint"):
        """Whether lock_timeout is set is not what these migrations are about."""
        quiet = ("--ignore", "missing-lock-timeout") if command == "lint" else ()
        done = self.run(command, "--format", "json", *quiet, *arguments)
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)

    def found(self, *arguments):
        report = self.report(*arguments)
        return {(each["rule"], each["severity"], each["location"]["path"]) for each in report["findings"]}

    def rules(self, *arguments):
        return {rule for rule, _, _ in self.found(*arguments)}

    def git(self, *arguments):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path).write(m__1_sql=BASE, m__2_sql=DROP)


def test_a_comment_with_a_reason_hides_its_rule_and_is_counted(folder):
    folder.write(m__2_sql=f"-- dbtools: ignore drop-column nobody ever filled it\n{DROP}")
    report = folder.report("m")
    assert report["findings"] == []
    assert report["figures"]["ignored"] == 1


def test_it_hides_no_other_rule_and_no_other_statement(folder):
    folder.write(m__2_sql=f"-- dbtools: ignore drop-column nobody ever filled it\n{DROP}\nALTER TABLE a DROP COLUMN y;")
    (finding,) = folder.report("m")["findings"]
    assert (finding["rule"], finding["location"]["line"]) == ("drop-column", 3)


def test_without_a_reason_nothing_is_hidden(folder):
    folder.write(m__2_sql=f"-- dbtools: ignore drop-column\n{DROP}")
    done = folder.run("lint", "m")
    assert {"drop-column", "invalid-ignore"} <= folder.rules("m")
    assert "it gives no reason" in done.stdout
    assert done.returncode == 1


def test_an_ignore_that_hides_nothing_is_found(folder):
    folder.write(m__2_sql="-- dbtools: ignore drop-column because\nALTER TABLE a ADD z int;")
    assert folder.rules("m") == {"unused-ignore"}


def test_an_ignore_of_a_rule_that_is_off_is_not_blamed(folder):
    folder.write(m__2_sql=f"-- dbtools: ignore drop-column because\n{DROP}")
    assert folder.rules("--ignore", "drop-column", "m") == set()


def test_a_misspelled_rule_is_named(folder):
    folder.write(m__2_sql=f"-- dbtools: ignore drop-colum because\n{DROP}")
    assert "did you mean drop-column?" in folder.run("lint", "m").stdout


def test_an_ignore_ends_on_its_day(folder):
    folder.write(m__2_sql=f"-- dbtools: ignore drop-column until=2020-01-01 until the release\n{DROP}")
    done = folder.run("lint", "m")
    assert {"drop-column", "expired-ignore"} <= folder.rules("m")
    assert "it was ignored until 2020-01-01" in done.stdout
    folder.write(m__2_sql=f"-- dbtools: ignore drop-column until=9999-12-31 until the release\n{DROP}")
    assert folder.rules("m") == set()


def test_settings_weigh_rules_and_switch_them_off_by_path(folder):
    folder.write(old__1_sql=BASE, old__2_sql=DROP, dbtools_yaml="""
sources: {migrations: [m, old]}
lint:
  severity: {drop-column: info}
  paths:
    old/: {ignore: [ALL]}
    "*/2.sql": {severity: {drop-column: warning}}
""")  # fmt: skip
    assert folder.found("m") == {("drop-column", "warning", "m/2.sql")}
    assert folder.found("old") == set()


def test_a_wrong_rule_in_the_settings_is_named(folder):
    folder.write(dbtools_yaml="lint: {paths: {m: {ignore: [drop-colum]}}}")
    done = folder.run("lint", "m")
    assert done.returncode == 2
    assert "did you mean drop-column?" in done.stderr


def test_a_baseline_hides_what_was_there_and_nothing_new(folder):
    assert folder.run("baseline", "m").returncode == 0
    folder.write(m__2_sql=f"-- a line more\n\n{DROP.replace('DROP', 'DROP ')}", m__3_sql="DROP TABLE a;")
    report = folder.report("--baseline", "dbtools-baseline.json", "m")
    assert {each["location"]["path"] for each in report["findings"]} == {"m/3.sql"}
    assert report["figures"]["in the baseline"] == 1


def test_a_baseline_only_shrinks_unless_it_is_told_to_grow(folder):
    folder.run("baseline", "m")
    folder.write(m__2_sql="SELECT 1;", m__3_sql="SET lock_timeout = '2s'; DROP TABLE a;")
    done = folder.run("baseline", "m")
    assert "knows 0 of 1 findings; 1 came later" in done.stdout
    assert json.loads((folder.root / "dbtools-baseline.json").read_text())["findings"] == []
    folder.run("baseline", "--add", "m")
    (known,) = json.loads((folder.root / "dbtools-baseline.json").read_text())["findings"]
    assert (known["rule"], known["path"]) == ("drop-table", "m/3.sql")


def test_the_baseline_of_the_settings_is_used_by_lint_and_checked_by_its_command(folder):
    folder.write(dbtools_yaml="sources: {migrations: m}\nlint: {baseline: known.json}")
    assert folder.run("lint", "--all").returncode == 2
    assert folder.run("baseline", "--check").returncode == 1
    assert folder.run("baseline").returncode == 0
    assert folder.run("baseline", "--check").returncode == 0
    assert folder.run("lint", "--all").returncode == 0


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 1, "findings": [{}]}', '{"version": 9, "findings": []}'])
def test_a_broken_baseline_is_no_baseline(folder, text):
    (folder.root / "known.json").write_text(text)
    done = folder.run("lint", "--baseline", "known.json", "m")
    assert done.returncode == 2
    assert "known.json" in done.stderr


def test_since_a_revision_only_what_came_after_is_judged(folder):
    folder.git("init", "-q", "-b", "main")
    folder.git("add", ".")
    folder.git("commit", "-qm", "one")
    folder.write(m__3_sql="ALTER TABLE a DROP COLUMN y;", m__4_sql="DROP TABLE a;")
    folder.git("add", ".")
    folder.git("commit", "-qm", "two")
    assert {path for _, _, path in folder.found("--since", "HEAD~1", "m")} == {"m/3.sql", "m/4.sql"}
    assert {path for _, _, path in folder.found("--since", "HEAD~1", "m/2.sql", "m/3.sql")} == {"m/3.sql"}
    folder.write(dbtools_yaml="sources: {migrations: m}")
    assert {path for _, _, path in folder.found("--since", "HEAD~1")} == {"m/3.sql", "m/4.sql"}
    assert folder.found("--since", "HEAD") == set()


def test_files_and_a_change_exclude_each_other(folder):
    done = folder.run("lint", "--all", "m")
    assert done.returncode == 2
    assert "leave one of the two out" in done.stderr
