"""Packages from npm for the tools that a reader is held against."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def installed(oracle: Path) -> Path | None:
    """Where the packages of *oracle* are, a folder with a ``package.json``; None, with a sentence, without node or npm.

    They are pinned there, and come from npm once.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        print(f"node or npm is not here: nothing was held against {oracle.name}", file=sys.stderr)
        return None
    folder = ROOT / ".venv" / "node" / oracle.name
    folder.mkdir(parents=True, exist_ok=True)
    wanted, there = (oracle / "package.json").read_text("utf-8"), folder / "package.json"
    if not (folder / "node_modules").is_dir() or not there.is_file() or there.read_text("utf-8") != wanted:
        there.write_text(wanted, "utf-8")
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)
    return folder
