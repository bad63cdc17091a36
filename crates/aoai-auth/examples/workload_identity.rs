//! A token for a pod in Kubernetes, by the variables and the file that its webhook sets.

#![expect(clippy::print_stdout, reason = "it shows what it found")]

use std::error::Error;
use std::io::Write as _;

use aoai_auth::{Audience, Cached, CredentialProvider, Entra};

#[path = "support/azure.rs"]
mod azure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (_emulator, services, options) = azure::start().await?;
    let app = services.app("app").ok_or("there is no such application")?;
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(b"not.a.token")?;
    let variables = [
        ("AZURE_TENANT_ID", services.tenant().to_owned()),
        ("AZURE_CLIENT_ID", app.client_id.clone()),
        (
            "AZURE_FEDERATED_TOKEN_FILE",
            file.path().display().to_string(),
        ),
    ];

    // In a pod: `Entra::workload_identity(&options)`.
    let lookup = move |name: &str| {
        let mut variables = variables.iter();
        let (_, value) = variables.find(|(known, _)| *known == name)?;
        Some(value.clone())
    };
    let provider = Cached::new(Entra::workload_identity_in(&options, lookup));
    let issued = provider.credential(&Audience::AI).await?;
    println!("{:?}: {:?}", issued.source, issued.credential);
    Ok(())
}
