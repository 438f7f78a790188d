"""``bystander policy``: what a word for a situation stands for."""

from __future__ import annotations

from typing import Annotated

import typer

from bystander.cli import console

app = typer.Typer(invoke_without_command=True, help="Show what a policy stands for.")


@app.callback()
def _policy(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        console.out_text(context.get_help())


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="release, research or source.")],
) -> None:
    """Print a policy as TOML, to read, or to change and give to --policy as a file."""
    from bystander.plan import policies

    console.out_text(policies.to_toml(name).rstrip())
