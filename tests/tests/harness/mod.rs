//! What the tests stand on: the program, a real Exim, and the servers it speaks to.

pub mod cli;
pub mod exim;
pub mod process;
pub mod sink;
pub mod tmux;

use std::path::{Path, PathBuf};

/// The root of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace")
}

/// The log that is shipped with the repository; see its README.
pub fn sample() -> PathBuf {
    workspace().join("testdata/exim/sample")
}
