"""What two sources say of one column: type, nullability, and what an insert that leaves it out gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from dbtools.drift.clash import UNDECIDED, Clash, remedy
from dbtools.drift.meaning import Verdict, compare_defaults, compare_expressions, is_literal
from dbtools.drift.source import Pair, Source
from dbtools.model import operation as op
from dbtools.model.expression import Expression, Name, Type
from dbtools.model.finding import Severity
from dbtools.model.objects import Column

TIMES = frozenset({"timestamp", "timestamptz", "time", "timetz"})
MICROSECONDS = 6
NOW = "now()"
# Values pass between these without an error or a loss.
INTERCHANGEABLE = (frozenset({"json", "jsonb"}), frozenset({"text", "varchar", "citext"}))


@dataclass(frozen=True)
class Columns:
    """One column as both sources of a pair say it."""

    pair: Pair
    table: Name
    truth: Column
    other: Column

    def clashes(self) -> Iterator[Clash | None]:
        """One item for each attribute that both can express: a clash, or None where they agree."""
        aspects = self.pair.aspects
        if "type" in aspects:
            yield from (self._array(), self._type())
        if "nullability" in aspects and ("list nullability" in aspects or not self._is_list):
            yield self._nullability()
        if "generated" in aspects:
            yield self._generated()
        if self.truth.generated is None and self.other.generated is None:
            yield from self._left_out()

    @property
    def _is_list(self) -> bool:
        return bool(self.truth.type.dimensions or self.other.type.dimensions)

    @cached_property
    def _types(self) -> tuple[Type, Type]:
        """Both types without what only one spelling says."""
        truth, other = (
            _plain_type(column.type) for column in (self.truth, self.other)
        )
        if self.pair.model is not None and _name(truth) != _name(other):
            truth, other = _base(truth, self.pair.truth), _base(other, self.pair.other)
        return truth, other

    def _array(self) -> Clash | None:
        truth, other = self._types
        if truth.dimensions == other.dimensions:
            return None
        harm = "a list is written and read where the other has a single value"
        return self._clash("array", "type", Severity.ERROR, _shown(self.truth.type), _shown(self.other.type), harm,
                           remedy(self.pair, self.truth, self.other, self._set_type))  # fmt: skip

    def _type(self) -> Clash | None:
        truth, other = self._types
        edit = remedy(self.pair, self.truth, self.other, self._set_type)
        shown = _shown(self.truth.type), _shown(self.other.type)
        if _name(truth) != _name(other):
            pair = {truth.base, other.base}
            harmless = not (truth.namespace and other.namespace) and any(pair <= family for family in INTERCHANGEABLE)
            severity = Severity.WARNING if harmless else Severity.ERROR
            return self._clash("type", "type", severity, *shown, self._type_harm(truth, other), edit)
        if truth.modifiers == other.modifiers:
            return None
        severity, harm = self._precision_harm(truth, other)
        return self._clash("precision", "type", severity, *shown, harm, edit)

    def _type_harm(self, truth: Type, other: Type) -> str:
        pair = self.pair
        if pair.model is None:
            return ""
        database, model = pair.database((truth, pair.truth), (other, pair.other))
        kind, source = database  # type: ignore[misc]  # what went in comes out
        wanted, _ = model  # type: ignore[misc]
        if kind.name in source.schema.enums:
            return f"comparing and writing it through {pair.model.client} fails: the database expects the enum {kind}"
        if {kind.base, wanted.base} == {"timestamp", "timestamptz"}:
            return "times shift by the session's time zone on their way"
        if any({kind.base, wanted.base} <= family for family in INTERCHANGEABLE):
            return f"{pair.model.client} takes it for {wanted}, the database keeps {kind}"
        return f"{pair.model.client} reads and writes {wanted} where the database keeps {kind}: values fail or change"

    def _precision_harm(self, truth: Type, other: Type) -> tuple[Severity, str]:
        if truth.base in TIMES or truth.base == "interval":
            return Severity.WARNING, "fractions of seconds are rounded, so that equality finds no row"
        if self.pair.model is None:
            return Severity.WARNING, "values fit into one that the other refuses or rounds"
        database, model = self.pair.database(truth, other)
        if _holds(database, model):  # type: ignore[arg-type]  # two types went in
            return Severity.WARNING, f"the database takes values that {self.pair.model.label} rules out"
        code = "22003: numeric field overflow, or rounded" if truth.base == "numeric" else "22001: too long"
        return Severity.ERROR, f"values that {self.pair.model.client} may write are refused with {code}"

    def _nullability(self) -> Clash | None:
        if self.truth.nullable == self.other.nullable:
            return None
        harm = "a row without a value is accepted by one and refused by the other with 23502"
        if (model := self.pair.model) is not None:
            column, _ = self.pair.database(self.truth, self.other)
            harm = (
                f"{model.client} fails on reading a row where it is null"
                if column.nullable  # type: ignore[attr-defined]  # two columns went in
                else f"writing null through {model.client} fails with 23502"
            )
        shown = (_nullable(self.truth), _nullable(self.other))
        edit = remedy(
            self.pair, self.truth, self.other, lambda said: op.SetNullable(self.table, said.name, said.nullable)
        )
        return self._clash("nullability", "nullability", Severity.ERROR, *shown, harm, edit)

    def _generated(self) -> Clash | None:
        truth, other = self.truth.generated, self.other.generated
        shown = [f"GENERATED ALWAYS AS ({said.expression})" if said else "not generated" for said in (truth, other)]
        verdict = compare_expressions(truth and truth.expression, other and other.expression)
        if verdict is Verdict.UNDECIDED:
            return self._undecided("generated", *shown)
        if verdict is Verdict.SAME:
            if truth is None or other is None or truth.stored == other.stored:
                return None
            shown = ["STORED" if said.stored else "VIRTUAL" for said in (truth, other)]
        harm = "writes to it are refused by one" if truth is None or other is None else "the two compute other values"
        edit = remedy(
            self.pair, self.truth, self.other, lambda said: op.SetGenerated(self.table, said.name, said.generated)
        )
        return self._clash("generated", "generated", Severity.ERROR, shown[0], shown[1], harm, edit)

    def _left_out(self) -> Iterator[Clash | None]:
        """Identity first: where one numbers rows and the other does not, their defaults are no second difference."""
        if "default" not in self.pair.aspects:
            return
        truth, other = _numbered(self.truth), _numbered(self.other)
        if "identity" in self.pair.aspects and truth.identity != other.identity:
            yield self._identity(truth, other)
        elif bool(truth.identity) != bool(other.identity):
            yield self._identity(truth, other)
        else:
            yield self._default(truth, other)

    def _identity(self, truth: Column, other: Column) -> Clash:
        harm = "explicit values are refused by one and taken by the other"
        if bool(truth.identity) != bool(other.identity):
            harm = "an insert without a value gets the next number from one and none from the other"
            if (model := self.pair.model) is not None:
                column, _ = self.pair.database(truth, other)
                harm = (
                    f"the database numbers rows, {model.client} wants the number given"
                    if column.identity  # type: ignore[attr-defined]  # two columns went in
                    else f"inserts through {model.client} fail with 23502: nothing numbers the rows"
                )
        edit = remedy(self.pair, truth, other, lambda said: op.SetIdentity(self.table, said.name, said.identity))
        shown = (truth.identity or "not numbered", other.identity or "not numbered")
        return self._clash("identity", "default", Severity.ERROR, *shown, harm, edit)

    def _default(self, truth: Column, other: Column) -> Clash | None:
        one, two = truth.default, other.default
        if one is None and two is None:
            return None
        shown = (_default_shown(one), _default_shown(two))
        if one is not None and two is not None:
            verdict = compare_defaults(one, two, self._value_type())
            if verdict is Verdict.UNDECIDED:
                return self._undecided("default", *shown)
            if verdict is Verdict.SAME:
                return None
        severity, harm = self._default_harm(one, two)
        edit = remedy(self.pair, truth, other, lambda said: op.SetDefault(self.table, said.name, said.default))
        return self._clash("default", "default", severity, *shown, harm, edit)

    def _default_harm(self, truth: Expression | None, other: Expression | None) -> tuple[Severity, str]:
        model = self.pair.model
        if model is None:
            return Severity.WARNING, "an insert that leaves it out does not get the same"
        database, said = self.pair.database(truth, other)
        if said is None:
            return Severity.WARNING, f"the database would fill it in, {model.label} gives no database default"
        filled_in = is_literal(said) or said.meaning == NOW  # type: ignore[arg-type,attr-defined]  # an expression went in
        if database is not None:
            return Severity.WARNING, f"an insert through {model.client} does not get what others get"
        column, _ = self.pair.database(self.truth, self.other)
        if column.nullable:  # type: ignore[attr-defined]  # two columns went in
            return Severity.WARNING, "an insert that leaves it out gets NULL from the database"
        if model.reading.kind == "prisma" and filled_in:
            harm = f"{model.client} fills it in itself, every other insert without it fails with 23502"
            return Severity.WARNING, harm
        return Severity.ERROR, f"inserts through {model.client} fail with 23502: NOT NULL without a database default"

    def _value_type(self) -> Type:
        """The type that decides how literals compare: labels of an enum compare as text."""
        kind, _ = self._types
        is_enum = any(kind.name in source.schema.enums for source in (self.pair.truth, self.pair.other))
        return Type("text", dimensions=kind.dimensions) if is_enum else _base(kind, self.pair.truth)

    def _undecided(self, attribute: str, truth: str, other: str) -> Clash:
        return Clash(
            UNDECIDED,
            Severity.INFO,
            self.table,
            self.truth.name,
            truth,
            other,
            attribute,
            self.truth.name,
            "these may mean the same, which their text cannot tell",
            f"write {attribute} the same way in both",
        )

    def _set_type(self, column: Column) -> op.Operation:
        return op.SetType(self.table, column.name, column.type)

    def _clash(self, rule: str, aspect: str, severity: Severity, *said: str) -> Clash:
        truth, other, harm, edit = said
        name = self.truth.name
        return Clash(rule, severity, self.table, name, truth, other, aspect, name, harm, edit)


def _plain_type(kind: Type) -> Type:
    """*kind* with one spelling for the same: timestamp is timestamp(6), bpchar is char without a length."""
    if kind.base == "bpchar":
        return kind._replace(base="char")
    if kind.base in TIMES and not kind.modifiers:
        return kind._replace(modifiers=(MICROSECONDS,))
    return kind


def _name(kind: Type) -> tuple[str, str]:
    """What makes types the same apart from their modifiers; enums are told apart by their folded names."""
    return (kind.namespace, kind.base.lower()) if kind.namespace else ("", kind.base)


def _base(kind: Type, source: Source) -> Type:
    """What a domain is over, since a client cannot name it."""
    domain = source.schema.domains.get(kind.name)
    return kind if domain is None else _plain_type(replace_base(domain.base, kind))


def replace_base(base: Type, kind: Type) -> Type:
    """*base* as an array where *kind* is one."""
    return base._replace(dimensions=max(base.dimensions, kind.dimensions))


def _holds(wide: Type, narrow: Type) -> bool:
    """Whether every value of *narrow* fits into *wide*, of the same base."""
    if not wide.modifiers:
        return True
    if not narrow.modifiers:
        return False
    sizes = [(size[0], size[1] if size[1:] else 0) for size in (wide.modifiers, narrow.modifiers)]
    (whole, scale), (others, other_scale) = sizes
    if not all(isinstance(size, int) for pair in sizes for size in pair):
        return False
    return int(whole) - int(scale) >= int(others) - int(other_scale) and int(scale) >= int(other_scale)


def _numbered(column: Column) -> Column:
    """*column* where drawing from any sequence counts as a serial."""
    if column.default is not None and column.default.meaning.startswith("nextval("):
        return replace(column, default=None, identity="serial")
    return column


def _shown(kind: Type) -> str:
    return str(kind)


def _nullable(column: Column) -> str:
    return "nullable" if column.nullable else "NOT NULL"


def _default_shown(default: Expression | None) -> str:
    return "no database default" if default is None else str(default)
