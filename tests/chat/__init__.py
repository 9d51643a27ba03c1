"""WhatsApp: what it exports, and what becomes of it."""
