//! A writer that can still be read while somebody else writes, and what a run says to people.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use aoai_spec::report::Human;
use aoai_spec::{Event, Report};

#[derive(Clone, Default)]
pub(crate) struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What people are told at the end of a run.
pub(crate) fn summary(report: &Report) -> String {
    let out = Shared::default();
    let mut human = Human::new(out.clone());
    human.event(&Event::Finished(report)).unwrap();
    out.text()
}
