//! What the handlers of each group keep in the store.

pub(crate) use super::batches::Batch;
pub(crate) use super::containers::Container;
pub(crate) use super::conversations::Conversation;
pub(crate) use super::evals::Eval;
pub(crate) use super::files::File;
pub(crate) use super::fine_tuning::Job;
pub(crate) use super::responses::KeptAnswer as Answer;
pub(crate) use super::uploads::Upload;
pub(crate) use super::vector_stores::VectorStore;
