//! Where in a document something is wrong, and what.

use std::fmt::{self, Display};

use serde::de::{Error, Expected, Unexpected};

/// What is wrong with a value that stood in a buffer, and where in it.
#[derive(Debug)]
pub(crate) struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    what: serde_json::Error,
    /// The way to the value, its last step first: an error learns it as it passes up.
    way: Vec<Step>,
}

/// One step into a value.
#[derive(Debug)]
pub(crate) enum Step {
    Entry(usize),
    Member(String),
}

impl Fault {
    /// The same, seen from one step further out.
    #[cold]
    pub(super) fn at(mut self, step: Step) -> Self {
        self.0.way.push(step);
        self
    }

    /// The JSON path of the place.
    pub(crate) fn path(&self) -> String {
        path(self.0.way.iter().rev())
    }
}

impl From<serde_json::Error> for Fault {
    #[cold]
    fn from(what: serde_json::Error) -> Self {
        let way = Vec::new();
        Self(Box::new(Inner { what, way }))
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.way.is_empty() {
            write!(f, "{}: ", self.path())?;
        }
        self.0.what.fmt(f)
    }
}

impl std::error::Error for Fault {}

/// In the words of `serde_json`, which calls things by their JSON names.
impl Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        serde_json::Error::custom(message).into()
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        serde_json::Error::invalid_type(found, expected).into()
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        serde_json::Error::invalid_value(found, expected).into()
    }
}

/// The steps as a JSON path, `choices[0].delta`; `.` is the whole document.
pub(crate) fn path<'a>(steps: impl Iterator<Item = &'a Step>) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Entry(place) => {
                path.push('[');
                path.push_str(&place.to_string());
                path.push(']');
            }
            Step::Member(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
        }
    }
    if path.is_empty() {
        path.push('.');
    }
    path
}
