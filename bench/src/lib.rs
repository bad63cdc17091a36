//! What a call costs: the same jobs done over hyper alone, over reqwest, by a peer and by us.

pub mod alloc;
pub mod callgrind;
pub mod client;
pub mod footprint;
pub mod growth;
pub mod heap;
pub mod job;
pub mod memory;
pub mod payload;
pub mod report;
pub mod scenario;
pub mod server;
pub mod service;
pub mod targets;
pub mod time;
pub mod versions;
