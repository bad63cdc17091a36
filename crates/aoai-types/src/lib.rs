//! The wire types of the Azure OpenAI REST API.
//!
//! An operation is its request type: [`Operation`] ties it to its [`Endpoint`] and its response.
//! Nothing here does I/O, knows a host or holds a credential, so a project with an HTTP stack of
//! its own takes this crate alone:
//!
//! ```
//! use aoai_types::chat::{CreateChatCompletion, Message};
//! use aoai_types::operation::Body;
//! use aoai_types::{Encode, Operation, Payload, Surface};
//! use bytes::Bytes;
//!
//! let mut request = CreateChatCompletion::new("gpt-4o-mini", [Message::user("Say hello.")]);
//! request.max_completion_tokens = Some(50);
//!
//! // What goes out, by whatever client: method, target, headers, and the body with its content-type,
//! // which is no header here, as a client that writes a form makes up its boundary.
//! let wire = request.to_wire(&Encode::new(Surface::V1))?;
//! assert_eq!(CreateChatCompletion::ENDPOINT.method, http::Method::POST);
//! assert_eq!(wire.target, "/openai/v1/chat/completions");
//! assert!(matches!(wire.body, Body::Json(_)));
//!
//! // What comes back.
//! let body = Bytes::from(r#"{"choices": [{"message": {"role": "assistant", "content": "Hello."}}]}"#);
//! let answer = <CreateChatCompletion as Operation>::Response::decode(&body)?;
//! assert_eq!(answer.text(), Some("Hello."));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Two surfaces
//!
//! The service is served twice: undated under `/openai/v1`, where the body names the deployment,
//! and under dated api-versions, where the path of most operations does. [`Surface`] says which is
//! meant, and [`Operation::to_wire`] writes the request for it; the request itself is the same.
//!
//! # Streams
//!
//! An operation that is [`Streaming`] can answer as server-sent events, which
//! [`Encode::streaming`] asks for. [`StreamEvent::decode`] reads one event's data
//! ([`StreamEvent::decode_next`] does so for a fraction of the cost, given what it remembers of the
//! events before), and the operation's [`Accumulator`] makes the whole answer of them again.
//!
//! `[DONE]` is no event. It is the end where [`StreamEvent::ENDS_AT_DONE`] says so; elsewhere an event
//! is ([`StreamEvent::end`]). A stream that stops before its end was cut off.
//!
//! ```
//! use aoai_types::chat::{ChatAccumulator, ChatCompletionChunk};
//! use aoai_types::operation::StreamMemory;
//! use aoai_types::{Accumulator, StreamEvent};
//!
//! let mut memory = StreamMemory::default();
//! let mut answer = ChatAccumulator::default();
//! let mut is_whole = false;
//! for data in [
//!     r#"{"choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hel"}}]}"#,
//!     r#"{"choices": [{"index": 0, "delta": {"content": "lo."}}]}"#,
//!     "[DONE]",
//! ] {
//!     if data == "[DONE]" {
//!         is_whole = ChatCompletionChunk::ENDS_AT_DONE;
//!         break;
//!     }
//!     answer.push(ChatCompletionChunk::decode_next(data, &mut memory)?);
//! }
//! assert!(is_whole);
//! assert_eq!(answer.finish().text(), Some("Hello."));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What the service may change
//!
//! It adds members, words and kinds at any time, and leaves out what its own description
//! requires. So a member of an answer may be missing; an enum of words or kinds keeps one that it does not
//! know, and writes it back; and a request takes members that its type does not know, in `extra`.
//! What is known of the wire is written as it was read.
//!
//! # Errors
//!
//! [`ErrorBody::read`](error::ErrorBody::read) makes what can be made of the body of an answer that
//! is no success: the service has four families of them.

pub mod audio;
pub mod base64;
pub mod batches;
pub mod chat;
pub mod completions;
pub mod containers;
pub mod content_filter;
pub mod conversations;
pub mod embeddings;
pub mod endpoint;
pub mod error;
pub mod evals;
pub mod event;
pub mod files;
pub mod fine_tuning;
pub mod graders;
pub mod images;
pub mod input;
pub mod list;
pub mod models;
pub mod open;
pub mod operation;
pub mod outcome;
pub mod realtime;
pub mod responses;
pub mod shape;
pub mod timestamp;
pub mod uploads;
pub mod usage;
pub mod vector_stores;

mod buffer;
mod form;
mod json;
mod lenient;
mod overlay;
mod pieces;
mod reader;
#[cfg(feature = "schemars")]
mod schema;

pub use self::endpoint::{
    ApiVersion, Endpoint, InvalidSurface, Matched, Query, Scope, Stage, Surface,
};
pub use self::json::Json;
pub use self::operation::{
    Accumulator, Encode, LongRunning, Operation, Paged, Payload, Progress, StreamEvent, Streaming,
    Visitor,
};
pub use self::timestamp::Timestamp;
#[cfg(feature = "schemars")]
pub use schemars;

operation::operations! {
    unary audio::CreateSpeech;
    streaming audio::CreateTranscription;
    unary audio::CreateTranslation;
    unary batches::CancelBatch;
    unary batches::CreateBatch;
    unary batches::GetBatch;
    unary batches::ListBatches;
    streaming chat::CreateChatCompletion;
    streaming completions::CreateCompletion;
    unary containers::CreateContainer;
    unary containers::DeleteContainer;
    unary containers::GetContainer;
    unary containers::ListContainers;
    unary containers::files::AddContainerFile;
    unary containers::files::DeleteContainerFile;
    unary containers::files::GetContainerFile;
    unary containers::files::GetContainerFileContent;
    unary containers::files::ListContainerFiles;
    unary conversations::CreateConversation;
    unary conversations::DeleteConversation;
    unary conversations::GetConversation;
    unary conversations::UpdateConversation;
    unary conversations::items::AddConversationItems;
    unary conversations::items::DeleteConversationItem;
    unary conversations::items::GetConversationItem;
    unary conversations::items::ListConversationItems;
    unary embeddings::CreateEmbedding;
    unary evals::CreateEval;
    unary evals::DeleteEval;
    unary evals::GetEval;
    unary evals::ListEvals;
    unary evals::UpdateEval;
    unary evals::runs::CancelEvalRun;
    unary evals::runs::CreateEvalRun;
    unary evals::runs::DeleteEvalRun;
    unary evals::runs::GetEvalRun;
    unary evals::runs::ListEvalRuns;
    unary evals::runs::output_items::GetOutputItem;
    unary evals::runs::output_items::ListOutputItems;
    unary files::DeleteFile;
    unary files::GetFile;
    unary files::GetFileContent;
    unary files::ListFiles;
    unary files::UploadFile;
    unary fine_tuning::checkpoints::CopyCheckpoint;
    unary fine_tuning::checkpoints::GetCheckpointCopy;
    unary fine_tuning::graders::RunGrader;
    unary fine_tuning::graders::ValidateGrader;
    unary fine_tuning::jobs::CancelFineTuningJob;
    unary fine_tuning::jobs::CreateFineTuningJob;
    unary fine_tuning::jobs::DeleteFineTuningJob;
    unary fine_tuning::jobs::GetFineTuningJob;
    unary fine_tuning::jobs::ListFineTuningCheckpoints;
    unary fine_tuning::jobs::ListFineTuningEvents;
    unary fine_tuning::jobs::ListFineTuningJobs;
    unary fine_tuning::jobs::PauseFineTuningJob;
    unary fine_tuning::jobs::ResumeFineTuningJob;
    streaming images::EditImage;
    streaming images::GenerateImage;
    unary models::GetModel;
    unary models::ListModels;
    unary realtime::CreateClientSecret;
    unary responses::CancelResponse;
    unary responses::CompactResponse;
    streaming responses::CreateResponse;
    unary responses::DeleteResponse;
    streaming responses::GetResponse;
    unary responses::ListInputItems;
    unary uploads::AddUploadPart;
    unary uploads::CancelUpload;
    unary uploads::CompleteUpload;
    unary uploads::CreateUpload;
    unary vector_stores::CreateVectorStore;
    unary vector_stores::DeleteVectorStore;
    unary vector_stores::GetVectorStore;
    unary vector_stores::ListVectorStores;
    unary vector_stores::SearchVectorStore;
    unary vector_stores::UpdateVectorStore;
    unary vector_stores::file_batches::CancelFileBatch;
    unary vector_stores::file_batches::CreateFileBatch;
    unary vector_stores::file_batches::GetFileBatch;
    unary vector_stores::file_batches::ListFileBatchFiles;
    unary vector_stores::files::AddVectorStoreFile;
    unary vector_stores::files::GetVectorStoreFile;
    unary vector_stores::files::GetVectorStoreFileContent;
    unary vector_stores::files::ListVectorStoreFiles;
    unary vector_stores::files::RemoveVectorStoreFile;
    unary vector_stores::files::UpdateVectorStoreFile;
}
