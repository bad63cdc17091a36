//! The wire types of the Azure OpenAI REST API.
//!
//! An operation is its request type: [`Operation`] ties it to its [`Endpoint`] and its response.
//! Nothing here does I/O, knows a host or holds a credential, so a project with an HTTP stack of
//! its own takes this crate alone.

pub mod chat;
pub mod completions;
pub mod content_filter;
pub mod embeddings;
pub mod endpoint;
pub mod error;
pub mod input;
pub mod models;
pub mod open;
pub mod operation;
pub mod outcome;
pub mod usage;

mod json;
mod lenient;
mod overlay;

pub use self::endpoint::{
    ApiVersion, Endpoint, InvalidSurface, Matched, Query, Scope, Stage, Surface,
};
pub use self::json::Json;
pub use self::operation::{
    Accumulator, Encode, Operation, Paged, Payload, StreamEvent, Streaming, Visitor,
};

operation::operations! {
    streaming completions::CreateCompletion;
    streaming chat::CreateChatCompletion;
    unary embeddings::CreateEmbedding;
    unary models::ListModels;
    unary models::GetModel;
}
