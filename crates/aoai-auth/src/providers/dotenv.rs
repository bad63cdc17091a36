//! `.env` files.

use std::fs;
use std::io;
use std::path::Path;

use crate::credential::Secret;
use crate::error::{Error, ErrorKind, Result};
use crate::header::sendable;

use self::entries::{Entry, Malformed};

mod entries;
mod exposure;

/// The same as [`secret`], with a warning where others can read the file.
pub(crate) fn secret_with_warning(path: &Path, name: &str) -> Result<Secret> {
    let secret = secret(path, name)?;
    exposure::warn(path);
    Ok(secret)
}

/// The secret under a name in the file. Where the name is there twice, the first counts.
pub(crate) fn secret(path: &Path, name: &str) -> Result<Secret> {
    let text = read(path, name)?;
    let named = |entry: Entry| (entry.name == name).then_some(entry);
    let found = entries::each(text.expose(), named).map_err(|place| malformed(path, &place))?;
    let entry = found.ok_or_else(|| {
        Error::new(
            ErrorKind::NotConfigured,
            format!(
                "{name} is neither in the environment nor in {}",
                path.display()
            ),
        )
    })?;
    if entry.expands {
        return Err(expanded(path, entry.line));
    }
    let what = format!("{name} in {}", path.display());
    sendable(&entry.value, &what)
}

fn read(path: &Path, name: &str) -> Result<Secret> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Secret::from(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::new(
            ErrorKind::NotConfigured,
            format!(
                "{name} is not in the environment, and there is no file {}",
                path.display()
            ),
        )),
        Err(error) => Err(Error::new(
            ErrorKind::Misconfigured,
            format!("cannot read {}", path.display()),
        )
        .with_source(error)),
    }
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
