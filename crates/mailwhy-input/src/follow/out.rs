//! Where what a log gives goes to.

use std::ops::ControlFlow;

use super::records::Records;
use super::rotated::Stored;
use super::{BLOCK, FollowOptions, Notice};

/// Takes what a log gives.
pub(super) type Give<'a> = dyn FnMut(Given) -> ControlFlow<()> + 'a;

/// What a log gives.
pub(super) enum Given {
    Lines(u64, Vec<u8>),
    Notice(Notice),
}

/// Where what a log gives goes to, and how lines are parted.
pub(super) struct Out<'a> {
    pub(super) options: &'a FollowOptions,
    starts_record: fn(&[u8]) -> bool,
    give: &'a mut Give<'a>,
    stopped: bool,
}

impl<'a> Out<'a> {
    pub(super) fn new(
        options: &'a FollowOptions,
        starts_record: fn(&[u8]) -> bool,
        give: &'a mut Give<'a>,
    ) -> Self {
        Self { options, starts_record, give, stopped: false }
    }

    pub(super) fn notice(&mut self, notice: Notice) {
        self.give(Given::Notice(notice));
    }

    /// Gives whole records; the last one only if it is `settled`.
    pub(super) fn take(&mut self, records: &mut Records, settled: bool) {
        while let Some((offset, data)) = records.take(self.starts_record, settled) {
            self.give(Given::Lines(offset, data));
        }
    }

    /// Gives all there is of a file that is gone.
    pub(super) fn rest(&mut self, records: &mut Records) {
        self.take(records, true);
        if let Some((offset, data)) = records.take_rest() {
            self.give(Given::Lines(offset, data));
        }
    }

    /// Reads a stored file to its end, behind what is in `records`.
    pub(super) fn stored(&mut self, mut file: Stored, records: &mut Records) {
        let mut block = vec![0; BLOCK];
        records.push(&file.head, self.options.max_line);
        self.take(records, false);
        // A damaged archive ends where the damage is.
        while let Ok(read @ 1..) = file.rest.read(&mut block)
            && !self.stopped
        {
            records.push(&block[..read], self.options.max_line);
            self.take(records, false);
        }
        self.rest(records);
    }

    fn give(&mut self, given: Given) {
        if !self.stopped {
            self.stopped = (self.give)(given).is_break();
        }
    }
}
