//! One file for each source of credentials.

pub(crate) mod access_token;
pub(crate) mod api_key;
pub(crate) mod dotenv;
#[cfg(feature = "entra")]
pub(crate) mod entra;
pub(crate) mod env;
#[cfg(feature = "key-vault")]
pub(crate) mod key_vault;
pub(crate) mod two_keys;
