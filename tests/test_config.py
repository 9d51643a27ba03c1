"""Settings: where they come from, what wins, and what is said about a wrong one."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard import config
from dealboard.config import Config, load
from dealboard.errors import ConfigError, UsageError


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return str(path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_without_a_file_the_platform_decides(tmp_path: Path) -> None:
    found = load(environ={})

    assert found.location == tmp_path / "xdg" / "data" / "dealboard" / "dealboard.db"
    assert found.file == tmp_path / "xdg" / "config" / "dealboard" / "config.toml"
    assert found == Config(found.file, found.location)


def test_every_key_is_read(file: Path) -> None:
    text = """
        db = "crm.db"
        user = "ada@example.org"
        theme = "nord"
        density = "compact"
        locale = "it-it"
        first_day_of_week = "Sunday"
        date_order = "ymd"
        mouse = false
    """
    assert load(file=write(file, text), environ={}) == Config(
        file=file,
        location=file.parent / "crm.db",
        user="ada@example.org",
        theme="nord",
        density="compact",
        locale="it_IT",
        first_weekday=6,
        date_order="ymd",
        mouse=False,
        country="IT",
    )


@pytest.mark.parametrize(
    "text",
    [
        '[keymap]\n"deal.win" = "W,f9"\n"go.deals" = ""',
        '[keymap]\ndeal.win = "W,f9"\ngo.deals = ""',
        '[keymap.deal]\nwin = ["W", "f9"]\n[keymap.go]\ndeals = ""',
    ],
)
def test_a_keymap_is_read_however_ids_are_spelt(file: Path, text: str) -> None:
    found = load(file=write(file, text), environ={})
    assert found.keymap == {"deal.win": "W,f9", "go.deals": ""}


def test_private_addresses_are_listed_for_webhooks(file: Path) -> None:
    listed = '[webhooks]\nallow = ["127.0.0.1", "10.0.0.0/8", "::1"]'
    found = load(file=write(file, listed), environ={})
    assert found.webhook_allow == ("127.0.0.1/32", "10.0.0.0/8", "::1/128")
    assert load(file=write(file, "[webhooks]"), environ={}).webhook_allow == ()


def test_where_meta_is_comes_from_the_environment_then_the_file(file: Path) -> None:
    plain = load(environ={})
    assert (plain.meta_base_url, plain.meta_api_version) == ("https://graph.facebook.com", "v26.0")
    text = 'meta_base_url = "https://graph.test/"\nmeta_api_version = "v27.0"\n'
    found = load(file=write(file, f'{text}meta_test_event_code = "TEST1"'), environ={})
    assert found.meta_base_url == "https://graph.test"
    assert (found.meta_api_version, found.meta_test_event_code) == ("v27.0", "TEST1")
    text += "whatsapp_phone_id = 1234567890\n"
    assert load(file=write(file, text), environ={}).whatsapp_phone_id == "1234567890"
    environ = {"DEALBOARD_META_BASE_URL": "http://127.0.0.1:8080"}
    assert load(file=str(file), environ=environ).meta_base_url == "http://127.0.0.1:8080"
    assert config.reload(found, text, environ).meta_base_url == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://[::1]:1", "http://127.9.9.9/graph", "https://10.0.0.1"]
)
def test_this_machine_needs_no_tls(url: str) -> None:
    assert load(environ={"DEALBOARD_META_BASE_URL": url}).meta_base_url == url


@pytest.mark.parametrize(
    "url",
    [
        *("http://graph.facebook.com", "http://127.0.0.1.evil.test", "http://10.0.0.1", "ftp://a"),
        *("graph.facebook.com", "https://", "https://u:p@a.test", "https://a.test?x=1", "http://["),
    ],
)
def test_the_token_goes_nowhere_without_tls(url: str) -> None:
    with pytest.raises(ConfigError, match="DEALBOARD_META_BASE_URL"):
        load(environ={"DEALBOARD_META_BASE_URL": url})


@pytest.mark.parametrize(
    "text",
    [
        'whatsapp_phone_id = "+39"',
        "whatsapp_phone_id = true",
        'meta_api_version = "26"',
        "meta_api_version = 26",
        'meta_test_event_code = "a b"',
    ],
)
def test_what_meta_would_not_know_is_refused(file: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=text.partition(" ")[0]):
        load(file=write(file, text), environ={})


def test_another_text_of_the_file_leaves_the_workspace(file: Path) -> None:
    before = load(db="crm.db", file=write(file, 'theme = "nord"'), environ={})
    after = config.reload(before, 'db = "other.db"\nlocale = "en_US"', environ={})

    assert (after.location, after.theme) == (before.location, None)
    assert (after.locale, after.date_order) == ("en_US", "mdy")


def test_the_nearer_place_wins(file: Path, tmp_path: Path) -> None:
    named = write(file, f'db = "{tmp_path / "file.db"}"')
    environ = {"DEALBOARD_DB": str(tmp_path / "environ.db"), "DEALBOARD_CONFIG": named}

    assert load(environ={"DEALBOARD_CONFIG": named}).location.name == "file.db"
    assert load(environ=environ).location.name == "environ.db"
    assert load(db=str(tmp_path / "line.db"), environ=environ).location.name == "line.db"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour = 1", "unknown key 'colour'"),
        ('density = "huge"', "density = 'huge' is not comfortable or compact"),
        ("mouse = 1", "mouse = 1 is not true or false"),
        ('locale = "C"', "locale = 'C' is not a locale"),
        ("first_day_of_week = 1", "first_day_of_week = 1 is not a day"),
        ('date_order = "dym"', "date_order = 'dym' is not dmy, mdy or ymd"),
        ('user = " "', "user = ' ' is not a name"),
        ("keymap = 3", "keymap = 3 is not a table of keys"),
        ('[keymap]\n"deal.win" = 3', "is not a table of keys"),
        ('webhooks = "127.0.0.1"', "is not a table of addresses"),
        ('[webhooks]\nallow = "127.0.0.1"', "is not a table of addresses"),
        ('[webhooks]\nallow = ["localhost"]', "is not a table of addresses"),
        ('[webhooks]\nallow = ["10.0.0.1/8"]', "is not a table of addresses"),
        ("[webhooks]\nproxy = 1", "is not a table of addresses"),
        ("db = 7", "db = 7 is not a path"),
        ("db =", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(file: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(file=write(file, text), environ={})

    assert str(file) in caught.value.sentence
    assert told in caught.value.sentence
    assert caught.value.exit_code == 78


def test_a_named_file_must_be_there(file: Path) -> None:
    with pytest.raises(ConfigError, match="There is no configuration file"):
        load(file=str(file), environ={})
    with pytest.raises(ConfigError, match="There is no configuration file"):
        load(environ={"DEALBOARD_CONFIG": str(file)})


def test_a_file_of_other_bytes_is_refused(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(file=str(file), environ={})


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_a_file_that_others_can_change_is_refused(file: Path) -> None:
    write(file, "mouse = true")
    file.chmod(0o620)
    with pytest.raises(ConfigError, match="changed by other users"):
        load(file=str(file), environ={})


def test_urls_of_sqlite_are_paths(tmp_path: Path) -> None:
    assert config.location("sqlite:////srv/crm.db") == Path("/srv/crm.db")
    assert config.location("sqlite:///crm.db") == Path("crm.db")
    assert config.location("crm.db", tmp_path) == tmp_path / "crm.db"
    assert config.location("~/crm.db") == Path.home() / "crm.db"


@pytest.mark.parametrize(
    "text", ["postgresql://ada:secret@host/crm", "postgres://h/c", "PostgreSQL+psycopg://h/c"]
)
def test_a_server_is_refused_without_repeating_its_password(text: str) -> None:
    with pytest.raises(UsageError, match=r"dealboard\[team\]") as caught:
        config.location(text)
    assert "secret" not in caught.value.sentence + caught.value.hint


@pytest.mark.parametrize("text", ["", "sqlite://", "sqlite:///:memory:", "mysql://host/crm"])
def test_what_is_no_file_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        config.location(text)


@pytest.mark.parametrize(
    ("environ", "locale"),
    [
        ({}, "en_US"),
        ({"LANG": "C.UTF-8"}, "en_US"),
        ({"LC_ALL": "POSIX", "LANG": "de_DE.UTF-8"}, "de_DE"),
        ({"LC_ALL": "it_IT@euro", "LANG": "de_DE"}, "it_IT"),
        ({"LC_MONETARY": "UTF-8", "LANG": "sv_SE"}, "sv_SE"),
        ({"LC_MONETARY": "pt_BR", "LANG": "en_US"}, "pt_BR"),
    ],
)
def test_the_locale_comes_from_the_environment(environ: dict[str, str], locale: str) -> None:
    assert load(environ=environ).locale == locale


@pytest.mark.parametrize(
    ("locale", "order", "weekday", "country"),
    [
        ("en_US", "mdy", 6, "US"),
        ("en_GB", "dmy", 0, "GB"),
        ("ja_JP", "ymd", 0, "JP"),
        ("zh_Hans_CN", "ymd", 0, "CN"),
        ("es_419", "dmy", 0, ""),
        ("it", "dmy", 0, ""),
        ("C", "dmy", 0, ""),
    ],
)
def test_a_locale_implies_customs(locale: str, order: str, weekday: int, country: str) -> None:
    found = load(environ={"LANG": locale})
    assert (found.date_order, found.first_weekday, found.country) == (order, weekday, country)


@given(st.text())
def test_any_text_is_a_locale_or_none(text: str) -> None:
    found = config.parse_locale(text)
    assert found is None or config.parse_locale(found) == found
