//! The pure core: what is desired, what runs, what has to be done and why.
//!
//! Values in, values out. Nothing here sees a file, a process, a clock, the
//! environment or the network; what must be looked up is asked for as data and
//! answered by an adapter.

pub mod artifact;
pub mod bug;
pub mod canonical;
pub mod compare;
mod convert;
pub mod definition;
pub mod desired;
pub mod digest;
pub mod doctor;
pub mod drift;
pub mod dump;
pub mod effective;
pub mod environment;
pub mod event;
pub mod failure;
pub mod feedback;
pub mod finding;
pub mod fingerprint;
pub mod health;
pub mod inherited;
pub mod interest;
pub mod interrupt;
pub mod journal;
pub mod label;
pub mod managers;
pub mod names;
pub mod options;
pub mod outcome;
pub mod pause;
pub mod plan;
pub mod range;
pub mod reason;
pub mod remark;
pub mod running;
pub mod secret;
pub mod settings;
pub mod shim;
pub mod sources;
pub mod state;
pub mod status;
pub mod tracked;
pub mod trigger;
pub mod vain;
pub mod watched;
pub mod window;
pub mod word;
