"""Kill a migration midway and run it again: does it recover?

What runs in one transaction leaves nothing and is not tried. Of the rest, all kills are made one after the other in one
copy of the database, each in the run that follows the one before, and a last run goes to its end. If that leads to what
an undisturbed run led to, the migration recovers. If not, every kill is made in a copy of its own, until the second run
has been refused twice for the same reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from dbtools.model.expression import Name
from dbtools.model.wording import counted
from dbtools.pg.connect import connect
from dbtools.pg.killed import killed
from dbtools.pg.run import run
from dbtools.rehearse.resume.kill import Kill, kills
from dbtools.rehearse.resume.recovery import Outcome, findings_of
from dbtools.rehearse.state import State, apart, state_of
from dbtools.rehearse.trial import Fact, Scene, Trial
from dbtools.rehearse.watch import Watched
from dbtools.sql.walk import in_transaction
from dbtools.stage import sent

TITLE = "killed, run again"
COPIES = 0  # one where it recovers
ENOUGH = 2  # refusals for one reason
WHOLE = Trial(TITLE, "one transaction")


def applies(scene: Scene) -> bool:
    """Whether a part of it is committed before the rest."""
    return bool(kills(scene))


def perform(scene: Scene, watched: tuple[Watched, ...]) -> Trial | None:
    """Every kill and what came of it; nothing where it fails undisturbed."""
    if scene.after is None or any(each.failed for each in watched):
        return None
    outcomes = _Killer(scene, scene.after).outcomes
    if not outcomes:
        return None
    bad = [each for each in outcomes if not each.recovered]
    count = counted(len(outcomes), "kill")
    if not bad:
        return Trial(TITLE, f"recovers from {count}")
    verb = "fails" if any(each.refused for each in bad) else "differs"
    facts = tuple(
        Fact(each.kill.statement.place.line, each.kill.statement.text, f"{each.kill.said} and run again: {each.said}")
        for each in bad
    )
    return Trial(TITLE, f"{verb} after {len(bad)} of {count}", findings_of(scene, outcomes), facts)


class _Killer:
    """One migration, its kills, and the state that a run leads to which nobody disturbs."""

    def __init__(self, scene: Scene, after: State) -> None:
        self.scene, self.after = scene, after
        self.script = sent(scene.migration.up.text)
        self.whole = in_transaction(scene.migration)

    @property
    def outcomes(self) -> Sequence[Outcome]:
        """What came of every kill that was made."""
        every = kills(self.scene)
        if len(every) > 1 and self._recovers(every):
            return [Outcome(kill) for kill in every]
        found: list[Outcome] = []
        for outcome in filter(None, map(self._alone, every)):
            found.append(outcome)
            if outcome.refused and [each.refused for each in found].count(outcome.refused) == ENOUGH:
                break
        return found

    def _recovers(self, every: Sequence[Kill]) -> bool:
        """Whether it recovers from one kill after the other."""
        with self.scene.copy() as url:
            return all(self._killed(url, kill) for kill in every) and self._again(url, every[-1]).recovered

    def _alone(self, kill: Kill) -> Outcome | None:
        """What came of one kill; None where the first run does not come so far."""
        with self.scene.copy() as url:
            return self._again(url, kill) if self._killed(url, kill) else None

    def _killed(self, url: str, kill: Kill) -> bool:
        """Whether the run came as far as the kill."""
        script = self.script[: kill.number]
        return killed(url, script, whole=self.whole, held=kill.held, guard=self.scene.guard) is None

    def _again(self, url: str, kill: Kill) -> Outcome:
        with connect(url) as connection:
            refused = run(connection, self.script, whole=self.whole, guard=self.scene.guard)
        now = self._state(url)
        invalid = tuple(sorted(_invalid(now) - _invalid(self.after)))
        if refused is not None:
            return Outcome(kill, refused, invalid)
        schema = "" if invalid else apart(now.schema, self.after.schema)
        return Outcome(kill, None, invalid, schema, tuple(self._other_rows(now)))

    def _other_rows(self, now: State) -> Iterator[tuple[Name, str]]:
        """The tables that hold others than after an undisturbed run."""
        for name, tally in self.after.rows.items():
            found = now.rows.get(name)
            if found is None:
                continue
            if found.rows != tally.rows:
                yield name, f"{name} holds {found.rows} rows, not {tally.rows}"
                continue
            other = [each for each, held in tally.columns.items() if found.columns.get(each) != held]
            columns = [each for each in other if (name, each) not in self.changing]
            if columns:
                yield name, f"{name} holds other values in {', '.join(columns)}"

    def _state(self, url: str) -> State:
        """What the database holds now, seen with rights that no script has given up."""
        with connect(url) as connection:
            return state_of(connection, self.scene.closely, self.scene.guard)

    @cached_property
    def changing(self) -> frozenset[tuple[Name, str]]:
        """The columns that are different after each run: the clock, chance and counters fill them."""
        with self.scene.copy() as url:
            with connect(url) as connection:
                run(connection, self.script, whole=self.whole, guard=self.scene.guard)
            second = self._state(url).rows
        return frozenset(
            (name, column)
            for name, tally in self.after.rows.items()
            for column, held in tally.columns.items()
            if name in second and second[name].columns.get(column) != held
        )


def _invalid(state: State) -> frozenset[Name]:
    """The indexes that no query uses, since they were never finished."""
    return frozenset(
        Name(name.namespace, index.name)
        for name, table in state.schema.tables.items()
        for index in table.indexes
        if not index.valid
    )
