"""From a rule to the request: what an automation writes is what a courier sends."""

import json

import httpx
import pytest

from dealboard import actions
from dealboard.domain import rules
from dealboard.store.transaction import Transaction
from tests.delivery.conftest import Post, answer

RULE = {
    "name": "Tell the shop",
    "trigger": {"on": "deal_created"},
    "then": [{"do": "send_webhook", "url": "https://hooks.test/new", "secret": "shop"}],
}


@pytest.mark.parametrize("undone", [False, True])
def test_a_new_deal_is_told_unless_it_is_taken_back(post: Post, undone: bool) -> None:
    post.environ["DEALBOARD_SECRET_SHOP"] = "canary"
    run = post.workspace.run
    run(lambda tx: actions.pipelines.create(tx, "Sales"))
    run(lambda tx: actions.automations.create(tx, rules.parse(RULE)))

    def sell(tx: Transaction) -> int:
        contact = actions.contacts.add(tx, name="Acme")
        return actions.deals.create(tx, contacts=[contact], stage_id=1, title="Big one")

    deal_id = run(sell).value
    if undone:
        assert run(actions.history.undo).notes == ("1 webhook cancelled.",)
    heard: list[httpx.Request] = []

    def listen(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return answer()

    report = post.courier(post.webhooks(listen)).flush()
    (row,) = post.rows()
    if undone:
        assert (report.settled, row.state, heard) == (0, "cancelled", [])
        return
    body = json.loads(heard[0].content)
    assert (body["event"], body["rule"]["name"]) == ("deal_created", "Tell the shop")
    assert (body["deal"]["id"], body["deal"]["title"]) == (deal_id, "Big one")
    assert "X-Dealboard-Signature" in heard[0].headers
    assert (row.state, row.automation, row.deal) == ("sent", "Tell the shop", "Big one")
    assert row.target == "hooks.test"
