"""When each statement of a script ran and until when its locks were held, and which of them a wait is owed to."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from time import perf_counter
from typing import NamedTuple

from dbtools.model.expression import Name
from dbtools.pg.probe import Kind, Wait
from dbtools.rehearse.blocking.acts import Act


class Aside(NamedTuple):
    """A time in which the script was held up on purpose: what anybody waited then is owed to that."""

    start: float
    end: float


@dataclass(slots=True)
class Span:
    """One statement, in seconds of ``time.perf_counter``; ``released``: when its transaction was over, None till then.

    ``act`` is None where nobody knows what it does.
    """

    act: Act | None
    start: float
    end: float
    released: float | None = None


class Timeline:
    """Filled while a script runs, asked afterwards."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.asides: list[Aside] = []
        self._able: dict[tuple[Name, Kind], list[Span]] = {}

    def begin(self, act: Act | None) -> Span:
        """A statement begins now."""
        now = perf_counter()
        self.spans.append(Span(act, now, now))
        return self.spans[-1]

    def release(self) -> None:
        """The transaction is over, if there was one."""
        now = perf_counter()
        for span in reversed(self.spans):
            if span.released is not None:
                return
            span.released = now

    def owed(self, wait: Wait) -> Span | None:
        """What took the lock that was waited for; where nothing is known to, what ran for most of the time."""
        key = (wait.table, wait.kind)
        if key not in self._able:
            self._able[key] = [span for span in self.spans if span.act is not None and span.act.blocks(*key)]
        able = [span for span in self._able[key] if span.start < wait.end and not _over(span, wait.start)]
        holding = [span for span in able if span.start <= wait.start]
        return holding[-1] if holding else next(iter(able), self.longest(wait))

    def longest(self, wait: Wait) -> Span | None:
        """The statement that ran for most of the time, if any did."""
        first = bisect_left(self.spans, wait.start, key=lambda span: span.end)
        last = bisect_left(self.spans, wait.end, key=lambda span: span.start)
        return max(self.spans[first:last], key=lambda span: self.seconds(_common(wait, span)), default=None)

    def seconds(self, during: Aside | Wait) -> float:
        """How long that is, without the times in which the script was held up on purpose."""
        return max(0.0, _length(during) - sum(_length(_common(during, aside)) for aside in self.asides))


def _over(span: Span, moment: float) -> bool:
    return span.released is not None and span.released < moment


def _common(one: Aside | Wait, other: Aside | Span) -> Aside:
    return Aside(max(one.start, other.start), min(one.end, other.end))


def _length(time: Aside | Wait) -> float:
    return max(0.0, time.end - time.start)
