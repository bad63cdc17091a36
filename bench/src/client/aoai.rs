//! Our own client.

use aoai_types::chat::{CreateChatCompletion, Message};

use super::say;

/// The question in its own types.
pub(crate) fn question() -> CreateChatCompletion {
    CreateChatCompletion::new(
        say::DEPLOYMENT,
        [Message::system(say::SYSTEM), Message::user(say::USER)],
    )
}
