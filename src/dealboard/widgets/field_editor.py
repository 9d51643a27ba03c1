"""The line that is laid over the field at hand."""

from collections.abc import Callable

from dealboard.widgets.line import Line


class FieldEditor(Line):
    """A line to type in; `submit` is run by Enter, at once, so that no key overtakes it."""

    def __init__(self, submit: Callable[[], None]) -> None:
        super().__init__(id="editor")
        self._submit = submit
        # Of keys typed fast, some are taken before the focus that they follow is heard of.
        self.select_on_focus = False

    def begin(self, text: str, placeholder: str) -> None:
        """Hold a text, all of it selected, so that typing replaces it."""
        self.placeholder = placeholder
        self.value = text
        self.select_all()

    async def action_submit(self) -> None:
        """Be done with this field."""
        self._submit()
