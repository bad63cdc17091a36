//! The arguments of responses.

use super::{Field, Rule};

pub(crate) mod items;
mod tools;

/// Those of a new answer.
pub(crate) const CREATE: &[Field] = &[
    Field::required("model", &Rule::Text),
    Field::optional("background", &Rule::Bool),
    Field::optional("conversation", &CONVERSATION),
    Field::optional("include", &INCLUDE),
    Field::optional("input", &INPUT),
    Field::optional("instructions", &Rule::Text),
    Field::optional("max_output_tokens", &Rule::Integer(16, i64::MAX)),
    Field::optional("max_tool_calls", &Rule::Integer(1, i64::MAX)),
    Field::optional("metadata", &super::METADATA),
    Field::optional("parallel_tool_calls", &Rule::Bool),
    Field::optional("previous_response_id", &Rule::Text),
    Field::optional("prompt", &PROMPT),
    Field::optional("prompt_cache_key", &Rule::Text),
    Field::optional(
        "prompt_cache_retention",
        &Rule::Words(&["in-memory", "24h"]),
    ),
    Field::optional("reasoning", &REASONING),
    Field::optional("safety_identifier", &Rule::Text),
    Field::optional(
        "service_tier",
        &Rule::Words(&["auto", "default", "flex", "scale", "priority"]),
    ),
    Field::optional("store", &Rule::Bool),
    Field::optional("stream", &Rule::Bool),
    Field::optional(
        "stream_options",
        &Rule::Object(&[Field::optional("include_obfuscation", &Rule::Bool)]),
    ),
    Field::optional("temperature", &Rule::Number(0.0, 2.0)),
    Field::optional("text", &TEXT),
    Field::optional("tool_choice", &tools::CHOICE),
    Field::optional(
        "tools",
        &Rule::List {
            of: &tools::TOOL,
            min: 0,
            max: 128,
        },
    ),
    Field::optional("top_logprobs", &Rule::Integer(0, 20)),
    Field::optional("top_p", &Rule::Number(0.0, 1.0)),
    Field::optional("truncation", &Rule::Words(&["auto", "disabled"])),
    Field::optional("user", &Rule::Text),
];

/// Those of an input made shorter.
pub(crate) const COMPACT: &[Field] = &[
    Field::required("model", &Rule::Text),
    Field::optional("input", &INPUT),
    Field::optional("instructions", &Rule::Text),
    Field::optional("previous_response_id", &Rule::Text),
    Field::optional("prompt_cache_key", &Rule::Text),
];

/// Those of an answer that is read again.
pub(crate) const GET: &[Field] = &[
    Field::optional("include", &INCLUDE),
    Field::optional("include_obfuscation", &Rule::Bool),
    Field::optional("starting_after", &Rule::Integer(0, i64::MAX)),
    Field::optional("stream", &Rule::Bool),
];

/// Those of a list of input items.
pub(crate) const INPUT_ITEMS: &[Field] = &[
    Field::optional("after", &Rule::Text),
    Field::optional("before", &Rule::Text),
    Field::optional("include", &INCLUDE),
    Field::optional("limit", &Rule::Integer(1, 100)),
    Field::optional("order", &super::ORDER),
];

const INPUT: Rule = Rule::OneOf(&[
    &Rule::Text,
    &Rule::List {
        of: &items::ITEM,
        min: 0,
        max: usize::MAX,
    },
]);

const CONVERSATION: Rule = Rule::OneOf(&[
    &Rule::Text,
    &Rule::Object(&[Field::required("id", &Rule::Text)]),
]);

pub(super) const INCLUDE: Rule = Rule::List {
    of: &Rule::Words(&[
        "code_interpreter_call.outputs",
        "computer_call_output.output.image_url",
        "file_search_call.results",
        "message.input_image.image_url",
        "message.output_text.logprobs",
        "reasoning.encrypted_content",
        "web_search_call.action.sources",
        "web_search_call.results",
    ]),
    min: 0,
    max: usize::MAX,
};

const PROMPT: Rule = Rule::Object(&[
    Field::required("id", &Rule::Text),
    Field::optional("variables", &Rule::Map(&Rule::Any)),
    Field::optional("version", &Rule::Text),
]);

const REASONING: Rule = Rule::Object(&[
    Field::optional(
        "effort",
        &Rule::Words(&["none", "minimal", "low", "medium", "high", "xhigh"]),
    ),
    Field::optional("generate_summary", &SUMMARY),
    Field::optional("summary", &SUMMARY),
]);

const SUMMARY: Rule = Rule::Words(&["auto", "concise", "detailed"]);

const TEXT: Rule = Rule::Object(&[
    Field::optional(
        "format",
        &Rule::Tagged {
            tag: "type",
            variants: &[
                ("text", &[TYPE]),
                ("json_object", &[TYPE]),
                (
                    "json_schema",
                    &[
                        TYPE,
                        Field::required("name", &Rule::Name),
                        Field::required("schema", &Rule::Map(&Rule::Any)),
                        Field::optional("description", &Rule::Text),
                        Field::optional("strict", &Rule::Bool),
                    ],
                ),
            ],
        },
    ),
    Field::optional("verbosity", &Rule::Words(&["low", "medium", "high"])),
]);

const TYPE: Field = Field::required("type", &Rule::Text);
