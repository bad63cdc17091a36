//! What the handlers of each group keep in the store.

pub(crate) use super::conversations::Conversation;
pub(crate) use super::files::File;
pub(crate) use super::responses::KeptAnswer as Answer;
