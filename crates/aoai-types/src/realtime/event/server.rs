//! What the service sends.

use super::{
    BufferEvent, ConversationEvent, ItemEvent, ItemNamed, PartEvent, RateLimitsEvent,
    RealtimeDelta, RealtimeDone, ResponseEvent, SessionEvent, TranscriptionFailed,
};
use crate::error::ApiError;
use crate::event::events;
use crate::operation::{DecodeError, StreamEnd, StreamEvent};

events! {
    /// An event that the service sends.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/realtime-audio-reference)
    pub enum ServerEvent named ServerEventKind {
        /// The session as it is.
        Session(SessionEvent) =
            "session.created" as SessionCreated
            | "session.updated" as SessionUpdated
            | "transcription_session.updated" as TranscriptionSessionUpdated,
        /// The conversation as it is.
        Conversation(ConversationEvent) = "conversation.created" as ConversationCreated,
        /// An item of the conversation as it is.
        Item(ItemEvent) =
            "conversation.item.created" as ItemCreated
            | "conversation.item.added" as ItemAdded
            | "conversation.item.done" as ItemDone
            | "conversation.item.retrieved" as ItemRetrieved
            | "response.output_item.added" as OutputItemAdded
            | "response.output_item.done" as OutputItemDone,
        /// Something has become of an item.
        ItemNamed(ItemNamed) =
            "conversation.item.deleted" as ItemDeleted
            | "conversation.item.truncated" as ItemTruncated
            | "mcp_list_tools.in_progress" as McpListToolsInProgress
            | "mcp_list_tools.completed" as McpListToolsCompleted
            | "mcp_list_tools.failed" as McpListToolsFailed
            | "response.mcp_call.in_progress" as McpCallInProgress
            | "response.mcp_call.completed" as McpCallCompleted
            | "response.mcp_call.failed" as McpCallFailed,
        /// Something has become of the sound that the model hears or makes.
        Buffer(BufferEvent) =
            "input_audio_buffer.committed" as InputCommitted
            | "input_audio_buffer.cleared" as InputCleared
            | "input_audio_buffer.speech_started" as SpeechStarted
            | "input_audio_buffer.speech_stopped" as SpeechStopped
            | "input_audio_buffer.timeout_triggered" as TimeoutTriggered
            | "output_audio_buffer.started" as OutputStarted
            | "output_audio_buffer.stopped" as OutputStopped
            | "output_audio_buffer.cleared" as OutputCleared,
        /// An answer as it is.
        Response(ResponseEvent) =
            "response.created" as ResponseCreated
            | "response.done" as ResponseDone,
        /// A part of a message as it is.
        Part(PartEvent) =
            "response.content_part.added" as ContentPartAdded
            | "response.content_part.done" as ContentPartDone,
        /// A little more.
        Delta(RealtimeDelta) =
            "response.output_text.delta" as OutputTextDelta
            | "response.text.delta" as TextDelta
            | "response.output_audio.delta" as OutputAudioDelta
            | "response.audio.delta" as AudioDelta
            | "response.output_audio_transcript.delta" as OutputAudioTranscriptDelta
            | "response.audio_transcript.delta" as AudioTranscriptDelta
            | "response.function_call_arguments.delta" as FunctionCallArgumentsDelta
            | "response.mcp_call_arguments.delta" as McpCallArgumentsDelta
            | "conversation.item.input_audio_transcription.delta" as InputTranscriptionDelta,
        /// All of it.
        Done(RealtimeDone) =
            "response.output_text.done" as OutputTextDone
            | "response.text.done" as TextDone
            | "response.output_audio.done" as OutputAudioDone
            | "response.audio.done" as AudioDone
            | "response.output_audio_transcript.done" as OutputAudioTranscriptDone
            | "response.audio_transcript.done" as AudioTranscriptDone
            | "response.function_call_arguments.done" as FunctionCallArgumentsDone
            | "response.mcp_call_arguments.done" as McpCallArgumentsDone
            | "conversation.item.input_audio_transcription.segment" as InputTranscriptionSegment
            | "conversation.item.input_audio_transcription.completed" as InputTranscriptionCompleted,
        /// What the user said could not be written down.
        TranscriptionFailed(TranscriptionFailed) =
            "conversation.item.input_audio_transcription.failed" as InputTranscriptionFailed,
        /// How much may be asked yet.
        RateLimits(RateLimitsEvent) = "rate_limits.updated" as RateLimitsUpdated,
    }
}

impl StreamEvent for ServerEvent {
    #[inline]
    fn decode(data: &str) -> Result<Self, DecodeError> {
        Self::read(data)
    }

    fn is_output(&self) -> bool {
        matches!(self, Self::Delta(_) | Self::Done(_) | Self::Part(_))
    }

    fn end(&self) -> Option<StreamEnd> {
        // A session goes on until its socket is closed, an error does not end it either.
        None
    }

    fn error(&self) -> Option<&ApiError> {
        match self {
            Self::Error(event) => Some(&event.error),
            _ => None,
        }
    }
}
