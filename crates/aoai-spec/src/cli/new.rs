//! A spec to begin with.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use super::World;
use super::options::Options;
use crate::error::Error;

/// Writes it to its place, or prints it.
pub(super) fn write(
    options: &Options,
    operation: Option<&str>,
    path: Option<&Path>,
    world: &mut World,
) -> Result<u8, Error> {
    let text = match (&options.from_curl, operation) {
        (Some(file), _) => crate::from_curl(&command_in(file, world)?),
        (None, operation) => crate::skeleton(operation.unwrap_or_default()),
    };
    let text = text.map_err(Error::usage)?;
    let path = match (path, operation) {
        (None, Some(operation)) => world.root.join(place(operation)),
        (Some(path), _) if path != Path::new("-") => path.with_extension("yaml"),
        _ => {
            world.say(text.trim_end());
            return Ok(0);
        }
    };
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(|error| cannot_write(directory, &error))?;
    }
    let mut file = fs::File::create_new(&path).map_err(|error| cannot_write(&path, &error))?;
    let text = header(&path).unwrap_or_default() + &text;
    file.write_all(text.as_bytes())
        .map_err(|error| cannot_write(&path, &error))?;
    world.say(format!("wrote {}", path.display()));
    Ok(0)
}

/// What tells editors of the schema, where a directory above the spec has it.
fn header(spec: &Path) -> Option<String> {
    let directory = spec.parent()?;
    let here = directory.as_os_str().is_empty();
    let directory = if here { Path::new(".") } else { directory };
    // As it really lies: `..` and the current directory have something above them, too.
    let directory = fs::canonicalize(directory).ok()?;
    let mut above = directory.ancestors();
    let up = above.position(|directory| directory.join(SCHEMA).is_file())?;
    let up = "../".repeat(up);
    Some(format!("# yaml-language-server: $schema={up}{SCHEMA}\n"))
}

/// The text of a file, or what is typed for `-`.
fn command_in(file: &Path, world: &mut World) -> Result<String, Error> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        world.input.read_to_string(&mut text).map(|_| text)
    } else {
        crate::suite::read(file)
    };
    read.map_err(|error| Error::usage(error.to_string()))
}

/// Where such a spec is at home, below the directory of the specs.
fn place(id: &str) -> String {
    let path = id.replace('.', "/");
    if path.contains('/') {
        format!("{path}.yaml")
    } else {
        format!("{path}/new.yaml")
    }
}

/// The file that `schema` is written to, by convention.
const SCHEMA: &str = "spec.schema.json";

fn cannot_write(path: &Path, error: &io::Error) -> Error {
    Error::usage(format!("{}: {error}", path.display()))
}
