"""One column as the two sources of a pair say it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dbtools.drift.clash import UNDECIDED, Clash, Harm, remedy
from dbtools.drift.source import Pair, Source
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.objects import Column
from dbtools.model.operation import Operation


class Said(NamedTuple):
    """What ``truth`` and ``other`` say of one column of ``table``."""

    pair: Pair
    table: Name
    truth: Column
    other: Column

    @property
    def model(self) -> Source | None:
        """The one of the two sources that a client works by, where the other is a database."""
        return self.pair.model

    @property
    def in_database(self) -> Column:
        """The column as the database has it; as the truth says it where both sources are of one sort."""
        return self.pair.database_first(self.truth, self.other)[0]

    @property
    def as_model(self) -> Column:
        """The column as the client takes it to be."""
        return self.pair.database_first(self.truth, self.other)[1]

    def client_default(self, column: Column) -> str:
        """What the client of one of the two columns fills in itself."""
        source = self.pair.truth if column is self.truth else self.pair.other
        return source.client_default(self.table, self.truth.name)

    def can_tell(self, aspect: str) -> bool:
        """Whether both languages have words for *aspect*, and what they say of it was read."""
        return aspect in self.pair.aspects and all(
            source.has_read(aspect, self.table, (self.truth.name,)) for source in (self.pair.truth, self.pair.other)
        )

    @property
    def is_list(self) -> bool:
        """Whether one of the two takes it for a list."""
        return bool(self.truth.type.dimensions or self.other.type.dimensions)

    def clash(
        self, rule: str, aspect: str, show: Callable[[Column], str], harm: Harm, change: Callable[[Column], Operation]
    ) -> Clash:
        """The difference in what *show* makes of the two; *change* gives the database what a column says."""
        return Clash(
            rule,
            harm.severity,
            self.table,
            self.truth.name,
            show(self.truth),
            show(self.other),
            aspect,
            (self.truth.name,),
            harm.text,
            remedy(self.pair, self.truth, self.other, lambda _, wanted: [change(wanted)]),
        )

    def undecided(self, aspect: str, show: Callable[[Column], str]) -> Clash:
        """A note that nobody but a server can tell whether the two are equal."""
        return Clash(
            UNDECIDED,
            Severity.INFO,
            self.table,
            self.truth.name,
            show(self.truth),
            show(self.other),
            aspect,
            (self.truth.name,),
            f"whether the {aspect} is the same cannot be told from its text",
            "spell it the same way in both",
        )
