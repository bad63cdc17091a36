//! MD5 (RFC 1321), by which an upload may say what its parts make together.

/// The digest of some bytes, in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut padded = bytes.to_vec();
    padded.push(0x80);
    // The last eight bytes of the last block are the length in bits.
    padded.resize((padded.len() + 8).next_multiple_of(64) - 8, 0);
    padded.extend((bytes.len() as u64).wrapping_mul(8).to_le_bytes());
    let mut state = [0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for block in padded.chunks_exact(64) {
        state = mixed(state, block);
    }
    let digits = state.iter().flat_map(|word| word.to_le_bytes());
    let digits = digits.map(|byte| format!("{byte:02x}"));
    digits.collect::<Vec<_>>().concat()
}

fn mixed(state: [u32; 4], block: &[u8]) -> [u32; 4] {
    let word = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|byte| block[4 * at + byte]));
    let [mut a, mut b, mut c, mut d] = state;
    for step in 0..64 {
        let (mix, at) = match step / 16 {
            0 => ((b & c) | (!b & d), step),
            1 => ((d & b) | (!d & c), (5 * step + 1) % 16),
            2 => (b ^ c ^ d, (3 * step + 5) % 16),
            _ => (c ^ (b | !d), (7 * step) % 16),
        };
        let sum = a
            .wrapping_add(mix)
            .wrapping_add(sine(step))
            .wrapping_add(word(at));
        let turned = sum.rotate_left(TURNS[step / 16][step % 4]);
        (a, d, c, b) = (d, c, b, b.wrapping_add(turned));
    }
    let mixed = [a, b, c, d];
    [0, 1, 2, 3].map(|at: usize| state[at].wrapping_add(mixed[at]))
}

/// The whole part of 2^32 times the sine of the step's number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "between 0 and 2^32"
)]
fn sine(step: usize) -> u32 {
    (((step + 1) as f64).sin().abs() * 4_294_967_296.0) as u32
}

const TURNS: [[u32; 4]; 4] = [
    [7, 12, 17, 22],
    [5, 9, 14, 20],
    [4, 11, 16, 23],
    [6, 10, 15, 21],
];

#[cfg(test)]
mod tests {
    use super::hex;

    #[test]
    fn the_suite_of_the_rfc_and_blocks_that_are_just_full() {
        for (text, digest) in [
            (String::new(), "d41d8cd98f00b204e9800998ecf8427e"),
            ("a".to_owned(), "0cc175b9c0f1b6a831c399e269772661"),
            ("abc".to_owned(), "900150983cd24fb0d6963f7d28e17f72"),
            (
                "message digest".to_owned(),
                "f96b697d7cb7938d525a2f31aaf161d0",
            ),
            ("1234567890".repeat(8), "57edf4a22be3c955ac49da2e2107b67a"),
            ("x".repeat(55), "04364420e25c512fd958a70738aa8f72"),
            ("x".repeat(56), "668a72d5ba17f08e62dabcafad6db14b"),
            ("x".repeat(64), "c1bb4f81d892b2d57947682aeb252456"),
        ] {
            assert_eq!(hex(text.as_bytes()), digest, "{text}");
        }
    }
}
