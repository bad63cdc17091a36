//! `POST /realtime/client_secrets`
//!
//! Makes a key that lets a browser or phone open one session.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/realtime-audio-webrtc)

use std::fmt;

use http::Method;
use serde::{Deserialize, Serialize};

use super::Session;
use crate::endpoint::{Endpoint, Scope};
use crate::files::ExpiryAnchor;
use crate::operation::{Extra, Operation};
use crate::timestamp::Timestamp;

/// Makes a key that lets a browser or phone open one session.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/realtime-audio-webrtc)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateClientSecret {
    /// The session it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// How long it can be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<ClientSecretExpiry>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateClientSecret {
    /// Makes a key for this session.
    pub fn new(session: impl Into<Session>) -> Self {
        Self {
            session: Some(session.into()),
            expires_after: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CreateClientSecret {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "realtime.client_secrets.create",
        Method::POST,
        Scope::Resource,
        "/realtime/client_secrets",
    )
    .v1_only()
    .not_repeatable()
    .stateful();
    type Response = ClientSecret;

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}

/// How long a key can be used.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/realtime-audio-webrtc)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClientSecretExpiry {
    /// What the time is counted from.
    pub anchor: ExpiryAnchor,
    /// How many seconds, 10 to 7200.
    #[serde(deserialize_with = "crate::lenient::integer")]
    pub seconds: i64,
}

impl ClientSecretExpiry {
    /// This many seconds after it was made.
    pub const fn seconds(seconds: i64) -> Self {
        Self {
            anchor: ExpiryAnchor::CreatedAt,
            seconds,
        }
    }
}

/// A key that opens one session.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/realtime-audio-webrtc)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClientSecret {
    /// The key.
    pub value: EphemeralKey,
    /// Until when it can be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The session it opens; its own `expires_at` is 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
}

/// A key for one session. It is a secret while it lasts, and [`Debug`](fmt::Debug) does not show it.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/realtime-audio-webrtc)
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EphemeralKey(String);

impl EphemeralKey {
    /// The key itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EphemeralKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EphemeralKey(…)")
    }
}
