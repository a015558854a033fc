//! Streams, kept in temporary files: what comes through a pipe cannot be read twice.

use std::fs::File;
use std::io;

use anyhow::{Context, Result};
use mailwhy::input::Source;
use tempfile::{Builder, NamedTempFile};

/// Copies every source that is no regular file into a file in the directory for temporary ones, as it is stored, and
/// puts that in its place. The files vanish with what is returned.
pub fn streams(sources: &mut [Source]) -> Result<Vec<NamedTempFile>> {
    let mut files = Vec::new();
    for source in sources.iter_mut().filter(|source| source.size().is_none()) {
        let mut stream: Box<dyn io::Read> = match source {
            Source::Stdin => Box::new(io::stdin().lock()),
            Source::File(path) => match File::open(path) {
                Ok(file) => Box::new(file),
                // Whoever reads it says what is wrong.
                Err(_) => continue,
            },
        };
        let failed =
            || format!("{source} cannot be put into a temporary file in {}", std::env::temp_dir().display());
        let mut file = Builder::new().prefix("mailwhy-").tempfile().with_context(failed)?;
        io::copy(&mut stream, &mut file).with_context(failed)?;
        drop(stream);
        *source = Source::File(file.path().to_owned());
        files.push(file);
    }
    Ok(files)
}
