//! PM2's dump: what `pm2 save` wrote and `pm2 resurrect` brings back. It is
//! read here; it is written by PM2 itself, through the agent.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::adapters::fs::read_bytes;
use crate::adapters::json::from_javascript;

/// The dump in a PM2 home: entries with whole environments, secrets included.
/// Nothing where nobody has saved. Fails where the file is not JSON.
pub fn read_dump(home: &Path) -> Result<Option<Value>> {
    let file = home.join("dump.pm2");
    let Some(bytes) = read_bytes(&file)? else { return Ok(None) };
    // The parser's own message may quote what it read.
    let value = from_javascript(&bytes)
        .ok()
        .filter(Value::is_array)
        .with_context(|| format!("`{}` is not a list of apps; `pm2 save` writes it again", file.display()))?;
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::read_dump;

    #[test]
    fn a_dump_is_read_and_a_damaged_one_is_an_error_without_its_content() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(read_dump(home.path()).unwrap(), None);
        let file = home.path().join("dump.pm2");
        fs::write(&file, r#"[{"name": "a", "half": "\ud83d"}]"#).unwrap();
        assert_eq!(read_dump(home.path()).unwrap().unwrap()[0]["name"], "a");
        for text in [r#"[{"TOKEN": "s3cret""#, "{}", ""] {
            fs::write(&file, text).unwrap();
            let error = format!("{:#}", read_dump(home.path()).unwrap_err());
            assert!(error.contains("`pm2 save`") && !error.contains("s3cret"), "{error}");
        }
    }
}
