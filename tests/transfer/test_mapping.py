"""Which column feeds which field."""

import pytest

from dealboard.errors import UsageError
from dealboard.transfer.mapping import DEAL_FIELDS, key, map_columns, presets, recognise

HUBSPOT = "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Pipeline,Create Date"
PIPEDRIVE = "Deal - ID,Deal - Title,Deal - Owner,Deal - Value,Deal - Stage,Deal - Status"
SALESFORCE = "ID,ISDELETED,ACCOUNTID,NAME,STAGENAME,AMOUNT,CLOSEDATE,OWNERID,CREATEDDATE"
REPORT = "Opportunity Owner,Account Name,Opportunity Name,Stage,Amount,Close Date"
ZOHO = "Record Id,Deal Owner.id,Deal Owner,Amount,Deal Name,Closing Date,Account Name,Stage"


@pytest.mark.parametrize(
    ("header", "preset"),
    [
        (HUBSPOT, "hubspot"),
        (PIPEDRIVE, "pipedrive"),
        (SALESFORCE, "salesforce"),
        (REPORT, "salesforce"),
        (ZOHO, "zoho"),
        ("title,contact,stage", "generic"),
    ],
)
def test_a_program_is_recognised_by_its_header(header: str, preset: str) -> None:
    assert recognise(header.split(",")) == preset


def test_headers_match_whatever_their_case_spaces_and_accents() -> None:
    mapping = map_columns(["DEAL_NAME", " close date ", "Società", "E-Mail*"], "deals")
    assert mapping.used == {
        "DEAL_NAME": "title",
        " close date ": "close_date",
        "Società": "company",
        "E-Mail*": "email",
    }


def test_several_columns_may_feed_a_field_and_the_rest_is_named() -> None:
    header = ["Deal - Title", "Deal - Won time", "Deal - Lost time", "Deal - Label", ""]
    mapping = map_columns(header, "deals")
    assert mapping.columns["closed"] == (1, 2)
    assert mapping.ignored == ("Deal - Label",)
    assert mapping.name("closed") == "Deal - Won time"
    assert mapping.name("owner") == "owner"


def test_the_user_goes_before_every_preset() -> None:
    header = ["Deal Name", "Deal Stage", "Product", "Product"]
    mapping = map_columns(header, "deals", pairs=["product=title", "Deal Name=company"])
    assert mapping.columns["title"] == (2,)
    assert mapping.columns["company"] == (0,)
    assert mapping.columns["stage"] == (1,)


def test_a_column_may_have_an_equals_sign() -> None:
    assert map_columns(["a=b", "c"], "deals", pairs=["a=b=title"]).columns["title"] == (0,)


@pytest.mark.parametrize(
    ("pair", "hint"),
    [
        ("produkt=title", "Did you mean Product?"),
        ("Product=titel", "Did you mean title?"),
        ("Product", "--map Product=title"),
        ("Product=colour", "Known: title"),
    ],
)
def test_what_is_unknown_is_said_with_what_is_near(pair: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        map_columns(["Product", "Stage"], "deals", pairs=[pair])
    assert hint in caught.value.hint


def test_an_unknown_preset_is_named() -> None:
    with pytest.raises(UsageError, match="hubspott") as caught:
        map_columns(["a"], "deals", preset="hubspott")
    assert "hubspot" in caught.value.hint


@pytest.mark.parametrize("preset", presets())
def test_every_preset_speaks_of_fields_that_exist(preset: str) -> None:
    mapping = map_columns([], "deals", preset)
    assert mapping.preset == preset
    assert set(mapping.columns) <= set(DEAL_FIELDS)


def test_a_name_of_symbols_alone_is_still_a_name() -> None:
    assert key("★") != key("☆")
    assert key("Deal - Title*") == "dealtitle"
