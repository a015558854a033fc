//! What is packaged beside the program: made by the program itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Manual pages, completions and the example of a configuration, written to `pkg/`.
pub fn package(root: &Path, check: bool) -> Result<()> {
    let mailwhy = Program::build(root)?;
    let manual = std::env::temp_dir().join(format!("mailwhy-man-{}", std::process::id()));
    mailwhy.run(
        root,
        &["generate", "man", manual.to_str().context("the temporary directory has a plain name")?],
    )?;
    let mut files = BTreeMap::new();
    for page in fs::read_dir(&manual)? {
        let page = page?;
        files.insert(Path::new("pkg/man").join(page.file_name()), fs::read_to_string(page.path())?);
    }
    fs::remove_dir_all(&manual)?;
    for (shell, name) in [("bash", "mailwhy.bash"), ("zsh", "_mailwhy"), ("fish", "mailwhy.fish")] {
        let script = mailwhy.run(root, &["generate", "completions", shell])?;
        files.insert(Path::new("pkg/completions").join(name), script);
    }
    files.insert("pkg/config.toml".into(), mailwhy.run(root, &["config", "example"])?);
    write(root, &files, &["pkg/man", "pkg/completions"], check)
}

/// The program, built from the present sources.
pub(crate) struct Program {
    path: PathBuf,
}

impl Program {
    pub(crate) fn build(root: &Path) -> Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--locked", "--package", "mailwhy"]).current_dir(root);
        if !build.status()?.success() {
            bail!("mailwhy does not build");
        }
        // This program lies beside it.
        let path = std::env::current_exe()?.with_file_name("mailwhy");
        Ok(Self { path })
    }

    /// What it prints in a directory, with nothing of this host's configuration.
    pub(crate) fn run(&self, directory: &Path, args: &[&str]) -> Result<String> {
        self.run_in("en", directory, args)
    }

    /// The same on a host with this language.
    pub(crate) fn run_in(&self, lang: &str, directory: &Path, args: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.path);
        command
            .args(args)
            .env_clear()
            .env("MAILWHY_CONFIG", "/dev/null")
            .env("TZ", "UTC")
            .env("LANG", lang)
            .current_dir(directory);
        let done = command.output().with_context(|| format!("cannot run {}", self.path.display()))?;
        if !done.status.success() {
            bail!("mailwhy {}: {}", args.join(" "), String::from_utf8_lossy(&done.stderr));
        }
        Ok(String::from_utf8(done.stdout)?)
    }
}

/// Writes the files and removes others from their directories, or only tells whether that would change anything.
pub(crate) fn write(
    root: &Path,
    files: &BTreeMap<PathBuf, String>,
    directories: &[&str],
    check: bool,
) -> Result<()> {
    let mut stale = Vec::new();
    for directory in directories {
        let Ok(entries) = fs::read_dir(root.join(directory)) else { continue };
        for entry in entries {
            let path = Path::new(directory).join(entry?.file_name());
            if !files.contains_key(&path) {
                if !check {
                    fs::remove_file(root.join(&path))?;
                }
                stale.push(path);
            }
        }
    }
    for (path, content) in files {
        let full = root.join(path);
        if fs::read_to_string(&full).is_ok_and(|old| old == *content) {
            continue;
        }
        if !check {
            fs::create_dir_all(full.parent().context("it lies in a directory")?)?;
            fs::write(&full, content).with_context(|| format!("cannot write {}", full.display()))?;
        }
        stale.push(path.clone());
    }
    if check && !stale.is_empty() {
        let stale: Vec<_> = stale.iter().map(|path| path.display().to_string()).collect();
        bail!("not current, run `cargo xtask package`: {}", stale.join(", "));
    }
    Ok(())
}
