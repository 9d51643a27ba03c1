"""`dealboard export`: deals and contacts for other programs, and for `dealboard import`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dealboard.cli import meant, output
from dealboard.cli.deal import filter_options
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.domain.filters import Sort, SortKey
from dealboard.domain.text import safe_lines
from dealboard.errors import UsageError

if TYPE_CHECKING:
    from dealboard.transfer.exporter import Form

CommandT = TypeVar("CommandT", bound=Callable[..., object])

STDOUT = Path("-")
FORMS: "dict[str, Form]" = {"csv": "csv", "json": "json"}
PLANNED = "xlsx"
CONTACT_SORTS = (
    "name", "company", "phone", "email", "city", "created", "open", "closed", "value",
)  # fmt: skip


def file_options(command: CommandT) -> CommandT:
    """Add the options of what is written, and where to."""
    for option in reversed(
        (
            click.option(
                "--format",
                "form",
                type=click.Choice([*FORMS, PLANNED]),
                help="By default what the file's name ends in, else csv.",
            ),
            click.option(
                "--output",
                "path",
                metavar="FILE",
                type=click.Path(path_type=Path),
                default=STDOUT,
                help="A new file, which only you can read; - is standard output (-).",
            ),
            click.option("--force", is_flag=True, help="Replace a file that is there."),
        )
    ):
        command = option(command)
    return command


@click.group()
def export() -> None:
    """Write deals or contacts as CSV or JSON.

    The CSV is UTF-8 with commas. A text that a spreadsheet would calculate has an apostrophe before
    it, which `dealboard import` takes away again.
    """


@export.command()
@filter_options
@file_options
@pass_invocation
def deals(
    run: Invocation,
    key: str,
    desc: bool,
    form: str | None,
    path: Path,
    force: bool,
    **filters: Any,
) -> None:
    """Write the deals that match all filters, as `deal list` finds them.

    `dealboard import deals` reads the CSV: in another workspace it makes the same deals, in this
    one it adds nothing.
    """
    from dealboard.store.reads import deals as reads
    from dealboard.transfer import exporter

    workspace, chosen = run.selling, chosen_form(form, path)
    today, criteria = workspace.today, meant.criteria(run, **filters)
    total, _ = workspace.read(reads.count_and_totals, criteria, today=today)
    with written(path, total, force=force) as (write, progress):
        done = workspace.read(
            exporter.export_deals,
            criteria,
            Sort(SortKey(key), desc),
            form=chosen,
            write=write,
            progress=progress,
            today=today,
        )
    tell(path, done, "deal")


@export.command()
@click.option("--search", default="", metavar="TEXT", help="As in `contact list`.")
@click.option("--sort", type=click.Choice(CONTACT_SORTS), default="name", help="By default: name.")
@click.option("--desc", is_flag=True, help="The other way round.")
@file_options
@pass_invocation
def contacts(
    run: Invocation,
    search: str,
    sort: str,
    desc: bool,
    form: str | None,
    path: Path,
    force: bool,
) -> None:
    """Write the contacts that a text finds, custom fields included.

    `dealboard import deals --contacts` reads the CSV.
    """
    from dealboard.store.reads import contacts as reads
    from dealboard.transfer import exporter

    workspace, chosen = run.selling, chosen_form(form, path)
    total = workspace.read(reads.count)
    with written(path, total, force=force) as (write, progress):
        done = workspace.read(
            exporter.export_contacts,
            search,
            sort=sort,
            descending=desc,
            form=chosen,
            write=write,
            progress=progress,
        )
    tell(path, done, "contact")


def chosen_form(named: str | None, path: Path) -> "Form":
    """Return the format that is meant. Raises UsageError for one that cannot be written yet."""
    form = named or path.suffix.lower().removeprefix(".")
    if form == PLANNED:
        raise UsageError(
            "Excel workbooks cannot be written yet.", "Spreadsheets open CSV: --format csv"
        )
    return FORMS.get(form, "csv")


@contextmanager
def written(
    path: Path, total: int, *, force: bool
) -> Iterator[tuple[Callable[[str], object], Callable[[int], object]]]:
    """Yield what writes, to a new file or to standard output, and what is told how far it is."""
    from dealboard.transfer.files import new_file

    if path == STDOUT:
        yield _print, lambda _done: None
        return
    with output.progress("Exporting") as show, new_file(path, replace=force) as write:
        yield write, lambda done: show(done, total)


def _print(text: str) -> None:
    """Write UTF-8 to standard output; a terminal is not shown what it might obey."""
    if sys.stdout.isatty():
        click.echo(safe_lines(text), nl=False)
    else:
        sys.stdout.buffer.write(text.encode())


def tell(path: Path, done: int, noun: str) -> None:
    """Say how many were written where; standard output has no room for it."""
    if path != STDOUT:
        output.note(f"Wrote {done:,} {noun}{'' if done == 1 else 's'} to {path}")
