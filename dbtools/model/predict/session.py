"""What a statement runs in: the server, and what its transaction has done so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from dbtools.model.entries import Entries, Members
from dbtools.model.expression import Name

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

NEWEST = 18
NO_NAMES: Members[Name] = Members()
NO_LABELS: Entries[str, frozenset[Name]] = Entries()
VIRTUAL_SINCE = 18
SET_EXPRESSION_SINCE = 17
NO_OPTIONS_ON_PARTITIONED_SINCE = 16
EXCLUSION_ON_PARTITIONED_SINCE = 17
IDENTITY_ON_PARTITIONS_SINCE = 17
NOT_NULL_HAS_A_NAME_SINCE = 18
NAMED_NOT_NULL_SINCE = 17


@dataclass(frozen=True, slots=True)
class Session:
    """A server of major ``version`` and the state of one connection.

    ``in_transaction``: inside a transaction block, explicit or the runner's. ``timezone``: the session's
    TimeZone, None where nobody knows it. ``empty``: tables known to hold no rows. ``new_labels``: enum labels
    added in this transaction, with their enums. ``new_types``: enums created in this transaction. ``pending``: tables
    whose deferred checks wait for the end of this transaction; ``perhaps_pending``: if a row was found.
    ``lock_timeout``: how long a statement waits for a lock, as written; empty where nobody set it, which is for ever.
    """

    version: int = NEWEST
    in_transaction: bool = False
    timezone: str | None = "UTC"
    empty: Members[Name] = NO_NAMES
    new_labels: Entries[str, frozenset[Name]] = NO_LABELS
    new_types: Members[Name] = NO_NAMES
    pending: Members[Name] = NO_NAMES
    perhaps_pending: Members[Name] = NO_NAMES
    lock_timeout: str = ""

    def unsafe(self, texts: Iterable[str]) -> Iterator[tuple[Name, str]]:
        """The labels among *texts*, with their enums, that may not be used before this transaction is committed.

        Those of an enum that is as new may be used since 17 (measured on 18).
        """
        for text in sorted(texts) if self.new_labels else ():
            for enum in sorted(self.new_labels.get(text, ())):
                if self.version < SET_EXPRESSION_SINCE or enum not in self.new_types:
                    yield enum, text

    def with_label(self, enum: Name, label: str) -> Entries[str, frozenset[Name]]:
        """``new_labels`` with one more."""
        return self.new_labels.having(label, self.new_labels.get(label, frozenset()) | {enum})
