"""Migrations statement by statement, each with the schema before it and its predicted effects.

``fold`` is for history, which is applied and not judged (``sql/history.py`` keeps what it adds up to); ``walk`` for
what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.apply import apply
from dbtools.model.effects import Effects
from dbtools.model.entries import Members
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.migration import Migration
from dbtools.model.past import Done, Log, Past
from dbtools.model.predict import Session, predict
from dbtools.model.predict.names import is_brought
from dbtools.model.predict.pending import queued
from dbtools.model.predict.relations import family
from dbtools.model.predict.session import NO_LABELS
from dbtools.model.schema import Schema
from dbtools.sql.constants import WITH_CONSTANTS, constants
from dbtools.sql.grammar import TOO_DEEP
from dbtools.sql.judge import judged
from dbtools.sql.marks import Marks
from dbtools.sql.read import Statement, read
from dbtools.sql.split import Place

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a migration: what it meets, what it does, what it leaves.

    ``born``: the relations that the change itself has made before this operation; nobody uses them yet.
    ``transaction`` and ``done``: what earlier statements of its transaction, and of its migration, did.
    ``last``: whether it is the last operation of its statement. ``skipped``: ALTER ... IF EXISTS of what does not
    exist, which PostgreSQL passes over, or what a guarded DO block finds done.
    """

    migration: Migration
    statement: Statement
    operation: op.Operation
    place: Place
    before: Schema
    after: Schema
    session: Session
    effects: Effects
    born: Members[Name]
    transaction: Past
    done: Past
    last: bool
    skipped: bool = False


@lru_cache(maxsize=4096)
def statements(text: str) -> tuple[Statement, ...]:
    """The statements of a script; read once however many rooms ask."""
    return read(text)


def in_transaction(migration: Migration) -> bool:
    """Whether the whole up script of *migration* runs in one transaction."""
    if migration.transaction == "query":
        return len(statements(migration.up.text)) > 1
    return migration.transaction in {"file", "batch"}


def fold(schema: Schema, scripts: Iterable[str]) -> Schema:
    """The schema after every statement of every script, in order.

    A script that changes what none before it has made shows that not all of them are here.
    """
    for text in scripts:
        marks: Marks[Schema] = Marks()
        for number, (statement, operation) in _each(text):
            if isinstance(operation, op.Transaction):
                schema = _at_mark(marks, operation, schema)
                continue
            after = _applied(schema, operation)
            guarded = statement.if_exists or number in statement.guarded or statement.elsewhere
            if schema.complete and not guarded and _shows_more(operation, schema, after):
                after = replace(after, complete=False)
            schema = after
    return schema


def _at_mark(marks: Marks[Schema], operation: op.Transaction, schema: Schema) -> Schema:
    """The schema after BEGIN, ROLLBACK, a savepoint, ...; what the script itself did not begin is not rolled back."""
    match operation.verb:
        case "begin":
            marks.begin(schema)
        case "savepoint":
            marks.save(operation.savepoint, schema)
        case "release":
            marks.release(operation.savepoint)
        case "rollback to":
            return marks.back(operation.savepoint) or schema
        case "commit" | "rollback":
            before = marks.back() if operation.verb == "rollback" else None
            marks.end()
            return before or schema
    return schema


def _each(text: str) -> Iterator[tuple[int, tuple[Statement, op.Operation]]]:
    """Every operation with its statement and its number in it."""
    for statement in statements(text):
        yield from ((number, (statement, operation)) for number, operation in enumerate(statement.operations))


def _shows_more(operation: op.Operation, before: Schema, after: Schema) -> bool:
    """Whether *operation*, which once ran, needs a table or type that *before* has not."""
    match operation:
        case op.Unknown():
            return False
        case op.AddEnumValue(name) | op.RenameEnumValue(name):
            return name not in before.enums and name.namespace in before.namespaces
    if after.uncertain is before.uncertain:
        return False
    new = after.uncertain - before.uncertain
    known = (before.tables, before.views, before.sequences)
    return any(not any(name in each for each in known) and not is_brought(name, before) for name in new)


def _applied(schema: Schema, operation: op.Operation) -> Schema:
    """History is not judged, but for the columns that a query gives a table: nobody can tell them later."""
    if isinstance(operation, op.CreateTable) and operation.query and operation.table.persistence != "temporary":
        from dbtools.sql.made import made

        operation = made(operation, schema)
    return applied(schema, operation)


def applied(schema: Schema, operation: op.Operation) -> Schema:
    """*schema* after *operation*; in doubt as a whole where things hang on each other deeper than can be followed."""
    try:
        return apply(schema, operation)
    except RecursionError:
        return replace(schema, uncertain_all=True)


# A view in the way, another type, a label that is too new: what no DO block asks for before it changes anything.
IN_THE_WAY = frozenset({
    sqlstate.FEATURE_NOT_SUPPORTED, sqlstate.DATATYPE_MISMATCH, sqlstate.UNSAFE_NEW_ENUM_VALUE_USAGE,
})  # fmt: skip
TOGETHER = op.DropTable | op.DropView | op.DropType | op.DropFunction | op.DropSequence | op.DropNamespace


def walk(migrations: Iterable[Migration], schema: Schema, session: Session) -> Iterator[Step]:
    """Every operation of *migrations*, run after *schema* was reached; *session* is what each connection starts as."""
    run = _Run(schema, session)
    for migration in migrations:
        run.connect(migration)
        for statement in statements(migration.up.text):
            yield from run.steps(migration, statement)


class _Moment(NamedTuple):
    """What ROLLBACK brings back, and how much the transaction had done."""

    schema: Schema
    session: Session
    born: Members[Name]
    emptied: Members[Name]
    lasting: str
    length: int


class _Run:
    """The server and its connection between two statements."""

    def __init__(self, schema: Schema, session: Session) -> None:
        self.schema = schema
        self.fresh = self.session = session
        self.born: Members[Name] = Members()
        self.transaction = self.script = Log()
        self.lasting = session.lock_timeout  # what lock_timeout is again once SET LOCAL ends
        self.mode = ""
        self.marks: Marks[_Moment] = Marks()
        self.emptied: Members[Name] = Members()  # without rows until the transaction ends, for nobody else writes

    def connect(self, migration: Migration) -> None:
        """A new session, unless the runner has all its migrations in one transaction."""
        together = migration.transaction == self.mode == "batch"
        self.mode = migration.transaction
        self.script = Log()
        if not together:
            self.session = replace(self.fresh, empty=self.session.empty, in_transaction=in_transaction(migration))
            self.transaction, self.lasting = Log(), self.fresh.lock_timeout
            self.marks.end()
            if self.session.in_transaction:
                self.marks.begin(self._moment())

    def steps(self, migration: Migration, statement: Statement) -> Iterator[Step]:
        """The operations of one statement."""
        if not self.session.in_transaction:
            self._ended()
        transaction, done = self.transaction.now(), self.script.now()
        start = self.schema
        for number, written in enumerate(statement.operations, start=1):
            place = statement.places[number - 1]
            told = self._told(written, statement)
            operation, before, after, effects = self._foretold(statement, number, told, start)
            skipped = _is_skipped(statement, number, effects)
            effects = Effects() if skipped else effects
            yield Step(
                migration, statement, operation, place, before, after, self.session, effects, self.born,
                transaction, done, number == len(statement.operations), skipped,
            )  # fmt: skip
            self.schema = after
            if self.session.in_transaction and not effects.fails:
                certain, perhaps = queued(operation, before)
                if certain or perhaps:
                    self.session = replace(
                        self.session,
                        pending=self.session.pending | certain,
                        perhaps_pending=self.session.perhaps_pending | perhaps,
                    )
            self._after(
                operation, before, Done(operation, effects, Location(migration.up.path, place.line, place.column))
            )

    def _told(self, operation: op.Operation, statement: Statement) -> op.Operation:
        """The operation with the strings it holds, where one of them may be a label that must not be used yet."""
        if self.session.new_labels and isinstance(operation, WITH_CONSTANTS):
            return replace(operation, constants=constants(statement.text))
        return operation

    def _foretold(
        self, statement: Statement, number: int, written: op.Operation, start: Schema
    ) -> tuple[op.Operation, Schema, Schema, Effects]:
        """The operation judged, the schema before and after it, and its effects; nothing is certain of the endless."""
        try:
            operation, before = judged(written, self.schema, self.session)
            effects = self._effects(statement, number, operation, (start, before))
            return operation, before, apply(before, operation), effects
        except RecursionError:
            return written, self.schema, applied(self.schema, written), Effects(uncertain=TOO_DEEP)

    def _effects(
        self, statement: Statement, number: int, operation: op.Operation, schemas: tuple[Schema, Schema]
    ) -> Effects:
        """The effects of one operation, *number* of its statement, from the schema before that and before itself."""
        start, before = schemas
        effects = predict(operation, before, self.session)
        if len(statement.operations) > 1 and isinstance(operation, TOGETHER):
            # DROP of several objects looks them all up first, and asks only what depends on them that stays.
            if effects.fails in sqlstate.MISSING:
                return predict(operation, start, self.session)
            if effects.fails == sqlstate.DEPENDENT_OBJECTS_STILL_EXIST and not isinstance(
                operation, op.DropTable | op.DropView
            ):
                rest = predict(operation, reduce(apply, statement.operations[number:], before), self.session)
                return replace(
                    effects, fails=rest.fails if rest.fails == sqlstate.DEPENDENT_OBJECTS_STILL_EXIST else None
                )
        if effects.fails in sqlstate.MISSING and statement.elsewhere:
            return replace(effects, fails=None, uncertain=f"it may be in {' or '.join(statement.elsewhere)}")
        return effects

    def _after(self, operation: op.Operation, before: Schema, done: Done) -> None:
        self.transaction.add(done, self.born)
        self.script.add(done, self.born)
        self.born, self.session = _grown(operation, before, self.born, self.session)
        match operation:
            case op.Truncate(tables, _, only) if self.session.in_transaction and not done.effects.fails:
                emptied = (each.name for name in tables if name not in only for each in family(name, before))
                gone = [name for name in emptied if name not in self.session.empty]
                self.emptied = self.emptied.having(*gone)
                self.session = replace(self.session, empty=self.session.empty.having(*gone))
            case op.Transaction():
                self._marked(operation)
            case op.SetParameter("lock_timeout" | "", value, local) if not local or self.session.in_transaction:
                self._wait(value, local=local)

    def _marked(self, operation: op.Transaction) -> None:
        match operation.verb:
            case "begin" if not self.session.in_transaction:
                self.session = replace(self.session, in_transaction=True)
                self.marks.begin(self._moment())
            case "commit" | "rollback":
                if operation.verb == "rollback":
                    self._back(self.marks.back())
                self._ended()
                self.marks.end()
                # A file sent as one query is in a transaction again at once (manual, 55.2.2.1).
                self.session = replace(self.session, in_transaction=self.mode == "query")
                if self.session.in_transaction:
                    self.marks.begin(self._moment())
            case "savepoint" if self.session.in_transaction:
                self.marks.save(operation.savepoint, self._moment())
            case "release":
                self.marks.release(operation.savepoint)
            case "rollback to":
                self._back(self.marks.back(operation.savepoint))

    def _moment(self) -> _Moment:
        length = len(self.transaction.done)
        return _Moment(self.schema, self.session, self.born, self.emptied, self.lasting, length)

    def _back(self, moment: _Moment | None) -> None:
        """What was done since is as if it had not been; locks that were taken since are free."""
        if moment is not None:
            self.schema, self.session, self.born, self.emptied, self.lasting, length = moment
            self.transaction = self.transaction.undone(length)

    def _wait(self, value: str | None, *, local: bool) -> None:
        timeout = self.fresh.lock_timeout if value is None else value
        self.session = replace(self.session, lock_timeout=timeout)
        if not local:
            self.lasting = timeout

    def _ended(self) -> None:
        """A transaction is over: its locks are free, what it added is there for all."""
        self.transaction = Log()
        if self.session.pending or self.session.perhaps_pending:
            self.session = replace(self.session, pending=Members(), perhaps_pending=Members())
        if self.emptied:
            self.session = replace(self.session, empty=self.session.empty.without(*self.emptied))
            self.emptied = Members()
        if self.session.new_labels or self.session.new_types or self.session.lock_timeout != self.lasting:
            self.session = replace(self.session, new_labels=NO_LABELS, new_types=Members(), lock_timeout=self.lasting)


def _is_skipped(statement: Statement, number: int, effects: Effects) -> bool:
    """ALTER IF EXISTS of what is not there, and what a DO block does only if it is still to be done."""
    if number - 1 in statement.guarded:
        return effects.fails not in {None, sqlstate.ACTIVE_SQL_TRANSACTION, *IN_THE_WAY}
    return statement.if_exists and effects.fails == sqlstate.UNDEFINED_TABLE


def _grown(
    operation: op.Operation, before: Schema, born: Members[Name], session: Session
) -> tuple[Members[Name], Session]:
    """What the change has made so far, and the session after *operation*."""
    match operation:
        case op.CreateTable(table) if table.name not in before.tables:
            born = born.having(table.name)
            if not operation.query:
                session = replace(session, empty=session.empty.having(table.name))
        case op.CreateView(view) if view.name not in before.views:
            born = born.having(view.name)
        case op.RenameTable(name, to) if name in born:
            renamed = Name(name.namespace, to)
            still = session.empty.without(name).having(renamed) if name in session.empty else session.empty
            born, session = born.without(name).having(renamed), replace(session, empty=still)
        case op.DropTable(name) | op.DropView(name):
            born = born.without(name)
        case op.Insert(name):
            session = replace(session, empty=session.empty.without(name))
        case op.CreateEnum(enum):
            session = replace(session, new_types=session.new_types.having(enum.name))
        case op.AddEnumValue(name, label):
            session = replace(session, new_labels=session.with_label(name, label))
        case op.SetParameter(name, value) if name.lower() == "timezone":
            session = replace(session, timezone=value)
    return born, session
