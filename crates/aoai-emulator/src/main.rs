//! `aoai-emulator`: Azure OpenAI on localhost, for programs in any language.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program talks to its user"
)]

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

#[cfg(feature = "identity")]
use aoai_emulator::Identity;
use aoai_emulator::{Config, Emulator};
use serde_json::{Map, Value, json};

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
    identity: bool,
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
                Long("identity") => options.identity = true,
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
    if options.identity {
        config.identity.get_or_insert_default();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let port = config.port;
        let emulator = Emulator::start(config)
            .await
            .map_err(|error| match error.kind() {
                ErrorKind::AddrInUse | ErrorKind::PermissionDenied => {
                    format!("port {port}: {error}")
                }
                _ => error.to_string(),
            })?;
        tell(&emulator, options.json).map_err(|error| error.to_string())?;
        std::future::pending().await
    })
}

fn tell(emulator: &Emulator, as_json: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        writeln!(out, "{}", as_object(emulator))?;
    } else {
        write_lines(&mut out, emulator)?;
    }
    out.flush()
}

fn as_object(emulator: &Emulator) -> Value {
    let deployments = emulator
        .config()
        .deployments
        .iter()
        .map(|(name, deployment)| {
            let deployment = json!({"model": deployment.model, "sku": deployment.sku});
            (name.clone(), deployment)
        });
    let mut told = json!({
        "deployments": deployments.collect::<Map<_, _>>(),
        "endpoint": emulator.endpoint(),
        "keys": emulator.keys(),
    });
    let identity = identity(emulator);
    if !identity.is_empty() {
        told["identity"] = identity
            .into_iter()
            .map(|(name, value)| (name.replace(' ', "_"), Value::from(value)))
            .collect();
    }
    told
}

fn write_lines(out: &mut impl Write, emulator: &Emulator) -> std::io::Result<()> {
    let [first, second] = emulator.keys();
    writeln!(out, "endpoint     {}", emulator.endpoint())?;
    writeln!(out, "key 1        {first}")?;
    writeln!(out, "key 2        {second}")?;
    writeln!(out, "deployments")?;
    let deployments = &emulator.config().deployments;
    let width = deployments
        .keys()
        .map(String::len)
        .max()
        .unwrap_or_default();
    for (name, deployment) in deployments {
        writeln!(
            out,
            "  {name:<width$} {} ({})",
            deployment.model, deployment.sku
        )?;
    }
    for (name, value) in identity(emulator) {
        writeln!(out, "{name}: {value}")?;
    }
    writeln!(out, "\nEnd it with Ctrl-C.")
}

/// What a client needs to get at credentials, name by name.
#[cfg(feature = "identity")]
fn identity(emulator: &Emulator) -> Vec<(&'static str, String)> {
    let Some(services) = emulator.services() else {
        return Vec::new();
    };
    let app = services.app("app");
    let secret = app.and_then(|app| app.client_secret.clone());
    vec![
        ("authority", services.authority().to_owned()),
        ("tenant", services.tenant().to_owned()),
        (
            "client id",
            app.map(|app| app.client_id.clone()).unwrap_or_default(),
        ),
        ("client secret", secret.unwrap_or_default()),
        (
            "identity endpoint",
            format!("{}/msi/token", emulator.endpoint()),
        ),
        ("identity header", services.identity_header().to_owned()),
        ("account", services.account().to_owned()),
        ("vault", services.vault()),
        ("vault address", services.address().to_string()),
        ("vault secret", Identity::KEY_SECRET.to_owned()),
        ("certificate", services.certificate().to_owned()),
    ]
}

#[cfg(not(feature = "identity"))]
fn identity(_: &Emulator) -> Vec<(&'static str, String)> {
    Vec::new()
}

const USAGE: &str = "\
Usage: aoai-emulator [OPTIONS]

Serves Azure OpenAI on 127.0.0.1 and prints its endpoint, keys and deployments.

Options:
  --port N         the port to serve on; 0, the default, is any that is free
  --config FILE    deployments and scripted replies, as YAML
  --identity       serve tokens, a vault and the account's keys, too; needs a build with the
                   feature `identity`
  --json           print one JSON object on one line
  -h, --help       print this help";
