"""opaque-dynamic-sql."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.finding import Severity
from dbtools.model.operation import Unknown
from dbtools.rules.base import Context, Harm, rule

LONGEST = 60


@rule(
    severity=Severity.INFO,
    proof="advice",
    summary="What is executed is put together while it runs, or stands elsewhere: nobody can tell what it touches.",
    why="""
    EXECUTE of a text that is not constant, a DO block in another language, CALL of a procedure: what they change is
    not in the file, so it is not judged, and what is said of later statements rests on their text alone. Where such a
    block changes the schema, a statement written out can be reviewed, rehearsed and found again. EXECUTE of a constant
    string is read as what it is.
    """,
    bad=(
        """CREATE TABLE post (id int);
---
DO $$ BEGIN EXECUTE 'DROP TABLE ' || quote_ident('post'); END $$;""",
        """CREATE TABLE "Post" (id int);
---
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN at timestamptz', t);
  END LOOP;
END $$;""",
        """CREATE PROCEDURE clean() LANGUAGE sql AS 'SELECT 1';
---
CALL clean();""",
    ),
    good=(
        """CREATE TABLE post (id int);
---
DO $$ BEGIN EXECUTE 'ALTER TABLE post ADD COLUMN title text'; END $$;""",
        """CREATE TABLE post (id int);
---
DO $$ BEGIN UPDATE post SET id = 1 WHERE id = 2; END $$;""",
        """CREATE TABLE post (id int);
---
CREATE FUNCTION f(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DROP TABLE ' || t; END $$;""",
    ),
    link="https://www.postgresql.org/docs/current/plpgsql-statements.html#PLPGSQL-STATEMENTS-EXECUTING-DYN",
)
def opaque_dynamic_sql(context: Context) -> Iterator[Harm]:
    """What may touch anything; what is not read but names its tables is uncertain about those alone."""
    operation = context.operation
    if not isinstance(operation, Unknown) or operation.touches is not None:
        return
    text = " ".join(operation.text.split())
    short = text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
    message = f"what it changes is not known: {operation.reason}"
    yield Harm(message, "write out the statements that it comes to, or rehearse it", "", short)
