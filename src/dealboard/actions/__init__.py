"""What a user may do: one module per noun, one function per verb, each given a Transaction.

The modules are imported when they are first named, because they need SQLModel and the first board
may not wait for it: `app.change(lambda tx: actions.deals.move(tx, deal_id, by=+1))`.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dealboard.actions import (
        access,
        activities,
        automations,
        contacts,
        conversions,
        custom,
        deals,
        edits,
        fields,
        history,
        identity,
        outbox,
        pipelines,
        placement,
        preferences,
        saved_views,
        snippets,
        stages,
        team,
    )

__all__ = [
    "access",
    "activities",
    "automations",
    "contacts",
    "conversions",
    "custom",
    "deals",
    "edits",
    "fields",
    "history",
    "identity",
    "outbox",
    "pipelines",
    "placement",
    "preferences",
    "saved_views",
    "snippets",
    "stages",
    "team",
]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
