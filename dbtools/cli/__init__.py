"""The hall: finds the command, and turns whatever happens into an exit code.

Every module here that does not begin with an underscore is a command of the same name and holds
one ``command``; adding one touches no other file. ``dbtools --help`` reads what they are for from
their docstrings and imports none of them.

Exit codes: 0 clean, 1 findings at or above ``--fail-on`` or files that differ with ``--check``,
2 could not do it, 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from dbtools import __version__
from dbtools.errors import DbtoolsError, UsageError

CLEAN, FOUND, FAILED, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143


class Hall(click.Group):
    """The commands of one package, each imported when it is called."""

    def __init__(self, package: str, folder: Path, **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]  # click's own, passed through
        self.package = package
        self.folder = folder

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, from the files."""
        return sorted(path.stem.replace("_", "-") for path in self.folder.glob("[!_]*.py"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called *cmd_name*, imported."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"{self.package}.{cmd_name.replace('-', '_')}").command
        command.name = cmd_name
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that *args* begin with; a mistyped one is answered with the nearest."""
        names = self.list_commands(ctx)
        if args[0].startswith("-") or args[0] in names:
            return super().resolve_command(ctx, args)
        from difflib import get_close_matches

        near = get_close_matches(args[0], names, n=1)
        raise UsageError(f"there is no command '{args[0]}'", hint=_did_you_mean(near, ctx))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line per command: the first sentence of its module's docstring."""
        if names := self.list_commands(ctx):
            with formatter.section("Commands"):
                formatter.write_dl([(name, self.summary(name)) for name in names])

    def summary(self, name: str) -> str:
        """What the command *name* is for, without importing it."""
        import ast

        source = (self.folder / f"{name.replace('-', '_')}.py").read_text("utf-8")
        return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


hall = Hall(
    __name__,
    Path(__file__).parent,
    name="dbtools",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="dbtools COMMAND --help shows the options of a command.",
    help="Review PostgreSQL schema changes before they merge.",
)
click.version_option(__version__, prog_name="dbtools", message="%(prog)s %(version)s")(hall)


def main() -> NoReturn:
    """The program ``dbtools``."""
    import gc
    import signal

    from dbtools.garbage import FEW_COLLECTIONS

    gc.set_threshold(FEW_COLLECTIONS)
    # Leaves through every `finally`, so that a cancelled job stops the server that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    code = run(sys.argv[1:] or ["--help"])
    gc.freeze()  # or else Python looks through all values for cycles on its way out, longer than lint takes on a file
    sys.exit(code)


def run(arguments: Sequence[str], group: click.Group = hall) -> int:
    """Carries out one command line; the exit code. Errors are two lines on stderr: what, and what to do next."""
    try:
        with group.make_context("dbtools", list(arguments)) as ctx:
            code = group.invoke(ctx)
    except click.exceptions.Exit as done:
        return done.exit_code
    except DbtoolsError as error:
        return _complain(str(error), error.hint)
    except click.NoSuchOption as error:
        return _complain(error.message.rstrip("."), _did_you_mean(error.possibilities or [], error.ctx))
    except click.ClickException as error:
        return _complain(error.format_message(), _see_help(getattr(error, "ctx", None)))
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        forsake_stdout()
        return CLEAN
    except OSError as error:
        if error.errno != errno.ENOSPC:
            return _our_bug(error, arguments)
        return _complain(f"the disk is full: {error}", "make room, or set DBTOOLS_CACHE to a folder on another disk")
    except Exception as error:  # noqa: BLE001 - the last place that can say what to do about it
        return _our_bug(error, arguments)
    return code if isinstance(code, int) else CLEAN


def forsake_stdout() -> None:
    """Lets what is still to be written go nowhere, since its reader has left (``| head``)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str, hint: str) -> int:
    for label, text in (("error", message), ("hint", hint)):
        click.echo(f"{label}: {_without_passwords(' '.join(text.split()))}", err=True)
    return FAILED


def _our_bug(error: Exception, arguments: Sequence[str]) -> int:
    """An exception that nobody expected: short, unless the whole story was asked for."""
    if os.environ.get("DBTOOLS_DEBUG") or {"-v", "--verbose"} & set(arguments):
        import traceback

        click.echo(_without_passwords("".join(traceback.format_exception(error))), err=True, nl=False)
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    return _complain(
        f"dbtools itself broke ({what}); this is a bug of dbtools {__version__}, not of your files",
        "please open an issue with what the same command prints after DBTOOLS_DEBUG=1",
    )


def _did_you_mean(near: Sequence[str], ctx: click.Context | None) -> str:
    return f"did you mean '{near[0]}'?" if near else _see_help(ctx)


def _see_help(ctx: click.Context | None) -> str:
    return f"{ctx.command_path if ctx else 'dbtools'} --help shows what there is"


def _without_passwords(text: str) -> str:
    return re.sub(r"(://[^\s:/@]*:)[^\s/]*@", r"\1***@", text)
