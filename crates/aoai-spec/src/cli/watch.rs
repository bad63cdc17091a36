//! Runs again what changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::World;
use super::options::Options;
use super::run;
use crate::error::Error;
use crate::run::EXIT_INTERRUPTED;
use crate::suite;

/// Runs the specs, waits for a change, runs what has changed, and so on.
pub(super) async fn run(options: &Options, world: &mut World) -> Result<u8, Error> {
    let mut files = Files::look(&world.root);
    let mut paths = options.paths.clone();
    loop {
        let mut written = None;
        match run::run(options, &paths, world, &mut written).await {
            Ok(EXIT_INTERRUPTED) => return Ok(EXIT_INTERRUPTED),
            Ok(_) => {}
            Err(error) => world.tell(options, &error),
        }
        if let Some(artefacts) = written {
            files.wrote(&artefacts.files());
        }
        world.say(format!("\n  watching {}", world.root.display()));
        let _ = world.out.flush();
        let change = async {
            loop {
                world.clock.sleep(EVERY).await;
                let changed = files.changed();
                if !changed.is_empty() {
                    break changed;
                }
            }
        };
        let Some(changed) = world.interrupt.before(change).await else {
            return Ok(EXIT_INTERRUPTED);
        };
        paths = affected(&changed, &options.paths, &world.root);
    }
}

/// The specs to run again. A profile, a fragment, a schema, a snapshot or a cassette may matter to any
/// of them.
fn affected(changed: &[PathBuf], wanted: &[PathBuf], root: &Path) -> Vec<PathBuf> {
    // Where a directory is gone, the run says so.
    let specs = suite::files(root).unwrap_or_default();
    if changed.iter().all(|path| specs.contains(path)) {
        let is_wanted = |path: &&PathBuf| {
            let file = path.with_extension("");
            let named = |wanted: &PathBuf| {
                let below = root.join(wanted);
                path.starts_with(wanted)
                    || path.starts_with(&below)
                    || file == *wanted
                    || file == below
            };
            wanted.is_empty() || wanted.iter().any(named)
        };
        let specs: Vec<_> = changed.iter().filter(is_wanted).cloned().collect();
        if !specs.is_empty() {
            return specs;
        }
    }
    wanted.to_vec()
}

/// The files below a directory, as they were when last looked at.
struct Files {
    root: PathBuf,
    seen: BTreeMap<PathBuf, (SystemTime, u64)>,
}

impl Files {
    fn look(root: &Path) -> Self {
        let mut seen = BTreeMap::new();
        collect(root, &mut seen);
        Self {
            root: root.to_owned(),
            seen,
        }
    }

    /// Takes what the run itself has written for seen: nobody has changed it, and a run of its own
    /// would write it again.
    fn wrote(&mut self, written: &[PathBuf]) {
        let whole = |path: &PathBuf| fs::canonicalize(path).ok();
        let written: BTreeSet<_> = written.iter().filter_map(whole).collect();
        let is_own = |path: &PathBuf| whole(path).is_some_and(|path| written.contains(&path));
        let now = Self::look(&self.root).seen.into_iter();
        self.seen.extend(now.filter(|(path, _)| is_own(path)));
    }

    /// What is new, different or gone since.
    fn changed(&mut self) -> Vec<PathBuf> {
        let now = Self::look(&self.root).seen;
        let new = now
            .iter()
            .filter(|(path, state)| self.seen.get(*path) != Some(state));
        let gone = self.seen.keys().filter(|path| !now.contains_key(*path));
        let changed = new.map(|(path, _)| path).chain(gone).cloned().collect();
        self.seen = now;
        changed
    }
}

/// A file that vanishes meanwhile is gone, which is no error.
fn collect(path: &Path, seen: &mut BTreeMap<PathBuf, (SystemTime, u64)>) {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    for entry in entries {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        // What a link leads to is what is edited.
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {
                if !suite::leads_back(&path) {
                    collect(&path, seen);
                }
            }
            Ok(metadata) => {
                let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                seen.insert(path, (modified, metadata.len()));
            }
            Err(_) => {}
        }
    }
}

/// How long after a save a reader waits at most.
const EVERY: Duration = Duration::from_millis(300);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_run_again_if_it_was_wanted() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        for directory in ["chat", "snapshots/chat/a", "cassettes/chat/a", "_parts"] {
            fs::create_dir_all(root.join(directory)).unwrap();
        }
        for name in [
            "chat/a.yaml",
            "chat/b.yaml",
            "_part.yaml",
            "_parts/a.yaml",
            "profiles.yaml",
            "snapshots/chat/a/one.step-1.yaml",
            "cassettes/chat/a/one.yaml",
        ] {
            fs::write(root.join(name), "").unwrap();
        }
        let path = |name: &str| root.join(name);
        for (changed, wanted, run) in [
            (vec!["chat/a.yaml"], vec![], vec![path("chat/a.yaml")]),
            (vec!["chat/a.yaml"], vec!["chat"], vec![path("chat/a.yaml")]),
            (
                vec!["chat/a.yaml"],
                vec!["chat/a"],
                vec![path("chat/a.yaml")],
            ),
            (vec!["chat/a.yaml"], vec!["chat/b"], vec!["chat/b".into()]),
            (vec!["_part.yaml"], vec![], vec![]),
            (
                vec!["profiles.yaml", "chat/a.yaml"],
                vec!["chat"],
                vec!["chat".into()],
            ),
            (vec!["chat/gone.yaml"], vec![], vec![]),
            (vec!["snapshots/chat/a/one.step-1.yaml"], vec![], vec![]),
            (
                vec!["cassettes/chat/a/one.yaml"],
                vec!["chat"],
                vec!["chat".into()],
            ),
            (vec!["_parts/a.yaml", "chat/a.yaml"], vec![], vec![]),
        ] {
            let paths: Vec<_> = changed.iter().map(|name| path(name)).collect();
            let wanted: Vec<_> = wanted.into_iter().map(PathBuf::from).collect();
            assert_eq!(
                affected(&paths, &wanted, root),
                run,
                "{changed:?} {wanted:?}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_a_link_leads_to_is_watched() {
        use std::os::unix::fs::symlink;

        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::create_dir_all(path("specs/parts")).unwrap();
        fs::create_dir(path("elsewhere")).unwrap();
        for name in ["elsewhere/a.yaml", "b.yaml"] {
            fs::write(path(name), "x").unwrap();
        }
        symlink("../elsewhere", path("specs/linked")).unwrap();
        symlink("../b.yaml", path("specs/b.yaml")).unwrap();
        symlink("../../specs", path("specs/parts/back")).unwrap();
        let mut files = Files::look(&path("specs"));
        assert_eq!(files.seen.len(), 2, "{:?}", files.seen);
        for (edited, changed) in [
            ("elsewhere/a.yaml", "specs/linked/a.yaml"),
            ("b.yaml", "specs/b.yaml"),
        ] {
            fs::write(path(edited), "xx").unwrap();
            assert_eq!(files.changed(), [path(changed)]);
        }
    }

    #[test]
    fn new_different_and_missing_files_are_changes() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        for name in ["same", "longer", "gone", "touched"] {
            fs::write(path(name), "x").unwrap();
        }
        let mut files = Files::look(directory.path());
        assert_eq!(files.changed(), [] as [PathBuf; 0]);
        fs::write(path("longer"), "xx").unwrap();
        fs::write(path("new"), "").unwrap();
        fs::write(path(".hidden"), "").unwrap();
        fs::remove_file(path("gone")).unwrap();
        let file = fs::File::options()
            .write(true)
            .open(path("touched"))
            .unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(
            files.changed(),
            ["longer", "new", "touched", "gone"].map(path)
        );
        assert_eq!(files.changed(), [] as [PathBuf; 0]);
    }
}
