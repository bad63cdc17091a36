//! The arguments of keys for realtime sessions.

use super::{Field, Rule};

pub(crate) const CLIENT_SECRET: &[Field] = &[
    Field::required("session", &SESSION),
    Field::optional(
        "expires_after",
        &Rule::Object(&[
            Field::required("anchor", &Rule::Words(&["created_at"])),
            Field::required("seconds", &Rule::Integer(10, 7200)),
        ]),
    ),
];

/// What the service says of a session may be sent back to it.
const SESSION: Rule = Rule::Tagged {
    tag: "type",
    variants: &[
        (
            "realtime",
            &[
                TYPE,
                AUDIO,
                INCLUDE,
                Field::required("model", &Rule::Text),
                Field::optional("expires_at", &Rule::Integer(0, i64::MAX)),
                Field::optional("id", &Rule::Text),
                Field::optional("instructions", &Rule::Text),
                Field::optional(
                    "max_output_tokens",
                    &Rule::OneOf(&[&Rule::Words(&["inf"]), &Rule::Integer(1, 4096)]),
                ),
                Field::optional("object", &Rule::Text),
                Field::optional(
                    "output_modalities",
                    &Rule::List {
                        of: &Rule::Words(&["text", "audio"]),
                        min: 1,
                        max: 1,
                    },
                ),
                Field::optional("prompt", &Rule::Map(&Rule::Any)),
                Field::optional("reasoning", &Rule::Map(&Rule::Any)),
                Field::optional(
                    "tool_choice",
                    &Rule::OneOf(&[
                        &Rule::Words(&["none", "auto", "required"]),
                        &Rule::Map(&Rule::Any),
                    ]),
                ),
                Field::optional(
                    "tools",
                    &Rule::List {
                        of: &Rule::Map(&Rule::Any),
                        min: 0,
                        max: 128,
                    },
                ),
                Field::optional("tracing", &Rule::Any),
                Field::optional("truncation", &Rule::Any),
            ],
        ),
        ("transcription", &[TYPE, AUDIO, INCLUDE]),
    ],
};

const TYPE: Field = Field::required("type", &Rule::Text);
const AUDIO: Field = Field::optional("audio", &Rule::Map(&Rule::Any));
const INCLUDE: Field = Field::optional(
    "include",
    &Rule::List {
        of: &Rule::Text,
        min: 0,
        max: 16,
    },
);
