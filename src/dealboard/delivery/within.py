"""Asking something that may never answer: a resolver without a network, a locked keyring."""

import threading
from collections.abc import Callable
from typing import TypeVar

ResultT = TypeVar("ResultT")


def within(seconds: float, ask: Callable[[], ResultT]) -> ResultT:
    """Return what `ask` returns, or raise what it raises; TimeoutError when it takes too long.

    It then goes on in its thread, which ends with the process at the latest, and nobody listens.
    """
    answers: list[ResultT] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(ask())
        except BaseException as error:  # noqa: BLE001 -- it is raised again where it was asked
            failures.append(error)

    thread = threading.Thread(target=run, name="ask", daemon=True)
    thread.start()
    thread.join(seconds)
    if failures:
        raise failures[0]
    if not answers:
        raise TimeoutError
    return answers[0]
