"""WhatsApp: reading what it exports, keeping it as a contact's chat, links that open it.

May import `transfer` and what is below; never a terminal library, and nothing of the network.
"""
