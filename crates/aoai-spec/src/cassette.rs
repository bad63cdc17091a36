//! Cassettes: what passed between a spec's cell and the service, kept in a file.
//!
//! One file holds one cell. Requests are known by their place in it, not by likeness; what a replay
//! sends is compared with what was recorded. A stream keeps its pieces as they were read and when
//! they came.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use aoai_http::ErrorKind;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::error::Error;
use crate::suite;

pub(crate) use self::names::Names;

mod names;

/// What one cell sent and received.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cassette {
    /// The form of the file.
    version: u32,
    /// The test: `chat/basics::one-word answer [api=v1]`.
    pub(crate) test: String,
    pub(crate) exchanges: Vec<Exchange>,
}

/// One HTTP attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exchange {
    /// The place of its step: `step-1`, `finally-2`.
    pub(crate) step: String,
    pub(crate) request: Request,
    pub(crate) answer: Answer,
}

/// What of a request must be the same in a replay.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) query: BTreeMap<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Value>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    Response(Response),
    /// There was no answer.
    Failed(Failed),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    /// The body as it was read: after how many milliseconds, and what.
    pub(crate) chunks: Vec<(u64, Chunk)>,
    /// Why the rest did not come, where it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cut: Option<Failed>,
}

/// A piece of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Chunk {
    Text(String),
    Base64(String),
}

/// An error of the client's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Failed {
    #[serde(deserialize_with = "known_kind")]
    pub(crate) kind: String,
    pub(crate) message: String,
    /// Whether the service has certainly seen nothing.
    pub(crate) not_sent: bool,
}

/// # Errors
///
/// The client has no errors of this kind, so that a replay would have to make one up.
fn known_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let kind = String::deserialize(deserializer)?;
    let known: Result<ErrorKind, _> = kind.parse();
    known.map(|_| kind).map_err(D::Error::custom)
}

impl Cassette {
    pub(crate) fn new(test: String, exchanges: Vec<Exchange>) -> Self {
        Self {
            version: VERSION,
            test,
            exchanges,
        }
    }

    /// The file that it is kept in, below the directory of cassettes.
    ///
    /// A name of a file says less than the name of a test. Where something is lost, a number follows
    /// that another test does not have.
    pub(crate) fn path(&self) -> PathBuf {
        let (file, rest) = self.parts();
        let mut name = words(rest);
        if !is_told_by_words(rest) || name.len() > LONGEST {
            name.truncate(LONGEST);
            let number = format!("{:08x}", hash(rest));
            name = match &*name {
                "" => number,
                name => format!("{name}-{number}"),
            };
        }
        Path::new(file).join(format!("{name}.yaml"))
    }

    /// The file that it was kept in before numbers followed.
    pub(crate) fn former_path(&self) -> PathBuf {
        let (file, rest) = self.parts();
        Path::new(file).join(format!("{}.yaml", words(rest)))
    }

    fn parts(&self) -> (&str, &str) {
        self.test.split_once("::").unwrap_or(("", &self.test))
    }

    /// Whether a file holds the cassette of a test.
    pub(crate) fn is_of(path: &Path, test: &str) -> bool {
        let yaml = fs::read_to_string(path).unwrap_or_default();
        suite::kept(&yaml).is_ok_and(|cassette: Self| cassette.test == test)
    }

    pub(crate) fn to_yaml(&self) -> Result<String, Error> {
        let yaml = serde_yaml::to_string(self).map_err(Error::setup)?;
        Ok(format!("# {HEADER}\n{yaml}"))
    }

    /// The cassettes below a directory, by their tests.
    ///
    /// # Errors
    ///
    /// One cannot be read, is none, or holds the same test as another.
    pub(crate) fn load_all(directory: &Path) -> Result<BTreeMap<String, Self>, Error> {
        let mut found: BTreeMap<String, Self> = BTreeMap::new();
        for path in files(directory).map_err(Error::io)? {
            let text = suite::read(&path).map_err(Error::io)?;
            let told = |reason: &str| Error::setup(format!("{}: {reason}", path.display()));
            let cassette: Self =
                suite::kept(&text).map_err(|error| told(&format!("{error}; record it again")))?;
            if cassette.version != VERSION {
                return Err(told(
                    "the form of this cassette is not known; record it again",
                ));
            }
            let id = cassette.test.clone();
            if found.insert(id.clone(), cassette).is_some() {
                return Err(told(&format!("there are two cassettes of `{id}`")));
            }
        }
        Ok(found)
    }
}

impl Chunk {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Base64(BASE64.encode(bytes)),
        }
    }

    /// # Errors
    ///
    /// It is not what it says it is.
    pub(crate) fn bytes(&self) -> Result<Bytes, base64::DecodeError> {
        match self {
            Self::Text(text) => Ok(text.clone().into()),
            Self::Base64(text) => Ok(BASE64.decode(text)?.into()),
        }
    }
}

/// The words of a test's name, for the name of a file.
fn words(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("-").to_lowercase()
}

/// Whether no other name has the same words: `a question [api=2024-10-21 via=raw]`.
fn is_told_by_words(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_word = |word: &str| !word.is_empty() && word.chars().all(is_plain);
    let is_value = |value: &str| value.split('-').all(is_word);
    let (title, cell) = match name.split_once(" [") {
        Some((title, cell)) => (title, cell.strip_suffix(']')),
        None => (name, None),
    };
    let is_axis = |axis: &str| {
        let parts = axis.split_once('=');
        parts.is_some_and(|(name, value)| is_word(name) && is_value(value))
    };
    let has_cell = name.contains('[');
    title.split(' ').all(is_word)
        && has_cell == cell.is_some()
        && cell.is_none_or(|cell| cell.split(' ').all(is_axis))
}

/// FNV-1a: the same in every release.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// All YAML files below a directory but the replay's profile.
fn files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(next) = directories.pop() {
        let told = |e: io::Error| io::Error::new(e.kind(), format!("{}: {e}", next.display()));
        for entry in fs::read_dir(&next).map_err(told)? {
            let path = entry.map_err(told)?.path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|kind| kind == "yaml")
                && path != directory.join(PROFILE)
            {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The profile that a replay runs with, beside the cassettes.
pub(crate) const PROFILE: &str = "profile.yaml";

/// Of words in the name of a file, in bytes.
const LONGEST: usize = 120;

const VERSION: u32 = 1;

const HEADER: &str = "Recorded; `--live --record` makes it anew.";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn cassette(chunks: Vec<(u64, Chunk)>) -> Cassette {
        let request = Request {
            method: "POST".to_owned(),
            path: "/openai/v1/chat/completions".to_owned(),
            query: BTreeMap::from([("a".to_owned(), json!("1"))]),
            body: Some(json!({"model": "chat", "n": 1, "temperature": 0.5, "stop": null})),
        };
        let failed = Failed {
            kind: "connection".to_owned(),
            message: "it broke".to_owned(),
            not_sent: true,
        };
        let response = Response {
            status: 200,
            headers: BTreeMap::from([("x".to_owned(), "yes".to_owned())]),
            chunks,
            cut: Some(failed.clone()),
        };
        let answers = [Answer::Failed(failed), Answer::Response(response)];
        let exchanges = answers.into_iter().map(|answer| Exchange {
            step: "step-1".to_owned(),
            request: request.clone(),
            answer,
        });
        Cassette::new("a/b::c d [api=v1]".to_owned(), exchanges.collect())
    }

    #[test]
    fn tests_with_other_names_have_other_files() {
        let path = |test: &str| Cassette::new(test.to_owned(), Vec::new()).path();
        for (test, file) in [
            ("a/b::one answer", "a/b/one-answer.yaml"),
            (
                "a::a question [api=2024-10-21 via=raw]",
                "a/a-question-api-2024-10-21-via-raw.yaml",
            ),
            ("x::日本", "x/9f26ee51.yaml"),
        ] {
            assert_eq!(path(test), Path::new(file), "{test}");
        }
        let names = [
            "日本",
            "中文",
            "ends with star",
            "ends with star *",
            "Ends with star",
            "one-word",
            "one word",
            "a [x=a b]",
            "a [x=a-b]",
            "a [x=a_b]",
            "a ",
            "a",
            "",
        ];
        let files: std::collections::BTreeSet<_> = names
            .iter()
            .map(|name| path(&format!("x::{name}")))
            .collect();
        assert_eq!(files.len(), names.len(), "{files:?}");
        let long = path(&format!("x::{}", "word ".repeat(100)));
        assert!(long.as_os_str().len() < 200, "{}", long.display());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(chunks in prop::collection::vec(
            (0_u64..10_000, prop::collection::vec(any::<u8>(), 0..40)), 0..5)
        ) {
            let chunks = chunks.into_iter().map(|(at, bytes)| (at, Chunk::of(&bytes)));
            let cassette = cassette(chunks.collect());
            let yaml = cassette.to_yaml().unwrap();
            let read: Cassette = serde_yaml::from_str(&yaml).unwrap();
            prop_assert_eq!(read, cassette);
        }

        #[test]
        fn texts_of_every_kind_are_read_as_they_were(text in "\\PC{0,40}|[ \\t\\r\\n\"':#&*!|>%@`-]{0,20}") {
            let cassette = cassette(vec![(1, Chunk::Text(text))]);
            let yaml = cassette.to_yaml().unwrap();
            let read: Cassette = serde_yaml::from_str(&yaml).unwrap();
            prop_assert_eq!(read, cassette);
        }
    }

    #[test]
    fn what_is_no_cassette_of_ours_is_told_with_its_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let yaml = cassette(Vec::new()).to_yaml().unwrap();
        let told = || {
            let error = Cassette::load_all(directory.path()).unwrap_err();
            let place = format!("{}/", directory.path().display());
            error.to_string().replace(&place, "")
        };
        // The profile beside them is none.
        fs::write(path(PROFILE), "replay: {}\n").unwrap();
        fs::write(path("one.yaml"), &yaml).unwrap();
        let loaded = Cassette::load_all(directory.path()).unwrap();
        assert_eq!(loaded.keys().collect::<Vec<_>>(), ["a/b::c d [api=v1]"]);
        fs::write(path("two.yaml"), &yaml).unwrap();
        assert_eq!(
            told(),
            "two.yaml: there are two cassettes of `a/b::c d [api=v1]`"
        );
        fs::write(path("two.yaml"), "a: [\n").unwrap();
        let broken = told();
        assert!(
            broken.starts_with("two.yaml: ") && broken.ends_with("; record it again"),
            "{broken}"
        );
        assert_eq!(broken.lines().count(), 1, "{broken}");
        fs::write(path("two.yaml"), yaml.replace("version: 1", "version: 2")).unwrap();
        assert_eq!(
            told(),
            "two.yaml: the form of this cassette is not known; record it again"
        );
    }

    #[test]
    fn a_cassette_stands_beside_others_of_its_file() {
        let path = cassette(Vec::new()).path();
        assert_eq!(path, Path::new("a/b/c-d-api-v1.yaml"));
    }

    #[test]
    fn bytes_that_are_no_text_are_kept() {
        for bytes in [&b"data: {}\n\n"[..], b"\xff\xfe\0", b""] {
            assert_eq!(Chunk::of(bytes).bytes().unwrap(), bytes);
        }
        assert!(Chunk::Base64("?".to_owned()).bytes().is_err());
    }
}
