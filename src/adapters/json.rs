//! Reads JSON that JavaScript wrote. JavaScript's strings may hold half of a
//! surrogate pair, as when a text is cut inside an emoji; its JSON keeps that as
//! an escape which Unicode has no character for. One such metric in one app must
//! not make the whole process list unreadable, so it is read as U+FFFD.

use std::borrow::Cow;

use serde_json::Value;

/// The value that `bytes` hold.
pub(super) fn from_javascript(bytes: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(bytes).or_else(|error| match repaired(bytes) {
        Cow::Borrowed(_) => Err(error),
        Cow::Owned(repaired) => serde_json::from_slice(&repaired),
    })
}

/// The same text, each escape of a lone surrogate replaced by one of U+FFFD.
fn repaired(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut repaired = Cow::Borrowed(bytes);
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        match (escaped(bytes, at), escaped(bytes, at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at += 12,
            (Some(0xd800..=0xdfff), _) => {
                repaired.to_mut()[at + 2..at + 6].copy_from_slice(b"fffd");
                at += 6;
            }
            // Two bytes at least, so that an escaped backslash starts no escape.
            _ => at += 2,
        }
    }
    repaired
}

/// The code unit of the `\uXXXX` at `at`, if one stands there.
fn escaped(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use crate::adapters::json::from_javascript;
    use proptest::prelude::{any, prop, proptest};
    use serde_json::json;

    #[test]
    fn half_a_pair_becomes_the_replacement_character() {
        let text = br#"["\ud83d", "\ude00", "\ud83d\ude00", "\\ud83d", "\ud83d\ud83d\ude00", "\u0041"]"#;
        let expected = json!(["\u{fffd}", "\u{fffd}", "😀", "\\ud83d", "\u{fffd}😀", "A"]);
        assert_eq!(from_javascript(text).unwrap(), expected);
    }

    #[test]
    fn what_is_no_json_stays_an_error() {
        for text in [&b""[..], b"[", br#"["\ud83d"#, br#""\u+12d""#] {
            assert!(from_javascript(text).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_json_or_not_but_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = from_javascript(&[b"\"\\ud800", &bytes[..], b"\""].concat());
        }

        #[test]
        fn what_needs_no_repair_is_not_touched(text in ".*") {
            let value = json!(text);
            assert_eq!(from_javascript(value.to_string().as_bytes()).unwrap(), value);
        }
    }
}
