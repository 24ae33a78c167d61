"""What the rules' examples do on a real server: their effects are those foretold, and the harm is there to be seen."""

from functools import reduce
from graphlib import TopologicalSorter
from itertools import groupby
from operator import or_

import pytest

from dbtools.model.effects import Effects, LockMode
from dbtools.model.finding import Severity
from dbtools.model.identifiers import quote, quote_name
from dbtools.model.operation import Delete, Insert, Select, Transaction, Update
from dbtools.model.predict import Session
from dbtools.model.schema import Schema
from dbtools.pg.connect import connect
from dbtools.pg.observe import observe
from dbtools.rules import migration_rules
from dbtools.rules.safely import ALONE, THEN
from dbtools.sql.walk import fold, walk
from tests.rules.judging import DIVIDER, alone, judge, migrations, parts

pytestmark = pytest.mark.server

VALUES = {
    "integer": "g", "bigint": "g", "smallint": "g", "numeric": "g", "text": "'v' || g", "varchar": "'v' || g",
    "date": "date '2024-01-01' + g", "timestamp": "timestamp '2024-01-01' + g * interval '1 day'",
    "timestamptz": "timestamptz '2024-01-01' + g * interval '1 day'", "boolean": "g > 1", "uuid": "gen_random_uuid()",
    "json": "'{}'", "jsonb": "'{}'", "tsrange": "tsrange(timestamp '2024-01-01' + g * interval '1 day', NULL, '()') * "
    "tsrange(NULL, timestamp '2024-01-01' + (g + 1) * interval '1 day')",
}  # fmt: skip


def examples(*kinds):
    return [
        pytest.param(rule, sql, id=f"{rule.name} {kind} {number}")
        for rule in migration_rules()
        for kind in kinds
        for number, sql in enumerate(getattr(rule, kind), start=1)
    ]


@pytest.fixture(scope="module")
def shared(server):
    with server.database() as url, connect(url) as connection:
        connection.execute("SET timezone = 'UTC'; SET client_min_messages = error")
        yield connection


@pytest.fixture
def empty(shared):
    """A database with nothing in it."""
    yield shared
    if shared.info.transaction_status:
        shared.execute("ROLLBACK")
    made = shared.execute(
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
    ).fetchall()
    for (name,) in made:
        shared.execute(f"DROP SCHEMA {quote(name)} CASCADE")
    shared.execute("CREATE SCHEMA public; RESET ALL; SET timezone = 'UTC'; SET client_min_messages = error")


def fill(connection, schema):
    """Three rows in every table; keys that point at others find theirs. Bounds say what fits: partitions stay empty."""
    targets = {table.name: {key.target for key in table.foreign_keys} - {table.name} for table in schema.in_order()}
    for table in map(schema.table, TopologicalSorter(targets).static_order()):
        columns = [column for column in table.columns if column.generated is None]
        if columns and table.partition_by is None and table.partition_of is None:
            values = ", ".join(VALUES.get(_base(column.type, schema), "NULL") for column in columns)
            names = ", ".join(quote(column.name) for column in columns)
            rows = f"SELECT {values} FROM generate_series(1, 3) g"
            connection.execute(f"INSERT INTO {quote_name(table.name)} ({names}) {rows}")


def _base(kind, schema):
    domain = schema.domains.get(kind.name)
    return domain.base.base if domain else kind.base


def replayed(connection, sql):
    """Per statement of what is new, the effects foretold and those observed."""
    history, new = parts(sql)
    schema = fold(Schema(), (history,))
    if history.strip():
        connection.execute(history)
    fill(connection, schema)
    held, seen = set(), []
    steps = walk(migrations(new), schema, Session(connection.info.server_version // 10000))
    for (_, statement), group in groupby(steps, key=lambda step: (step.migration, step.statement)):
        run = list(group)
        foretold = reduce(or_, (step.effects for step in run))
        if isinstance(run[0].operation, Transaction):
            connection.execute(statement.text)
            continue
        inside = run[0].session.in_transaction
        if inside and not connection.info.transaction_status:
            connection.execute("BEGIN")
        seen.append((foretold, _observed(connection, statement, inside=inside), run, held))
        before, after = run[0].before, run[-1].after
        made = {*after.tables, *after.views} - {*before.tables, *before.views}
        taken = {*foretold.locks.items(), *((name, mode) for name in made for mode in LockMode)}
        held = held | taken if inside else set()
    return seen


def _observed(connection, statement, *, inside):
    if not inside and statement.needs_autocommit:
        return observe(connection, statement.text, transactional=False)
    connection.execute("SAVEPOINT before" if inside else "BEGIN")
    seen = observe(connection, statement.text)
    if seen.effects.fails:
        connection.execute("ROLLBACK TO before" if inside else "ROLLBACK")
    elif not inside:
        connection.execute("COMMIT")
    return seen


def is_planned(operation):
    """Whether its plan decides what it scans: predict does not say that."""
    return isinstance(operation, Update | Delete | Insert | Select)


@pytest.mark.parametrize("sql", [pytest.param(each.values[1], id=each.id) for each in examples("bad", "good")])
def test_an_example_does_what_was_foretold(empty, sql):
    for foretold, seen, run, held in replayed(empty, sql):
        assert foretold.fails == seen.effects.fails, seen.error
        if foretold.fails or foretold.uncertain:
            continue
        before = run[0].before
        relations = {*before.tables, *before.views}
        if is_planned(run[0].operation):
            relations -= seen.effects.scans - foretold.scans
        if seen.locks_seen:
            wanted = {name: mode for name, mode in foretold.locks.items() if (name, mode) not in held}
            locks = {name: mode for name, mode in seen.effects.locks.items() if (name, mode) not in held}
            assert {name: mode for name, mode in locks.items() if name in {*before.tables, *before.views}} == wanted
        assert seen.effects.rewrites & relations == foretold.rewrites
        assert seen.effects.builds == foretold.builds
        assert seen.effects.scans & relations == foretold.scans


@pytest.mark.parametrize(("rule", "sql"), examples("bad"))
def test_the_harm_of_a_bad_example_is_seen(empty, rule, sql):
    done = replayed(empty, sql)
    effects = reduce(or_, (seen.effects for _, seen, _, _ in done), Effects())
    locked = {name for name, mode in effects.locks.items() if mode.blocks_writes}
    match rule.proof:
        case "rewrite":
            assert effects.rewrites & locked
        case "lock":
            said = {finding.table for finding in judge(sql, settings=alone(rule.name))}
            assert said <= {str(name) for name in locked}
        case "scan" if rule.name != "update-without-where":
            assert effects.scans & locked
        case "scan":
            assert effects.scans
        case "loss" if not effects.fails and rule.name != "type-narrowing":
            lost = {loss for foretold, _, _, _ in done for loss in foretold.loses}
            assert lost or rule.name == "drop-cascade"  # which may take what holds no rows
            assert all(is_gone(empty, loss) for loss in lost)
        case "error" if not effects.fails:
            (finding,) = [finding for finding in judge(sql) if finding.rule == rule.name]
            assert finding.severity is Severity.WARNING
            insert = observe(empty, f"INSERT INTO {quote(finding.table)} DEFAULT VALUES")
            assert insert.effects.fails == "23502"


def is_gone(connection, loss):
    """The table, or the column, or every row of the table."""
    where = [*loss.table, loss.column] if loss.column else list(loss.table)
    named = "columns WHERE table_schema = %s AND table_name = %s"
    named += " AND column_name = %s" if loss.column else ""
    stands = connection.execute(f"SELECT 1 FROM information_schema.{named}", where).fetchone()
    return not stands or (
        not loss.column and not connection.execute(f"SELECT 1 FROM {quote_name(loss.table)}").fetchone()
    )


def advised(sql, name, version):
    """The hints of a rule that are no plan as migrations: their SQL, cut where they say so."""
    for finding in judge(sql, version=version):
        if finding.plan is None and finding.rule == name and ";\n" in f"{finding.hint}\n":
            lines = [line for line in finding.hint.splitlines() if line.endswith(";") or line in {THEN, ALONE}]
            text = "\n".join(lines).replace(ALONE, f"---\n{ALONE_MARK}").replace(THEN, "---")
            yield text.removeprefix("---\n")


ALONE_MARK = "-- dbtools: no-transaction"


@pytest.mark.parametrize("version", [15, 18])
@pytest.mark.parametrize(("rule", "sql"), examples("bad"))
def test_advice_trips_no_rule(rule, sql, version):
    for text in advised(sql, rule.name, version):
        findings = judge(f"{parts(sql)[0]}{DIVIDER}{text}", version=version, one_by_one=True)
        assert not [finding for finding in findings if finding.severity > Severity.INFO], text


@pytest.mark.parametrize(("rule", "sql"), examples("bad"))
def test_advice_can_be_followed(empty, rule, sql):
    for text in advised(sql, rule.name, empty.info.server_version // 10000):
        empty.execute(parts(sql)[0])
        for migration in migrations(text):
            for statement in migration.up.text.split(";\n"):
                empty.execute(statement)
        break
