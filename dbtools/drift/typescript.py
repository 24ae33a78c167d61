"""Types of TypeScript against the columns that their values come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dbtools.drift.clash import Clash, Harm
from dbtools.drift.said import Said
from dbtools.drift.source import Source
from dbtools.model.expression import Name, Type
from dbtools.model.finding import Severity
from dbtools.model.objects import Column
from dbtools.model.typescript import NAMESPACE, delivered, fits


class _Side(NamedTuple):
    """What one of two sources says a value is; ``arrives`` is its type in TypeScript."""

    source: Source
    column: Column
    arrives: Type

    @property
    def is_written(self) -> bool:
        return self.column.type.namespace == NAMESPACE

    @property
    def text(self) -> str:
        if self.is_written:
            return spelled(self.arrives)
        return f"{self.column.type}, which arrives as {spelled(self.arrives)}"

    @property
    def labels(self) -> tuple[str, ...]:
        """The texts that it may be, where it may be no others."""
        if self.is_written:
            own = self.column.type
            return tuple(str(label) for label in own.modifiers) if own.base == "union" else ()
        enum = self.source.schema.enums.get(self.column.type.name)
        return enum.labels if enum else ()

    @property
    def enum(self) -> Name | None:
        return self.column.type.name if self.column.type.name in self.source.schema.enums else None


def typescript_clashes(said: Said) -> Iterator[Clash | None]:
    """Whether the values fit, and whether the literals of a union are the labels of the enum: one item each."""
    truth, other = _side(said.pair.truth, said.truth), _side(said.pair.other, said.other)
    yield None if _agree(truth, other) else _misfit(said, truth, other)
    if truth.labels and other.labels:
        yield None if set(truth.labels) == set(other.labels) else _labels(said, truth, other)


def _side(source: Source, column: Column) -> _Side:
    written = column.type.namespace == NAMESPACE
    return _Side(source, column, column.type if written else delivered(column.type, source.schema))


def _agree(truth: _Side, other: _Side) -> bool:
    if truth.is_written and other.is_written:
        return fits(truth.arrives, other.arrives) or fits(other.arrives, truth.arrives)
    written, arriving = (truth, other) if truth.is_written else (other, truth)
    return fits(written.arrives, arriving.arrives)


def _misfit(said: Said, truth: _Side, other: _Side) -> Clash:
    is_list = bool(truth.column.type.dimensions) != bool(other.column.type.dimensions)
    written, arriving = (truth, other) if truth.is_written else (other, truth)
    harm = f"{written.source.client} takes it for {spelled(written.arrives)}, {spelled(arriving.arrives)} arrives"
    clash = _clash(said, "array" if is_list else "ts-type", Harm(Severity.ERROR, harm), "ts type")
    return clash._replace(
        expected=truth.text, found=other.text, remedy=f"write {spelled(arriving.arrives)} in {written.source.label}"
    )


def _labels(said: Said, truth: _Side, other: _Side) -> Clash:
    """Unions have no order and no name: it is the column that has them."""
    written, kept = (truth, other) if truth.is_written else (other, truth)
    unknown = [label for label in kept.labels if label not in written.labels]
    extra = [label for label in written.labels if label not in kept.labels]
    parts = [f"writing {', '.join(extra)} fails with 22P02"] if extra else []
    parts += [f"{written.source.client} does not reckon with {', '.join(unknown)}"] if unknown else []
    clash = _clash(said, "enum-values", Harm(Severity.ERROR, ", ".join(parts)), "enum")
    return clash._replace(
        expected=", ".join(truth.labels),
        found=", ".join(other.labels),
        remedy=f"write {' | '.join(map(repr, kept.labels))} in {written.source.label}",
        enum=kept.enum,
    )


def _clash(said: Said, rule: str, harm: Harm, aspect: str) -> Clash:
    return Clash(
        rule, harm.severity, said.table, said.truth.name, "", "", aspect, (said.truth.name,), harm.text
    )  # fmt: skip


def spelled(kind: Type) -> str:
    """As TypeScript writes it."""
    if kind.base == "union":
        word = " | ".join(f"'{label}'" if isinstance(label, str) else str(label) for label in kind.modifiers)
    else:
        word = kind.base
    if not kind.dimensions:
        return word
    return f"({word})[]" if " | " in word else f"{word}[]"
