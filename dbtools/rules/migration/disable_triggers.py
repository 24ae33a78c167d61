"""disable-triggers."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.effects import LockMode
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.rules.base import Context, Harm, rule

ROLE = "session_replication_role"
# ALL, which only a superuser may, and USER.
WHICH = {
    "": ("every trigger", "them"),
    "USER": ("every trigger but those of foreign keys and other constraints", "them"),
}


@rule(
    severity=Severity.WARNING,
    proof="advice",
    summary="While triggers are off, rows are written that no trigger has seen and no foreign key has checked.",
    why="""
    DISABLE TRIGGER takes SHARE ROW EXCLUSIVE, which blocks every other writer until the transaction ends, and stays in
    force until somebody enables the trigger again. ALL also turns off the triggers that check foreign keys, and
    enabling them later checks nothing that was written in between. SET session_replication_role = replica does the
    same for every table, in this session.
    """,
    bad=(
        """CREATE TABLE post (id int);
---
ALTER TABLE post DISABLE TRIGGER ALL;""",
        """CREATE TABLE "Post" (id int);
---
ALTER TABLE "Post" DISABLE TRIGGER USER;
ALTER TABLE "Post" ENABLE TRIGGER USER;""",
        """CREATE TABLE post (id int);
---
SET session_replication_role = replica;""",
        """CREATE TABLE post (id int);
---
SET LOCAL session_replication_role TO 'replica';
UPDATE post SET id = 1 WHERE id = 2;""",
    ),
    good=(
        """CREATE TABLE post (id int);
---
ALTER TABLE post ENABLE TRIGGER ALL;""",
        """CREATE TABLE post (id int);
---
SET session_replication_role = DEFAULT;""",
        """CREATE TABLE post (id int);
ALTER TABLE post DISABLE TRIGGER ALL;""",
    ),
    link="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DISABLE-ENABLE-TRIGGER",
)
def disable_triggers(context: Context) -> Iterator[Harm]:
    """Of a table, or of all of them for the session."""
    match context.operation:
        case op.AlterTable(table, "disable trigger", name) if context.existed(table) and context.effects.locks:
            what, them = WHICH.get(name, (f"trigger {name}", "it"))
            until = ", and blocks writes to it until commit" if context.session.in_transaction else ""
            message = f"turns off {what} of {table}{until}"
            # Asked once of a table: to look ahead takes as long as the rest of the file.
            closed = (context.transaction.held(table) or 0) >= LockMode.SHARE_ROW_EXCLUSIVE
            if not closed and not any(_turns_on(each, table) for each in context.later()):
                message += f"; nothing after it in this migration turns {them} on again"
            hint = (
                "leave it on and write the rows in batches; a trigger's WHEN condition can tell what must not fire it"
            )
            yield Harm(message, hint, str(table), name)
        case op.SetParameter(name, str(value), local) if name.lower() == ROLE and value.lower() == "replica":
            if local and not context.session.in_transaction:
                return
            span = "for the rest of the transaction" if local else "for the rest of the session"
            message = f"turns off every ordinary trigger {span}: foreign keys are not checked either"
            yield Harm(message, "leave it as it is: rows that break a foreign key are never found again", "", ROLE)


def _turns_on(operation: op.Operation, table: Name) -> bool:
    return isinstance(operation, op.AlterTable) and (operation.table, operation.action) == (table, "enable trigger")
