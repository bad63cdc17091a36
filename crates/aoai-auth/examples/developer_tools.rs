//! A token for whoever is logged in to `az` or `azd`.
//!
//! It runs a second time with tools of its own first on the `PATH`, as nobody need be logged in.

#![expect(clippy::print_stdout, reason = "it shows what it found")]

use std::error::Error;
use std::fs;
use std::path::Path;

use aoai_auth::{Audience, Cached, CredentialProvider, Entra, EntraOptions};

#[path = "support/again.rs"]
mod again;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    if again::variable(PLANTED).is_none() {
        let directory = tempfile::tempdir()?;
        plant(directory.path(), "az", AZ)?;
        plant(directory.path(), "azd", AZD)?;
        let path = again::variable("PATH").unwrap_or_default();
        let path = format!("{}:{path}", directory.path().display());
        return again::run([("PATH", path), (PLANTED, "yes".to_owned())]);
    }
    let options = EntraOptions::new()?;
    let az = Cached::new(Entra::azure_cli(&options));
    println!("az: {:?}", az.credential(&Audience::AI).await?.credential);
    let azd = Cached::new(Entra::azure_developer_cli(&options));
    println!("azd: {:?}", azd.credential(&Audience::AI).await?.credential);
    let either = Cached::new(Entra::developer_tools(&options));
    println!(
        "either: {:?}",
        either.credential(&Audience::AI).await?.credential
    );
    Ok(())
}

/// A tool that prints this.
fn plant(directory: &Path, name: &str, prints: &str) -> std::io::Result<()> {
    let path = directory.join(name);
    fs::write(&path, format!("#!/bin/sh\necho '{prints}'\n"))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

const PLANTED: &str = "EXAMPLE_TOOLS_ARE_PLANTED";
const AZ: &str =
    r#"{"accessToken": "not-a-real-token", "expires_on": 4102444800, "tokenType": "Bearer"}"#;
const AZD: &str = r#"{"token": "not-a-real-token", "expiresOn": "2100-01-01T00:00:00Z"}"#;
