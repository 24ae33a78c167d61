"""The names and words by which runners are told; apart from them, so that only the runner that is there is loaded."""

from __future__ import annotations

import re

# Drizzle
JOURNAL = "meta/_journal.json"
BREAKPOINT = "--> statement-breakpoint"
# Prisma, and Drizzle since 1.0
SCRIPT, LOCK, SNAPSHOT = "migration.sql", "migration_lock.toml", "snapshot.json"
# golang-migrate, sqlx
UP, DOWN = ".up.sql", ".down.sql"
# Diesel
UP_SCRIPT, DOWN_SCRIPT, METADATA = "up.sql", "down.sql", "metadata.toml"
# Flyway
FLYWAY = re.compile(r"(?P<kind>[VU])(?P<version>\d[\d._]*?)__.*\.sql\Z|(?P<repeatable>R)__.*\.sql\Z", re.DOTALL)
CONFIGURATION = ".conf"
# Sqitch
PLAN, SETTINGS = "sqitch.plan", "sqitch.conf"
# goose, sql-migrate, dbmate, node-pg-migrate: what a marker holds, in lower case
MARKERS = ("+goose", "+migrate", "migrate:", " migration")
# What something may come in the place of
PLACEHOLDER = re.compile(r"\{[{%#]|\$\{|:(?<![:\w\])\[\"']:)[A-Za-z_\"']")
