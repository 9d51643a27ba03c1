"""What the first board pays for."""

import subprocess
import sys


def test_the_domain_loads_no_library_and_formats_common_locales_without_one() -> None:
    script = """
import sys
from dealboard.domain import dates, filters, money, quickadd, stages, text, views
money.format_amount(120050, "EUR", "it_IT"), money.format_compact(120050, "USD", "en_US")
money.parse_amount("1.234,50", "EUR", "de_DE")
third_party = {"babel", "textual", "rich", "sqlalchemy", "sqlmodel", "pydantic", "click"}
print(sorted(third_party & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
