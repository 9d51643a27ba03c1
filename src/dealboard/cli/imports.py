"""`dealboard import`: deals out of other programs' files."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dealboard.cli import names, options, output
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.errors import UnknownName

if TYPE_CHECKING:
    from dealboard.transfer.report import ImportReport

SHOWN = 20
"""Problems that people are shown; --json and --errors have more."""

FILE = click.Path(path_type=Path)


@click.group("import")
def import_() -> None:
    """Bring deals in from files."""


@import_.command()
@click.argument("file", type=FILE)
@click.option("--contacts", metavar="FILE", type=FILE, help="The contacts of the deals.")
@click.option(
    "--preset",
    default="auto",
    metavar="NAME",
    help="Which program wrote it: auto, hubspot, pipedrive, salesforce, zoho, …",
)
@click.option(
    "--map",
    "columns",
    metavar="COLUMN=FIELD",
    multiple=True,
    help="Which column feeds which field; may be repeated.",
)
@options.pipeline(help="For rows that name none.")
@click.option("--create-stages", is_flag=True, help="Add missing pipelines and open stages.")
@options.owner(help="For rows that name none (you).")
@click.option("--currency", metavar="CODE", help="For amounts that name none.")
@click.option(
    "--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help="Of dates such as 3/4/2026."
)
@click.option("--decimal", type=click.Choice([",", "."]), help="The mark in amounts like 1.234.")
@click.option("--encoding", metavar="NAME", help="Such as utf-8 or cp1252 (found out).")
@click.option("--delimiter", metavar="C", help="Between the cells (found out).")
@click.option(
    "--no-contact",
    type=click.Choice(["company", "placeholder", "reject"]),
    default="company",
    show_default=True,
    help="What a row without a contact gets.",
)
@click.option(
    "--duplicates",
    type=click.Choice(["skip", "update", "create"]),
    default="skip",
    show_default=True,
    help="What becomes of rows that are deals already.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--partial", is_flag=True, help="Import the good rows, if some are bad.")
@click.option("--errors", metavar="FILE", type=FILE, help="A new file for the bad rows.")
@click.option("--automations", is_flag=True, help="Let automations run for what comes in.")
@click.option("--conversions", is_flag=True, help="Tell Meta of what comes in, if it is set up.")
@click.option(
    "-y",
    "--yes",
    is_flag=True,
    expose_value=False,
    help="For scripts; an import asks nothing, and undo takes it back.",
)
@options.as_json
@pass_invocation
def deals(
    run: Invocation,
    file: Path,
    pipeline: str | None,
    create_stages: bool,
    owner: str | None,
    date_order: str | None,
    automations: bool,
    conversions: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Import the deals of a CSV file, as one operation.

    Fields for --map: title, contact, company, phone, email, pipeline, stage, owner, amount,
    currency, close_date, created, closed, reference. With one bad row nothing is imported, unless
    --partial; a file that was imported before adds nothing.
    """
    from dealboard.transfer import deals as importer
    from dealboard.transfer.options import ImportOptions
    from dealboard.transfer.report import ImportRejected

    chosen = ImportOptions(
        pipeline=_pipeline(run, pipeline, create=create_stages),
        create_stages=create_stages,
        owner=None if owner is None else names.user(run.selling, owner).name,
        date_order=date_order or run.config.date_order,  # type: ignore[arg-type]
        locale=run.config.locale,
        **given,
    )
    try:
        with output.progress("Importing") as progress:
            receipt = run.selling.run(
                lambda tx: importer.run(tx, file, chosen, progress),
                automations=automations,
                conversions=conversions,
            )
    except ImportRejected as error:
        _tell(error.report, as_json)
        raise
    _tell(receipt.value, as_json)
    for sentence in receipt.notes:
        output.note(sentence)


def _pipeline(run: Invocation, text: str | None, *, create: bool) -> str | None:
    """Return the name of the pipeline that is meant; one to `create` need not be there yet."""
    if text is None:
        return None
    try:
        return names.pipeline(run.selling, text).name
    except UnknownName:
        if create:
            return text
        raise


def _choices(report: "ImportReport") -> list[tuple[str, str]]:
    """Return what the importer decided for the user, and how often."""
    counted = asdict(report.choices)
    return [(name.replace("_", " "), f"{number:,}") for name, number in counted.items() if number]


def _grouped(amount: str) -> str:
    """Return "1,234,567.50" for "1234567.50"."""
    whole, dot, fraction = amount.partition(".")
    return f"{int(whole):,}{dot}{fraction}"


def _tell(report: "ImportReport", as_json: bool) -> None:
    if as_json:
        output.document(report.as_dict())
        return
    counts = ("rows", "created", "updated", "skipped", "rejected")
    output.fields(
        [
            ("file", f"{report.file} ({report.preset}, {report.encoding})"),
            *(("column", f"{name} → {field}") for name, field in report.columns.items()),
            ("not used", ", ".join(report.ignored)),
            *((name, f"{getattr(report, name):,}") for name in counts),
            *(("sum", f"{_grouped(amount)} {code}") for code, amount in report.sums.items()),
            *_choices(report),
        ]
    )
    for problem in report.problems[:SHOWN]:
        output.note(str(problem))
    if report.problem_count > SHOWN:
        output.note(f"… and {report.problem_count - SHOWN:,} more problems.")
    if report.dry_run:
        output.note("This was a dry run: nothing was written.")
