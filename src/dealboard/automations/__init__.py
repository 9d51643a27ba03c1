"""Automations: rules that run inside the one write path (guide, Automations; decisions 57–62, 79).

A rule is a value of `domain.rules`; it is kept by `actions.automations`, listed with its record by
`store.reads.automations` (values of `domain.automations`), and run here, in the transaction of the
change that fires it. Layers: `workspace` above, `actions` below; imported on the writer thread
only, because it needs SQLModel. The public interface:

`engine.settle(tx, book)`
    Fires what an operation's changes mean. `Workspace.run` calls it after the action, and only if
    a rule is active; imports, undo, redo, demo and restore pass `automations=False`.
`preview.preview(workspace, rule, deal_id, *, automation_id=None) -> domain.automations.Preview`
    The dry run: everything happens, is put into words, and is rolled back. On the writer thread.
    `automation_id` names the kept rule whose place an edited one takes.
`clock.due(workspace) -> clock.Due`
    Runs what time brings: delayed actions that are due, and the rules of `rules.BY_CLOCK`, each
    once per deal and occurrence, whatever was missed included. The clock acts, not a user: its
    operations are undone from History. `Due.next_at` is when it is worth asking again.
`files.load(connection, document) -> Rule`, `files.dump(connection, rule) -> Document`
    A rule as a JSON file has it: names of stages, pipelines and users instead of ids.
    `files.read(text)` takes the JSON of one rule or of several apart; `files.SCHEMA` describes it.
`templates.TEMPLATES`, `templates.Template.rule(connection, **choices) -> Rule`
    Ready-made rules, filled in for a workspace.

What a rule leaves behind for the `delivery` of the outbox (table `outbox`), written in the same
transaction, payload frozen:

kind `webhook`
    `{"url": …, "secret": name or null, "body": text}`. `body` is what is sent, byte for byte, a
    JSON object `{event, rule {id, name}, deal {…}, contact {…} or null, at, operation}`, where
    `deal` is as `transfer.documents` has it and `operation` the uid of the operation. `due_at` is
    the moment of the change; `automation_id`, `deal_id`, `contact_id` say whose it is. The secret
    is named only (decision 81). The `uid` of the row is the delivery's name.
kind `step`
    What is left of a rule after a delay; `clock.due` runs it, nobody else.

Undo of the operation cancels its rows that are still pending (`store.undo`), redo revives them.
"""
