"""What the top line offers: the main screens, and what can be made among the deals.

Pure: no Textual here.
"""

from dealboard.widgets.menu_line import MenuItem

MENU = (
    MenuItem("deals", "Deals"),
    MenuItem("contacts", "Contacts"),
    MenuItem("today", "Today"),
    MenuItem("automations", "Automations"),
    MenuItem("conversions", "Conversions"),
    MenuItem("settings", "Settings"),
)

DEALS_ACTIONS = {
    MenuItem("new_deal", "＋ New deal"): "screen.new_deal",
    MenuItem("new_pipeline", "＋ Pipeline"): "screen.new_pipeline",
    MenuItem("settings", "⚙"): "app.go('settings')",
}
"""What the menu offers on the right, and the action that each runs."""


def place_name(*parts: str, demo: bool, read_only: bool) -> str:
    """Return what is shown as the menu says it: "demo · Sales Pipeline"."""
    said = ("demo" if demo else "", "read-only" if read_only else "", *parts)
    return " · ".join(filter(None, said))
