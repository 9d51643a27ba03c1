"""One run of the command line: its global options, and the workspace opened for it."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from dealboard.errors import NotPermitted, UsageError

if TYPE_CHECKING:
    from dealboard.config import Config
    from dealboard.workspace import Workspace


@dataclass
class Invocation:
    """The global options of specs/cli; settings and workspace are opened when first asked for.

    What was opened is closed at the end of a `with`.
    """

    db: str | None = None
    user: str | None = None
    file: str | None = None
    timeout: float = 15
    demo: bool = False
    deals: int | None = None

    def __post_init__(self) -> None:
        self._opened = ExitStack()
        if self.deals is not None and not self.demo:
            raise UsageError("--deals says how large the demo data is.", "Add --demo.")
        if self.demo and self.db is not None:
            raise UsageError("--demo works on data of its own, not on --db.", "Leave one out.")

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the workspace, and throw the demo away."""
        self._opened.__exit__(kind, error, trace)

    @cached_property
    def config(self) -> "Config":
        """The settings in force. Raises ConfigError or UsageError."""
        from dealboard.config import load

        return load(db=self.db, file=self.file)

    @cached_property
    def location(self) -> Path:
        """The file of the workspace; with --demo, one that was just made and goes afterwards."""
        return _demo_file(self.deals, self._opened) if self.demo else self.config.location

    @cached_property
    def workspace(self) -> "Workspace":
        """The workspace, open until the command ends. Raises what `Workspace.open` raises."""
        from dealboard.workspace import Workspace

        actor = self.user or (None if self.demo else self.config.user)
        opened = Workspace.open(self.location, actor=actor, timeout=self.timeout)
        opened.locale = self.config.locale
        self._opened.callback(opened.close)
        return opened

    @cached_property
    def selling(self) -> "Workspace":
        """The workspace, for whoever may see deals; raises NotPermitted for Chat Operators.

        Writing checks the role again, in the actions; reads of deals are checked here only
        (decision 23).
        """
        from dealboard.domain.views import Role

        if self.workspace.user.role is Role.CHAT_OPERATOR:
            raise NotPermitted(
                "As Chat Operator you have no access to deals.", "Act as another user with --as."
            )
        return self.workspace


def _demo_file(deals: int | None, opened: ExitStack) -> Path:
    """Make a demo workspace in a private folder that is deleted with what was opened."""
    from datetime import UTC, datetime
    from tempfile import TemporaryDirectory

    from dealboard import demo
    from dealboard.cli import output

    size = demo.DEALS if deals is None else deals
    if sys.stderr.isatty():
        output.note(f"Making {size:,} demo deals…")
    folder = opened.enter_context(TemporaryDirectory(prefix="dealboard-demo-"))
    path = Path(folder, "demo.db")
    demo.build(path, deals=size, now=datetime.now(UTC), events=True)
    return path


def pass_invocation(command: Callable[..., None]) -> Callable[..., None]:
    """Have a command get its invocation first."""
    import click

    return click.make_pass_decorator(Invocation)(command)
