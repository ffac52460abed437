"""An agent that means ill, through the official client; prints every answer it got, one a line.

Its one argument is a JSON object: "mode" and "server" to connect with, its own "batches", and
"names" that it has heard of and that are not its own.
"""

import asyncio
import json
import sys

from client import ANSWER_SECONDS, call
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import Request
from pydantic import TypeAdapter

DEEP = {}
for _ in range(100):
    DEEP = {"a": DEEP}

VALUES = [
    None, True, False, 0, -1, 1, 1.0, 1e308, 2**63 - 1, -(2**63), 2**63, -(10**400),
    "", " ", "x", "null", "NaN", "1e9", "-5.00", "19.999", "1,000.00", "99999999999999999999.00",
    "../../etc/passwd", "file:///etc/passwd", "$(sluice run)", "${HOME}", "{reference}", "{{7*7}}",
    "' OR 1=1 --", "'; DELETE FROM job; --", "draft-%", "%", "*", "cus_*", "all",
    "cus_1\0", "\x1b[2J\x1b]0;x\x07", "a\nb", "\u202egnp", "\u200b", "e\u0301" * 300, "é" * 999,
    "x" * 5000, "x" * 1_100_000, "=HYPERLINK(1)", "pi_guess_1", "ch_guess_1", "in_guess_1",
    "sk_live_" + "a1" * 12, "rk_test_" + "a1" * 12, "4242 4242 4242 4242",
    "fees", "refunds", "invoices", "approve", "agent", [], [1], ["x"], [[]], [{}], {}, {"a": 1}, {"a": None},
    {"sluice_batch": "x", "sluice_job": "y"}, {"": ""}, {str(n): "x" for n in range(100)},
    [{"account": "cus_9"}], [{"account": "cus_9", "amount": "1.00", "reference": "r", "cap": 1}],
    DEEP, [DEEP],
]

OVERRIDES = [
    "operation", "policy", "caps", "cap", "max_per_job", "approve", "approved", "state", "digest",
    "planner", "home", "mode", "stripe_account", "stripe_key", "api_key", "idempotency_key",
    "payment_method", "force", "except", "limit", "status", "__proto__", "Draft", "",
]

TOOLS = [
    "approve", "approve_batch", "sluice_approve", "run", "run_batch", "cancel", "reject", "amend",
    "settle", "resolve", "stop", "unstop", "keys", "keys_issue", "keys_revoke", "budget_set",
    "journal", "report", "init", "execute", "shell", "sql", "read_file", "charge", "create_charge",
    "Plan_charge", "plan_charge ", "plan-charge", "../plan_charge", "", "plan_charge\0", "x" * 2000,
]

METHODS = [
    "approve", "run", "tools/approve", "tools/execute", "tools/call/approve", "resources/list",
    "resources/read", "resources/templates/list", "resources/subscribe", "prompts/list",
    "prompts/get", "completion/complete", "sampling/createMessage", "roots/list",
    "elicitation/create", "logging/setLevel", "tasks/list", "tasks/result", "rpc.discover",
    "server/shutdown", "initialize", "ping", "", "\x1b[2J", "x" * 2000,
]


def good(tool, batch):
    """Arguments that a tool takes."""
    job = {"account": "cus_5", "amount": "1.00", "reference": "ok"}
    if tool == "plan_charge":
        return {"job_file": "fees", **job}
    if tool == "plan_batch":
        return {"job_file": "fees", "jobs": [job]}
    if tool in ("status", "preview"):
        return {"batch": batch}
    return {"draft": "draft-none"} if tool in ("submit", "discard_draft") else {}


def attempts(tools, batches, names):
    """Every tool with every argument it has and some it has not, and tools that are not there."""
    batch = batches[0]
    for own in batches:
        yield "preview", {"batch": own}
        for first in (1, 2, 200, 10_000_000):
            yield "status", {"batch": own, "from": first}
    for job_file in ("fees", "refunds", "invoices"):
        for more in ({}, {"charge": "pi_guess_1"}, {"invoice": "in_guess_1"}):
            yield "plan_charge", {**good("plan_charge", batch), "job_file": job_file, **more}
    for tool in tools:
        start = good(tool.name, batch)
        for argument in tool.input_schema["properties"]:
            for value in VALUES + names:
                yield tool.name, {**start, argument: value}
        for argument in OVERRIDES:
            yield tool.name, {**start, argument: "usd=9999.00"}
        for value in (["x"], "x", 1):
            yield tool.name, value
    for name in TOOLS:
        yield name, {"batch": batch}
    for _ in range(100):
        yield "plan_charge", good("plan_charge", batch)
        yield "approve", {"batch": batch}


async def ask(client, method, parameters):
    """Asks for anything at all."""
    request = Request[dict, str](method=method, params=parameters)
    try:
        result = await client.session.send_request(request, TypeAdapter(dict))
    except MCPError as error:
        return {"code": error.error.code, "text": error.error.message}
    return {"text": json.dumps(result)}


async def main():
    told = json.loads(sys.argv[1])
    server = StdioServerParameters(**told["server"])

    def tell(asked, answer):
        print(json.dumps({"asked": str(asked)[:300], **answer}))

    async with Client(
        server, mode=told["mode"], read_timeout_seconds=ANSWER_SECONDS
    ) as client:
        tools = (await client.list_tools()).tools
        for tool, arguments in attempts(tools, told["batches"], told["names"]):
            if isinstance(arguments, dict):
                answer = await call(client, tool, arguments)
            else:
                parameters = {"name": tool, "arguments": arguments}
                answer = await ask(client, "tools/call", parameters)
            tell([tool, arguments], answer)
        for method in METHODS:
            batch = {"batch": told["batches"][0], "uri": "file:///", "name": "x"}
            for parameters in ({}, batch):
                tell([method, parameters], await ask(client, method, parameters))


asyncio.run(main())
