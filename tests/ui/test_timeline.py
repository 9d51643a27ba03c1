"""What timeline, chat and the head of a page say, as plain text; and how long texts are broken."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dealboard.domain.stages import StageKind
from dealboard.domain.views import (
    Activity,
    ActivityKind,
    Deal,
    Event,
    EventKind,
    Message,
    NextStep,
    Person,
    Pipeline,
    Role,
    Stage,
    Stretch,
    User,
)
from dealboard.widgets.blocks import Block
from dealboard.widgets.chat_lines import chat_blocks
from dealboard.widgets.chosen import NewContact
from dealboard.widgets.deal_field_lines import Fields, field_blocks
from dealboard.widgets.deal_form import Choices, Draft, Writing
from dealboard.widgets.deal_head_lines import Head, head_lines
from dealboard.widgets.lines import plain, width_of
from dealboard.widgets.timeline_lines import timeline_blocks
from dealboard.widgets.wrapping import wrap

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
USER = User(1, "u", "Ada Owner", None, Role.ACCOUNT_OWNER, active=True)
LEFT = User(2, "v", "Grace", None, Role.ADMINISTRATOR, active=False)
PIPELINES = (Pipeline(1, "p1", "Sales", 1), Pipeline(2, "p2", "Onboarding", 2))
STAGES = (
    Stage(1, "s1", 1, "Lead", StageKind.OPEN, 10, 1, None),
    Stage(2, "s2", 1, "Offer", StageKind.OPEN, 50, 2, None),
    Stage(3, "s3", 1, "Won", StageKind.WON, 100, 3, None),
    Stage(4, "s4", 1, "Lost", StageKind.LOST, 0, 4, None),
    Stage(5, "s5", 2, "offer", StageKind.OPEN, 20, 1, None),
    Stage(6, "s6", 2, "Won", StageKind.WON, 100, 2, None),
)
ADA = Person(1, "Ada Lovelace", "+39 333", None, "+39333")
CHOICES = Choices(PIPELINES, STAGES, (USER,))
WRITING = Writing(TODAY)

TEXT = st.text(max_size=300)
WIDTH = st.integers(2, 90)


def a_deal(title: str = "Acme", stage: int = 1, reason: str | None = None, **rest: object) -> Deal:
    at = STAGES[stage - 1]
    closed = None if at.kind is StageKind.OPEN else NOON
    deal = Deal(
        7, "d", title, PIPELINES[at.pipeline_id - 1], at, LEFT, 1_200_050, "EUR",
        date(2026, 11, 27), False, "PO-7", reason, NOON, NOON, closed, NOON, (ADA,), 3,
    )  # fmt: skip
    return deal._replace(**rest)  # type: ignore[arg-type]


def a_task(number: int, text: str, due: date | None, done: datetime | None = None) -> Activity:
    kind = ActivityKind.TASK
    return Activity(number, f"a{number}", kind, text, due, done, 7, None, 1, "Ada", NOON, 1)


def told(blocks: list[Block]) -> str:
    return "\n".join(plain(line).rstrip() for block in blocks for line in block.lines)


# ── breaking lines ────────────────────────────────────────────────────────────────────────────


def test_a_text_is_broken_between_words() -> None:
    text = "Call Ada about the offer\n\nUnbreakablelongword end"
    assert wrap(text, 10) == (
        "Call Ada",
        "about the",
        "offer",
        "",
        "Unbreakabl",
        "elongword",
        "end",
    )
    assert wrap(text, 10, 2) == ("Call Ada", "about the…")
    assert wrap("日本語テキスト", 6) == ("日本語", "テキス", "ト")


@given(TEXT, WIDTH, st.none() | st.integers(1, 5))
def test_no_line_is_wider_than_asked(text: str, width: int, limit: int | None) -> None:
    lines = wrap(text, width, limit)
    assert all(cell_len(line) <= width and "\n" not in line for line in lines)
    assert limit is None or len(lines) <= limit


# ── the timeline ──────────────────────────────────────────────────────────────────────────────


def test_tasks_stand_above_what_happened() -> None:
    tasks = (
        a_task(1, "Some day", None),
        a_task(2, "Late", date(2026, 11, 20)),
        a_task(3, "Now\nwith details", TODAY),
    )
    note = Activity(4, "a4", ActivityKind.NOTE, "x " * 900, None, None, 7, None, 1, "Ada", NOON, 1)
    events = (
        Event(NOON, "Ada", "wrote a note", EventKind.ACTIVITY, activity=note),
        Event(NOON, "Bo", "moved it from Lead to Offer", EventKind.MOVED, 3, undone=True),
        Event(NOON - timedelta(days=1), None, "created it", EventKind.CREATED, 1),
    )
    shown = told(timeline_blocks(tasks, events, 60, TODAY)).splitlines()
    assert [line for line in shown if line.startswith("○")] == ["○ Late", "○ Now", "○ Some day"]
    assert "  !Fri 20 Nov 2026 (3 days ago) · Ada" in shown
    assert "  ●Mon 23 Nov 2026 (today) · Ada" in shown
    assert any("≡ Ada wrote a note" in line for line in shown)
    assert sum("│ x" in line for line in shown) == 8
    assert any(line.endswith("…") for line in shown)
    assert any("Bo moved it from Lead to Offer (undone)" in line for line in shown)
    assert any(line.startswith("Yesterday · Sun 22 Nov 2026") for line in shown)
    assert any("✦ Created it" in line for line in shown)


def test_an_empty_timeline_teaches_the_first_key() -> None:
    assert "a adds a call" in told(timeline_blocks((), (), 60, TODAY))


@given(TEXT, TEXT, st.integers(30, 90))
def test_a_timeline_keeps_to_its_width(text: str, actor: str, width: int) -> None:
    note = Activity(4, "a", ActivityKind.NOTE, text, None, None, 7, None, 1, actor, NOON, 1)
    events = (Event(NOON, actor, "wrote a note", EventKind.ACTIVITY, activity=note),)
    blocks = timeline_blocks((a_task(1, text, None)._replace(user="A"),), events, width, TODAY)
    assert all(width_of(line) <= width for block in blocks for line in block.lines[:1])
    assert "\x1b" not in told(blocks)


# ── the chat ──────────────────────────────────────────────────────────────────────────────────


def said(number: int, direction: str, text: str, minutes: int = 0) -> Message:
    at = NOON + timedelta(minutes=minutes)
    return Message(number, 1, at, direction, "", text, "test")


def test_both_sides_of_a_chat_are_told_apart() -> None:
    messages = (
        said(1, "in", "Hi"),
        said(2, "in", "Are you there?", 1),
        said(3, "out", "Yes", 2),
        said(4, "none", "You changed the subject", 3),
    )
    lines = told(chat_blocks(ADA, Stretch(messages), 40, TODAY)).splitlines()
    assert lines[0].startswith("Today · Mon 23 Nov 2026 ─")
    assert sum("Ada Lovelace" in line for line in lines) == 1
    assert "▏ Are you there?" in lines
    assert f"{'Yes ▕':>40}" in lines
    assert f"{'You 12:02 ▕':>40}" in lines
    assert "        You changed the subject" in lines


def test_an_empty_chat_says_why() -> None:
    assert "No messages with Ada Lovelace yet." in told(chat_blocks(ADA, Stretch(), 60, TODAY))
    unreachable = ADA._replace(phone=None, phone_key=None)
    assert "No WhatsApp number." in told(chat_blocks(unreachable, Stretch(), 60, TODAY))


@given(TEXT, st.sampled_from(["in", "out", "none"]), st.integers(12, 90))
def test_a_chat_keeps_to_its_width(text: str, direction: str, width: int) -> None:
    message = said(1, direction, text)._replace(author=text)
    blocks = chat_blocks(ADA, Stretch((message,)), width, TODAY)
    assert all(width_of(line) <= max(width, 30) for block in blocks for line in block.lines)
    assert "\x1b" not in told(blocks)


# ── the head ──────────────────────────────────────────────────────────────────────────────────

ACTIONS = (("w", "Won", "screen.win"), ("x", "Lost", "screen.lose"), ("D", "Delete", "screen.d"))


def head(deal: Deal, width: int = 120, **rest: object) -> list[str]:
    shown = Head(deal, STAGES[:4], place=3, of=12)._replace(**rest)  # type: ignore[arg-type]
    lines = head_lines(shown, ACTIONS, width, TODAY, "en_US")
    return ["".join(part.text for part in line) for line in lines]


def test_the_head_says_what_matters() -> None:
    step = NextStep("Call Ada", date(2026, 11, 20))
    title, facts, path = head(a_deal(), next_step=step, rotting=21, mark="not saved")
    assert title.startswith(" ‹ Acme  #7  ● not saved")
    assert title.rstrip().endswith("w Won  x Lost  D Delete   ‹ 3 of 12 ›")
    assert "€12,000.50   Grace   created 23 Nov → Fri 27 Nov 2026 (in 4 days)" in facts
    assert facts.rstrip().endswith("! nothing for 21 days  next: !20 Nov  Call Ada")
    assert path.strip() == "Sales  [Lead 10 %]  Offer  Won ✓  Lost ✗"


def test_the_name_of_the_pipeline_gives_way_to_its_stages() -> None:
    wide, narrow = (head(a_deal(), width)[2].strip() for width in (46, 42))
    assert wide == "Sales  [Lead 10 %]  Offer  Won ✓  Lost ✗"
    assert narrow == "[Lead 10 %]  Offer  Won ✓  Lost ✗"


def test_what_tells_least_gives_way_first() -> None:
    step = NextStep("Call Ada about the offer", date(2026, 11, 20))

    def facts(width: int, **rest: object) -> str:
        return head(a_deal(), width, **{"next_step": step, "rotting": 21} | rest)[1].strip()

    alerts = "! nothing for 21 days  next: !20 Nov  Call Ada about the offer"
    assert facts(130).startswith(
        "€12,000.50   Grace   created 23 Nov → Fri 27 Nov 2026 (in 4 days) "
    )
    assert facts(140).endswith(alerts)
    assert facts(110).startswith("€12,000.50   Grace   Fri 27 Nov 2026 (in 4 days) ")
    assert facts(110).endswith("next: !20 Nov  Call Ada about th…")
    assert (
        facts(80) == "€12,000.50   Grace   27 Nov  ! nothing for 21 days  next: !20 Nov  Call Ada…"
    )
    assert facts(80, rotting=None).startswith("€12,000.50   Grace   Fri 27 Nov 2026 (in 4 days) ")


@given(st.text("Aé漢 ", min_size=1, max_size=30), st.booleans(), st.booleans())
def test_the_close_date_is_whole_at_80_columns(name: str, dated: bool, busy: bool) -> None:
    day = date(2027, 12, 24) if dated else None
    step = NextStep("Call Ada about the offer", date(2026, 11, 20)) if busy else None
    deal = a_deal(close_date=day, owner=LEFT._replace(name=name))
    facts = head(deal, 80, next_step=step, rotting=21 if busy else None)[1]
    assert "€12,000.50" in facts
    assert any(
        day in facts for day in (("24 Dec 27", "24 Dec 2027") if dated else ("no close date",))
    )
    assert "! nothing for 21 days  next: !20 Nov  Call" in facts or not busy


def test_a_closed_deal_says_when_it_closed_and_why() -> None:
    assert "✓ won 23 Nov (expected 27 Nov)" in head(a_deal(stage=3))[1]
    lost = a_deal(stage=4, reason="too dear", close_date=TODAY)
    assert "✗ lost 23 Nov because too dear" in head(lost)[1]


@given(TEXT, st.integers(1, 4), st.integers(10, 160))
def test_a_head_is_exactly_as_wide_as_asked(text: str, stage: int, width: int) -> None:
    deal = a_deal(text, stage, text, owner=LEFT._replace(name=text))
    step = NextStep(text, TODAY)
    for line in head(deal, width, next_step=step, mark="not saved"):
        assert cell_len(line) == width
        assert "\x1b" not in line


# ── a draft ───────────────────────────────────────────────────────────────────────────────────


def a_draft(deal: Deal | None = None) -> Draft:
    return Draft.of(deal or a_deal(), CHOICES, WRITING)


@given(TEXT, TEXT, TEXT, st.sampled_from([1, 2, 3, 4, 5, 6]))
def test_a_draft_comes_back_as_it_was(title: str, amount: str, day: str, stage: int) -> None:
    draft = a_draft()
    for name, text in (("title", title), ("amount", amount), ("close date", day)):
        draft.put(name, text)
    draft.choose("stage", stage)
    draft.put_contacts((NewContact("Zoë", "", "z@x.it"), ADA))
    again = a_draft()
    assert again.restore(draft.to_json())
    assert (again.typed, again.opened, again.base) == (draft.typed, draft.opened, draft.base)
    assert again.changed == draft.changed


def test_a_draft_of_what_is_gone_or_not_understood_is_dropped() -> None:
    draft = a_draft()
    draft.choose("stage", 5)
    fewer = Draft.of(a_deal(), Choices(PIPELINES[:1], STAGES[:4], (USER,)), WRITING)
    assert not fewer.restore(draft.to_json())
    assert not a_draft().restore({"typed": {}})
    new = Draft.new(CHOICES, WRITING, stage_id=1, owner_id=1, currency="EUR")
    assert not new.restore(draft.to_json())


@given(st.sets(st.sampled_from(["title", "amount", "close date", "reference"])), st.booleans())
def test_what_others_saved_is_taken_where_nobody_typed(typed: set[str], whose: bool) -> None:
    draft = a_draft()
    mine = {"title": "Mine", "amount": "5", "close date": "2026-12-31", "reference": "PO-mine"}
    for name in typed:
        draft.put(name, mine[name])
    fresh = a_deal("Theirs", amount=700, close_date=None, reference=None)
    draft.rebase(fresh, frozenset(typed) if whose else frozenset())
    values, theirs = draft.values(), a_draft(fresh).values()
    assert values is not None
    assert theirs is not None
    wanted = {
        "title": "Mine", "amount": 500, "close_date": date(2026, 12, 31), "reference": "PO-mine"
    }  # fmt: skip
    kept = set() if whose else {name.replace(" ", "_") for name in typed}
    assert values == theirs._replace(**{name: wanted[name] for name in kept})  # type: ignore[arg-type]
    assert draft.dirty is bool(kept)


def test_another_pipeline_means_the_same_stage_there() -> None:
    draft = a_draft(a_deal(stage=2))
    draft.choose("pipeline", 2)
    assert draft.typed.stage_id == 5
    assert {"pipeline", "stage"} <= draft.changed
    draft.choose("stage", 6)
    draft.choose("pipeline", 1)
    assert draft.typed.stage_id == 3


@given(TEXT, st.integers(20, 100), st.sampled_from(["", "add", "title", "amount"]))
def test_fields_keep_to_their_width(text: str, width: int, editing: str) -> None:
    draft = a_draft(a_deal(text, reference=text))
    draft.put("amount", text)
    draft.values()
    draft.put_contacts((ADA._replace(name=text), NewContact(text, text, text)))
    fields = Fields(at=editing, editing=editing, selected=0, notes=(("Lost", text),))
    blocks = field_blocks(draft, fields, width)
    assert "\x1b" not in told(blocks)
    assert all(width_of(line) <= width for block in blocks for line in block.lines if block.stops)
