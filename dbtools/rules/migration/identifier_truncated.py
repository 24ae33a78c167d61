"""identifier-truncated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from dbtools.model import operation as op
from dbtools.model.finding import Severity
from dbtools.model.naming import LONGEST, truncated
from dbtools.rules.base import Context, Harm, rule

IDENTIFIER = re.compile(r'"((?:[^"]|"")+)"|([^\W\d][\w$]*)')
SHORTEST = 16  # characters that can take more than 63 bytes, at four each


@rule(
    severity=Severity.WARNING,
    proof="advice",
    summary="A name longer than 63 bytes is cut, with no more than a NOTICE.",
    why="""
    PostgreSQL keeps 63 bytes of a name, not characters: an accented or Vietnamese letter takes two or three. The rest
    is cut wherever the name is written, so SQL with the long name goes on working, while what looks the name up in the
    catalogue (an ORM, a drift check, a test for IF EXISTS in code) does not find it. Two names that differ only behind
    the 63rd byte are one: the second fails with 42P07 or 42710, or silently means the first. An info for indexes and
    constraints, which no query names.
    """,
    bad=(
        """CREATE TABLE post (id int);
---
ALTER TABLE post ADD CONSTRAINT the_number_of_a_post_has_to_be_positive_for_every_row_of_the_table CHECK (id > 0);""",
        """CREATE TABLE note (id int);
CREATE INDEX "index_note_on_the_columns_that_the_search_page_of_the_teacher_needs" ON note (id);""",
        """CREATE TABLE post (id int, title text);
---
ALTER TABLE post RENAME title TO "tiêu đề của bài viết được hiển thị ở trang chủ";""",
    ),
    good=(
        """CREATE TABLE note (id int);
CREATE INDEX "index_note_on_the_columns_that_the_search_page_of_a_teacher_wan" ON note (id);""",
        """CREATE TABLE note (id int);
CREATE INDEX index_note_on_the_columns_that_the_search_page_of_the_teacher_n ON note (id);
---
DROP INDEX index_note_on_the_columns_that_the_search_page_of_the_teacher_needs;""",
        """CREATE TABLE note (id int);
COMMENT ON TABLE note IS 'index_note_on_the_columns_that_the_search_page_of_the_teacher_needs';""",
    ),
    link="https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS",
)
def identifier_truncated(context: Context) -> Iterator[Harm]:
    """Each name that the operation gives and that its text spells longer."""
    made = None
    for written in _long(context.text):
        kept = truncated(written)
        made = dict(_names(context.operation)) if made is None else made
        if kept in made:
            message = f"{written} is cut to {kept}: PostgreSQL keeps {LONGEST} of its {len(written.encode())} bytes"
            severity = Severity.INFO if _is_seldom_said(kept, context.operation) else None
            yield Harm(message, f"choose a name of at most {LONGEST} bytes", made[kept], kept, severity)


def _is_seldom_said(name: str, operation: op.Operation) -> bool:
    """Whether *name* is that of a constraint or an index, which no query spells."""
    match operation:
        case op.AddConstraint() | op.CreateIndex() | op.RenameConstraint() | op.Rename("index"):
            return True
        case op.CreateTable(table):
            return table.constraint(name) is not None and table.column(name) is None
        case op.AddColumn(_, column):
            return name != column.name
    return False


@lru_cache(maxsize=4)
def _long(text: str) -> tuple[str, ...]:
    """The identifiers of *text* that are too long, each once, as PostgreSQL would read them before it cuts."""
    found = []
    for match in IDENTIFIER.finditer(text) if len(text) > SHORTEST else ():
        if match.end() - match.start() > SHORTEST:
            name = match[2].lower() if match[2] else match[1].replace('""', '"')
            if len(name.encode()) > LONGEST:
                found.append(name)
    return tuple(dict.fromkeys(found))


def _names(operation: op.Operation) -> Iterator[tuple[str, str]]:
    """Every name that an operation gives, with the table it belongs to."""
    match operation:
        case op.CreateTable(table):
            yield table.name.local, str(table.name)
            yield from ((column.name, str(table.name)) for column in table.columns)
            yield from ((found.name, str(table.name)) for found in table.constraints)
        case op.AddColumn(table, column, constraints):
            yield column.name, str(table)
            yield from ((found.name, str(table)) for found in constraints)
        case op.AddConstraint(table, constraint):
            yield constraint.name, str(table)
        case op.CreateIndex(table, index):
            yield index.name, str(table)
        case op.RenameColumn(table, _, to) | op.RenameConstraint(table, _, to) | op.RenameTable(table, to):
            yield to, str(table)
        case op.CreateOpaque(opaque):
            yield opaque.name.local, str(opaque.table or "")
        case op.Rename(_, _, to) | op.RenameNamespace(_, to) | op.CreateNamespace(to):
            yield to, ""
        case op.CreateView(view):
            yield view.name.local, str(view.name)
            yield from ((column, str(view.name)) for column in view.columns)
        case op.CreateEnum(made) | op.CreateDomain(made) | op.CreateFunction(made) | op.CreateSequence(made):
            yield made.name.local, ""
