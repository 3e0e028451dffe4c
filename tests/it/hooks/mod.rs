//! What git does, and what the hooks make of it: how they are installed beside
//! others, when they act, and the worker that they start.

mod branches;
mod every_git;
mod hook_files;
mod installing;
mod managers;
mod odd_repositories;
mod pausing;
mod worker;
