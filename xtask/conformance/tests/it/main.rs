//! The conformance check, from outside: documents in, findings and exit status out.

mod generator;
mod own;
mod planted;
mod program;
