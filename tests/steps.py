"""What code does, counted: the same number on every machine, however busy it is."""

import gc
import sys
from collections.abc import Callable


def steps(work: Callable[[], object]) -> int:
    """The lines of Python that *work* runs; a loop counts once per turn, what C does once per call."""
    count = 0

    def line(_frame, event, _argument):
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()  # coverage's
    gc.disable()  # what it calls back belongs to others
    sys.settrace(line)
    try:
        work()
    finally:
        sys.settrace(before)
        gc.enable()
    return count
