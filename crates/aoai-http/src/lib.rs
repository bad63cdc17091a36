//! Transport for Azure OpenAI.

pub mod sse;

mod base_url;
