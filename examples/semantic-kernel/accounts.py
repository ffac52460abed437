"""What the billing system knows: who is overdue."""

import csv
import json
from decimal import Decimal
from pathlib import Path

from semantic_kernel.functions import kernel_function

OVERDUE = Path(__file__).parent.parent / "overdue.csv"


class Accounts:
    """The plugin that tells the model whom to charge."""

    @kernel_function(
        description="Lists the overdue accounts, with what each owes in cents."
    )
    def list_overdue(self) -> str:
        with OVERDUE.open(newline="", encoding="utf-8") as file:
            return json.dumps([_owed(row) for row in csv.DictReader(file)])


def _owed(row: dict[str, str]) -> dict[str, str | int]:
    return {
        "customer": row["customer_id"],
        "amount": int(Decimal(row["amount"]) * 100),
        "currency": row["currency"],
        "invoice": row["invoice_number"],
    }
