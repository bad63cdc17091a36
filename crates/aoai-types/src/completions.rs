//! Completions: a text in, its continuation out. The older form of chat.
//!
//! ```
//! use aoai_types::completions::CreateCompletion;
//!
//! let mut request = CreateCompletion::new("gpt-35-turbo-instruct", "Once upon a time");
//! request.max_tokens = Some(50);
//! ```

pub use self::accumulator::CompletionAccumulator;
pub use self::completion::{Completion, CompletionChoice, CompletionLogprobs};
pub use self::create::CreateCompletion;

mod accumulator;
mod completion;
mod create;
