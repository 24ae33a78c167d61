"""The names of constraints and indexes that a ``naming_convention`` gives; none is left to PostgreSQL."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import NamedTuple

from dbtools.model.expression import Name
from dbtools.model.lengths import LONGEST
from dbtools.sources.sqlalchemy.values import Made, Pairs, Symbol, Unreadable, Value, text_of

KINDS = {"ix": "Index", "uq": "UniqueConstraint", "ck": "CheckConstraint", "fk": "ForeignKeyConstraint", "pk": "PrimaryKeyConstraint"}  # fmt: skip  # noqa: E501
TOKEN = re.compile(r"%\((\w+)\)s|%%")
COLUMN = re.compile(r"(referred_)?column_(\d+)(_?N)?_?(name|key|label)$")
DEFAULT = {"ix": "ix_%(column_0_label)s"}


class Named(NamedTuple):
    """What a name is made of; ``prefix`` is the schema of the table, where one was given."""

    kind: str
    table: Name
    columns: Sequence[str]
    target: Name | None = None
    target_columns: Sequence[str] = ()
    prefix: str = ""


class Convention:
    """``MetaData(naming_convention=...)``."""

    def __init__(self, metadata: Value) -> None:
        written = metadata.keyword("naming_convention") if isinstance(metadata, Made) else None
        self._problem = "" if written is None or isinstance(written, Pairs) else "the naming_convention is not known"
        self._written = written if isinstance(written, Pairs) else Pairs()

    def name(self, given: Value, named: Named) -> str:
        """The name of something that is called *given*, or nothing yet; "" where PostgreSQL is to choose."""
        if isinstance(given, Made) and isinstance(given.callee, Symbol) and given.callee.name == "conv":
            return text_of(given)
        template = self._template(named.kind)
        if given is not None and "constraint_name" not in template:
            return _cut(text_of(given)) if isinstance(given, Made) else text_of(given)
        if self._problem:
            raise Unreadable(self._problem)
        if not template and named.kind == "ix":
            raise Unreadable("the naming convention has no ix, without which SQLAlchemy makes no index")
        if not template:
            return ""
        return _cut(TOKEN.sub(lambda found: self._token(found, given, named), template))

    def _template(self, kind: str) -> str:
        found = self._written.get(kind) or self._written.get(Symbol(f"sqlalchemy.{KINDS[kind]}"))
        if found is None and not self._written:
            return DEFAULT.get(kind, "")
        return "" if found is None else text_of(found)

    def _token(self, found: re.Match[str], given: Value, named: Named) -> str:
        token = found[1]
        if token is None:
            return "%"
        match token:
            case "constraint_name":
                if given is None:
                    raise Unreadable("the naming convention needs a name, and there is none")
                return text_of(given)
            case "table_name":
                return named.table.local
            case "referred_table_name" if named.target is not None:
                return named.target.local
        column = COLUMN.match(token)
        if column is None:
            raise Unreadable(f"the naming convention has %({token})s, which the files do not say")
        return _columns(column, named)


def _columns(token: re.Match[str], named: Named) -> str:
    columns = named.target_columns if token[1] else named.columns
    table = named.target if token[1] and named.target else named.table
    prefix = f"{named.prefix.replace('.', '_')}_" if named.prefix else ""
    labels = [f"{prefix}{table.local}_{each}" if token[4] == "label" else each for each in columns]
    if token[3]:
        return ("_" if token[3] == "_N" else "").join(labels)
    number = int(token[2])
    if number >= len(labels):
        raise Unreadable("the naming convention needs a column, and there is none")
    return labels[number]


def _cut(name: str) -> str:
    """A name that is made and too long ends in a part of its MD5."""
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 8]}_{hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[-4:]}"
