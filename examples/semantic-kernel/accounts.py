"""What the billing system knows: who is overdue."""

import csv
import json
from decimal import Decimal
from itertools import islice
from pathlib import Path

from semantic_kernel.functions import kernel_function

OVERDUE = Path(__file__).parent.parent / "overdue.csv"


class Accounts:
    """The plugin that tells the model whom to charge."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most

    @kernel_function(
        description="Lists the overdue accounts, with what each owes in cents."
    )
    def list_overdue(self) -> str:
        with OVERDUE.open(newline="", encoding="utf-8") as file:
            rows = islice(csv.DictReader(file), self._most)
            return json.dumps([_owed(row) for row in rows])


def _owed(row: dict[str, str]) -> dict[str, str | int]:
    return {
        "customer": row["customer_id"],
        "amount": int(Decimal(row["amount"]) * 100),
        "currency": row["currency"],
        "invoice": row["invoice_number"],
    }
