"""rls-without-policy."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.identifiers import quote_name
from dbtools.rules.base import Context, Harm, rule
from dbtools.rules.wording import joined


@rule(
    severity=Severity.WARNING,
    proof="advice",
    summary="Row security without a policy hides every row, and a policy without row security hides none.",
    why="""
    Once row security is enabled, a role that neither owns the table nor has BYPASSRLS sees only what a policy lets
    through: without any policy that is nothing, and its INSERTs fail with 42501. A policy on a table whose row security
    is not enabled is kept and ignored: every row is open to whoever may read the table. Neither is said by PostgreSQL.
    The owner of the table is not bound by either, so nothing shows while one tests as the owner.
    """,
    bad=(
        """CREATE TABLE post (id int);
---
ALTER TABLE post ENABLE ROW LEVEL SECURITY;""",
        """CREATE TABLE "Post" (id int, owner text);
CREATE POLICY mine ON "Post" USING (owner = current_user);""",
        """CREATE TABLE post (id int, owner text);
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON post USING (owner = current_user);
---
DROP POLICY mine ON post;""",
        """CREATE TABLE post (id int, owner text);
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON post USING (owner = current_user);
---
ALTER TABLE post DISABLE ROW LEVEL SECURITY;""",
    ),
    good=(
        """CREATE TABLE post (id int, owner text);
---
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON post USING (owner = current_user);""",
        """CREATE TABLE post (id int, owner text);
---
CREATE POLICY mine ON post USING (owner = current_user);
---
ALTER TABLE post ENABLE ROW LEVEL SECURITY;""",
        """CREATE TABLE post (id int, owner text);
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON post USING (owner = current_user);
---
DROP POLICY mine ON post;
CREATE POLICY own ON post USING (owner = current_user);""",
        """CREATE TABLE post (id int);
---
ALTER TABLE post FORCE ROW LEVEL SECURITY;""",
    ),
    link="https://www.postgresql.org/docs/current/ddl-rowsecurity.html",
)
def rls_without_policy(context: Context) -> Iterator[Harm]:
    """What the whole change leaves; a table it made itself has no readers that would miss its rows."""
    match context.operation:
        case op.AlterTable(name, "row security", "enable"):
            yield from _closed(context, name)
        case op.AlterTable(name, "row security", "disable"):
            yield from _ignored(context, name)
        case op.CreateOpaque(opaque) if opaque.kind == "policy" and opaque.table is not None:
            yield from _ignored(context, opaque.table, opaque.name.local)
        case op.DropOpaque("policy", _, Name() as name):
            before = context.before.table(name)
            if before is not None and before.row_security and _policies(context, name, at_end=False):
                yield from _closed(context, name)


def _policies(context: Context, table: Name, *, at_end: bool = True) -> list[str]:
    schema = context.end() if at_end else context.before
    return [name.local for kind, name, on in schema.opaques if kind == "policy" and on == table]


def _closed(context: Context, name: Name) -> Iterator[Harm]:
    """Row security at the end, and no policy, as far as all of them are known."""
    end = context.end()
    table = end.table(name)
    known = context.before.complete or not context.existed(name)
    if table is None or not table.row_security or not known or not end.is_certain(name) or _policies(context, name):
        return
    message = f"{name} has row security and no policy: who is not its owner, nor bypasses it, sees and inserts no row"
    hint = f"add a policy in the same change: CREATE POLICY ... ON {quote_name(name)} FOR ... TO ... USING (...)"
    yield Harm(message, hint, str(name), severity=None if context.existed(name) else Severity.INFO)


def _ignored(context: Context, name: Name, policy: str = "") -> Iterator[Harm]:
    """Policies at the end, and no row security; one that is made is told for each, a table that loses it once."""
    end = context.end()
    table, left = end.table(name), _policies(context, name)
    known = context.before.complete or not context.existed(name)
    if table is None or table.row_security or not known or not end.is_certain(name) or not left:
        return
    if policy and policy not in left:
        return
    said = f"policy {policy}" if policy else f"{'policies' if len(left) > 1 else 'policy'} {joined(sorted(left))}"
    message = f"{said} of {name} has no effect: its row security is not enabled, so every row is open"
    hint = f"enable it in the same change: ALTER TABLE {quote_name(name)} ENABLE ROW LEVEL SECURITY"
    yield Harm(message, hint, str(name), policy)
