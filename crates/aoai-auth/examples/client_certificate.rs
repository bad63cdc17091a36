//! A token for an application that proves itself with a certificate, which the program `openssl`
//! makes here.

#![expect(clippy::print_stdout, reason = "it shows what it found")]

use std::error::Error;
use std::process::Command;

use aoai_auth::{Audience, Cached, CredentialProvider, Entra, Secret};

#[path = "support/azure.rs"]
mod azure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (_emulator, services, options) = azure::start().await?;
    let app = services.app("app").ok_or("there is no such application")?;
    let directory = tempfile::tempdir()?;
    for arguments in [
        "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 1 -subj /CN=example",
        "pkcs12 -export -inkey key.pem -in cert.pem -out both.p12 -passout pass:not-a-real-password",
    ] {
        let mut openssl = Command::new("openssl");
        let made = openssl.args(arguments.split(' ')).current_dir(&directory);
        if !made.output()?.status.success() {
            return Err("openssl makes no certificate".into());
        }
    }
    let certificate = std::fs::read(directory.path().join("both.p12"))?;

    let (tenant, client) = (services.tenant(), app.client_id.as_str());
    let password = Some(Secret::from("not-a-real-password"));
    let entra = Entra::client_certificate(tenant, client, certificate, password, &options);
    let issued = Cached::new(entra).credential(&Audience::AI).await?;
    println!("{:?}: {:?}", issued.source, issued.credential);
    Ok(())
}
