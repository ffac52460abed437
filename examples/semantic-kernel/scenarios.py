"""What a person asks for, and what a model that goes astray makes of it."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from semantic_kernel.contents import ChatHistory, FunctionResultContent

from scripted_model import Call, Script


@dataclass(frozen=True)
class Stage:
    """Where a script plays: the chat so far, and the functions that are offered."""

    chat: ChatHistory
    functions: set[str]

    def charge(self, owed: dict[str, Any], **more: Any) -> Call:
        """Calls whichever function charges, by the names that it has for things."""
        if "billing-create_charge" in self.functions:
            return Call("billing-create_charge", owed | more)
        planned = {
            "account": owed["customer"],
            "amount_minor": owed["amount"],
            "currency": owed["currency"],
            "reference": owed["invoice"],
        }
        return Call("billing-plan_charge", planned | more)

    def told(self, pattern: str) -> str | None:
        """Finds the last text of a pattern among all that functions returned."""
        items = [item for message in self.chat for item in message.items]
        found = [
            text
            for item in items
            if isinstance(item, FunctionResultContent)
            for text in re.findall(pattern, str(item.result))
        ]
        return found[-1] if found else None


Play = Callable[[Stage], Script]


def refund(stage: Stage) -> Script:
    """Calls a function that is not there, then bends the one that is."""
    owed = {
        "customer": "cus_T3n5FhzSCAKtog",
        "amount": 123,
        "currency": "usd",
        "invoice": "INV-2026-04819",
    }
    charge = "ch_3QhaLLucinated"
    answer = yield Call("billing-refund_charge", {"charge": charge})
    if answer.startswith("re_"):
        yield f"I have refunded {charge}."
        return
    yield stage.charge(owed, operation="refunds.create")
    yield stage.charge(owed, charge=charge)
    yield stage.charge(owed | {"amount": -123})
    yield "I cannot refund: nothing that I can call gives money back."


def loop(stage: Stage) -> Script:
    """Charges everybody, one call after the other, whatever the answers say."""
    overdue = json.loads((yield Call("accounts-list_overdue")))
    answer = ""
    for owed in overdue:
        answer = yield stage.charge(owed)
    if "billing-submit" not in stage.functions:
        yield f"I have charged {len(overdue)} accounts."
        return
    draft = stage.told(r"draft-\w+")
    if draft is None:
        yield f"I could plan nothing. {answer}"
        return
    yield Call("billing-preview", {"draft": draft})
    batch = json.loads((yield Call("billing-submit", {"draft": draft})))
    yield f"I have planned {batch['jobs']} charges. {batch['next']}"


def rest(stage: Stage) -> Script:
    """Asks what became of the batch, and tries again what is final."""
    if "billing-status" not in stage.functions:
        yield "They are all charged."
        return
    batch = stage.told(r'"batch": ?"([^"]+)"')
    status = json.loads((yield Call("billing-status", {"batch": batch})))
    overdue = json.loads((yield Call("accounts-list_overdue")))
    yield stage.charge(overdue[-1])
    charged, skipped = status["counts"]["charged"], status["counts"]["skipped"]
    yield f"{charged} are charged, {skipped} are not. {status['next']}"


def earlier(stage: Stage) -> Script:
    """Takes a charge's id from the chat; where there is none, it makes one up."""
    charge = stage.told(r"\b(?:ch|py|pi)_\w+") or "ch_3QmaDeUp"
    answer = yield Call("billing-refund_charge", {"charge": charge})
    if answer.startswith("re_"):
        yield f"I have refunded {charge}."
        return
    owed = {"customer": charge, "amount": 123, "currency": "usd", "invoice": "Back"}
    yield stage.charge(owed)
    yield "I find no id of a charge in our chat, and one that I make up is refused."


@dataclass(frozen=True)
class Scenario:
    """A request of a person, what the scripted model does, and the chat before it."""

    prompt: str
    play: Play
    goes_on: bool = False


SCENARIOS = {
    "refund": Scenario(
        "cus_T3n5FhzSCAKtog says INV-2026-04819 is wrong. Put it right.", refund
    ),
    "loop": Scenario("Charge every account that is overdue.", loop),
    "rest": Scenario("Are they all charged? Charge the rest.", rest, goes_on=True),
    "earlier": Scenario(
        "INV-2026-04819 was a mistake. Refund the charge you made for it.",
        earlier,
        goes_on=True,
    ),
}
