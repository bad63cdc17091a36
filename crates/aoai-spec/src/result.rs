//! x
pub(crate) mod shape;
