//! Why specs were not run.

use std::fmt;
use std::io;

use crate::diagnostic::Diagnostic;

/// Why specs were not run.
#[derive(Debug)]
pub struct Error(Kind);

#[derive(Debug)]
enum Kind {
    Usage(String),
    Spec(Vec<Diagnostic>),
    Io(io::Error),
    Setup(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self(Kind::Usage(message.into()))
    }

    pub(crate) fn spec(diagnostics: Vec<Diagnostic>) -> Self {
        Self(Kind::Spec(diagnostics))
    }

    pub(crate) fn io(error: io::Error) -> Self {
        Self(Kind::Io(error))
    }

    pub(crate) fn setup(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(Kind::Setup(error.into()))
    }

    /// What is wrong in the files, where that is the reason.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match &self.0 {
            Kind::Spec(diagnostics) => diagnostics,
            _ => &[],
        }
    }

    /// The exit code of a program that ends with this error: 1 for what it was told to do, 2 for
    /// the files, 3 for the set-up.
    pub fn exit_code(&self) -> u8 {
        match &self.0 {
            Kind::Usage(_) => 1,
            Kind::Spec(_) | Kind::Io(_) => 2,
            Kind::Setup(_) => 3,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Usage(message) => f.write_str(message),
            Kind::Spec(diagnostics) => {
                let told: Vec<_> = diagnostics.iter().map(ToString::to_string).collect();
                f.write_str(&told.join("\n\n"))
            }
            Kind::Io(error) => error.fmt(f),
            Kind::Setup(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::Io(error) => error.source(),
            Kind::Setup(error) => error.source(),
            _ => None,
        }
    }
}
