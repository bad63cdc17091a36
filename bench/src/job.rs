//! What is measured: who does what how often, and the table of jobs.

use std::pin::Pin;

use anyhow::{Result, bail, ensure};
use futures_util::future::{LocalBoxFuture, try_join_all};

use crate::client::{Aoai, AsyncOpenai, Client, Contestant, Events, Floor, Form, Minimal, Raw};
use crate::scenario::{Delivery, Scenario, StreamPlan};

/// One row of the tables.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// The row's name.
    pub name: &'static str,
    /// The call.
    pub action: Action,
    /// What the server answers.
    pub scenario: Scenario,
    /// How many calls are in flight.
    pub at_once: usize,
    /// How many rounds of calls one count of instructions or blocks does.
    pub rounds: usize,
}

/// The call that a job makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Chat, answered whole.
    Chat,
    /// Chat, answered as events and read to the end.
    Stream,
    /// Embeddings.
    Embed(Form),
}

/// A contestant set up for one scenario, whoever it is.
pub trait Runner {
    /// Makes `rounds` times `at_once` calls; gives what the last of them counted.
    fn run(
        &self,
        action: Action,
        at_once: usize,
        rounds: usize,
    ) -> LocalBoxFuture<'_, Result<usize>>;

    /// Begins a stream and leaves it open.
    fn open(&self) -> LocalBoxFuture<'_, Result<Box<dyn Open>>>;
}

/// A stream that was begun.
pub trait Open {
    /// Waits for the next event; `None` after the last one.
    fn next(&mut self) -> LocalBoxFuture<'_, Result<Option<usize>>>;
}

/// The jobs of the tables.
pub const JOBS: &[Job] = &[
    Job::new("chat", Action::Chat, Scenario::CHAT).rounds(40),
    Job::new(
        "stream, 1 event",
        Action::Stream,
        Scenario::stream(1, Delivery::Chunks(WHOLE)),
    )
    .rounds(20),
    Job::new(
        "stream, 500 events, one read each",
        Action::Stream,
        Scenario::stream(500, Delivery::Lockstep),
    )
    .rounds(2),
    Job::new(
        "stream, 500 events, a few big reads",
        Action::Stream,
        Scenario::stream(500, Delivery::Chunks(WHOLE)),
    )
    .rounds(2),
    Job::new(
        "stream, 500 obfuscated events, a few big reads",
        Action::Stream,
        Scenario::Stream(StreamPlan {
            events: 500,
            text: 6,
            obfuscated: true,
            delivery: Delivery::Chunks(WHOLE),
        }),
    )
    .rounds(2),
    Job::new(
        "embeddings 64 × 1,536, default settings",
        Action::Embed(Form::Default),
        Scenario::EMBEDDINGS,
    )
    .rounds(2),
    Job::new(
        "embeddings 64 × 1,536, numbers",
        Action::Embed(Form::Numbers),
        Scenario::EMBEDDINGS,
    )
    .rounds(2),
    Job::new(
        "embeddings 64 × 1,536, base64",
        Action::Embed(Form::Base64),
        Scenario::EMBEDDINGS,
    )
    .rounds(3),
];

/// Jobs with many calls in flight, of which only the CPU time is of interest.
pub const CROWDS: &[Job] = &[
    Job::new("chat, 64 at once", Action::Chat, Scenario::CHAT)
        .at_once(64)
        .rounds(8),
    Job::new("chat, 1,000 at once", Action::Chat, Scenario::CHAT)
        .at_once(1_000)
        .rounds(1),
    Job::new(
        "32 streams of 200 events, 1 ms apart",
        Action::Stream,
        Scenario::stream(200, Delivery::Paced(1_000)),
    )
    .at_once(32)
    .rounds(1),
];

/// The size of a read where a whole stream comes in a few.
const WHOLE: usize = 64 * 1024;

impl Job {
    /// A job of one call at a time.
    pub const fn new(name: &'static str, action: Action, scenario: Scenario) -> Self {
        Self {
            name,
            action,
            scenario,
            at_once: 1,
            rounds: 1,
        }
    }

    const fn rounds(mut self, rounds: usize) -> Self {
        self.rounds = rounds;
        self
    }

    const fn at_once(mut self, at_once: usize) -> Self {
        self.at_once = at_once;
        self
    }
}

impl Action {
    /// The word for it on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Stream => "stream",
            Self::Embed(Form::Default) => "embed-default",
            Self::Embed(Form::Numbers) => "embed-numbers",
            Self::Embed(Form::Base64) => "embed-base64",
        }
    }

    /// Reads the word back.
    pub fn of_name(name: &str) -> Result<Self> {
        Ok(match name {
            "chat" => Self::Chat,
            "stream" => Self::Stream,
            "embed-default" => Self::Embed(Form::Default),
            "embed-numbers" => Self::Embed(Form::Numbers),
            "embed-base64" => Self::Embed(Form::Base64),
            unknown => bail!("there is no action {unknown:?}"),
        })
    }
}

/// Sets a contestant up for one scenario of the server at `origin`.
pub fn runner(contestant: Contestant, origin: &str, scenario: Scenario) -> Result<Box<dyn Runner>> {
    let base = &format!("{origin}/{scenario}");
    Ok(match contestant {
        Contestant::Floor => Box::new(Running(Floor::new(base)?)),
        Contestant::Raw => Box::new(Running(Raw::new(base)?)),
        Contestant::Minimal => Box::new(Running(Minimal::new(base)?)),
        Contestant::AsyncOpenai => Box::new(Running(AsyncOpenai::new(base)?)),
        Contestant::Aoai => Box::new(Running(Aoai::new(base)?)),
    })
}

struct Running<C>(C);

impl<C: Client<Events: 'static>> Running<C> {
    async fn once(&self, action: Action) -> Result<usize> {
        let counted = match action {
            Action::Chat => self.0.chat().await?,
            Action::Embed(form) => self.0.embed(form).await?,
            Action::Stream => {
                let mut events = self.0.stream().await?;
                let mut counted = 0;
                while let Some(bytes) = events.next().await? {
                    counted += bytes;
                }
                counted
            }
        };
        ensure!(counted > 0, "a call came back with nothing");
        Ok(counted)
    }
}

impl<C: Client<Events: 'static>> Runner for Running<C> {
    fn run(
        &self,
        action: Action,
        at_once: usize,
        rounds: usize,
    ) -> LocalBoxFuture<'_, Result<usize>> {
        Box::pin(async move {
            let mut counted = 0;
            for _ in 0..rounds {
                if at_once == 1 {
                    counted = self.once(action).await?;
                } else {
                    let calls = (0..at_once).map(|_| self.once(action));
                    counted = try_join_all(calls).await?.iter().sum();
                }
            }
            Ok(counted)
        })
    }

    fn open(&self) -> LocalBoxFuture<'_, Result<Box<dyn Open>>> {
        Box::pin(async move {
            let events = Opened(self.0.stream().await?);
            Ok(Box::new(events) as Box<dyn Open>)
        })
    }
}

struct Opened<E>(E);

impl<E: Events> Open for Opened<E> {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = Result<Option<usize>>> + '_>> {
        Box::pin(self.0.next())
    }
}
