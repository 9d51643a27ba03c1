"""Options and argument types that several nouns share."""

from functools import partial

import click

from dealboard.cli.completion import complete_pipelines, complete_stages, complete_users

ID = click.IntRange(1, 2**63 - 1)
"""A row's number, as far as the database can count."""

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
