"""The decorator of the vocabulary does what the standard one does."""

import dataclasses

import pytest

from dbtools.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A point."""

    x: int
    y: int = 2
    note: str = dataclasses.field(default="", compare=False)
    tags: list = dataclasses.field(default_factory=list, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "x", abs(self.x))


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    """A point."""

    x: int
    y: int = 2
    note: str = dataclasses.field(default="", compare=False)
    tags: list = dataclasses.field(default_factory=list, compare=False)


def test_it_is_built_compared_hashed_and_shown_like_the_standard_one():
    ours, standard = Point(1, note="a"), Standard(1, note="a")
    assert repr(ours) == repr(standard).replace("Standard", "Point")
    assert ours == Point(1, note="b")
    assert ours != Point(2)
    assert ours != standard
    assert hash(ours) == hash(standard)
    assert Point.__match_args__ == Standard.__match_args__
    assert Point.__slots__ == Standard.__slots__
    assert Point.__doc__ == "A point."


def test_it_cannot_be_changed_but_replaced():
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 3
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    assert dataclasses.replace(point, y=-5) == Point(1, -5)


def test_it_runs_what_follows_and_makes_a_default_for_each():
    assert Point(-4).x == 4
    assert Point(1).tags is not Point(1).tags


def test_it_refuses_what_a_value_is_not():
    with pytest.raises(TypeError, match="frozen"):
        dataclass(frozen=False, slots=True)
