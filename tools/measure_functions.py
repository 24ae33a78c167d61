"""Reads from a server's catalogue how volatile its functions, operators and casts are: dbtools/sql/volatility.json.

``python tools/measure_functions.py DSN...`` writes what the first server says, with ``?`` for the volatility of an
overload that another server declares otherwise; operators, casts and texts must be alike on all.
"""

from __future__ import annotations

import json
import sys
from functools import reduce
from pathlib import Path
from typing import Any

import psycopg

from dbtools.sql.types import read_type

TARGET = Path(__file__).parents[1] / "dbtools/sql/volatility.json"
# quote_literal(anyelement) is SQL that the planner inlines: as volatile as its argument's text, whatever it declares.
FUNCTIONS = """
    SELECT proname, provolatile::text, prorettype::regtype::text,
           ARRAY(SELECT format_type(a, NULL) FROM unnest(proargtypes) a)
    FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind <> 'p'
      AND NOT proargtypes::oid[] && ARRAY['internal'::regtype, 'cstring'::regtype]::oid[]
      AND prorettype NOT IN ('internal'::regtype, 'cstring'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
      AND proname !~ '^(RI_|binary_upgrade_)'
      AND NOT (provolatile = 's' AND prolang = 14 AND 'anyelement'::regtype = ANY (proargtypes::oid[]))
    ORDER BY proname, proargtypes
"""
OPERATORS = """
    SELECT oprname, oprleft::regtype::text, oprright::regtype::text, provolatile::text
    FROM pg_operator JOIN pg_proc p ON p.oid = oprcode
    WHERE oprnamespace = 'pg_catalog'::regnamespace AND provolatile <> 'i' AND oprname <> '||' ORDER BY 1, 2, 3
"""
CASTS = """
    SELECT castsource::regtype::text, casttarget::regtype::text, provolatile::text
    FROM pg_cast JOIN pg_proc p ON p.oid = castfunc WHERE castsource <> casttarget AND provolatile <> 'i' ORDER BY 1, 2
"""
TEXTS = """
    SELECT CASE typname WHEN '_int4' THEN 'array' WHEN 'pg_class' THEN 'record' ELSE format_type(t.oid, NULL) END,
           i.provolatile::text || o.provolatile::text
    FROM pg_type t JOIN pg_proc i ON i.oid = typinput JOIN pg_proc o ON o.oid = typoutput
    WHERE t.typnamespace = 'pg_catalog'::regnamespace AND (typtype IN ('r', 'm') OR typtype = 'b' AND typelem = 0
      OR typname IN ('_int4', 'pg_class'))
      AND i.provolatile::text || o.provolatile::text <> 'ii'
    UNION ALL SELECT 'enum', (SELECT provolatile::text FROM pg_proc WHERE proname = 'enum_in')
                          || (SELECT provolatile::text FROM pg_proc WHERE proname = 'enum_out')
    ORDER BY 1
"""
Rows = list[list[Any]]


def short(name: str) -> str:
    """*name* in the spelling of ``sql/types.py``, without brackets; pseudo-types keep theirs."""
    try:
        found = read_type(name)
    except ValueError:
        return name.strip('"')
    return found.base + "[]" * found.dimensions


def facts(connection: psycopg.Connection[Any]) -> dict[str, Rows]:
    """The catalogue's rows, types in short spelling."""

    def rows(query: str, *types: int) -> Rows:
        found = connection.execute(query).fetchall()
        return [[short(cell) if at in types else cell for at, cell in enumerate(row)] for row in found]

    functions = rows(FUNCTIONS, 2)
    return {
        "functions": [[name, how, returns, *map(short, arguments)] for name, how, returns, arguments in functions],
        "operators": rows(OPERATORS, 1, 2),
        "casts": rows(CASTS, 0, 1),
        "texts": rows(TEXTS, 0),
    }


def compact(found: dict[str, Rows]) -> dict[str, Any]:
    """Names by volatility and result; overloads only of those that differ in volatility."""
    overloads: dict[str, Rows] = {}
    for name, *signature in found["functions"]:
        overloads.setdefault(name, []).append(signature)
    alike: dict[str, dict[str, list[str]]] = {"i": {}, "s": {}, "v": {}}
    mixed = {}
    for name, signatures in overloads.items():
        if len({signature[0] for signature in signatures}) > 1:
            mixed[name] = [",".join(signature) for signature in signatures]
            continue
        results = {signature[1] for signature in signatures}
        alike[signatures[0][0]].setdefault(results.pop() if len(results) == 1 else "", []).append(name)
    joined = {how: {result: " ".join(names) for result, names in sorted(by.items())} for how, by in alike.items()}
    return {**found, "functions": joined, "overloads": mixed, "texts": dict(found["texts"])}


def doubted(mine: dict[str, Rows], other: dict[str, Rows]) -> dict[str, Rows]:
    """The facts of *mine*, with ``?`` where *other* gives the same overload another volatility."""
    if any(mine[key] != other[key] for key in ("operators", "casts", "texts")):
        sys.exit("the servers disagree about operators, casts or texts")
    elsewhere = {(name, *arguments): how for name, how, _, *arguments in other["functions"]}
    return {
        **mine,
        "functions": [
            [name, how if elsewhere.get((name, *arguments), how) == how else "?", returns, *arguments]
            for name, how, returns, *arguments in mine["functions"]
        ],
    }


def main(dsns: list[str]) -> None:
    """Write the file."""
    TARGET.write_text(json.dumps(compact(reduce(doubted, map(read, dsns))), indent=1) + "\n")


def read(dsn: str) -> dict[str, Rows]:
    """The facts of one server."""
    with psycopg.connect(dsn) as connection:
        return facts(connection)


if __name__ == "__main__":
    main(sys.argv[1:])
