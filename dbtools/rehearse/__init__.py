"""Run new migrations on a throw-away server and watch: Change -> Report."""

from dbtools.rehearse.room import rehearse
from dbtools.rehearse.settings import RehearseSettings

__all__ = ["RehearseSettings", "rehearse"]
