//! The arguments of graders.

use super::{Field, Rule};

pub(crate) const RUN: &[Field] = &[
    Field::required("grader", &GRADER),
    Field::optional("item", &Rule::Any),
    Field::required("model_sample", &Rule::Text),
];

pub(crate) const VALIDATE: &[Field] = &[Field::required("grader", &GRADER)];

/// What judges an answer.
pub(crate) const GRADER: Rule = Rule::Tagged {
    tag: "type",
    variants: &[
        ("string_check", STRING_CHECK),
        ("text_similarity", TEXT_SIMILARITY),
        ("score_model", SCORE_MODEL),
        ("label_model", LABEL_MODEL),
        ("python", PYTHON),
        ("multi", MULTI),
    ],
};

/// What several graders consist of.
const PART: Rule = Rule::Tagged {
    tag: "type",
    variants: &[
        ("string_check", STRING_CHECK),
        ("text_similarity", TEXT_SIMILARITY),
        ("score_model", SCORE_MODEL),
        ("label_model", LABEL_MODEL),
        ("python", PYTHON),
    ],
};

const STRING_CHECK: &[Field] = &[
    Field::required("type", &Rule::Text),
    Field::required("name", &Rule::Text),
    Field::required("input", &Rule::Text),
    Field::required("operation", &Rule::Words(&["eq", "ne", "like", "ilike"])),
    Field::required("reference", &Rule::Text),
];

const TEXT_SIMILARITY: &[Field] = &[
    Field::required("type", &Rule::Text),
    Field::not_null("name", &Rule::Text),
    Field::required(
        "evaluation_metric",
        &Rule::Words(&[
            "fuzzy_match",
            "bleu",
            "gleu",
            "meteor",
            "cosine",
            "rouge_1",
            "rouge_2",
            "rouge_3",
            "rouge_4",
            "rouge_5",
            "rouge_l",
        ]),
    ),
    Field::required("input", &Rule::Text),
    Field::not_null("pass_threshold", &Rule::Number(0.0, 1.0)),
    Field::required("reference", &Rule::Text),
];

const SCORE_MODEL: &[Field] = &[
    Field::required("type", &Rule::Text),
    Field::required("name", &Rule::Text),
    Field::required("input", &MESSAGES),
    Field::required("model", &Rule::Text),
    Field::not_null("pass_threshold", &Rule::Number(f64::MIN, f64::MAX)),
    Field::not_null(
        "range",
        &Rule::List {
            of: &Rule::Number(f64::MIN, f64::MAX),
            min: 2,
            max: 2,
        },
    ),
    Field::not_null("sampling_params", &Rule::Map(&Rule::Any)),
];

const LABEL_MODEL: &[Field] = &[
    Field::required("type", &Rule::Text),
    Field::required("name", &Rule::Text),
    Field::required("input", &MESSAGES),
    Field::required("labels", &LABELS),
    Field::required("model", &Rule::Text),
    Field::required("passing_labels", &LABELS),
];

const PYTHON: &[Field] = &[
    Field::required("type", &Rule::Text),
    Field::required("name", &Rule::Text),
    Field::not_null("image_tag", &Rule::Text),
    Field::not_null("pass_threshold", &Rule::Number(f64::MIN, f64::MAX)),
    Field::required("source", &Rule::Text),
];

const MULTI: &[Field] = &[
    Field::required("type", &Rule::Text),
    Field::not_null("name", &Rule::Text),
    Field::required("calculate_output", &Rule::Text),
    Field::required("graders", &Rule::Map(&PART)),
];

const MESSAGES: Rule = Rule::List {
    of: &Rule::Map(&Rule::Any),
    min: 1,
    max: 100,
};

const LABELS: Rule = Rule::List {
    of: &Rule::Text,
    min: 1,
    max: 100,
};
