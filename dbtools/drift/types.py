"""Types by what they hold: the base, whether it is a list, how long or precise."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.drift.clash import Clash, Harm
from dbtools.drift.said import Said
from dbtools.drift.source import Source
from dbtools.model import operation as op
from dbtools.model.expression import Type
from dbtools.model.finding import Severity
from dbtools.model.objects import Column

TIMES = frozenset({"timestamp", "timestamptz", "time", "timetz"})
MICROSECONDS = 6
# Not up to a length, but of exactly that.
OF_ONE_LENGTH = frozenset({"bit", "vector", "halfvec", "sparsevec"})
# Values pass between these without an error.
INTERCHANGEABLE = (frozenset({"json", "jsonb"}), frozenset({"text", "varchar", "citext"}))


def type_clashes(said: Said) -> Iterator[Clash | None]:
    """Whether it is a list, and what of: one item each."""
    truth, other = compared_types(said)
    yield (
        None
        if truth.dimensions == other.dimensions
        else _clash(
            said, "array", Harm(Severity.ERROR, "one writes and reads a list where the other has a single value")
        )
    )
    if not _same_base(said, truth, other):
        yield _clash(said, "type", _type_harm(said, truth, other))
    elif truth.modifiers != other.modifiers:
        yield _clash(said, "precision", _precision_harm(said, truth, other))
    else:
        yield None


def compared_types(said: Said) -> tuple[Type, Type]:
    """Both types in one spelling; domains as what they are over where a client has no word for them."""
    truth, other = plain_type(said.truth.type), plain_type(said.other.type)
    if said.model is not None and not _same_base(said, truth, other):
        return undomained(truth, said.pair.truth), undomained(other, said.pair.other)
    return truth, other


def plain_type(kind: Type) -> Type:
    """*kind* with one spelling for the same: timestamp is timestamp(6), bpchar is char without a length."""
    if kind.base == "bpchar":
        return kind._replace(base="char")
    if kind.base in TIMES and not kind.modifiers:
        return kind._replace(modifiers=(MICROSECONDS,))
    return kind


def undomained(kind: Type, source: Source) -> Type:
    """*kind*, or what it is over if it is a domain."""
    domain = source.schema.domains.get(kind.name)
    if domain is None:
        return kind
    return plain_type(domain.base)._replace(dimensions=max(domain.base.dimensions, kind.dimensions))


def _same_base(said: Said, truth: Type, other: Type) -> bool:
    """Built-in types by name; others by their folded name, and only enums by their namespace too."""
    if not (truth.namespace and other.namespace):
        return (truth.namespace, truth.base) == (other.namespace, other.base)
    declared = truth.name in said.pair.truth.schema.enums and other.name in said.pair.other.schema.enums
    return truth.base.lower() == other.base.lower() and (truth.namespace == other.namespace or not declared)


def _clash(said: Said, rule: str, harm: Harm) -> Clash:
    def change(column: Column) -> op.Operation:
        return op.SetType(said.table, column.name, column.type)

    return said.clash(rule, "type", lambda column: str(column.type), harm, change)


def _type_harm(said: Said, truth: Type, other: Type) -> Harm:
    bases = {truth.base, other.base}
    if bases == {"text", "varchar"} and not truth.modifiers and not other.modifiers:
        return Harm(Severity.INFO, "both hold text of any length")
    severity = Severity.WARNING if any(bases <= family for family in INTERCHANGEABLE) else Severity.ERROR
    if said.model is None:
        return Harm(severity, "the same statement fails on one, or gives another value")
    client = said.model.client
    kind, wanted = said.pair.database_first(truth, other)
    if severity is Severity.WARNING:
        return Harm(severity, f"{client} takes it for {wanted}, the database keeps {kind}")
    if bases == {"timestamp", "timestamptz"}:
        return Harm(severity, "times shift by the session's time zone on their way")
    enums = (said.pair.other if said.model is said.pair.truth else said.pair.truth).schema.enums
    if kind.name in enums:
        return Harm(severity, f"values that {client} writes are refused unless they are labels of {kind} (22P02)")
    return Harm(severity, f"{client} reads and writes {wanted} where the database keeps {kind}: values fail or change")


def _precision_harm(said: Said, truth: Type, other: Type) -> Harm:
    if truth.base in TIMES or truth.base == "interval":
        return Harm(Severity.WARNING, "fractions of seconds are rounded, after which equality finds no row")
    if said.model is None:
        return Harm(Severity.WARNING, "a value that fits into one is refused or rounded by the other")
    kind, wanted = said.pair.database_first(truth, other)
    if kind.base in OF_ONE_LENGTH and kind.modifiers:
        return Harm(Severity.ERROR, f"the database refuses values that are no {kind._replace(dimensions=0)}")
    if _holds(kind, wanted):
        return Harm(Severity.WARNING, f"the database takes values that {said.model.label} rules out")
    code = "refused with 22003 or rounded" if truth.base == "numeric" else "refused with 22001: too long"
    return Harm(Severity.ERROR, f"values that {said.model.label} allows are {code}")


def _holds(wide: Type, narrow: Type) -> bool:
    """Whether every value of *narrow* fits into *wide*, of the same base."""
    if not wide.modifiers or not narrow.modifiers:
        return not wide.modifiers
    (size, scale), (other_size, other_scale) = _digits(wide), _digits(narrow)
    return size - scale >= other_size - other_scale and scale >= other_scale


def _digits(kind: Type) -> tuple[int, int]:
    """Size and scale; a length has no scale."""
    numbers = [modifier for modifier in kind.modifiers if isinstance(modifier, int)]
    size, scale, *_ = (*numbers, 0, 0)
    return size, scale
