//! The specs of a directory, read and checked.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::aliases;
use crate::diagnostic::{Diagnostic, Problems, Severity};
use crate::model::Spec;
use crate::parse;
use crate::source::{Source, Span};

/// Specs of one or more files, and everything wrong with them.
#[derive(Debug, Default)]
pub struct Suite {
    files: Vec<Vec<Spec>>,
    diagnostics: Vec<Diagnostic>,
}

impl Suite {
    /// Reads all specs below a directory, or those of some files or directories in it.
    ///
    /// A spec's file is named by its path below `root` without extension. Files whose names begin
    /// with `_` or `.` are left out, and so are `profiles.yaml` and `emulator.yaml` in `root`.
    /// Links are followed, but for one to a directory that it lies in.
    /// An entry of `only` is a path, or such a name: `chat/basics`; a file for `run` that is named has
    /// no specs, but is checked. However a path is written, what it
    /// names is known by its place below `root`.
    ///
    /// Where everything is read and nothing has an error, files for `run` that no spec runs are
    /// checked, too, and warned of. Files that end with `.yml` are not read, and warned of.
    ///
    /// # Errors
    ///
    /// A directory or file cannot be read, or there is none of that name. What is wrong inside the
    /// files is told by [`diagnostics`](Self::diagnostics).
    pub fn load(root: impl AsRef<Path>, only: &[PathBuf]) -> io::Result<Self> {
        let root = root.as_ref();
        let mut paths = Vec::new();
        if only.is_empty() {
            collect(root, root, Kind::Spec, &mut paths)?;
        }
        for wanted in only {
            let path = below(root, find(root, wanted)?);
            collect(root, &path, Kind::Spec, &mut paths)?;
        }
        paths.sort();
        paths.dedup();
        let mut suite = Self::default();
        suite.add_unread(root, only)?;
        for path in paths {
            let text = read(&path)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if Kind::Fragment.takes(&name, false) {
                let source = Source::new(path.display().to_string(), text);
                suite.tell(parse::fragment::check(&path, &source));
                continue;
            }
            let below = path.strip_prefix(root).unwrap_or(&path);
            let file = below.with_extension("");
            let file = file.to_string_lossy().replace('\\', "/");
            suite.add(&path.display().to_string(), &file, &text, path.parent());
        }
        if !suite.has_errors() {
            suite.add_unknown(root);
        }
        // A file with errors does not tell what it runs.
        if only.is_empty() && !suite.has_errors() {
            let mut fragments = Vec::new();
            collect(root, root, Kind::Fragment, &mut fragments)?;
            fragments.sort();
            suite.add_idle(&fragments)?;
        }
        Ok(suite)
    }

    /// Reads the specs of a text; `name` stands for the file in reports.
    pub fn from_text(name: &str, text: &str) -> Self {
        let mut suite = Self::default();
        suite.add(name, name.trim_end_matches(".yaml"), text, None);
        suite
    }

    /// What is wrong, in the order of files and places.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Whether a file has an error, so that nothing is to be run.
    pub fn has_errors(&self) -> bool {
        let mut severities = self
            .diagnostics
            .iter()
            .map(|diagnostic| diagnostic.severity);
        severities.any(|severity| severity == Severity::Error)
    }

    /// All specs, in the order of files and documents.
    pub fn specs(&self) -> impl Iterator<Item = &Spec> {
        self.files.iter().flatten()
    }

    pub(crate) fn into_specs(self) -> impl Iterator<Item = Spec> {
        self.files.into_iter().flatten()
    }

    /// The specs of each file.
    pub(crate) fn files(&self) -> impl Iterator<Item = &[Spec]> {
        self.files.iter().map(Vec::as_slice)
    }

    fn add(&mut self, path: &str, file: &str, text: &str, directory: Option<&Path>) {
        let source = Source::new(path, text);
        let (specs, diagnostics) = parse::specs(&source, file, directory);
        self.files.push(specs);
        self.tell(diagnostics);
    }

    /// Tells of files that look like specs and are none because of how they end.
    fn add_unread(&mut self, root: &Path, only: &[PathBuf]) -> io::Result<()> {
        let mut paths = Vec::new();
        if only.is_empty() {
            collect(root, root, Kind::Unread, &mut paths)?;
        }
        for wanted in only {
            let path = below(root, find(root, wanted)?);
            if path.is_dir() {
                collect(root, &path, Kind::Unread, &mut paths)?;
            }
        }
        paths.sort();
        paths.dedup();
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let renamed = Path::new(&*name).with_extension("yaml");
            let source = Source::new(path.display().to_string(), read(&path).unwrap_or_default());
            let mut problems = Problems::new(source);
            problems
                .warning(Span::default(), format!("`{name}` is not read"), "")
                .help(format!(
                    "specs end with .yaml: call it {}",
                    renamed.display()
                ));
            self.tell(problems.finish());
        }
        Ok(())
    }

    /// Tells of deployments, credentials and endpoints that are known nowhere.
    fn add_unknown(&mut self, root: &Path) {
        let known = aliases::Known::beside(root);
        let specs = self.specs();
        let steps = specs.flat_map(|spec| spec.steps.iter().chain(&spec.finally));
        let fragments = steps.filter_map(|step| step.source.as_ref());
        let own = self.specs().map(Spec::source);
        let sources: BTreeMap<String, _> = own
            .chain(fragments)
            .map(|source| (source.name().to_owned(), Arc::clone(source)))
            .collect();
        for source in sources.values() {
            self.tell(known.unknown_in(source));
        }
    }

    /// Checks the files for `run` that no spec runs: nobody else would find out what is in them.
    fn add_idle(&mut self, fragments: &[PathBuf]) -> io::Result<()> {
        let steps = self
            .specs()
            .flat_map(|spec| spec.steps.iter().chain(&spec.finally));
        let run: HashSet<_> = steps
            .filter_map(|step| fs::canonicalize(step.source.as_ref()?.name()).ok())
            .collect();
        for path in fragments {
            if !run.contains(&fs::canonicalize(path)?) {
                let source = Source::new(path.display().to_string(), read(path)?);
                self.tell(parse::fragment::idle(path, &source));
            }
        }
        Ok(())
    }

    fn tell(&mut self, diagnostics: Vec<Diagnostic>) {
        for diagnostic in diagnostics {
            // A fragment that several files run is told of once.
            let mut told = self.diagnostics.iter();
            if !told.any(|told| told.is_same(&diagnostic)) {
                self.diagnostics.push(diagnostic);
            }
        }
    }
}

/// A file or directory as it is given, or below the root, with or without its extension.
pub(crate) fn find(root: &Path, wanted: &Path) -> io::Result<PathBuf> {
    let below = root.join(wanted);
    let with = |path: &Path| {
        let mut name = path.as_os_str().to_owned();
        name.push(".yaml");
        PathBuf::from(name)
    };
    let candidates = [wanted.to_owned(), with(wanted), below.clone(), with(&below)];
    let found = candidates.into_iter().find(|path| path.exists());
    found.ok_or_else(|| {
        let message = format!("no specs at {} or {}", wanted.display(), below.display());
        io::Error::new(io::ErrorKind::NotFound, message)
    })
}

/// A path as one below the root, where that is where it leads: `./specs/x.yaml` as `specs/x.yaml`.
fn below(root: &Path, path: PathBuf) -> PathBuf {
    let plain = |path: &Path| -> PathBuf {
        let parts = path.components();
        parts.filter(|part| *part != Component::CurDir).collect()
    };
    let put = |rest: &Path| match rest.as_os_str() {
        none if none.is_empty() => root.to_owned(),
        _ => root.join(rest),
    };
    let written = plain(&path);
    if let Ok(rest) = written.strip_prefix(plain(root))
        && !rest.components().any(|part| part == Component::ParentDir)
    {
        return put(rest);
    }
    let Ok(whole_root) = fs::canonicalize(root) else {
        return path;
    };
    // A file that is a link in the root is known by the link's name.
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let linked = path
        .file_name()
        .and_then(|name| Some(fs::canonicalize(parent).ok()?.join(name)));
    let candidates = linked.into_iter().chain(fs::canonicalize(&path));
    let mut found = candidates.filter_map(|whole| whole.strip_prefix(&whole_root).ok().map(&put));
    found.next().unwrap_or(path)
}

/// What is looked for in a directory.
#[derive(Clone, Copy)]
enum Kind {
    Spec,
    /// A file for `run`.
    Fragment,
    /// A file with the extension that nobody looks for.
    Unread,
}

impl Kind {
    /// How the names of such files end.
    fn ending(self) -> &'static str {
        match self {
            Self::Spec | Self::Fragment => ".yaml",
            Self::Unread => ".yml",
        }
    }

    /// Whether to take the file of that name, or look into the directory.
    fn takes(self, name: &str, is_directory: bool) -> bool {
        match self {
            // `run` names its file in full, whatever that ends with.
            Self::Spec | Self::Unread => !name.starts_with(['_', '.']),
            Self::Fragment if is_directory => !name.starts_with('.'),
            Self::Fragment => name.starts_with('_'),
        }
    }
}

fn collect(root: &Path, path: &Path, kind: Kind, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    let told =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    if !path.is_dir() {
        fs::metadata(path).map_err(told)?;
        paths.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(told)? {
        let path = entry.map_err(told)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_other = path.parent() == Some(root) && NOT_SPECS.contains(&&*name);
        let is_directory = path.is_dir();
        let is_taken = kind.takes(&name, is_directory) && !is_other && !leads_back(&path);
        if is_taken && (is_directory || name.ends_with(kind.ending())) {
            collect(root, &path, kind, paths)?;
        }
    }
    Ok(())
}

/// Whether a directory is one that it lies in, by a link: what is below has been found already, or
/// is none of the suite's business.
pub(crate) fn leads_back(path: &Path) -> bool {
    let whole = |path: &Path| match path.as_os_str() {
        none if none.is_empty() => fs::canonicalize(".").ok(),
        _ => fs::canonicalize(path).ok(),
    };
    let Some(itself) = path.is_dir().then(|| whole(path)).flatten() else {
        return false;
    };
    // What `..` follows is not above it.
    let is_above = |path: &&Path| path.components().next_back() != Some(Component::ParentDir);
    let above = path.ancestors().skip(1).take_while(is_above);
    above
        .filter_map(whole)
        .any(|above| above.starts_with(&itself))
}

/// The files of specs below `root`.
///
/// # Errors
///
/// A directory cannot be read.
#[cfg(feature = "cli")]
pub(crate) fn files(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    collect(root, root, Kind::Spec, &mut paths)?;
    Ok(paths)
}

pub(crate) fn read(path: &Path) -> io::Result<String> {
    fs::read_to_string(path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// Reads what a run has written itself, a snapshot or a cassette: it is as large as answers are.
pub(crate) fn kept<T: DeserializeOwned>(yaml: &str) -> Result<T, String> {
    let options = serde_yaml::options! {
        budget: None,
        with_snippet: false,
    };
    serde_yaml::from_str_with_options(yaml, options).map_err(|error| error.to_string())
}

pub(crate) const NOT_SPECS: &[&str] = &["cassettes", "snapshots", "profiles.yaml", "emulator.yaml"];
