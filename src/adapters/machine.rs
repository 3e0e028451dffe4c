//! Answers what the core asks about this machine: files, folders, programs.

use std::ffi::OsStr;
use std::path::Path;

use crate::adapters::process::{find_program, is_executable};
use crate::core::pm2::effective::machine::{Machine, Question};

/// Looks up every question. `path` is the PATH under which apps will start.
pub(crate) fn answers(questions: &[Question], root: &Path, path: &OsStr) -> Machine {
    let mut machine = Machine { root: root.to_owned(), ..Machine::default() };
    for question in questions {
        match question {
            Question::File(file) if file.exists() => {
                machine.files.insert(file.clone());
            }
            Question::Folder(folder) if folder.is_dir() => {
                machine.folders.insert(folder.clone());
            }
            Question::Executable(file) if is_executable(file) => {
                machine.executables.insert(file.clone());
            }
            Question::Program(name) => {
                if let Some(program) = find_program(OsStr::new(name), path, root) {
                    machine.programs.insert(name.clone(), program);
                }
            }
            Question::File(_) | Question::Folder(_) | Question::Executable(_) => {}
        }
    }
    machine
}
