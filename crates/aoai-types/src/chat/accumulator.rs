//! Rebuilds the answer to a conversation from its pieces.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{
    Audio, AudioChunk, ChatCompletion, ChatCompletionChunk, Choice, ChunkChoice, CustomCall,
    CustomToolCall, Delta, FunctionCall, FunctionCallChunk, FunctionToolCall, ResponseMessage,
    ToolCall, ToolCallChunk, ToolKind,
};
use crate::operation::Accumulator;
use crate::pieces;

/// Rebuilds the answer to a conversation from its pieces.
///
/// What one piece says and a later one leaves out stays; the exception is the content filter, whose
/// late verdict replaces an earlier reason to end.
///
/// ```
/// use aoai_types::chat::{ChatAccumulator, ChatCompletionChunk, FinishReason};
/// use aoai_types::{Accumulator, StreamEvent};
///
/// let mut answer = ChatAccumulator::default();
/// for data in [
///     r#"{"choices": [{"index": 0, "delta": {"role": "assistant", "content": "Once"}}]}"#,
///     r#"{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}"#,
///     r#"{"choices": [{"index": 0, "finish_reason": "content_filter"}]}"#,
/// ] {
///     answer.push(ChatCompletionChunk::decode(data)?);
///     // What is there to be shown so far.
///     assert_eq!(answer.text(), Some("Once"));
/// }
/// assert_eq!(answer.finish().finish_reason(), Some(&FinishReason::ContentFilter));
/// # Ok::<(), aoai_types::operation::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ChatAccumulator {
    answer: ChatCompletion,
    choices: BTreeMap<i64, ChoiceState>,
}

#[derive(Clone, Debug, Default)]
struct ChoiceState {
    choice: Choice,
    /// By their index, and by their turn where several have one.
    tools: BTreeMap<(i64, usize), ToolState>,
    sound: Sound,
}

/// A tool call as far as it has come.
#[derive(Clone, Debug, Default)]
struct ToolState {
    id: String,
    custom: bool,
    name: String,
    arguments: String,
}

impl ChatAccumulator {
    /// The text of the first choice so far.
    pub fn text(&self) -> Option<&str> {
        let first = self.choices.values().next()?;
        first.choice.message.as_ref()?.content.as_deref()
    }

    fn push_head(&mut self, chunk: &mut ChatCompletionChunk) {
        let answer = &mut self.answer;
        keep_first(&mut answer.id, chunk.id.take());
        keep_first(&mut answer.model, chunk.model.take());
        keep_first(
            &mut answer.system_fingerprint,
            chunk.system_fingerprint.take(),
        );
        pieces::begin(&mut answer.created, chunk.created.take());
        pieces::replace(&mut answer.service_tier, chunk.service_tier.take());
        if let Some(usage) = chunk.usage.take() {
            answer.usage = Some(*usage);
        }
        if let Some(timings) = chunk.latency_checkpoint.take() {
            answer.latency_checkpoint = Some(*timings);
        }
        if let Some(routing) = chunk.routing.take() {
            answer.routing = Some(*routing);
        }
        pieces::extend(
            &mut answer.prompt_filter_results,
            chunk.prompt_filter_results.take(),
        );
        pieces::extend(
            &mut answer.prompt_annotations,
            chunk.prompt_annotations.take(),
        );
    }
}

impl Accumulator for ChatAccumulator {
    type Event = ChatCompletionChunk;
    type Output = ChatCompletion;

    #[inline]
    fn push(&mut self, mut event: ChatCompletionChunk) {
        self.push_head(&mut event);
        for choice in event.choices {
            let index = choice.index.unwrap_or_default();
            self.choices.entry(index).or_default().push(choice);
        }
    }

    #[inline]
    fn finish(mut self) -> ChatCompletion {
        self.answer.object = Some("chat.completion".to_owned());
        let choices = self.choices.into_iter();
        self.answer.choices = choices.map(|(index, state)| state.finish(index)).collect();
        self.answer
    }
}

impl ChoiceState {
    #[inline]
    fn push(&mut self, chunk: ChunkChoice) {
        let choice = &mut self.choice;
        pieces::end(&mut choice.finish_reason, chunk.finish_reason);
        match (&mut choice.logprobs, chunk.logprobs) {
            (_, None) => {}
            (Some(held), Some(new)) => held.append(*new),
            (held @ None, new) => *held = new,
        }
        pieces::merge(
            &mut choice.content_filter_results,
            chunk.content_filter_results,
        );
        if let Some(later) = chunk.content_filter_result {
            match &mut choice.content_filter_result {
                Some(held) => held.merge(*later),
                held @ None => *held = Some(later),
            }
        }
        pieces::replace(
            &mut choice.content_filter_offsets,
            chunk.content_filter_offsets,
        );
        pieces::replace(&mut choice.content_filter_raw, chunk.content_filter_raw);
        pieces::replace(&mut choice.matched_stop, chunk.matched_stop);
        if let Some(delta) = chunk.delta {
            self.push_delta(delta);
        }
    }

    #[expect(deprecated, reason = "as long as it comes, it is not lost")]
    #[inline]
    fn push_delta(&mut self, delta: Delta) {
        let message = self.choice.message.get_or_insert_default();
        message.role = message.role.take().or(delta.role);
        pieces::append(&mut message.content, delta.content);
        pieces::append(&mut message.refusal, delta.refusal);
        pieces::append(&mut message.reasoning_content, delta.reasoning_content);
        if let Some(piece) = delta.function_call {
            let call = message.function_call.get_or_insert_default();
            push_call(&mut call.name, &mut call.arguments, *piece);
        }
        pieces::extend(&mut message.annotations, delta.annotations);
        if let Some(piece) = delta.audio {
            let audio = message.audio.get_or_insert_default();
            push_audio(audio, &mut self.sound, *piece);
        }
        message.context = delta.context.or(message.context.take());
        message.end_turn = delta.end_turn.or(message.end_turn);
        for piece in delta.tool_calls.into_iter().flatten() {
            self.push_tool(piece);
        }
    }

    #[inline]
    fn push_tool(&mut self, piece: ToolCallChunk) {
        let call = self.tool_of(&piece);
        keep_first_text(&mut call.id, piece.id);
        call.custom |= piece.kind == Some(ToolKind::Custom) || piece.custom.is_some();
        if let Some(function) = piece.function {
            push_call(&mut call.name, &mut call.arguments, function);
        }
        if let Some(custom) = piece.custom {
            keep_first_text(&mut call.name, custom.name);
            call.arguments
                .push_str(custom.input.as_deref().unwrap_or_default());
        }
    }

    /// The call that a piece belongs to; it may begin one.
    #[inline]
    fn tool_of(&mut self, piece: &ToolCallChunk) -> &mut ToolState {
        let held = match piece.index {
            Some(index) => {
                let mut alike = self.tools.range((index, 0)..=(index, usize::MAX));
                alike.next_back()
            }
            None => self.tools.last_key_value(),
        };
        let place = match held {
            Some((&(index, turn), call)) if call.ends_before(piece) => (index, turn + 1),
            Some((place, _)) => *place,
            None => (piece.index.unwrap_or_default(), 0),
        };
        self.tools.entry(place).or_default()
    }

    #[inline]
    fn finish(mut self, index: i64) -> Choice {
        self.choice.index = Some(index);
        if !self.tools.is_empty() {
            let message = self.choice.message.get_or_insert_default();
            message.tool_calls = Some(self.tools.into_values().map(ToolState::finish).collect());
        }
        if let Some(message) = &mut self.choice.message {
            drop_empty_content(message);
            if let Some(audio) = &mut message.audio {
                audio.data = self.sound.finish();
            }
        }
        self.choice
    }
}

impl ToolState {
    /// Whether a piece that could be the next one of this call begins another.
    ///
    /// Some servers give all calls one index, or none, so that only the id tells them apart. Others
    /// give each piece an id of its own, but only the first one a name.
    #[inline]
    fn ends_before(&self, piece: &ToolCallChunk) -> bool {
        let new_id = |id: &str| !id.is_empty() && id != self.id;
        let may_begin = piece.index.is_none() || (!self.id.is_empty() && piece.is_named());
        may_begin && piece.id.as_deref().is_some_and(new_id)
    }

    fn finish(self) -> ToolCall {
        let Self {
            id,
            custom,
            name,
            arguments,
        } = self;
        if custom {
            let input = arguments;
            let custom = CustomCall { name, input };
            ToolCall::Custom(CustomToolCall { id, custom })
        } else {
            let function = FunctionCall { name, arguments };
            ToolCall::Function(FunctionToolCall { id, function })
        }
    }
}

/// The first piece has an empty text whatever follows; a whole answer has none beside tool calls
/// or a refusal.
fn drop_empty_content(message: &mut ResponseMessage) {
    let says_else = message.tool_calls.is_some()
        || message.function_call.is_some()
        || message.refusal.is_some();
    if says_else && message.content.as_deref() == Some("") {
        message.content = None;
    }
}

fn push_call(name: &mut String, arguments: &mut String, piece: FunctionCallChunk) {
    keep_first_text(name, piece.name);
    arguments.push_str(piece.arguments.as_deref().unwrap_or_default());
}

fn push_audio(audio: &mut Audio, sound: &mut Sound, piece: AudioChunk) {
    audio.id = audio.id.take().or(piece.id);
    audio.expires_at = piece.expires_at.or(audio.expires_at.take());
    pieces::append(&mut audio.transcript, piece.transcript);
    sound.push(piece.data);
}

/// Sound whose pieces are base64 each for itself, padding included, so that their texts cannot
/// just be joined.
#[derive(Clone, Debug, Default)]
struct Sound {
    pieces: Vec<u8>,
    began: bool,
    /// What is not base64, and so is kept as it came.
    text: String,
}

impl Sound {
    fn push(&mut self, piece: Option<String>) {
        let Some(piece) = piece else { return };
        self.began = true;
        match BASE64.decode(&piece) {
            Ok(bytes) if self.text.is_empty() => self.pieces.extend(bytes),
            _ => self.text.push_str(&piece),
        }
    }

    fn finish(self) -> Option<String> {
        self.began.then(|| BASE64.encode(self.pieces) + &self.text)
    }
}

fn keep_first(held: &mut Option<String>, new: Option<Arc<str>>) {
    if held.as_deref().is_none_or(str::is_empty)
        && let Some(new) = new
    {
        *held = Some(new.as_ref().to_owned());
    }
}

fn keep_first_text(held: &mut String, new: Option<String>) {
    if held.is_empty() {
        *held = new.unwrap_or_default();
    }
}
