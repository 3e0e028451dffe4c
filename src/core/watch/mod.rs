//! The decisions of `watch`: which paths are relevant, when the debounce is over,
//! and what is not retried.

pub(crate) mod debounce;
pub(crate) mod futile_repairs;
pub(crate) mod rebuild_loop;
pub(crate) mod watch_event;
pub(crate) mod watch_set;
