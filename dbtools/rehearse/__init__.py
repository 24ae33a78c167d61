"""Run new migrations on a throw-away server, or undo them in a copy, and watch: Change -> Report."""

from dbtools.rehearse.dry_run import DryRunSettings, dry_run
from dbtools.rehearse.room import rehearse
from dbtools.rehearse.settings import RehearseSettings

__all__ = ["DryRunSettings", "RehearseSettings", "dry_run", "rehearse"]
