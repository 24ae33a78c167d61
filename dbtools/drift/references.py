"""Foreign keys by what they tie together; names do not count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from dbtools.drift.clash import MISSING, Clash, Harm, remedy
from dbtools.drift.matching import matches, present
from dbtools.drift.source import Pair, Source
from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.objects import ForeignKey

# Both refuse to leave a reference behind; only a deferred constraint tells them apart.
REFUSING = frozenset({"NO ACTION", "RESTRICT"})


def reference_clashes(pair: Pair, name: Name) -> Iterator[Clash | None]:
    """One item for each foreign key of the table called *name* and each of its actions."""
    if "foreign key" not in pair.aspects:
        return
    ours = _possible(name, pair.truth, pair.other)
    theirs = _possible(name, pair.other, pair.truth)
    for key, found in matches(ours, theirs, lambda one, other: _ties(one) == _ties(other)):
        yield None
        if "referential action" in pair.aspects:
            yield from (_on_delete(pair, name, key, found), _on_update(pair, name, key, found))
    for key, found in matches(ours, theirs, lambda one, other: sorted(one.columns) == sorted(other.columns)):
        harm = Harm(Severity.ERROR, "values that one accepts are refused by the other with 23503")
        yield _clash(pair, name, ("fk-target", harm), (key, found), _target)
    yield from (_missing(pair, name, (key, None)) for key in ours)
    yield from (_missing(pair, name, (None, key)) for key in theirs)


def _possible(name: Name, own: Source, across: Source) -> list[ForeignKey]:
    """The foreign keys of a table of *own* whose columns and target *across* has too: else that is the difference."""
    there = {column.name for column in across.schema.tables[name].columns}
    found: dict[object, ForeignKey] = {}
    for key in own.schema.tables[name].foreign_keys:
        known = key.target in across.schema.tables or not across.can_lack(key.target)
        if key.enforced and known and there.issuperset(key.columns):
            whole = _whole(key, own)
            found.setdefault(_ties(whole), whole)
    return list(found.values())


def _whole(key: ForeignKey, own: Source) -> ForeignKey:
    """*key* with the columns that it leaves out: the primary key of a table that its file makes only after it."""
    target = own.schema.tables.get(key.target)
    primary = target.primary_key if target and not key.target_columns else None
    return replace(key, target_columns=primary.columns) if primary else key


def _ties(key: ForeignKey) -> object:
    """Which column points at which, in any order."""
    return key.target, frozenset(zip(key.columns, key.target_columns, strict=False)), len(key.columns)


def _on_delete(pair: Pair, table: Name, key: ForeignKey, found: ForeignKey) -> Clash | None:
    actions = {key.on_delete, found.on_delete}
    if len(actions) == 1:
        return None
    harm = Harm(Severity.ERROR, f"deleting a row of {key.target} does {key.on_delete} or {found.on_delete}")
    if actions <= REFUSING:
        harm = Harm(Severity.INFO, "both refuse the delete, RESTRICT at once and NO ACTION at the statement's end")
    return _clash(pair, table, ("fk-on-delete", harm), (key, found), lambda said: f"ON DELETE {said.on_delete}")


def _on_update(pair: Pair, table: Name, key: ForeignKey, found: ForeignKey) -> Clash | None:
    actions = {key.on_update, found.on_update}
    if len(actions) == 1:
        return None
    severity = Severity.ERROR
    if actions <= REFUSING or (actions <= REFUSING | {"CASCADE"} and _is_surrogate(pair.truth, key)):
        severity = Severity.INFO
    harm = Harm(severity, f"changing the key of a row of {key.target} does {key.on_update} or {found.on_update}")
    return _clash(pair, table, ("fk-on-update", harm), (key, found), lambda said: f"ON UPDATE {said.on_update}")


def _is_surrogate(source: Source, key: ForeignKey) -> bool:
    """Whether the target is a key that means nothing and so never changes."""
    table = source.schema.tables.get(key.target)
    primary = table.primary_key if table else None
    if table is None or primary is None or primary.columns != key.target_columns or len(primary.columns) != 1:
        return False
    column = table.column(primary.columns[0])
    return column is not None and bool(
        column.identity or column.type.base == "uuid" or column.name.lower().endswith("id")
    )


def _missing(pair: Pair, table: Name, said: tuple[ForeignKey | None, ForeignKey | None]) -> Clash:
    in_database, _ = pair.database_first(*(key is not None for key in said))
    if pair.model is not None and in_database:
        harm = Harm(Severity.WARNING, f"{pair.model.client} does not know the relation, and {pair.model.loses}")
    else:
        harm = Harm(Severity.ERROR, "rows that point nowhere enter where it is missing")
    return _clash(pair, table, ("fk-missing", harm), said, _target)


def _target(key: ForeignKey) -> str:
    return f"→ {key.target}({','.join(key.target_columns)})"


def _clash(
    pair: Pair,
    table: Name,
    judged: tuple[str, Harm],
    said: tuple[ForeignKey | None, ForeignKey | None],
    show: Callable[[ForeignKey], str],
) -> Clash:
    rule, harm = judged
    truth, other = said
    shown = present(truth, other)

    def change(had: ForeignKey | None, wanted: ForeignKey) -> Iterator[op.Operation]:
        if had is not None:
            yield op.DropConstraint(table, had.name)
        yield op.AddConstraint(table, wanted)

    return Clash(
        rule,
        harm.severity,
        table,
        f"({','.join(shown.columns)})",
        show(truth) if truth else MISSING,
        show(other) if other else MISSING,
        "referential action" if rule.startswith("fk-on") else "foreign key",
        shown.columns,
        harm.text,
        remedy(pair, truth, other, change),
    )
