"""The safe form of a statement: what to run in its place, cut where one file must end and the next begin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dbtools.model.value import dataclass

THEN = "-- in a later migration:"
ALONE = "-- in a migration of its own, outside a transaction (its first line: -- dbtools: no-transaction):"


@dataclass(frozen=True, slots=True)
class Step:
    """What one migration file holds: statements without their semicolons.

    ``transaction`` is False for the one statement that refuses a transaction block. ``after`` is what must have
    happened before it besides the step before, such as a deployment. A first step that holds nothing puts the rest
    into a later migration than the one where the statement stood.
    """

    sql: tuple[str, ...]
    transaction: bool = True
    after: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in their order. ``instead``: in what it differs from what was asked for, empty when it reaches the same."""

    steps: tuple[Step, ...]
    instead: str = ""

    @property
    def ready(self) -> tuple[Step, ...]:
        """The steps that can be written now: those before the first that waits for something else."""
        waiting = (number for number, step in enumerate(self.steps) if step.after)
        return self.steps[: next(waiting, len(self.steps))]

    @property
    def waits_for(self) -> str:
        """What the first step that cannot be written yet waits for; empty when all can be."""
        return next((step.after for step in self.steps if step.after), "")


def plan(*steps: Step | Iterable[Step], instead: str = "") -> Plan:
    """A plan of steps, and of steps of other plans."""
    return Plan(tuple(_flat(steps)), instead)


def _flat(steps: Iterable[Step | Iterable[Step]]) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, Step):
            yield step
        else:
            yield from step


def script(steps: Iterable[Step]) -> str:
    """Steps as SQL to read: one statement a line, a comment before each step that says where it goes."""
    lines: list[str] = []
    for number, step in enumerate(steps):
        if number and step.after:
            lines.append(f"-- once {step.after}:")
        elif number and step.transaction:
            lines.append(THEN)
        if not step.transaction:
            lines.append(ALONE)
        lines += [f"{statement};" for statement in step.sql]
    return "\n".join(lines)


def spelled_out(hint: str, plan: Plan | None) -> str:
    """A hint with the SQL of its plan below it."""
    if plan is None:
        return hint
    return f"{hint}:\n{script(plan.steps)}" if hint else script(plan.steps)
