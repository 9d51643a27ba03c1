"""A field of a form: its label, its control, and a note of what was understood or what is wrong."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from dealboard.domain.text import safe


class Field(Horizontal):
    """Label and control in a row. With `aside` the note stands beside the control, else beneath."""

    DEFAULT_CSS = """
    Field {
        height: auto;
        & > .field--label {
            width: 13;
            height: 1;
            color: $text-muted;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
        & > .field--body { width: 1fr; height: auto; }
        & .field--note {
            height: auto;
            padding: 0 1;
            color: $text-muted;
            display: none;
            &.-some { display: block; }
            &.-wrong { color: $text-error; text-style: bold; }
            &.-warning { color: $text-warning; }
        }
        & > .field--label.-focused { color: $text-accent; text-style: bold; }
        &.-aside > .field--body {
            layout: horizontal;
            & > Line { width: 20; }
            & > .field--note { width: 1fr; }
        }
    }
    """

    def __init__(
        self,
        label: str,
        *controls: Widget,
        required: bool = False,
        aside: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id, classes="-aside" if aside else None)
        self._controls = controls
        # Classes change on these two alone: on the field they would restyle all that is in it.
        mark = (" *", "$text-warning") if required else ""
        self._label = Static(Content.assemble(label, mark), classes="field--label")
        self._note = Static("", classes="field--note", markup=False)

    def compose(self) -> ComposeResult:
        """Yield the label, the controls and the note."""
        yield self._label
        with Vertical(classes="field--body"):
            yield from self._controls
            yield self._note

    def on_descendant_focus(self) -> None:
        """Show in the label where the cursor is."""
        self._label.add_class("-focused")

    def on_descendant_blur(self) -> None:
        """Show that the cursor left."""
        self._label.remove_class("-focused")

    def say(self, sentence: str) -> None:
        """Show what was understood; nothing for an empty sentence."""
        self._show(sentence)

    def warn(self, sentence: str) -> None:
        """Show what may be wrong, and is no reason not to go on."""
        self._show(f"⚠ {sentence}", warning=True)

    def complain(self, sentence: str) -> None:
        """Show what is wrong."""
        self._show(f"✗ {sentence}", wrong=True)

    @property
    def wrong(self) -> bool:
        """Whether the note says that something is wrong."""
        return self._note.has_class("-wrong")

    @property
    def note(self) -> str:
        """What the note says."""
        return str(self._note.content)

    def _show(self, sentence: str, *, wrong: bool = False, warning: bool = False) -> None:
        self._note.set_class(bool(sentence), "-some")
        self._note.set_class(wrong, "-wrong")
        self._note.set_class(warning, "-warning")
        self._note.update(Content(safe(sentence)))
