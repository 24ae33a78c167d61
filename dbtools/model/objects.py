"""What a database is made of, as plain values.

Two sources that describe the same database give equal schemas. Columns and enum labels keep their
order for people, but a column's position takes no part in ``==``: PostgreSQL cannot change it.
"""

from __future__ import annotations

from dataclasses import field, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Literal, NamedTuple

from dbtools.model.expression import Expression, Name, Type, Volatility

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

Identity = Literal["", "serial", "always", "by default"]
ReferentialAction = Literal["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"]
Persistence = Literal["permanent", "unlogged", "temporary"]


class ColumnRef(NamedTuple):
    """One column of one relation; ``column`` is empty where the relation as a whole is meant."""

    table: Name
    column: str = ""

    def __str__(self) -> str:
        return f"{self.table}.{self.column}" if self.column else str(self.table)


class Generated(NamedTuple):
    """GENERATED ALWAYS AS (expression) STORED, or VIRTUAL from PostgreSQL 18 on."""

    expression: Expression
    stored: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """One column. A serial's ``nextval`` default is said by ``identity``, not by ``default``."""

    name: str
    type: Type
    nullable: bool = True
    default: Expression | None = None
    identity: Identity = ""
    generated: Generated | None = None
    collation: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    """PRIMARY KEY (columns); its index carries the same name."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unique:
    """UNIQUE (columns); its index carries the same name."""

    name: str
    columns: tuple[str, ...]
    nulls_distinct: bool = True
    deferrable: bool = False
    deferred: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """FOREIGN KEY (columns) REFERENCES target (target_columns).

    ``full``: MATCH FULL, all of its columns are null or none is. ``clears``: the columns that ON DELETE SET NULL or SET
    DEFAULT touches, empty for all of them. No definition but SQL has words for these.
    """

    name: str
    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]
    on_delete: ReferentialAction = "NO ACTION"
    on_update: ReferentialAction = "NO ACTION"
    validated: bool = True
    enforced: bool = True
    deferrable: bool = False
    deferred: bool = field(default=False, compare=False)
    full: bool = field(default=False, compare=False)
    clears: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Check:
    """CHECK (expression)."""

    name: str
    expression: Expression
    validated: bool = True
    enforced: bool = True


@dataclass(frozen=True, slots=True)
class NotNull:
    """A named NOT NULL constraint that is not valid yet (PostgreSQL 18); a valid one is ``Column.nullable``."""

    name: str
    column: str
    validated: bool = False


@dataclass(frozen=True, slots=True)
class Exclusion:
    """EXCLUDE, kept by its text."""

    name: str
    text: str
    columns: tuple[str, ...] = ()


Constraint = PrimaryKey | Unique | ForeignKey | Check | NotNull | Exclusion


@dataclass(frozen=True, slots=True)
class IndexKey:
    """One key of an index: a column, or an expression. ``opclass`` only where it is not the default."""

    column: str = ""
    expression: Expression | None = None
    descending: bool = False
    nulls_first: bool = False
    opclass: str = ""
    collation: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """An index that no constraint owns."""

    name: str
    keys: tuple[IndexKey, ...]
    unique: bool = False
    method: str = "btree"
    where: Expression | None = None
    include: tuple[str, ...] = ()
    nulls_distinct: bool = True
    valid: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The key columns, as far as keys are plain columns."""
        return tuple(key.column for key in self.keys if key.column)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Its keys that are no plain columns, and its predicate."""
        keys = tuple(key.expression for key in self.keys if key.expression is not None)
        return keys if self.where is None else (*keys, self.where)

    def reads(self) -> frozenset[str]:
        """Every column that the index depends on."""
        inside = (column for expression in self.expressions for column in expression.columns)
        return frozenset((*self.columns, *self.include, *inside))


class PartitionBy(NamedTuple):
    """PARTITION BY RANGE | LIST | HASH (columns)."""

    strategy: str
    columns: tuple[str, ...]


class PartitionOf(NamedTuple):
    """Which table this is a partition of, and for which values (``DEFAULT``, or the bound's text)."""

    parent: Name
    bound: str


class Fit(NamedTuple):
    """How the bound of a new partition goes with what is there; None where that is not known.

    ``implied``: valid checks and NOT NULL prove every row of the new partition to lie within it. ``excluded``: those of
    the default partition prove that none of its rows does. ``overlaps``: another partition takes some of its values.
    """

    implied: bool | None = None
    excluded: bool | None = None
    overlaps: bool | None = None


class Columns(tuple[Column, ...]):
    """The columns of a table in their order; equal to the same columns in any order."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple) and frozenset(self) == frozenset(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(frozenset(self))


NO_COLUMNS = Columns()


@dataclass(frozen=True, slots=True)
class Table:
    """A table; constraints and indexes sorted by name.

    ``of``: the composite type it is a table of. ``replica_index``: the index that is its REPLICA IDENTITY.
    ``tablespace``: empty for the database's own. ``method``: its access method.
    """

    name: Name
    columns: Columns = NO_COLUMNS
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    partition_by: PartitionBy | None = None
    partition_of: PartitionOf | None = None
    inherits: tuple[Name, ...] = ()
    persistence: Persistence = "permanent"
    row_security: bool = False
    comment: str | None = None
    of: Name | None = field(default=None, compare=False)
    replica_index: str = field(default="", compare=False)
    tablespace: str = field(default="", compare=False)
    method: str = field(default="heap", compare=False)

    def __post_init__(self) -> None:
        if type(self.columns) is not Columns:
            object.__setattr__(self, "columns", Columns(self.columns))
        if len(self.constraints) > 1:
            _sort(self, "constraints", self.constraints)
        if len(self.indexes) > 1:
            _sort(self, "indexes", self.indexes)

    def column(self, name: str) -> Column | None:
        """The column called *name*."""
        return next((column for column in self.columns if column.name == name), None)

    def constraint(self, name: str) -> Constraint | None:
        """The constraint called *name*."""
        return next((found for found in self.constraints if found.name == name), None)

    def index(self, name: str) -> Index | None:
        """The index called *name*; indexes that a constraint owns are not among them."""
        return next((index for index in self.indexes if index.name == name), None)

    @property
    def primary_key(self) -> PrimaryKey | None:
        """The primary key."""
        return next((found for found in self.constraints if isinstance(found, PrimaryKey)), None)

    @property
    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """The foreign keys, by name."""
        return tuple(found for found in self.constraints if isinstance(found, ForeignKey))

    @property
    def checks(self) -> tuple[Check, ...]:
        """The check constraints, by name."""
        return tuple(found for found in self.constraints if isinstance(found, Check))

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """The column lists that identify one row: primary key, unique constraints, full and valid unique indexes."""
        owned = [found.columns for found in self.constraints if isinstance(found, PrimaryKey | Unique)]
        plain = [
            index.columns
            for index in self.indexes
            if index.unique and index.valid and index.where is None and len(index.columns) == len(index.keys)
        ]
        return (*owned, *plain)

    def with_column(self, column: Column) -> Table:
        """A copy where *column* replaces its namesake, or stands last."""
        if self.column(column.name) is None:
            return replace(self, columns=Columns((*self.columns, column)))
        return replace(self, columns=Columns(column if old.name == column.name else old for old in self.columns))

    def without_column(self, name: str) -> Table:
        """A copy without the column called *name*; what depends on it stays."""
        return replace(self, columns=Columns(column for column in self.columns if column.name != name))

    def with_constraint(self, constraint: Constraint) -> Table:
        """A copy where *constraint* replaces its namesake, or is added."""
        kept = (old for old in self.constraints if old.name != constraint.name)
        return replace(self, constraints=(*kept, constraint))

    def without_constraint(self, name: str) -> Table:
        """A copy without the constraint called *name*."""
        return replace(self, constraints=tuple(old for old in self.constraints if old.name != name))

    def with_index(self, index: Index) -> Table:
        """A copy where *index* replaces its namesake, or is added."""
        return replace(self, indexes=(*(old for old in self.indexes if old.name != index.name), index))

    def without_index(self, name: str) -> Table:
        """A copy without the index called *name*."""
        return replace(self, indexes=tuple(old for old in self.indexes if old.name != name))


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum type; labels in their declared order."""

    name: Name
    labels: tuple[str, ...]
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain over a base type."""

    name: Name
    base: Type
    nullable: bool = True
    default: Expression | None = None
    checks: tuple[Check, ...] = ()

    @property
    def constrained(self) -> bool:
        """Whether a value of the base type may be refused: then adding such a column rewrites the table."""
        return not self.nullable or bool(self.checks)


@dataclass(frozen=True, slots=True)
class View:
    """A view or materialized view.

    ``mentions``: the relations its query names. ``reads``: the columns it depends on, None until
    the query has been qualified against a schema. ``expanded``: the columns that its tables had when it was made, where
    it says ``*``; those that came later are none of its own.
    """

    name: Name
    query: str
    columns: tuple[str, ...] = field(default=(), compare=False)
    materialized: bool = False
    mentions: tuple[Name, ...] = field(default=(), compare=False)
    reads: tuple[ColumnRef, ...] | None = field(default=None, compare=False)
    expanded: tuple[ColumnRef, ...] = field(default=(), compare=False)
    indexes: tuple[Index, ...] = ()
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence that no serial or identity column draws from; ``owner``, where that is known, takes it along."""

    name: Name
    owner: ColumnRef | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Function:
    """A function or procedure: ``arguments`` are its input types, ``body`` its text."""

    name: Name
    arguments: tuple[str, ...] = ()
    returns: str = ""
    language: str = ""
    volatility: Volatility = Volatility.VOLATILE
    body: str = ""


@dataclass(frozen=True, slots=True)
class Opaque:
    """What is kept by its text: trigger, policy, rule, composite type, ... ``table`` where it belongs to one.

    ``reads``: the columns of that table it depends on. ``mentions``: the other relations that its subqueries name.
    ``calls``: functions. ``by_row``: a trigger that fires for each row. ``columns``: of a composite type.
    """

    kind: str
    name: Name
    table: Name | None = None
    text: str = ""
    reads: tuple[str, ...] = field(default=(), compare=False)
    mentions: tuple[Name, ...] = field(default=(), compare=False)
    calls: tuple[Name, ...] = field(default=(), compare=False)
    by_row: bool = field(default=False, compare=False)
    columns: tuple[Column, ...] = field(default=(), compare=False)


FunctionKey = tuple[Name, tuple[str, ...]]
OpaqueKey = tuple[str, Name, Name | None]


def _sort(table: Table, what: str, named: tuple[Constraint, ...] | tuple[Index, ...]) -> None:
    """What is in order stays the same tuple: that is how a copy of a table tells that nothing of it has changed."""
    ordered = tuple(sorted(named, key=_BY_NAME))
    if ordered != named:
        object.__setattr__(table, what, ordered)


_BY_NAME = attrgetter("name")
