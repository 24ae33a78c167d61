"""A bad change, stopped: ``python tools/demo.py`` in a checkout with dbtools installed.

In a temporary clone a branch drops a column that is still read, narrows a type and builds an index the blocking
way. The review stops it (exit 1); with the commit reverted it says in one line that nothing changed (exit 0).
Exits 0 when both happened.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UP = """\
-- Friday evening: tidy up before the release.
ALTER TABLE "User" DROP COLUMN "passwordHash";

ALTER TABLE "Transaction" ALTER COLUMN "createdAt" TYPE date;

CREATE INDEX "BehaviorLog_path_idx" ON "BehaviorLog" ("path");
"""
DOWN = """\
DROP INDEX "BehaviorLog_path_idx";

ALTER TABLE "Transaction" ALTER COLUMN "createdAt" TYPE timestamp(3);

ALTER TABLE "User" ADD COLUMN "passwordHash" text NOT NULL DEFAULT '';
"""


def main() -> int:
    """Show both reviews; 0 when the first exits with 1 and the second with 0."""
    with tempfile.TemporaryDirectory(prefix="dbtools-demo-") as folder:
        clone = Path(folder) / "project"
        git(ROOT, "clone", "--quiet", str(ROOT), str(clone))
        git(clone, "switch", "--quiet", "-C", "main")
        git(clone, "switch", "--quiet", "-c", "friday-release")
        (clone / "migrations/0007_tidy_up.up.sql").write_text(UP, encoding="utf-8")
        (clone / "migrations/0007_tidy_up.down.sql").write_text(DOWN, encoding="utf-8")
        git(clone, "add", "migrations")
        git(clone, "commit", "--quiet", "-m", "Tidy up before the release")
        stopped = review(clone, "The branch friday-release adds migrations/0007_tidy_up.up.sql:", UP)
        git(clone, "revert", "--no-edit", "HEAD")
        passed = review(clone, "The commit is reverted:")
    return int((stopped, passed) != (1, 0))


def review(clone: Path, title: str, body: str = "") -> int:
    """Run the review in *clone* and say how it exited."""
    print(f"\n{title}\n")
    if body:
        print("".join(f"    {line}\n" for line in body.splitlines()))
    print("$ dbtools review --base main\n", flush=True)
    program = Path(sys.executable).with_name("dbtools")  # not -m, which would run the clone's own code
    done = subprocess.run([program, "review", "--base", "main"], cwd=clone, check=False)
    print(f"\n(exit code {done.returncode})", flush=True)
    return done.returncode


def git(folder: Path, *arguments: str) -> None:
    """One git command, with an author of its own so that none need be configured."""
    who = {"NAME": "Demo", "EMAIL": "demo@example.com"}
    names = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    subprocess.run(["git", *arguments], cwd=folder, check=True, env=os.environ | names, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
