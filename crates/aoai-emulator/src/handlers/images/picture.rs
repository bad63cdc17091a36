//! Pictures of one colour, of any size, in a few hundred bytes: PNG and JPEG by hand.

/// A picture of one colour.
pub(super) struct Picture {
    width: u16,
    height: u16,
    rgb: [u8; 3],
    transparent: bool,
}

/// Whether a file begins as a PNG or a JPEG does.
pub(super) fn is_known(content: &[u8]) -> bool {
    content.starts_with(PNG) || content.starts_with(&[0xff, 0xd8, 0xff])
}

impl Picture {
    /// Of a size like `1024x1536`, in a colour that follows from `seed`.
    pub(super) fn new(size: &str, seed: u64, transparent: bool) -> Self {
        let mut sides = size.split('x').map(|side| side.parse().unwrap_or(1024));
        let [red, green, blue, ..] = seed.to_be_bytes();
        Self {
            width: sides.next().unwrap_or(1024),
            height: sides.next().unwrap_or(1024),
            rgb: [red, green, blue],
            transparent,
        }
    }

    /// With a palette of one colour, to which every pixel points: all of its data is zeros.
    pub(super) fn png(&self) -> Vec<u8> {
        let mut header = Vec::new();
        header.extend(u32::from(self.width).to_be_bytes());
        header.extend(u32::from(self.height).to_be_bytes());
        // One bit a pixel, a palette, and nothing unusual.
        header.extend([1, 3, 0, 0, 0]);
        let row = 1 + usize::from(self.width).div_ceil(8);
        let mut png = PNG.to_vec();
        chunk(&mut png, *b"IHDR", &header);
        chunk(&mut png, *b"PLTE", &self.rgb);
        if self.transparent {
            chunk(&mut png, *b"tRNS", &[0]);
        }
        chunk(&mut png, *b"IDAT", &zeros(row * usize::from(self.height)));
        chunk(&mut png, *b"IEND", &[]);
        png
    }

    /// Light grey, the lighter the colour the lighter: every block is as the one before it.
    pub(super) fn jpeg(&self) -> Vec<u8> {
        let mut jpeg = vec![0xff, 0xd8];
        let mut tables = vec![0];
        tables.extend([1; 64]);
        segment(&mut jpeg, 0xdb, &tables);
        let ([h1, h2], [w1, w2]) = (self.height.to_be_bytes(), self.width.to_be_bytes());
        segment(&mut jpeg, 0xc0, &[8, h1, h2, w1, w2, 1, 1, 0x11, 0]);
        // Two codes for differences, of no bits and of 10; one for "nothing more in this block".
        segment(&mut jpeg, 0xc4, &codes(0x00, &[0, 10]));
        segment(&mut jpeg, 0xc4, &codes(0x10, &[0]));
        segment(&mut jpeg, 0xda, &[1, 1, 0x00, 0, 63, 0]);
        let blocks = u32::from(self.width).div_ceil(8) * u32::from(self.height).div_ceil(8);
        jpeg.extend(self.scan(blocks));
        jpeg.extend([0xff, 0xd9]);
        jpeg
    }

    /// The first block has the brightness, the others have nothing new.
    fn scan(&self, blocks: u32) -> Vec<u8> {
        let [red, green, blue] = self.rgb.map(u16::from);
        let brightness = (red + green + blue) / 3;
        // A difference of 10 bits is 512 at least: the upper quarter of what there is.
        let difference = 512 + brightness * 2;
        let mut bits = Bits::default();
        bits.push(0b10, 2);
        bits.push(difference, 10);
        bits.push(0, 1);
        for _ in 1..blocks {
            bits.push(0, 2);
        }
        bits.finish()
    }
}

/// Bits, the first one highest.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    last: u8,
    used: u8,
}

impl Bits {
    fn push(&mut self, value: u16, count: u8) {
        for at in (0..count).rev() {
            self.last = self.last << 1 | u8::from(value >> at & 1 == 1);
            self.used += 1;
            if self.used == 8 {
                self.full();
            }
        }
    }

    /// What is left is filled up with ones.
    fn finish(mut self) -> Vec<u8> {
        while self.used > 0 {
            self.push(1, 1);
        }
        self.bytes
    }

    fn full(&mut self) {
        self.bytes.push(self.last);
        if self.last == 0xff {
            // So that it is not taken for a marker.
            self.bytes.push(0);
        }
        (self.last, self.used) = (0, 0);
    }
}

/// A table of codes as short as can be: `0`, then `10`.
fn codes(class: u8, values: &[u8]) -> Vec<u8> {
    let mut table = vec![class, 1, u8::from(values.len() > 1)];
    table.extend([0; 14]);
    table.extend(values);
    table
}

fn segment(jpeg: &mut Vec<u8>, marker: u8, content: &[u8]) {
    let length = u16::try_from(content.len() + 2).unwrap_or(u16::MAX);
    jpeg.extend([0xff, marker]);
    jpeg.extend(length.to_be_bytes());
    jpeg.extend(content);
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    png.extend(length.to_be_bytes());
    let summed = png.len();
    png.extend(kind);
    png.extend(content);
    let sum = crc32(&png[summed..]);
    png.extend(sum.to_be_bytes());
}

/// So many zeros, compressed: one zero, and copies of it of 258 at most.
fn zeros(count: usize) -> Vec<u8> {
    let mut stream = Deflate::default();
    // One last block, with the fixed codes.
    stream.push(1, 1);
    stream.push(1, 2);
    stream.code(0x30, 8);
    let copies = count.saturating_sub(1);
    for _ in 0..copies / 258 {
        // A copy of 258 bytes, from one byte ago.
        stream.code(0xc5, 8);
        stream.code(0, 5);
    }
    for _ in 0..copies % 258 {
        stream.code(0x30, 8);
    }
    stream.code(0, 7);
    let mut zlib = vec![0x78, 0x01];
    zlib.extend(stream.finish());
    // The checksum of zeros: 1 below, and how often it was added up above.
    let sum = u32::try_from(count % 65_521).unwrap_or_default() << 16 | 1;
    zlib.extend(sum.to_be_bytes());
    zlib
}

/// Bits, the first one lowest; codes come with their highest bit first.
#[derive(Default)]
struct Deflate {
    bytes: Vec<u8>,
    used: u8,
}

impl Deflate {
    fn push(&mut self, value: u16, count: u8) {
        for at in 0..count {
            if self.used == 0 {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= u8::from(value >> at & 1 == 1) << self.used;
            }
            self.used = (self.used + 1) % 8;
        }
    }

    fn code(&mut self, code: u16, length: u8) {
        for at in (0..length).rev() {
            self.push(code >> at & 1, 1);
        }
    }

    fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ ((sum & 1) * 0xedb8_8320)
        })
    })
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn sizes_are_told_where_readers_look_for_them() {
        let picture = Picture::new("1024x1536", 7, true);
        let png = picture.png();
        assert_eq!(png[16..24], [0, 0, 4, 0, 0, 0, 6, 0]);
        assert!(png.ends_with(&[0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82]));
        let jpeg = picture.jpeg();
        let frame = jpeg.windows(2).position(|it| it == [0xff, 0xc0]).unwrap();
        assert_eq!(jpeg[frame + 5..frame + 9], [6, 0, 4, 0]);
        assert!(
            png.len() < 4096 && jpeg.len() < 8192,
            "{} {}",
            png.len(),
            jpeg.len()
        );
    }
}
