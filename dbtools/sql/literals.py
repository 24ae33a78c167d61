"""String constants spelled one way, so that two that mean the same value are the same text.

``plain`` goes by the form alone: JSON, dates and times of a server whose time zone is UTC, as CI's are.
"""

from __future__ import annotations

import json
import re

MICROSECONDS = {
    "microsecond": 1, "millisecond": 1000, "second": 10**6, "minute": 60 * 10**6, "hour": 3600 * 10**6,
}  # fmt: skip
DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "year": 12, "decade": 120, "century": 1200, "millennium": 12000}
UNITS = MONTHS | DAYS | MICROSECONDS
SHORT = {
    "us": "microsecond", "usec": "microsecond", "ms": "millisecond", "msec": "millisecond", "s": "second",
    "sec": "second", "m": "minute", "min": "minute", "h": "hour", "hr": "hour", "d": "day", "w": "week", "mon": "month",
    "y": "year", "yr": "year", "centuries": "century", "millennia": "millennium",
}  # fmt: skip
# Compiled where they are used, by re, which keeps them: few defaults are moments.
AMOUNT = r"(?i)([-+]?\d+(?:\.\d+)?)\s*([a-z]+)|([-+]?)(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?"
VERBOSE = r"(?i)\s*(?:[-+]?\d+(?:\.\d+)?\s*[a-z]+\s*|[-+]?\d+:\d\d(?::\d\d(?:\.\d+)?)?\s*)+"
MOMENT = r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|[+-]00(?::?00)?)?"
CLOCK = r"(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)([+-]\d\d)?"
ZERO_SECONDS = r"(?<=:\d\d):00(?:\.0+)?$"


def plain(text: str) -> str:
    """JSON and moments spelled one way; anything else as it is."""
    if text[:1] in {"{", "["} and text[-1:] in {"}", "]"}:
        return _json(text)
    if moment := re.fullmatch(MOMENT, text.strip()):
        time = re.sub(ZERO_SECONDS, "", moment[2] or "00:00")
        return moment[1] if time == "00:00" else f"{moment[1]} {time}"
    return text


def clock(text: str) -> str:
    """A time of day without needless seconds."""
    found = re.fullmatch(CLOCK, text.strip())
    return re.sub(ZERO_SECONDS, "", found[1]) + (found[2] or "") if found else text


def interval(text: str) -> str:
    """An interval in words and digits as ``1 mon 2 day 03:04:05``; what is none, or not in such words, as it is."""
    if not re.fullmatch(VERBOSE, text):
        return text
    months = days = microseconds = 0.0
    for amount, word, sign, hours, minutes, seconds in re.findall(AMOUNT, text):
        if not word:
            time = int(hours) * 3600 + int(minutes) * 60 + float(seconds or 0)
            microseconds += (-1 if sign == "-" else 1) * time * 10**6
            continue
        unit = word.lower()
        unit = SHORT.get(unit) or SHORT.get(unit.removesuffix("s")) or unit.removesuffix("s")
        if unit not in UNITS:
            return text
        months += float(amount) * MONTHS.get(unit, 0)
        days += float(amount) * DAYS.get(unit, 0)
        microseconds += float(amount) * MICROSECONDS.get(unit, 0)
    if not (months.is_integer() and days.is_integer()):
        return text
    return _spelled(int(months), int(days), round(microseconds))


def _spelled(months: int, days: int, microseconds: int) -> str:
    seconds, fraction = divmod(abs(microseconds), 10**6)
    minus = "-" if microseconds < 0 else ""
    time = f"{minus}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if fraction:
        time += f".{fraction:06}".rstrip("0")
    parts = [f"{months} mon" if months else "", f"{days} day" if days else "", time if microseconds else ""]
    return " ".join(part for part in parts if part) or "00:00:00"


def _json(text: str) -> str:
    try:
        return json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
