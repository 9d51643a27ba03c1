"""What screens are made of. Widgets know domain values and Textual, nothing else.

A widget asks by a message and is handed rows. What a line of the board shows is decided in
`lines` and `deal_card`, which import no Textual.
"""
