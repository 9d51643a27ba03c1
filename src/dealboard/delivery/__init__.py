"""Delivery: the outbox's courier, and the ways out it knows (specification, D16; threat line 10).

Rows of the outbox are written by whoever means them, in the transaction of the change. Here they
are taken, sent outside any transaction, and settled.

`courier.flush(workspace, channels) -> Report`
    One round: everything that is due now. For the command line.
`rounds.Rounds`
    The same on a thread of its own that sleeps until something is due. For the terminal UI.
`courier.Channel`
    What a kind of row needs to go out: rows in, outcomes out. `channels` makes those there are.

The only room that speaks to the network; httpx is imported when something is to be sent.
"""
