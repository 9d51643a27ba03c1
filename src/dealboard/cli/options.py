"""Options and argument types that several nouns share."""

from functools import partial
from typing import Any

import click

from dealboard.cli.completion import complete_pipelines, complete_stages, complete_users
from dealboard.domain.text import excerpt

LARGEST_ID = 2**63 - 1
"""As far as the database can count."""


class _Id(click.ParamType):  # type: ignore[type-arg]  # newer than the oldest click
    """The number of a row, as lists show it: 12 or #12."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        text = str(value).strip().removeprefix("#")
        number = int(text[:20]) if text.isascii() and text.isdecimal() else 0
        if not 1 <= number <= LARGEST_ID:
            self.fail(f"{excerpt(str(value))!r} is no id; ids are numbers such as 12.", param, ctx)
        return number


ID = _Id()

COUNT = click.IntRange(0, 2**62)
"""How many rows."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
yes = click.option("-y", "--yes", is_flag=True, help="Do not ask.")
limit = partial(click.option, "--limit", type=COUNT, metavar="N", help="At most so many.")
offset = click.option("--offset", type=COUNT, metavar="N", default=0, help="Skip so many.")

pipeline = partial(
    click.option, "--pipeline", metavar="P", help="Name or id.", shell_complete=complete_pipelines
)
stage = partial(
    click.option, "--stage", metavar="S", help="Name or id.", shell_complete=complete_stages
)
owner = partial(
    click.option,
    "--owner",
    metavar="U",
    help="Name, e-mail or id.",
    shell_complete=complete_users,
)
stages = click.option(
    "--stages", default="", metavar="LIST", help='Its stages: "Lead:10,Qualified:30".'
)
