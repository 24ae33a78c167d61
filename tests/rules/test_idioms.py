"""Small migrations as people write them: the safe ones raise no warning, the hazards are named where they stand.

``safe/*.sql`` and ``hazards/*.sql`` hold blocks that begin with ``==== what it is``, then history, a line ``---``, and
one migration or several. ``[18]`` or ``[15]`` in the title: meant for that server only. In hazards a line says
``-- expect: rule``; other rules may speak on that line too, none above info on any other. The server is asked as well:
what is safe runs, and what is foretold to fail does, with that SQLSTATE, and nothing else.
"""

import re
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from dbtools.model.finding import Severity
from dbtools.model.operation import Transaction
from dbtools.model.predict import Session
from dbtools.model.schema import Schema
from dbtools.pg.connect import connect
from dbtools.sql.walk import fold, in_transaction, statements, walk
from tests.rules.judging import DIVIDER, judge, migrations, parts

EXPECT = re.compile(r"--\s*expect:\s*(.+?)\s*$")
ROWS_DECIDE = "23502"  # foretold for a table that may hold a row, as few do here


class Block(NamedTuple):
    title: str
    sql: str

    @property
    def versions(self):
        only = re.search(r"\[(\d+)\]", self.title)
        return (int(only[1]),) if only else (15, 18)


def blocks(folder):
    found = []
    for path in sorted((Path(__file__).parent / folder).glob("*.sql")):
        for text in re.split(r"(?m)^==== ", path.read_text(encoding="utf-8"))[1:]:
            title, _, sql = text.partition("\n")
            found.append(pytest.param(Block(title, sql), id=f"{path.stem}: {title}"))
    return found


SAFE, HAZARDS = blocks("safe"), blocks("hazards")


def said(block, version):
    return [
        (each.location.path, each.location.line, each.rule, each.severity) for each in judge(block.sql, version=version)
    ]


def expected(block):
    found = set()
    for number, text in enumerate(parts(block.sql)[1].split(DIVIDER), start=1):
        for line, content in enumerate(text.splitlines(), start=1):
            if match := EXPECT.search(content):
                found |= {(f"{number}.sql", line, rule) for rule in re.split(r",\s*", match[1])}
    return found


def test_there_are_enough_of_both():
    assert len(SAFE) >= 150
    assert len(HAZARDS) >= 150


@pytest.mark.parametrize("block", SAFE)
def test_what_is_safe_raises_no_warning(block):
    for version in block.versions:
        assert [each for each in said(block, version) if each[3] > Severity.INFO] == []


@pytest.mark.parametrize("block", HAZARDS)
def test_a_hazard_is_named_on_its_line(block):
    wanted = expected(block)
    lines = {(path, line) for path, line, _ in wanted}
    assert wanted
    for version in block.versions:
        found = said(block, version)
        assert wanted <= {(path, line, rule) for path, line, rule, _ in found}
        assert [each for each in found if each[3] > Severity.INFO and each[:2] not in lines] == []


@pytest.mark.parametrize("block", SAFE)
def test_what_is_safe_is_foretold_to_run(block):
    for version in block.versions:
        assert set(foretold(block, version).values()) <= {None}


def foretold(block, version):
    """The SQLSTATE per statement, where one is foretold."""
    history, new = parts(block.sql)
    schema = fold(Schema(), (history,))
    found = {}
    for step in walk(migrations(new), schema, Session(version)):
        place = (step.migration.up.path, step.statement.place.line)
        fails = None if step.effects.fails == ROWS_DECIDE else step.effects.fails
        found[place] = found.get(place) or fails
    return found


@pytest.fixture(scope="module")
def url(server):
    with server.database() as found:
        yield found


@pytest.mark.server
@pytest.mark.parametrize("block", [*SAFE, *HAZARDS])
def test_the_server_refuses_what_is_foretold_and_nothing_else(url, block):
    with connect(url) as connection:
        version = connection.info.server_version // 10000
        if version not in block.versions:
            pytest.skip(f"it is meant for PostgreSQL {block.versions[0]}")
        seen = ran(connection, block)
    predicted = foretold(block, version)
    refused = {place: fails for place, fails in seen.items() if fails != ROWS_DECIDE}
    assert {place: fails for place, fails in predicted.items() if fails} == refused


def ran(connection, block):
    """The SQLSTATE of every statement that fails; it is undone, and what comes after it runs."""
    history, new = parts(block.sql)
    made = connection.execute(
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$'"
    ).fetchall()
    for (name,) in made:
        connection.execute(f'DROP SCHEMA "{name}" CASCADE')
    connection.execute("DROP PUBLICATION IF EXISTS supabase_realtime; CREATE SCHEMA public; SET timezone = 'UTC'")
    if history.strip():
        connection.execute(history)
    connection.execute("RESET ALL")
    failed = {}
    for migration in migrations(new):
        if in_transaction(migration):
            connection.execute("BEGIN")
        for statement in statements(migration.up.text):
            code = attempted(connection, statement)
            if code is not None:
                failed[migration.up.path, statement.place.line] = code
        if connection.info.transaction_status:
            connection.execute("COMMIT")
    return failed


def attempted(connection, statement):
    inside = connection.info.transaction_status and not isinstance(statement.operations[0], Transaction)
    if inside:
        connection.execute("SAVEPOINT before")
    try:
        connection.execute(statement.text)
    except psycopg.Error as error:
        if inside:
            connection.execute("ROLLBACK TO before")
        return error.sqlstate
    return None
