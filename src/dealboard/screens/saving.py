"""What the forms share: the app by its own type, and its user's habits."""

from typing import TYPE_CHECKING, cast

from textual.dom import DOMNode

from dealboard.widgets.deal_form import Writing

if TYPE_CHECKING:
    from dealboard.app import DealboardApp


def dealboard(node: DOMNode) -> "DealboardApp":
    """Return the app that a node is in."""
    return cast("DealboardApp", node.app)


def writing(node: DOMNode) -> Writing:
    """Return how the user of the app writes money and days."""
    app = dealboard(node)
    config = app.config
    return Writing(app.workspace.today, config.locale, config.date_order, config.first_weekday)
