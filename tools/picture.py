"""Draw docs/report.svg, the picture in the README, from what ``tools/demo.py`` really prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 108


def main() -> None:
    """Everything that the first review says up to the rehearsal's own section, and its verdict."""
    environment = os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(WIDTH)}
    command = [sys.executable, "tools/demo.py"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    review = done.stdout.split("$ dbtools review --base main\n", 1)[1].split("(exit code 1)", 1)[0].strip().splitlines()
    end = next(number for number, line in enumerate(review) if re.search(r"rehearse\S*: 1 migration", line))
    console = Console(record=True, width=WIDTH, file=StringIO())
    console.print(Text("$ dbtools review --base main\n"))
    for line in (*review[:end], "…", "", review[-1]):
        console.print(Text.from_ansi(line))
    console.save_svg(str(ROOT / "docs/report.svg"), title="dbtools")


if __name__ == "__main__":
    main()
