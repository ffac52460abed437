"""The plugins that the agent may be given to charge with."""

import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from semantic_kernel.connectors.mcp import MCPStdioPlugin

from governed_billing import GovernedBilling
from ungoverned_billing import CountingStripe, UngovernedBilling

JOB_FILE = Path(__file__).parents[2] / "jobs" / "overdue.json"
KINDS = ["governed", "mcp", "ungoverned"]
HOME = ["SLUICE_HOME", "XDG_STATE_HOME"]


@asynccontextmanager
async def billing_plugin(kind: str) -> AsyncIterator[object]:
    """Opens the plugin of one kind."""
    if kind == "ungoverned":
        stripe = CountingStripe()
        yield UngovernedBilling(stripe)
        print(stripe)
        return
    async with sluice() as server:
        yield GovernedBilling(server) if kind == "governed" else server


def sluice() -> MCPStdioPlugin:
    """Makes a plugin of the planner's door of Sluice: its tools are the functions."""
    command = os.environ.get("SLUICE", "sluice")
    arguments = ["mcp", "--job", str(JOB_FILE), "--planner", "billing-agent"]
    check(command, arguments)
    # The server is told where its home is; it has no use for the key of the model.
    home = {name: os.environ[name] for name in HOME if name in os.environ}
    return MCPStdioPlugin(
        "billing", command, args=arguments, env=home, request_timeout=60
    )


def check(command: str, arguments: list[str]) -> None:
    """Lets Sluice say what is wrong with its home before a model waits for it."""
    try:
        subprocess.run(
            [command, *arguments], stdin=subprocess.DEVNULL, check=True, timeout=60
        )
    except FileNotFoundError:
        raise SystemExit(
            f"there is no {command}: put it into the path, or name it in $SLUICE"
        ) from None
    except subprocess.CalledProcessError as error:
        raise SystemExit(error.returncode) from None
