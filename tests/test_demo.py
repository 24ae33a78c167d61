"""What ``make demo`` shows: a bad change stopped, and silence once it is reverted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.server
def test_the_demo_stops_the_bad_change_and_passes_the_revert():
    command = [sys.executable, "tools/demo.py"]
    wide = os.environ | {"COLUMNS": "400"}
    done = subprocess.run(command, cwd=ROOT, env=wide, capture_output=True, text=True, check=False)
    stopped, passed = done.stdout.split("The commit is reverted:")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "(exit code 1)" in stopped
    for expected in (
        "migrations/0007_tidy_up.up.sql:2", "migrations/0007_tidy_up.up.sql:4", "migrations/0007_tidy_up.up.sql:6",
        "schema/schema.prisma", "ACCESS EXCLUSIVE on User", "rewrote Transaction",
        "values of User.passwordHash are lost", "do not fit date", "CREATE INDEX CONCURRENTLY",
    ):  # fmt: skip
        assert expected in stopped
    review = [line for line in passed.splitlines() if line and not line.startswith(("$", "("))]
    assert len(review) == 1
    assert "(exit code 0)" in passed
