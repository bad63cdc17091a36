//! Whether others can read a file of secrets.

use std::fs;
use std::path::{Path, PathBuf};

/// Warns of a file that everyone on this computer can read, or that a git repository tracks.
pub(super) fn warn(path: &Path) {
    if is_world_readable(path) {
        tracing::warn!(
            path = %path.display(),
            "this file of secrets is readable by everyone on this computer; run `chmod 600` on it",
        );
    }
    if is_tracked(path).unwrap_or(false) {
        tracing::warn!(
            path = %path.display(),
            "this file of secrets is tracked by git; run `git rm --cached` on it, list it in \
             .gitignore, and regenerate the keys in it",
        );
    }
}

#[cfg(unix)]
fn is_world_readable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_world_readable(_path: &Path) -> bool {
    false
}

/// Whether the index of the repository around the file lists it; `None` where that cannot be told.
///
/// The index is read here, as `git` itself runs programs that the repository names.
fn is_tracked(path: &Path) -> Option<bool> {
    let path = fs::canonicalize(path).ok()?;
    let root = path
        .ancestors()
        .skip(1)
        .find(|root| root.join(".git").exists())?;
    let index = fs::read(directory(root)?.join("index")).ok()?;
    let name = path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
    Some(lists(&index, &name))
}

/// Where the repository keeps its data: `.git`, or what a worktree's file of that name points to.
fn directory(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let pointer = fs::read_to_string(git).ok()?;
    Some(root.join(pointer.strip_prefix("gitdir:")?.trim()))
}

/// Whether an index lists a file: its name, after its length in the lower 12 bits of two bytes, and
/// before a zero. (An index of version 4 shortens names, and is taken to list nothing.)
fn lists(index: &[u8], name: &str) -> bool {
    let length = u16::try_from(name.len()).unwrap_or(u16::MAX).min(0x0fff);
    let entry = [name.as_bytes(), b"\0"].concat();
    index.windows(entry.len() + 2).any(|window| {
        let flags = u16::from_be_bytes([window[0], window[1]]);
        window[2..] == entry && flags & 0x0fff == length
    })
}
