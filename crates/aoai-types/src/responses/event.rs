//! The events of an answer's stream.
//!
//! An answer ends at [`ResponseEvent::Completed`], [`ResponseEvent::Incomplete`] or
//! [`ResponseEvent::Failed`]; there is no `[DONE]`. A [`ResponseEvent::Error`] may come instead,
//! before a failed response, or after it with the reason.

use crate::error::ApiError;
use crate::event::events;
use crate::operation::{DecodeError, StreamEnd, StreamEvent};
use crate::outcome::TokenUsage;

pub use self::body::{
    AnnotationAdded, CodeDone, ContentPartEvent, CustomToolCallInputDone, Delta, DeltaText,
    FunctionCallArgumentsDone, ItemProgress, Lifecycle, OutputItem, PartialImage, RefusalDone,
    SummaryPartEvent, TextDone,
};

mod body;

events! {
    /// One event of an answer's stream.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses)
    pub enum ResponseEvent named EventKind {
        /// The answer has been begun.
        Created(Lifecycle) = "response.created" as Created,
        /// The answer waits for its turn in the background.
        Queued(Lifecycle) = "response.queued" as Queued,
        /// The answer is being made.
        InProgress(Lifecycle) = "response.in_progress" as InProgress,
        /// The answer is whole.
        Completed(Lifecycle) = "response.completed" as Completed,
        /// The answer is broken off.
        Incomplete(Lifecycle) = "response.incomplete" as Incomplete,
        /// The answer is given up.
        Failed(Lifecycle) = "response.failed" as Failed,
        /// An item begins.
        OutputItemAdded(OutputItem) = "response.output_item.added" as OutputItemAdded,
        /// An item is whole.
        OutputItemDone(OutputItem) = "response.output_item.done" as OutputItemDone,
        /// A part of a message begins.
        ContentPartAdded(ContentPartEvent) = "response.content_part.added" as ContentPartAdded,
        /// A part of a message is whole.
        ContentPartDone(ContentPartEvent) = "response.content_part.done" as ContentPartDone,
        /// More text.
        OutputTextDelta(Delta) = "response.output_text.delta" as OutputTextDelta,
        /// All text of a part.
        OutputTextDone(TextDone) = "response.output_text.done" as OutputTextDone,
        /// Where a passage comes from.
        AnnotationAdded(AnnotationAdded) =
            "response.output_text.annotation.added" as OutputTextAnnotationAdded,
        /// More of the words in which the model declines.
        RefusalDelta(Delta) = "response.refusal.delta" as RefusalDelta,
        /// All of them.
        RefusalDone(RefusalDone) = "response.refusal.done" as RefusalDone,
        /// More of a function's arguments.
        FunctionCallArgumentsDelta(Delta) =
            "response.function_call_arguments.delta" as FunctionCallArgumentsDelta,
        /// All of them.
        FunctionCallArgumentsDone(FunctionCallArgumentsDone) =
            "response.function_call_arguments.done" as FunctionCallArgumentsDone,
        /// More input of a tool that takes plain text.
        CustomToolCallInputDelta(Delta) =
            "response.custom_tool_call_input.delta" as CustomToolCallInputDelta,
        /// All of it.
        CustomToolCallInputDone(CustomToolCallInputDone) =
            "response.custom_tool_call_input.done" as CustomToolCallInputDone,
        /// More of the model's thoughts.
        ReasoningTextDelta(Delta) =
            "response.reasoning_text.delta" as ReasoningTextDelta
            | "response.reasoning.delta" as ReasoningDelta,
        /// All of them.
        ReasoningTextDone(TextDone) =
            "response.reasoning_text.done" as ReasoningTextDone
            | "response.reasoning.done" as ReasoningDone,
        /// A part of a summary of the model's thoughts begins.
        ReasoningSummaryPartAdded(SummaryPartEvent) =
            "response.reasoning_summary_part.added" as ReasoningSummaryPartAdded,
        /// It is whole.
        ReasoningSummaryPartDone(SummaryPartEvent) =
            "response.reasoning_summary_part.done" as ReasoningSummaryPartDone,
        /// More of a summary.
        ReasoningSummaryTextDelta(Delta) =
            "response.reasoning_summary_text.delta" as ReasoningSummaryTextDelta
            | "response.reasoning_summary.delta" as ReasoningSummaryDelta,
        /// All of a part of a summary.
        ReasoningSummaryTextDone(TextDone) =
            "response.reasoning_summary_text.done" as ReasoningSummaryTextDone
            | "response.reasoning_summary.done" as ReasoningSummaryDone,
        /// More sound.
        AudioDelta(Delta) = "response.audio.delta" as AudioDelta,
        /// All sound.
        AudioDone(ItemProgress) = "response.audio.done" as AudioDone,
        /// More of what the sound says.
        AudioTranscriptDelta(Delta) =
            "response.audio.transcript.delta" as AudioTranscriptDelta
            | "response.audio_transcript.delta" as AudioTranscriptDeltaUnderscored,
        /// All of what the sound says.
        AudioTranscriptDone(ItemProgress) =
            "response.audio.transcript.done" as AudioTranscriptDone
            | "response.audio_transcript.done" as AudioTranscriptDoneUnderscored,
        /// More code.
        CodeInterpreterCodeDelta(Delta) =
            "response.code_interpreter_call_code.delta" as CodeInterpreterCodeDelta,
        /// All code.
        CodeInterpreterCodeDone(CodeDone) =
            "response.code_interpreter_call_code.done" as CodeInterpreterCodeDone,
        /// More of an MCP tool's arguments.
        McpCallArgumentsDelta(Delta) =
            "response.mcp_call_arguments.delta" as McpCallArgumentsDelta
            | "response.mcp_call.arguments_delta" as McpCallArgumentsDeltaDotted,
        /// All of them.
        McpCallArgumentsDone(FunctionCallArgumentsDone) =
            "response.mcp_call_arguments.done" as McpCallArgumentsDone
            | "response.mcp_call.arguments_done" as McpCallArgumentsDoneDotted,
        /// A stage of an image.
        PartialImage(PartialImage) =
            "response.image_generation_call.partial_image" as ImageGenerationPartialImage,
        /// A tool of the service's goes on.
        ToolProgress(ItemProgress) =
            "response.file_search_call.in_progress" as FileSearchInProgress
            | "response.file_search_call.searching" as FileSearchSearching
            | "response.file_search_call.completed" as FileSearchCompleted
            | "response.web_search_call.in_progress" as WebSearchInProgress
            | "response.web_search_call.searching" as WebSearchSearching
            | "response.web_search_call.completed" as WebSearchCompleted
            | "response.code_interpreter_call.in_progress" as CodeInterpreterInProgress
            | "response.code_interpreter_call.interpreting" as CodeInterpreterInterpreting
            | "response.code_interpreter_call.completed" as CodeInterpreterCompleted
            | "response.image_generation_call.in_progress" as ImageGenerationInProgress
            | "response.image_generation_call.generating" as ImageGenerationGenerating
            | "response.image_generation_call.completed" as ImageGenerationCompleted
            | "response.mcp_call.in_progress" as McpCallInProgress
            | "response.mcp_call.completed" as McpCallCompleted
            | "response.mcp_call.failed" as McpCallFailed
            | "response.mcp_list_tools.in_progress" as McpListToolsInProgress
            | "response.mcp_list_tools.completed" as McpListToolsCompleted
            | "response.mcp_list_tools.failed" as McpListToolsFailed,
    }
}

impl ResponseEvent {
    /// The event's place in the stream. A stream that broke off goes on after its last event:
    ///
    /// ```
    /// use aoai_types::StreamEvent as _;
    /// use aoai_types::responses::GetResponse;
    /// use aoai_types::responses::event::ResponseEvent;
    ///
    /// let last = ResponseEvent::decode(
    ///     r#"{"type": "response.output_text.delta", "delta": "Hel", "sequence_number": 4}"#,
    /// )?;
    /// let mut rest = GetResponse::new("resp_123");
    /// rest.starting_after = last.sequence_number();
    /// assert_eq!(rest.starting_after, Some(4));
    /// # Ok::<(), aoai_types::operation::DecodeError>(())
    /// ```
    pub fn sequence_number(&self) -> Option<i64> {
        match self {
            Self::Created(event)
            | Self::Queued(event)
            | Self::InProgress(event)
            | Self::Completed(event)
            | Self::Incomplete(event)
            | Self::Failed(event) => event.sequence_number,
            Self::OutputItemAdded(event) | Self::OutputItemDone(event) => event.sequence_number,
            Self::ContentPartAdded(event) | Self::ContentPartDone(event) => event.sequence_number,
            Self::OutputTextDelta(event)
            | Self::RefusalDelta(event)
            | Self::FunctionCallArgumentsDelta(event)
            | Self::CustomToolCallInputDelta(event)
            | Self::ReasoningTextDelta(event)
            | Self::ReasoningSummaryTextDelta(event)
            | Self::AudioDelta(event)
            | Self::AudioTranscriptDelta(event)
            | Self::CodeInterpreterCodeDelta(event)
            | Self::McpCallArgumentsDelta(event) => event.sequence_number,
            Self::OutputTextDone(event)
            | Self::ReasoningTextDone(event)
            | Self::ReasoningSummaryTextDone(event) => event.sequence_number,
            Self::AnnotationAdded(event) => event.sequence_number,
            Self::RefusalDone(event) => event.sequence_number,
            Self::FunctionCallArgumentsDone(event) | Self::McpCallArgumentsDone(event) => {
                event.sequence_number
            }
            Self::CustomToolCallInputDone(event) => event.sequence_number,
            Self::ReasoningSummaryPartAdded(event) | Self::ReasoningSummaryPartDone(event) => {
                event.sequence_number
            }
            Self::AudioDone(event)
            | Self::AudioTranscriptDone(event)
            | Self::ToolProgress(event) => event.sequence_number,
            Self::CodeInterpreterCodeDone(event) => event.sequence_number,
            Self::PartialImage(event) => event.sequence_number,
            Self::Error(event) => event.sequence_number,
            Self::Unknown(event) => {
                let number = event.members().get("sequence_number")?;
                crate::lenient::integer(number).ok()
            }
        }
    }
}

impl StreamEvent for ResponseEvent {
    #[inline]
    fn decode(data: &str) -> Result<Self, DecodeError> {
        Self::read(data)
    }

    fn is_output(&self) -> bool {
        !matches!(
            self,
            Self::Created(_)
                | Self::Queued(_)
                | Self::InProgress(_)
                | Self::Failed(_)
                | Self::Error(_)
                | Self::OutputItemAdded(_)
                | Self::ContentPartAdded(_)
        )
    }

    fn end(&self) -> Option<StreamEnd> {
        match self {
            Self::Completed(_) | Self::Incomplete(_) => Some(StreamEnd::Complete),
            Self::Failed(_) | Self::Error(_) => Some(StreamEnd::Failed),
            _ => None,
        }
    }

    fn error(&self) -> Option<&ApiError> {
        match self {
            Self::Error(event) => Some(&event.error),
            Self::Failed(event) => event.response.error.as_ref(),
            _ => None,
        }
    }

    fn usage(&self) -> Option<TokenUsage> {
        let response = match self {
            Self::Completed(event) | Self::Incomplete(event) | Self::Failed(event) => {
                &event.response
            }
            _ => return None,
        };
        response.usage.as_ref().map(TokenUsage::from)
    }

    fn resource_id(&self) -> Option<&str> {
        match self {
            Self::Created(event) | Self::InProgress(event) => event.response.id.as_deref(),
            _ => None,
        }
    }
}
