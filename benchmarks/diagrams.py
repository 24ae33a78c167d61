"""dbtools erd beside eralchemy2 and paracelsus on the same made-up models, in the same run: ``make bench``.

The models are SQLAlchemy's, the one language that all three read. In memory, each draws what it has parsed already:
dbtools its pages, one per domain, with the whole schema and an index; the others their one Mermaid diagram. As
programs, each starts, reads the models (or a database, as eralchemy2 does too) and writes. What is wrong with the
diagrams is counted. Every figure is the least of several runs, and what is compared are ratios.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

BIN = Path(sys.executable).parent
SIZES = (20, 300, 1000)
ROUNDS = {20: 5, 300: 3, 1000: 2}
ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("dbtools", "paracelsus", "eralchemy2")
# Mermaid draws an error instead of a longer diagram.
LONGEST = 50_000
HEAD = """from decimal import Decimal
from sqlalchemy import ForeignKey, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass
"""
MODEL = """

class T{n}(Base):
    __tablename__ = "{area}_{n:04}"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True, comment="what people call it")
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    note: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool]
    parent_id: Mapped[int] = mapped_column(ForeignKey("{parent}.id"))
"""
SECOND = """    other_id: Mapped[int | None] = mapped_column(ForeignKey("{other}.id"), unique={single})
"""
AREAS = 10


def models(tables: int) -> str:
    """Models of that many tables in ten areas, 1.3 keys each: some may be null, some are unique."""
    return HEAD + "".join(model(n) for n in range(tables))


def model(n: int) -> str:
    """One of them."""
    text = MODEL.format(n=n, area=area(n), parent=table(n // 2))
    return text + (SECOND.format(other=table(n // 3), single=n % 2 == 0) if has_second(n) else "")


def has_second(n: int) -> bool:
    """Whether the n-th table has two keys."""
    return 0 < n % 10 < 4


def area(n: int) -> str:
    """Tables that follow each other in tens belong together."""
    return f"area{n // 10 % AREAS}"


def table(n: int) -> str:
    """The name of the n-th table."""
    return f"{area(n)}_{n:04}"


def main() -> int:
    """Print the tables."""
    missing = [name for name in TOOLS[1:] if find_spec(name) is None]
    if missing:
        sys.stderr.write(f"{missing[0]} is not here: make bench installs it, or pip install {missing[0]}\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="dbtools-bench-") as scratch:
        folders = {size: project(Path(scratch) / str(size), size) for size in SIZES}
        print("CPU ms from what was parsed before: dbtools all its pages, the others one diagram; goal 1,000 for 1,000")
        printed(in_memory(folders))
        print("\nCPU ms of the whole program: start, read the models, write")
        printed(as_programs(folders))
        print(f"\nthe diagrams of {SIZES[-1]:,} tables")
        for name in TOOLS:
            print(f"  {name:12}{judged(written(name, folders[SIZES[-1]]), SIZES[-1])}")
        print("\nCPU ms of the whole program: start, read a database, write")
        printed(from_database(folders))
    hook()
    return 0


def project(folder: Path, size: int) -> Path:
    """A folder with the models and the settings of all three."""
    folder.mkdir()
    (folder / "app_models.py").write_text(models(size))
    domains = {f"area{n}": {"tables": [f"area{n}_*"]} for n in range(min(AREAS, -(-size // 10)))}
    settings = {"sources": {"sqlalchemy": "app_models.py"}, "erd": {"domains": domains}}
    (folder / "dbtools.yaml").write_text(json.dumps(settings))
    (folder / "pyproject.toml").write_text('[tool.paracelsus]\nbase = "app_models:Base"\n')
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


INSIDE = {
    "dbtools": """
from dbtools.cli._call import Call
from dbtools.cli._project import pages_of, project_of
from dbtools.change import Scope, gather
from dbtools.erd import erd
config = Call().config
schema = gather(project_of(config), Scope(everything=True)).head
pages = pages_of(config)
draw = lambda: erd(schema, pages, {})
""",
    "paracelsus": """
from app_models import Base
from paracelsus.transformers.mermaid import Mermaid
draw = lambda: str(Mermaid(Base.metadata, "preserve-order"))
""",
    "eralchemy2": """
from app_models import Base
from eralchemy2 import render_er
draw = lambda: render_er(Base.metadata, "eralchemy2.out", mode="mermaid_er")
""",
}
TIMED = """
import time
times = []
for _ in range({rounds}):
    start = time.process_time()
    draw()
    times.append(time.process_time() - start)
print(min(times) * 1000)
"""
LIVE = """
import sys
from pathlib import Path
from dbtools.cli._call import Call
from dbtools.cli._files import write
from dbtools.cli._project import pages_of
from dbtools.erd import erd
from dbtools.sources import live
schema = live.read(sys.argv[1], "the database").schema
write(erd(schema, pages_of(Call().config), {}).files, Path("live"))
"""
FILL = """
import sys, sqlalchemy
from app_models import Base
Base.metadata.create_all(sqlalchemy.create_engine(sys.argv[1]))
"""
Took = dict[tuple[str, int], float]


def in_memory(folders: dict[int, Path]) -> Took:
    """Milliseconds by tool and size, each in an interpreter of its own."""
    took = {}
    for size, folder in folders.items():
        for name, text in INSIDE.items():
            program = text + TIMED.format(rounds=2 * ROUNDS[size])
            done = subprocess.run(
                [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True
            )
            took[name, size] = float(done.stdout)
    return took


def as_programs(folders: dict[int, Path]) -> Took:
    """The same of whole programs."""
    commands = {
        "dbtools": [str(BIN / "dbtools"), "erd", "--no-cache", "--quiet"],
        "paracelsus": [str(BIN / "paracelsus"), "graph"],
        "eralchemy2": [sys.executable, "-c", f"{INSIDE['eralchemy2']}draw()"],
    }
    return {
        (name, size): least(command, folder, ROUNDS[size])
        for size, folder in folders.items()
        for name, command in commands.items()
    }


def from_database(folders: dict[int, Path]) -> Took:
    """The same from the embedded server; paracelsus reads none."""
    from dbtools.pg.server import server

    took: Took = {}
    with server() as running:
        for size, folder in folders.items():
            with running.database() as url:
                alchemy = url.replace("postgresql://", "postgresql+psycopg://")
                subprocess.run([sys.executable, "-c", FILL, alchemy], cwd=folder, check=True)
                live = [sys.executable, "-c", LIVE, url]
                theirs = [str(BIN / "eralchemy2"), "-i", alchemy, "-o", "live.out", "-m", "mermaid_er"]
                took["dbtools", size] = least(live, folder, ROUNDS[size])
                took["eralchemy2", size] = least(theirs, folder, 1 if size > 300 else 2)
    return took


def least(command: list[str], folder: Path, rounds: int) -> float:
    """The least CPU milliseconds of several runs; stdout goes to a file called after the program."""
    return min(cpu(command, folder, folder) for _ in range(rounds))


def cpu(command: list[str], folder: Path, out: Path) -> float:
    """CPU milliseconds of one run, which leaves what it says in the folder *out*."""
    said = out / f"{Path(command[0]).name}.out"
    with said.open("wb") as stdout, (out / "stderr").open("wb") as stderr:
        process = subprocess.Popen(command, cwd=folder, stdout=stdout, stderr=stderr)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)  # it has been waited for
    if process.returncode:
        raise RuntimeError((out / "stderr").read_text())
    return (used.ru_utime + used.ru_stime) * 1000


def printed(took: Took) -> None:
    """A line for each tool, and how many times as long as dbtools it takes."""
    print(f"  {'':12}" + "".join(f"{f'{size:,} tables':>22}" for size in SIZES))
    for name in TOOLS:
        print(f"  {name:12}" + "".join(f"{cell(took, name, size):>22}" for size in SIZES))


def cell(took: Took, name: str, size: int) -> str:
    """One figure, and how many times that of dbtools it is."""
    if (name, size) not in took:
        return "cannot"
    return f"{took[name, size]:.0f} ({took[name, size] / took['dbtools', size]:.1f} x)"


def written(name: str, folder: Path) -> list[str]:
    """The diagrams that one of them wrote: of dbtools, those of the page with the whole schema."""
    if name != "dbtools":
        return ["erDiagram" + (folder / f"{name}.out").read_text().partition("erDiagram")[2].partition("-->")[0]]
    return re.findall(r"```mermaid\n(.*?)\n```", (folder / "docs/schema/erd.md").read_text(), re.DOTALL)


LINE = re.compile(r'^ *"?(\w+)"? (\S+|one or zero)(?:--)(\S+|one or zero) "?(\w+)"? : ', re.MULTILINE)
ENDS = {
    "||": "1", "|o": "0..1", "o|": "0..1", "o{": "n", "}o": "n",
    "1": "1", "one or zero": "0..1", "0+": "n",
}  # fmt: skip


def judged(diagrams: list[str], size: int) -> str:
    """Whether Mermaid takes them, and how many keys are missing or say a wrong number."""
    drawn = Counter(
        (parent, ENDS[one], ENDS[many], child)
        for diagram in diagrams
        for parent, one, many, child in LINE.findall(diagram)
    )
    longest = max(map(len, diagrams))
    wrong = sum((expected(size) - drawn).values())
    outcome = "which Mermaid draws" if longest <= LONGEST else "an error in Mermaid"
    keys = f"{wrong:,} of {expected(size).total():,} keys missing or with wrong ends"
    return f"{len(diagrams)} of at most {longest:,} characters, {outcome}; {keys}"


def expected(size: int) -> Counter[tuple[str, str, str, str]]:
    """The keys of the models: parent, how many of it, how many of the child, child."""
    keys = Counter((table(n // 2), "1", "n", table(n)) for n in range(size))
    keys.update((table(n // 3), "0..1", "n" if n % 2 else "0..1", table(n)) for n in range(size) if has_second(n))
    return keys


def hook() -> None:
    """What the hook runs on the reference project."""
    command = [str(BIN / "dbtools"), "erd", "--check", "--quiet"]
    walls, spent = [], []
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch)
        for _ in range(8):
            start = time.perf_counter()
            spent.append(cpu(command, ROOT, out))
            walls.append((time.perf_counter() - start) * 1000)
    print(
        f"\ndbtools erd --check on the reference project: {min(walls):.0f} ms wall; goal 1,000; {min(spent):.0f} ms CPU"
    )


if __name__ == "__main__":
    sys.exit(main())
