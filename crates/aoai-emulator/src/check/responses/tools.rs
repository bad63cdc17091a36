//! The tools of a model, and which of them it must use.

use super::super::{Field, Rule};
use super::TYPE;

pub(super) const TOOL: Rule = Rule::Tagged {
    tag: "type",
    variants: &[
        ("function", FUNCTION),
        (
            "custom",
            &[
                TYPE,
                Field::required("name", &Rule::Name),
                Field::optional("description", &Rule::Text),
                Field::optional("format", ANYTHING),
            ],
        ),
        (
            "file_search",
            &[
                TYPE,
                Field::required("vector_store_ids", &TEXTS),
                Field::optional("filters", ANYTHING),
                Field::optional("max_num_results", &Rule::Integer(1, 50)),
                Field::optional("ranking_options", ANYTHING),
            ],
        ),
        ("web_search", WEB_SEARCH),
        ("web_search_preview", WEB_SEARCH),
        (
            "code_interpreter",
            &[
                TYPE,
                Field::required("container", &Rule::OneOf(&[&Rule::Text, ANYTHING])),
            ],
        ),
        ("image_generation", IMAGE_GENERATION),
        (
            "computer_use_preview",
            &[
                TYPE,
                Field::required("display_height", &Rule::Integer(1, i64::MAX)),
                Field::required("display_width", &Rule::Integer(1, i64::MAX)),
                Field::required(
                    "environment",
                    &Rule::Words(&["windows", "mac", "linux", "ubuntu", "browser"]),
                ),
            ],
        ),
        ("local_shell", &[TYPE]),
        ("mcp", MCP),
    ],
};

pub(super) const CHOICE: Rule = Rule::OneOf(&[
    &Rule::Words(&["none", "auto", "required"]),
    &Rule::Tagged {
        tag: "type",
        variants: &[
            ("function", &[TYPE, Field::required("name", &Rule::Text)]),
            ("custom", &[TYPE, Field::required("name", &Rule::Text)]),
            (
                "mcp",
                &[
                    TYPE,
                    Field::required("server_label", &Rule::Text),
                    Field::optional("name", &Rule::Text),
                ],
            ),
            (
                "allowed_tools",
                &[
                    TYPE,
                    Field::required("mode", &Rule::Words(&["auto", "required"])),
                    Field::required(
                        "tools",
                        &Rule::List {
                            of: ANYTHING,
                            min: 1,
                            max: 128,
                        },
                    ),
                ],
            ),
            ("file_search", &[TYPE]),
            ("web_search_preview", &[TYPE]),
            ("code_interpreter", &[TYPE]),
            ("image_generation", &[TYPE]),
            ("computer_use_preview", &[TYPE]),
        ],
    },
]);

const FUNCTION: &[Field] = &[
    TYPE,
    Field::required("name", &Rule::Name),
    Field::optional("defer_loading", &Rule::Bool),
    Field::optional("description", &Rule::Text),
    Field::optional("parameters", ANYTHING),
    Field::optional("strict", &Rule::Bool),
];

const WEB_SEARCH: &[Field] = &[
    TYPE,
    Field::optional("filters", ANYTHING),
    Field::optional(
        "search_context_size",
        &Rule::Words(&["low", "medium", "high"]),
    ),
    Field::optional("user_location", ANYTHING),
];

const IMAGE_GENERATION: &[Field] = &[
    TYPE,
    Field::optional("action", &Rule::Text),
    Field::optional(
        "background",
        &Rule::Words(&["transparent", "opaque", "auto"]),
    ),
    Field::optional("input_fidelity", &Rule::Words(&["high", "low"])),
    Field::optional("input_image_mask", ANYTHING),
    Field::optional("model", &Rule::Text),
    Field::optional("moderation", &Rule::Words(&["auto", "low"])),
    Field::optional("output_compression", &Rule::Integer(0, 100)),
    Field::optional("output_format", &Rule::Words(&["png", "webp", "jpeg"])),
    Field::optional("partial_images", &Rule::Integer(0, 3)),
    Field::optional("quality", &Rule::Words(&["low", "medium", "high", "auto"])),
    Field::optional("size", &Rule::Text),
];

const MCP: &[Field] = &[
    TYPE,
    Field::required("server_label", &Rule::Text),
    Field::optional("allowed_tools", &Rule::OneOf(&[&TEXTS, ANYTHING])),
    Field::optional("authorization", &Rule::Text),
    Field::optional("connector_id", &Rule::Text),
    Field::optional("headers", &Rule::Map(&Rule::Text)),
    Field::optional(
        "require_approval",
        &Rule::OneOf(&[&Rule::Words(&["always", "never"]), ANYTHING]),
    ),
    Field::optional("server_description", &Rule::Text),
    Field::optional("server_url", &Rule::Text),
];

const ANYTHING: &Rule = &Rule::Map(&Rule::Any);

const TEXTS: Rule = Rule::List {
    of: &Rule::Text,
    min: 1,
    max: usize::MAX,
};
