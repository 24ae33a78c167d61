"""Reading looks for cycles seldom, and leaves the collector of the program it runs in as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from dbtools.errors import SourceError
from dbtools.garbage import FEW_COLLECTIONS, few_collections
from dbtools.sources import drizzle, kysely, prisma, sqlalchemy


@pytest.fixture(autouse=True)
def _thresholds() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def inside(own: int) -> int:
    gc.set_threshold(own)
    with few_collections():
        return gc.get_threshold()[0]


def test_python_collects_seldom_inside():
    assert inside(700) == FEW_COLLECTIONS


def test_who_collects_more_seldom_or_never_goes_on_so():
    assert inside(FEW_COLLECTIONS * 2) == FEW_COLLECTIONS * 2
    assert inside(0) == 0


@pytest.mark.parametrize(
    ("reader", "path", "text"),
    [
        (prisma, "a.prisma", "model T {\n  id Int @id\n}\n"),
        (drizzle, "a.ts", 'import { pgTable, text } from "drizzle-orm/pg-core";\nexport const t = pgTable("t", {});\n'),
        (kysely, "a.ts", "export interface DB {\n  t: { id: number };\n}\n"),
        (sqlalchemy, "a.py", 'from sqlalchemy import MetaData, Table\nt = Table("t", MetaData())\n'),
        (prisma, "a.prisma", "nothing of the kind"),
    ],
)
def test_a_reader_leaves_the_collector_as_it_was_even_when_it_refuses(reader, path, text):
    gc.set_threshold(701, 11, 12)
    if text == "nothing of the kind":
        with pytest.raises(SourceError):
            reader.read_texts({path: text}, "here")
    else:
        assert reader.read_texts({path: text}, "here").schema.tables
    assert gc.get_threshold() == (701, 11, 12)
