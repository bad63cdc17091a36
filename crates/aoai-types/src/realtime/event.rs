//! The events of a session's socket.
//!
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)

pub use self::client::{
    AudioAppend, ClientEvent, ClientEventKind, ItemCreate, ItemName, ItemTruncate, Plain,
    ResponseCreate, SessionUpdate,
};
pub use self::server::{ServerEvent, ServerEventKind};
pub use self::server_body::{
    BufferEvent, ConversationEvent, ItemEvent, ItemNamed, PartEvent, RateLimit, RateLimitsEvent,
    RealtimeDelta, RealtimeDone, ResponseEvent, SessionEvent, TranscriptionFailed,
};

mod client;
mod server;
mod server_body;
