"""Whether all definitions of one database say the same: Readings -> Report."""

from dbtools.drift.judge import DriftSettings, drift

__all__ = ["DriftSettings", "drift"]
