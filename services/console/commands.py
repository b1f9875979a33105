"""The commands of `cairn`, each in a module of its own, which is loaded when it is asked for.

A question to a running hub need not wait until everything that a hub is made of has been loaded.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

_COMMANDS = {
    "demo": ("demo", "demo"),
    "up": ("up", "up"),
    "post": ("post", "post"),
    "matrix": ("matrix", "matrix"),
    "who-saw": ("who_saw", "who_saw"),
    "rehearse": ("rehearse", "rehearse_files"),
    "openapi": ("openapi", "openapi"),
}
"""Name -> module and function, in the order in which help shows them."""


class Commands(TyperGroup):
    """The group that knows the names, and loads one when it is run or explained."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as the group it stands for
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module, function = _COMMANDS[cmd_name]
        alone = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
        alone.command(cmd_name)(getattr(import_module(f"services.console.{module}"), function))
        return typer.main.get_command(alone)


cairn = typer.Typer(
    name="cairn",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=True,
)


@cairn.callback()
def _cairn() -> None:
    """Share safeguarding information between agencies: the right amount, at once, and provably."""
