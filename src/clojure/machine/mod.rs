//! What the analyser, the library and the evaluator share: the code that the
//! machine runs (`node`), the names in it (`names`), how its running ends
//! (`fault`), and the machine itself with its limits.
//!
//! The evaluator (`run`) calls functions of the library without importing it: the
//! machine is given them, by number, as rows of `native`.

pub(crate) mod fault;
pub(crate) mod limits;
pub(crate) mod moment;
pub(crate) mod names;
pub(crate) mod native;
pub(crate) mod node;
pub(crate) mod state;
