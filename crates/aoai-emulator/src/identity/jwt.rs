//! Tokens: JSON Web Tokens, signed with RS256.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{self, KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// What a token claims.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Claims {
    pub(super) audience: String,
    pub(super) issuer: String,
    pub(super) object_id: String,
    pub(super) client_id: String,
    pub(super) tenant: String,
    /// Seconds since 1970, as is the next.
    pub(super) issued: u64,
    pub(super) expires: u64,
}

/// Signs a tenant's tokens.
///
/// All tenants of a process share one key, made on the first use: that takes a while, and a token
/// names its issuer anyway.
#[derive(Default)]
pub(super) struct Signer {
    #[cfg(test)]
    own: Option<KeyPair>,
}

impl Signer {
    /// A token that claims this.
    pub(super) fn sign(&self, claims: &Claims) -> String {
        let header = json!({"alg": "RS256", "kid": self.id(), "typ": "JWT"});
        let message = format!("{}.{}", encode(&header), encode(&claims.json()));
        let mut signature = vec![0; self.key().public_modulus_len()];
        self.key()
            .sign(
                &signature::RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message.as_bytes(),
                &mut signature,
            )
            .expect("a key of 2048 bits signs SHA-256");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// What a token claims, if this key has signed it.
    pub(super) fn verify(&self, token: &str) -> Option<Claims> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let header = decode(header)?;
        if header["alg"] != "RS256" || header["kid"] != self.id() {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.key().public_key());
        public.verify(message.as_bytes(), &signature).ok()?;
        Claims::read(&decode(claims)?)
    }

    /// The public half, as a JSON Web Key Set.
    pub(super) fn key_set(&self) -> Value {
        let public = self.key().public_key();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({"keys": [{
            "alg": "RS256",
            "e": number(public.exponent().big_endian_without_leading_zero()),
            "kid": self.id(),
            "kty": "RSA",
            "n": number(public.modulus().big_endian_without_leading_zero()),
            "use": "sig",
        }]})
    }

    #[cfg_attr(
        not(test),
        expect(clippy::unused_self, reason = "tests have other keys")
    )]
    fn key(&self) -> &KeyPair {
        #[cfg(test)]
        if let Some(own) = &self.own {
            return own;
        }
        &KEY
    }

    fn id(&self) -> String {
        format!(
            "{:016x}",
            crate::text::hash(self.key().public_key().as_ref())
        )
    }
}

impl Claims {
    fn json(&self) -> Value {
        json!({
            "appid": self.client_id,
            "appidacr": "1",
            "aud": self.audience,
            "exp": self.expires,
            "iat": self.issued,
            "idtyp": "app",
            "iss": self.issuer,
            "nbf": self.issued,
            "oid": self.object_id,
            "sub": self.object_id,
            "tid": self.tenant,
            "ver": "1.0",
        })
    }

    fn read(json: &Value) -> Option<Self> {
        let text = |name: &str| Some(json[name].as_str()?.to_owned());
        Some(Self {
            audience: text("aud")?,
            issuer: text("iss")?,
            object_id: text("oid")?,
            client_id: text("appid")?,
            tenant: text("tid")?,
            issued: json["nbf"].as_u64()?,
            expires: json["exp"].as_u64()?,
        })
    }
}

fn make_key() -> KeyPair {
    KeyPair::generate(KeySize::Rsa2048).expect("the machine has random numbers")
}

static KEY: LazyLock<KeyPair> = LazyLock::new(make_key);

fn encode(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

fn decode(text: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        Claims {
            audience: "https://ai.azure.com".into(),
            issuer: "https://localhost/t/v2.0".into(),
            object_id: "o".into(),
            client_id: "c".into(),
            tenant: "t".into(),
            issued: 1,
            expires: 2,
        }
    }

    #[test]
    fn a_token_says_what_was_signed_and_nothing_else() {
        let signer = Signer::default();
        let token = signer.sign(&claims());
        assert_eq!(signer.verify(&token), Some(claims()));

        let [header, body, signature] = token.split('.').collect::<Vec<_>>()[..] else {
            panic!("{token}")
        };
        let other = encode(
            &Claims {
                object_id: "x".into(),
                ..claims()
            }
            .json(),
        );
        let none = encode(&json!({"alg": "none", "kid": signer.id()}));
        for forged in [
            format!("{header}.{other}.{signature}"),
            format!("{none}.{body}."),
            format!("{none}.{body}.{signature}"),
            format!("{header}.{body}.{}", &signature[..signature.len() - 4]),
            format!("{header}.{body}"),
            "eyJ.eyJ.x".to_owned(),
            String::new(),
        ] {
            assert_eq!(signer.verify(&forged), None, "{forged}");
        }
        let other = Signer {
            own: Some(make_key()),
        };
        assert_eq!(other.verify(&token), None, "another key");
    }
}
