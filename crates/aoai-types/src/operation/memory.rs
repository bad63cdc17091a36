//! What is remembered from one event of a stream to the next.

use std::any::Any;

/// What is remembered from one event of a stream to the next.
///
/// The events of a stream have much in common; an event type that remembers it need not read it
/// again. One memory serves one stream.
///
/// ```
/// use aoai_types::StreamEvent;
/// use aoai_types::chat::ChatCompletionChunk;
/// use aoai_types::operation::StreamMemory;
///
/// let mut memory = StreamMemory::default();
/// let mut text = String::new();
/// for data in [
///     r#"{"id": "chatcmpl-1", "choices": [{"index": 0, "delta": {"content": "Hel"}}]}"#,
///     r#"{"id": "chatcmpl-1", "choices": [{"index": 0, "delta": {"content": "lo."}}]}"#,
/// ] {
///     let chunk = ChatCompletionChunk::decode_next(data, &mut memory)?;
///     text += chunk.text().unwrap_or_default();
/// }
/// assert_eq!(text, "Hello.");
/// # Ok::<(), aoai_types::operation::DecodeError>(())
/// ```
#[derive(Debug, Default)]
pub struct StreamMemory(Option<Box<dyn Any + Send>>);

impl StreamMemory {
    /// What events of one type remember; empty at first.
    ///
    /// # Panics
    ///
    /// Never: what is remembered is of the type that is asked for, or is replaced.
    pub fn of<T: Any + Default + Send>(&mut self) -> &mut T {
        let held = self.0.get_or_insert_with(|| Box::<T>::default());
        if !held.is::<T>() {
            *held = Box::<T>::default();
        }
        held.downcast_mut().expect("it is of this type by now")
    }
}
