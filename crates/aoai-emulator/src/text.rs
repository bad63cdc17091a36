//! Texts without a model: tokens, deterministic answers, names.

/// A text's tokens: four characters each, the last one perhaps fewer.
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let at = rest
            .char_indices()
            .nth(TOKEN)
            .map_or(rest.len(), |(at, _)| at);
        let (token, after) = rest.split_at(at);
        tokens.push(token);
        rest = after;
    }
    tokens
}

/// How many tokens a text has.
pub(crate) fn count(text: &str) -> u64 {
    text.chars().count().div_ceil(TOKEN) as u64
}

/// The first `limit` tokens of a text.
pub(crate) fn truncate(text: &str, limit: u64) -> &str {
    let characters = usize::try_from(limit)
        .unwrap_or(usize::MAX)
        .saturating_mul(TOKEN);
    let end = text
        .char_indices()
        .nth(characters)
        .map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// An answer to a prompt that nobody scripted: the same for the same prompt.
pub(crate) fn made_up(prompt: &str, choice: usize) -> String {
    let subject = truncate(prompt.trim(), 20);
    match choice {
        0 => format!("This is the emulator's answer to: {subject}"),
        again => format!("This is the emulator's answer {} to: {subject}", again + 1),
    }
}

/// A token and what else might have stood in its place: `most` of them, the likeliest first.
pub(crate) fn likely(token: &str, most: usize) -> Vec<(String, f64)> {
    let other = |rank: u32| (format!("{token}{rank}"), -3.0 - f64::from(rank));
    let itself = std::iter::once((token.to_owned(), LOGPROB));
    itself.chain((1..).map(other)).take(most).collect()
}

/// A number that stands for some bytes: FNV-1a, 64 bits.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// `length` letters and digits that follow from `seed`.
pub(crate) fn letters(seed: u64, length: usize) -> String {
    let mut random = fastrand::Rng::with_seed(seed);
    std::iter::repeat_with(|| random.alphanumeric())
        .take(length)
        .collect()
}

/// A random id with this prefix, in the form of answers and their items.
pub(crate) fn id(prefix: &str) -> String {
    let [front, middle] = [fastrand::u128(..), fastrand::u128(..)];
    let hex = format!("{front:032x}{middle:032x}");
    format!("{prefix}_{}", &hex[..50])
}

/// A random id in the form of a GUID.
pub(crate) fn guid() -> String {
    let bits = fastrand::u128(..);
    let hex = format!("{bits:032x}");
    let (a, b, c, d) = (&hex[..8], &hex[8..12], &hex[13..16], &hex[17..20]);
    format!("{a}-{b}-4{c}-8{d}-{}", &hex[20..])
}

/// The log probability of every token that is said.
pub(crate) const LOGPROB: f64 = -0.1;

/// About what the service counts, and easy to foretell.
const TOKEN: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_four_characters_at_most() {
        assert_eq!(tokens(""), Vec::<&str>::new());
        assert_eq!(tokens("äöüß€"), ["äöüß", "€"]);
        assert_eq!((count(""), count("abcd"), count("abcde")), (0, 1, 2));
        assert_eq!(truncate("abcdefghij", 2), "abcdefgh");
        assert_eq!(truncate("abc", 2), "abc");
        assert_eq!(truncate("abc", 0), "");
    }

    #[test]
    fn a_guid_has_the_form_of_one() {
        let guid = guid();
        let lengths: Vec<usize> = guid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{guid}");
    }
}
