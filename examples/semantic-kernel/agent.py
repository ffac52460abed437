"""An agent in Semantic Kernel that is asked to charge, under a script or a model."""

import argparse
import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from semantic_kernel import Kernel
from semantic_kernel.connectors.ai import (
    FunctionChoiceBehavior,
    PromptExecutionSettings,
)
from semantic_kernel.connectors.ai.chat_completion_client_base import (
    ChatCompletionClientBase,
)
from semantic_kernel.contents import ChatHistory
from semantic_kernel.filters import AutoFunctionInvocationContext, FilterTypes
from semantic_kernel.functions import FunctionResult

from accounts import Accounts
from plugins import KINDS, billing_plugin
from scenarios import SCENARIOS, Scenario, Stage
from scripted_model import ScriptedChatCompletion
from transcript import show

INSTRUCTIONS = "You collect what customers owe, with the functions that you have."
PLACE = Path(__file__).parents[2] / ".build-semantic-kernel"


async def play(scenario: Scenario, accounts: Accounts, billing: str) -> None:
    """Plays a scenario, and keeps the chat for one that goes on from it."""
    chat_file = PLACE / f"{billing}.json"
    chat = opened_chat(scenario, chat_file)
    begin = len(chat)
    chat.add_user_message(scenario.prompt)
    async with billing_plugin(billing) as plugin:
        kernel = Kernel()
        kernel.add_plugin(accounts, "accounts")
        kernel.add_plugin(plugin, "billing")
        kernel.add_filter(FilterTypes.AUTO_FUNCTION_INVOCATION, as_text)
        model = chat_model(scenario, chat, kernel)
        # The model may come back with a call so many times before it has to answer.
        choice = FunctionChoiceBehavior.Auto(maximum_auto_invoke_attempts=2000)
        settings = PromptExecutionSettings(function_choice_behavior=choice)
        try:
            answer = await model.get_chat_message_content(chat, settings, kernel=kernel)
            if answer:
                chat.add_message(answer)
        finally:
            show(chat.messages[begin:])
            PLACE.mkdir(exist_ok=True)
            chat.store_chat_history_to_file(str(chat_file))


def opened_chat(scenario: Scenario, chat_file: Path) -> ChatHistory:
    """Begins a chat, or goes on with the one that is kept."""
    if not scenario.goes_on:
        return ChatHistory(system_message=INSTRUCTIONS)
    if not chat_file.exists():
        raise SystemExit(f"there is no {chat_file}: play the scenario loop first")
    return ChatHistory.load_chat_history_from_file(str(chat_file))


def chat_model(
    scenario: Scenario, chat: ChatHistory, kernel: Kernel
) -> ChatCompletionClientBase:
    """OpenAI's, where the environment has a key and names a model; or the script."""
    if {"OPENAI_API_KEY", "OPENAI_CHAT_MODEL_ID"} <= os.environ.keys():
        from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion

        return OpenAIChatCompletion()
    functions = kernel.get_full_list_of_function_metadata()
    names = {function.fully_qualified_name for function in functions}
    return ScriptedChatCompletion(scenario.play(Stage(chat, names)))


async def as_text(
    context: AutoFunctionInvocationContext,
    next: Callable[[AutoFunctionInvocationContext], Awaitable[None]],
) -> None:
    """Gives the model the text of an MCP tool's answer, not a list that holds it."""
    await next(context)
    result = context.function_result
    if result and isinstance(result.value, list):
        text = "\n".join(str(content) for content in result.value)
        context.function_result = FunctionResult(function=result.function, value=text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", nargs="+", choices=SCENARIOS, required=True)
    parser.add_argument("--billing", choices=KINDS, default="governed")
    parser.add_argument("--accounts", type=int, help="only so many that are overdue")
    options = parser.parse_args()
    accounts = Accounts(options.accounts)
    # The kernel logs a call of what is not there with a stack; the chat tells it too.
    logging.getLogger("semantic_kernel.kernel").setLevel(logging.CRITICAL)
    for name in options.scenario:
        asyncio.run(play(SCENARIOS[name], accounts, options.billing))
