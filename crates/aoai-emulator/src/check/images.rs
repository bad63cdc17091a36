//! The arguments of images.

use super::{Field, Rule};

/// Those of any model.
pub(crate) const GENERATE: &[Field] = &[
    Field::required("prompt", &Rule::Text),
    Field::optional("background", &Rule::Any),
    Field::optional("model", &Rule::Text),
    Field::optional("moderation", &Rule::Any),
    Field::optional("n", &Rule::Any),
    Field::optional("output_compression", &Rule::Any),
    Field::optional("output_format", &Rule::Any),
    Field::optional("partial_images", &Rule::Any),
    Field::optional("quality", &Rule::Any),
    Field::optional("response_format", &Rule::Any),
    Field::optional("size", &Rule::Any),
    Field::optional("stream", &Rule::Bool),
    Field::optional("style", &Rule::Any),
    Field::optional("user", &Rule::Text),
];

/// Those of `dall-e-3`.
pub(crate) const DALLE: &[Field] = &[
    Field::required("prompt", &Rule::TextUpTo(4000)),
    Field::optional("model", &Rule::Text),
    Field::optional("n", &Rule::Integer(1, 1)),
    Field::optional("quality", &Rule::Words(&["standard", "hd"])),
    Field::optional("response_format", &Rule::Words(&["url", "b64_json"])),
    Field::optional(
        "size",
        &Rule::Words(&["1024x1024", "1792x1024", "1024x1792"]),
    ),
    Field::optional("style", &Rule::Words(&["vivid", "natural"])),
    Field::optional("user", &Rule::Text),
];

/// Those of the models after it.
pub(crate) const GPT: &[Field] = &[
    PROMPT,
    MODEL,
    N,
    SIZE,
    QUALITY,
    BACKGROUND,
    OUTPUT_FORMAT,
    OUTPUT_COMPRESSION,
    PARTIAL_IMAGES,
    STREAM,
    USER,
    Field::optional("moderation", &Rule::Words(&["auto", "low"])),
];

/// Those of images that are changed.
pub(crate) const EDIT: &[Field] = &[
    // One, or a list of them.
    Field::required("image", &Rule::File),
    PROMPT,
    MODEL,
    N,
    SIZE,
    QUALITY,
    BACKGROUND,
    OUTPUT_FORMAT,
    OUTPUT_COMPRESSION,
    PARTIAL_IMAGES,
    STREAM,
    USER,
    Field::optional("input_fidelity", &Rule::Words(&["high", "low"])),
    Field::optional("mask", &Rule::File),
];

const PROMPT: Field = Field::required("prompt", &Rule::TextUpTo(32_000));
const MODEL: Field = Field::optional("model", &Rule::Text);
const N: Field = Field::optional("n", &Rule::Integer(1, 10));
const SIZE: Field = Field::optional(
    "size",
    &Rule::Words(&["1024x1024", "1024x1536", "1536x1024", "auto"]),
);
const QUALITY: Field = Field::optional("quality", &Rule::Words(&["low", "medium", "high", "auto"]));
const BACKGROUND: Field = Field::optional(
    "background",
    &Rule::Words(&["transparent", "opaque", "auto"]),
);
const OUTPUT_FORMAT: Field = Field::optional("output_format", &Rule::Words(&["png", "jpeg"]));
const OUTPUT_COMPRESSION: Field = Field::optional("output_compression", &Rule::Integer(0, 100));
const PARTIAL_IMAGES: Field = Field::optional("partial_images", &Rule::Integer(0, 3));
const STREAM: Field = Field::optional("stream", &Rule::Bool);
const USER: Field = Field::optional("user", &Rule::Text);
