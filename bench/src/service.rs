//! The emulator and the spec runner: calls per second of one core, specs per second, memory.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use aoai_emulator::{Config, Emulator};
use aoai_spec::Runner;
use tokio::runtime::Builder;

use crate::client::{Client as _, Events as _, Floor, say};
use crate::report::Table;
use crate::time::cpu_time;

/// Serves as the emulator until the process is ended; tells its endpoint on the first line.
pub async fn emulate() -> Result<()> {
    let emulator = Emulator::start(config()?).await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", emulator.endpoint())?;
    stdout.flush()?;
    std::future::pending().await
}

/// Calls per second of the emulator's CPU time, its memory, and a suite of specs against it.
pub async fn rows() -> Result<Table> {
    let mut table = Table::new(SERVICE, "of one core");
    let emulator = Process::start()?;
    let client = Floor::new(&emulator.endpoint)?;
    client.chat().await?;
    let before = emulator.cpu_seconds()?;
    for _ in 0..CALLS {
        client.chat().await?;
    }
    let seconds = emulator.cpu_seconds()? - before;
    table.put("emulator: chat calls", PER_SECOND, CALLS as f64 / seconds);
    let before = emulator.cpu_seconds()?;
    for _ in 0..CALLS / 4 {
        let mut events = client.stream().await?;
        while events.next().await?.is_some() {}
    }
    let seconds = emulator.cpu_seconds()? - before;
    table.put(
        "emulator: streams",
        PER_SECOND,
        CALLS as f64 / 4.0 / seconds,
    );
    table.put("emulator: memory", "MB", emulator.megabytes()?);

    let before = cpu_time();
    run_specs(SPECS).await?;
    let seconds = cpu_time().saturating_sub(before).as_secs_f64();
    let row = "spec runner: 1,000 specs, emulator in the same process";
    table.put(row, PER_SECOND, SPECS as f64 / seconds);
    Ok(table)
}

/// Runs so many specs, fifty to a file, against an emulator in this process.
pub async fn run_specs(specs: usize) -> Result<()> {
    let root = std::env::temp_dir().join(format!("aoai-bench-specs-{}", std::process::id()));
    fs::create_dir_all(&root)?;
    for file in 0..specs.div_ceil(IN_A_FILE) {
        let here = IN_A_FILE.min(specs - file * IN_A_FILE);
        let documents: Vec<String> = (0..here).map(|at| spec(file * IN_A_FILE + at)).collect();
        fs::write(root.join(format!("{file}.yaml")), documents.join("---\n"))?;
    }
    let emulator = Arc::new(Emulator::start(config()?).await?);
    let report = Runner::new(&root)
        .emulator(emulator)
        .run()
        .await
        .into_result();
    fs::remove_dir_all(&root)?;
    let report = report?;
    ensure!(report.is_ok(), "a spec failed");
    ensure!(report.specs.len() == specs, "not every spec was run");
    Ok(())
}

/// Runs a spec that expects each of so many entries of an answer, `rounds` times.
pub fn run_spec_of_entries(entries: usize, rounds: usize) -> Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let emulator = Arc::new(Emulator::start(config()?).await?);
        for _ in 0..rounds {
            let report = Runner::from_text(spec_of_entries(entries))
                .emulator(Arc::clone(&emulator))
                .run()
                .await
                .into_result()?;
            ensure!(report.is_ok(), "the spec failed");
        }
        Ok(())
    })
}

/// A spec that expects each of so many entries of an answer.
pub fn spec_of_entries(entries: usize) -> String {
    let mut spec = String::from(
        "name: a list\n\
         steps:\n\
         \x20 - call: embeddings\n\
         \x20   deployment: vectors\n\
         \x20   body:\n\
         \x20     dimensions: 8\n\
         \x20     input:\n",
    );
    for at in 0..entries {
        let _ = writeln!(spec, "        - tree {at}");
    }
    spec.push_str("    expect:\n      body:\n        data:\n");
    for at in 0..entries {
        let _ = writeln!(spec, "          - {{index: {at}, object: embedding}}");
    }
    spec
}

/// Table: emulator and spec runner.
pub const SERVICE: &str = "Emulator and spec runner";
/// Column: how many a second.
pub const PER_SECOND: &str = "a second";

fn spec(number: usize) -> String {
    format!(
        "name: question {number}\n\
         steps:\n\
         \x20 - call: chat\n\
         \x20   deployment: bench\n\
         \x20   body:\n\
         \x20     messages: [{{role: user, content: \"Which tree is number {number}?\"}}]\n\
         \x20   expect:\n\
         \x20     status: 200\n\
         \x20     text: $nonempty\n\
         \x20     finish: stop\n\
         \x20     body:\n\
         \x20       object: chat.completion\n\
         \x20       choices: [{{message: {{role: assistant}}}}]\n"
    )
}

fn config() -> Result<Config> {
    let mut config = Config::from_yaml(
        "deployments:\n\
             \x20 bench: {model: gpt-4o-mini, capacity: 1000000}\n\
             \x20 vectors: {model: text-embedding-3-small, capacity: 1000000}\n",
    )?;
    config.keys = Some([say::KEY.to_owned(), format!("{}-2", say::KEY)]);
    Ok(config)
}

/// The emulator in a process of its own; it ends when this is dropped.
struct Process {
    child: Child,
    endpoint: String,
}

impl Process {
    fn start() -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("emulate")
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().context("the emulator has no output")?;
        let mut endpoint = String::new();
        BufReader::new(stdout).read_line(&mut endpoint)?;
        let endpoint = endpoint.trim().to_owned();
        Ok(Self { child, endpoint })
    }

    /// CPU time so far, which the kernel tells in hundredths of a second.
    fn cpu_seconds(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let (_, after_name) = stat.rsplit_once(')').context("a process has a name")?;
        let fields = after_name.split_whitespace().skip(11).take(2);
        let ticks: Vec<f64> = fields.map(str::parse).collect::<Result<_, _>>()?;
        Ok(ticks.iter().sum::<f64>() / 100.0)
    }

    fn megabytes(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kilobytes: f64 = kilobytes
            .context("the kernel tells no memory")?
            .trim()
            .parse()?;
        Ok(kilobytes / 1e3)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only where the child has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const CALLS: usize = 20_000;
const SPECS: usize = 1_000;
const IN_A_FILE: usize = 50;
