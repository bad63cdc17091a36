//! `.env` files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::credential::Secret;
use crate::error::{Error, ErrorKind, Result};
use crate::header::sendable;

use self::entries::{Entry, Malformed};

mod entries;
mod exposure;

/// A `.env` file as it was read; nothing of it is written into the environment.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join(".env");
/// # std::fs::write(&path, "AZURE_OPENAI_API_KEY='not-a-real-key'\n")?;
/// use aoai_auth::Dotenv;
///
/// let file = Dotenv::read(&path)?;
/// let key = file.value("AZURE_OPENAI_API_KEY")?;
/// assert_eq!(key.unwrap().expose(), "not-a-real-key");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Dotenv {
    path: PathBuf,
    text: Secret,
}

impl Dotenv {
    /// Reads the file, now and not again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotConfigured`] where there is no such file, [`ErrorKind::Misconfigured`] where it
    /// cannot be read.
    pub fn read(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self {
                path,
                text: Secret::from(text),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::new(
                ErrorKind::NotConfigured,
                format!("there is no file {}", path.display()),
            )),
            Err(error) => Err(Error::new(
                ErrorKind::Misconfigured,
                format!("cannot read {}", path.display()),
            )
            .with_source(error)),
        }
    }

    /// The value under a name; where the name is there twice, the first counts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misconfigured`] where the value holds a `$` outside of single quotes and without a
    /// backslash before it, or a line before it is not of the form `NAME=value`. The line is told by
    /// its number, not shown.
    pub fn value(&self, name: &str) -> Result<Option<Secret>> {
        let named = |entry: Entry| (entry.name == name).then_some(entry);
        let found = entries::each(self.text.expose(), named);
        match found.map_err(|place| malformed(&self.path, &place))? {
            Some(entry) if entry.expands => Err(expanded(&self.path, entry.line)),
            entry => Ok(entry.map(|entry| entry.value)),
        }
    }
}

/// The same as [`secret`], with a warning where others can read the file.
pub(crate) fn secret_with_warning(path: &Path, name: &str) -> Result<Secret> {
    let secret = secret(path, name)?;
    exposure::warn(path);
    Ok(secret)
}

/// The secret under a name in the file, fit for a header.
pub(crate) fn secret(path: &Path, name: &str) -> Result<Secret> {
    let absent = |why: String| Error::new(ErrorKind::NotConfigured, format!("{name} is {why}"));
    let file = Dotenv::read(path).map_err(|error| match error.kind() {
        ErrorKind::NotConfigured => absent(format!("not in the environment, and {error}")),
        _ => error,
    })?;
    let secret = file.value(name)?.ok_or_else(|| {
        absent(format!(
            "neither in the environment nor in {}",
            path.display()
        ))
    })?;
    sendable(&secret, &format!("{name} in {}", path.display()))
}

fn malformed(path: &Path, place: &Malformed) -> Error {
    if place.expands {
        return expanded(path, place.line);
    }
    Error::new(
        ErrorKind::Misconfigured,
        format!(
            "{} line {} is not of the form NAME=value; quote a value that holds a space or a `#`",
            path.display(),
            place.line
        ),
    )
}

/// A key with a `$` in it is far more likely than one that is to be put together from variables, and
/// what another variable holds would be sent with it.
fn expanded(path: &Path, line: usize) -> Error {
    Error::new(
        ErrorKind::Misconfigured,
        format!(
            "{} line {line} holds a `$`, which stands for another variable there; put the value in \
             single quotes",
            path.display()
        ),
    )
}
