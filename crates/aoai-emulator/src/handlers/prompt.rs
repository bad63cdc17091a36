//! What a conversation says, as far as the answer depends on it.

use crate::text;

/// A conversation, whichever way the request writes it.
#[derive(Default)]
pub(super) struct Prompt {
    /// Everything that is said in it.
    pub(super) text: String,
    pub(super) tokens: u64,
    /// What the user said last.
    pub(super) user: String,
    /// What a tool has answered since.
    pub(super) tool: Option<String>,
}

/// Who says something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    User,
    Tool,
    /// The application, or the model itself.
    Other,
}

impl Prompt {
    /// Adds what somebody says, and what it costs beside its text.
    pub(super) fn add(&mut self, speaker: Speaker, said: String, extra_tokens: u64) {
        self.tokens += text::count(&said) + extra_tokens;
        self.text.push_str(&said);
        self.text.push('\n');
        match speaker {
            Speaker::User => {
                self.user = said;
                self.tool = None;
            }
            Speaker::Tool => self.tool = Some(said),
            Speaker::Other => {}
        }
    }
}
