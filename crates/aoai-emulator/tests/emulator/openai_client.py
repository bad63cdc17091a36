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

    line = b'{"custom_id":"a","method":"POST","url":"/chat/completions","body":{"model":"batch"}}'
    file = client.files.create(file=("lines.jsonl", line), purpose="batch")
    check(file.status == "pending" and client.files.content(file.id).read() == line)
    check(file.id in [listed.id for listed in client.files.list(purpose="batch")])
    try:
        client.batches.create(
            input_file_id=file.id, endpoint="/chat/completions", completion_window="24h"
        )
    except openai.BadRequestError as error:
        check("'Processed'" in str(error))
    upload = client.uploads.create(
        bytes=4, filename="a.jsonl", mime_type="application/jsonl", purpose="batch"
    )
    part = client.uploads.parts.create(upload.id, data=b"abcd")
    check(client.uploads.complete(upload.id, part_ids=[part.id]).file.bytes == 4)
    store = client.vector_stores.create(name="tides")
    text = client.files.create(file=("tides.md", b"Low tide is at six."), purpose="assistants")
    added = client.vector_stores.files.create(store.id, file_id=text.id)
    check(added.status == "in_progress")
    check(client.vector_stores.retrieve(store.id).file_counts.in_progress == 1)

    try:
        client.chat.completions.create(model="missing", messages=ping)
    except openai.NotFoundError as error:
        check(error.code == "DeploymentNotFound")

container = v1.containers.create(name="box")
held = v1.containers.files.create(container.id, file=("a.txt", b"hi"))
check(v1.containers.files.content.retrieve(held.id, container_id=container.id).read() == b"hi")
v1.containers.files.delete(held.id, container_id=container.id)
check(list(v1.containers.files.list(container.id)) == [])

print(passed, "checks passed")
