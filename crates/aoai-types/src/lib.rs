//! The wire types of the Azure OpenAI REST API.
//!
//! An operation is its request type: [`Operation`] ties it to its [`Endpoint`] and its response.
//! Nothing here does I/O, knows a host or holds a credential, so a project with an HTTP stack of
//! its own takes this crate alone.

pub mod content_filter;
pub mod endpoint;
pub mod error;
pub mod models;
pub mod open;
pub mod operation;
pub mod outcome;

mod overlay;

pub use self::endpoint::{
    ApiVersion, Endpoint, InvalidSurface, Matched, Query, Scope, Stage, Surface,
};
pub use self::operation::{
    Accumulator, Encode, Operation, Paged, Payload, StreamEvent, Streaming, Visitor,
};

operation::operations! {
    unary models::ListModels;
    unary models::GetModel;
}
