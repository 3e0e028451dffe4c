//! The embedded compiler against ClojureScript itself: `nbb`, which interprets it
//! on node, and Cherry, which compiles to the real `cljs.core`. Both come with
//! `npm ci`. Whatever ours answers must be what they answer; where those two
//! differ from one another, `disagreements.cljs` says which counts, and why.

#![expect(clippy::disallowed_methods, reason = "the other engines are processes, and need a PATH")]

mod coverage;
mod ecosystems;
mod oracle;
mod ours;
mod products;
mod programs;
mod table;
mod warnings;
