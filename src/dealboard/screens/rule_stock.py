"""What the screens of automations read to name what a rule names, and how they show a sentence."""

import json
import re
from datetime import date

from textual.content import Content

from dealboard.domain import rules
from dealboard.domain.automations import Automation
from dealboard.domain.catalogue import CUSTOM, Kind, Known
from dealboard.domain.dates import Order
from dealboard.domain.placeholders import Setting
from dealboard.domain.rule_words import Role, Span
from dealboard.domain.rules import On, Rule, Trigger
from dealboard.errors import InvalidValue
from dealboard.store.driver import Connection
from dealboard.store.reads import automations, pipelines, settings, team
from dealboard.widgets.rule_draft import Stock

STYLES: dict[Role, str] = {
    "text": "",
    "name": "$text-accent bold",
    "value": "bold",
    "missing": "$text-error bold",
}
"""How the stretches of a sentence are shown."""


def read_stock(
    connection: Connection, today: date, locale: str = "en_US", order: Order = "dmy"
) -> Stock:
    """Read what a rule can name."""
    return Stock(
        pipelines.pipelines(connection),
        pipelines.all_stages(connection),
        team.users(connection),
        automations.known_fields(connection),
        settings.setting(connection, "currency") or "EUR",
        Setting(today, locale),
        order,
    )


_NAMED = re.compile(rf"{re.escape(CUSTOM)}[^\"|}}]+")
"""A field of contacts that a definition names."""


def read_rule(connection: Connection, rule_id: int) -> tuple[Automation, Rule]:
    """Read a rule to be edited, also one that names fields which are gone. Raises NotFound."""
    kept = automations.automation(connection, rule_id)
    if kept.rule is not None:
        return kept, kept.rule
    definition = automations.definition(connection, rule_id)
    known = {each.name: each for each in automations.known_fields(connection)}
    gone = (match.removesuffix(".local") for match in _NAMED.findall(definition))
    mended = {name: Known(name, Kind.TEXT, name.removeprefix(CUSTOM)) for name in gone} | known
    document = json.loads(definition) | {"name": kept.name, "enabled": kept.enabled}
    try:
        return kept, rules.parse(document, mended.values())
    except InvalidValue:
        return kept, Rule(kept.name, Trigger(On.STAGE), enabled=kept.enabled)


def shown(spans: tuple[Span, ...]) -> Content:
    """Return a sentence with its names and values told from our words."""
    return Content.assemble(*((text, STYLES[role]) for text, role in spans))
