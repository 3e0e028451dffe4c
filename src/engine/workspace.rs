//! A workspace: the worktree, its settings, its state folder, and the PM2 that
//! its definitions drive.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::adapters::bugs::Bugs;
use crate::adapters::fs::{read_text, read_variables};
use crate::adapters::git::Repository;
use crate::adapters::signals::Interrupt;
use crate::adapters::state::StateFolder;
use crate::core::definition::desired::NAME_VARIABLE;
use crate::core::failure::Failure;
use crate::core::files::sources::Selection;
use crate::core::settings::environment::Environment;
use crate::core::settings::{FILE, Settings, parse};

/// Where a command runs, and in which environment.
#[derive(Clone, Debug)]
pub struct Context {
    /// The directory: that of `-C`, else the working directory.
    pub directory: PathBuf,
    /// The environment of the program.
    pub environment: Environment,
    /// The path of the program itself.
    pub program: PathBuf,
    /// Whether a signal asks to stop.
    pub interrupt: Interrupt,
    /// The panics that were noted.
    pub bugs: Bugs,
}

/// A workspace, opened.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Its repository.
    pub repository: Rc<Repository>,
    /// Its settings.
    pub settings: Settings,
    /// The globs of its sources.
    pub sources: Selection,
    /// Its state folder.
    pub state: StateFolder,
    /// The environment of the caller.
    pub environment: Environment,
    /// Whether a signal asks to stop.
    pub interrupt: Interrupt,
    /// The panics that were noted.
    pub bugs: Bugs,
    /// Variables that definitions see with another value, or do not see.
    overrides: BTreeMap<String, Option<String>>,
}

impl Workspace {
    /// Opens the workspace that the context's directory lies in.
    pub fn open(context: &Context) -> Result<Self, Failure> {
        let on_disk = |repository: &Repository| read_text(&repository.root().join(FILE));
        Self::open_with(context, on_disk)
    }

    /// The same with settings that are read from elsewhere, as a revision has them.
    pub fn open_with(
        context: &Context,
        settings: impl FnOnce(&Repository) -> anyhow::Result<Option<String>>,
    ) -> Result<Self, Failure> {
        let usage = |error: anyhow::Error| Failure::Usage(format!("{error:#}"));
        let git_dir = context.environment.os("GIT_DIR");
        let repository = Repository::open(&context.directory, git_dir).map_err(usage)?;
        let text = settings(&repository).map_err(usage)?.unwrap_or_default();
        let (settings, sources) = settings_of(&text)?;
        let state = StateFolder::new(repository.state_folder());
        Ok(Self {
            state,
            sources,
            settings,
            repository: Rc::new(repository),
            environment: context.environment.clone(),
            interrupt: context.interrupt.clone(),
            bugs: context.bugs.clone(),
            overrides: BTreeMap::new(),
        })
    }

    /// The same workspace with the settings of another text, as a revision or
    /// the index holds it.
    pub fn with_settings(self, text: &str) -> Result<Self, Failure> {
        let (settings, sources) = settings_of(text)?;
        Ok(Self { settings, sources, ..self })
    }

    /// The same workspace, in which definitions see another value of a variable, or none.
    #[must_use]
    pub fn with_variable(&self, variable: &str, value: Option<&str>) -> Self {
        let overrides = BTreeMap::from([(variable.to_owned(), value.map(str::to_owned))]);
        Self { overrides, ..self.clone() }
    }

    /// The top of the worktree.
    pub fn root(&self) -> &Path {
        self.repository.root()
    }

    /// The artifact.
    pub fn artifact(&self) -> PathBuf {
        self.root().join(&self.settings.compile.output)
    }

    /// The file that people give to PM2.
    pub fn entry(&self) -> PathBuf {
        self.root().join(&self.settings.entry)
    }

    /// PM2's home: `PM2SYNC_PM2_HOME`, else the settings, else `PM2_HOME`, else
    /// `~/.pm2`. What is relative counts from the root.
    pub fn pm2_home(&self) -> Result<PathBuf, Failure> {
        let ours = self.path_in("PM2SYNC_PM2_HOME")?;
        let given = ours.or(self.settings.pm2.home.as_deref().filter(|home| !home.is_empty()));
        let given = if given.is_some() { given } else { self.path_in("PM2_HOME")? };
        let home = match (given, self.path_in("HOME")?) {
            (Some(home), Some(user)) if home.starts_with("~/") => Path::new(user).join(&home[2..]),
            (Some(home), _) => PathBuf::from(home),
            (None, Some(user)) => Path::new(user).join(".pm2"),
            (None, None) => {
                return Err(Failure::Usage(
                    "there is neither `PM2_HOME` nor `HOME`, so PM2 has no home; set `[pm2] home`".to_owned(),
                ));
            }
        };
        Ok(self.root().join(home))
    }

    /// The path in a variable, which PM2 will be given; nothing where it is unset.
    fn path_in(&self, name: &str) -> Result<Option<&str>, Failure> {
        match self.environment.os(name).filter(|path| !path.is_empty()) {
            None => Ok(None),
            Some(path) => path.to_str().map(Some).ok_or_else(|| not_text(&format!("`{name}`"), path)),
        }
    }

    /// Fails where the root is not UTF-8: node, and so PM2, could not run there.
    pub fn require_utf8_root(&self) -> Result<(), Failure> {
        let root = self.root().as_os_str();
        root.to_str().map(drop).ok_or_else(|| not_text("the workspace's path", root))
    }

    /// The variables that definitions see: the caller's less what git set for
    /// its hooks, with the root for `PWD`, so that it is the same wherever one
    /// stands; the workspace's own file wins over all.
    pub fn definition_variables(&self) -> Result<BTreeMap<String, String>, Failure> {
        self.definition_variables_over(&self.file_variables()?)
    }

    /// The same where the file need not be there although the settings name it, as
    /// on a CI machine, which holds no secrets.
    pub fn definition_variables_where_present(&self) -> Result<BTreeMap<String, String>, Failure> {
        self.definition_variables_over(&self.variables_in(&self.settings.env.file)?)
    }

    /// The same with the variables of another file.
    pub fn definition_variables_over(
        &self,
        file: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, Failure> {
        let mut environment = self.environment.cleaned();
        environment.set("PWD", self.root());
        environment.set("PM2_HOME", self.pm2_home()?);
        // The one variable of pm2sync's own that definitions depend on.
        if let Some(name) = self.environment.text(NAME_VARIABLE) {
            environment.set(NAME_VARIABLE, name);
        }
        let mut variables = environment.for_definitions(file);
        for (name, value) in &self.overrides {
            match value {
                Some(value) => variables.insert(name.clone(), value.clone()),
                None => variables.remove(name),
            };
        }
        Ok(variables)
    }

    /// Which `env_NAME` of a definition counts over its `env`: as these variables
    /// say, else the settings.
    pub fn environment_name<'a>(&'a self, variables: &'a BTreeMap<String, String>) -> Option<&'a str> {
        let own = variables.get(NAME_VARIABLE).or(self.settings.env.name.as_ref());
        own.map(String::as_str).filter(|name| !name.is_empty())
    }

    /// The variables of the workspace's own file. One other than the usual file must
    /// exist: without it, values would silently be blank.
    pub fn file_variables(&self) -> Result<BTreeMap<String, String>, Failure> {
        let file = &self.settings.env.file;
        if self.settings.env.is_required() && !self.root().join(file).is_file() {
            return Err(Failure::Usage(format!(
                "there is no file `{file}`, which `[env] file` in `{FILE}` names; write it, or remove that \
                 line out"
            )));
        }
        self.variables_in(file)
    }

    fn variables_in(&self, path: &str) -> Result<BTreeMap<String, String>, Failure> {
        read_variables(&self.root().join(path)).map_err(|error| Failure::Usage(format!("{error:#}")))
    }
}

/// Node reads paths as UTF-8, and replaces other bytes.
fn not_text(what: &str, path: &OsStr) -> Failure {
    let shown = path.display();
    Failure::Usage(format!(
        "{what} is not valid UTF-8, which PM2 cannot handle: `{shown}`; rename the folder"
    ))
}

fn settings_of(text: &str) -> Result<(Settings, Selection), Failure> {
    let settings = parse::parse(text).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Failure::Usage(lines.join("\n"))
    })?;
    let sources = Selection::new(&settings.sources).map_err(Failure::Usage)?;
    Ok((settings, sources))
}
