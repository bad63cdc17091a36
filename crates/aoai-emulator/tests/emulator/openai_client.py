"""Calls the emulator with OpenAI's Python client; run by openai_python.rs."""

import base64
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
    try:
        client.chat.completions.create(model="chat", messages=ping, extra_body={"odd": 1})
    except openai.BadRequestError as error:
        check("odd" in error.message)

container = v1.containers.create(name="box")
held = v1.containers.files.create(container.id, file=("a.txt", b"hi"))
check(v1.containers.files.content.retrieve(held.id, container_id=container.id).read() == b"hi")
v1.containers.files.delete(held.id, container_id=container.id)
check(list(v1.containers.files.list(container.id)) == [])

# Only one surface has answers that are kept and gone on from.
first = v1.responses.create(model="chat", input="My name is Ada.")
check(first.output_text == "This is the emulator's answer to: My name is Ada.")
second = v1.responses.create(model="chat", input="ping", previous_response_id=first.id)
check(second.previous_response_id == first.id and second.usage.input_tokens > 5)
check(len(v1.responses.input_items.list(second.id).data) == 3)
with v1.responses.stream(model="chat", input="ping") as stream:
    kinds = [event.type for event in stream]
    whole = stream.get_final_response()
check(kinds[0] == "response.created" and kinds[-1] == "response.completed")
check(whole.output_text == "This is the emulator's answer to: ping")
tool = {
    "type": "function",
    "name": "get_weather",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}
called = v1.responses.create(model="chat", input="ping", tools=[tool], tool_choice="required")
check(called.output[0].name == "get_weather" and called.output[0].arguments == '{"city":"text"}')
v1.responses.delete(first.id)
try:
    v1.responses.retrieve(first.id)
except openai.NotFoundError as error:
    check(first.id in error.message)
conversation = v1.conversations.create(items=[{"role": "user", "content": "Hello."}])
v1.responses.create(model="chat", input="ping", conversation=conversation.id)
check(len(v1.conversations.items.list(conversation.id).data) == 3)

image = v1.images.generate(model="image", prompt="A lighthouse.", size="1024x1024")
picture = base64.b64decode(image.data[0].b64_json)
check(picture.startswith(b"\x89PNG") and image.usage.total_tokens > 0)
stream = v1.images.generate(model="image", prompt="A", stream=True, partial_images=1)
kinds = [event.type for event in stream]
check(kinds == ["image_generation.partial_image", "image_generation.completed"])
edited = v1.images.edit(model="image", prompt="Blue.", image=("a.png", picture))
check(edited.data[0].b64_json)
drawn = dated.images.generate(model="dalle", prompt="A lighthouse.")
check(drawn.data[0].url.startswith("https://"))

speech = v1.audio.speech.create(
    model="speech", voice="alloy", input="Hello there.", response_format="wav"
)
recording = ("hello.wav", speech.content)
for client in (dated, v1):
    heard = client.audio.transcriptions.create(model="whisper", file=recording)
    check(heard.text == "This is what is said in hello.wav.")
heard = v1.audio.transcriptions.create(
    model="whisper", file=recording, response_format="verbose_json"
)
check(float(heard.duration) == 0.5 and heard.segments[0].end == 0.5)
heard = v1.audio.translations.create(model="whisper", file=recording, response_format="text")
check(heard == "This is what is said in hello.wav.\n")
stream = v1.audio.transcriptions.create(model="transcribe", file=recording, stream=True)
check([event.type for event in stream][-1] == "transcript.text.done")

session = {"type": "realtime", "model": "realtime"}
check(v1.realtime.client_secrets.create(session=session).value.startswith("ek_"))

print(passed, "checks passed")
