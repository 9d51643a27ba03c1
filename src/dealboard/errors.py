"""Everything dealboard refuses or fails at, as named classes that compose their own sentence.

    DealboardError            1
    ├── Refused               1   a rule of selling forbids it
    ├── NotFound              1   no deal, stage, … with that id
    ├── UsageError            2   the command cannot run like this here
    ├── InvalidValue         65   a value that a field cannot take
    │   ├── MissingField     65
    │   └── UnknownName      65   a stage, owner, … that no row is called
    ├── NotAWorkspace        65   a file, but not one of ours
    │   └── WorkspaceNewer   65   ours, written by a later version
    ├── NoWorkspace          66   no file there
    ├── StorageFailed        74   disk full, read-only folder, I/O error
    │   └── WorkspaceReplaced 74  the file changed identity while open
    ├── Busy                 75   another process holds the lock
    ├── NotPermitted         77   the acting user's role
    └── ConfigError          78

The number is the exit code of the command line (specs of the CLI). Each error is one sentence that
says what happened and with which value, and a `hint` that says what to do; both are plain text
which front ends show through `domain.text.safe`. This module imports nothing.
"""


class DealboardError(Exception):
    """The root of the family: a sentence, a hint and an exit code."""

    exit_code = 1

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint

    @property
    def whole(self) -> str:
        """The sentence, and the hint where there is one."""
        return f"{self.sentence} {self.hint}".strip()


class Refused(DealboardError):
    """A rule of the guide forbids what was asked; nothing was changed."""


class NotFound(DealboardError):
    """No row has the id (or uid, or reference) that was asked for."""

    def __init__(self, noun: str, key: object, hint: str = "") -> None:
        super().__init__(f"There is no {noun} {key}.", hint)


class UsageError(DealboardError):
    """The command cannot run with these words or in this place."""

    exit_code = 2


class InvalidValue(DealboardError):
    """A field cannot take this value; `field` tells a form where to say so."""

    exit_code = 65

    def __init__(self, field: str, value: object, reason: str, hint: str = "") -> None:
        self.field = field
        self.value = value
        self.reason = reason
        super().__init__(f"{field.capitalize()} {str(value)!r}: {reason}.", hint)


class MissingField(InvalidValue):
    """A required field was left empty; of several things ("contacts") the reason says it all."""

    def __init__(self, field: str, reason: str, hint: str = "") -> None:
        super().__init__(field, "", reason, hint)
        what = "" if field.endswith("s") else f"{field} is required: "
        said = f"{what}{reason}."
        self.sentence = f"{said[:1].upper()}{said[1:]}"
        self.args = (self.sentence,)


class UnknownName(InvalidValue):
    """A name that no pipeline, stage, owner or contact bears; `known` are those that exist."""

    def __init__(
        self,
        field: str,
        value: object,
        where: str = "",
        known: tuple[str, ...] = (),
        hint: str = "",
    ) -> None:
        hint = f"Known: {', '.join(known)}." if known else hint
        super().__init__(field, value, f"unknown {field}{where}", hint)


class NotAWorkspace(DealboardError):
    """The file exists and is not a dealboard workspace. It is left untouched."""

    exit_code = 65

    def __init__(self, path: object, reason: str, hint: str = "") -> None:
        super().__init__(f"{path} is not a dealboard workspace: {reason}.", hint)


class WorkspaceNewer(NotAWorkspace):
    """A later version of dealboard wrote this file; this one must not touch it."""

    def __init__(self, path: object, found: int, known: int) -> None:
        DealboardError.__init__(
            self,
            f"{path} was written by a newer dealboard (format {found}, this one knows {known}).",
            "Upgrade dealboard to open it. Nothing was changed.",
        )


class NoWorkspace(DealboardError):
    """There is no file where the workspace should be."""

    exit_code = 66

    def __init__(self, path: object) -> None:
        super().__init__(
            f"There is no workspace at {path}.",
            "Create one with: dealboard init (or name another with --db).",
        )


class StorageFailed(DealboardError):
    """The disk or the operating system said no."""

    exit_code = 74


class WorkspaceReplaced(StorageFailed):
    """The file was moved, deleted, replaced or upgraded while it was open."""

    def __init__(self, path: object, what: str) -> None:
        super().__init__(
            f"{path} was {what} while dealboard had it open; nothing was written.",
            "Close dealboard and open the workspace again.",
        )


class Busy(DealboardError):
    """Another process held the write lock longer than the timeout."""

    exit_code = 75

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"Another dealboard has been writing for {seconds:g} s; nothing was changed.",
            "Try again, or wait longer with --timeout.",
        )


class NotPermitted(DealboardError):
    """The acting user's role gives no access (guide, User permissions)."""

    exit_code = 77


class ConfigError(DealboardError):
    """The configuration file cannot be used."""

    exit_code = 78
