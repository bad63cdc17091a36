//! Base64 of 32-bit numbers, which is how vectors travel fastest.
//!
//! Sixteen letters stand for three numbers, and a table for each place in a group of four letters
//! knows where the letter's bits belong. What is left at the end, and all that is not base64, is
//! decoded by the `base64` crate, which also says what is wrong with it.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Writes numbers in base64.
pub(super) fn encode(numbers: &[f32]) -> String {
    let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
    BASE64.encode(bytes)
}

/// Reads numbers that are written in base64, with or without padding.
pub(super) fn decode(text: &str) -> Result<Vec<f32>, Invalid> {
    let (blocks, tail) = text.as_bytes().as_chunks();
    let mut seen = 0;
    let decoded = blocks.iter().map(|block| {
        let (numbers, bits) = decode_block(block);
        seen |= bits;
        numbers
    });
    let mut numbers = decoded.collect::<Vec<_>>().into_flattened();
    if seen & NO_LETTER != 0 {
        return decode_plainly(text.as_bytes());
    }
    numbers.extend(decode_plainly(tail)?);
    Ok(numbers)
}

/// Three numbers, and all bits of them; with [`NO_LETTER`] where they are none.
#[inline]
fn decode_block(block: &[u8; 16]) -> ([f32; 3], u32) {
    let bits = |group: usize| {
        let letter = |place: usize| usize::from(block[group * 4 + place]);
        PLACES[0][letter(0)] | PLACES[1][letter(1)] | PLACES[2][letter(2)] | PLACES[3][letter(3)]
    };
    let (a, b, c, d) = (bits(0), bits(1), bits(2), bits(3));
    let numbers = [
        f32::from_bits(a | b << 24),
        f32::from_bits(b >> 8 | c << 16),
        f32::from_bits(c >> 16 | d << 8),
    ];
    (numbers, a | b | c | d)
}

fn decode_plainly(text: &[u8]) -> Result<Vec<f32>, Invalid> {
    let bytes = BASE64.decode(text).map_err(Invalid::Base64)?;
    let (numbers, []) = bytes.as_chunks() else {
        return Err(Invalid::Length);
    };
    Ok(numbers.iter().copied().map(f32::from_le_bytes).collect())
}

/// Why a text is no vector.
#[derive(Debug, PartialEq)]
pub(super) enum Invalid {
    Base64(base64::DecodeError),
    Length,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base64(error) => write!(f, "the vector is not base64: {error}"),
            Self::Length => f.write_str("the vector's bytes are not 32-bit numbers"),
        }
    }
}

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The bits of each byte as the first, second, third and fourth letter of a group, whose three
/// bytes are read as one little-endian number.
static PLACES: [[u32; 256]; 4] = places();

/// Stands above the 24 bits of a group, for a byte that is no letter.
const NO_LETTER: u32 = 1 << 24;

const fn places() -> [[u32; 256]; 4] {
    let mut places = [[NO_LETTER; 256]; 4];
    let mut value: u32 = 0;
    while value < 64 {
        let mut place = 0;
        while place < 4 {
            let bits = (value << 18) >> (6 * place);
            places[place][LETTERS[value as usize] as usize] = bits.swap_bytes() >> 8;
            place += 1;
        }
        value += 1;
    }
    places
}

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
