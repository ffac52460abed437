"""The official client of the protocol, doing as it is told: an order a line in, what came of it out.

An order is a JSON object. {"client": NAME, "open": MODE, "server": {...}} starts a server and
connects to it; "list", "call", "calls" and "close" are then said to the client of that name, and
{"together": [...]} is carried out all at once.
"""

import asyncio
import json
import os
import signal
import sys

from jsonschema.validators import validator_for
from mcp import Client, MCPError, StdioServerParameters

ANSWER_SECONDS = 60


async def call(client, tool, arguments):
    """Calls a tool; the client itself holds what it answers against the tool's output schema."""
    try:
        result = await client.call_tool(tool, arguments)
    except MCPError as error:
        return {"code": error.error.code, "text": error.error.message}
    return {
        "isError": result.is_error,
        "text": "".join(part.text for part in result.content),
        "content": result.structured_content or {},
    }


async def call_all(client, calls, killed_after=None, process=None):
    """Makes many calls at once; kills the server in the middle when it is told to."""
    answered = 0

    async def one(tool, arguments):
        nonlocal answered
        answer = await call(client, tool, arguments)
        answered += 1
        if answered == killed_after:
            with open(process, encoding="utf-8") as file:
                os.kill(int(file.read()), signal.SIGKILL)
        return answer

    return await asyncio.gather(*(one(*words) for words in calls))


async def list_tools(client):
    """The tools, each with schemas that are sound."""
    tools = (await client.list_tools()).tools
    for tool in tools:
        for schema in (tool.input_schema, tool.output_schema):
            validator_for(schema).check_schema(schema)
    return [tool.model_dump(by_alias=True, exclude_none=True) for tool in tools]


async def obey(client, order):
    if "open" in order:
        return client.protocol_version
    if "list" in order:
        return await list_tools(client)
    if "calls" in order:
        return await call_all(client, order["calls"], order.get("kill_after"), order.get("process"))
    return await call(client, order["call"], order["arguments"])


class Connection:
    """A client; it is opened and closed in one task, as it has to be."""

    def __init__(self, order):
        self.orders = asyncio.Queue()
        self.task = asyncio.create_task(self.serve(order["open"], order["server"]))

    async def serve(self, mode, server):
        server = StdioServerParameters(**server)
        async with Client(server, mode=mode, read_timeout_seconds=ANSWER_SECONDS) as client:
            order, answer = await self.orders.get()
            while "close" not in order:
                answer.set_result(await obey(client, order))
                order, answer = await self.orders.get()
        answer.set_result({})

    async def ask(self, order):
        answer = asyncio.get_running_loop().create_future()
        await self.orders.put((order, answer))
        await asyncio.wait([answer, self.task], return_when=asyncio.FIRST_COMPLETED)
        return answer.result() if answer.done() else self.task.result()


async def carry_out(order, connections):
    if "together" in order:
        return await asyncio.gather(*(carry_out(one, connections) for one in order["together"]))
    if "open" in order:
        connections[order["client"]] = Connection(order)
    return await connections[order["client"]].ask(order)


async def main():
    connections = {}
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await carry_out(json.loads(line), connections)), flush=True)
    for connection in connections.values():
        if not connection.task.done():
            await connection.ask({"close": True})


if __name__ == "__main__":
    asyncio.run(main())
