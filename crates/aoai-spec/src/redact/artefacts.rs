//! What a run writes.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Leak, RedactingWriter, Redactor};

/// Everything that a run writes: masked on its way out, and looked at again when all is written.
///
/// ```
/// use std::io::Write;
/// use std::sync::Arc;
///
/// use aoai_spec::Artefacts;
///
/// let artefacts = Artefacts::new(Arc::default());
/// artefacts.redactor().register("key", "not-a-real-key")?;
/// let mut terminal = artefacts.writer("terminal", Vec::new());
/// writeln!(terminal, "not-a-real-key")?;
/// terminal.finish()?;
/// assert!(artefacts.leaks().is_empty());
///
/// // What nobody has masked is found.
/// artefacts.keep("log", "api-key: not-a-real-key");
/// assert_eq!(artefacts.leaks()[0].to_string(), "log:1: <key> stands there, as it is");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Artefacts {
    redactor: Arc<Redactor>,
    kept: Mutex<Vec<Kept>>,
}

enum Kept {
    Text(String, Arc<Mutex<Vec<u8>>>),
    File(PathBuf),
}

impl Artefacts {
    /// Has seen nothing yet.
    pub fn new(redactor: Arc<Redactor>) -> Self {
        Self {
            redactor,
            kept: Mutex::default(),
        }
    }

    /// What masks them.
    pub fn redactor(&self) -> &Arc<Redactor> {
        &self.redactor
    }

    /// A writer that masks, and keeps a copy of what it lets through; `name` stands for it.
    pub fn writer<W: Write>(&self, name: &str, inner: W) -> RedactingWriter<Copied<W>> {
        let copy = self.copy(name);
        self.redactor.writer(Copied { inner, copy })
    }

    /// Writes a file, masked.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn write(&self, path: impl AsRef<Path>, text: &str) -> io::Result<()> {
        let path = path.as_ref();
        let masked = self.redactor.redact(text);
        fs::write(path, masked.as_bytes())?;
        if fs::metadata(path)?.is_file() {
            let mut kept = locked(&self.kept);
            let is_known = |kept: &Kept| matches!(kept, Kept::File(known) if known == path);
            if !kept.iter().any(is_known) {
                kept.push(Kept::File(path.to_owned()));
            }
        } else {
            // Nothing can be read again from a pipe or a terminal, but for what others send.
            self.keep(&path.display().to_string(), masked.as_bytes());
        }
        Ok(())
    }

    /// The same, with the directories that are missing; the error names the file.
    pub(crate) fn write_below(&self, path: &Path, text: &str) -> io::Result<()> {
        let told =
            |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).map_err(told)?;
        }
        self.write(path, text).map_err(told)
    }

    /// Keeps a text as it is: what is written by others, and must be clean without any mask.
    pub fn keep(&self, name: &str, text: impl AsRef<[u8]>) {
        let copy = self.copy(name);
        locked(&copy).extend_from_slice(text.as_ref());
    }

    /// Every secret in what was written so far. Files are read again.
    pub fn leaks(&self) -> Vec<Leak> {
        let mut found = Vec::new();
        for kept in &*locked(&self.kept) {
            found.extend(match kept {
                Kept::Text(name, text) => self.redactor.scan(name, &locked(text)),
                Kept::File(path) => {
                    // A file that is gone holds no secret.
                    let text = fs::read(path).unwrap_or_default();
                    self.redactor.scan(&path.display().to_string(), &text)
                }
            });
        }
        found
    }

    /// How many things were written.
    pub fn count(&self) -> usize {
        locked(&self.kept).len()
    }

    /// The files that were written so far.
    #[cfg(feature = "cli")]
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let kept = locked(&self.kept);
        let files = kept.iter().filter_map(|kept| match kept {
            Kept::File(path) => Some(path.clone()),
            Kept::Text(..) => None,
        });
        files.collect()
    }

    fn copy(&self, name: &str) -> Arc<Mutex<Vec<u8>>> {
        let mut kept = locked(&self.kept);
        let same = kept.iter().find_map(|kept| match kept {
            Kept::Text(known, text) if known == name => Some(Arc::clone(text)),
            _ => None,
        });
        same.unwrap_or_else(|| {
            let text = Arc::default();
            kept.push(Kept::Text(name.to_owned(), Arc::clone(&text)));
            text
        })
    }
}

impl fmt::Debug for Artefacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Artefacts")
            .field("count", &self.count())
            .finish_non_exhaustive()
    }
}

/// A writer with a copy of all that went through it.
pub struct Copied<W> {
    inner: W,
    copy: Arc<Mutex<Vec<u8>>>,
}

impl<W: Write> Write for Copied<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        locked(&self.copy).extend_from_slice(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W> fmt::Debug for Copied<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Copied")
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
