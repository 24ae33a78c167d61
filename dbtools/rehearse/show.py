"""What was watched, as tables and as evidence for findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from dbtools.model.finding import Location
from dbtools.model.migration import Migration
from dbtools.model.report import TableSection
from dbtools.rehearse.trial import Fact, Trial
from dbtools.rehearse.watch import WATCHED, Watched

COUNTED = ("locks", "rewritten", "scanned", "built", "lost")
LONGEST = 40
LONG = 100.0  # milliseconds
MUCH_LOG = 64 * 1024  # bytes


def overview(done: Iterable[tuple[Migration, tuple[Watched, ...], tuple[Trial, ...]]], version: int) -> TableSection:
    """One line per migration; what none of them did has no column, what any was tried with has one."""
    lines = list(done)
    counted = [_counts(watched) for _, watched, _ in lines]
    happened = [name for name in COUNTED if any(counts[name] for counts in counted)]
    titles = tuple(dict.fromkeys(trial.title for _, _, trials in lines for trial in trials))
    rows = tuple(
        (
            migration.name,
            str(len(watched)),
            *(str(counts[name]) for name in happened),
            f"{sum(each.observation.milliseconds for each in watched):.0f}",
            *_results(trials, titles),
        )
        for (migration, watched, trials), counts in zip(lines, counted, strict=True)
    )
    header = ("migration", "statements", *happened, "ms", *titles)
    return TableSection(f"Seen on PostgreSQL {version}", header, rows)


def _counts(watched: tuple[Watched, ...]) -> dict[str, int]:
    effects = [each.observation.effects for each in watched]
    locks = sum(mode > WATCHED for each in effects for mode in each.locks.values())
    rewrites = len({name for each in effects for name in each.rewrites})
    scans = len({name for each in effects for name in each.scans})
    builds = len({name for each in effects for name in each.builds})
    lost = sum(len(each.losses) for each in watched)
    return dict(zip(COUNTED, (locks, rewrites, scans, builds, lost), strict=True))


def _results(trials: tuple[Trial, ...], titles: tuple[str, ...]) -> tuple[str, ...]:
    found = {trial.title: trial.result for trial in trials}
    return tuple(found.get(title, "") for title in titles)


def details(migration: Migration, watched: tuple[Watched, ...], trials: tuple[Trial, ...] = ()) -> TableSection | None:
    """The statements that worked on what stood before, or failed or lost something, and what the trials add."""
    worth = [each for each in watched if each.failed or each.losses or _works(each) or _took_long(each)]
    facts = [Fact(each.statement.place.line, each.statement.text, "; ".join(_all_facts(each))) for each in worth]
    facts.extend(fact for trial in trials for fact in trial.facts)
    if not facts:
        return None
    rows = tuple((f"{fact.line}", short(fact.statement), fact.seen) for fact in sorted(facts, key=itemgetter(0)))
    return TableSection(migration.up.path, ("line", "statement", "what the server did"), rows)


def _works(watched: Watched) -> bool:
    effects = watched.observation.effects
    return bool(effects.rewrites or effects.scans or effects.builds)


def _took_long(watched: Watched) -> bool:
    """Or had the server say something."""
    return watched.observation.milliseconds >= LONG or bool(_said(watched))


def _said(watched: Watched) -> list[str]:
    """The server's notices, but that IF EXISTS had nothing to do, which is why one writes it."""
    notices = dict.fromkeys(" ".join(notice.split()) for notice in watched.observation.notices)
    return [notice for notice in notices if not notice.endswith("does not exist, skipping")]


def short(text: str) -> str:
    """The beginning of a statement, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _all_facts(watched: Watched) -> Iterator[str]:
    """What is evidence, then what is told for its own sake: one run's size of the log, the server's own words."""
    yield from _facts(watched)
    if watched.observation.milliseconds >= LONG:
        yield f"took {watched.observation.milliseconds / 1000:,.1f} s"
    if watched.observation.wal >= MUCH_LOG:
        yield f"wrote {watched.observation.wal / 1024:,.0f} kB of WAL"
    for notice in _said(watched):
        yield f"said: {notice}"


def summary_of(watched: Watched) -> str:
    """One sentence of facts: locks, work, losses, failure."""
    return "; ".join(_facts(watched))


def _facts(watched: Watched) -> Iterator[str]:
    observation = watched.observation
    effects = observation.effects
    if observation.error is not None:
        yield f"failed with {effects.fails}: {observation.error}"
    strong = sorted((name, mode) for name, mode in effects.locks.items() if mode > WATCHED)
    for mode, pairs in groupby(sorted(strong, key=itemgetter(1), reverse=True), key=itemgetter(1)):
        yield f"{mode} on {', '.join(str(name) for name, _ in pairs)}"
    if effects.rewrites:
        yield f"rewrote {', '.join(map(str, sorted(effects.rewrites)))}"
    scanned = [
        f"{name} ({observation.scanned[name]} rows)" for name in sorted(effects.scans) if name in observation.scanned
    ]
    if scanned and not effects.rewrites:
        yield f"read all of {', '.join(scanned)}"
    if effects.builds:
        yield f"built {', '.join(name.local for name in sorted(effects.builds))}"
    yield from watched.losses


def seen_at(watched: Watched, version: int, trials: Iterable[Trial] = ()) -> Iterator[tuple[Location, str]]:
    """The evidence for every place of the statement, where the server confirmed what was foretold."""
    if watched.confirmed:
        statement = (watched.statement.place.line, watched.statement.text)
        more = [fact.seen for trial in trials for fact in trial.facts if fact[:2] == statement]
        text = "; ".join(filter(None, (summary_of(watched), *more))) or "nothing that anybody waits for"
        for place in {watched.statement.place, *watched.statement.places}:
            yield Location(watched.migration.up.path, place.line, place.column), f"PostgreSQL {version}: {text}"
