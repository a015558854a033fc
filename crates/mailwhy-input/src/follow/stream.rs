//! A stream: standard input or a named pipe.

use std::io;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;
use std::time::Instant;

use super::out::{Give, Out};
use super::records::Records;
use super::wake::Wake;
use super::{BLOCK, FollowOptions, Notice};
use crate::problem::Problem;
use crate::source::Source;

/// A stream, read by a thread of its own.
pub(super) struct Stream {
    blocks: Receiver<Result<Vec<u8>, Problem>>,
    records: Records,
    grew: Instant,
    ended: bool,
}

impl Stream {
    pub(super) fn new(source: Source, wake: &Wake) -> Self {
        let (sender, blocks) = sync_channel(4);
        let waker = wake.waker();
        thread::spawn(move || {
            read_stream(&source, &mut |read| {
                let sent = sender.send(read).is_ok();
                waker.wake();
                sent
            });
            drop(sender);
            waker.wake();
        });
        Self { blocks, records: Records::new(0), grew: Instant::now(), ended: false }
    }

    /// Whether whole lines are held, which only wait for what may belong to them.
    pub(super) fn is_waiting(&self) -> bool {
        self.records.has_lines()
    }

    /// Whether it has ended, and all of it has been given.
    pub(super) fn is_over(&self) -> bool {
        self.ended && self.records.is_empty()
    }

    pub(super) fn step(
        &mut self,
        options: &FollowOptions,
        starts_record: fn(&[u8]) -> bool,
        give: &mut Give<'_>,
    ) -> bool {
        let mut out = Out::new(options, starts_record, give);
        let grew = match self.blocks.try_recv() {
            Ok(Ok(data)) => {
                self.grew = Instant::now();
                self.records.push(&data, options.max_line);
                true
            }
            Ok(Err(problem)) => {
                out.notice(Notice::Unreadable(problem));
                true
            }
            Err(error) => {
                self.ended = error == TryRecvError::Disconnected;
                false
            }
        };
        if self.ended {
            out.rest(&mut self.records);
        } else {
            out.take(&mut self.records, self.grew.elapsed() >= options.settle);
        }
        grew
    }
}

fn read_stream(source: &Source, send: &mut dyn FnMut(Result<Vec<u8>, Problem>) -> bool) {
    let mut block = vec![0; BLOCK];
    let mut stream = match source.open(None) {
        Ok(stream) => stream,
        Err(error) => {
            send(Err(Problem::from_source(source, &error)));
            return;
        }
    };
    loop {
        match stream.read(&mut block) {
            Ok(0) => return,
            Ok(read) if send(Ok(block[..read].to_vec())) => {}
            Ok(_) => return,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                send(Err(Problem::from_source(source, &error)));
                return;
            }
        }
    }
}
