//! AMP, the framing of PM2's socket, as pure functions over bytes. A frame is
//! one byte, `0x10 | count`, then for each argument its length as a big-endian
//! u32 and its payload, whose first two bytes say what it is: `j:` JSON, `s:` a
//! string, anything else plain bytes.

use std::fmt;

/// The largest frame that is accepted: a listing of a thousand apps with large
/// environments stays far below it.
pub(crate) const LARGEST_FRAME: usize = 64 << 20;

/// How many arguments the count, four bits, can say.
pub(crate) const MOST_ARGUMENTS: usize = 15;

const VERSION: u8 = 1;

/// One argument of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    /// The text of a JSON value, not parsed.
    Json(Vec<u8>),
    /// A string.
    Text(Vec<u8>),
    /// Bytes of no stated kind.
    Bytes(Vec<u8>),
}

/// Why bytes are not a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AmpError {
    /// The version in the first byte is not 1.
    Version(u8),
    /// It says that it is longer than `LARGEST_FRAME`.
    TooLarge,
    /// More arguments than a frame holds, or one of more than 4 GiB.
    Unencodable,
}

impl fmt::Display for AmpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => write!(f, "a frame of version {version}, where 1 is known"),
            Self::TooLarge => write!(f, "a frame of more than {} MiB", LARGEST_FRAME >> 20),
            Self::Unencodable => f.write_str("a message that no frame can hold"),
        }
    }
}

impl std::error::Error for AmpError {}

/// The bytes of one frame.
pub(crate) fn encode(arguments: &[Argument]) -> Result<Vec<u8>, AmpError> {
    let count = u8::try_from(arguments.len()).map_err(|_| AmpError::Unencodable)?;
    if arguments.len() > MOST_ARGUMENTS {
        return Err(AmpError::Unencodable);
    }
    let mut frame = vec![VERSION << 4 | count];
    for argument in arguments {
        let (prefix, payload): (&[u8], _) = match argument {
            Argument::Json(payload) => (b"j:", payload),
            Argument::Text(payload) => (b"s:", payload),
            Argument::Bytes(payload) => (b"", payload),
        };
        let length = u32::try_from(prefix.len() + payload.len()).map_err(|_| AmpError::Unencodable)?;
        frame.extend_from_slice(&length.to_be_bytes());
        frame.extend_from_slice(prefix);
        frame.extend_from_slice(payload);
    }
    Ok(frame)
}

/// The frame at the start of `bytes` and how long it is, or `None` if more
/// bytes have to come. Allocates no more than `bytes` holds.
pub(crate) fn decode(bytes: &[u8]) -> Result<Option<(Vec<Argument>, usize)>, AmpError> {
    let Some(first) = bytes.first() else { return Ok(None) };
    if first >> 4 != VERSION {
        return Err(AmpError::Version(first >> 4));
    }
    let mut arguments = Vec::new();
    let mut at = 1;
    for _ in 0..first & 0x0f {
        let Some(length) = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()) else { return Ok(None) };
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| AmpError::TooLarge)?;
        at += 4;
        if length > LARGEST_FRAME - at.min(LARGEST_FRAME) {
            return Err(AmpError::TooLarge);
        }
        let Some(payload) = bytes.get(at..at + length) else { return Ok(None) };
        arguments.push(argument(payload));
        at += length;
    }
    Ok(Some((arguments, at)))
}

fn argument(payload: &[u8]) -> Argument {
    match payload {
        [b'j', b':', json @ ..] => Argument::Json(json.to_vec()),
        [b's', b':', text @ ..] => Argument::Text(text.to_vec()),
        bytes => Argument::Bytes(bytes.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use crate::adapters::pm2::amp::{AmpError, Argument, LARGEST_FRAME, decode, encode};
    use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

    #[test]
    fn a_request_has_the_bytes_that_pm2_sends() {
        let frame = encode(&[Argument::Json(b"{}".to_vec()), Argument::Text(b"7:0".to_vec())]).unwrap();
        assert_eq!(frame, b"\x12\0\0\0\x04j:{}\0\0\0\x05s:7:0");
    }

    #[test]
    fn half_a_frame_asks_for_more() {
        let frame = encode(&[Argument::Json(b"{}".to_vec()), Argument::Text(b"7".to_vec())]).unwrap();
        for end in 0..frame.len() {
            assert_eq!(decode(&frame[..end]), Ok(None), "after {end} bytes");
        }
    }

    #[test]
    fn a_hostile_length_is_refused_before_its_bytes_come() {
        assert_eq!(decode(b"\x11\xff\xff\xff\xff"), Err(AmpError::TooLarge));
        let just_over = u32::try_from(LARGEST_FRAME).unwrap().to_be_bytes();
        assert_eq!(decode(&[&b"\x11"[..], &just_over].concat()), Err(AmpError::TooLarge));
    }

    #[test]
    fn another_version_is_refused() {
        assert_eq!(decode(b"HTTP/1.1 400"), Err(AmpError::Version(4)));
    }

    #[test]
    fn what_needs_sixteen_arguments_cannot_be_sent() {
        assert_eq!(encode(&vec![Argument::Bytes(vec![]); 16]), Err(AmpError::Unencodable));
    }

    fn arguments() -> impl Strategy<Value = Vec<Argument>> {
        let bytes = || prop::collection::vec(any::<u8>(), 0..64);
        let one = prop_oneof![
            bytes().prop_map(Argument::Json),
            bytes().prop_map(Argument::Text),
            bytes()
                .prop_filter("a kind of its own", |bytes| !bytes.starts_with(b"j:")
                    && !bytes.starts_with(b"s:"))
                .prop_map(Argument::Bytes),
        ];
        prop::collection::vec(one, 0..=15)
    }

    proptest! {
        #[test]
        fn a_frame_comes_back_as_it_went(arguments in arguments(), after in prop::collection::vec(any::<u8>(), 0..9)) {
            let frame = encode(&arguments).unwrap();
            let decoded = decode(&[&frame[..], &after].concat()).unwrap();
            prop_assert_eq!(decoded, Some((arguments, frame.len())));
        }

        #[test]
        fn any_bytes_are_a_frame_or_not_but_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
            if let Ok(Some((arguments, length))) = decode(&bytes) {
                prop_assert!(length <= bytes.len());
                prop_assert_eq!(encode(&arguments).unwrap(), &bytes[..length]);
            }
        }
    }
}
