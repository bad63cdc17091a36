//! Microsoft's own Python clients against the services that hand out credentials.

use std::io::{self, Write as _};
use std::process::Command;

use crate::support::start_with_identity;

/// Runs where `python3` has the packages; elsewhere it says that it was skipped.
#[tokio::test]
async fn microsofts_python_clients_accept_the_tenant_and_the_vault() {
    let needed = "import azure.identity, azure.keyvault.secrets, jwt";
    let present = Command::new("python3").args(["-c", needed]).output();
    if !present.is_ok_and(|output| output.status.success()) {
        let told = b"skipped: python3 lacks azure-identity, azure-keyvault-secrets or pyjwt\n";
        io::stderr().write_all(told).unwrap();
        return;
    }
    let emulator = start_with_identity().await;
    let services = emulator.services().unwrap();
    let app = services.app("app").unwrap();
    let folder = std::env::temp_dir().join(format!("aoai-emulator-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let certificate = folder.join("certificate.pem");
    std::fs::write(&certificate, services.certificate()).unwrap();
    let output = Command::new("python3")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/emulator/azure_clients.py"
        ))
        .env("EMULATOR_ENDPOINT", emulator.endpoint())
        .env("EMULATOR_AUTHORITY", services.authority())
        .env("EMULATOR_CERTIFICATE", &certificate)
        .env("EMULATOR_TENANT", services.tenant())
        .env("EMULATOR_CLIENT", &app.client_id)
        .env("EMULATOR_SECRET", app.client_secret.as_deref().unwrap())
        .env("EMULATOR_KEY", &emulator.keys()[0])
        .env(
            "IDENTITY_ENDPOINT",
            format!("{}/msi/token", emulator.endpoint()),
        )
        .env("IDENTITY_HEADER", services.identity_header())
        .output()
        .unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "8 checks passed"
    );
}
