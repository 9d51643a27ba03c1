"""Meta's Conversions API: events in batches, and what each of its answers means.

`channel` sends rows of the kind `meta` · `batches` which go together, and in what bytes · `graph`
the one request there is · `answers` what an answer means. A batch with one bad event is refused as
a whole, so it is taken apart until that one is alone.
"""
