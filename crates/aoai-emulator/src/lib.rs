//! Azure OpenAI on localhost, for tests and examples.
//!
//! The emulator answers as the service does, down to reason phrases, missing content types and the
//! order of events in a stream, and refuses what the service refuses, in its words:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use aoai_emulator::{Config, Emulator};
//!
//! let emulator = Emulator::start(Config::default()).await?;
//! let [key, _] = emulator.keys();
//! // From here on it is called as any resource is:
//! println!("AZURE_OPENAI_ENDPOINT={}", emulator.endpoint());
//! println!("AZURE_OPENAI_API_KEY={key}");
//! # Ok(())
//! # }
//! ```
//!
//! Beside scripted replies ([`Config::replies`]), a test says what shall happen to one of its calls
//! with [`Emulator::instruct`]: the answer, what the content filter does, and which faults the
//! attempts meet, from a rate limit to a connection that breaks off in the middle of a stream.
//!
//! The routes come from aoai-types. Nothing else does: bodies are checked against tables of the
//! emulator's own, answers are written out as JSON, so that client and emulator cannot agree on a
//! mistake.
//!
//! The program `aoai-emulator` serves it to programs in any language. The feature `identity` adds what
//! stands around a resource in Azure: tokens, managed identities, Key Vault and the account's keys.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

pub use self::config::{App, Config, ConfigError, Deployment, Identity, Managed, Reply, Role};
pub use self::faults::{Cut, Fault, InBand, Omission};
pub use self::filter::{FILTER_DOWN, FILTERED_ANSWER, FILTERED_LATE, FILTERED_PROMPT};
#[cfg(feature = "identity")]
pub use self::identity::Services;
pub use self::instructions::{Filter, Instructions, ToolCall};
pub use self::service::Service;

use self::serve::Server;
use self::state::State;

mod access;
mod catalog;
mod check;
mod clock;
mod config;
mod duration;
mod faults;
mod filter;
mod form;
mod handlers;
mod headers;
#[cfg(feature = "identity")]
mod identity;
mod instructions;
mod md5;
mod members;
mod received;
mod refusal;
mod respond;
mod route;
mod sent;
mod serve;
mod service;
mod state;
mod store;
mod stream;
mod text;

/// A running emulator; dropping it closes its port and its connections.
pub struct Emulator {
    state: Arc<State>,
    server: Server,
}

impl Emulator {
    /// Starts on 127.0.0.1.
    ///
    /// # Errors
    ///
    /// The port is taken, or the configuration cannot be served.
    pub async fn start(config: Config) -> io::Result<Self> {
        config
            .check()
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let (server, state) = Server::start(config).await?;
        Ok(Self { state, server })
    }

    /// The resource's endpoint, `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        self.server.endpoint()
    }

    /// The account's two keys, both of them valid.
    pub fn keys(&self) -> [String; 2] {
        self.state.keys()
    }

    /// What is served.
    pub fn config(&self) -> &Config {
        &self.state.config
    }

    /// Puts a new key in the place of one of the two, which is refused from now on.
    pub fn rotate_key(&self, slot: KeySlot) -> String {
        self.state.rotate(slot)
    }

    /// Says what happens to the call whose requests carry `id` as `x-ms-client-request-id`.
    ///
    /// Each request with this id is one attempt and meets the next of the faults; when they are
    /// used up, requests get their answer.
    pub fn instruct(&self, id: impl Into<String>, instructions: Instructions) {
        self.state.instruct(id.into(), instructions);
    }

    /// Puts faults in the way of the next requests to a service, whoever sends them.
    ///
    /// They come after those of [`instruct`](Self::instruct), which are for one call alone.
    pub fn add_faults(&self, service: Service, faults: impl IntoIterator<Item = Fault>) {
        self.state.add_faults(service, faults);
    }

    /// The statuses that a service has answered with so far, in order.
    pub fn statuses(&self, service: Service) -> Vec<u16> {
        self.state.statuses(service)
    }

    /// The services that hand out credentials, where [`Config::identity`] asks for them.
    #[cfg(feature = "identity")]
    pub fn services(&self) -> Option<Services> {
        Services::new(&self.state)
    }

    /// Lets time pass at once, for everything that the emulator dates or lets expire.
    pub fn advance(&self, by: Duration) {
        self.state.clock.advance(by);
    }

    /// Lets time pass at once for the calls whose `x-ms-client-request-id` begins with `calls` and
    /// a slash, and for nobody else: tests that run side by side have a time each.
    pub fn advance_for(&self, calls: impl Into<String>, by: Duration) {
        self.state.clock.advance_for(calls.into(), by);
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("endpoint", &self.endpoint())
            .finish_non_exhaustive()
    }
}

/// One of the account's two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "an account has two keys")]
pub enum KeySlot {
    /// `key1`, the primary key.
    Key1,
    /// `key2`, the secondary key.
    Key2,
}
