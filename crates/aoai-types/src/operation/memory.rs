//! What is remembered from one event of a stream to the next.

use std::any::Any;

/// What is remembered from one event of a stream to the next.
///
/// The events of a stream have much in common; an event type that remembers it need not read it
/// again. One memory serves one stream.
#[derive(Debug, Default)]
pub struct StreamMemory(Option<Box<dyn Any + Send>>);

impl StreamMemory {
    /// What events of one type remember; empty at first.
    ///
    /// # Panics
    ///
    /// Never: what is remembered is of the type that is asked for, or is replaced.
    pub fn of<T: Any + Default + Send>(&mut self) -> &mut T {
        let held = self.0.get_or_insert_with(|| Box::<T>::default());
        if !held.is::<T>() {
            *held = Box::<T>::default();
        }
        held.downcast_mut().expect("it is of this type by now")
    }
}
