//! What the commands say, and what the settings change, for people and programs.

mod doctor;
mod output;
mod revisions;
mod secrets;
mod settings;
mod show_env;
