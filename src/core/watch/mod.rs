//! The decisions of `watch`: which paths are relevant, when the debounce is over,
//! and what is not retried.

pub mod debounce;
pub mod futile_repairs;
pub mod rebuild_loop;
pub mod watch_event;
pub mod watch_set;
