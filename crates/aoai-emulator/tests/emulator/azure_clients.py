"""Calls the emulator's services with Microsoft's Python clients; run by azure_python.rs."""

import os
import ssl
import urllib.request

import jwt
from azure.core.exceptions import ClientAuthenticationError, ResourceNotFoundError
from azure.identity import ClientSecretCredential, ManagedIdentityCredential
from azure.keyvault.secrets import SecretClient

authority, tenant = os.environ["EMULATOR_AUTHORITY"], os.environ["EMULATOR_TENANT"]
client, certificate = os.environ["EMULATOR_CLIENT"], os.environ["EMULATOR_CERTIFICATE"]
passed = 0


def check(condition):
    global passed
    assert condition
    passed += 1


def credential(secret):
    return ClientSecretCredential(
        tenant,
        client,
        secret,
        authority=authority,
        connection_verify=certificate,
        disable_instance_discovery=True,
    )


app = credential(os.environ["EMULATOR_SECRET"])
scope = "https://cognitiveservices.azure.com/.default"
token = app.get_token(scope).token

trust = ssl.create_default_context(cafile=certificate)
keys = jwt.PyJWKClient(f"{authority}/{tenant}/discovery/v2.0/keys", ssl_context=trust)
claims = jwt.decode(
    token,
    keys.get_signing_key_from_jwt(token).key,
    algorithms=["RS256"],
    audience="https://cognitiveservices.azure.com",
    issuer=f"{authority}/{tenant}/v2.0",
)
check(claims["appid"] == client)

models = f"{os.environ['EMULATOR_ENDPOINT']}/openai/v1/models"
for bearer in (token, ManagedIdentityCredential().get_token(scope).token):
    request = urllib.request.Request(models, headers={"Authorization": f"Bearer {bearer}"})
    check(urllib.request.urlopen(request).status == 200)

try:
    credential("fake-wrong-secret").get_token(scope)
except ClientAuthenticationError as error:
    check("AADSTS7000215" in str(error))

vault = SecretClient(
    vault_url=authority,
    credential=app,
    connection_verify=certificate,
    verify_challenge_resource=False,
)
check(vault.get_secret("aoai-key").value == os.environ["EMULATOR_KEY"])
stored = vault.set_secret("another", "fake-value")
check(vault.get_secret("another", stored.properties.version).value == "fake-value")
versions = list(vault.list_properties_of_secret_versions("another"))
check([version.version for version in versions] == [stored.properties.version])
try:
    vault.get_secret("missing")
except ResourceNotFoundError as error:
    check("SecretNotFound" in str(error))

print(passed, "checks passed")
