"""The command line, one file per command."""

from __future__ import annotations

import io
import sys

import typer
import typer.exceptions

from bystander import __version__
from bystander.cli import console
from bystander.cli.detect import detect
from bystander.cli.models import models
from bystander.cli.policy import app as policy
from bystander.cli.prove import prove
from bystander.cli.redact import redact
from bystander.cli.render import render
from bystander.cli.review import review
from bystander.cli.verify import verify

app = typer.Typer(
    name="bystander",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Take the people out of camera footage for good, and check that it was done.",
    epilog="Exit codes: 0 clean, 1 failed, 2 wrong usage, 3 leak found.",
)
for command in (redact, detect, review, render, verify, prove, models):
    app.command()(command)
app.add_typer(policy, name="policy")


def _version(asked: bool) -> None:
    if asked:
        console.out(f"bystander {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    context: typer.Context,
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version and end."
    ),
) -> None:
    del version  # its callback has answered
    if context.invoked_subcommand is None:
        console.out_text(context.get_help())


def main() -> None:
    """Run the command line and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name may not fit the terminal
    sys.exit(console.guarded(_run))


def _plain(message: str) -> str:
    """Return Typer's *message* as errors of this house read: lower case, no full stop."""
    line = " ".join(message.split()).rstrip(".")
    return line[:1].lower() + line[1:]


def _run() -> None:
    try:
        code = app(standalone_mode=False)
    except typer.exceptions.TyperException as error:
        context = getattr(error, "ctx", None)
        raise console.WrongUsage(
            _plain(error.format_message()),
            hint=f"{context.command_path} --help" if context else None,
        ) from error
    if isinstance(code, int) and code:
        sys.exit(code)
