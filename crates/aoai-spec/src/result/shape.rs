//! Which fields the result of a step has, so that a misspelt one is found before anything runs.

/// What may stand at a place of the result.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Anything: what the service sent.
    Open,
    /// Anything, under names that ignore case.
    Headers,
    /// A value without parts.
    Leaf,
    /// An HTTP status: also `4xx`.
    Status,
    /// A kind of the client's errors.
    ErrorKind,
    /// Exactly these fields.
    Fields(&'static [(&'static str, Self)]),
    /// A list of this.
    List(&'static Self),
}

impl Shape {
    /// What stands in a field; `Err` with the known ones where there is no such field.
    pub(crate) fn field(self, name: &str) -> Result<Self, Vec<&'static str>> {
        match self {
            Self::Open | Self::Headers => Ok(Self::Open),
            Self::Fields(fields) => fields
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, shape)| *shape)
                .ok_or_else(|| fields.iter().map(|(known, _)| *known).collect()),
            Self::List(item) if name.parse::<usize>().is_ok() => Ok(*item),
            Self::List(_) | Self::Leaf | Self::Status | Self::ErrorKind => Err(Vec::new()),
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

/// The result document of a step.
pub(crate) const RESULT: Shape = Shape::Fields(&[
    ("status", Shape::Status),
    ("headers", Shape::Headers),
    ("body", Shape::Open),
    ("error", ERROR),
    ("text", Shape::Leaf),
    ("finish", Shape::Leaf),
    ("refusal", Shape::Leaf),
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
            ("prompt", Shape::Leaf),
            ("completion", Shape::Leaf),
            ("total", Shape::Leaf),
            ("cached", Shape::Leaf),
            ("reasoning", Shape::Leaf),
        ]),
    ),
    ("cost", Shape::Leaf),
    (
        "stream",
        Shape::Fields(&[
            ("events", Shape::List(&Shape::Open)),
            ("types", Shape::List(&Shape::Leaf)),
            ("count", Shape::Leaf),
            ("done", Shape::Leaf),
        ]),
    ),
    (
        "time",
        Shape::Fields(&[
            ("total", Shape::Leaf),
            ("first", Shape::Leaf),
            ("gap", Shape::Leaf),
        ]),
    ),
    ("attempts", Shape::List(&ATTEMPT)),
    (
        "sent",
        Shape::Fields(&[
            ("method", Shape::Leaf),
            ("path", Shape::Leaf),
            ("query", Shape::Open),
            ("headers", Shape::Headers),
            ("body", Shape::Open),
        ]),
    ),
    ("auth", AUTH),
    ("drift", Shape::List(&DRIFT)),
]);

const DRIFT: Shape = Shape::Fields(&[("path", Shape::Leaf), ("kind", Shape::Leaf)]);

const ERROR: Shape = Shape::Fields(&[
    ("kind", Shape::ErrorKind),
    ("code", Shape::Leaf),
    ("message", Shape::Leaf),
    ("param", Shape::Leaf),
    ("retryable", Shape::Leaf),
    ("retry_after", Shape::Leaf),
]);

const TOOL: Shape = Shape::Fields(&[
    ("name", Shape::Leaf),
    ("arguments", Shape::Open),
    ("id", Shape::Leaf),
    ("valid", Shape::Leaf),
]);

const FINDING: Shape = Shape::Fields(&[
    ("category", Shape::Leaf),
    ("filtered", Shape::Leaf),
    ("detected", Shape::Leaf),
    ("severity", Shape::Leaf),
]);

const ATTEMPT: Shape = Shape::Fields(&[
    ("status", Shape::Status),
    ("waited", Shape::Leaf),
    ("error", Shape::ErrorKind),
    ("auth", AUTH),
]);

const AUTH: Shape = Shape::Fields(&[
    ("kind", Shape::Leaf),
    ("source", Shape::Leaf),
    ("scope", Shape::Leaf),
    ("version", Shape::Leaf),
]);
