"""The grammar of the command line: noun then verb; without a noun it opens the terminal UI.

Importing this, and asking it for help, loads click and nothing heavy: a noun's module is imported
when its name is called, and everything below `workspace` inside the command.
"""

import sys
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Never

import click

from dealboard import __version__
from dealboard.cli import guarded
from dealboard.cli.invocation import Invocation

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

NOUNS: dict[str, tuple[str, str]] = {
    "init": ("init:init", "Create a workspace, its Account Owner and a first pipeline."),
    "pipeline": ("pipeline:pipeline", "List, create, rename, move and delete pipelines."),
    "stage": ("stage:stage", "List, add, edit, move and delete the stages of a pipeline."),
    "deal": ("deal:deal", "List, add, show, edit, move, clone and delete deals."),
    "contact": ("contact:contact", "List, add, show, edit, merge, forget and delete contacts."),
    "chat": ("chat:chat", "Import WhatsApp chats of contacts, show them, link to them."),
    "field": ("field:field", "List, add, edit, move and delete custom fields of contacts."),
    "user": ("user:user", "List, add and edit the users of the workspace."),
    "automation": (
        "automation:automation",
        "Rules that act by themselves: list, add, test, run them.",
    ),
    "webhook": ("webhook:webhook", "List, show, retry and cancel the webhooks of automations."),
    "capi": ("capi:capi", "Events for Meta: set up, preview, send, retry and export them."),
    "import": ("imports:import_", "Bring deals in from a CSV file."),
    "export": ("export:export", "Write deals or contacts as CSV or JSON."),
    "undo": ("history:undo", "Take back your newest change."),
    "redo": ("history:redo", "Do again what you took back last."),
    "history": ("history:history", "List what was done, newest first."),
    "backup": ("backup:backup", "Make verified copies of the workspace."),
    "config": ("config:config", "Show the settings and where they are kept."),
}
"""Each noun: the command that its module defines, and what it is for."""


class Root(click.Group):
    """The nouns, none of which is imported before it is called; and the way out for errors."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the nouns, in the order in which a newcomer needs them."""
        return list(NOUNS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of a noun and return its command."""
        if cmd_name not in NOUNS:
            return None
        module, _, name = NOUNS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"{__package__}.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the nouns without importing them."""
        with formatter.section("Nouns"):
            formatter.write_dl([(noun, summary) for noun, (_, summary) in NOUNS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Complete nouns and global options."""
        from click.shell_completion import CompletionItem

        nouns = [(noun, summary) for noun, (_, summary) in NOUNS.items()]
        items = [CompletionItem(n, help=s) for n, s in nouns if n.startswith(incomplete)]
        return items + click.Command.shell_complete(self, ctx, incomplete)

    def main(self, *args: Any, **extra: Any) -> Never:
        """Run a command line and exit; what goes wrong becomes a sentence and a number."""
        sys.exit(guarded(partial(super().main, *args, **extra | {"standalone_mode": False})))


@click.group(
    cls=Root,
    invoke_without_command=True,
    subcommand_metavar="[NOUN VERB ...]",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--db", metavar="PATH|URL", help="The workspace (else DEALBOARD_DB, else config).")
@click.option("--as", "user", metavar="USER", help="Who acts: a name or an e-mail address.")
@click.option("--config", "file", metavar="FILE", help="The settings (else DEALBOARD_CONFIG).")
@click.option(
    "--timeout",
    metavar="S",
    type=click.FloatRange(min=0),
    default=15,
    help="Seconds to wait while another process writes (15).",
)
@click.option("--demo", is_flag=True, help="Work on throw-away demo data; yours is not touched.")
@click.option(
    "--deals", metavar="N", type=click.IntRange(min=0), help="How many deals the demo data has."
)
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@click.version_option(__version__, "-V", "--version", message="dealboard %(version)s")
@click.pass_context
def root(ctx: click.Context, /, no_mouse: bool, **options: Any) -> None:
    """Run the sales pipeline that lives in the terminal.

    Without a noun, the terminal UI opens.
    """
    ctx.obj = ctx.with_resource(Invocation(**options))
    if ctx.invoked_subcommand is None:
        from dealboard.cli.terminal import run

        ctx.exit(run(ctx.obj, mouse=not no_mouse))
