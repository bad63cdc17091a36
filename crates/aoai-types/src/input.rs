//! What completions complete and embeddings embed.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IntoDeserializer, SeqAccess, Visitor};
use serde::{Serialize, de};

use crate::lenient::{self, Read};

/// Text or tokens, one or several.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-embedding)
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Input {
    /// One text.
    Text(String),
    /// Several texts, answered in this order.
    Texts(Vec<String>),
    /// One text as token numbers.
    Tokens(Vec<u32>),
    /// Several texts as token numbers, answered in this order.
    TokenLists(Vec<Vec<u32>>),
}

impl From<&str> for Input {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Input {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Input {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Vec<String>> for Input {
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts)
    }
}

impl From<Vec<&str>> for Input {
    fn from(texts: Vec<&str>) -> Self {
        Self::Texts(texts.into_iter().map(str::to_owned).collect())
    }
}

impl<const N: usize> From<[&str; N]> for Input {
    fn from(texts: [&str; N]) -> Self {
        Self::Texts(texts.map(str::to_owned).into())
    }
}

impl From<Vec<u32>> for Input {
    fn from(tokens: Vec<u32>) -> Self {
        Self::Tokens(tokens)
    }
}

impl From<Vec<Vec<u32>>> for Input {
    fn from(lists: Vec<Vec<u32>>) -> Self {
        Self::TokenLists(lists)
    }
}

impl<'de> Deserialize<'de> for Input {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InputVisitor)
    }
}

struct InputVisitor;

impl<'de> Visitor<'de> for InputVisitor {
    type Value = Input;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, a list of strings, a list of token numbers, or a list of such lists")
    }

    fn visit_str<E>(self, text: &str) -> Result<Input, E> {
        Ok(Input::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Input, E> {
        Ok(Input::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Input, A::Error> {
        // The first entry decides what the list is of; an empty one is read as of texts.
        let mut input = match seq.next_element()? {
            None => return Ok(Input::Texts(Vec::new())),
            Some(Entry::Text(text)) => Input::Texts(vec![text]),
            Some(Entry::Token(token)) => Input::Tokens(vec![token]),
            Some(Entry::Tokens(tokens)) => Input::TokenLists(vec![tokens]),
        };
        match &mut input {
            Input::Text(_) => {}
            Input::Texts(texts) => collect(seq, texts, |text| text)?,
            Input::Tokens(tokens) => collect(seq, tokens, |Read(token)| token)?,
            Input::TokenLists(lists) => collect(seq, lists, |Read(tokens)| tokens)?,
        }
        Ok(input)
    }
}

fn collect<'de, R: Deserialize<'de>, T, A: SeqAccess<'de>>(
    mut seq: A,
    into: &mut Vec<T>,
    entry: impl Fn(R) -> T,
) -> Result<(), A::Error> {
    while let Some(read) = seq.next_element()? {
        into.push(entry(read));
    }
    Ok(())
}

/// The first entry of a list.
enum Entry {
    Text(String),
    Token(u32),
    Tokens(Vec<u32>),
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, a token number or a list of token numbers")
    }

    fn visit_str<E>(self, text: &str) -> Result<Entry, E> {
        Ok(Entry::Text(text.to_owned()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Entry, E> {
        lenient::integer(number.into_deserializer()).map(Entry::Token)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Entry, E> {
        lenient::integer(number.into_deserializer()).map(Entry::Token)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Entry, A::Error> {
        let mut tokens = Vec::new();
        collect(&mut seq, &mut tokens, |Read(token)| token)?;
        Ok(Entry::Tokens(tokens))
    }
}
