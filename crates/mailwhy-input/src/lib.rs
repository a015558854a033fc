/*!
Log files, archives, rotated sets and streams as chunks of whole lines.

[`find`] turns what stands on a command line into [`Source`]s, in the order of time. [`read`] goes through them and
hands over one [`Chunk`] after another: whole lines, with the file, the offset and the number of the first of them. A
[`Follower`] goes on with a log that is being written, through all that rotation does to it.
What a line means is known to the caller alone, who lends a function that tells where a record begins; a chunk ends
where a record does.

```
use std::ops::ControlFlow;

let (sources, problems) = mailwhy_input::find(&["/nonexistent/mainlog".into()], &Default::default());
assert_eq!(problems[0].to_string(), "/nonexistent/mainlog: no such file or directory");

let mut lines = 0;
let summary = mailwhy_input::read(&sources, &Default::default(), |line| !line.starts_with(b" "), &mut |chunk| {
    lines += chunk.data.split_inclusive(|&b| b == b'\n').count();
    ControlFlow::Continue(())
});
assert_eq!((lines, summary.bytes), (0, 0));
```

Reading never fails as a whole. What is wrong with one source is a [`Problem`] of that source, and the rest is read.

Nothing is mapped into memory: a log that is cut or replaced while it is read is a normal thing, and under a mapping
it would end the process.
*/

mod decode;
mod find;
mod follow;
mod part;
mod pool;
mod problem;
mod read;
mod resume;
mod rewrite;
mod rotation;
mod source;

pub use find::find;
pub use follow::{FollowOptions, Followed, Follower, Notice, Start};
pub use part::{Part, parts};
pub use pool::Pool;
pub use problem::{Problem, ProblemKind};
pub use read::{Chunk, FileSummary, Summary, read, read_part, read_source};
pub use resume::{Mark, Rest, resume};
pub use rewrite::Rewrite;
pub use source::{DEFAULT_LOGS, Source, default_logs, first_bytes, stdin_is_given};

/// How sources are looked for and read.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether a log stands for its whole rotated set.
    pub rotated: bool,
    /// How many bytes a chunk has at most, unless one line has more.
    pub chunk_size: usize,
    /// About how many bytes a part of a plain file has, see [`parts`].
    pub part_size: u64,
    /// About how many bytes of an archive or a stream are handed from one thread to another at a time.
    pub block_size: u64,
    /// How many bytes a line may have, its newline included. The rest of a longer one is skipped and counted.
    pub max_line: usize,
    /// How many times its size an archive may unpack to; asked once there are 16 MiB.
    pub max_ratio: u64,
    /// Where buffers that were used up are handed in again.
    pub pool: Pool,
    /// What is put in the place of lines before anybody sees them.
    pub rewrite: Option<Rewrite>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rotated: false,
            chunk_size: 256 << 10,
            part_size: 32 << 20,
            block_size: 4 << 20,
            max_line: 1 << 20,
            max_ratio: 200,
            pool: Pool::default(),
            rewrite: None,
        }
    }
}
