"""What earlier statements of a transaction did, as a rule asks for it."""

from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.operation import LockTable, RenameTable
from dbtools.model.past import Done, Log

A, B = Name("public", "a"), Name("public", "b")


def done(mode, *names, line=1, operation=None):
    operation = operation or LockTable(names, mode)
    return Done(operation, Effects(dict.fromkeys(names, mode)), Location("x.sql", line))


def test_the_strongest_lock_is_held_and_its_first_taker_named():
    log = Log()
    log.add(done(LockMode.SHARE, A, line=1))
    log.add(done(LockMode.ACCESS_EXCLUSIVE, A, line=2))
    log.add(done(LockMode.ACCESS_EXCLUSIVE, A, line=3))
    past = log.now()
    assert past.held(A) is LockMode.ACCESS_EXCLUSIVE
    assert past.taken(A).location.line == 2
    assert past.held(B) is past.taken(B) is None


def test_a_moment_does_not_see_what_came_after_it():
    log = Log()
    log.add(done(LockMode.SHARE, A))
    moment = log.now()
    log.add(done(LockMode.ACCESS_EXCLUSIVE, A, B))
    assert moment.held(A) is LockMode.SHARE
    assert list(moment.exclusive()) == []
    assert len(moment) == len(list(moment)) == 1
    assert [name for name, _ in log.now().exclusive()] == [A, B]


def test_a_renamed_table_keeps_its_lock():
    log = Log()
    log.add(done(LockMode.ACCESS_EXCLUSIVE, A, operation=RenameTable(A, "b")))
    assert log.now().held(B) is LockMode.ACCESS_EXCLUSIVE


def test_a_lock_that_blocks_writes_is_listed_once_and_never_that_of_a_table_nobody_uses_yet():
    log = Log()
    log.add(done(LockMode.ROW_EXCLUSIVE, A, line=1))
    log.add(done(LockMode.SHARE, A, line=2))
    log.add(done(LockMode.ACCESS_EXCLUSIVE, A, line=3))
    log.add(done(LockMode.ACCESS_EXCLUSIVE, B, line=4), born={B})
    assert [(name, each.location.line) for name, each in log.now().blocking()] == [(A, 2)]
    assert [(name, each.location.line) for name, each in log.now().exclusive()] == [(A, 3)]
    assert log.now().held(B) is LockMode.ACCESS_EXCLUSIVE


def test_a_lock_taken_after_the_savepoint_is_free_and_an_earlier_one_is_held():
    log = Log()
    log.add(done(LockMode.SHARE, A, line=1))
    log.add(done(LockMode.ACCESS_EXCLUSIVE, A, B, line=2))
    log.add(done(LockMode.ACCESS_EXCLUSIVE, B, line=3, operation=RenameTable(B, "c")))
    back = log.undone(1).now()
    assert (back.held(A), back.held(B), back.held(Name("public", "c"))) == (LockMode.SHARE, None, None)
    assert [name for name, _ in back.blocking()] == [A]
    assert list(back.exclusive()) == []
    assert log.now().held(A) is LockMode.ACCESS_EXCLUSIVE
