//! Embeddings: texts in, vectors out.
//!
//! ```
//! use aoai_types::embeddings::CreateEmbedding;
//!
//! let request = CreateEmbedding::new("text-embedding-3-small", ["The sea.", "A mountain."]);
//! ```

pub use self::create::{CreateEmbedding, EncodingFormat};
pub use self::embedding::{Embedding, EmbeddingVector, Embeddings};

mod create;
mod embedding;
mod packed;
