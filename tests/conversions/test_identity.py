"""Who a contact is to Meta: the published hashes, what people really type, and the laws."""

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.conversions import countries, identity
from dealboard.conversions.identity import sha256
from dealboard.conversions.phones import phones
from dealboard.store.reads.conversions import Customer

EMPTY = hashlib.sha256(b"").hexdigest()
NOBODY = Customer(7, "uid-7", *("",) * 2, *(None,) * 9, 0, *(None,) * 4)


def told(**fields: object) -> dict[str, list[str]]:
    """Return what Meta would be told of a contact, before it is hashed."""
    found: dict[str, list[str]] = {}
    for value in identity.values(NOBODY._replace(**fields), "w", "IT"):  # type: ignore[arg-type]
        if not value.own:
            found.setdefault(value.key, []).append(value.normalised)
    return found


@pytest.mark.parametrize(
    ("normalised", "published"),
    [
        (identity.emails(" John_Smith@gmail.com ")[0], "62a14e44f765419d"),
        (phones("(650) 555-1212", "US")[0], "e323ec626319ca94"),
        (identity.word("Mary"), "6915771be1c5aa0c"),
        (identity.word("정"), "8fa8cd9c440be61d"),
        (identity.word("Valéry"), "08e1996b5dd49e62"),
        (identity.word(unicodedata.normalize("NFD", "Valéry")), "08e1996b5dd49e62"),
        (countries.country("United States"), "79adb2a2fce5c6ba"),
    ],
)
def test_the_published_hashes(normalised: str, published: str) -> None:
    assert sha256(normalised).startswith(published)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Mario@Example.IT", ["mario@example.it"]),
        ("mailto:mario@example.it", ["mario@example.it"]),
        ("mailto:mario@example.it?subject=Ciao", ["mario@example.it"]),
        ("Mario Rossi <mario@example.it>", ["mario@example.it"]),
        ("mario@example.it,", ["mario@example.it"]),
        ("mario@example.it.", ["mario@example.it"]),
        ("\u200emario@example.it\u200b", ["mario@example.it"]),
        ("a@b.it; c@d.it, a@b.it", ["a@b.it", "c@d.it"]),
        ("a@b.it / c@d.it", ["a@b.it", "c@d.it"]),
        ("a@b.it\nc@d.it", ["a@b.it", "c@d.it"]),
        ("o'brien+crm@sub.example.co.uk", ["o'brien+crm@sub.example.co.uk"]),
        ("'mario@example.it'", ["mario@example.it"]),
        ("info@straße.de", ["info@straße.de"]),
        ("mario", []),
        ("mario@", []),
        ("@example.it", []),
        ("a@b@c.it", []),
        ("mario@localhost", []),
        ("n/a", []),
        ("", []),
    ],
)
def test_addresses(typed: str, meant: list[str]) -> None:
    assert list(identity.emails(typed)) == meant


@pytest.mark.parametrize(
    ("typed", "region", "meant"),
    [
        ("+39 349 123 4567", "", ["393491234567"]),
        ("0039 02 1234567", "IT", ["39021234567"]),
        ("0039 02 1234567", "", ["39021234567"]),
        ("02 1234567", "IT", ["39021234567"]),
        ("(06) 1234567", "IT", ["39061234567"]),
        ("+39 (0)2 1234567", "DE", ["39021234567"]),
        ("340/1234567", "IT", ["393401234567"]),
        ("340.123.45.67", "it", ["393401234567"]),
        ("391 1234567", "IT", ["393911234567"]),
        ("39 340 1234567", "IT", ["393401234567"]),
        ("4915112345678", "IT", ["4915112345678"]),
        ("+49 (0)30 901820", "IT", ["4930901820"]),
        ("(0)30 901820", "DE", ["4930901820"]),
        ("+44 (0)20 7946 0958", "IT", ["442079460958"]),
        ("+34 (0)91 123 4567", "IT", ["34911234567"]),
        ("(650) 555-1212", "US", ["16505551212"]),
        ("tel. 02 1234567 ufficio", "IT", ["39021234567"]),
        ("02 1234567 int. 5", "IT", ["39021234567"]),
        ("+39 02 123456 ext 12", "IT", ["3902123456"]),
        ("Cell: 340 1234567; Uff: 02 1234567", "IT", ["393401234567", "39021234567"]),
        ("340 1234567 / 02 7654321", "IT", ["393401234567", "39027654321"]),
        ("340 123 45 67 - 02 123 45 67", "IT", ["393401234567", "39021234567"]),
        ("+39 0471 / 123456", "IT", ["390471123456"]),
        ("３４０ １２３４５６７", "IT", ["393401234567"]),
        ("\u202a+39 340 1234567\u202c", "", ["393401234567"]),
        ("340 1234567", "", []),
        ("1-800-FLOWERS", "US", []),
        ("12", "IT", []),
        ("n/a", "IT", []),
        ("", "IT", []),
    ],
)
def test_numbers(typed: str, region: str, meant: list[str]) -> None:
    assert list(phones(typed, region)) == meant


@pytest.mark.parametrize(
    ("first", "last", "company", "meant"),
    [
        ("Élodie", "D'Angelo-Müller", "", ("élodie", "dangelomüller")),
        ("Marìa", "O’Neill", "", ("marìa", "oneill")),
        ("Groß", "Weiß", "", ("groß", "weiß")),
        ("Mario Rossi", "", "", ("mario", "rossi")),
        ("Mario", "", "", ("mario", "")),
        ("Maria De Luca", "", "", ("", "")),
        ("Maria Grazia", "De Luca", "", ("mariagrazia", "deluca")),
        ("Acme SRL", "", "Acme Srl", ("", "")),
        ("…", "!", "", ("", "")),
    ],
)
def test_names(first: str, last: str, company: str, meant: tuple[str, str]) -> None:
    assert identity.names(first, last, company) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Italia", "it"), ("ITALY", "it"), ("Italien", "it"), ("Italie", "it"), ("ITA", "it"),
        ("it", "it"), ("Deutschland", "de"), ("Allemagne", "de"), ("Alemania", "de"),
        ("Germania", "de"), ("España", "es"), ("espana", "es"), ("U.S.A.", "us"), ("UK", "gb"),
        ("Stati Uniti", "us"), ("Regno Unito", "gb"), ("Costa d'Avorio", "ci"), ("Svizzera", "ch"),
        ("Czech Republic", "cz"), ("Olanda", "nl"), ("GBR", "gb"), ("EU", ""), ("Mars", ""),
    ],
)  # fmt: skip
def test_countries(typed: str, meant: str) -> None:
    assert countries.country(typed) == meant


def test_a_contact_as_it_is_typed() -> None:
    assert told(
        first_name="Mario", last_name="Rossi", email="MARIO@rossi.it", phone="02 1234567",
        city="Forlì-Cesena", state="FC", zip="471 21", country="Italia",
    ) == {
        "em": ["mario@rossi.it"], "ph": ["39021234567"], "fn": ["mario"], "ln": ["rossi"],
        "ct": ["forlìcesena"], "st": ["fc"], "zp": ["47121"], "country": ["it"],
    }  # fmt: skip
    assert told(state="California", zip="94103-1234", country="USA") == {
        "st": ["ca"], "zp": ["94103"], "country": ["us"],
    }  # fmt: skip
    assert told(phone="030 901820", country="Germany") == {"ph": ["4930901820"], "country": ["de"]}
    assert told(zip="00-950", country="Polska")["zp"] == ["00950"]


def test_what_means_nothing_is_left_out() -> None:
    fields = ("first_name", "last_name", "phone", "email", "city", "state", "zip", "country")
    assert told(**dict.fromkeys((*fields, "external_id"), " - ")) == {}
    assert told(**dict.fromkeys(("fbc", "fbp", "lead_id", "ctwa_clid"), "?")) == {}


def test_a_contact_is_named_by_us_and_by_its_own_id() -> None:
    data = identity.user_data([identity.values(NOBODY._replace(external_id=" CRM-1 "), "w", "")])
    assert data == {"external_id": [sha256("wuid-7"), sha256("CRM-1")]}


def test_metas_ids_go_as_they_are_and_are_recognised_by() -> None:
    ids = {
        "fbc": "fb.1.1554763741205.AbCdEfGhIjKlMnOpQrStUvWxYz1234567890",
        "fbp": "fb.1.1558571054389.1098115397",
        "lead_id": "525645896321548",
        "ctwa_clid": "ARAkLkA8rmlFeiCktEJQ-QTwRiyYHAFDLMNDBH0CD3qpjd0HR4irJ6LEkR7JwLF4XvnO2E4Nx0",
    }
    known = identity.values(NOBODY._replace(**ids), "w", "")  # type: ignore[arg-type]
    data = identity.user_data([known])
    assert {key: str(data[key]) for key in ids} == ids
    assert data["lead_id"] == 525645896321548
    for value in known:
        assert value.recognises is not value.own


def test_names_and_places_recognise_nobody() -> None:
    somebody = NOBODY._replace(first_name="Mario", last_name="Rossi", city="Roma", country="IT")
    assert not identity.recognises(identity.values(somebody, "w", "IT"))
    assert identity.recognises(identity.values(somebody._replace(external_id="CRM-1"), "w", "IT"))


def test_people_of_one_deal_stand_side_by_side() -> None:
    people = [
        identity.values(NOBODY._replace(email=email, fbp=fbp, uid=email), "w", "IT")
        for email, fbp in (("a@b.it", None), ("c@d.it", "fb.1.1558571054389.1"), ("a@b.it", None))
    ]
    data = identity.user_data(people)
    assert data["em"] == [sha256("a@b.it"), sha256("c@d.it")]
    assert len(data["external_id"]) == 2
    assert data["fbp"] == "fb.1.1558571054389.1"


def test_what_is_shown_is_masked() -> None:
    (value,) = (
        v for v in identity.values(NOBODY._replace(email="M.Rossi@x.it"), "w", "") if v.key == "em"
    )
    assert value.shown == ("em", "M.•••••@•.•t", "m.•••••@•.•t", sha256("m.rossi@x.it"))


# ── the laws: normalising twice changes nothing, and nothing is never hashed ──────────────────

TEXT = st.text(max_size=40) | st.text("aéÉßİŁǅ’'- .1\u200b\u0301", max_size=12)


@given(TEXT)
def test_a_word_is_normalised_once_and_for_all(text: str) -> None:
    word = identity.word(text)
    assert identity.word(word) == word
    assert identity.clean(identity.clean(text)) == identity.clean(text)
    assert identity.lower(identity.lower(text)) == identity.lower(text)


@given(TEXT, st.sampled_from(["us", "it", ""]))
def test_a_postcode_is_normalised_once_and_for_all(text: str, home: str) -> None:
    code = identity.postcode(text, home)
    assert identity.postcode(code, home) == code


@given(TEXT | st.emails() | st.tuples(st.emails(), st.emails()).map("; ".join))
def test_an_address_is_normalised_once_and_for_all(text: str) -> None:
    for address in identity.emails(text):
        assert identity.emails(address) == (address,)


@given(
    TEXT | st.text("0123456789 +()/.-;x", max_size=30),
    st.sampled_from(["IT", "DE", "US", "GB", ""]),
)
def test_a_number_is_normalised_once_and_for_all(text: str, region: str) -> None:
    for number in phones(text, region):
        assert phones(f"+{number}", region) == (number,)


@given(TEXT)
def test_a_country_is_two_letters_or_nothing(text: str) -> None:
    code = countries.country(text)
    assert code == "" or (len(code) == 2 and countries.country(code) == code)


@given(st.fixed_dictionaries(dict.fromkeys(Customer._fields[2:12], TEXT)))
def test_nothing_is_never_hashed(fields: dict[str, str]) -> None:
    known = identity.values(NOBODY._replace(**fields), "w", "IT")  # type: ignore[arg-type]
    assert all(value.normalised and value.sent != EMPTY for value in known)
    assert sha256("None") not in {value.sent for value in known}
