"""What the page of a contact shows: its fields a line each, and its deals, open ones first.

Pure: no Textual here.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from dealboard.domain.changes import META_IDS
from dealboard.domain.dates import format_day
from dealboard.domain.money import NOTHING, format_amount, format_totals
from dealboard.domain.stages import MARK, StageKind
from dealboard.domain.text import safe_lines
from dealboard.domain.views import Contact, CustomField, Deal, Subtotal
from dealboard.widgets.contact_form import LABELS, NAMES, consent_word
from dealboard.widgets.contact_values import show_value
from dealboard.widgets.deal_form import Writing
from dealboard.widgets.row_lines import Column, Entry

FIELD_COLUMNS = (Column(widest=16), Column(elastic=True))

DEAL_COLUMNS = (
    Column("Deal", elastic=True),
    Column("Amount", right=True, widest=18),
    Column("Stage", widest=18),
    Column("Close", widest=12),
    Column("Owner", widest=16),
)
"""Where it gets narrow, the last ones go first."""

INVALID = {
    "phone": "⚠ not a valid number",
    "email": "⚠ not a valid address",
}


# ── fields ────────────────────────────────────────────────────────────────────────────────────


def field_rows(
    contact: Contact, custom: Sequence[CustomField], writing: Writing
) -> Iterator[Entry]:
    """Yield the fields of a contact, the workspace's own last; their ids are those of the form."""
    if contact.forgotten:
        yield Entry(None, (("It was forgotten: what was personal is gone.", "muted"),))
        yield from _times(contact)
        return
    yield _field("Name", contact.name, NAMES[0])
    for name, label in LABELS.items():
        if name == "consent":
            yield _field(label, _consent(contact), name)
        elif name not in (*NAMES, "consent_source"):
            value = getattr(contact, name) or ""
            if name in META_IDS and not value:
                continue  # few have one
            yield _field(label, value, name, _unusable(contact, name))
    for field in custom:
        value = show_value(field, contact.custom.get(field.id, ""), writing)
        yield _field(field.name, value, f"custom-{field.id}")
    yield from _times(contact)


def _field(label: str, value: str, key: str, warning: str = "") -> Entry:
    """Return a field; one without a value shows a dash."""
    shown = "  ".join(filter(None, (" ".join(safe_lines(value).split()), warning)))
    style = "changed" if warning else "row" if shown else "muted"
    return Entry(key, ((label, "muted"), (shown or NOTHING, style)))


def _consent(contact: Contact) -> str:
    """Return the consent with its day and where it came from."""
    word = consent_word(contact.consent)
    if contact.consent is None:
        return word
    since = f"since {_day(contact.consent_at)}" if contact.consent_at else ""
    source = f"from {contact.consent_source}" if contact.consent_source else ""
    return " · ".join(filter(None, (word, since, source)))


def _unusable(contact: Contact, name: str) -> str:
    """Return the warning about a number or an address that nobody can be reached by."""
    if name == "phone" and contact.phone and not contact.phone_key:
        return INVALID[name]
    if name == "email" and contact.email and not _is_address(contact.email):
        return INVALID[name]
    return ""


def _is_address(text: str) -> bool:
    name, _, host = text.strip().partition("@")
    return bool(name) and "." in host.strip(".") and not set(text.strip()) & set(" ,;<>")


def _times(contact: Contact) -> Iterator[Entry]:
    yield Entry(None, (("", "muted"),))
    added, changed = _day(contact.created_at), _day(contact.updated_at)
    yield Entry(None, ((f"#{contact.id} · added {added}", "muted"),))
    if changed != added:
        yield Entry(None, ((f"changed {changed}", "muted"),))


def _day(at: datetime) -> str:
    local = at.astimezone()
    return f"{local.day} {local:%b %Y}"


# ── deals ─────────────────────────────────────────────────────────────────────────────────────


def deal_rows(
    open_: Sequence[Deal], closed: Sequence[Deal], *, today: date, locale: str
) -> Iterator[Entry]:
    """Yield the deals of a contact under two heads with their totals per currency (decision 65)."""
    yield _head("Open", open_, locale)
    yield from (_deal(deal, today, locale) for deal in open_)
    yield Entry(None, (("", "muted"),))
    yield _head("Closed", closed, locale)
    yield from (_deal(deal, today, locale) for deal in closed)


def totals_of(deals: Sequence[Deal]) -> tuple[Subtotal, ...]:
    """Return the money of some deals per currency; those without an amount add nothing."""
    sums: Counter[str] = Counter()
    for deal in deals:
        if deal.amount is not None:
            sums[deal.currency] += deal.amount
    return tuple(Subtotal(currency, amount, 0) for currency, amount in sums.items())


def _head(word: str, deals: Sequence[Deal], locale: str) -> Entry:
    if not deals:
        return Entry(None, ((f"{word} · none", "heading"),))
    parts = [word, str(len(deals)), format_totals(totals_of(deals), locale)]
    for kind, name in ((StageKind.WON, "won"), (StageKind.LOST, "lost")):
        of_kind = [deal for deal in deals if deal.stage.kind is kind]
        if of_kind:
            money = format_totals(totals_of(of_kind), locale)
            parts.append(f"{MARK[kind]} {len(of_kind)} {name} {money}")
    return Entry(None, ((" · ".join(parts), "heading"),))


def _deal(deal: Deal, today: date, locale: str) -> Entry:
    amount = NOTHING if deal.amount is None else format_amount(deal.amount, deal.currency, locale)
    kind = deal.stage.kind
    stage = f"{deal.stage.name} {MARK[kind]}".rstrip()
    styles = {StageKind.WON: "won", StageKind.LOST: "lost", StageKind.OPEN: "row"}
    day, style = _when(deal, today)
    owner = deal.owner.name if deal.owner.active else f"{deal.owner.name} (inactive)"
    cells = (
        (deal.title, "strong"),
        (amount, "row" if deal.amount is not None else "muted"),
        (stage, styles[kind]),
        (day, style),
        (owner, "muted"),
    )
    return Entry(deal.id, cells)


def _when(deal: Deal, today: date) -> tuple[str, str]:
    """Return the day a deal was closed, or is to close: overdue with a mark beside the colour."""
    if deal.closed_at is not None:
        return format_day(deal.closed_at.astimezone().date(), today), "muted"
    if deal.close_date is None:
        return NOTHING, "muted"
    day = format_day(deal.close_date, today)
    return (f"!{day}", "wrong") if deal.close_date < today else (day, "row")
