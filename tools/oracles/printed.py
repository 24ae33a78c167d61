"""What another tool printed as SQL, held against what we read of the same models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from node import ROOT

from dbtools.model.apply import apply_all
from dbtools.model.diff import diff
from dbtools.model.entries import Members
from dbtools.model.reader import Reading
from dbtools.model.schema import Schema
from dbtools.sql.read import read as read_sql


def compared(where: Path, reading: Reading, sql: str, tool: str) -> int:
    """The number of differences between *reading* and the *sql* that *tool* printed, after they are shown."""
    theirs = built(sql)
    found = list(differences(reading.schema, theirs))
    columns = sum(len(table.columns) for table in theirs.tables.values())
    shown = where.relative_to(ROOT) if where.is_relative_to(ROOT) else where
    print(f"{shown}: {len(theirs.tables)} tables, {columns} columns, {len(theirs.enums)} enums by {tool};")
    print(f"  {len(found)} differences, {len(reading.unknown)} unknown")
    for line in (*found, *(f"unknown {each.location}: {each.what}" for each in reading.unknown)):
        print(f"  {line}")
    return len(found)


def built(sql: str) -> Schema:
    """The schema that *sql* makes."""
    return apply_all(Schema(), (found for one in read_sql(sql) for found in one.operations))


def differences(ours: Schema, theirs: Schema) -> Iterator[str]:
    """What would have to be done to what the tool builds to get what we read; policies and views aside."""
    spaces = Members({*ours.namespaces, *theirs.namespaces})
    left, right = (replace(each, opaques={}, views={}, namespaces=spaces) for each in (theirs, ours))
    for operation in diff(left, right):
        yield str(operation)
