//! Chat completions: a conversation in, the next message out.
//!
//! [`CreateChatCompletion`] is the operation. Sent whole it is answered by a [`ChatCompletion`];
//! sent as a stream, by [`ChatCompletionChunk`]s, of which [`ChatAccumulator`] makes the same
//! [`ChatCompletion`] again.
//!
//! ```
//! use aoai_types::chat::{CreateChatCompletion, Message};
//!
//! let mut request = CreateChatCompletion::new(
//!     "gpt-4o-mini",
//!     [Message::system("Be brief."), Message::user("What is the tallest mountain?")],
//! );
//! request.max_completion_tokens = Some(200);
//! ```

pub use self::accumulator::ChatAccumulator;
pub use self::chunk::{
    AudioChunk, ChatCompletionChunk, ChunkChoice, CustomCallChunk, Delta, FunctionCallChunk,
    ToolCallChunk,
};
pub use self::completion::{
    Annotation, Audio, ChatCompletion, Choice, Citation, FinishReason, MessageContext,
    ResponseMessage, UrlCitation, UrlCitationAnnotation,
};
pub use self::content::{
    AudioFormat, Content, ContentPart, FileData, FilePart, ImageDetail, ImagePart, ImageUrl,
    InputAudio, InputAudioPart, RefusalPart, TextPart,
};
pub use self::create::{
    AudioOutput, CreateChatCompletion, DataSource, Modality, PredictedContent, Prediction,
    ReasoningEffort, ServiceTier, Stop, StreamOptions, UserSecurityContext, Verbosity,
};
pub use self::logprobs::{Logprobs, TokenLogprob, TopLogprob};
pub use self::message::{
    AssistantMessage, AudioReference, DeveloperMessage, FunctionMessage, Message, Role,
    SystemMessage, ToolMessage, UserMessage,
};
pub use self::response_format::{
    JsonObjectFormat, JsonSchema, JsonSchemaFormat, ResponseFormat, TextFormat,
};
pub use self::tool::{
    CustomCall, CustomDefinition, CustomFormat, CustomTool, CustomToolCall, FunctionCall,
    FunctionDefinition, FunctionTool, FunctionToolCall, Grammar, GrammarFormat, TextOutputFormat,
    Tool, ToolCall, ToolKind,
};
pub use self::tool_choice::{
    AllowedTools, AllowedToolsChoice, CustomToolChoice, FunctionCallMode, FunctionCallOption,
    FunctionName, FunctionToolChoice, NamedToolChoice, ToolChoice, ToolChoiceMode,
};

mod accumulator;
mod chunk;
mod completion;
mod content;
mod create;
mod logprobs;
mod message;
mod response_format;
mod tool;
mod tool_choice;
