//! Reads chunks that differ from an earlier one in their texts only.
//!
//! Most chunks of a stream are alike but for the text that they add, and the random text that hides
//! its length. Comparing their data with that of an earlier chunk costs a tenth of reading it.
//!
//! Where the texts stand is guessed from the names before them, and proven by a later chunk that is
//! read in full: if its data differs from the earlier one's in those texts only, and the chunks do
//! so too, then the texts stand where they were looked for, whatever they will be. For all else
//! that the data says stays the same, and a text decides nothing but itself.

use super::{ChatCompletionChunk, Delta};
use crate::operation::StreamEvent as _;

/// The template in use, and the one that waits for its proof.
#[derive(Debug, Default)]
pub(super) struct Templates {
    proven: Option<Box<Template>>,
    guessed: Option<Box<Template>>,
}

impl Templates {
    /// The chunk, where it differs from the template in texts only.
    #[inline]
    pub(super) fn read(&self, data: &str) -> Option<ChatCompletionChunk> {
        let template = self.proven.as_ref()?;
        template.fill(&template.texts(data)?)
    }

    /// Takes note of a chunk that was read in full.
    #[inline]
    pub(super) fn learn(&mut self, data: &str, chunk: &ChatCompletionChunk) {
        if let Some(guessed) = &self.guessed
            && let Some(texts) = guessed.texts(data)
        {
            if guessed.is_proven_by(&texts, chunk) {
                self.proven = self.guessed.take();
            }
        } else if chunk.is_output() {
            // Others, such as the first with the role, have no like.
            self.guessed = Template::guess(data, chunk).map(Box::new);
        }
    }
}

/// A chunk and the data it was read from.
#[derive(Debug)]
struct Template {
    data: Box<str>,
    gaps: Box<[Gap]>,
    /// The chunk, empty where the gaps are.
    chunk: ChatCompletionChunk,
}

/// Where a text stands in the data, the quotes excluded.
#[derive(Debug)]
struct Gap {
    field: Field,
    start: usize,
    end: usize,
}

/// A text that changes from chunk to chunk.
#[derive(Clone, Copy, Debug)]
enum Field {
    Content,
    Reasoning,
    Arguments,
    Obfuscation,
}

impl Field {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Content, "\"content\":\""),
        (Self::Reasoning, "\"reasoning_content\":\""),
        (Self::Arguments, "\"arguments\":\""),
        (Self::Obfuscation, "\"obfuscation\":\""),
    ];

    fn of(self, chunk: &mut ChatCompletionChunk) -> Option<&mut String> {
        if matches!(self, Self::Obfuscation) {
            return chunk.obfuscation.as_mut();
        }
        let delta: &mut Delta = chunk.choices.first_mut()?.delta.as_mut()?;
        match self {
            Self::Content => delta.content.as_mut(),
            Self::Reasoning => delta.reasoning_content.as_mut(),
            _ => {
                let call = delta.tool_calls.as_mut()?.first_mut()?;
                call.function.as_mut()?.arguments.as_mut()
            }
        }
    }
}

/// Texts as they stand in the data, in the order of a template's gaps.
type Texts<'a> = [&'a str; Field::ALL.len()];

impl Template {
    /// Guesses where the texts stand: at their names, if they stand there as they are.
    #[inline]
    fn guess(data: &str, chunk: &ChatCompletionChunk) -> Option<Self> {
        // A chunk without choices has no text worth the copy.
        chunk.choices.first()?;
        let mut chunk = chunk.clone();
        let mut gaps = Vec::with_capacity(Field::ALL.len());
        for (field, name) in Field::ALL {
            let Some(text) = field.of(&mut chunk) else {
                continue;
            };
            let start = data.find(name)? + name.len();
            let end = start + end_of_text(&data[start..])?;
            if *text != data[start..end] {
                return None;
            }
            text.clear();
            gaps.push(Gap { field, start, end });
        }
        gaps.sort_unstable_by_key(|gap| gap.start);
        (!gaps.is_empty()).then(|| Self {
            data: data.into(),
            gaps: gaps.into(),
            chunk,
        })
    }

    /// Whether a later chunk, whose data differs in these texts only, does so itself.
    #[inline]
    fn is_proven_by(&self, texts: &Texts<'_>, chunk: &ChatCompletionChunk) -> bool {
        // A text with escapes may look different and be the same.
        let differ = self
            .gaps
            .iter()
            .zip(texts)
            .all(|(gap, text)| self.data[gap.start..gap.end] != **text && !text.contains('\\'));
        differ && self.fill(texts).as_ref() == Some(chunk)
    }

    /// The texts of data that differs from the template's in nothing else.
    fn texts<'a>(&self, data: &'a str) -> Option<Texts<'a>> {
        let mut texts = Texts::default();
        let mut rest = data;
        let mut place = 0;
        for (gap, text) in self.gaps.iter().zip(&mut texts) {
            rest = rest.strip_prefix(&self.data[place..gap.start])?;
            (*text, rest) = rest.split_at(end_of_text(rest)?);
            place = gap.end;
        }
        (*rest == self.data[place..]).then_some(texts)
    }

    /// The chunk with these texts.
    #[inline]
    fn fill(&self, texts: &Texts<'_>) -> Option<ChatCompletionChunk> {
        let mut chunk = self.chunk.clone();
        for (gap, text) in self.gaps.iter().zip(texts) {
            *gap.field.of(&mut chunk)? = if text.contains('\\') {
                serde_json::from_str(&format!("\"{text}\"")).ok()?
            } else {
                (*text).to_owned()
            };
        }
        Some(chunk)
    }
}

/// Where the quote is that ends a text; `None` where JSON does not allow the text.
fn end_of_text(data: &str) -> Option<usize> {
    let mut bytes = data.bytes().enumerate();
    loop {
        match bytes.next()? {
            (end, b'"') => return Some(end),
            (_, b'\\') => drop(bytes.next()?),
            (_, 0..0x20) => return None,
            _ => {}
        }
    }
}
