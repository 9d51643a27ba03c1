"""What stands for something else in a chat, and when a business may write freely."""

from datetime import UTC, datetime, timedelta

import pytest

from dealboard.domain.messaging import stands_for, window_until

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "<Media omessi>",
        "<Media omitted>",
        "<allegato: 00000012-PHOTO.jpg>",
        "immagine omessa",
        "sticker non incluso",
        "offer.pdf • 2 pages document omitted",
        "IMG-20260312-WA0001.jpg (file attached)",
        "Questo messaggio è stato eliminato",
        "You deleted this message.",
    ],
)
def test_what_stands_for_something_else_is_known(text: str) -> None:
    assert stands_for(text)


@pytest.mark.parametrize("text", ["", "ok", "<3", "the image omitted\nand more", "omitted by us"])
def test_everything_else_is_text(text: str) -> None:
    assert not stands_for(text)


def test_the_window_is_open_for_a_day_after_the_last_message() -> None:
    assert window_until(None, NOON) is None
    assert window_until(NOON - timedelta(hours=23), NOON) == NOON + timedelta(hours=1)
    assert window_until(NOON - timedelta(hours=24), NOON) is None
