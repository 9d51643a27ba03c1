"""The user's settings: config.toml, the environment, and where files live on this platform.

Imports the standard library, `errors`, and platformdirs on first use. Precedence: command line,
environment, file, default. What belongs to a workspace (currency, country, rotting) is in its
settings instead (decision 76).
"""

import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from dealboard.errors import ConfigError, UsageError

Density = Literal["comfortable", "compact"]
Order = Literal["dmy", "mdy", "ymd"]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FALLBACK_LOCALE = "en_US"

BASE_URL = "DEALBOARD_META_BASE_URL"
"""The environment's variable for `meta_base_url`."""

_YEAR_FIRST = frozenset({"ja", "zh", "ko", "hu", "sv", "lt"})
_LOCALE = re.compile(r"[A-Za-z]{2,3}(_[A-Za-z]{4})?(_([A-Za-z]{2}|[0-9]{3}))?")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_SERVERS = ("postgresql", "postgres")


@dataclass(frozen=True, slots=True)
class Config:
    """What the user chose. `file` was read (or would have been), `location` is the workspace.

    `user` names who acts, None means the Account Owner. `theme` None leaves it to the terminal UI.
    `first_weekday` 0 is Monday. `locale` is like "it_IT", and `country` the two letters of ISO 3166
    that it names, empty where it names none or the system has no locale. `keymap` gives the keys of
    actions by their ids, as the file has them: "L,shift+right", empty for no key at all.
    `webhook_allow` are addresses and networks that a webhook may lead to though they are private.
    `meta_base_url` and `meta_api_version` are where Meta's Graph API is; `meta_test_event_code` has
    events shown among the Events Manager's test events, and they count all the same.
    `whatsapp_phone_id` is the number from which WhatsApp's Cloud API sends, None where it does not.
    """

    file: Path
    location: Path
    user: str | None = None
    theme: str | None = None
    density: Density = "comfortable"
    locale: str = FALLBACK_LOCALE
    first_weekday: int = 0
    date_order: Order = "dmy"
    mouse: bool = True
    country: str = ""
    keymap: Mapping[str, str] = field(default_factory=dict)
    webhook_allow: tuple[str, ...] = ()
    meta_base_url: str = "https://graph.facebook.com"
    meta_api_version: str = "v26.0"
    meta_test_event_code: str | None = None
    whatsapp_phone_id: str | None = None


# ── where ─────────────────────────────────────────────────────────────────────────────────────


def data_folder() -> Path:
    """Return where workspaces live unless the user says otherwise."""
    return _platform_path("user_data_path")


def log_folder() -> Path:
    """Return where crash reports go."""
    return _platform_path("user_log_path")


def config_file(chosen: str | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the configuration file: the chosen one, DEALBOARD_CONFIG's, or the platform's."""
    path = chosen or environ.get("DEALBOARD_CONFIG")
    return Path(path) if path else _platform_path("user_config_path") / "config.toml"


def _platform_path(kind: str) -> Path:
    import platformdirs

    find: Callable[..., Path] = getattr(platformdirs, kind)
    return find("dealboard", appauthor=False)


def location(text: str, folder: Path | None = None) -> Path:
    """Return the file that a path or a `sqlite:///` URL names; relative ones start at `folder`.

    Raises UsageError for a server, which would be a `postgresql://` URL: its password, if any, is
    not repeated.
    """
    scheme = _SCHEME.match(text)
    if scheme is None:
        path = text
    elif scheme[1].lower().partition("+")[0] in _SERVERS:
        raise UsageError(
            "Workspaces on a PostgreSQL server are not built yet; they will need the extra "
            "dealboard[team].",
            "Name a file with --db, or leave it out for the default one.",
        )
    elif scheme[1].lower().partition("+")[0] == "sqlite":
        path = text[scheme.end() :].removeprefix("/")
    else:
        raise UsageError(
            f"A workspace cannot be opened by {scheme[1]}://.", "Use a path or sqlite:///PATH."
        )
    if path in ("", ":memory:"):
        raise UsageError("The workspace needs a file.", "Use a path or sqlite:///PATH.")
    return (folder or Path()) / Path(path).expanduser()


def system_user() -> str:
    """Return the person's name as the operating system knows it, or empty."""
    import getpass

    try:
        login = getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
    try:
        import pwd
    except ImportError:
        return login
    try:
        full = pwd.getpwnam(login).pw_gecos.partition(",")[0].strip()
    except KeyError:
        return login
    return full or login


# ── read ──────────────────────────────────────────────────────────────────────────────────────


def load(
    *,
    db: str | None = None,
    file: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Config:
    """Return the settings in force; `db` and `file` are what the command line says.

    Raises ConfigError naming file, key and value; UsageError for a workspace that cannot be meant.
    """
    path = config_file(file, environ)
    chosen = bool(file or environ.get("DEALBOARD_CONFIG"))
    values = _checked(path, _parse(path, _text_of(path, chosen=chosen)))
    values |= _from_environment(environ)
    where = _locate(db, environ, values.pop("db", None), path.parent)
    return _config(path, where, values, environ)


def reload(config: Config, text: str, environ: Mapping[str, str] = os.environ) -> Config:
    """Return the settings that another text of their file makes; the workspace stays.

    Raises ConfigError naming file, key and value.
    """
    values = _checked(config.file, _parse(config.file, text)) | _from_environment(environ)
    values.pop("db", None)
    return replace(_config(config.file, config.location, values, environ), user=config.user)


def _config(path: Path, where: Path, values: dict[str, Any], environ: Mapping[str, str]) -> Config:
    language = values.get("locale") or environment_locale(environ)
    return Config(path, where, **(_customs(language) | values))


def _locate(db: str | None, environ: Mapping[str, str], named: str | None, folder: Path) -> Path:
    if db is not None:
        return location(db)
    if environ.get("DEALBOARD_DB"):
        return location(environ["DEALBOARD_DB"])
    if named is not None:
        return location(named, folder)
    return data_folder() / "dealboard.db"


def _text_of(path: Path, *, chosen: bool) -> str:
    """Return the text of the file; only a file that nobody `chosen` may be missing."""
    try:
        text = path.read_text(encoding="utf-8")
        loose = os.name == "posix" and path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    except FileNotFoundError as error:
        if not chosen:
            return ""
        raise ConfigError(f"There is no configuration file {path}.") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text.") from error
    if loose:
        raise ConfigError(f"{path} can be changed by other users.", f"Run: chmod go-w {path}")
    return text


def _parse(path: Path, text: str) -> dict[str, Any]:
    """Return what is in the text of the file."""
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error


def _checked(path: Path, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `Config` that the file sets."""
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in _KEYS:
            raise ConfigError(f"{path}: unknown key {key!r}.", f"Known: {', '.join(_KEYS)}.")
        name, check, expected = _KEYS[key]
        checked = check(value)
        if checked is None:
            raise ConfigError(f"{path}: {key} = {value!r} is not {expected}.")
        values[name] = checked
    return values


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields that the environment sets over the file."""
    named = environ.get(BASE_URL)
    if not named:
        return {}
    url = _base_url(named)
    if url is None:
        raise ConfigError(f"{BASE_URL} = {named!r} is not {_A_BASE_URL}.")
    return {"meta_base_url": url}


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _digits(value: object) -> str | None:
    """Return an id of digits, which may be written as a text or as a number."""
    text = str(value).strip() if isinstance(value, str | int) else ""
    return text if text.isascii() and text.isdecimal() and len(text) <= 32 else None


def _one_of(*choices: str) -> Callable[[object], str | None]:
    return lambda value: value if isinstance(value, str) and value in choices else None


def _weekday(value: object) -> int | None:
    day = value.lower() if isinstance(value, str) else None
    return WEEKDAYS.index(day) if day in WEEKDAYS else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _keys_by_id(value: object) -> dict[str, str] | None:
    """Return "deal.win" and "W" of `deal.win = "W"` and `"deal.win" = ["W"]` alike."""
    if not isinstance(value, dict):
        return None
    found: dict[str, str] = {}
    for name, keys in value.items():
        if isinstance(keys, dict):
            inner = _keys_by_id(keys)
            if inner is None:
                return None
            found |= {f"{name}.{rest}": each for rest, each in inner.items()}
        elif isinstance(keys, str):
            found[name] = keys
        elif isinstance(keys, list) and all(isinstance(each, str) for each in keys):
            found[name] = ",".join(keys)
        else:
            return None
    return found


def _networks(value: object) -> tuple[str, ...] | None:
    """Return what `allow = ["127.0.0.1", "10.0.0.0/8"]` lists."""
    from ipaddress import ip_network

    allowed = value.get("allow", []) if isinstance(value, dict) and set(value) <= {"allow"} else 0
    if not isinstance(allowed, list) or not all(isinstance(each, str) for each in allowed):
        return None
    try:
        return tuple(str(ip_network(each.strip())) for each in allowed)
    except ValueError:
        return None


def _base_url(value: object) -> str | None:
    """Return an address without a slash at its end; without TLS on this machine only."""
    from urllib.parse import urlsplit

    if not isinstance(value, str) or not value.isprintable() or " " in value:
        return None
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    more = (parts.username, parts.password, parts.query, parts.fragment)
    return value.rstrip("/") if host and secure and port != 0 and not any(more) else None


def _is_loopback(host: str | None) -> bool:
    from ipaddress import ip_address

    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _api_version(value: object) -> str | None:
    return value if isinstance(value, str) and re.fullmatch(r"v[0-9]{1,3}\.[0-9]", value) else None


def _event_code(value: object) -> str | None:
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,40}", value) else None


def _locale_name(value: object) -> str | None:
    return parse_locale(value) if isinstance(value, str) else None


_A_BASE_URL = "an https:// address (http:// on this machine only)"

_KEYS: dict[str, tuple[str, Callable[[object], Any], str]] = {
    "db": ("db", _text, "a path"),
    "user": ("user", _text, "a name or an e-mail address"),
    "theme": ("theme", _text, "the name of a theme"),
    "density": ("density", _one_of("comfortable", "compact"), "comfortable or compact"),
    "locale": ("locale", _locale_name, "a locale such as it_IT"),
    "first_day_of_week": ("first_weekday", _weekday, "a day such as monday"),
    "date_order": ("date_order", _one_of("dmy", "mdy", "ymd"), "dmy, mdy or ymd"),
    "mouse": ("mouse", _flag, "true or false"),
    "keymap": ("keymap", _keys_by_id, 'a table of keys, such as "deal.win" = "W"'),
    "webhooks": (
        "webhook_allow",
        _networks,
        'a table of addresses, such as allow = ["127.0.0.1", "10.0.0.0/8"]',
    ),
    "meta_base_url": ("meta_base_url", _base_url, _A_BASE_URL),
    "meta_api_version": ("meta_api_version", _api_version, "a version such as v26.0"),
    "whatsapp_phone_id": ("whatsapp_phone_id", _digits, "the number's id, digits in quotes"),
    "meta_test_event_code": ("meta_test_event_code", _event_code, "a code such as TEST12345"),
}
"""Key of the file: the field of `Config` (or `db`), its check, and what is expected."""


# ── locale ────────────────────────────────────────────────────────────────────────────────────


def environment_locale(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the locale for money and dates that LC_ALL, LC_MONETARY or LANG names, if any does."""
    named = (parse_locale(environ.get(name, "")) for name in ("LC_ALL", "LC_MONETARY", "LANG"))
    return next(filter(None, named), None)


def parse_locale(text: str) -> str | None:
    """Return "it_IT" for "it_IT.UTF-8" or "it-it"; None for C, POSIX and what is no locale."""
    name = re.split(r"[.@]", text.strip(), maxsplit=1)[0].replace("-", "_")
    if not _LOCALE.fullmatch(name):
        return None
    language, *rest = name.split("_")
    parts = [part.title() if len(part) == 4 else part.upper() for part in rest]
    return "_".join((language.lower(), *parts))


def _customs(locale: str | None) -> dict[str, Any]:
    """Return the locale in force, its country, and how days are written and weeks begin there."""
    if locale is None:
        return {"locale": FALLBACK_LOCALE}
    language, _, territory = locale.partition("_")
    territory = territory.rpartition("_")[2]
    customs: dict[str, Any] = {"date_order": "ymd"} if language in _YEAR_FIRST else {}
    if locale == "en_US":
        customs = {"date_order": "mdy", "first_weekday": WEEKDAYS.index("sunday")}
    return customs | {"locale": locale, "country": territory if len(territory) == 2 else ""}
