//! Many streams at once, some of which meet a fault: each must end as its fault says, and nothing
//! may be left of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aoai_auth::ApiKey;
use aoai_emulator::{Config, Cut, Emulator, Fault, InBand, Instructions, Omission};
use aoai_http::{CallOptions, Client, ErrorKind, RetryOptions, Timeouts};
use aoai_types::chat::{CreateChatCompletion, Message};
use http::HeaderValue;

/// How much is to be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How many streams are open at a time.
    pub(crate) streams: usize,
    /// One call in so many meets a fault; the faults take turns.
    pub(crate) fault_every: usize,
    /// How long a stream may be silent.
    pub(crate) idle: Duration,
}

/// What became of the calls: for each fault and outcome, how often.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(BTreeMap<(&'static str, Outcome), usize>);

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// With the whole text, after so many attempts.
    Whole(usize),
    /// By an error of this kind, after some of the text.
    Error(&'static str),
    /// By an error of this kind, before any of it.
    Failed(&'static str),
    /// It was given up by its caller.
    Dropped,
    /// With a text that is not the answer's.
    Odd,
}

/// The faults, and how a call that meets one must end.
fn faults() -> [(&'static str, Fault, Outcome); 11] {
    let stalled = {
        let mut fault = Fault::default();
        fault.stall = Some(SOME);
        fault
    };
    let told = |after| {
        let mut fault = Fault::default();
        let mut event = InBand::default();
        event.after = after;
        fault.event = Some(event);
        fault
    };
    let endless = {
        let mut fault = Fault::default();
        fault.omit = vec![Omission::Done];
        fault
    };
    let soon = |status| Fault::status(status).header("retry-after-ms", "20");
    let error = |kind: ErrorKind| Outcome::Error(kind.as_str());
    [
        ("429", soon(429), Outcome::Whole(2)),
        ("500", Fault::status(500), Outcome::Whole(2)),
        ("503", soon(503), Outcome::Whole(2)),
        (
            "no connection",
            Fault::cut(Cut::Connection),
            Outcome::Whole(2),
        ),
        ("cut early", Fault::cut(Cut::Events(1)), Outcome::Whole(2)),
        ("error early", told(1), Outcome::Whole(2)),
        (
            "cut",
            Fault::cut(Cut::Events(SOME)),
            error(ErrorKind::Truncated),
        ),
        ("error", told(SOME), error(ErrorKind::Capacity)),
        ("silence", stalled, error(ErrorKind::Timeout)),
        ("no end", endless, error(ErrorKind::Truncated)),
        ("dropped", Fault::default(), Outcome::Dropped),
    ]
}

/// After so many events a part of the text has come.
const SOME: usize = 4;

const TEXT: &str = "one two three four five six seven eight nine ten eleven twelve";

/// The emulator, and the client that calls it.
pub(crate) struct Soak {
    emulator: Emulator,
    client: Client,
    plan: Plan,
    faults: [(&'static str, Fault, Outcome); 11],
    tally: Mutex<Tally>,
}

impl Soak {
    pub(crate) async fn start(plan: Plan) -> Result<Arc<Self>, Box<dyn std::error::Error>> {
        let emulator = Emulator::start(Config::default()).await?;
        let mut retry = RetryOptions::new();
        retry.backoff = Duration::from_millis(20);
        // As many fail as the plan says; this is no outage to be held back in.
        retry.max_retries = 1;
        let mut timeouts = Timeouts::new();
        timeouts.idle = Some(plan.idle);
        // So many connections at once are more than a server accepts in a moment.
        timeouts.connect = None;
        let [key, _] = emulator.keys();
        let client = Client::builder(emulator.endpoint())
            .credential(ApiKey::new(key))
            .retry(retry)
            .timeouts(timeouts)
            .build()?;
        Ok(Arc::new(Self {
            emulator,
            client,
            plan,
            faults: faults(),
            tally: Mutex::default(),
        }))
    }

    /// Keeps all streams busy as long as `go_on` says so, which is asked for each call with its
    /// number.
    pub(crate) async fn run(
        self: &Arc<Self>,
        go_on: impl Fn(usize) -> bool + Send + Sync + 'static,
    ) {
        let go_on = Arc::new(go_on);
        let next = Arc::new(Mutex::new(0));
        let mut streams = Vec::with_capacity(self.plan.streams);
        for stream in 0..self.plan.streams {
            let (soak, go_on, next) = (Arc::clone(self), Arc::clone(&go_on), Arc::clone(&next));
            streams.push(tokio::spawn(async move {
                loop {
                    let call = {
                        let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
                        *next += 1;
                        *next - 1
                    };
                    if !go_on(call) {
                        return;
                    }
                    let (fault, outcome) = soak.call(stream, call).await;
                    let mut tally = soak.tally.lock().unwrap_or_else(PoisonError::into_inner);
                    *tally.0.entry((fault, outcome)).or_default() += 1;
                }
            }));
        }
        for stream in streams {
            stream.await.expect("a stream's task panicked");
        }
    }

    /// One call, by the name of its stream.
    async fn call(&self, stream: usize, call: usize) -> (&'static str, Outcome) {
        let every = self.plan.fault_every;
        let met =
            (call % every == every - 1).then(|| &self.faults[call / every % self.faults.len()]);
        let id = format!("soak-{stream}");
        let mut instructions = Instructions::reply(TEXT);
        instructions.faults = met.map(|(_, fault, _)| fault.clone()).into_iter().collect();
        self.emulator.instruct(&*id, instructions);
        let id = HeaderValue::try_from(id).expect("a name of letters and digits");
        let client = self.client.with(CallOptions::new().client_request_id(id));
        let chat = CreateChatCompletion::new("chat", [Message::user("Count to twelve.")]);
        let (name, drops) = match met {
            Some((name, _, outcome)) => (*name, *outcome == Outcome::Dropped),
            None => ("none", false),
        };
        let mut events = match client.stream(&chat).await {
            Ok(events) => events,
            Err(error) => return (name, Outcome::Failed(error.kind().as_str())),
        };
        let attempts = events.attempts().len();
        let mut text = String::new();
        while let Some(event) = events.next().await {
            match event {
                Ok(event) => text += event.text().unwrap_or_default(),
                Err(_) if !TEXT.starts_with(&text) => return (name, Outcome::Odd),
                Err(error) if text.is_empty() => {
                    return (name, Outcome::Failed(error.kind().as_str()));
                }
                Err(error) => return (name, Outcome::Error(error.kind().as_str())),
            }
            if drops && !text.is_empty() {
                return (name, Outcome::Dropped);
            }
        }
        if text == TEXT {
            (name, Outcome::Whole(attempts))
        } else {
            (name, Outcome::Odd)
        }
    }

    /// What became of the calls so far.
    pub(crate) fn tally(&self) -> Tally {
        let tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.clone()
    }

    /// The calls that did not end as their fault says, as lines to read.
    pub(crate) fn unexplained(&self) -> Vec<String> {
        let tally = self.tally();
        let odd = tally.0.iter().filter(|((name, outcome), _)| {
            let known = self.faults.iter().find(|(fault, _, _)| fault == name);
            let expected = known.map_or(Outcome::Whole(1), |(_, _, outcome)| *outcome);
            *outcome != expected
        });
        odd.map(|((name, outcome), count)| format!("{count} × {name}: {outcome:?}"))
            .collect()
    }
}

impl Tally {
    /// All calls.
    pub(crate) fn calls(&self) -> usize {
        self.0.values().sum()
    }

    /// How many different pairs of fault and outcome there were.
    pub(crate) fn kinds(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((fault, outcome), count) in &self.0 {
            writeln!(f, "{count:>9}  {fault:<14}{outcome:?}")?;
        }
        write!(f, "{:>9}  calls", self.calls())
    }
}
