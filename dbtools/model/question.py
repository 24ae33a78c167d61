"""An expression whose meaning only a server can tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from dbtools.model.expression import Name, Type
from dbtools.model.schema import Schema


class Question(NamedTuple):
    """``text``, which may name the columns of ``table``; as a value of ``kind``, where it is a default."""

    table: Name
    text: str
    kind: Type | None = None


# What a server makes of each question: two that mean the same get the same answer; without one where it refused.
Ask = Callable[[Schema, AbstractSet[Question]], Mapping[Question, str]]
