"""The way out for everything that goes wrong: a sentence on stderr, a hint, an exit code.

What nobody foresaw becomes one line and a crash report that only its user can read, without the
values of variables (reliability, D17).
"""

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path

import click

from dealboard.cli import INTERRUPTED
from dealboard.domain.text import safe
from dealboard.errors import DealboardError


def report(error: Exception) -> int:
    """Say what went wrong and return the exit code."""
    match error:
        case click.exceptions.Abort():
            return INTERRUPTED
        case DealboardError():
            _say(error.sentence, error.hint)
            return error.exit_code
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.format_message(), err=True)
            return error.exit_code
        case click.UsageError():
            _say(error.format_message(), _ask_help(error.ctx))
            return error.exit_code
        case click.ClickException():
            _say(error.format_message())
            return error.exit_code
        case OSError(strerror=str(reason)):
            _say(": ".join(filter(None, (str(error.filename or ""), reason))))
            return 74
    _say("This should not have happened.", _kept(error))
    return 1


def _say(sentence: str, hint: str = "") -> None:
    click.echo("\n".join(safe(line) for line in (f"dealboard: {sentence}", hint) if line), err=True)


def _ask_help(context: click.Context | None) -> str:
    return f"Try: {context.command_path} --help" if context else ""


def _kept(error: Exception) -> str:
    """Write the crash report and return a sentence that names it."""
    from dealboard import __version__
    from dealboard.config import log_folder
    from dealboard.delivery.secrets import redacted

    now = datetime.now(UTC)
    path = log_folder() / f"crash-{now:%Y%m%dT%H%M%S.%fZ}.log"
    trace = redacted("".join(traceback.format_exception(error)))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_private(path, f"dealboard {__version__}, {now.isoformat()}\n\n{trace}")
    except OSError:
        return f"{type(error).__name__}, and the report could not be written to {path}."
    return f"{type(error).__name__}; the report is {path}"


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
