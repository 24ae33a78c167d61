"""Run new migrations on a throw-away server and watch: Change -> Report."""

from dbtools.rehearse.room import RehearseSettings, rehearse

__all__ = ["RehearseSettings", "rehearse"]
