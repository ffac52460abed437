"""The well-known shape: a kernel function that charges, within the agent's loop."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated, Any

from semantic_kernel.functions import kernel_function


class UngovernedBilling:
    """One credential for everything, and each call is money."""

    def __init__(self, stripe: Any) -> None:
        self._stripe = stripe

    @kernel_function(description="Charges a customer.")
    def create_charge(
        self,
        customer: Annotated[str, "The customer's id: cus_ and what follows"],
        amount: Annotated[int, "The amount in cents"],
        currency: Annotated[str, "Three letters, like usd"],
        invoice: Annotated[str, "The number of the invoice"],
    ) -> str:
        charge = self._stripe.Charge.create(
            customer=customer, amount=amount, currency=currency, description=invoice
        )
        return str(charge.id)

    @kernel_function(description="Refunds a charge.")
    def refund_charge(
        self, charge: Annotated[str, "The charge's id: ch_ and what follows"]
    ) -> str:
        return str(self._stripe.Refund.create(charge=charge).id)


class CountingStripe:
    """Stands where the module `stripe` would: counts requests, and asks nobody."""

    def __init__(self) -> None:
        self.Charge = _Requests("ch_counted")
        self.Refund = _Requests("re_counted")

    def __str__(self) -> str:
        charges, refunds = self.Charge.made, self.Refund.made
        total = Decimal(sum(charge["amount"] for charge in charges)) / 100
        return (
            f"Stripe was asked for {len(charges)} charges ({total:,.2f} usd) "
            f"and {len(refunds)} refunds."
        )


class _Requests:
    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.made: list[dict[str, Any]] = []

    def create(self, **request: Any) -> SimpleNamespace:
        self.made.append(request)
        return SimpleNamespace(id=f"{self.prefix}_{len(self.made)}")
