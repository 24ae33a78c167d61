"""Comments that ask for silence: ``-- dbtools: ignore drop-column until=2027-01-31 the column was never used``.

One that stands before a statement, within it or behind it on its last line is about that statement. One above the first
statement, with an empty line between, is about the whole file, and so is ``ignore-file`` wherever it stands.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date

from dbtools.model.finding import Location
from dbtools.model.ignore import Ignore
from dbtools.sql.grammar import GrammarError, scan
from dbtools.sql.split import Place, Text
from dbtools.sql.walk import statements

MARK = "dbtools:"
DIRECTIVE = re.compile(r"\A(?:--+|/\*+)\s*dbtools:\s*(?P<verb>[\w-]*)(?P<rest>.*?)(?:\*+/)?\s*\Z", re.DOTALL)
RULES = re.compile(r"\s+(?P<rules>[a-zA-Z0-9-]+(?:\s*,\s*[a-zA-Z0-9-]+)*)(?P<rest>.*)\Z", re.DOTALL)
UNTIL = re.compile(r"\buntil=([^\s:;,]*)")
LINE_COMMENT = re.compile(r"--[^\n]*dbtools:[^\n]*")
OTHERS = {"no-transaction", "irreversible"}  # said to the runner's layout and to the rehearsal, not to the rules
NO_WORDS = " \t\r\n:;,.-()\N{EN DASH}\N{EM DASH}"
HOW = "write -- dbtools: ignore RULE REASON"


def ignores(path: str, text: str) -> tuple[Ignore, ...]:
    """Every such comment of a script, in order; what is written wrongly comes with its problem."""
    if MARK not in text:
        return ()
    script = _Script(text)
    found = (_ignore(path, comment, place, script) for comment, place in directives(text))
    return tuple(each for each in found if each is not None)


def directives(text: str) -> Iterator[tuple[str, Place]]:
    """The comments that begin with ``dbtools:``, with their places."""
    from postgast import pg_query_pb2 as pb

    encoded = Text(text.encode("utf-8", "replace"))
    try:
        tokens = [(token.token, token.start, token.end) for token in scan(encoded.data.decode()).tokens]
    except GrammarError:  # a file that the scanner refuses still has lines
        spans = ((len(text[: match.start()].encode()), match[0]) for match in LINE_COMMENT.finditer(text))
        yield from ((comment, encoded.place(start)) for start, comment in spans)
        return
    for token, start, end in tokens:
        if token in (pb.SQL_COMMENT, pb.C_COMMENT):
            comment = encoded.data[start:end].decode()
            if comment.lstrip("-/* \t").startswith(MARK):
                yield comment, encoded.place(start)


def _ignore(path: str, comment: str, place: Place, script: _Script) -> Ignore | None:
    said = DIRECTIVE.match(comment)
    location = Location(path, place.line, place.column)
    if said is None or said["verb"] in OTHERS:
        return None
    if said["verb"] not in {"ignore", "ignore-file"}:
        return Ignore(location, comment, problem=f"dbtools: {said['verb']} means nothing here; {HOW}")
    asked = RULES.match(said["rest"])
    if asked is None:
        return Ignore(location, comment, problem=f"it names no rule; {HOW}")
    first, last = script.about(place, whole=said["verb"] == "ignore-file")
    until, problem = _until(asked["rest"])
    reason = UNTIL.sub("", asked["rest"]).strip(NO_WORDS)
    if not any(character.isalpha() for character in reason):
        problem = problem or f"it gives no reason; {HOW}"
    rules = tuple(rule.strip() for rule in asked["rules"].split(","))
    return Ignore(location, comment, rules, reason, until, first, last, problem)


def _until(rest: str) -> tuple[date | None, str]:
    written = UNTIL.search(rest)
    if written is None:
        return None, ""
    try:
        return date.fromisoformat(written[1]), ""
    except ValueError:
        return None, f"until={written[1]} is no date; write until=2027-01-31"


class _Script:
    """A script by its lines and statements."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.statements = statements(text)
        self.spans = [(each.place.line, each.place.line + each.text.count("\n")) for each in self.statements]
        self.starts = [start for start, _ in self.spans]

    def about(self, place: Place, *, whole: bool) -> tuple[int, int]:
        """The first and last line that a comment at *place* is about; none where no statement follows."""
        every = 1, len(self.lines)
        if whole:
            return every
        number = bisect_right(self.starts, place.line) - 1
        while number >= 0 and self.spans[number][1] >= place.line:
            if not self._begins_after(number, place):
                return self.spans[number]
            number -= 1
        number = bisect_left(self.starts, place.line)
        if number == len(self.spans):
            return 1, 0
        following = self.spans[number]
        between = self.lines[place.line : following[0] - 1]
        return every if number == 0 and any(not line.strip() for line in between) else following

    def _begins_after(self, number: int, place: Place) -> bool:
        """Whether the statement stands behind the comment, on the comment's own line."""
        start = self.statements[number].place
        return (start.line, start.column) > (place.line, place.column)
