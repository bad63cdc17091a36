//! `cargo xtask conformance`: proves the wire types against `OpenAPI` documents.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program talks to its user"
)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use aoai_conformance::{Document, Fault, Subject, check};
use lexopt::Arg;

fn main() -> ExitCode {
    let arguments = match Arguments::read(lexopt::Parser::from_env()) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("error: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if arguments.help {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let paths = match arguments.documents() {
        Ok(paths) if paths.is_empty() => {
            println!("skipped: AOAI_OPENAPI is not set, and there is no folder {OFFERED}");
            return ExitCode::SUCCESS;
        }
        Ok(paths) => paths,
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::from(2);
        }
    };
    match arguments.run(&paths) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

#[derive(Default)]
struct Arguments {
    paths: Vec<PathBuf>,
    faults: Option<PathBuf>,
    coverage: bool,
    all: bool,
    help: bool,
}

impl Arguments {
    fn read(mut parser: lexopt::Parser) -> Result<Self, lexopt::Error> {
        let mut arguments = Self::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("coverage") => arguments.coverage = true,
                Arg::Long("all") => arguments.all = true,
                Arg::Long("faults") => arguments.faults = Some(parser.value()?.into()),
                Arg::Long("help") | Arg::Short('h') => arguments.help = true,
                Arg::Value(path) => arguments.paths.push(path.into()),
                unexpected => return Err(unexpected.unexpected()),
            }
        }
        Ok(arguments)
    }

    /// The documents that were named; without any, those that are offered.
    fn documents(&self) -> Result<Vec<PathBuf>, String> {
        if !self.paths.is_empty() {
            return expand(&self.paths);
        }
        #[expect(clippy::disallowed_methods, reason = "the edge of the program")]
        if let Some(offered) = env::var_os("AOAI_OPENAPI") {
            return expand(&env::split_paths(&offered).collect::<Vec<_>>());
        }
        let offered = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(OFFERED);
        if offered.is_dir() {
            expand(&[offered])
        } else {
            Ok(Vec::new())
        }
    }

    fn run(&self, paths: &[PathBuf]) -> Result<bool, String> {
        let faults = match &self.faults {
            None => FAULTS.to_owned(),
            Some(path) => fs::read_to_string(path)
                .map_err(|error| format!("{}: cannot read it: {error}", path.display()))?,
        };
        let faults =
            Fault::read(&faults).map_err(|error| format!("the list of faults: {error}"))?;
        let subjects = Subject::all();
        let mut clean = true;
        for path in paths {
            let at = |message| format!("{}: {message}", path.display());
            let document = Document::read(path).map_err(at)?;
            let report = check(&document, &subjects, &faults).map_err(at)?;
            println!(
                "{}: {} (OpenAPI {})\n",
                path.display(),
                document.name,
                document.dialect
            );
            println!("{}", report.table(self.all));
            if self.coverage {
                println!("{}", report.coverage());
            }
            clean &= report.is_clean();
        }
        Ok(clean)
    }
}

/// Files as they are, and the documents in folders.
fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut documents = Vec::new();
    for path in paths {
        if !path.is_dir() {
            documents.push(path.clone());
            continue;
        }
        let entries = fs::read_dir(path)
            .map_err(|error| format!("{}: cannot list it: {error}", path.display()))?;
        let mut found: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| {
                let extension = path.extension().and_then(|extension| extension.to_str());
                matches!(extension, Some("json" | "yaml" | "yml"))
            })
            .collect();
        found.sort();
        documents.extend(found);
    }
    Ok(documents)
}

/// The faults of Microsoft's documents.
const FAULTS: &str = include_str!("../faults.yaml");

/// Where documents are looked for, seen from the workspace.
const OFFERED: &str = "../shared/openapi";

const USAGE: &str = "\
Usage: cargo xtask conformance [PATH…] [--coverage] [--all] [--faults FILE]

Decodes and encodes instances of every schema of the OpenAPI 3 documents at PATH (files or folders)
with our types, and reports what is lost or refused. Without PATH: the documents that the variable
AOAI_OPENAPI names, or those in ../shared/openapi.

Options:
  --coverage     also list the operations and fields that our types do not know
  --all          list every finding, not only the first few of each operation
  --faults FILE  known faults of the documents, in place of the built-in list

Exit status: 0 if nothing is lost or refused, 1 if something is, 2 if a document cannot be checked.";
