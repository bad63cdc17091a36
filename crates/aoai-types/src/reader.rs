//! Reads the JSON of an answer, in two thirds of the instructions that a general reader takes.
//!
//! It reads what answers are made of, and has strings with escapes and rare numbers read by
//! `serde_json`, one by one. It gives up at anything else: at what is wrong, and where a type asks
//! for something unusual. `serde_json` then reads the text from its beginning, so it alone decides
//! what is right and says what is not. What this reader does read is what `serde_json` would: tests
//! hold the two against each other over arbitrary texts and types.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{BorrowedStrDeserializer, MapDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error, IgnoredAny, Visitor};
use serde_json::Number;

use self::entries::{Entries, Name};
use self::scan::{DIGITS, EXACT, POWERS, digits, length_of_plain};

/// Methods that do the same, whatever else they are told.
macro_rules! methods {
    ($self:ident, $visitor:ident => $read:expr; $($method:ident($($argument:ty),*))*) => {
        $(#[inline]
        fn $method<V: Visitor<'de>>(
            $self,
            $(_: $argument,)*
            $visitor: V,
        ) -> Read<V::Value> {
            $read
        })*
    };
}

mod entries;
mod scan;

/// Reads a whole text, if it can.
pub(crate) fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Option<T> {
    let mut reader = Reader {
        text,
        at: 0,
        room: DEPTH,
    };
    let value = T::deserialize(&mut reader).ok()?;
    reader.next().is_none().then_some(value)
}

/// How deep arrays and objects may stand in each other, as for `serde_json`.
const DEPTH: u8 = 127;

/// Why there is no value: somebody else has to look.
#[derive(Debug)]
struct GivenUp;

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not read")
    }
}

impl std::error::Error for GivenUp {}

impl Error for GivenUp {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Read<T> = Result<T, GivenUp>;

/// A text, and the place in it.
struct Reader<'de> {
    text: &'de str,
    at: usize,
    /// How many arrays and objects may still be opened.
    room: u8,
}

impl<'de> Reader<'de> {
    /// The next byte that is no white space; it stays.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        match self.text.as_bytes().get(self.at) {
            Some(..=b' ') => self.after_white_space(),
            next => next.copied(),
        }
    }

    #[inline(never)]
    fn after_white_space(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let white = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        let length = rest.iter().position(|byte| !white(byte))?;
        self.at += length;
        Some(rest[length])
    }

    #[inline]
    fn take(&mut self, byte: u8) -> Read<()> {
        if self.next() != Some(byte) {
            return Err(GivenUp);
        }
        self.at += 1;
        Ok(())
    }

    #[inline]
    fn word<T>(&mut self, word: &str, value: T) -> Read<T> {
        let rest = &self.text.as_bytes()[self.at..];
        if !rest.starts_with(word.as_bytes()) {
            return Err(GivenUp);
        }
        self.at += word.len();
        Ok(value)
    }

    /// A string, whose opening quote comes next.
    #[inline]
    fn string<V: Visitor<'de>>(&mut self, visitor: V) -> Read<V::Value> {
        let rest = &self.text[self.at + 1..];
        let length = length_of_plain(rest.as_bytes());
        if rest.as_bytes().get(length) != Some(&b'"') {
            return visitor.visit_string(self.by_serde_json()?);
        }
        self.at += length + 2;
        visitor.visit_borrowed_str(&rest[..length])
    }

    #[inline]
    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> Read<V::Value> {
        let rest = &self.text.as_bytes()[self.at..];
        let (number, length) = digits(rest, 0);
        let more = matches!(rest.get(length), Some(b'.' | b'e' | b'E'));
        let padded = length > 1 && rest[0] == b'0';
        if length == 0 && rest.first() != Some(&b'-') {
            return Err(GivenUp);
        }
        if length == 0 || length > DIGITS || padded || more {
            let number: Number = self.by_serde_json()?;
            return number.deserialize_any(visitor).or(Err(GivenUp));
        }
        self.at += length;
        visitor.visit_u64(number)
    }

    /// A number with a point, for somebody who asks for a float and does not want its digits.
    #[inline]
    #[expect(
        clippy::cast_precision_loss,
        reason = "only numbers that a float holds are cast"
    )]
    fn decimal(&mut self) -> Option<f64> {
        let rest = &self.text.as_bytes()[self.at..];
        let sign = usize::from(rest.first() == Some(&b'-'));
        let (whole, before) = digits(&rest[sign..], 0);
        let point = sign + before;
        if before == 0 || before > 1 && rest[sign] == b'0' || rest.get(point) != Some(&b'.') {
            return None;
        }
        let (number, after) = digits(&rest[point + 1..], whole);
        let end = point + 1 + after;
        if after == 0 || matches!(rest.get(end), Some(b'e' | b'E')) {
            return None;
        }
        let number = if before + after <= DIGITS && number <= EXACT {
            // Of two numbers that a float holds the quotient is rounded once, as it must be.
            let number = number as f64 / POWERS[after];
            if sign == 0 { number } else { -number }
        } else {
            let number: f64 = self.text[self.at..self.at + end].parse().ok()?;
            Some(number).filter(|number| number.is_finite())?
        };
        self.at += end;
        Some(number)
    }

    /// What comes next, if it is a string or a number that takes more than this reader knows.
    #[inline(never)]
    fn by_serde_json<T: DeserializeOwned>(&mut self) -> Read<T> {
        let rest = serde_json::Deserializer::from_str(&self.text[self.at..]);
        let mut values = rest.into_iter();
        let value = values.next().and_then(Result::ok).ok_or(GivenUp)?;
        self.at += values.byte_offset();
        Ok(value)
    }

    /// A value as it is written.
    fn raw(&mut self) -> Read<&'de str> {
        self.next();
        let start = self.at;
        IgnoredAny::deserialize(&mut *self)?;
        Ok(&self.text[start..self.at])
    }

    #[inline]
    fn object<V: Visitor<'de>>(&mut self, visitor: V) -> Read<V::Value> {
        self.open()?;
        let value = visitor.visit_map(Entries::of(self))?;
        self.close(b'}')?;
        Ok(value)
    }

    #[inline]
    fn array<V: Visitor<'de>>(&mut self, visitor: V) -> Read<V::Value> {
        self.open()?;
        let value = visitor.visit_seq(Entries::of(self))?;
        self.close(b']')?;
        Ok(value)
    }

    #[inline]
    fn open(&mut self) -> Read<()> {
        self.at += 1;
        self.room = self.room.checked_sub(1).ok_or(GivenUp)?;
        Ok(())
    }

    #[inline]
    fn close(&mut self, bracket: u8) -> Read<()> {
        self.room += 1;
        self.take(bracket)
    }
}

/// What the members of a struct or the variants of an enum are called.
type Names = &'static [&'static str];

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = GivenUp;

    methods! {
        self, visitor => match self.next() {
            Some(b'"') => self.string(visitor),
            Some(b'{') => self.object(visitor),
            Some(b'[') => self.array(visitor),
            Some(b't') => visitor.visit_bool(self.word("true", true)?),
            Some(b'f') => visitor.visit_bool(self.word("false", false)?),
            Some(b'n') => {
                self.word("null", ())?;
                visitor.visit_unit()
            }
            _ => self.number(visitor),
        };
        deserialize_any() deserialize_ignored_any()
    }

    methods! {
        self, visitor => match self.next() {
            Some(b'"') => self.string(visitor),
            _ => Err(GivenUp),
        };
        deserialize_str() deserialize_string() deserialize_char() deserialize_identifier()
    }

    methods! {
        self, visitor => match self.next() {
            Some(b'{') => self.object(visitor),
            _ => Err(GivenUp),
        };
        deserialize_map() deserialize_struct(&'static str, Names)
    }

    methods! {
        self, visitor => match self.next() {
            Some(b'[') => self.array(visitor),
            _ => Err(GivenUp),
        };
        deserialize_seq() deserialize_tuple(usize) deserialize_tuple_struct(&'static str, usize)
    }

    methods! {
        self, visitor => {
            self.next();
            self.number(visitor)
        };
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64()
    }

    methods! {
        self, visitor => {
            self.next();
            match self.decimal() {
                Some(number) => visitor.visit_f64(number),
                None => self.number(visitor),
            }
        };
        deserialize_f64()
    }

    methods! {
        self, visitor => match self.next() {
            Some(b't') => visitor.visit_bool(self.word("true", true)?),
            _ => visitor.visit_bool(self.word("false", false)?),
        };
        deserialize_bool()
    }

    methods! {
        self, visitor => {
            self.next();
            self.word("null", ())?;
            visitor.visit_unit()
        };
        deserialize_unit() deserialize_unit_struct(&'static str)
    }

    methods! {
        self, visitor => {
            if self.next() != Some(b'n') {
                return visitor.visit_some(self);
            }
            self.word("null", ())?;
            visitor.visit_none()
        };
        deserialize_option()
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Read<V::Value> {
        // JSON that is kept as text asks for its text by a name that only serde_json knows.
        if name.starts_with("$serde_json::") {
            let text = BorrowedStrDeserializer::new(self.raw()?);
            return visitor.visit_map(MapDeserializer::new([(name, text)].into_iter()));
        }
        visitor.visit_newtype_struct(self)
    }

    methods! {
        self, visitor => match self.next() {
            Some(b'"') => visitor.visit_enum(Name(self)),
            _ => Err(GivenUp),
        };
        deserialize_enum(&'static str, Names)
    }

    // A number of single precision may be rounded once or twice, as serde_json is set to.
    methods! {
        self, _visitor => Err(GivenUp);
        deserialize_bytes() deserialize_byte_buf() deserialize_f32()
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use serde::Deserialize;
    use serde_json::Value;

    use super::read;
    use crate::Json;
    use crate::chat::{ChatCompletion, ChatCompletionChunk};
    use crate::embeddings::Embeddings;
    use crate::responses::Response;

    /// That it is read here, and as what `serde_json` reads.
    fn reads<T: for<'de> Deserialize<'de> + PartialEq + Debug>(text: &str) {
        let read = read::<T>(text).unwrap_or_else(|| panic!("given up: {text}"));
        assert_eq!(read, serde_json::from_str(text).unwrap());
    }

    #[test]
    fn what_answers_are_made_of_is_read_here() {
        for text in [
            "null",
            "true",
            "false",
            "0",
            "7",
            "999999999999999999",
            "1000000000000000000",
            "-1",
            "2.5",
            "1e3",
            "18446744073709551615",
            "18446744073709551616",
            "\"\"",
            "\"plain\"",
            r#""a\nb\u00e9\ud83d\ude00\"""#,
            "\"später 明日 🙂\"",
            "[]",
            "{}",
            " [ 1 , 2 ] ",
            "\t{\r\n\"a\" : [ { } , null ] }\n",
        ] {
            reads::<Value>(text);
        }
        reads::<Value>(&format!("{}{}", "[".repeat(127), "]".repeat(127)));
        reads::<Value>(&format!("[{}[]]", "{},[],".repeat(100)));
        reads::<ChatCompletion>(
            r#"{"choices":[{"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},
            "custom_blocklists":{"details":[],"filtered":false},"jailbreak":{"detected":false,
            "filtered":false}},"finish_reason":"stop","index":0,"logprobs":{"content":[{"token":"a",
            "logprob":-0.5,"bytes":[97],"top_logprobs":[]}]},"message":{"content":"One.\n\"Two\"",
            "role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f",
            "arguments":"{\"a\": 1}"}}],"new":{"member":[1]}}}],"created":1774962747,"id":"c",
            "usage":{"completion_tokens":42,"prompt_tokens":23,"total_tokens":65.0}}"#,
        );
        reads::<ChatCompletionChunk>(
            r#"{"choices":[{"delta":{"content":"a"},"finish_reason":null,"index":0}],"usage":null}"#,
        );
        reads::<Embeddings>(r#"{"data":[{"embedding":"AACAPw==","index":0}],"model":"m"}"#);
        reads::<Embeddings>(r#"{"data":[{"embedding":[-0.1,1,2e-3],"index":0}],"model":"m"}"#);
        reads::<Response>(
            r#"{"id": "resp_1", "output": [{"type": "message", "id": "m", "role": "assistant",
            "content": [{"type": "output_text", "text": "a", "annotations": []}]}],
            "tools": [{"type": "function", "name": "f", "parameters": {"z": 1, "a": [2.50]}}]}"#,
        );
        let text = r#" {"z": 1, "a": ["\u00e9", 2.50]} "#;
        assert_eq!(read::<Json>(text).unwrap().as_str(), text.trim());
    }
}
