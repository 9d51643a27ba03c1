"""How the workspace sends events to Meta: switched on as a dry run, then live, and off again.

Kept in one setting, outside the journal like the currency: there is no undo of these, the one takes
the other back. Every change has the events that are held looked at again.
"""

import json
from typing import Any

from dealboard.actions import access
from dealboard.actions.rows import counted
from dealboard.domain import conversions as rules
from dealboard.domain.conversions import Setup
from dealboard.errors import Refused
from dealboard.store import outbox
from dealboard.store.reads import conversions as reads
from dealboard.store.reads import outbox as queue
from dealboard.store.reads.settings import META, META_SEEN
from dealboard.store.reads.values import moment_text
from dealboard.store.tables import Setting
from dealboard.store.transaction import Transaction


def enable(tx: Transaction, dataset: str, *, live: bool = False) -> None:
    """Write an event of what happens from now on, for this data set; a dry run unless `live`.

    What only a person could mend, and paused all events, is taken as mended.
    """
    access.full_access(tx)
    dataset = rules.check_dataset(dataset)
    _mend(tx)
    _set(tx, tx.read(reads.setup)._replace(dataset=dataset, enabled=True, live=live))
    tx.describe(f"Events for data set {dataset}: {'live' if live else 'dry run'}")


def go_live(tx: Transaction, *, waiting: bool = True) -> int:
    """Let events go out and return how many wait; without `waiting` those of the dry run stay."""
    access.full_access(tx)
    setup = _enabled(tx)
    if not waiting and not setup.live:
        outbox.dismiss(tx.connection, rules.KIND, rules.LEFT_BEHIND, tx.now)
    _set(tx, setup._replace(live=True))
    tx.describe("Events for Meta go out from now on")
    waits = outbox.waiting(tx.connection, rules.KIND)
    if waits:
        tx.note(f"{counted(waits, 'event')} of the dry run will go out.")
    return waits


def disable(tx: Transaction) -> None:
    """Write no more events, and let none go out; what waits is kept until it expires."""
    access.full_access(tx)
    _set(tx, _enabled(tx)._replace(enabled=False))
    tx.describe("No more events for Meta")


def set_up(
    tx: Transaction,
    dataset: str,
    *,
    action_source: str,
    unknown_consent: bool,
    grace_minutes: int,
) -> None:
    """Choose all that can be chosen, and write events from now on.

    A dry run, unless events go out to this data set already. A pause ends as `enable` ends it.
    """
    access.full_access(tx)
    _mend(tx)
    dataset, before = rules.check_dataset(dataset), tx.read(reads.setup)
    goes_on = before.enabled and before.dataset == dataset
    setup = Setup(
        dataset,
        enabled=True,
        live=before.live and goes_on,
        action_source=rules.check_source(action_source),
        unknown_consent=unknown_consent,
        grace_minutes=rules.check_grace(grace_minutes),
    )
    _set(tx, setup)
    tx.describe(f"Events for data set {dataset}: {'live' if setup.live else 'dry run'}")


def acknowledge(tx: Transaction) -> None:
    """Say that somebody has seen which events expired: the badge is silent about them."""
    access.full_access(tx)
    tx.session.merge(Setting(key=META_SEEN, value=json.dumps(moment_text(tx.now))))
    tx.describe("Seen which events expired")


def set_action_source(tx: Transaction, source: str) -> None:
    """Choose where events say that conversions happen: one of `domain.conversions.SOURCES`."""
    _change(tx, action_source=rules.check_source(source))


def set_unknown_consent(tx: Transaction, agreed: bool) -> None:
    """Choose whether a consent that nobody asked for is taken as given (decision 40)."""
    _change(tx, unknown_consent=bool(agreed))


def set_grace(tx: Transaction, minutes: int) -> None:
    """Choose how long an event waits, so that it can be taken back (decision 80)."""
    _change(tx, grace_minutes=rules.check_grace(minutes))


def _mend(tx: Transaction) -> None:
    """End a pause that only a person could."""
    paused = tx.read(queue.pause, rules.KIND)
    if paused is not None and paused.until is None:
        outbox.resume(tx.connection, rules.KIND)


def _change(tx: Transaction, **fields: Any) -> None:
    access.full_access(tx)
    _set(tx, _configured(tx)._replace(**fields))


def _configured(tx: Transaction) -> Setup:
    setup = tx.read(reads.setup)
    if not setup.dataset:
        raise Refused(
            "No data set of Meta's is known here.",
            "Enable the Conversions API with the id of one first.",
        )
    return setup


def _enabled(tx: Transaction) -> Setup:
    setup = _configured(tx)
    if not setup.enabled:
        raise Refused("The Conversions API is not enabled.")
    return setup


def _set(tx: Transaction, setup: Setup) -> None:
    tx.session.merge(Setting(key=META, value=json.dumps(setup._asdict())))
    tx.reconsider = True
