"""What the forms share: the app by its own type, its user's habits, saying what was saved."""

from typing import TYPE_CHECKING, Any, cast

from textual.dom import DOMNode

from dealboard.widgets.deal_form import Writing

if TYPE_CHECKING:
    from dealboard.app import DealboardApp
    from dealboard.store.transaction import Receipt


def dealboard(node: DOMNode) -> "DealboardApp":
    """Return the app that a node is in."""
    return cast("DealboardApp", node.app)


def writing(node: DOMNode) -> Writing:
    """Return how the user of the app writes money and days."""
    app = dealboard(node)
    config = app.config
    return Writing(app.workspace.today, config.locale, config.date_order, config.first_weekday)


def tell(app: "DealboardApp", receipt: "Receipt[Any]") -> None:
    """Say what was saved, once the form that saved it is gone."""
    if receipt.operation is not None:
        app.say(f"{receipt.label} · u undoes")
    for note in receipt.notes:
        app.say(note, severity="warning")
