"""fk-without-index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.objects import ForeignKey, Index, IndexKey, Table
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.indexing import Held, held
from dbtools.rules.safely import ALONE, PER_PARTITION
from dbtools.rules.wording import joined


@rule(
    severity=Severity.INFO,
    proof="advice",
    summary="Nothing indexes the columns of a foreign key, so each DELETE on the other side reads the whole table.",
    why="""
    PostgreSQL indexes the key that is referred to, never the columns that refer. For each row that is deleted there,
    or whose key changes, it looks for rows here, and without an index it reads all of them while the row is locked.
    Joins from the other side want the same index. Small tables, and targets whose rows are never deleted, do without.
    """,
    bad=(
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (id int, author int REFERENCES author);""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int);
---
ALTER TABLE post ADD CONSTRAINT post_author FOREIGN KEY (author) REFERENCES author NOT VALID;""",
        """CREATE TABLE "User" (id int PRIMARY KEY);
CREATE TABLE post (id int, title text);
CREATE INDEX i ON post (title, id);
---
ALTER TABLE post ADD COLUMN "userId" int REFERENCES "User";
CREATE TABLE seen (id int, by int);""",
    ),
    good=(
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (id int, author int REFERENCES author);
CREATE INDEX post_author ON post (author);""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE book (author int REFERENCES author, title text, PRIMARY KEY (author, title));""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int);
---
ALTER TABLE post ADD CONSTRAINT post_author FOREIGN KEY (author) REFERENCES author NOT VALID;
---
CREATE INDEX post_author_idx ON post (author) WHERE author IS NOT NULL;""",
    ),
    link="https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
)
def fk_without_index(context: Context) -> Iterator[Harm]:
    """Each key of the operation that nothing indexes once the whole change is done."""
    match context.operation:
        case op.AddConstraint(name, ForeignKey() as key):
            keys: tuple[ForeignKey, ...] = (key,)
        case op.AddColumn(name, constraints=constraints):
            keys = tuple(each for each in constraints if isinstance(each, ForeignKey))
        case op.CreateTable(table):
            name, keys = table.name, table.foreign_keys
        case _:
            return
    if not keys or context.effects.fails or (last := context.end().table(name)) is None:
        return
    for key in keys:
        if _stands(key, last) and context.end().is_certain(name) and not _indexed(key, last):
            columns = joined(key.columns)
            message = f"no index of {name} begins with {columns}: DELETE on {key.target} reads all of {name} per row"
            yield Harm(message, _hint(context, name, key), str(name), columns)


def _stands(key: ForeignKey, table: Table) -> bool:
    """Whether it is there at the end still, under whatever name."""
    return any((each.columns, each.target) == (key.columns, key.target) for each in table.foreign_keys)


def _indexed(key: ForeignKey, table: Table) -> bool:
    return any(_finds(index, key) for index in held(table))


def _finds(index: Held, key: ForeignKey) -> bool:
    """Whether the index begins with the key's columns, for all rows that hold them."""
    first = {each.column for each in index.keys[: len(key.columns)]}
    if first != set(key.columns):
        return False
    given = index.where.meaning.lower() if index.where is not None else ""
    return not given or given in {f"{column.lower()} is not null" for column in key.columns}


def _hint(context: Context, name: Name, key: ForeignKey) -> str:
    index = op.CreateIndex(name, Index("", tuple(map(IndexKey, key.columns))))
    table = context.before.table(name)
    if table is not None and table.partition_by is not None:
        return PER_PARTITION
    if table is None or not context.existed(name):
        return f"index it in the same migration: {context.render(index)}"
    if isinstance(context.operation, op.AddColumn):
        return f"index it once it is there, outside a transaction: {context.render(replace(index, concurrently=True))}"
    return context.script(ALONE, replace(index, concurrently=True))
