//! One file per contestant: the same jobs in each one's own words.

use anyhow::{Context as _, Result};

pub use self::aoai::Aoai;
pub use self::async_openai::AsyncOpenai;
pub use self::floor::Floor;
pub use self::minimal::{Chunk, Minimal};
pub use self::raw::Raw;

pub(crate) mod aoai;
pub(crate) mod async_openai;
mod floor;
mod minimal;
mod raw;

/// Who does a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contestant {
    /// hyper with a hand-kept connection, decoding nothing.
    Floor,
    /// reqwest, decoding nothing.
    Raw,
    /// reqwest, and structs with just the text.
    Minimal,
    /// async-openai.
    AsyncOpenai,
    /// aoai-http.
    Aoai,
}

/// A client set up for one scenario of the server.
pub trait Client: Sized {
    /// An answer that comes as events.
    type Events: Events;

    /// A client whose every call goes to `base`: the server's origin and the scenario.
    fn new(base: &str) -> Result<Self>;

    /// One chat call. Gives the bytes of its text, or of its body where nothing is decoded.
    async fn chat(&self) -> Result<usize>;

    /// One chat call answered as events.
    async fn stream(&self) -> Result<Self::Events>;

    /// One call for embeddings. Gives how many numbers came, or the bytes of the body.
    async fn embed(&self, form: Form) -> Result<usize>;
}

/// The events of an answer.
pub trait Events {
    /// Waits for the next event. Gives the bytes of its text, or of its frame where nothing is
    /// decoded; `None` after the last one.
    async fn next(&mut self) -> Result<Option<usize>>;
}

/// The form in which embeddings are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As the client does where nothing is said.
    Default,
    /// JSON numbers.
    Numbers,
    /// Base64.
    Base64,
}

impl Contestant {
    /// Everyone, in the order of the tables.
    pub const ALL: [Self; 5] = [
        Self::Floor,
        Self::Raw,
        Self::Minimal,
        Self::AsyncOpenai,
        Self::Aoai,
    ];

    /// The name in tables and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Raw => "raw",
            Self::Minimal => "minimal",
            Self::AsyncOpenai => "async-openai",
            Self::Aoai => "aoai",
        }
    }

    /// Reads the name back.
    pub fn of_name(name: &str) -> Result<Self> {
        let named = Self::ALL.into_iter().find(|one| one.name() == name);
        named.with_context(|| format!("there is no contestant {name:?}"))
    }
}

/// What every call says.
pub(crate) mod say {
    pub(crate) const KEY: &str = "not-a-key-0000000000000000000000";
    pub(crate) const DEPLOYMENT: &str = "bench";
    pub(crate) const SYSTEM: &str = "You answer in the words of a gardener, briefly.";
    pub(crate) const USER: &str = "Which trees stand well at the edge of an orchard, and why?";
    pub(crate) const API_VERSION: &str = "2024-10-21";

    /// The texts to embed.
    pub(crate) fn inputs() -> Vec<String> {
        (0..64)
            .map(|at| format!("row {at} of the orchard"))
            .collect()
    }
}
