"""Calls an Azure OpenAI endpoint with the openai package and prints what came back as JSON.

Usage: client.py ENDPOINT KEY
"""

import json
import sys

from openai import AzureOpenAI, BadRequestError, NotFoundError, OpenAI

endpoint, key = sys.argv[1:]
seen = {}


def ask(client, surface):
    completion = client.completions.create(
        model="instruct", prompt=["Once upon a time", "Hello,"], max_tokens=5
    )
    seen[f"{surface} completion"] = {
        "choices": len(completion.choices),
        "within_limit": 0 < completion.usage.completion_tokens <= 10,
    }

    question = [{"role": "user", "content": "What is the capital of France?"}]
    chat = client.chat.completions.create(model="chat", messages=question)
    seen[f"{surface} chat"] = chat.choices[0].message.content

    stream = client.chat.completions.create(
        model="chat", messages=question, stream=True, stream_options={"include_usage": True}
    )
    text, usage = "", None
    for chunk in stream:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
    seen[f"{surface} stream"] = {"text": text, "total_is_set": usage.total_tokens > 0}

    embedding = client.embeddings.create(model="embeddings", input=["first", "second"], dimensions=8)
    seen[f"{surface} embedding"] = [len(entry.embedding) for entry in embedding.data]

    try:
        client.chat.completions.create(model="no-such-deployment", messages=question)
    except NotFoundError as error:
        seen[f"{surface} unknown deployment"] = error.code

    try:
        client.chat.completions.create(model="chat", messages=question, extra_body={"odd": 1})
    except BadRequestError as error:
        seen[f"{surface} unknown argument"] = "odd" in str(error)


ask(AzureOpenAI(azure_endpoint=endpoint, api_key=key, api_version="2024-10-21"), "dated")
ask(OpenAI(base_url=f"{endpoint}/openai/v1/", api_key=key), "v1")
json.dump(seen, sys.stdout)
