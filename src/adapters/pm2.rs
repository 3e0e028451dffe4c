//! PM2: its running set, read over its socket, and its own programmatic API,
//! through which every change is made.

pub mod agent;
pub(crate) mod amp;
pub mod dump;
pub mod jlist;
pub mod package;
pub mod rpc;

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// The system refuses socket paths of 108 bytes, and PM2 then leaves daemons
/// behind that spin forever; some room is left for its other sockets.
const LONGEST_SOCKET_PATH: usize = 100;

/// Where the daemon of a PM2 home listens. Fails if `home` is relative, or so
/// deep that PM2 could not make its sockets; then PM2 must not be called at all.
pub fn socket_path(home: &Path) -> Result<PathBuf> {
    if !home.is_absolute() {
        bail!("PM2's home `{}` is not an absolute path; give it in full", home.display());
    }
    let socket = home.join("rpc.sock");
    let length = socket.as_os_str().as_bytes().len();
    if length > LONGEST_SOCKET_PATH {
        bail!(
            "PM2's home `{}` is too deep: its socket path would have {length} bytes, where {LONGEST_SOCKET_PATH} \
             are safe; choose a shorter `[pm2] home` or `PM2_HOME`",
            home.display()
        );
    }
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use crate::adapters::pm2::socket_path;
    use std::path::Path;

    #[test]
    fn a_home_too_deep_for_a_socket_is_refused() {
        let fits = format!("/{}", "h".repeat(100 - "//rpc.sock".len()));
        assert_eq!(socket_path(Path::new(&fits)).unwrap().as_os_str().len(), 100);
        let error = socket_path(Path::new(&format!("{fits}h"))).unwrap_err().to_string();
        assert!(error.contains("101 bytes"), "{error}");
    }

    #[test]
    fn a_relative_home_is_refused() {
        assert!(socket_path(Path::new(".pm2")).is_err());
    }
}
