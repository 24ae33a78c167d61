"""The bound of a partition as the condition that it puts on a row, in the spelling that the grammar gives back."""

from __future__ import annotations

import re

from dbtools.model.expression import Expression
from dbtools.model.identifiers import literal, quote
from dbtools.model.objects import PartitionBy, PartitionOf

# Compiled where they are used, by re, which keeps them: few migrations have partitions.
_RANGE = r"(?is)FOR VALUES FROM \((.*)\) TO \((.*)\)"
_LIST = r"(?is)FOR VALUES IN \((.*)\)"
_CONSTANT = r"(?:'(?:[^']|'')*'|-?[\w.]+)(?:::[\w ]+)?"
_CAST = r"(?<=['\w])::[\w ]+?(?= AND |$)"
_NUMBER = r"-?[\d.]+"
_SEVERAL = rf"{_CONSTANT}(?:, {_CONSTANT})*"


def condition(by: PartitionBy | None, of: PartitionOf) -> Expression | None:
    """What a CHECK must say to spare ATTACH PARTITION the scan; None for hash, DEFAULT and several columns."""
    if by is None or len(by.columns) != 1 or not by.columns[0].isidentifier():
        return None
    column = quote(by.columns[0])
    text, meaning = _range(column, of.bound) if by.strategy.lower() == "range" else _listed(column, of.bound)
    return Expression(f"{column} IS NOT NULL{text}", f"{column} IS NOT NULL{meaning}", by.columns) if text else None


def _range(column: str, bound: str) -> tuple[str, str]:
    match = re.fullmatch(_RANGE, bound)
    if match is None or not all(re.fullmatch(_CONSTANT, end) for end in match.groups()):
        return "", ""
    low, high = match.groups()
    parts = [f" AND {column} >= {low}"] if low.upper() != "MINVALUE" else []
    parts += [f" AND {column} < {high}"] if high.upper() != "MAXVALUE" else []
    text = "".join(parts)
    return text, re.sub(_CAST, "", text)


def _listed(column: str, bound: str) -> tuple[str, str]:
    """Its text, and its meaning, in which constants have no type and several of them are quoted."""
    match = re.fullmatch(_LIST, bound)
    if match is None or not re.fullmatch(_SEVERAL, match[1]):
        return "", ""
    values = re.findall(_CONSTANT, match[1])
    if any(value.upper() == "NULL" for value in values):
        return "", ""
    plain = [re.sub(_CAST, "", value) for value in values]
    if len(values) == 1:
        return f" AND {column} = {values[0]}", f" AND {column} = {plain[0]}"
    quoted = (literal(value) if re.fullmatch(_NUMBER, value) else value for value in plain)
    return f" AND {column} IN ({', '.join(values)})", f" AND {column} IN ({', '.join(quoted)})"
