"""Hold predict against every PostgreSQL that is here, each pair of shape and statement: ``make versions``."""

from __future__ import annotations

import os
import subprocess
import sys

from servers import folders

MEASURED = (15, 16, 18)
TESTS = (
    "tests/model/test_predict.py", "tests/model/test_predict_variations.py", "tests/model/test_predict_shapes.py",
    "tests/rules/test_proof.py", "tests/pg/test_observe_oracle.py", "tests/rehearse/test_rehearse.py",
    "tests/rehearse/test_planted.py", "tests/rehearse/test_dry_run.py",
)  # fmt: skip


def main() -> int:
    """Run the tests on each version; 1 when one of them failed."""
    here, failed = folders(everywhere=True), False
    for major in MEASURED:
        if major not in here:
            print(f"PostgreSQL {major}: skipped, it is not here; name its programs in DBTOOLS_PG_BIN", flush=True)
            continue
        folder = here[major]
        print(f"PostgreSQL {major}: {folder or 'embedded'}", flush=True)
        environment = {**os.environ, "DBTOOLS_EXHAUSTIVE": "1", "CI": "1"}
        if folder is not None:
            environment["DBTOOLS_PG_BIN"] = str(folder)
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", *TESTS, *sys.argv[1:]]
        failed |= subprocess.run(command, env=environment, check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
