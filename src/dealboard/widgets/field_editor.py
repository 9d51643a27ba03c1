"""The line that is laid over the field at hand."""

from collections.abc import Callable

from dealboard.widgets.line import Line


class FieldEditor(Line):
    """A line to type in; `submit` is run by Enter, at once, so that no key overtakes it."""

    def __init__(self, submit: Callable[[], None]) -> None:
        super().__init__(id="editor")
        self._submit = submit

    async def action_submit(self) -> None:
        """Be done with this field."""
        self._submit()
