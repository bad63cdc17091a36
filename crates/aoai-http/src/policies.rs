//! The policies that every client has.

pub(crate) mod authenticate;
pub(crate) mod exchange;
pub(crate) mod request_id;
pub(crate) mod retry;
pub(crate) mod trace;
