//! Runs, told to people and to programs.
//!
//! Nothing here prints: [`Human`] writes to whatever it is given, the others make texts.

pub use self::human::Human;

pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod junit;
