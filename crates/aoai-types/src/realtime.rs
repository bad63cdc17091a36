//! Realtime: conversations by voice, over a socket.
//!
//! The socket is not part of this crate; its events are, as [`event::ClientEvent`] and
//! [`event::ServerEvent`]. Both generations of names are known.

pub use self::client_secret::{ClientSecret, ClientSecretExpiry, CreateClientSecret, EphemeralKey};
pub use self::item::{
    RealtimeAudioPart, RealtimeFunctionCall, RealtimeFunctionCallOutput, RealtimeImagePart,
    RealtimeItem, RealtimeMcpApprovalRequest, RealtimeMcpApprovalResponse, RealtimeMcpCall,
    RealtimeMcpListTools, RealtimeMessage, RealtimeOutputAudioPart, RealtimeOutputTextPart,
    RealtimePart, RealtimePlainPart, RealtimeSoundPart, RealtimeTextPart,
};
pub use self::response::{
    CachedTokensDetails, InputTokenDetails, MaxTokens, OutputTokenDetails, RealtimeResponse,
    RealtimeUsage, ResponseParams,
};
pub use self::session::{
    AudioFormat, AudioInput, AudioOutput, AudioTranscription, RealtimeFunction, RealtimeTool,
    Session, SessionAudio, TurnDetection, Voice,
};

pub mod event;

mod client_secret;
mod item;
mod response;
mod session;
