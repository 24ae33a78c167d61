"""What a rule is: documentation as data, and a function that names harms.

A rule's file is named after it and holds one function decorated with ``@rule``. Its examples are its tests: each is SQL
for the history and, after a line ``---``, the migration that is judged; without that line all of it is judged alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Name, Type
from dbtools.model.finding import Location, Severity
from dbtools.model.objects import Table
from dbtools.model.operation import Operation
from dbtools.model.past import Past
from dbtools.model.plan import Plan
from dbtools.model.predict import Session
from dbtools.model.reader import Reader
from dbtools.model.schema import Schema

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

Proof = Literal["lock", "rewrite", "scan", "error", "loss", "reader", "advice"]


@dataclass(frozen=True, slots=True)
class Harm:
    """One thing that one operation does to one object.

    ``plan`` is the safe form of the user's own statement, ``hint`` what to know of it, or what to do where there is
    none. ``severity`` only where it is not the rule's.
    """

    message: str
    hint: str = ""
    table: str = ""
    object: str = ""
    severity: Severity | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know of one operation.

    ``effects`` are predicted, ``statement`` those of all operations of the statement together. ``transaction`` is
    what earlier statements of its transaction did, ``migration`` what earlier statements of its migration did, in the
    same transaction or not. ``first``: whether this is the first operation of its statement, where a rule speaks of
    the statement as a whole. ``later`` gives the operations after this statement in its migration, ``end`` the schema
    that the whole change leaves. ``born``: relations that this change made itself, ``added``: columns that earlier
    statements of it added to others. ``readers`` answers who reads a column (or, with an empty column, a table) at
    the head of the change, ``former`` which code did so until this change; ``leaves_out`` who inserts rows without
    the column, ``clashes`` who cannot go on once it has a new type, ``says`` who spells a label of its enum. They
    are worked out when they are asked. ``readers_known`` is False when the project names no model and no query.
    ``render`` spells an operation as SQL. ``text`` is the statement as it is written. ``presumed``: nobody says that
    the migration runs in a transaction, and it holds only what none takes.
    """

    operation: Operation
    effects: Effects
    statement: Effects
    before: Schema
    after: Schema
    session: Session
    location: Location
    transaction: Past
    migration: Past
    first: bool
    later: Callable[[], Iterator[Operation]]
    end: Callable[[], Schema]
    born: AbstractSet[Name]
    added: AbstractSet[tuple[Name, str]]
    readers: Callable[[Name, str], tuple[Reader, ...]]
    former: Callable[[Name, str], tuple[Reader, ...]]
    leaves_out: Callable[[Name, str], tuple[Reader, ...]]
    clashes: Callable[[Name, str, Type], tuple[Reader, ...]]
    says: Callable[[Name, str, str], tuple[Reader, ...]]
    knows_readers: Callable[[], bool]
    render: Callable[[Operation], str]
    text: str = ""
    presumed: bool = False

    @property
    def readers_known(self) -> bool:
        """Whether the project says who reads its database."""
        return self.knows_readers()

    def existed(self, table: Name) -> bool:
        """Whether the table, as far as anybody knows, was there before the change and so may hold rows."""
        return table not in self.born

    def existing(self, names: Iterable[Name]) -> tuple[Name, ...]:
        """Those of *names* that were there before the change, in their order."""
        return tuple(sorted(name for name in names if self.existed(name)))

    def is_there(self, name: Name) -> bool:
        """Whether a relation of that name may stand before the operation: it does, or not everything is known."""
        schema = self.before
        return name in schema.tables or name in schema.views or not (schema.complete and schema.is_certain(name))

    def table(self, name: Name) -> Table | None:
        """The table before the operation, None when it is not known for certain."""
        return self.before.table(name) if self.before.is_certain(name) else None

    def lock(self, table: Name) -> LockMode | None:
        """The strongest lock on the table while the statement runs: its own, or one that its transaction holds."""
        own, held = self.statement.lock(table), self.transaction.held(table)
        return own if held is None else max(held, own or held)

    def script(self, *operations: Operation | str) -> str:
        """Operations, and lines that are text already, as SQL: one statement a line."""
        return "\n".join(each if isinstance(each, str) else f"{self.render(each)};" for each in operations)


Check = Callable[[Context], Iterator[Harm]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its page is made from these fields, its tests from ``bad`` and ``good``.

    ``on``: whether it is on unless something else is chosen. ``once``: whether it is said at most once of a file.
    """

    name: str
    severity: Severity
    proof: Proof
    summary: str
    why: str
    bad: tuple[str, ...]
    good: tuple[str, ...]
    check: Check
    link: str = ""
    on: bool = True
    once: bool = False


def rule(  # noqa: PLR0913 - these are the fields of a rule's page
    *,
    severity: Severity,
    proof: Proof,
    summary: str,
    why: str,
    bad: tuple[str, ...],
    good: tuple[str, ...],
    link: str = "",
    on: bool = True,
    once: bool = False,
) -> Callable[[Check], Rule]:
    """Make a Rule of the decorated check; it is called after the function."""

    def decorate(check: Check) -> Rule:
        name = check.__name__.replace("_", "-")
        return Rule(name, severity, proof, summary, why, bad, good, check, link, on, once)

    return decorate
