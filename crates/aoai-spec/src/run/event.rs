//! What happens in a run.

use std::time::Duration;

use super::{Report, SpecReport};
use crate::model::Spec;

/// What happens in a run.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// It begins.
    Started {
        /// The profile's name.
        profile: &'a str,
        /// How many specs there are to run.
        specs: usize,
        /// How many cells they have.
        cells: usize,
        /// How many files run at once.
        jobs: usize,
    },
    /// A poll waits, or a call that is to be sent again. Waits that take no time are not told.
    Waiting {
        /// The spec.
        spec: &'a Spec,
        /// The step's name.
        step: &'a str,
        /// What is known of what it waits for: the `status` that the last answer's body told.
        state: &'a str,
        /// For how long the step has been at it.
        waited: Duration,
        /// How long it is going to wait.
        next: Duration,
    },
    /// It is to end early: no more tests are begun, and those under way only clean up.
    Interrupted,
    /// A spec has run, in all its cells.
    SpecFinished(&'a SpecReport),
    /// All is over.
    Finished(&'a Report),
}
