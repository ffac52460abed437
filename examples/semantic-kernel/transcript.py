"""Prints a chat so that 847 calls of one function do not hide the rest of it."""

import json
import textwrap
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from semantic_kernel.contents import (
    AuthorRole,
    ChatMessageContent,
    FunctionCallContent,
    FunctionResultContent,
    TextContent,
)


def show(messages: list[ChatMessageContent]) -> None:
    """Prints messages; of many calls in a row of one function, the first and last."""
    for function, parts in groupby(_parts(messages), key=lambda part: part[0]):
        texts = [text for _, text in parts]
        if function and len(texts) > 3:
            texts[1:-1] = [f"       ... {len(texts) - 2} more, and then"]
        print(*texts, sep="\n", flush=True)


def _parts(messages: list[ChatMessageContent]) -> Iterator[tuple[str, str]]:
    """Yields what was said, and each call with its result under the function's name."""
    items = [(message.role, item) for message in messages for item in message.items]
    results = {
        item.id: str(item.result)
        for _, item in items
        if isinstance(item, FunctionResultContent)
    }
    for role, item in items:
        if isinstance(item, TextContent):
            speaker = "user" if role == AuthorRole.USER else "model"
            yield "", _wrapped(speaker, item.text)
        elif isinstance(item, FunctionCallContent):
            given = (item.parse_arguments() or {}).items()
            words = ", ".join(f"{name}={json.dumps(value)}" for name, value in given)
            call = _wrapped("model", f"{item.name}({words})")
            result = _wrapped("tool", _abridged(results.get(item.id, "")))
            yield item.name or "", f"{call}\n{result}"


def _abridged(result: str) -> str:
    try:
        return json.dumps(_short(json.loads(result)), ensure_ascii=False)
    except ValueError:
        return result


def _short(value: Any) -> Any:
    """Leaves of each long list the first element and a count."""
    if isinstance(value, dict):
        return {name: _short(member) for name, member in value.items()}
    if isinstance(value, list) and len(value) > 2:
        return [_short(value[0]), f"and {len(value) - 1} more"]
    if isinstance(value, list):
        return [_short(element) for element in value]
    return value


def _wrapped(speaker: str, text: str) -> str:
    return textwrap.fill(
        text,
        width=98,
        initial_indent=f"{speaker:<7}",
        subsequent_indent=" " * 7,
        break_long_words=False,
        break_on_hyphens=False,
    )
