//! What the handlers of each group keep in the store.

pub(crate) use super::files::File;
