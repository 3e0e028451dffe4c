//! What PM2 runs, asked of the daemon itself over its socket, as `pm2 jlist` asks it:
//! that starts node and reads all of PM2 for every question, some four tenths of a
//! second of one processor. Nothing of pm2sync is used, which is what is tested here.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

const REQUEST: &[u8] = br#"j:{"type":"call","method":"getMonitorData","args":[{}]}"#;

/// What the answer would repeat.
const ID: &[u8] = b"s:0";

/// Longer than a daemon needs on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

/// PM2's entries, or nothing where no daemon answers.
pub(super) fn entries(home: &Path) -> Option<Vec<Value>> {
    let mut stream = UnixStream::connect(home.join("rpc.sock")).ok()?;
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.write_all(&message(&[REQUEST, ID])).ok()?;
    stream.read_exact(&mut [0]).ok()?;
    let answer = part(&mut stream)?;
    let answer: Value = serde_json::from_slice(answer.strip_prefix(b"j:")?).unwrap();
    Some(answer["args"][0].as_array().expect("PM2 answers with its processes").clone())
}

/// A message as PM2 frames it: a version and a count in one byte, then each part
/// behind its length.
fn message(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![0x10 | u8::try_from(parts.len()).unwrap()];
    for part in parts {
        bytes.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

/// The next part of an answer; nothing where the daemon ended before.
fn part(stream: &mut UnixStream) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).ok()?;
    let mut bytes = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap()];
    stream.read_exact(&mut bytes).ok()?;
    Some(bytes)
}
