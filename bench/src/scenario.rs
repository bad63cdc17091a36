//! What the canned server is to answer, written as the first segment of the path.
//!
//! Clients put an API prefix of their own behind it (`/openai/v1`, `/openai/deployments/x`), which
//! the server does not look at.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context, anyhow};

/// One canned answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scenario {
    /// A whole chat completion.
    Chat {
        /// Bytes of the answer's text.
        text: usize,
        /// Headers beside those that Azure sends.
        headers: usize,
    },
    /// A chat completion as events.
    Stream(StreamPlan),
    /// Embeddings, in the form that the request asks for.
    Embeddings {
        /// How many vectors.
        inputs: usize,
    },
}

/// A stream of events and how it is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreamPlan {
    /// Events with text.
    pub events: usize,
    /// Bytes of text in each.
    pub text: usize,
    /// Whether each event carries `obfuscation`.
    pub obfuscated: bool,
    /// How the bytes are cut.
    pub delivery: Delivery,
}

/// How the bytes of a stream reach the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// An HTTP chunk for each event, the next one sent once the last has been read.
    Lockstep,
    /// An HTTP chunk for each event, all as fast as the socket takes them.
    Eager,
    /// HTTP chunks of so many bytes, cut anywhere.
    Chunks(usize),
    /// An HTTP chunk for each event, so many microseconds apart.
    Paced(u64),
    /// The first 10 KB at once where `burst`, the rest a millisecond apart, and then no end.
    Held {
        /// Whether it begins with 10 KB at once.
        burst: bool,
    },
    /// Everything at once, but the last bytes 2 ms after `[DONE]`.
    LateEnd,
}

impl Scenario {
    /// A chat completion of 1.2 KB.
    pub const CHAT: Self = Self::Chat {
        text: 210,
        headers: 0,
    };

    /// 64 vectors of 1,536 numbers.
    pub const EMBEDDINGS: Self = Self::Embeddings { inputs: 64 };

    /// Events with a word each.
    pub const fn stream(events: usize, delivery: Delivery) -> Self {
        Self::Stream(StreamPlan {
            events,
            text: 6,
            obfuscated: false,
            delivery,
        })
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chat { text, headers } => write!(f, "chat-{text}-{headers}"),
            Self::Embeddings { inputs } => write!(f, "embeddings-{inputs}"),
            Self::Stream(plan) => {
                let obfuscated = u8::from(plan.obfuscated);
                let StreamPlan { events, text, .. } = plan;
                write!(f, "stream-{events}-{text}-{obfuscated}-")?;
                match plan.delivery {
                    Delivery::Lockstep => write!(f, "lockstep"),
                    Delivery::Eager => write!(f, "eager"),
                    Delivery::Chunks(bytes) => write!(f, "chunks-{bytes}"),
                    Delivery::Paced(micros) => write!(f, "paced-{micros}"),
                    Delivery::Held { burst } => write!(f, "held-{}", u8::from(burst)),
                    Delivery::LateEnd => write!(f, "late"),
                }
            }
        }
    }
}

impl FromStr for Scenario {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, anyhow::Error> {
        let mut words = text.split('-');
        let mut word = || words.next().context("the scenario ends too early");
        let kind = word()?;
        let mut number = || Ok::<usize, anyhow::Error>(word()?.parse()?);
        Ok(match kind {
            "chat" => Self::Chat {
                text: number()?,
                headers: number()?,
            },
            "embeddings" => Self::Embeddings { inputs: number()? },
            "stream" => {
                let (events, text, obfuscated) = (number()?, number()?, number()? == 1);
                let delivery = match word()? {
                    "lockstep" => Delivery::Lockstep,
                    "eager" => Delivery::Eager,
                    "chunks" => Delivery::Chunks(word()?.parse()?),
                    "paced" => Delivery::Paced(word()?.parse()?),
                    "held" => Delivery::Held {
                        burst: word()? == "1",
                    },
                    "late" => Delivery::LateEnd,
                    unknown => return Err(anyhow!("there is no delivery {unknown:?}")),
                };
                Self::Stream(StreamPlan {
                    events,
                    text,
                    obfuscated,
                    delivery,
                })
            }
            unknown => return Err(anyhow!("there is no scenario {unknown:?}")),
        })
    }
}
