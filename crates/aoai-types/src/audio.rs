//! Speech to text and back.

pub use self::event::{
    TranscriptDelta, TranscriptDone, TranscriptEvent, TranscriptEventKind, TranscriptSegment,
    TranscriptionAccumulator,
};
pub use self::speech::CreateSpeech;
pub use self::transcription::{
    AudioFormat, Segment, Transcription, TranscriptionUsage, VerboseTranscription, Word,
};
pub use self::transcriptions::CreateTranscription;
pub use self::translations::CreateTranslation;

mod event;
mod speech;
mod transcription;
mod transcriptions;
mod translations;
