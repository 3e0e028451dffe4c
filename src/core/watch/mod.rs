//! When `watch` looks: which paths are worth it, when it has been quiet for long
//! enough, and what is not tried for ever.

pub mod debounce;
pub mod futile_repairs;
pub mod rebuild_loop;
pub mod watch_event;
pub mod watch_set;
