"""redundant-index."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.indexing import made


@rule(
    severity=Severity.INFO,
    proof="advice",
    summary="One index is the beginning of another, which finds the same rows.",
    why="""
    A B-tree over (a, b) finds rows by a as well as one over (a) alone does, so the short one only costs its writes. It
    pays to keep it where it is much smaller and the queries by a are the busiest. A unique index is never idle: it
    keeps rows apart; nor is one with another predicate, operator class, collation or direction. Where a unique index
    comes to a plain one with the same keys, the plain one is idle from then on.
    """,
    bad=(
        """CREATE TABLE post (id int, author int, at date);
CREATE INDEX post_author_at ON post (author, at);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY post_author ON post (author);""",
        """CREATE TABLE "Post" (id int, author int, at date);
CREATE INDEX by_author ON "Post" (author);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY by_author_at ON "Post" (author, at);""",
        """CREATE TABLE tagged (post int, tag int, PRIMARY KEY (post, tag));
CREATE INDEX tagged_post ON tagged (post);""",
        """CREATE TABLE post (slug text);
CREATE INDEX post_slug ON post (slug);
---
-- dbtools: no-transaction
CREATE UNIQUE INDEX CONCURRENTLY post_slug_key ON post (slug);""",
    ),
    good=(
        """CREATE TABLE tagged (post int, tag int, PRIMARY KEY (post, tag));
CREATE INDEX tagged_tag ON tagged (tag);""",
        """CREATE TABLE post (id int, author int, at date);
CREATE INDEX by_author_at ON post (author, at);
---
-- dbtools: no-transaction
CREATE UNIQUE INDEX CONCURRENTLY by_author ON post (author);
CREATE INDEX CONCURRENTLY recent ON post (author) WHERE at > '2025-01-01';
CREATE INDEX CONCURRENTLY latest ON post (author DESC);""",
        """CREATE TABLE post (id int, author int, at date);
CREATE INDEX by_author ON post (author);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY by_author_at ON post (author, at);
DROP INDEX CONCURRENTLY by_author;""",
    ),
    link="https://www.postgresql.org/docs/current/indexes-multicolumn.html",
)
def redundant_index(context: Context) -> Iterator[Harm]:
    """Of a pair in which one at least is new, the one that is idle."""
    found = made(context)
    if found is None:
        return
    table, new, every = found
    for idle in every:
        if idle.owned or idle.unique:
            continue
        others = every if idle in new else new
        reasons = [each for each in others if each.name != idle.name and idle.begins(each)]
        reasons += [each for each in new if each.unique and idle not in new and idle.repeats(each)]
        if reasons:
            message = f"{idle.name} on {table} is idle beside {reasons[0].name}, which begins with the same columns"
            hint = f"drop {idle.name}, unless queries by its columns alone are the busiest"
            yield Harm(message, hint, str(table), idle.name)
