"""The frame of everything that is shown on top of a screen."""

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button

from dealboard.domain.text import safe


class Dialog(Vertical):
    """A framed box with a title; at the bottom of the frame the keys that matter."""

    DEFAULT_CSS = """
    Dialog {
        width: 72;
        max-width: 100%;
        height: auto;
        max-height: 100%;
        padding: 0 1;
        background: $surface;
        border: round $border;
        border-title-color: $text-accent;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        overflow: hidden auto;
    }
    """

    def __init__(
        self,
        *children: Widget,
        title: str = "",
        hint: str = "",
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(*children, id=id)
        self.title(title)
        self.hint(hint)

    def title(self, text: str) -> None:
        """Name the dialog."""
        self._put("border_title", text)

    def hint(self, text: str) -> None:
        """Name the keys at the bottom of the frame."""
        self._put("border_subtitle", text)

    def _put(self, place: str, text: str) -> None:
        setattr(self, place, Content(safe(text)) if text else None)


class Buttons(Horizontal):
    """A row of buttons at the bottom of a dialog."""

    DEFAULT_CSS = """
    Buttons {
        height: 1;
        margin-top: 1;
        align-horizontal: right;
        & > Button { min-width: 0; margin-left: 1; }
    }
    """


def button(label: str, key: str, *, id: str, variant: str = "default") -> Button:  # noqa: A002
    """Return a button of one line that names its key."""
    text = Content.assemble(safe(label), (f" {key}", "not bold"))
    return Button(text, id=id, variant=variant, compact=True)  # type: ignore[arg-type]
