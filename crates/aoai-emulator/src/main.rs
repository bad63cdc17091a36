//! `aoai-emulator`: Azure OpenAI on localhost, for programs in any language.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program talks to its user"
)]

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use aoai_emulator::{Config, Emulator};
use serde_json::json;

fn main() -> ExitCode {
    let options = match Options::parse(lexopt::Parser::from_env()) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("error: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if options.help {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    match serve(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Default)]
struct Options {
    port: Option<u16>,
    config: Option<PathBuf>,
    json: bool,
    help: bool,
}

impl Options {
    fn parse(mut parser: lexopt::Parser) -> Result<Self, lexopt::Error> {
        use lexopt::prelude::{Long, Short, ValueExt};

        let mut options = Self::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("port") => options.port = Some(parser.value()?.parse()?),
                Long("config") => options.config = Some(parser.value()?.into()),
                Long("json") => options.json = true,
                Long("help") | Short('h') => options.help = true,
                other => return Err(other.unexpected()),
            }
        }
        Ok(options)
    }
}

/// Serves until the process is ended.
fn serve(options: &Options) -> Result<(), String> {
    let mut config = Config::default();
    if let Some(path) = &options.config {
        let at = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| at(&error))?;
        config = Config::from_yaml(&text).map_err(|error| at(&error))?;
    }
    if let Some(port) = options.port {
        config.port = port;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let port = config.port;
        let emulator = Emulator::start(config).await;
        let emulator = emulator.map_err(|error| format!("port {port}: {error}"))?;
        tell(&emulator, options.json).map_err(|error| error.to_string())?;
        std::future::pending().await
    })
}

fn tell(emulator: &Emulator, as_json: bool) -> std::io::Result<()> {
    let deployments = &emulator.config().deployments;
    let mut out = std::io::stdout().lock();
    if as_json {
        let deployments = deployments.iter().map(|(name, deployment)| {
            (
                name.clone(),
                json!({"model": deployment.model, "sku": deployment.sku}),
            )
        });
        let deployments: serde_json::Map<_, _> = deployments.collect();
        let told = json!({
            "deployments": deployments,
            "endpoint": emulator.endpoint(),
            "keys": emulator.keys(),
        });
        writeln!(out, "{told}")?;
    } else {
        let [first, second] = emulator.keys();
        writeln!(out, "endpoint     {}", emulator.endpoint())?;
        writeln!(out, "key 1        {first}")?;
        writeln!(out, "key 2        {second}")?;
        writeln!(out, "deployments")?;
        for (name, deployment) in deployments {
            writeln!(
                out,
                "  {name:<10} {} ({})",
                deployment.model, deployment.sku
            )?;
        }
        writeln!(out, "\nEnd it with Ctrl-C.")?;
    }
    out.flush()
}

const USAGE: &str = "\
Usage: aoai-emulator [OPTIONS]

Serves Azure OpenAI on 127.0.0.1 and prints its endpoint, keys and deployments.

Options:
  --port N         the port to serve on; 0, the default, is any that is free
  --config FILE    deployments and scripted replies, as YAML
  --json           print one JSON object on one line
  -h, --help       print this help";
