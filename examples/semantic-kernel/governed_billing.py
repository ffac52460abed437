"""The governed twin: the same function, to be called as often as a planner likes."""

from typing import Annotated, Any

from semantic_kernel.connectors.mcp import MCPStdioPlugin
from semantic_kernel.functions import kernel_function


class GovernedBilling:
    """Plans charges through `sluice mcp`: nothing here moves money."""

    def __init__(self, sluice: MCPStdioPlugin) -> None:
        self._sluice = sluice

    @kernel_function(description="Plans a charge, for a person to approve.")
    async def create_charge(
        self,
        customer: Annotated[str, "The customer's id: cus_ and what follows"],
        amount: Annotated[int, "The amount in cents"],
        currency: Annotated[str, "Three letters, like usd"],
        invoice: Annotated[str, "The number of the invoice, charged once"],
    ) -> str:
        return await self._call(
            "plan_charge",
            account=customer,
            amount_minor=amount,
            currency=currency,
            reference=invoice,
        )

    @kernel_function(description="Says what a draft would charge, and what not.")
    async def preview(
        self, draft: Annotated[str, "The draft, as create_charge named it"]
    ) -> str:
        return await self._call("preview", draft=draft)

    @kernel_function(description="Hands a draft over, as a batch to approve.")
    async def submit(
        self, draft: Annotated[str, "The draft, as create_charge named it"]
    ) -> str:
        return await self._call("submit", draft=draft)

    @kernel_function(description="Says what became of a batch and its charges.")
    async def status(
        self, batch: Annotated[str, "The batch, as submit named it"]
    ) -> str:
        return await self._call("status", batch=batch)

    async def _call(self, tool: str, **arguments: Any) -> str:
        contents = await self._sluice.call_tool(tool, **arguments)
        return "\n".join(str(content) for content in contents)
