"""Secrets are found where they are safe, and shown nowhere."""

import sys
import threading
import traceback
from pathlib import Path
from types import ModuleType, SimpleNamespace

import httpx
import pytest

from dealboard.delivery import secrets
from dealboard.delivery.secrets import (
    META_TOKEN,
    Secret,
    SecretMissing,
    Secrets,
    redacted,
    variable,
)
from dealboard.domain.outbox import check_secret_name, check_url
from dealboard.errors import InvalidValue

CANARY = "c4n4ry-8f2b"


def kept(folder: Path, name: str, value: str = CANARY, mode: int = 0o600) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(value + "\n", encoding="utf-8")
    path.chmod(mode)
    return path


def signs(found: Secret) -> str:
    return found.signature(b"1.{}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "secrets"


def test_environment_then_keyring_then_file(folder: Path) -> None:
    kept(folder, "crm-hook", "from file")
    environ = {"DEALBOARD_SECRET_CRM_HOOK": "from environment"}
    ring = {"crm-hook": "from keyring"}.get
    wanted = [
        (Secrets(folder, environ, ring), "from environment"),
        (Secrets(folder, {}, ring), "from keyring"),
        (Secrets(folder, {}, lambda _name: None), "from file"),
    ]
    for secrets_, value in wanted:
        assert signs(secrets_.find("crm-hook")) == signs(Secret(value))
    assert variable("crm-hook") == "DEALBOARD_SECRET_CRM_HOOK"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_file_that_others_can_read_is_refused(folder: Path, mode: int) -> None:
    kept(folder, "hook", mode=mode)
    with pytest.raises(SecretMissing, match="open to other users") as refused:
        Secrets(folder, {}).find("hook")
    assert "chmod 600" in refused.value.hint


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    target = kept(tmp_path, "elsewhere")
    folder.mkdir()
    (folder / "hook").symlink_to(target)
    with pytest.raises(SecretMissing, match="cannot be read"):
        Secrets(folder, {}).find("hook")


def test_what_is_not_there_says_where_to_put_it_and_is_looked_up_again(folder: Path) -> None:
    found = Secrets(folder, {}, lambda _name: None)
    with pytest.raises(SecretMissing) as missing:
        found.find("hook")
    assert "DEALBOARD_SECRET_HOOK" in missing.value.hint
    assert "secrets/hook" in missing.value.hint
    kept(folder, "hook")
    found.forget()
    assert signs(found.find("hook")) == signs(Secret(CANARY))


def a_keyring(monkeypatch: pytest.MonkeyPatch, *backends: object) -> None:
    module = ModuleType("keyring")
    vars(module)["get_keyring"] = lambda: SimpleNamespace(backends=list(backends))
    monkeypatch.setitem(sys.modules, "keyring", module)


def a_backend(module: str, answer: object) -> object:
    kind = type("Backend", (), {"get_password": lambda *_args: answer, "__module__": module})
    return kind()


def test_a_keyring_that_keeps_secrets_in_the_open_is_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = a_backend("keyrings.alt.file", "from plain file")
    a_keyring(monkeypatch, plain, a_backend("keyring.backends.SecretService", "from keyring"))
    assert signs(Secrets(folder, {}).find("hook")) == signs(Secret("from keyring"))
    a_keyring(monkeypatch, plain)
    with pytest.raises(SecretMissing):
        Secrets(folder, {}).find("hook")


def test_a_keyring_that_never_answers_is_not_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()
    stuck = type("Stuck", (), {"get_password": lambda *_args: never.wait()})()
    a_keyring(monkeypatch, stuck)
    monkeypatch.setattr(secrets, "KEYRING_SECONDS", 0.01)
    kept(folder, "hook")
    assert signs(Secrets(folder, {}).find("hook")) == signs(Secret(CANARY))
    never.set()


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret(CANARY)
    assert CANARY not in f"{secret} {secret!r} {vars(type(secret))}"
    assert secret.struck_out(f"you sent {CANARY}!") == "you sent •••!"
    try:
        secret.signature(None)  # type: ignore[arg-type]
    except TypeError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
        ours = (frame for frame in told.stack if "dealboard" in frame.filename)
        assert CANARY not in "".join(str(frame.locals) for frame in ours)


@pytest.mark.parametrize("name", ["", "../config", "a/b", ".hidden", "1", "a b", "x" * 65, "é"])
def test_a_name_leads_to_no_other_file(name: str) -> None:
    with pytest.raises(InvalidValue, match="not the name"):
        check_secret_name(name)
    assert check_secret_name("crm-hook_2") == "crm-hook_2"


@pytest.mark.parametrize(
    "url",
    [
        *("", "http://a.test", "ftp://a.test", "https://", "https:///x", "//a.test", "a.test"),
        *("https://u:p@a.test", "https://u@a.test", "https://a.test:0", "https://a.test:99999"),
        *("https://a.test/\n", "https://a .test/", "https://[::1", "javascript:alert(1)"),
    ],
)
def test_webhooks_go_to_https_addresses_without_passwords(url: str) -> None:
    with pytest.raises(InvalidValue):
        check_url(url)


def test_the_host_of_an_address() -> None:
    assert check_url("https://Hooks.Example.com:8443/a?b=c#d") == "hooks.example.com"
    assert check_url("https://[2606:4700::1111]/") == "2606:4700::1111"


# ── the token for Meta ────────────────────────────────────────────────────────────────────────


def test_the_token_has_a_variable_of_its_own_and_a_file(folder: Path) -> None:
    kept(folder, META_TOKEN, "from file")
    environ = {"DEALBOARD_META_TOKEN": "from environment"}
    ring = {META_TOKEN: "from keyring"}.get
    for found, value in [
        (Secrets(folder, environ, ring), "from environment"),
        (Secrets(folder, {}, ring), "from keyring"),
        (Secrets(folder, {}, lambda _name: None), "from file"),
    ]:
        assert found.find(META_TOKEN).fingerprint == Secret(value).fingerprint
    with pytest.raises(SecretMissing) as missing:
        Secrets(folder.parent / "none", {}, lambda _name: None).find(META_TOKEN)
    assert "DEALBOARD_META_TOKEN" in missing.value.hint
    assert "secrets/meta-token" in missing.value.hint


def test_a_token_is_told_by_its_end_and_by_nothing_else(folder: Path) -> None:
    token = Secret("EAA" + CANARY * 3 + "wxyz")
    assert token.ending == "wxyz"
    assert Secret("short").ending == ""
    assert (len(token.fingerprint), token.fingerprint == Secret("other").fingerprint) == (8, False)
    request = httpx.Request("POST", "https://graph.test")
    assert token.authorize(request).headers["Authorization"].startswith("Bearer EAA")
    assert CANARY not in repr(request.headers)


@pytest.mark.parametrize("value", ["two words", "line\nbreak", "tökén", "", "nul\0"])
def test_what_no_header_takes_is_refused_without_being_repeated(value: str) -> None:
    with pytest.raises(SecretMissing) as refused:
        Secret(value).check_header()
    assert not value or value not in refused.value.sentence


@pytest.mark.parametrize(
    "text",
    [
        "GET /v26.0/me?access_token=canary&x=1",
        '{"message":"Malformed access token EAAcanary1"}',
        "access_token=canary",
        "EAAcanary",
    ],
)
def test_what_looks_like_a_token_of_metas_is_struck_out(text: str) -> None:
    shown = redacted(text)
    assert "canary" not in shown
    assert "•••" in shown
    assert redacted(shown) == shown


def test_a_token_is_stored_where_only_its_user_reads_it(folder: Path) -> None:
    found = Secrets(folder, {}, lambda _name: None)
    with pytest.raises(SecretMissing):
        found.place(META_TOKEN)
    found.store(META_TOKEN, Secret("EAAtoken"))
    assert (folder / META_TOKEN).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert found.place(META_TOKEN) == "the file secrets/meta-token"
    assert signs(found.find(META_TOKEN)) == signs(Secret("EAAtoken"))
    with pytest.raises(SecretMissing, match="no token has"):
        found.store(META_TOKEN, Secret("two words"))
    assert [each.name for each in folder.iterdir()] == [META_TOKEN]
