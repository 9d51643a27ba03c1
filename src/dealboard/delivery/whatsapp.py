"""WhatsApp's Cloud API: one message to one person, sent because somebody asked for just that.

Nothing makes sending twice harmless there (meta-capi §9), so nothing is ever sent again by itself.
What comes back is one of three: WhatsApp accepted it, which does not say that it was delivered; it
was not sent, and why; or nobody can tell.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from dealboard.delivery.addresses import Addresses
from dealboard.delivery.exchange import Exchange, Reply, Unanswered
from dealboard.delivery.secrets import WHATSAPP_TOKEN, Secret, Secrets
from dealboard.domain.text import excerpt, safe
from dealboard.errors import ConfigError, DealboardError, InvalidValue, Refused

if TYPE_CHECKING:
    from dealboard.config import Config

SECONDS = 30.0
CONNECTING_SECONDS = 10.0

LONGEST = 4096
"""Characters of a message."""

ANYWHERE = ("0.0.0.0/0", "::/0")
"""The address is the user's own setting: it may lead into a network of theirs."""

_REFUSED = "WhatsApp does not accept the token, or it may not send from this number"
_LIMIT = "WhatsApp wants fewer messages"
_TEMPLATE = "The template is not there, not approved, or wants other values"
_ACCOUNT = "WhatsApp has blocked this account, or it is not paid for"
_PARAMETER = "WhatsApp does not understand the message or the number"
_TROUBLE = "WhatsApp has trouble of its own"
_WHY = {
    131047: "The 24-hour window is closed: only a template can be sent",
    131026: "The number is not on WhatsApp, or cannot receive this",
    131030: "The number is not in the list that a test account may write to",
    131021: "The number is your own",
    **dict.fromkeys((100, 131008, 131009), _PARAMETER),
    **dict.fromkeys((132000, 132001, 132015), _TEMPLATE),
    **dict.fromkeys((131048, 131049, 130429, 131056, 80007), _LIMIT),
    **dict.fromkeys((131000, 131016, 133004), _TROUBLE),
    **dict.fromkeys((190, 10, 200, 131005), _REFUSED),
    **dict.fromkeys((368, 131031, 131042), _ACCOUNT),
}
"""What the codes of errors mean (meta-capi §9)."""


class NotSent(Refused):
    """A message was not sent; it may be tried again."""


class Unclear(DealboardError):
    """Nobody can tell whether a message was sent; sending it again may send it twice."""


class Template(NamedTuple):
    """A message that WhatsApp approved beforehand, its language, and the values it has room for."""

    name: str
    language: str
    values: tuple[str, ...] = ()


def text_body(to: str, text: str) -> bytes:
    """Return the request for a text to a number as E.164. Raises InvalidValue for a long one."""
    if not 0 < len(text) <= LONGEST:
        reason = f"{len(text):,} characters; from 1 to {LONGEST:,} fit"
        raise InvalidValue("message", excerpt(text), reason)
    return _body(to, "text", {"preview_url": False, "body": text})


def template_body(to: str, template: Template) -> bytes:
    """Return the request for a template to a number as E.164."""
    values = [{"type": "text", "text": value} for value in template.values]
    components = [{"type": "body", "parameters": values}] if values else []
    named = {"name": template.name, "language": {"code": template.language}}
    return _body(to, "template", {**named, "components": components})


def _body(to: str, kind: str, content: Mapping[str, Any]) -> bytes:
    message = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": to,
        "type": kind,
        kind: content,
    }
    return json.dumps(message, ensure_ascii=False).encode()


class WhatsApp:
    """Sends from one number of a business."""

    def __init__(
        self, base_url: str, version: str, phone_id: str, secrets: Secrets, seconds: float = SECONDS
    ) -> None:
        self._url = f"{base_url}/{version}/{phone_id}/messages"
        self._host = urlsplit(base_url).hostname or ""
        self._secrets = secrets
        self._exchange = Exchange(Addresses(ANYWHERE), seconds, CONNECTING_SECONDS)

    @classmethod
    def of(cls, config: "Config") -> "WhatsApp":
        """Return what the settings describe. Raises ConfigError where they name no number."""
        if config.whatsapp_phone_id is None:
            raise ConfigError(
                "WhatsApp's Cloud API is not set up.",
                "Put whatsapp_phone_id into config.toml; the token is in DEALBOARD_WHATSAPP_TOKEN.",
            )
        secrets = Secrets(config.file.parent / "secrets")
        return cls(config.meta_base_url, config.meta_api_version, config.whatsapp_phone_id, secrets)

    def send(self, body: bytes) -> str:
        """Send a message once, and return the id under which WhatsApp accepted it.

        Raises NotSent, Unclear, and SecretMissing where there is no token.
        """
        token = self._secrets.find(WHATSAPP_TOKEN)
        token.check_header()
        try:
            reply = self._exchange.post(self._url, self._host, body, {}, token.authorize)
        except Unanswered as error:
            if error.arrived:
                raise _unclear(error.said) from None
            raise NotSent(f"{error.said} Nothing was sent.") from None
        finally:
            self._exchange.close()
        return _accepted(reply, token)


def _accepted(reply: Reply, token: Secret) -> str:
    """Return the id of an accepted message. Raises NotSent or Unclear."""
    found = _json(reply.text)
    error = found.get("error")
    if isinstance(error, dict) and isinstance(error.get("code"), int):
        raise NotSent(_explained(error["code"], error, token))
    ids = [each.get("id") for each in _listed(found, "messages")]
    if reply.status == HTTPStatus.OK and ids and isinstance(ids[0], str):
        return ids[0]
    if 400 <= reply.status < 500:
        raise NotSent(f"{reply.status} is all that answered. Nothing was sent.")
    raise _unclear(f"What answered, {reply.status}, says nothing of the message.")


def _explained(code: int, error: Mapping[str, Any], token: Secret) -> str:
    why = _WHY.get(code)
    if why is None:
        told = error.get("message")
        why = excerpt(safe(token.struck_out(told)), 120) if isinstance(told, str) else "Not sent"
    return f"{why} (error {code}). Nothing was sent."


def _unclear(said: str) -> Unclear:
    return Unclear(
        f"{said} The message may have been sent all the same.",
        "Look into WhatsApp before you send it again.",
    )


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _listed(found: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    some = found.get(name)
    return [each for each in some if isinstance(each, dict)] if isinstance(some, list) else []
