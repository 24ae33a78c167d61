"""A plain folder: every ``.sql`` file in natural order, each in a transaction; also Supabase, whose folder is one.

What another program printed brings its own BEGIN and COMMIT: ``alembic upgrade --sql`` and ``manage.py sqlmigrate``.
"""

from __future__ import annotations

import re

from dbtools.model.migration import Migration, Script, TransactionMode
from dbtools.model.operation import SetParameter
from dbtools.sources.layouts import updown
from dbtools.sources.layouts.layout import Layout, Part, Running, ignored, name, stem
from dbtools.sources.layouts.order import in_natural_order, version
from dbtools.sources.layouts.signs import DOWN

ALEMBIC = re.compile(r"^-- Running (?:upgrade|downgrade|stamp) ", re.MULTILINE)
DJANGO = re.compile(r"\A\s*(?:BEGIN;\s+)?--\n-- [^\n]+\n--\n")
MAY_REFUSE = re.compile(r"\b(?:concurrently|vacuum|system|commit|database|tablespace)\b", re.IGNORECASE)
REFUSES = re.compile(r"\b(?:concurrently|vacuum|system)\b", re.IGNORECASE)


def read(part: Part, running: Running) -> Layout:
    """Every file."""
    downs = {path for path in part.sql if path.endswith(DOWN)}
    ordered = in_natural_order(set(part.sql) - downs)
    migrations = tuple(migration(path, part.files[path], running) for path in ordered)
    return Layout("sql", migrations, ignored(downs, "a runner on the way up", "a .up.sql beside each .down.sql"))


def migration(path: str, text: str, running: Running) -> Migration:
    """One file, whatever it is called."""
    mode = running.mode(text, "file", said(text))
    presumed = mode == "file" and not running.transaction and MAY_REFUSE.search(text) is not None and _refused(text)
    return Migration(stem(path), Script(path, text), transaction=mode, presumed=presumed)


def _refused(text: str) -> bool:
    """Whether PostgreSQL refuses every statement in a transaction, but for what is set before them."""
    from dbtools.sql.walk import statements

    told = [each for each in statements(text) if not all(isinstance(one, SetParameter) for one in each.operations)]
    return bool(told) and all(each.needs_autocommit for each in told)


def said(text: str) -> TransactionMode | None:
    """How a script runs by its own content."""
    if "-- Running " in text and ALEMBIC.search(text):
        return "statement"
    return "statement" if DJANGO.match(text) else updown.said(text)


def read_supabase(part: Part, running: Running) -> Layout:
    """``supabase/migrations/<time>_<name>.sql``; its command line skips files that are called otherwise.

    What PostgreSQL refuses in a transaction is sent by itself, between the others (supabase/cli, since 2.109).
    """
    ordered = in_natural_order(path for path in part.sql if version(path) is not None)
    migrations = tuple(_supabase(path, part.files[path], running) for path in ordered)
    return Layout("supabase", migrations, ignored(set(part.sql) - set(ordered), "Supabase", "<time>_<name>.sql"))


def _supabase(path: str, text: str, running: Running) -> Migration:
    mode = said(text)
    if mode is None and REFUSES.search(text):
        from dbtools.sql.walk import statements

        mode = "statement" if any(each.needs_autocommit for each in statements(text)) else None
    return Migration(name(path).removesuffix(".sql"), Script(path, text), transaction=running.mode(text, "file", mode))
