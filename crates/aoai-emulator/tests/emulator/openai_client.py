"""Calls the emulator with OpenAI's Python client; run by openai_python.rs."""

import os

import openai

endpoint, key = os.environ["EMULATOR_ENDPOINT"], os.environ["EMULATOR_KEY"]
passed = 0


def check(condition):
    global passed
    assert condition
    passed += 1


dated = openai.AzureOpenAI(
    azure_endpoint=endpoint, api_key=key, api_version="2024-10-21", max_retries=0
)
v1 = openai.OpenAI(base_url=f"{endpoint}/openai/v1/", api_key=key, max_retries=0)
ping = [{"role": "user", "content": "ping"}]

for client in (dated, v1):
    completion = client.completions.create(model="instruct", prompt=["Once", "Hello"], max_tokens=5)
    check(len(completion.choices) == 2 and completion.choices[1].text)

    chat = client.chat.completions.create(model="chat", messages=ping)
    check(chat.choices[0].message.content == "This is the emulator's answer to: ping")

    stream = client.chat.completions.create(
        model="chat", messages=ping, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    check(text == chat.choices[0].message.content)
    check(chunks[-1].usage.total_tokens == chat.usage.total_tokens)

    embedding = client.embeddings.create(model="embeddings", input="hello", dimensions=8)
    check(len(embedding.data[0].embedding) == 8)

    try:
        client.chat.completions.create(model="missing", messages=ping)
    except openai.NotFoundError as error:
        check(error.code == "DeploymentNotFound")

print(passed, "checks passed")
