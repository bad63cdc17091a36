//! What the service says when it refuses.

use serde::{Deserialize, Serialize};

/// The service's own words about an error.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ApiError {
    /// For people.
    #[serde(default)]
    pub message: String,
}
