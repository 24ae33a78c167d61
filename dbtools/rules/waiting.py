"""Locks that are held for a moment: the harm is in waiting for them, while everybody else queues behind.

A statement that waits for a strong lock makes every later query on the table wait for it in turn, so one slow report
is enough to stop them all. lock_timeout bounds that; nothing else does. Half of all real migrations take such a
lock, so it is an info: missing-lock-timeout says once per file what to do about it.
"""

from __future__ import annotations

import re

from dbtools.model.effects import LockMode
from dbtools.model.expression import Name
from dbtools.model.past import Done
from dbtools.rules.base import Context

FOR_EVER = re.compile(r"\s*-?0*(?:\.0*)?\s*(?:us|ms|s|min|h|d)?\s*", re.IGNORECASE)
GIVES_UP = "SET lock_timeout = '2s';"


def is_bounded(context: Context) -> bool:
    """Whether lock_timeout ends the wait for a lock; 0 means for ever."""
    return FOR_EVER.fullmatch(context.session.lock_timeout) is None


def strong(context: Context, at_least: LockMode = LockMode.SHARE) -> dict[Name, LockMode]:
    """What the statement itself locks that strongly, of the tables that were there before the change."""
    return {
        name: mode
        for name, mode in context.statement.locks.items()
        if mode >= at_least and context.existed(name) and name not in context.before.sequences
    }


def place(context: Context, done: Done) -> str:
    """Where an earlier statement stands: ``line 3``, with its file where that is another."""
    if done.location.path == context.location.path:
        return f"line {done.location.line}"
    return str(done.location)


def held(context: Context, table: Name) -> str:
    """``the transaction holds ACCESS EXCLUSIVE on it since line 3``, empty where it holds no such strong lock."""
    mode, done = context.transaction.held(table), context.transaction.taken(table)
    if mode is None or done is None or not mode.blocks_writes:
        return ""
    return f"the transaction holds {mode} on {table} since {place(context, done)}"
