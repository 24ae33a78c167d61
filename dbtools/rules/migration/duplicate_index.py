"""duplicate-index."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.indexing import made


@rule(
    severity=Severity.INFO,
    proof="advice",
    summary="The index repeats one that the table has already.",
    why="""
    Every INSERT and most UPDATEs write each index of the table, so the second one costs time, WAL, memory and disk, and
    no query is faster for it. PostgreSQL builds it without a word. PRIMARY KEY and UNIQUE bring an index of their own,
    which serves queries like any other. An index that takes another's place, the old one dropped within the same
    change, is not meant.
    """,
    bad=(
        """CREATE TABLE post (id int, author int);
CREATE INDEX post_author ON post (author);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY post_by_author ON post (author);""",
        """CREATE TABLE "User" (id int PRIMARY KEY, email text UNIQUE);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY "User_email_idx" ON "User" (email);""",
        """CREATE TABLE post (id int, slug text);
CREATE UNIQUE INDEX post_slug ON post (slug);
---
ALTER TABLE post ADD CONSTRAINT post_slug_key UNIQUE (slug);""",
        """CREATE TABLE tag (id int PRIMARY KEY);
CREATE INDEX tag_id ON tag (id);""",
    ),
    good=(
        """CREATE TABLE post (id int, author int);
CREATE INDEX post_author ON post (author);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY post_author2 ON post (author);
DROP INDEX CONCURRENTLY post_author;""",
        """CREATE TABLE post (id int, slug text);
CREATE INDEX post_slug ON post (slug);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY post_slug_like ON post (slug text_pattern_ops);
CREATE INDEX CONCURRENTLY post_slug_hash ON post USING hash (slug);
CREATE INDEX CONCURRENTLY post_slug_set ON post (slug) WHERE slug IS NOT NULL;
CREATE INDEX CONCURRENTLY post_slug_desc ON post (slug DESC NULLS LAST);""",
        """CREATE TABLE post (id int, slug text);
CREATE UNIQUE INDEX post_slug ON post (slug);
---
ALTER TABLE post ADD CONSTRAINT post_slug_key UNIQUE USING INDEX post_slug;""",
        """CREATE TABLE post (id int, slug text);
CREATE INDEX post_slug ON post (slug);
---
CREATE INDEX IF NOT EXISTS post_slug ON post (slug);""",
    ),
    link="https://www.postgresql.org/docs/current/indexes-multicolumn.html",
)
def duplicate_index(context: Context) -> Iterator[Harm]:
    """One finding per index that is made although another does all that it does, both there at the end."""
    found = made(context)
    if found is None:
        return
    table, new, every = found
    for index in new:
        others = [other for other in every if other.name != index.name and index.repeats(other)]
        # Of two made by one statement the later by name repeats the earlier.
        others = [other for other in others if other not in new or not other.repeats(index) or other.name < index.name]
        if others:
            message = f"{index.name or 'the index'} on {table} repeats {others[0].name}: writes pay for both"
            yield Harm(message, f"leave it out: {others[0].name} answers the same queries", str(table), index.name)
