//! Vector stores: files cut into passages that can be searched by meaning.

pub use self::filter::{ComparisonFilter, CompoundFilter, Filter};

mod filter;
