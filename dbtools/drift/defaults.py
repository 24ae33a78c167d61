"""What an insert that leaves a column out gets from the database: the next number, a default, or nothing.

A default that a client makes itself (``uuid()``, ``@updatedAt``) is none of the database's, and readers say so.
"""

from __future__ import annotations

from dataclasses import replace

from dbtools.drift.clash import Clash, Harm
from dbtools.drift.meaning import Verdict, is_literal
from dbtools.drift.said import Said
from dbtools.drift.source import Source
from dbtools.drift.types import compared_types, undomained
from dbtools.model import operation as op
from dbtools.model.expression import Expression, Type
from dbtools.model.finding import Severity
from dbtools.model.objects import Column

NOW = "now()"


def left_out_clash(said: Said) -> Clash | None:
    """Identity first: where one source numbers the rows and the other does not, the default is no second difference."""
    said = said._replace(truth=_numbered(said.truth), other=_numbered(said.other))
    truth, other = said.truth.identity, said.other.identity
    if bool(truth) != bool(other) or ("identity" in said.pair.aspects and truth != other):
        return _identity(said)
    return _default(said) if "default" in said.pair.aspects else None


def _numbered(column: Column) -> Column:
    """*column* where drawing from any sequence counts as a serial."""
    if column.default is not None and column.default.meaning.startswith("nextval("):
        return replace(column, default=None, identity="serial")
    return column


def _identity(said: Said) -> Clash:
    def change(column: Column) -> op.Operation:
        if not column.identity and "serial" in (said.truth.identity, said.other.identity):
            return op.SetDefault(said.table, column.name, None)
        both = bool(said.truth.identity and said.other.identity)
        return op.SetIdentity(said.table, column.name, column.identity, changes=both)

    return said.clash(
        "identity", "default", lambda column: column.identity or "not numbered", _identity_harm(said), change
    )


def _identity_harm(said: Said) -> Harm:
    if said.truth.identity and said.other.identity:
        return Harm(Severity.ERROR, "explicit values are taken by one and refused by the other")
    if said.model is None:
        return Harm(Severity.ERROR, "an insert without a value gets the next number from one and none from the other")
    if said.in_database.identity:
        return Harm(Severity.ERROR, f"the database numbers the rows, {said.model.label} does not let it")
    return Harm(Severity.ERROR, f"inserts through {said.model.client} fail with 23502: nothing numbers the rows")


def _default(said: Said) -> Clash | None:
    truth, other = said.truth.default, said.other.default
    verdict = Verdict.SAME if truth == other else Verdict.DIFFERENT
    if truth is not None and other is not None:
        verdict = said.pair.meanings.defaults(said.table, truth, other, _value_type(said))
    if verdict is Verdict.SAME:
        return None

    def shown(column: Column) -> str:
        return _shown(column, said.client_default(column))

    if verdict is Verdict.UNDECIDED:
        return said.undecided("default", shown)

    def change(column: Column) -> op.Operation:
        return op.SetDefault(said.table, column.name, column.default)

    return said.clash("default", "default", shown, _default_harm(said), change)


def _default_harm(said: Said) -> Harm:
    model = said.model
    if model is None:
        return _harm_between_equals(said)
    database, wanted = said.pair.database_first(said.truth.default, said.other.default)
    if wanted is None:
        own = said.client_default(said.as_model)
        if own:
            harm = f"{model.client} sends its own {own}; rows that others insert get the database's"
            return Harm(Severity.WARNING, harm)
        return Harm(Severity.WARNING, f"the database would fill it in, {model.label} does not count on that")
    if database is not None:
        return Harm(Severity.WARNING, f"an insert through {model.client} may not get what every other insert gets")
    if said.in_database.nullable:
        return Harm(Severity.WARNING, "an insert that leaves it to the database gets NULL")
    if _fills_in(model, wanted):
        harm = f"{model.client} fills it in itself; every other insert without a value fails with 23502"
        return Harm(Severity.WARNING, harm)
    return Harm(Severity.ERROR, f"inserts through {model.client} fail with 23502: NOT NULL without a database default")


def _harm_between_equals(said: Said) -> Harm:
    """Two databases, or two clients of one: what one leaves to the database, the other may never have asked it for."""
    text = "an insert that leaves it out does not get the same from both"
    has, lacks = (said.truth, said.other) if said.truth.default is not None else (said.other, said.truth)
    if said.pair.truth.is_database or has.default is None or lacks.default is not None or lacks.nullable:
        return Harm(Severity.WARNING, text)
    trusting, other = said.pair.truth, said.pair.other
    if has is said.other:
        trusting, other = other, trusting
    if _fills_in(trusting, has.default):
        return Harm(Severity.WARNING, text)
    own = said.client_default(lacks)
    made = f"{other.client} fills in {own} itself" if own else f"{other.label} asks for no database default"
    return Harm(Severity.ERROR, f"inserts through {trusting.client} fail with 23502 where {made}")


def _fills_in(source: Source, wanted: Expression) -> bool:
    """Prisma's client sends constants and the time itself, and leaves only ``dbgenerated`` to the database."""
    return source.reading.kind == "prisma" and (is_literal(wanted) or wanted.meaning == NOW)


def _value_type(said: Said) -> Type:
    """The type that decides how constants compare; the labels of an enum compare as text."""
    kind, _ = compared_types(said)
    kind = undomained(kind, said.pair.truth)
    is_enum = any(kind.name in source.schema.enums for source in (said.pair.truth, said.pair.other))
    return Type("text", dimensions=kind.dimensions) if is_enum else kind


def _shown(column: Column, filled_in: str) -> str:
    if column.default is not None:
        return str(column.default)
    return f"no database default ({filled_in} by the client)" if filled_in else "no database default"
