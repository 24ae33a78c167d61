"""The bound of a partition as the condition that it puts on a row, in the spelling that the grammar gives back."""

from __future__ import annotations

import re

from dbtools.model.expression import Expression
from dbtools.model.identifiers import literal, quote
from dbtools.model.objects import PartitionBy, PartitionOf

_RANGE = re.compile(r"FOR VALUES FROM \((.*)\) TO \((.*)\)", re.DOTALL | re.IGNORECASE)
_LIST = re.compile(r"FOR VALUES IN \((.*)\)", re.DOTALL | re.IGNORECASE)
_CONSTANT = r"(?:'(?:[^']|'')*'|-?[\w.]+)(?:::[\w ]+)?"
_CAST = re.compile(r"(?<=['\w])::[\w ]+?(?= AND |$)")
_NUMBER = re.compile(r"-?[\d.]+")
_ONE = re.compile(_CONSTANT)
_SEVERAL = re.compile(rf"{_CONSTANT}(?:, {_CONSTANT})*")


def condition(by: PartitionBy | None, of: PartitionOf) -> Expression | None:
    """What a CHECK must say to spare ATTACH PARTITION the scan; None for hash, DEFAULT and several columns."""
    if by is None or len(by.columns) != 1 or not by.columns[0].isidentifier():
        return None
    column = quote(by.columns[0])
    text, meaning = _range(column, of.bound) if by.strategy.lower() == "range" else _listed(column, of.bound)
    return Expression(f"{column} IS NOT NULL{text}", f"{column} IS NOT NULL{meaning}", by.columns) if text else None


def _range(column: str, bound: str) -> tuple[str, str]:
    match = _RANGE.fullmatch(bound)
    if match is None or not all(_ONE.fullmatch(end) for end in match.groups()):
        return "", ""
    low, high = match.groups()
    parts = [f" AND {column} >= {low}"] if low.upper() != "MINVALUE" else []
    parts += [f" AND {column} < {high}"] if high.upper() != "MAXVALUE" else []
    text = "".join(parts)
    return text, _CAST.sub("", text)


def _listed(column: str, bound: str) -> tuple[str, str]:
    """Its text, and its meaning, in which constants have no type and several of them are quoted."""
    match = _LIST.fullmatch(bound)
    if match is None or not _SEVERAL.fullmatch(match[1]):
        return "", ""
    values = re.findall(_CONSTANT, match[1])
    if any(value.upper() == "NULL" for value in values):
        return "", ""
    plain = [_CAST.sub("", value) for value in values]
    if len(values) == 1:
        return f" AND {column} = {values[0]}", f" AND {column} = {plain[0]}"
    quoted = (literal(value) if _NUMBER.fullmatch(value) else value for value in plain)
    return f" AND {column} IN ({', '.join(values)})", f" AND {column} IN ({', '.join(quoted)})"
