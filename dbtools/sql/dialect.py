"""PostgreSQL as sqlglot reads it, with names as PostgreSQL means them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.dialects.postgres import Postgres


@cache
def postgres() -> type[Postgres]:
    """The dialect in which functions keep the names they were called by; what it cannot read is for us to say."""
    import logging

    from sqlglot.dialects.postgres import Postgres

    logging.getLogger("sqlglot").addHandler(logging.NullHandler())
    parser = type("Parser", (Postgres.Parser,), {"FUNCTIONS": {}})
    return type("NamedFunctions", (Postgres,), {"Parser": parser})


def parse(text: str) -> exp.Expr | None:
    """The one statement that *text* holds, names in lower case unless quoted; None when sqlglot cannot read it."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        statements = [found for found in sqlglot.parse(text, dialect=postgres()) if found is not None]
    except (SqlglotError, RecursionError):
        return None
    if len(statements) != 1 or statements[0].find(exp.Command):
        return None
    for name in statements[0].find_all(exp.Identifier):
        if not name.quoted:
            name.set("this", name.name.lower())
    return statements[0]
