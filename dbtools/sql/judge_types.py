"""What ALTER COLUMN TYPE costs: from the two types, the USING expression and the session's time zone.

The rules are PostgreSQL's own (``ATColumnChangeRequiresRewrite``, ``find_coercion_pathway``): the heap stays when the
conversion is a binary cast, timestamp to timestamptz in a zone without offset, or nothing, and no length coercion is
planned. tests/data/type-changes.json holds what servers did with every pair of 79 types.

Types are compared as sqlglot's ``exp.DataType``. None, which means unknown and never safe, comes back for a type that
neither sqlglot nor the schema knows, and for timestamp to timestamptz when the time zone is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model import sqlstate
from dbtools.model.expression import Expression, Type, TypeChange
from dbtools.model.schema import Schema
from dbtools.sql import judge_expressions
from dbtools.sql.casts import pathway
from dbtools.sql.narrowing import Plain, keeps_modifiers, narrows
from dbtools.sql.types import BUILT_IN, SERIAL

if TYPE_CHECKING:
    from sqlglot import exp

# What sqlglot calls otherwise, in the spelling of ``sql/types.py``.
SPELLINGS = {"int": "integer", "decimal": "numeric"}
# Types indexed by the operator class of another (pg_opclass): an index survives a change within one class.
INDEXED_AS = {"varchar": "text", "cidr": "inet", "char": "bpchar"}
# Every name of a constant zero offset in pg_timezone_names, measured; London and Abidjan have a history.
ZERO_OFFSETS = frozenset(
    "utc uct gmt gmt0 gmt+0 gmt-0 greenwich universal zulu utc0 utc+0 utc-0 0 +0 -0 +00 -00 00:00 +00:00 -00:00".split()
)


@dataclass(frozen=True, slots=True)
class Conversion:
    """``ALTER COLUMN column TYPE new [USING using]`` of a column that was *old*."""

    column: str
    old: Type
    new: Type
    using: Expression | None = None


class _Side(NamedTuple):
    """A type resolved against the schema."""

    plain: Plain
    datatype: exp.DataType
    constrained: bool = False
    domain: bool = False


@dataclass(frozen=True, slots=True)
class _Session:
    schema: Schema
    utc: bool | None
    version: int

    def change(self, old: Type, new: Type, *, explicit: bool) -> TypeChange | None:
        """One cast, as assignment or, where the text spells it out, explicit."""
        if new.base in SERIAL and not new.namespace:
            return TypeChange(rewrites=False, fails=sqlstate.UNDEFINED_OBJECT)
        source, target = _side(old, self.schema), _side(new, self.schema)
        if source is None or target is None:
            same = _datatype(old) is not None and _datatype(old) == _datatype(new)
            return TypeChange(rewrites=False) if same else None
        if source.datatype == target.datatype:
            return TypeChange(rewrites=False)
        return self._cast(source, target, explicit=explicit)

    def _cast(self, source: _Side, target: _Side, *, explicit: bool) -> TypeChange | None:
        old, new = source.plain, target.plain
        how = pathway(old, new, explicit=explicit, version=self.version)
        if how is None:
            return TypeChange(rewrites=False, fails=sqlstate.CANNOT_COERCE if explicit else sqlstate.DATATYPE_MISMATCH)
        if new.array and (source.domain or target.domain):
            how = "elements"
        if old.base == new.base == "bit" and old.modifiers != new.modifiers and not explicit and not old.array:
            return TypeChange(rewrites=True, narrows=True, fails=sqlstate.STRING_DATA_LENGTH_MISMATCH)
        # A domain or another type's cast hides the old brackets from the length coercion.
        before = old if how == "same" and not source.domain else old._replace(base=new.base, modifiers=())
        kept = keeps_modifiers(before, new) if not new.array else new.modifiers in ((), before.modifiers)
        keeps_heap = kept and not target.constrained
        if keeps_heap and how == "zone" and self.utc is None:
            return None
        rewrites = not (keeps_heap and (how in {"same", "b"} or (how == "zone" and self.utc)))
        return TypeChange(
            rewrites,
            rebuilds=rewrites or _indexed_as(old) != _indexed_as(new),
            narrows=target.constrained or (rewrites and narrows(old, new, utc=bool(self.utc))),
        )


def judge(
    conversion: Conversion, schema: Schema, *, timezone: str | None = None, version: int = 18
) -> TypeChange | None:
    """What the *conversion* costs, or None when that is unknown.

    *timezone* is the session's; None when it is unknown (a server's default is UTC unless somebody chose another).
    A collation that changes beside the type rebuilds indexes too; that is for the caller to say. A ``USING`` that is
    more than casts of the column rewrites, and what it keeps of a value is its author's business.
    """
    session = _Session(schema, None if timezone is None else has_no_offset(timezone), version)
    if conversion.using is None:
        return session.change(conversion.old, conversion.new, explicit=False)
    if not judge_expressions.is_readable(conversion.using):
        return None
    casts = judge_expressions.casts_of(conversion.using, conversion.column)
    if casts is None:
        return _computed(session, conversion)
    steps = [conversion.old, *casts, conversion.new]
    changes = [session.change(*pair, explicit=True) for pair in pairwise(steps[:-1])]
    changes.append(session.change(*steps[-2:], explicit=False))
    return _joined(changes)


def _computed(session: _Session, conversion: Conversion) -> TypeChange | None:
    """Of a USING that computes something: the new type must exist, and the heap is written anew."""
    same = session.change(conversion.new, conversion.new, explicit=False)
    return same if same is None or same.fails else TypeChange(rewrites=True, rebuilds=True)


def _joined(changes: list[TypeChange | None]) -> TypeChange | None:
    known = [change for change in changes if change is not None]
    if len(known) < len(changes):
        return None
    fails = next((change.fails for change in known if change.fails), None)
    return TypeChange(
        any(change.rewrites for change in known),
        any(change.rebuilds for change in known),
        any(change.narrows for change in known),
        fails,
    )


def has_no_offset(timezone: str) -> bool:
    """Whether a session's TimeZone is UTC under one of its names."""
    return timezone.lower().removeprefix("etc/") in ZERO_OFFSETS


@lru_cache(maxsize=1024)
def _datatype(type_: Type) -> exp.DataType | None:
    """*type_* as sqlglot reads it; None when it does not."""
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    if type_.namespace or type_.base not in BUILT_IN:
        element = exp.DataType(this=exp.DataType.Type.USERDEFINED, kind=f"{type_.namespace}.{type_.base}")
    else:
        try:
            element = exp.DataType.build(type_.base, dialect="postgres", udt=True).copy()
        except SqlglotError:
            return None
    element.set("expressions", [exp.DataTypeParam(this=exp.convert(modifier)) for modifier in type_.modifiers])
    if not type_.dimensions:
        return element
    return exp.DataType(this=exp.DataType.Type.ARRAY, expressions=[element], nested=True)


def _side(type_: Type, schema: Schema) -> _Side | None:
    """*type_* with its domains resolved down to a built-in type or an enum."""
    datatype = _datatype(type_)
    if datatype is None:
        return None
    if not type_.namespace:
        return _Side(_plain(datatype), datatype)
    if enum := schema.enums.get(type_.name):
        return _Side(Plain(str(type_), array=bool(type_.dimensions), labels=enum.labels), datatype)
    domain = schema.domains.get(type_.name)
    base = _side(domain.base, schema) if domain else None
    if domain is None or base is None:
        return None
    plain = base.plain._replace(array=base.plain.array or bool(type_.dimensions))
    return _Side(plain, datatype, constrained=domain.constrained or base.constrained, domain=True)


def _plain(datatype: exp.DataType) -> Plain:
    from sqlglot import exp

    if datatype.is_type(exp.DataType.Type.ARRAY):
        return _plain(datatype.expressions[0])._replace(array=True)
    modifiers = tuple(param.this.to_py() for param in datatype.expressions)
    bare = datatype.copy()
    bare.set("expressions", None)
    spelled = bare.sql(dialect="postgres").lower()
    return Plain(SPELLINGS.get(spelled, spelled), modifiers)


def _indexed_as(plain: Plain) -> str:
    return "oid" if plain.base.startswith("reg") else INDEXED_AS.get(plain.base, plain.base)
