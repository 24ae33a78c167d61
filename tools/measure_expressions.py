"""Measures what servers make of the expressions in tests/data/expressions.json and writes their answers beside them.

``python tools/measure_expressions.py DSN...``: ``templates`` are tried with a column of every type as COLUMN, ``plain``
have no column, ``checks`` are tried as the CHECK that could spare SET NOT NULL its scan. One letter per outcome: ``i``
allowed in an index predicate, so immutable; ``m`` refused there (42P17); ``v`` refused, and as a default it rewrites
the table; ``-`` no such expression.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import psycopg

DATA = Path(__file__).parents[1] / "tests/data/expressions.json"
FILE = "SELECT relfilenode FROM pg_class WHERE oid = 'sample'::regclass"
COLUMNS = ["a", "b", "c"]


def column(type_: str) -> str:
    """The name of the column that has *type_*."""
    return "c_" + "".join(letter if letter.isalnum() else "_" for letter in type_)


def predicate(connection: psycopg.Connection[Any], expression: str) -> str:
    """Whether an index predicate may hold *expression*."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(f"CREATE INDEX ON sample (id) WHERE ({expression}) IS NULL")
    except psycopg.Error as error:
        return "m" if error.sqlstate == "42P17" else "-"
    return "i"


def default(connection: psycopg.Connection[Any], expression: str) -> str:
    """The same, and whether a new column with this default rewrites the table."""
    letter = predicate(connection, expression)
    if letter != "m":
        return letter
    with connection.transaction(force_rollback=True):
        before = connection.execute(FILE).fetchone()
        connection.execute(f"ALTER TABLE sample ADD COLUMN added boolean DEFAULT (({expression}) IS NULL)")
        return "m" if connection.execute(FILE).fetchone() == before else "v"


def proves(connection: psycopg.Connection[Any], check: str) -> list[str]:
    """The columns whose SET NOT NULL needs no scan beside a valid *check*."""
    proved = []
    for name in COLUMNS:
        with connection.transaction(force_rollback=True):
            connection.execute(f"CREATE TABLE proof (a integer, b integer, c boolean, CHECK ({check}))")
            messages: list[str] = []
            connection.add_notice_handler(note := lambda seen, to=messages: to.append(seen.message_primary or ""))
            connection.execute("SET LOCAL client_min_messages = debug1")
            connection.execute(f"ALTER TABLE proof ALTER COLUMN {name} SET NOT NULL")
            connection.remove_notice_handler(note)
            if any("sufficient to prove" in message for message in messages):
                proved.append(name)
    return proved


def answers(connection: psycopg.Connection[Any], data: dict[str, Any]) -> dict[str, Any]:
    """What one server says to all of it."""
    with connection.transaction(force_rollback=True):
        for statement in data["setup"]:
            connection.execute(statement)
        columns = ", ".join(f"{column(type_)} {type_}" for type_ in data["types"])
        connection.execute(f"CREATE TABLE sample (id integer, {columns})")
        return {
            "templates": [
                "".join(predicate(connection, template.replace("COLUMN", column(type_))) for type_ in data["types"])
                for template in data["templates"]
            ],
            "plain": "".join(default(connection, expression) for expression in data["plain"]),
            "checks": [proves(connection, check) for check in data["checks"]],
        }


def main(dsns: list[str]) -> None:
    """Ask every server and write the file."""
    data = json.loads(DATA.read_text())
    data["answers"] = {}
    for dsn in dsns:
        with psycopg.connect(dsn, options="-c TimeZone=UTC") as connection:
            data["answers"][str(connection.info.server_version // 10000)] = answers(connection, data)
    DATA.write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
