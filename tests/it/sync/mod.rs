//! What a sync does to what runs: which apps it replaces, in which order, what it
//! leaves alone, and what becomes of one that fails or is cut off.

mod apps;
mod concurrency;
mod crash;
mod cut_off;
mod damage;
mod failures;
mod fields;
mod guard;
mod health;
mod idle;
mod interrupt;
mod moved_workspace;
mod order;
mod ownership;
mod pull;
mod removal;
mod stopped;
