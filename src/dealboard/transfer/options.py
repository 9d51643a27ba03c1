"""What the user can say about an import."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dealboard.domain.dates import Order
from dealboard.transfer.mapping import AUTO


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The options of `import deals` (specs of the CLI).

    `columns` are COLUMN=FIELD pairs. `pipeline` and `owner` are for rows that name none, `currency`
    for amounts that name none. `date_order` decides only where a column's dates prove nothing, and
    `decimal` (else `locale`) only where an amount such as 1.234 could be both. `errors` is a new
    file for the rejected rows.
    """

    contacts: Path | None = None
    preset: str = AUTO
    columns: tuple[str, ...] = ()
    pipeline: str | None = None
    create_stages: bool = False
    owner: str | None = None
    currency: str | None = None
    date_order: Order = "dmy"
    decimal: Literal[",", "."] | None = None
    locale: str = "en_US"
    encoding: str | None = None
    delimiter: str | None = None
    no_contact: Literal["company", "placeholder", "reject"] = "company"
    duplicates: Literal["skip", "update", "create"] = "skip"
    dry_run: bool = False
    partial: bool = False
    errors: Path | None = None
