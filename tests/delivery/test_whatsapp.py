"""One message by the Cloud API: accepted, not sent or unclear; never twice, the token unseen."""

import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from dealboard.config import Config
from dealboard.delivery.secrets import SecretMissing, Secrets
from dealboard.delivery.whatsapp import (
    NotSent,
    Template,
    Unclear,
    WhatsApp,
    template_body,
    text_body,
)
from dealboard.errors import ConfigError, DealboardError, InvalidValue
from tests.delivery.cloud import TOKEN, Answer, Cloud, drop, error

TO = "+393491234567"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as server:
        yield server


def client(cloud: Cloud, folder: Path, token: str = TOKEN) -> WhatsApp:
    environ = {"DEALBOARD_WHATSAPP_TOKEN": token} if token else {}
    secrets = Secrets(folder, environ, lambda _name: None)
    return WhatsApp(cloud.url, "v26.0", "1234567890", secrets, seconds=2)


def refusal(cloud: Cloud, folder: Path) -> DealboardError:
    """Return what sending raises; it was asked once, and the token is nowhere in it."""
    with pytest.raises(DealboardError) as caught:
        client(cloud, folder).send(text_body(TO, "hi"))
    assert len(cloud.asked) == 1
    shown = "".join(traceback.format_exception(caught.value))
    assert TOKEN not in f"{shown}{caught.value.sentence}{caught.value.hint}"
    return caught.value


def test_a_text_is_sent_as_documented(cloud: Cloud, tmp_path: Path) -> None:
    assert client(cloud, tmp_path).send(text_body(TO, "Ciao\n🎉")) == "wamid.1"
    (asked,) = cloud.asked
    assert asked.path == "/v26.0/1234567890/messages"
    assert asked.authorization == f"Bearer {TOKEN}"
    assert asked.message == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": TO,
        "type": "text",
        "text": {"preview_url": False, "body": "Ciao\n🎉"},
    }


def test_a_template_is_sent_as_documented(cloud: Cloud, tmp_path: Path) -> None:
    client(cloud, tmp_path).send(template_body(TO, Template("hello", "it", ("Ada",))))
    client(cloud, tmp_path).send(template_body(TO, Template("hello", "it")))
    first, second = (asked.message for asked in cloud.asked)
    assert first["type"] == "template"
    parameters = [{"type": "text", "text": "Ada"}]
    components = [{"type": "body", "parameters": parameters}]
    named = {"name": "hello", "language": {"code": "it"}}
    assert first["template"] == {**named, "components": components}
    assert second["template"] == {**named, "components": []}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (131047, "only a template can be sent"),
        (131026, "not on WhatsApp"),
        (131030, "test account"),
        (131021, "your own"),
        (100, "does not understand"),
        (132001, "template"),
        (130429, "fewer messages"),
        (131016, "trouble of its own"),
        (190, "token"),
        (131031, "blocked"),
        (999, "(#999)"),
    ],
)
def test_each_error_is_a_sentence(cloud: Cloud, tmp_path: Path, code: int, said: str) -> None:
    cloud.answer = error(code)
    refused = refusal(cloud, tmp_path)
    assert isinstance(refused, NotSent)
    assert said in refused.sentence
    assert f"error {code}" in refused.sentence
    assert "Nothing was sent." in refused.sentence
    assert "\x1b" not in refused.sentence


@pytest.mark.parametrize(
    "answer", [drop, (200, b"<html>log in</html>"), (200, b'{"messages": []}'), (502, b"")]
)
def test_what_says_nothing_is_unclear(cloud: Cloud, tmp_path: Path, answer: Answer) -> None:
    cloud.answer = answer
    unclear = refusal(cloud, tmp_path)
    assert isinstance(unclear, Unclear)
    assert "may have been sent all the same" in unclear.sentence


def test_a_server_that_is_not_there_sent_nothing(cloud: Cloud, tmp_path: Path) -> None:
    whatsapp = client(cloud, tmp_path)
    cloud.close()
    with pytest.raises(NotSent, match="Nothing was sent"):
        whatsapp.send(text_body(TO, "hi"))


def test_without_token_or_number_nothing_is_asked(cloud: Cloud, tmp_path: Path) -> None:
    with pytest.raises(SecretMissing, match="whatsapp-token"):
        client(cloud, tmp_path, token="").send(text_body(TO, "hi"))
    with pytest.raises(SecretMissing):
        client(cloud, tmp_path, token="two words").send(text_body(TO, "hi"))
    config = Config(file=tmp_path / "config.toml", location=tmp_path / "x.db")
    with pytest.raises(ConfigError, match="not set up"):
        WhatsApp.of(config)
    assert cloud.asked == []


@pytest.mark.parametrize("text", ["", "x" * 4097])
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        text_body(TO, text)
