//! `pm2sync watch`: what it takes for a change, and where something goes wrong.

mod edits;
mod troubles;
mod under_pm2;
