//! `.env` files.

mod exposure;

use std::fs;
use std::io;
use std::path::Path;

use crate::credential::Secret;
use crate::error::{Error, ErrorKind, Result};
use crate::header::sendable;

/// The same as [`secret`], with a warning where others can read the file.
pub(crate) fn secret_with_warning(path: &Path, name: &str) -> Result<Secret> {
    let secret = secret(path, name)?;
    exposure::warn(path);
    Ok(secret)
}

/// The secret under a name in the file. Where the name is there twice, the first counts.
pub(crate) fn secret(path: &Path, name: &str) -> Result<Secret> {
    let text = read(path, name)?;
    // dotenvy takes a byte order mark for a part of the first name.
    let text = text.expose().trim_start_matches('\u{feff}');
    for line in dotenvy::from_read_iter(text.as_bytes()) {
        let (found, value) = line.map_err(|error| malformed(path, text, &error))?;
        let value = Secret::from(value);
        if found == name {
            let what = format!("{name} in {}", path.display());
            return sendable(&value, &what);
        }
    }
    Err(Error::new(
        ErrorKind::NotConfigured,
        format!(
            "{name} is neither in the environment nor in {}",
            path.display()
        ),
    ))
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

/// dotenvy's own message shows the line, which may well be the one with the key.
fn malformed(path: &Path, text: &str, error: &dotenvy::Error) -> Error {
    let place = match error {
        dotenvy::Error::LineParse(line, _) => text
            .find(line.as_str())
            .map(|start| text[..start].matches('\n').count() + 1),
        _ => None,
    };
    let place = place.map_or_else(String::new, |line| format!(" line {line}"));
    Error::new(
        ErrorKind::Misconfigured,
        format!(
            "{}{place} is not of the form NAME=value; quote a value that holds a space or a `#`",
            path.display()
        ),
    )
}
