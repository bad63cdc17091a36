//! Specs as their users see them: diagnostics, runs, reports.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

mod budget;
mod cassettes;
mod cli;
mod credentials;
mod drift;
mod formats;
mod forms;
mod fragments;
mod golden;
mod harness;
mod interrupts;
mod leaks;
mod profiles;
mod reports;
mod rules;
mod runner;
mod selection;
mod shared;
mod suites;
mod time;
mod transport;
