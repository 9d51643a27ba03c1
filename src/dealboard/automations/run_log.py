"""What came of rules: entries of the run log, and what is said of it to who acted."""

from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring_ascii
from typing import Any, NamedTuple

from dealboard.automations import guard
from dealboard.automations.book import Book, Compiled
from dealboard.automations.events import Event
from dealboard.automations.guard import Trip
from dealboard.domain.automations import Outcome
from dealboard.domain.rule_words import done_words
from dealboard.domain.text import excerpt
from dealboard.store import driver
from dealboard.store.columns import moment_text
from dealboard.store.images import as_json
from dealboard.store.reads.facts import subjects
from dealboard.store.transaction import Transaction

OURS = "Automation “"
"""How the sentences begin that are for who acted; what actions say to rules is for nobody."""

TOLD = 3
"""Failures that the user is told of at once; the log has all."""

NAMED = 30
"""Characters of an automation's name, where it stands behind what somebody did."""

_TRIP = (
    "UPDATE automation SET trips = trips + 1, version = version + 1,"
    " suspended_at = CASE WHEN trips + 1 >= :most THEN :now ELSE suspended_at END"
    " WHERE id = :id AND suspended_at IS NULL RETURNING name, suspended_at IS NOT NULL"
)


class Logged(NamedTuple):
    """What came of a rule for some deals: the event of each, and its title."""

    rule: Compiled
    deals: tuple[tuple[Event, str], ...]
    outcome: Outcome
    did: tuple[str, ...] = ()
    reason: str = ""


def stopped(tx: Transaction, book: Book, trips: Sequence[Trip]) -> list[Logged]:
    """Count a trip for each rule that went too far, suspend it if it was the last one allowed."""
    known = {rule.id: rule for rule in book.rules}
    for rule_id in dict.fromkeys(trip.automation_id for trip in trips):
        params = {"id": rule_id, "most": guard.MAX_TRIPS, "now": moment_text(tx.now)}
        row = tx.connection.execute(_TRIP, params).fetchone()
        if row is not None and row[1]:
            tx.note(f"{OURS}{excerpt(row[0])}” kept setting itself off: it is suspended.")
        elif row is not None:
            reason = next(each.reason for each in trips if each.automation_id == rule_id)
            tx.note(f"{OURS}{excerpt(row[0])}” was {guard.TOLD.get(reason, reason)}.")
    ids = [deal_id for trip in trips for deal_id in (trip.deal_id, trip.root)]
    titles = {each.id: each.title for each in subjects(tx.connection, ids, ()).values()}
    logged = []
    for trip in {(trip.automation_id, trip.root): trip for trip in trips}.values():
        rule = known.get(trip.automation_id)
        if rule is not None:
            about = trip.deal_id if trip.deal_id in titles else trip.root
            event = Event(about, frozenset(), trip.root, path=trip.path)
            title = titles.get(about, "")
            logged.append(Logged(rule, ((event, title),), Outcome.STOPPED, (), trip.reason))
    return logged


def given_up(book: Book, roots: Sequence[Event]) -> list[Logged]:
    """Remember of what the clock began, and the guard took back, that its time has been."""
    known = {rule.id: rule for rule in book.rules}
    return [
        Logged(known[event.only], ((event, ""),), Outcome.STOPPED, (), guard.TAKEN_BACK)
        for event in roots
        if event.occurrence is not None and event.only in known
    ]


def write(tx: Transaction, book: Book, log: Sequence[Logged]) -> None:
    """Write what came of rules into the log; who acted is told of what failed."""
    names = {rule.id: rule.name for rule in book.rules}
    now, seq, quoted = moment_text(tx.now), tx.operation.seq, encode_basestring_ascii
    columns = "deal_id", "occurrence", "detail"
    for each in log:
        details: dict[tuple[object, ...], str] = {}
        rows = []
        for event, title in each.deals:
            alike = event.kinds, event.path
            if alike not in details:
                details[alike] = _detail(each, event, names)
            about = f'{{"deal":{quoted(title)},{details[alike]}'
            rows.append((event.deal_id, event.occurrence, about))
        same = {"automation_id": each.rule.id, "outcome": each.outcome.value}
        same |= {"operation_seq": seq, "at": now}
        driver.insert(tx.connection, "INSERT INTO automation_run", columns, rows, same)
        tx.journal.kept = True  # an operation that the log names stays
    tx.automated = _in_a_few_words(log)
    failed = [
        (each, title) for each in log if each.outcome is Outcome.FAILED for _, title in each.deals
    ]
    for each, title in failed[:TOLD]:
        about = f" for {excerpt(title)}" if title else ""
        tx.note(f"{OURS}{excerpt(each.rule.name)}” failed{about}: {each.reason}")
    if len(failed) > TOLD:
        tx.note(f"{OURS}{excerpt(failed[TOLD][0].rule.name)}” and others failed"
                f" {len(failed) - TOLD} more times; the run log says why.")  # fmt: skip


def _in_a_few_words(log: Sequence[Logged]) -> str:
    """Return what rules did: of one, what it is called and what that was; of several, how many."""
    acted = {each.rule.id: each for each in log if each.did}
    if len(acted) > 1:
        return f"{len(acted)} automations acted"
    return "".join(
        f"{excerpt(each.rule.name, NAMED)} {done_words(each.did[:1])}"
        f"{' and more' if len(each.did) > 1 else ''}"
        for each in acted.values()
    )


def _detail(each: Logged, event: Event, names: Mapping[int, str]) -> str:
    """Return the rest of an entry's JSON object, the same for all deals alike."""
    detail: dict[str, Any] = {"rule": each.rule.name}
    if event.kinds:
        detail["event"] = event.kind().value
    if each.did:
        detail["did"] = each.did
    if each.reason:
        detail["reason"] = each.reason
    if event.path:
        detail["chain"] = [names.get(rule_id, f"#{rule_id}") for rule_id in event.path]
    return as_json(detail)[1:]
