/*!
Generators and checks of the workspace: `cargo xtask generate [--check]`, `package [--check]`, `pictures`.

`generate` reads `data/`, checks it, and writes the tables of `mailwhy-codes` and the reference under `docs/codes`. It
needs no crate of the workspace to compile, only lists of names and words, which it includes by path: a broken table
never stands in its own way.
*/

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

mod data;
mod docs;
mod emit;
mod package;
mod pattern;
mod pictures;
#[path = "../../crates/mailwhy-codes/src/reason.rs"]
#[allow(dead_code)]
mod reason;
#[path = "../../crates/mailwhy-codes/src/reply.rs"]
#[allow(dead_code)]
mod reply;
mod validate;

const USAGE: &str = "\
usage: cargo xtask generate [--check] | package [--check] | pictures

  generate           check data/ and write the tables of mailwhy-codes and docs/codes;
                     what is not valid is named and left out, and the exit code is 1
  generate --check   write nothing; fail when data/ has problems or what is made of it is not current
  package            write what is packaged beside the program to pkg/: manual pages, completions,
                     the example of a configuration; all of it comes from the definition of the options
  package --check    write nothing; fail when it is not current
  pictures           write the pictures of a terminal to docs/img";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match args[..] {
        ["generate"] => generate(false),
        ["generate", "--check"] => generate(true),
        ["package"] => root().and_then(|root| package::package(&root, false)),
        ["package", "--check"] => root().and_then(|root| package::package(&root, true)),
        ["pictures"] => root().and_then(|root| pictures::pictures(&root)),
        _ => Err(anyhow::anyhow!(USAGE)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn generate(check: bool) -> Result<()> {
    let root = root()?;
    let (data, mut problems) = data::load(&root)?;
    let data = validate::validate(data, &mut problems);
    let mut files = emit::tables(&data, &root)?;
    files.extend(docs::pages(&data));
    let mut stale = left_over(&root, &files, check)?;
    for (path, content) in &files {
        let full = root.join(path);
        if std::fs::read_to_string(&full).is_ok_and(|old| old == *content) {
            continue;
        }
        stale.push(path.display().to_string());
        if !check {
            if let Some(dir) = full.parent() {
                std::fs::create_dir_all(dir)?;
            }
            std::fs::write(&full, content).with_context(|| format!("cannot write {}", full.display()))?;
        }
    }
    for problem in &problems {
        tell(problem);
    }
    tell(&format!(
        "{} reasons, {} reply codes, {} enhanced codes, {} providers, {} blocklists, {} causes with {} texts",
        data.reasons.len(),
        data.basic.len(),
        data.enhanced.len(),
        data.providers.len(),
        data.blocklists.len(),
        data.causes.len(),
        data.causes.iter().map(|c| c.marks.len() + c.matches.len()).sum::<usize>(),
    ));
    if check && !stale.is_empty() {
        bail!("not current, run `cargo xtask generate`: {}", stale.join(", "));
    }
    if !problems.is_empty() {
        let without = if check { "" } else { "; the tables were written without them" };
        bail!("{} problems in data/{without}", problems.len());
    }
    Ok(())
}

/// Pages of the reference that are generated no more; removed, unless this is only a check.
fn left_over(root: &Path, files: &[(PathBuf, String)], check: bool) -> Result<Vec<String>> {
    let mut left = Vec::new();
    for lang in ["en", "ru"] {
        let Ok(dir) = std::fs::read_dir(root.join(docs::DIR).join(lang)) else { continue };
        for entry in dir {
            let path = Path::new(docs::DIR).join(lang).join(entry?.file_name());
            if !files.iter().any(|(file, _)| *file == path) {
                if !check {
                    std::fs::remove_file(root.join(&path))?;
                }
                left.push(path.display().to_string());
            }
        }
    }
    Ok(left)
}

fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(here.parent().context("xtask lies in the workspace")?.to_owned())
}

#[expect(clippy::print_stderr, reason = "this is a program for the terminal")]
fn tell(message: &str) {
    eprintln!("{message}");
}
