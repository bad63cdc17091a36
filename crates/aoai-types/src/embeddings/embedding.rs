//! Vectors, in the form they came in.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer, de};

use super::packed;
use crate::lenient;
use crate::usage::Usage;

/// The vectors of the texts, in the texts' order.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-embedding)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Embeddings {
    /// `list`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The vectors.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub data: Vec<Embedding>,
    /// The model that answered; not the deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What it cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

/// The vector of one text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-embedding)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Embedding {
    /// `embedding`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Which text it is of.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    /// The vector.
    pub embedding: EmbeddingVector,
}

impl Embedding {
    /// The vector; borrowed where it came in base64.
    pub fn as_f32(&self) -> Cow<'_, [f32]> {
        self.embedding.as_f32()
    }

    /// The vector.
    pub fn to_vec(&self) -> Vec<f32> {
        self.as_f32().into_owned()
    }
}

/// A vector, in the form it came in.
///
/// Decimal numbers are kept in the precision they were written with, so that they are written
/// again as they were read; base64 is kept as the numbers it stands for, which is a fraction of its
/// size and loses nothing.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-embedding)
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum EmbeddingVector {
    /// Decimal numbers.
    Floats(Vec<f64>),
    /// Base64 of 32-bit numbers.
    Base64(Vec<f32>),
}

impl EmbeddingVector {
    /// The numbers; borrowed where they came in base64.
    pub fn as_f32(&self) -> Cow<'_, [f32]> {
        match self {
            Self::Floats(numbers) => numbers.iter().copied().map(nearest).collect(),
            Self::Base64(numbers) => Cow::Borrowed(numbers),
        }
    }

    /// How many numbers there are.
    pub const fn len(&self) -> usize {
        match self {
            Self::Floats(numbers) => numbers.len(),
            Self::Base64(numbers) => numbers.len(),
        }
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the model computed in 32 bits at most; the cast rounds to the nearest"
)]
const fn nearest(number: f64) -> f32 {
    number as f32
}

impl fmt::Debug for EmbeddingVector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Floats(numbers) => write!(f, "{} decimal numbers", numbers.len()),
            Self::Base64(numbers) => write!(f, "{} numbers in base64", numbers.len()),
        }
    }
}

impl Serialize for EmbeddingVector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Floats(numbers) => numbers.serialize(serializer),
            Self::Base64(numbers) => serializer.serialize_str(&packed::encode(numbers)),
        }
    }
}

impl<'de> Deserialize<'de> for EmbeddingVector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(VectorVisitor)
    }
}

struct VectorVisitor;

impl<'de> Visitor<'de> for VectorVisitor {
    type Value = EmbeddingVector;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of numbers, or base64 of 32-bit numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut numbers = Vec::with_capacity(seq.size_hint().unwrap_or(DIMENSIONS));
        while let Some(number) = seq.next_element()? {
            numbers.push(number);
        }
        numbers.shrink_to_fit();
        Ok(EmbeddingVector::Floats(numbers))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        packed::decode(text)
            .map(EmbeddingVector::Base64)
            .map_err(E::custom)
    }
}

/// How long most vectors are.
const DIMENSIONS: usize = 1536;
