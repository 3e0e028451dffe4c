//! The limits of a running program: its work, its depth, the length of its texts.

use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::state::Machine;
use crate::clojure::value::Value;

/// How many calls, loops and items of work a program may take: some seconds.
/// What is copied counts too, by its size, so this also bounds the memory.
/// Tests, which are not optimised and reach it often, make do with less.
const STEPS: u64 = if cfg!(test) { 1_000_000 } else { 20_000_000 };
/// How deep evaluation may nest; node's stack holds about as much.
const DEEPEST: u32 = 20_000;
/// How much may be printed, and how long one string may become, in bytes.
pub(crate) const LONGEST: usize = 8 << 20;

impl Machine<'_> {
    /// Counts work, so that every program ends.
    pub(crate) fn spend(&mut self, steps: usize) -> Outcome<()> {
        self.steps = self.steps.saturating_add(steps as u64);
        if self.steps > STEPS {
            return Err(failed(format!("the program takes more than {STEPS} steps; does a loop never end?")));
        }
        Ok(())
    }

    /// Counts the length of strings that a native function will look at.
    pub(crate) fn weigh(&mut self, arguments: &[Value]) -> Outcome<()> {
        let length = |value: &Value| if let Value::String(text) = value { text.len() } else { 0 };
        self.spend(arguments.iter().map(length).sum::<usize>() / 64)
    }

    /// Goes one level deeper; the caller comes back with `self.depth -= 1`.
    pub(crate) fn deeper(&mut self) -> Outcome<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            self.depth -= 1;
            return Err(failed(format!(
                "evaluation is nested more than {DEEPEST} deep; does a function call itself without end?"
            )));
        }
        Ok(())
    }

    /// Adds to what was printed.
    pub(crate) fn write(&mut self, text: &str) -> Outcome<()> {
        self.spend(text.len() / 16)?;
        if self.output.len() + text.len() > LONGEST {
            return Err(failed(format!("the program prints more than {} MiB", LONGEST >> 20)));
        }
        self.output.push_str(text);
        Ok(())
    }

    /// A string as a value, unless it is too long.
    pub(crate) fn string(&mut self, text: String) -> Outcome {
        self.room(text.len())?;
        Ok(Value::string(text))
    }

    /// Asks for room for a string of so many bytes.
    pub(crate) fn room(&mut self, length: usize) -> Outcome<()> {
        if length > LONGEST {
            return Err(failed(format!("a string becomes longer than {} MiB", LONGEST >> 20)));
        }
        self.spend(length / 16)
    }
}
