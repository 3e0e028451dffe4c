//! Text and the places in it: what readers, rules and reports share. Pure, and
//! knows neither ClojureScript nor PM2.

pub mod conflict;
pub mod diagnostic;
pub mod lines;
pub mod markdown;
pub mod name_list;
pub mod nearest;
pub mod paths;
