"""The closed list of fields that automations know: for conditions and for `{{placeholders}}`.

Nothing else can be named in a rule (guide, Dynamic fields; decision 61). What a field holds when a
rule runs are `Facts`: plain values by the field's name.
"""

import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from dealboard.errors import InvalidValue

Value = str | int | Decimal | date | bool | None
"""What a field holds; amounts are decimals in units of their currency."""

Facts = Mapping[str, Value]
"""Fields by name, of one deal at one moment. A field that is not there is empty."""

CUSTOM = "contact.custom."
"""Before the name of a custom field of contacts."""


class Kind(StrEnum):
    """What a field holds, which decides how it is compared and written."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"


class Known(NamedTuple):
    """One field of the catalogue: its name, what it holds, and what people call it.

    `choices` for `Kind.CHOICE`; `writable` names the column of a deal that an action may set.
    """

    name: str
    kind: Kind
    title: str
    choices: tuple[str, ...] = ()


FIELDS: Mapping[str, Known] = MappingProxyType(
    {
        each.name: each
        for each in (
            Known("deal.id", Kind.NUMBER, "Deal number"),
            Known("deal.title", Kind.TEXT, "Title"),
            Known("deal.reference", Kind.TEXT, "Reference"),
            Known("deal.amount", Kind.MONEY, "Amount"),
            Known("deal.currency", Kind.TEXT, "Currency"),
            Known("deal.close_date", Kind.DATE, "Close date"),
            Known("deal.created", Kind.DATE, "Created"),
            Known("deal.closed", Kind.DATE, "Closed"),
            Known("deal.status", Kind.CHOICE, "Status", ("open", "won", "lost")),
            Known("deal.lost_reason", Kind.TEXT, "Lost reason"),
            Known("pipeline.name", Kind.TEXT, "Pipeline"),
            Known("stage.name", Kind.TEXT, "Stage"),
            Known("stage.probability", Kind.NUMBER, "Probability"),
            Known("stage.previous.name", Kind.TEXT, "Stage before"),
            Known("owner.name", Kind.TEXT, "Owner"),
            Known("owner.email", Kind.TEXT, "Owner's e-mail"),
            Known("contact.name", Kind.TEXT, "Contact"),
            Known("contact.first_name", Kind.TEXT, "First name"),
            Known("contact.last_name", Kind.TEXT, "Last name"),
            Known("contact.phone", Kind.TEXT, "Phone"),
            Known("contact.email", Kind.TEXT, "E-mail"),
            Known("contact.company", Kind.TEXT, "Company"),
            Known("contact.city", Kind.TEXT, "City"),
            Known("contact.state", Kind.TEXT, "State"),
            Known("contact.zip", Kind.TEXT, "Zip"),
            Known("contact.country", Kind.TEXT, "Country"),
            Known("contact.consent", Kind.CHOICE, "Consent", ("yes", "no", "unknown")),
        )
    }
)
"""The catalogue, but for `today` and the workspace's own contact fields."""


def known(name: str, custom: Iterable[Known] = (), *, field: str = "field") -> Known:
    """Return a field by name; `custom` are those of the workspace.

    Raises InvalidValue that names the nearest one (decision 61).
    """
    catalogue = {**FIELDS, **{each.name: each for each in custom}}
    found = catalogue.get(name)
    if found is None:
        near = difflib.get_close_matches(name, catalogue, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(catalogue)}."
        raise InvalidValue(field, name, "there is no such field", hint)
    return found
