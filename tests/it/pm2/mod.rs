//! PM2 as it is on real machines: its daemon, its versions, the environment it hands
//! on, and what it changes by itself.

mod daemon;
mod drift;
mod environment;
mod machines;
mod no_drift;
mod saving;
mod survivors;
mod versions;
