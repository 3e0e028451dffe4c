//! Strings, regexes and characters.

use crate::clojure::form::Kind;
use crate::clojure::read::{Reader, ends_token};

/// Characters that have names.
const NAMED: [(&str, char); 6] = [
    ("newline", '\n'),
    ("space", ' '),
    ("tab", '\t'),
    ("backspace", '\u{8}'),
    ("formfeed", '\u{c}'),
    ("return", '\r'),
];

impl Reader<'_> {
    /// `"…"`. A line end of any kind in the text is a line feed.
    pub(super) fn string_literal(&mut self) -> Option<Kind> {
        let start = self.at;
        self.bump();
        let mut units: Vec<u16> = Vec::new();
        loop {
            let at = self.at;
            match self.bump() {
                None => {
                    self.at = (start + 1).min(self.text.len());
                    let span = self.span_from(start);
                    self.at = self.text.len();
                    self.report("the string is never closed", span);
                    return None;
                }
                Some('"') => break,
                Some('\r') => {
                    if matches!(self.peek(), Some('\n' | '\u{c}')) {
                        self.bump();
                    }
                    units.push(u16::from(b'\n'));
                }
                Some('\\') => match self.escape() {
                    Some(unit) => units.push(unit),
                    None => self.report("unknown escape in the string", self.span_from(at)),
                },
                Some(char) => units.extend_from_slice(char.encode_utf16(&mut [0; 2])),
            }
        }
        let text = String::from_utf16(&units).ok();
        if text.is_none() {
            self.report("the string holds half of a surrogate pair", self.span_from(start));
        }
        text.map(Kind::String)
    }

    /// What follows a backslash in a string.
    fn escape(&mut self) -> Option<u16> {
        let unit = match self.bump()? {
            't' => '\t',
            'r' => '\r',
            'n' => '\n',
            'b' => '\u{8}',
            'f' => '\u{c}',
            '\\' => '\\',
            '"' => '"',
            'u' => return self.digits(16, 4, 4),
            digit @ '0'..='7' => {
                self.at -= digit.len_utf8();
                return self.digits(8, 1, 3).filter(|&unit| unit <= 0o377);
            }
            _ => return None,
        };
        u16::try_from(u32::from(unit)).ok()
    }

    /// Between `least` and `most` digits of a number.
    fn digits(&mut self, radix: u32, least: usize, most: usize) -> Option<u16> {
        let rest = &self.text[self.at..];
        let count = rest.chars().take(most).take_while(|char| char.is_digit(radix)).count();
        if count < least {
            return None;
        }
        self.at += count;
        u16::from_str_radix(&rest[..count], radix).ok()
    }

    /// `#"…"`: kept as it is written, up to the first quote without a backslash.
    pub(super) fn regex_literal(&mut self) -> Option<Kind> {
        let start = self.at;
        self.bump();
        let mut pattern = String::new();
        loop {
            match self.bump() {
                None => {
                    self.report("the regex is never closed", self.span_from(start));
                    return None;
                }
                Some('"') => return Some(Kind::Regex(pattern)),
                Some('\r') => {
                    if self.peek() == Some('\n') {
                        self.bump();
                    }
                    pattern.push('\n');
                }
                Some('\\') => {
                    pattern.push('\\');
                    pattern.extend(self.bump());
                }
                Some(char) => pattern.push(char),
            }
        }
    }

    /// `\a`, `\newline`, `\u0041`, `\o101`.
    pub(super) fn character(&mut self) -> Option<Kind> {
        let start = self.at;
        self.bump();
        let first = self.bump();
        let rest = if first.is_some_and(|char| !ends_token(char)) { self.word() } else { String::new() };
        let word: String = first.into_iter().chain(rest.chars()).collect();
        let code = |radix, digits: &str, least: usize| {
            (digits.len() >= least && digits.chars().all(|char| char.is_digit(radix)))
                .then(|| u32::from_str_radix(digits, radix).ok())
                .flatten()
                .and_then(char::from_u32)
        };
        let char = match (first, rest.as_str()) {
            (Some(char), "") if u32::from(char) < 0x1_0000 => Some(char),
            (Some('u'), digits) if digits.len() == 4 => code(16, digits, 4),
            (Some('o'), digits) if digits.len() <= 3 => {
                code(8, digits, 1).filter(|&char| u32::from(char) <= 0o377)
            }
            _ => NAMED.iter().find(|(name, _)| *name == word).map(|(_, char)| *char),
        };
        if char.is_none() {
            self.report(format!("`\\{word}` is not a character"), self.span_from(start));
        }
        char.map(Kind::Character)
    }
}
