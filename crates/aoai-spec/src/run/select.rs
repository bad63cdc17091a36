//! Which of the planned tests run, and how often.

use std::collections::BTreeSet;
use std::str::FromStr;

/// One of several parts that together hold every test once.
///
/// A test's part depends on its id and the number of parts only, so that other tests come and go
/// without moving it.
///
/// ```
/// use aoai_spec::Shard;
///
/// let first: Shard = "1/2".parse()?;
/// let second: Shard = "2/2".parse()?;
/// let id = "chat/basics::one-word answer [api=v1]";
/// assert!(first.holds(id) != second.holds(id));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: u64,
    of: u64,
}

impl Shard {
    /// Whether the test of this id belongs to it.
    pub fn holds(self, id: &str) -> bool {
        hash(id) % self.of == self.index - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    /// Reads `1/4`: the first of four.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/');
        let parts = parts.and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((index, of)) if 1 <= index && index <= of => Ok(Self { index, of }),
            _ => Err(format!(
                "{text:?} is no shard; the first of four is written 1/4"
            )),
        }
    }
}

/// What is left of the planned tests.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    pub(super) shard: Option<Shard>,
    /// The ids of the tests to run; all where there is none.
    pub(super) tests: Option<BTreeSet<String>>,
}

impl Selection {
    pub(super) fn takes(&self, id: &str) -> bool {
        let in_shard = self.shard.is_none_or(|shard| shard.holds(id));
        let named = self.tests.as_ref().is_none_or(|tests| tests.contains(id));
        in_shard && named
    }
}

/// The name that a test has in every report and in state files: `file::name [axis=value]`.
pub(crate) fn test_id(spec: &str, cell: &str) -> String {
    if cell.is_empty() {
        spec.to_owned()
    } else {
        format!("{spec} [{cell}]")
    }
}

/// FNV-1a with a final mix, as the low bits of FNV alone follow those of the last letter.
fn hash(text: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    let mut hash = text.bytes().fold(start, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_test_is_in_exactly_one_shard(
            ids in proptest::collection::vec(".{0,40}", 0..40),
            of in 1_u64..20,
        ) {
            let shards: Vec<Shard> = (1..=of)
                .map(|index| format!("{index}/{of}").parse().unwrap())
                .collect();
            for id in &ids {
                prop_assert_eq!(shards.iter().filter(|shard| shard.holds(id)).count(), 1);
            }
        }
    }

    #[test]
    fn a_test_stays_in_its_shard_from_release_to_release() {
        let holder = |id: &str| {
            let holds = |index: &u64| format!("{index}/4").parse::<Shard>().unwrap().holds(id);
            (1..=4).find(holds).unwrap()
        };
        let ids = ["a::b", "a::b [api=v1]", "chat/basics::one-word answer", ""];
        assert_eq!(ids.map(holder), [2, 2, 4, 3]);
    }

    #[test]
    fn shards_are_about_equal() {
        let shard: Shard = "3/4".parse().unwrap();
        let ids = (0..1000).map(|n| format!("spec {n}"));
        let held = ids.filter(|id| shard.holds(id)).count();
        assert!((200..300).contains(&held), "{held}");
    }

    #[test]
    fn a_shard_is_a_number_of_a_number() {
        for wrong in ["", "1", "0/4", "5/4", "1/0", "a/b", "1/4/2", "-1/4", " 1/4"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
