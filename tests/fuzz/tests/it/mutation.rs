//! Mutations: what a fuzzer would do to a seed, a few steps of it.

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A seed after some mutations, none of them included.
pub(crate) fn mutated(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let other = select(seeds.clone());
    let mutations = prop::collection::vec(mutation(), 0..6);
    (select(seeds), other, mutations).prop_map(|(mut data, other, mutations)| {
        for mutation in mutations {
            mutation.apply(&mut data, &other);
        }
        data
    })
}

#[derive(Clone, Debug)]
enum Mutation {
    /// Other bytes at a place.
    Put(Index, Vec<u8>),
    /// More bytes at a place.
    Insert(Index, Vec<u8>),
    /// A stretch less.
    Remove(Index, Index),
    /// A stretch several times.
    Repeat(Index, Index, usize),
    /// The end of another seed after a beginning of this one.
    Splice(Index, Index),
    /// A value, up to the next comma or bracket, in place of another.
    Value(Index, &'static str),
    /// Nesting, deeper than any reader should follow.
    Nest(Index, u8, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    let bytes = || prop::collection::vec(any::<u8>(), 1..5);
    prop_oneof![
        2 => (at(), bytes()).prop_map(|(at, bytes)| Mutation::Put(at, bytes)),
        2 => (at(), bytes()).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        2 => (at(), at()).prop_map(|(from, to)| Mutation::Remove(from, to)),
        2 => (at(), at(), 1..8_usize).prop_map(|(from, to, n)| Mutation::Repeat(from, to, n)),
        1 => (at(), at()).prop_map(|(from, to)| Mutation::Splice(from, to)),
        6 => (at(), select(VALUES)).prop_map(|(at, value)| Mutation::Value(at, value)),
        1 => (at(), select(&b"[{\"("[..]), 1..2000_usize)
            .prop_map(|(at, bracket, n)| Mutation::Nest(at, bracket, n)),
    ]
}

impl Mutation {
    fn apply(self, data: &mut Vec<u8>, other: &[u8]) {
        let place = |at: Index, data: &[u8]| at.index(data.len() + 1);
        let stretch = |from: Index, to: Index, data: &[u8]| {
            let [from, to] = [place(from, data), place(to, data)];
            from.min(to)..from.max(to)
        };
        match self {
            Self::Put(at, bytes) => {
                let at = place(at, data);
                let end = data.len().min(at + bytes.len());
                data.splice(at..end, bytes);
            }
            Self::Insert(at, bytes) => {
                let at = place(at, data);
                data.splice(at..at, bytes);
            }
            Self::Remove(from, to) => {
                data.drain(stretch(from, to, data));
            }
            Self::Repeat(from, to, times) => {
                let stretch = stretch(from, to, data);
                let end = stretch.end;
                let more = data[stretch].repeat(times);
                data.splice(end..end, more);
                data.truncate(LONGEST);
            }
            Self::Splice(from, to) => {
                data.truncate(place(from, data));
                data.extend_from_slice(&other[place(to, other)..]);
            }
            Self::Value(at, value) => {
                let at = place(at, data);
                let is_before = |byte: &u8| matches!(byte, b':' | b'[' | b',');
                let Some(begin) = data[at..].iter().position(is_before) else {
                    return;
                };
                let begin = at + begin + 1;
                let is_after = |byte: &u8| matches!(byte, b',' | b']' | b'}');
                let length = data[begin..].iter().position(is_after);
                let end = length.map_or(data.len(), |length| begin + length);
                data.splice(begin..end, value.bytes());
            }
            Self::Nest(at, bracket, times) => {
                let at = place(at, data);
                let open = match bracket {
                    b'{' => b"{\"a\":".repeat(times),
                    bracket => vec![bracket; times],
                };
                data.splice(at..at, open);
            }
        }
    }
}

/// What readers do not expect.
const VALUES: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "1.0",
    "1.5",
    "-0.0",
    "1e400",
    "1e-400",
    "1e19",
    "-1e30",
    "18446744073709551615",
    "9223372036854775807",
    "-9223372036854775808",
    "\"\"",
    "\"7\"",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "\"AAAAAA==\"",
    "\"error\"",
    "\"content_filter\"",
    "[]",
    "{}",
    "[null]",
    "[[]]",
    "{\"type\":\"\"}",
    "{\"error\":{}}",
    "{\"index\":9223372036854775807}",
];

/// How long repetition may make the data.
const LONGEST: usize = 1 << 16;
