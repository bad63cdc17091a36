//! Silence in every format that speech comes in, by hand, and the length of recordings.

/// Silence of at least so many seconds, and its media type; `mp3` where the format is not known.
pub(super) fn silence(format: &str, seconds: f64) -> (&'static str, Vec<u8>) {
    match format {
        "wav" => ("audio/wav", wav(samples(seconds))),
        "pcm" => ("audio/pcm", vec![0; 2 * samples(seconds)]),
        "aac" => ("audio/aac", frames(seconds, 1024, AAC)),
        "flac" => ("audio/flac", flac(seconds)),
        "opus" => ("audio/ogg", opus(seconds)),
        _ => {
            let mut frame = MP3.to_vec();
            // The header says how long a frame is; what follows it says that nothing sounds.
            frame.resize(192, 0);
            ("audio/mpeg", frames(seconds, 576, &frame))
        }
    }
}

/// How long a recording is: a wave says it; of anything else its length is a guess.
pub(super) fn seconds(content: &[u8]) -> f64 {
    let number = |at: usize| {
        let bytes = content.get(at..at + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    };
    let is_wave = content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WAVE");
    if is_wave && let (Some(rate), Some(length)) = (number(28), number(40)) {
        return f64::from(length) / f64::from(rate.max(1));
    }
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    (f64::from(length) / 8000.0).max(0.1)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a text has 4096 characters at most"
)]
fn samples(seconds: f64) -> usize {
    (seconds * f64::from(RATE)).ceil() as usize
}

fn frames(seconds: f64, samples_each: usize, frame: &[u8]) -> Vec<u8> {
    frame.repeat(samples(seconds).div_ceil(samples_each))
}

fn wav(samples: usize) -> Vec<u8> {
    let length = u32::try_from(2 * samples).unwrap_or(u32::MAX);
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + length).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    // Plain samples, in one channel.
    wav.extend([1, 0, 1, 0]);
    wav.extend(RATE.to_le_bytes());
    wav.extend((2 * RATE).to_le_bytes());
    // Two bytes each, 16 bits.
    wav.extend([2, 0, 16, 0]);
    wav.extend(b"data");
    wav.extend(length.to_le_bytes());
    wav.resize(44 + 2 * samples, 0);
    wav
}

fn flac(seconds: f64) -> Vec<u8> {
    let count = samples(seconds).div_ceil(BLOCK);
    let mut flac = b"fLaC".to_vec();
    // One block of metadata, the last: 34 bytes about the stream.
    flac.extend([0x80, 0, 0, 34]);
    flac.extend([0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0]);
    let about = u64::from(RATE) << 44 | 15 << 36 | (count * BLOCK) as u64;
    flac.extend(about.to_be_bytes());
    flac.extend([0; 16]);
    for number in 0..count {
        let begin = flac.len();
        // 4096 samples, 24 kHz, one channel, 16 bits.
        flac.extend([0xff, 0xf8, 0xc7, 0x08]);
        let number = char::from_u32(u32::try_from(number).unwrap_or(0)).unwrap_or('\0');
        flac.extend(number.encode_utf8(&mut [0; 4]).bytes());
        let sum = checksum(&flac[begin..], 0x07, 8);
        flac.extend(sum.to_be_bytes().last());
        // One value for all of them, 0.
        flac.extend([0, 0, 0]);
        let sum = checksum(&flac[begin..], 0x8005, 16);
        flac.extend(&sum.to_be_bytes()[2..]);
    }
    flac
}

fn opus(seconds: f64) -> Vec<u8> {
    let mut ogg = Vec::new();
    let mut head = b"OpusHead\x01\x02\x00\x00".to_vec();
    head.extend(RATE.to_le_bytes());
    head.extend([0, 0, 0]);
    page(&mut ogg, 2, 0, &[&head]);
    let tags = b"OpusTags\x08\x00\x00\x00emulator\x00\x00\x00\x00";
    page(&mut ogg, 0, 0, &[tags]);
    // 20 ms each; positions count 48000 a second, whatever was recorded.
    let count = samples(seconds).div_ceil(480);
    for begin in (0..count).step_by(50) {
        let end = count.min(begin + 50);
        let kind = if end == count { 4 } else { 0 };
        let packets = vec![OPUS; end - begin];
        page(&mut ogg, kind, end as u64 * 960, &packets);
    }
    ogg
}

/// A page of an Ogg stream; `kind` is 2 for the first and 4 for the last.
fn page(ogg: &mut Vec<u8>, kind: u8, position: u64, packets: &[&[u8]]) {
    let number = ogg.windows(4).filter(|it| it == b"OggS").count();
    let begin = ogg.len();
    ogg.extend(b"OggS\x00");
    ogg.push(kind);
    ogg.extend(position.to_le_bytes());
    ogg.extend(1_u32.to_le_bytes());
    ogg.extend(u32::try_from(number).unwrap_or(0).to_le_bytes());
    let sum_at = ogg.len();
    ogg.extend([0; 4]);
    ogg.push(u8::try_from(packets.len()).unwrap_or(u8::MAX));
    // Every packet is shorter than 255 bytes.
    ogg.extend(
        packets
            .iter()
            .map(|packet| u8::try_from(packet.len()).unwrap_or(0)),
    );
    for packet in packets {
        ogg.extend(*packet);
    }
    let sum = checksum(&ogg[begin..], 0x04c1_1db7, 32);
    ogg[sum_at..sum_at + 4].copy_from_slice(&sum.to_le_bytes());
}

/// The remainder of a division by a polynomial of so many bits, the highest first.
fn checksum(bytes: &[u8], polynomial: u32, bits: u32) -> u32 {
    let shift = 32 - bits;
    let sum = bytes.iter().fold(0_u32, |sum, byte| {
        (0..8).fold(sum ^ (u32::from(*byte) << 24), |sum, _| {
            let carried = sum >> 31;
            (sum << 1) ^ (carried * (polynomial << shift))
        })
    });
    sum >> shift
}

/// Samples a second.
const RATE: u32 = 24_000;

/// Samples in a frame of FLAC.
const BLOCK: usize = 4096;

/// MPEG-2 layer III, 64 kbit/s, 24 kHz, one channel.
const MP3: &[u8] = &[0xff, 0xf3, 0x84, 0xc4];

/// AAC of low complexity, 24 kHz, one channel: 13 bytes that sound of nothing.
const AAC: &[u8] = &[
    0xff, 0xf1, 0x58, 0x40, 0x01, 0xbf, 0xfc, 0x00, 0xc8, 0x00, 0x80, 0x23, 0x80,
];

/// 20 ms of nothing.
const OPUS: &[u8] = &[0xf8, 0xff, 0xfe];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standards() {
        assert_eq!(checksum(b"123456789", 0x07, 8), 0xf4);
        assert_eq!(checksum(b"123456789", 0x8005, 16), 0xfee8);
        assert_eq!(checksum(b"123456789", 0x04c1_1db7, 32), 0x89a1_897f);
    }

    #[test]
    fn a_wave_says_how_long_it_is() {
        let (_, wave) = silence("wav", 1.5);
        assert!((seconds(&wave) - 1.5).abs() < 1e-9);
        assert!((seconds(&[0; 16_000]) - 2.0).abs() < 1e-9);
    }
}
