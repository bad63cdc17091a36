//! Responses: answers with tools, reasoning and state.

pub use self::accumulator::ResponseAccumulator;
pub use self::answer::{
    IncompleteDetails, InputTokensDetails, OutputTokensDetails, Response, ResponseConversation,
    ResponseFilter, ResponseStatus, ResponseUsage,
};
pub use self::cancel::CancelResponse;
pub use self::compact::{CompactResponse, CompactedResponse};
pub use self::create::{Conversation, CreateResponse, StreamOptions};
pub use self::delete::{DeleteResponse, DeletedResponse};
pub use self::get::GetResponse;
pub use self::input_items::ListInputItems;
pub use self::settings::{
    Include, Input, JsonObjectFormat, JsonSchemaFormat, PlainTextFormat, Prompt, Reasoning,
    ReasoningEffort, ReasoningSummary, TextFormat, TextSettings, Truncation, Verbosity,
};

pub mod event;
pub mod item;
pub mod tool;

mod accumulator;
mod answer;
mod cancel;
mod compact;
mod create;
mod delete;
mod get;
mod input_items;
mod settings;
