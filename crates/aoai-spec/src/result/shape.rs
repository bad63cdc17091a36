//! Which fields the result of a step has and what stands there, so that a misspelt one, or a value that
//! none ever has, is found before anything runs.

use std::fmt;

use aoai_http::ErrorKind;

/// What may stand at a place of the result.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Anything: what the service sent.
    Open,
    /// Anything, under names that ignore case.
    Headers,
    /// A text.
    Text,
    /// A header's value: a text, which may write a number.
    Header,
    /// One of these texts.
    Word(&'static Words),
    /// A number.
    Number,
    /// A number of milliseconds: also `2s`.
    Time,
    /// A boolean.
    Bool,
    /// An HTTP status: also `4xx`.
    Status,
    /// Exactly these fields.
    Fields(&'static [(&'static str, Self)]),
    /// A list of this.
    List(&'static Self),
}

/// The texts of a closed list.
#[derive(Debug)]
pub(crate) struct Words {
    /// What each of them is: `kind of error`.
    pub(crate) what: &'static str,
    /// All of them.
    pub(crate) known: &'static [&'static str],
}

impl Shape {
    /// What stands in a field; `Err` with the known ones where there is no such field.
    pub(crate) fn field(self, name: &str) -> Result<Self, Vec<&'static str>> {
        match self {
            Self::Open => Ok(Self::Open),
            Self::Headers => Ok(Self::Header),
            Self::Fields(fields) => fields
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, shape)| *shape)
                .ok_or_else(|| fields.iter().map(|(known, _)| *known).collect()),
            Self::List(item) if name.parse::<usize>().is_ok() => Ok(*item),
            _ => Err(Vec::new()),
        }
    }

    /// What the items of a list are.
    pub(crate) const fn item(self) -> Self {
        match self {
            Self::List(item) => *item,
            _ => Self::Open,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "anything",
            Self::Text | Self::Header | Self::Word(_) => "text",
            Self::Number | Self::Status => "a number",
            Self::Time => "a length of time",
            Self::Bool => "a boolean",
            Self::Headers | Self::Fields(_) => "a mapping",
            Self::List(_) => "a list",
        })
    }
}

/// The result document of a step.
pub(crate) const RESULT: Shape = Shape::Fields(&[
    ("status", Shape::Status),
    ("headers", Shape::Headers),
    ("body", Shape::Open),
    ("error", ERROR),
    ("text", Shape::Text),
    ("finish", Shape::Text),
    ("refusal", Shape::Text),
    ("tools", Shape::List(&TOOL)),
    (
        "filter",
        Shape::Fields(&[
            ("prompt", Shape::List(&FINDING)),
            ("answer", Shape::List(&FINDING)),
        ]),
    ),
    (
        "usage",
        Shape::Fields(&[
            ("prompt", Shape::Number),
            ("completion", Shape::Number),
            ("total", Shape::Number),
            ("cached", Shape::Number),
            ("reasoning", Shape::Number),
        ]),
    ),
    ("cost", Shape::Number),
    (
        "stream",
        Shape::Fields(&[
            ("events", Shape::List(&Shape::Open)),
            ("types", Shape::List(&Shape::Text)),
            ("count", Shape::Number),
            ("done", Shape::Bool),
        ]),
    ),
    (
        "time",
        Shape::Fields(&[
            ("total", Shape::Time),
            ("first", Shape::Time),
            ("gap", Shape::Time),
        ]),
    ),
    ("attempts", Shape::List(&ATTEMPT)),
    (
        "sent",
        Shape::Fields(&[
            ("method", Shape::Text),
            ("path", Shape::Text),
            ("query", Shape::Open),
            ("headers", Shape::Headers),
            ("body", Shape::Open),
        ]),
    ),
    ("auth", AUTH),
    ("drift", Shape::List(&DRIFT)),
]);

const DRIFT: Shape = Shape::Fields(&[
    ("path", Shape::Text),
    (
        "kind",
        Shape::Word(&Words {
            what: "kind of drift",
            known: &["lost", "changed", "added", "refused"],
        }),
    ),
]);

/// A kind of the client's errors.
const ERROR_KIND: Shape = Shape::Word(&Words {
    what: "kind of error",
    known: &{
        let mut names = [""; ErrorKind::ALL.len()];
        let mut at = 0;
        while at < names.len() {
            names[at] = ErrorKind::ALL[at].as_str();
            at += 1;
        }
        names
    },
});

const ERROR: Shape = Shape::Fields(&[
    ("kind", ERROR_KIND),
    ("code", Shape::Text),
    ("message", Shape::Text),
    ("param", Shape::Text),
    ("retryable", Shape::Bool),
    ("retry_after", Shape::Time),
]);

const TOOL: Shape = Shape::Fields(&[
    ("name", Shape::Text),
    ("arguments", Shape::Open),
    ("id", Shape::Text),
    ("valid", Shape::Bool),
]);

const FINDING: Shape = Shape::Fields(&[
    ("category", Shape::Text),
    ("filtered", Shape::Bool),
    ("detected", Shape::Bool),
    ("severity", Shape::Text),
]);

const ATTEMPT: Shape = Shape::Fields(&[
    ("status", Shape::Status),
    ("waited", Shape::Time),
    ("error", ERROR_KIND),
    ("auth", AUTH),
]);

const AUTH: Shape = Shape::Fields(&[
    (
        "kind",
        Shape::Word(&Words {
            what: "kind of credential",
            known: &["key", "entra"],
        }),
    ),
    (
        "source",
        Shape::Word(&Words {
            what: "source of credentials",
            known: &["local", "network", "cache"],
        }),
    ),
    ("scope", Shape::Text),
    ("version", Shape::Text),
]);
