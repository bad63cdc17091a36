//! How far strings and numbers reach.

/// How much of a string is written as it is read: up to its end, an escape, or what may not be there.
#[inline(never)]
pub(super) fn length_of_plain(text: &[u8]) -> usize {
    /// A byte in each place of a word.
    const fn each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }

    let mut rest = text;
    while let Some((word, after)) = rest.split_first_chunk() {
        let word = u64::from_le_bytes(*word);
        // A byte from which too much is subtracted gets its highest bit: control characters and
        // quotes, which come right after them with this one bit turned, and escapes. It borrows
        // from the byte above, so that only the first is certain.
        let quotes = (word ^ each(b'"' ^ b' ')).wrapping_sub(each(b' ' + 1));
        let escapes = (word ^ each(b'\\')).wrapping_sub(each(1));
        let ends = (quotes | escapes) & !word & each(0x80);
        if ends != 0 {
            return text.len() - rest.len() + (ends.trailing_zeros() / 8) as usize;
        }
        rest = after;
    }
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | ..b' ');
    let end = rest.iter().position(ends).unwrap_or(rest.len());
    text.len() - rest.len() + end
}

/// Digits that go on with a number, and how many they are.
#[inline]
pub(super) fn digits(text: &[u8], mut number: u64) -> (u64, usize) {
    let mut length = 0;
    while let Some(digit @ b'0'..=b'9') = text.get(length) {
        number = number.wrapping_mul(10).wrapping_add((digit - b'0').into());
        length += 1;
    }
    (number, length)
}

/// So many digits have room in 64 bits.
pub(super) const DIGITS: usize = 18;

/// Floats hold all whole numbers up to here.
pub(super) const EXACT: u64 = 1 << f64::MANTISSA_DIGITS;

/// The powers of ten that have room for a point among [`DIGITS`].
pub(super) const POWERS: [f64; DIGITS + 1] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18,
];

#[cfg(test)]
mod tests {
    use super::length_of_plain;

    #[test]
    fn a_string_is_plain_up_to_the_first_byte_that_is_not() {
        let ends = |byte: &u8| *byte < 0x20 || [b'"', b'\\'].contains(byte);
        for byte in 0..=u8::MAX {
            for around in [
                b'a', 0x7f, 0x80, 0xff, b' ', b'!', b'#', b'[', b']', b'"', 0x1f, byte,
            ] {
                for length in 0..20 {
                    for place in 0..length {
                        // Before it only what is plain, as anything else would come first.
                        let before = if ends(&around) { b'a' } else { around };
                        let mut text = vec![before; place];
                        text.resize(length, around);
                        text[place] = byte;
                        let plain = text.iter().position(ends).unwrap_or(length);
                        assert_eq!(length_of_plain(&text), plain, "{text:?}");
                    }
                }
            }
        }
    }
}
