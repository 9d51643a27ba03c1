"""Runs rules: in the transaction of the change that fires them, before its journal is settled.

What happened is looked at in rounds. In each one every rule, in list order, runs for all deals it
matches at once, in a savepoint of its own; if that fails, again deal by deal, so that one deal's
trouble is only its own. What the rules changed is the next round. A rule runs once per deal; one
that its own doing would have change the deal again, a chain that gets too deep or does too much,
is taken back to the change that began it, logged, and after three times suspended. Whatever comes
of a rule, the change that fired it stays.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.exc import IntegrityError

from dealboard.automations import events, facts, guard, run_log
from dealboard.automations.book import Book, Compiled, Deed
from dealboard.automations.events import Event
from dealboard.automations.facts import Places
from dealboard.automations.guard import Trip, Tripped
from dealboard.automations.run_log import Logged
from dealboard.automations.steps import Hands, Target
from dealboard.domain.automations import Outcome
from dealboard.domain.catalogue import Facts
from dealboard.domain.rules import holds
from dealboard.errors import Busy, DealboardError, StorageFailed
from dealboard.store import driver
from dealboard.store.reads.facts import Subject, person, subjects
from dealboard.store.transaction import Transaction

if TYPE_CHECKING:
    from dealboard.store.journal import Noticed

PORTION = 2_000
"""Deals whose rules are run at a time."""

_ASKED = frozenset({"title", "owner_id", "currency", "stage_id"})
"""Columns of a deal that steps and the log ask for, whatever a rule names."""

_FAILURES = (
    DealboardError,
    IntegrityError,
    driver.sqlite.IntegrityError,
    ValueError,
    ArithmeticError,
)
"""What a rule may fail of; anything else is no fault of the rule's."""


class Resumed(NamedTuple):
    """What is left of a rule after a delay, for some deals that it has been delayed for."""

    rule: Compiled
    deeds: tuple[Deed, ...]
    events: tuple[Event, ...]


def settle(tx: Transaction, book: Book) -> None:
    """Run the rules that a transaction's changes fire, and those that these set off."""
    tx.flush()
    happened = events.happened(tx.journal.noticed)
    if tx.journal.batches:
        happened += events.in_bulk(tx.connection, tx.operation.seq)
    run(tx, book, happened)


def run(
    tx: Transaction,
    book: Book,
    happened: Sequence[Event],
    log: list[Logged] | None = None,
) -> None:
    """Run the rules that some events fire; a deal comes once. `log` is told what came of them."""
    triggers = [rule.trigger for rule in book.rules]
    roots = [event for event in happened if any(map(event.fires, triggers))]
    if roots:
        came = _guarded(tx, book, roots, lambda chain, some: chain.follow(some))
        if log is not None:
            log += came


def resume(tx: Transaction, book: Book, left: Resumed) -> None:
    """Do what is left of a rule after a delay, and what that sets off."""
    _guarded(tx, book, left.events, lambda chain, some: chain.go_on(left, some))


def _guarded(
    tx: Transaction,
    book: Book,
    roots: Sequence[Event],
    follow: Callable[["Chain", Sequence[Event]], None],
) -> list[Logged]:
    places = Places(tx.connection)
    notes = len(tx.notes)
    log: list[Logged] = []
    for start in range(0, len(roots), PORTION):
        some = roots[start : start + PORTION]
        while some:
            chain = Chain(tx, book, places)
            try:
                with attempt(tx):
                    follow(chain, some)
            except Tripped as tripped:
                stopped = {trip.root for trip in tripped.trips}
                log += run_log.stopped(tx, book, tripped.trips)
                log += run_log.given_up(book, [event for event in some if event.root in stopped])
                some = [event for event in some if event.root not in stopped]
            else:
                log += chain.log
                break
    told = tx.notes[notes:]
    del tx.notes[notes:]
    tx.notes += [each for each in told if each.startswith(run_log.OURS)]
    run_log.write(tx, book, log)
    return log


@contextmanager
def attempt(tx: Transaction) -> Iterator[None]:
    """Take back what the block did if it raises, in the database and in what is known of it."""
    session, journal = tx.session, tx.journal
    session.flush()
    mark, notes, cause = journal.mark, len(tx.notes), journal.cause
    savepoint = session.begin_nested()
    session.connection()  # sets the savepoint now: what follows may go past the session
    try:
        yield
        session.flush()
    except BaseException:
        journal.cause = cause
        savepoint.rollback()
        session.expire_all()
        journal.rewind(mark)
        del tx.notes[notes:]
        raise
    savepoint.commit()


class Chain:
    """What some changes lead to, round by round."""

    def __init__(self, tx: Transaction, book: Book, places: Places) -> None:
        self.log: list[Logged] = []
        self._tx = tx
        self._book = book
        self._places = places
        self._hands = Hands(tx, places, book.locale)
        self._ran: defaultdict[int, set[int]] = defaultdict(set)
        self._actions: dict[int, int] = {}
        self._known: dict[int, tuple[Subject, Facts]] = {}
        self._seen = len(tx.journal.noticed)
        self._want(frozenset[str]().union(*(rule.wanted for rule in book.rules)))

    def _want(self, names: frozenset[str]) -> None:
        """Read from now on what these facts need; `_columns` a deal's that count."""
        self._wanted, self._columns = names, facts.columns(names) | _ASKED
        self._known.clear()

    def follow(self, happened: Sequence[Event]) -> None:
        """Run the rules for these events and then for what they changed, until nothing does."""
        while happened:
            mark = len(self._tx.journal.noticed)
            for rule in self._book.rules:
                self._fire(rule, happened)
            self._tx.flush()
            happened = self._caused(self._tx.journal.noticed[mark:])

    def go_on(self, left: Resumed, roots: Sequence[Event]) -> None:
        """Do the rest of a delayed rule, then follow what it changed."""
        mark = len(self._tx.journal.noticed)
        self._want(self._wanted | left.rule.wanted)
        for event in roots:
            for rule_id in (*event.path, left.rule.id):
                self._ran[rule_id].add(event.deal_id)
        targets = self._targets(left.rule, roots)
        self._count(left.rule, left.deeds, targets)
        self._do(left.rule, left.deeds, targets, Outcome.RAN)
        self._tx.flush()
        self.follow(self._caused(self._tx.journal.noticed[mark:]))

    # ── one rule ──────────────────────────────────────────────────────────────────────────────

    def _fire(self, rule: Compiled, happened: Sequence[Event]) -> None:
        """Run a rule for the deals that these events are about and that it has not run for."""
        fresh: dict[int, Event] = {}
        again: dict[int, Event] = {}
        ran = self._ran[rule.id]
        for event in happened:
            if event.only not in (None, rule.id) or not event.fires(rule.trigger):
                continue
            if event.deal_id not in ran:
                fresh.setdefault(event.deal_id, event)
            elif rule.id in event.path:
                again.setdefault(event.deal_id, event)
        if fresh:
            self._run(rule, [*fresh.values()])
        if again:
            self._probe(rule, [*again.values()])

    def _run(self, rule: Compiled, happened: Sequence[Event]) -> None:
        targets = self._targets(rule, happened)
        if rule.broken:
            self._fail(rule, targets, rule.broken)
            return
        then, otherwise = self._judged(rule, targets)
        self._ran[rule.id].update(each.event.deal_id for each in (*then, *otherwise))
        deep = [t for t in (*then, *otherwise) if len(t.event.path) >= guard.MAX_DEPTH]
        if deep:
            raise Tripped([_trip(rule, target, guard.TOO_DEEP) for target in deep])
        self._count(rule, rule.then, then)
        self._count(rule, rule.otherwise, otherwise)
        self._do(rule, rule.then, then, Outcome.RAN)
        self._do(rule, rule.otherwise, otherwise, Outcome.OTHERWISE)

    def _targets(self, rule: Compiled, happened: Iterable[Event]) -> list[Target]:
        """Return what a rule has to know of the deals that are still there, of its pipeline."""
        known = self._read([event.deal_id for event in happened])
        back, here = "stage.previous.name" in rule.wanted, rule.trigger.pipeline
        pipeline_of = self._places.pipeline_of
        targets = []
        for event in happened:
            found = known.get(event.deal_id)
            if found is None:
                continue
            subject, what = found
            if here is not None and here != pipeline_of.get(subject.stage_id):
                continue
            if event.contact_id is not None or (back and "stage_id" in event.before):
                subject, what = self._seen_by(subject, event)
            targets.append(Target(event, subject, what))
        return targets

    def _seen_by(self, subject: Subject, event: Event) -> tuple[Subject, Facts]:
        """Return a deal with the contact and the stage before that its event is about."""
        if "stage_id" in event.before:
            subject = subject._replace(previous_stage=event.before["stage_id"])
        if event.contact_id is not None:
            contact = person(self._tx.connection, event.contact_id)
            subject = subject._replace(contact=contact or subject.contact)
        return self._with_facts(subject)

    def _with_facts(self, subject: Subject) -> tuple[Subject, Facts]:
        return subject, facts.of(subject, self._wanted, self._places)

    def _read(self, deal_ids: Sequence[int]) -> Mapping[int, tuple[Subject, Facts]]:
        """Return deals as they are now: what was changed since they were read is taken over."""
        noticed = self._tx.journal.noticed
        back = "stage.previous.name" in self._wanted
        self._tx.flush()
        for each in noticed[self._seen :]:
            found = self._known.get(each.deal_id or 0)
            if found is None or each.touched.table == "activity":
                continue
            after = each.touched.after or {}
            if each.touched.table != "deal" or not after or (back and "stage_id" in after):
                del self._known[found[0].id]
            elif not self._columns.isdisjoint(after):
                self._known[found[0].id] = self._with_facts(found[0].updated(after))
        self._seen = len(noticed)
        missing = [deal_id for deal_id in deal_ids if deal_id not in self._known]
        if missing:
            read = subjects(self._tx.connection, missing, self._wanted)
            self._known |= {each.id: self._with_facts(each) for each in read.values()}
        return self._known

    def _judged(
        self, rule: Compiled, targets: Sequence[Target]
    ) -> tuple[list[Target], list[Target]]:
        """Return the deals for which the conditions hold, and those for which something else is."""
        if not rule.test.conditions:
            return [*targets], []
        then, otherwise = [], []
        fields = {each.field for each in rule.test.conditions} if rule.test.looks_back else ()
        for target in targets:
            before: Facts = {}
            if fields:
                before = facts.of(target.subject.updated(target.event.before), fields, self._places)
            if holds(rule.test, target.facts, before, self._tx.today):
                then.append(target)
            elif rule.otherwise:
                otherwise.append(target)
        return then, otherwise

    def _do(
        self,
        rule: Compiled,
        deeds: Sequence[Deed],
        targets: Sequence[Target],
        outcome: Outcome,
    ) -> None:
        """Do the steps for all of them, or if that fails for each one that it can be done for."""
        if not targets:
            return
        did = tuple(deed.do.value for deed in deeds)
        try:
            with self._as(rule):
                self._hands.do(rule, deeds, targets)
        except (StorageFailed, Busy):
            raise
        except _FAILURES as error:
            if len(targets) == 1:
                self._fail(rule, targets, _why(error))
            else:
                for target in targets:
                    self._do(rule, deeds, [target], outcome)
            return
        self.log.append(Logged(rule, _deals(targets), outcome, did))

    @contextmanager
    def _as(self, rule: Compiled) -> Iterator[None]:
        """Let the journal know who does what the block does; it happens whole or not at all."""
        with attempt(self._tx):
            self._tx.journal.cause = rule.id
            yield
            self._tx.flush()
        self._tx.journal.cause = None

    def _fail(self, rule: Compiled, targets: Iterable[Target], reason: str) -> None:
        deals = _deals(targets)
        self._ran[rule.id].update(event.deal_id for event, _ in deals)
        self.log.append(Logged(rule, deals, Outcome.FAILED, (), reason))

    # ── the guard ─────────────────────────────────────────────────────────────────────────────

    def _count(self, rule: Compiled, deeds: Sequence[Deed], targets: Sequence[Target]) -> None:
        """Count the actions that each chain has taken."""
        trips, taken, more = [], self._actions, len(deeds)
        for target in targets:
            root = target.event.root
            taken[root] = so_far = taken.get(root, 0) + more
            if so_far > guard.MAX_ACTIONS:
                trips.append(_trip(rule, target, guard.TOO_MUCH))
        if trips:
            raise Tripped(trips)

    def _probe(self, rule: Compiled, happened: Sequence[Event]) -> None:
        """Trip where a rule would change the deal again because of what it led to itself.

        A rule that is set off again and would change nothing has done its work: that is no loop.
        """
        if not any(rule.writes_deals(some) for some in (rule.then, rule.otherwise)):
            return
        targets = self._targets(rule, happened)
        then, otherwise = self._judged(rule, targets)
        trips = [
            _trip(rule, target, guard.ROUND_AND_ROUND)
            for some, deeds in ((then, rule.then), (otherwise, rule.otherwise))
            for target in some
            if self._would_change(rule, deeds, target)
        ]
        if trips:
            raise Tripped(trips)

    def _would_change(self, rule: Compiled, deeds: Sequence[Deed], target: Target) -> bool:
        writing = [deed for deed in deeds if rule.writes_deals([deed])]
        try:
            with self._as(rule):
                self._tell(rule, writing, target)
        except (StorageFailed, Busy):
            raise
        except _Told as told:
            return told.changed
        except _FAILURES:
            pass
        return False

    def _tell(self, rule: Compiled, deeds: Sequence[Deed], target: Target) -> None:
        """Do steps only to raise whether they change the deal."""
        mark = len(self._tx.journal.noticed)
        self._hands.do(rule, deeds, [target])
        self._tx.flush()
        after = events.happened(self._tx.journal.noticed[mark:])
        raise _Told(any(event.deal_id == target.event.deal_id for event in after))

    def _caused(self, noticed: Sequence["Noticed"]) -> list[Event]:
        """Return what rules made happen, each event with the rules that led to it."""
        causes: dict[int, list[Noticed]] = {}
        for each in noticed:
            if each.cause is not None:
                causes.setdefault(each.cause, []).append(each)
        found = []
        waiting = {rule.trigger.on for rule in self._book.rules}
        for cause, some in causes.items():
            if not any(events.may_fire(each, waiting) for each in some):
                continue
            for event in events.happened(some):
                if event.kinds.isdisjoint(waiting):
                    continue
                began = self._hands.began.get((cause, event.deal_id))
                path, root = (began.path, began.root) if began else ((), event.deal_id)
                found.append(event._replace(path=(*path, cause), root=root))
        return found


class _Told(Exception):
    """Ends a probe, which leaves nothing behind, with what it found."""

    def __init__(self, changed: bool) -> None:
        super().__init__(changed)
        self.changed = changed


def _deals(targets: Iterable[Target]) -> tuple[tuple[Event, str], ...]:
    return tuple([(target.event, target.subject.title) for target in targets])


def _trip(rule: Compiled, target: Target, reason: str) -> Trip:
    event = target.event
    return Trip(rule.id, event.deal_id, event.root, reason, event.path)


def _why(error: Exception) -> str:
    return error.sentence if isinstance(error, DealboardError) else f"It did not work: {error}"
