"""A chat model that plays a script: the same every time, and without a network."""

import json
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import PrivateAttr
from semantic_kernel.connectors.ai import PromptExecutionSettings
from semantic_kernel.connectors.ai.chat_completion_client_base import (
    ChatCompletionClientBase,
)
from semantic_kernel.contents import (
    AuthorRole,
    ChatHistory,
    ChatMessageContent,
    FunctionCallContent,
    FunctionResultContent,
    TextContent,
)


@dataclass(frozen=True)
class Call:
    """A function that the model calls, by its full name."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


# What the model calls or says; what is sent back is the result of the call.
Script = Generator[Call | str, str, None]


class ScriptedChatCompletion(ChatCompletionClientBase):
    """Calls and says what its script does, which hears what the functions return."""

    SUPPORTS_FUNCTION_CALLING: ClassVar[bool] = True

    _script: Script = PrivateAttr()

    def __init__(self, script: Script) -> None:
        super().__init__(ai_model_id="scripted")
        self._script = script

    async def _inner_get_chat_message_contents(
        self, chat_history: ChatHistory, settings: PromptExecutionSettings
    ) -> list[ChatMessageContent]:
        heard = chat_history[-1].items[0]
        if isinstance(heard, FunctionResultContent):
            reply = self._script.send(str(heard.result))
        else:
            reply = next(self._script)
        item = self._item(reply, id=f"call_{len(chat_history)}")
        return [ChatMessageContent(role=AuthorRole.ASSISTANT, items=[item])]

    @staticmethod
    def _item(reply: Call | str, id: str) -> FunctionCallContent | TextContent:
        if isinstance(reply, str):
            return TextContent(text=reply)
        arguments = json.dumps(reply.arguments)
        return FunctionCallContent(id=id, name=reply.name, arguments=arguments)
