"""The sizes of production's tables, as a file that can be in git: it holds no rows and names no server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dbtools.errors import SourceError
from dbtools.model.expression import Name
from dbtools.model.sizes import Sizes, TableSize

VERSION = 1
HOW = "write it with dbtools stats export URL"


def read_text(text: str, path: str) -> Sizes:
    """The sizes that *text*, the content of *path*, says; SourceError where it says none."""
    try:
        said = json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(f"{path}:{error.lineno}: this is not JSON: {error.msg}", hint=HOW) from None
    if not isinstance(said, dict) or said.get("version") != VERSION or not isinstance(said.get("tables"), list):
        raise SourceError(f"{path} holds no sizes that this version of dbtools reads", hint=HOW)
    return Sizes(dict(_table(each, path) for each in said["tables"]), str(said.get("taken", "")))


def _table(said: Any, path: str) -> tuple[Name, TableSize]:
    try:
        size = TableSize(int(said["rows"]), int(said["bytes"]), int(said["index_bytes"]), _number(said["writes"]))
        return Name(str(said["namespace"]), str(said["table"])), size
    except (KeyError, TypeError, ValueError):
        raise SourceError(f"{path}: {json.dumps(said)[:80]} is not the size of a table", hint=HOW) from None


def _number(said: Any) -> float | None:
    return None if said is None else float(said)


def text_of(sizes: Sizes) -> str:
    """The file: a line for each table, in the order of their names."""
    lines = ",\n".join(
        "  " + json.dumps(_said(name, sizes.tables[name]), ensure_ascii=False) for name in sorted(sizes.tables)
    )
    head = f'{{"version": {VERSION}, "taken": {json.dumps(sizes.taken)}, "tables": ['
    return f"{head}\n{lines}\n]}}\n" if lines else f"{head}]}}\n"


def _said(name: Name, size: TableSize) -> Mapping[str, object]:
    figures = {"rows": size.rows, "bytes": size.bytes, "index_bytes": size.index_bytes, "writes": size.writes}
    return {"namespace": name.namespace, "table": name.local, **figures}
