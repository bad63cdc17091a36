//! The arguments of chat completions.

use aoai_types::ApiVersion;

use super::{Field, Rule};

pub(crate) const FIELDS: &[Field] = &[
    Field::required(
        "messages",
        &Rule::List {
            of: &MESSAGE,
            min: 1,
            max: 2048,
        },
    ),
    Field::optional("audio", &Rule::Object(AUDIO)).since(SINCE_2025_01),
    Field::optional(
        "data_sources",
        &Rule::List {
            of: &DATA_SOURCE,
            min: 1,
            max: 1,
        },
    )
    .since(ApiVersion::preview(2024, 2, 15)),
    Field::optional("frequency_penalty", &Rule::Number(-2.0, 2.0)),
    Field::optional("function_call", &FUNCTION_CALL).since(SINCE_2023_07),
    Field::optional(
        "functions",
        &Rule::List {
            of: &FUNCTION,
            min: 1,
            max: 128,
        },
    )
    .since(SINCE_2023_07),
    Field::optional("logit_bias", &Rule::Map(&Rule::Number(-100.0, 100.0))),
    Field::optional("logprobs", &Rule::Bool),
    Field::optional("max_completion_tokens", &Rule::Integer(1, i64::MAX)).since(SINCE_2024_09),
    Field::optional("max_tokens", &Rule::Integer(1, i64::MAX)),
    Field::optional("metadata", &Rule::Map(&Rule::Text)).since(SINCE_2024_12),
    Field::optional(
        "modalities",
        &Rule::List {
            of: &MODALITY,
            min: 1,
            max: 2,
        },
    )
    .since(SINCE_2025_01),
    Field::optional("model", &Rule::Text),
    Field::optional("n", &Rule::Integer(1, 128)),
    Field::optional("parallel_tool_calls", &Rule::Bool).since(SINCE_2024_09),
    Field::optional(
        "prediction",
        &Rule::Tagged {
            tag: "type",
            variants: PREDICTIONS,
        },
    )
    .since(SINCE_2025_01),
    Field::optional("presence_penalty", &Rule::Number(-2.0, 2.0)),
    Field::optional("prompt_cache_key", &Rule::Text).since(V1_ALONE),
    Field::optional("reasoning_effort", &Rule::Words(EFFORTS)).since(SINCE_2024_12),
    Field::optional(
        "response_format",
        &Rule::Tagged {
            tag: "type",
            variants: FORMATS,
        },
    ),
    Field::optional("seed", &Rule::Integer(i64::MIN, i64::MAX)),
    Field::optional("service_tier", &Rule::Words(TIERS)).since(V1_ALONE),
    Field::optional("stop", &STOP),
    Field::optional("store", &Rule::Bool).since(SINCE_2024_12),
    Field::optional("stream", &Rule::Bool),
    Field::optional("stream_options", &STREAM_OPTIONS).since(SINCE_2024_09),
    Field::optional("temperature", &Rule::Number(0.0, 2.0)),
    Field::optional("tool_choice", &TOOL_CHOICE).since(SINCE_2023_12),
    Field::optional(
        "tools",
        &Rule::List {
            of: &TOOL,
            min: 1,
            max: 128,
        },
    )
    .since(SINCE_2023_12),
    Field::optional("top_logprobs", &Rule::Integer(0, 20)),
    Field::optional("top_p", &Rule::Number(0.0, 1.0)),
    Field::optional("user", &Rule::Text),
    Field::optional("user_security_context", &Rule::Object(SECURITY_CONTEXT)).since(SINCE_2024_12),
];

pub(super) const STOP: Rule = Rule::OneOf(&[
    &Rule::Text,
    &Rule::List {
        of: &Rule::Text,
        min: 1,
        max: 4,
    },
]);

pub(super) const STREAM_OPTIONS: Rule = Rule::Object(&[
    Field::optional("include_obfuscation", &Rule::Bool),
    Field::optional("include_usage", &Rule::Bool),
]);

const MESSAGE: Rule = Rule::Tagged {
    tag: "role",
    variants: &[
        ("system", &[ROLE, Field::required("content", &TEXTS), NAME]),
        ("assistant", ASSISTANT),
        (
            "user",
            &[ROLE, Field::required("content", &USER_CONTENT), NAME],
        ),
        (
            "function",
            &[
                ROLE,
                Field {
                    nullable: true,
                    ..Field::required("content", &Rule::Text)
                },
                Field::required("name", &Rule::Text),
            ],
        ),
        (
            "tool",
            &[
                ROLE,
                Field::required("content", &TEXTS),
                Field::required("tool_call_id", &Rule::Text),
                NAME,
            ],
        ),
        (
            "developer",
            &[ROLE, Field::required("content", &TEXTS), NAME],
        ),
    ],
};

/// An answer sent back as part of the conversation may have the members that answers have.
const ASSISTANT: &[Field] = &[
    ROLE,
    NAME,
    Field::optional(
        "annotations",
        &Rule::List {
            of: &Rule::Any,
            min: 0,
            max: usize::MAX,
        },
    ),
    Field::optional(
        "audio",
        &Rule::Object(&[Field::required("id", &Rule::Text)]),
    ),
    Field::optional("content", &ASSISTANT_CONTENT),
    Field::optional("context", &Rule::Map(&Rule::Any)),
    Field::optional(
        "function_call",
        &Rule::Object(&[
            Field::required("arguments", &Rule::Text),
            Field::required("name", &Rule::Text),
        ]),
    ),
    Field::optional("refusal", &Rule::Text),
    Field::optional(
        "tool_calls",
        &Rule::List {
            of: &TOOL_CALL,
            min: 1,
            max: 128,
        },
    ),
];

const ROLE: Field = Field::required("role", &Rule::Text);
const NAME: Field = Field::optional("name", &Rule::Text);

/// What a message says.
const WORDS: Rule = Rule::TextUpTo(1 << 20);

const TEXTS: Rule = Rule::OneOf(&[
    &WORDS,
    &Rule::List {
        of: &Rule::Tagged {
            tag: "type",
            variants: &[TEXT_PART],
        },
        min: 1,
        max: usize::MAX,
    },
]);

const ASSISTANT_CONTENT: Rule = Rule::OneOf(&[
    &WORDS,
    &Rule::List {
        of: &Rule::Tagged {
            tag: "type",
            variants: &[TEXT_PART, REFUSAL_PART],
        },
        min: 1,
        max: usize::MAX,
    },
]);

const USER_CONTENT: Rule = Rule::OneOf(&[
    &WORDS,
    &Rule::List {
        of: &Rule::Tagged {
            tag: "type",
            variants: &[TEXT_PART, IMAGE_PART, AUDIO_PART, FILE_PART],
        },
        min: 1,
        max: usize::MAX,
    },
]);

const TYPE: Field = Field::required("type", &Rule::Text);

const TEXT_PART: (&str, &[Field]) = ("text", &[TYPE, Field::required("text", &WORDS)]);

const REFUSAL_PART: (&str, &[Field]) =
    ("refusal", &[TYPE, Field::required("refusal", &Rule::Text)]);

const IMAGE_PART: (&str, &[Field]) = (
    "image_url",
    &[
        TYPE,
        Field::required(
            "image_url",
            &Rule::Object(&[
                Field::required("url", &Rule::Text),
                Field::optional("detail", &Rule::Words(&["low", "high", "auto"])),
            ]),
        ),
    ],
);

const AUDIO_PART: (&str, &[Field]) = (
    "input_audio",
    &[
        TYPE,
        Field::required(
            "input_audio",
            &Rule::Object(&[
                Field::required("data", &Rule::Text),
                Field::required("format", &Rule::Words(&["wav", "mp3"])),
            ]),
        ),
    ],
);

const FILE_PART: (&str, &[Field]) = (
    "file",
    &[
        TYPE,
        Field::required(
            "file",
            &Rule::Object(&[
                Field::optional("file_data", &Rule::Text),
                Field::optional("file_id", &Rule::Text),
                Field::optional("filename", &Rule::Text),
            ]),
        ),
    ],
);

const TOOL_CALL: Rule = Rule::Tagged {
    tag: "type",
    variants: &[(
        "function",
        &[
            TYPE,
            Field::required("id", &Rule::Text),
            Field::required(
                "function",
                &Rule::Object(&[
                    Field::required("arguments", &Rule::Text),
                    Field::required("name", &Rule::Text),
                ]),
            ),
            // Clients send the pieces of a stream back as they came.
            Field::optional("index", &Rule::Integer(0, i64::MAX)),
        ],
    )],
};

const TOOL: Rule = Rule::Tagged {
    tag: "type",
    variants: &[("function", &[TYPE, Field::required("function", &FUNCTION)])],
};

const FUNCTION: Rule = Rule::Object(&[
    Field::required("name", &Rule::Name),
    Field::optional("description", &Rule::Text),
    Field::optional("parameters", &Rule::Map(&Rule::Any)),
    Field::optional("strict", &Rule::Bool),
]);

const TOOL_CHOICE: Rule = Rule::OneOf(&[
    &Rule::Words(&["none", "auto", "required"]),
    &Rule::Tagged {
        tag: "type",
        variants: &[("function", &[TYPE, Field::required("function", &NAMED)])],
    },
]);

const FUNCTION_CALL: Rule = Rule::OneOf(&[&Rule::Words(&["none", "auto"]), &NAMED]);

const NAMED: Rule = Rule::Object(&[Field::required("name", &Rule::Text)]);

const FORMATS: &[(&str, &[Field])] = &[
    ("text", &[TYPE]),
    ("json_object", &[TYPE]),
    (
        "json_schema",
        &[TYPE, Field::required("json_schema", &JSON_SCHEMA)],
    ),
];

const JSON_SCHEMA: Rule = Rule::Object(&[
    Field::required("name", &Rule::Name),
    Field::optional("description", &Rule::Text),
    Field::optional("schema", &Rule::Map(&Rule::Any)),
    Field::optional("strict", &Rule::Bool),
]);

const PREDICTIONS: &[(&str, &[Field])] =
    &[("content", &[TYPE, Field::required("content", &TEXTS)])];

const AUDIO: &[Field] = &[
    Field::required(
        "format",
        &Rule::Words(&["wav", "aac", "mp3", "flac", "opus", "pcm16"]),
    ),
    Field::required("voice", &Rule::Text),
];

const MODALITY: Rule = Rule::Words(&["text", "audio"]);

const EFFORTS: &[&str] = &["none", "minimal", "low", "medium", "high", "xhigh"];

const DATA_SOURCE: Rule = Rule::Tagged {
    tag: "type",
    variants: &[
        ("azure_search", DATA_SOURCE_FIELDS),
        ("azure_cosmos_db", DATA_SOURCE_FIELDS),
        ("elasticsearch", DATA_SOURCE_FIELDS),
        ("pinecone", DATA_SOURCE_FIELDS),
        ("mongo_db", DATA_SOURCE_FIELDS),
    ],
};

const DATA_SOURCE_FIELDS: &[Field] = &[TYPE, Field::required("parameters", &Rule::Map(&Rule::Any))];

const SECURITY_CONTEXT: &[Field] = &[
    Field::optional("application_name", &Rule::Text),
    Field::optional("end_user_id", &Rule::Text),
    Field::optional("end_user_tenant_id", &Rule::Text),
    Field::optional("source_ip", &Rule::Text),
];

/// A tier that a model does not have comes down to the default; `flex`, which few have, is refused.
const TIERS: &[&str] = &["auto", "default", "priority"];

const SINCE_2023_07: ApiVersion = ApiVersion::preview(2023, 7, 1);
const SINCE_2023_12: ApiVersion = ApiVersion::preview(2023, 12, 1);
const SINCE_2024_09: ApiVersion = ApiVersion::preview(2024, 9, 1);
const SINCE_2024_12: ApiVersion = ApiVersion::preview(2024, 12, 1);
const SINCE_2025_01: ApiVersion = ApiVersion::preview(2025, 1, 1);

/// Later than the last dated version that the service has.
const V1_ALONE: ApiVersion = ApiVersion::preview(2025, 10, 1);
