//! One file for each source of credentials.

pub(crate) mod access_token;
pub(crate) mod api_key;
mod dotenv;
pub(crate) mod env;
