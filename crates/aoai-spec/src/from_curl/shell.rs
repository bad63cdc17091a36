//! A command as a shell takes it apart.

use std::iter::Peekable;
use std::str::Chars;

/// Splits a command as a POSIX shell does, and as Bash does `$'…'`; variables stay as they are
/// written.
///
/// # Errors
///
/// A quote is not closed, or the shell would do more than run one command.
pub(super) fn words(command: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = command.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '#' if word.is_none() => while letters.next_if(|letter| *letter != '\n').is_some() {},
            '$' if letters.next_if_eq(&'\'').is_some() => {
                escaped(&mut letters, word.get_or_insert_default())?;
            }
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next() {
                        Some('\'') => break,
                        Some(letter) => word.push(letter),
                        None => return Err(OPEN.to_owned()),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next() {
                        Some('"') => break,
                        Some('\\') => match letters.next() {
                            Some('\n') => {}
                            Some(letter) if "\"\\$`".contains(letter) => word.push(letter),
                            Some(letter) => word.extend(['\\', letter]),
                            None => return Err(OPEN.to_owned()),
                        },
                        Some(letter) => word.push(letter),
                        None => return Err(OPEN.to_owned()),
                    }
                }
            }
            '\\' => match letters.next() {
                Some('\n') | None => {}
                Some(letter) => word.get_or_insert_default().push(letter),
            },
            '|' | '&' | ';' | '<' | '>' | '(' | ')' => {
                return Err(format!(
                    "`{letter}` is for the shell: leave it out with what follows, or quote it where \
                     it belongs to a value"
                ));
            }
            letter if letter.is_whitespace() => words.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Ok(words)
}

/// What stands in `$'…'`.
fn escaped(letters: &mut Peekable<Chars<'_>>, word: &mut String) -> Result<(), String> {
    // The bytes of one letter may be escaped one by one.
    let mut bytes = Vec::new();
    loop {
        let letter = letters.next().ok_or(OPEN)?;
        let mut push = |letter: char| {
            let mut buffer = [0; 4];
            bytes.extend_from_slice(letter.encode_utf8(&mut buffer).as_bytes());
        };
        match letter {
            '\'' => break,
            '\\' => {}
            letter => {
                push(letter);
                continue;
            }
        }
        match letters.next().ok_or(OPEN)? {
            'n' => push('\n'),
            't' => push('\t'),
            'r' => push('\r'),
            'a' => push('\u{7}'),
            'b' => push('\u{8}'),
            'e' | 'E' => push('\u{1b}'),
            'f' => push('\u{c}'),
            'v' => push('\u{b}'),
            // Two digits are no more than a byte.
            'x' => bytes.extend(u8::try_from(number(letters, 2)?)),
            'u' => push(letter_of(number(letters, 4)?)?),
            'U' => push(letter_of(number(letters, 8)?)?),
            plain @ ('\\' | '\'' | '"' | '?') => push(plain),
            other => {
                push('\\');
                push(other);
            }
        }
    }
    word.push_str(&String::from_utf8_lossy(&bytes));
    Ok(())
}

/// At most so many hexadecimal digits.
fn number(letters: &mut Peekable<Chars<'_>>, most: usize) -> Result<u32, String> {
    let mut number = 0_u32;
    let mut digits = 0;
    while digits < most
        && let Some(digit) = letters.peek().and_then(|letter| letter.to_digit(16))
    {
        number = number * 16 + digit;
        digits += 1;
        letters.next();
    }
    if digits == 0 {
        return Err("an escape in $'…' has no digits".to_owned());
    }
    Ok(number)
}

fn letter_of(number: u32) -> Result<char, String> {
    char::from_u32(number).ok_or_else(|| format!("there is no letter \\u{number:04x}"))
}

const OPEN: &str = "a quote is not closed";
