//! Bytes as they come, cut where a record ends.

use memchr::{memchr, memrchr};

/// A record that is longer is not waited for.
const LONGEST: usize = 1 << 20;

/// What was read of a file and not given away.
pub(super) struct Records {
    buffer: Vec<u8>,
    /// Where the buffer begins in the file.
    offset: u64,
    /// A line that was cut: it ends here in the buffer, with a newline that the file does not have.
    cut: Option<usize>,
    /// Whether what comes up to the next newline belongs to a line that was cut.
    skipping: bool,
    /// Whether what comes before the first record is to be dropped.
    aligning: bool,
}

impl Records {
    /// Of a file that is read from here.
    pub(super) fn new(offset: u64) -> Self {
        Self { buffer: Vec::new(), offset, cut: None, skipping: false, aligning: false }
    }

    /// Of a file that is read from somewhere in it: what comes before the first record is dropped.
    pub(super) fn aligned(offset: u64) -> Self {
        Self { skipping: true, aligning: true, ..Self::new(offset) }
    }

    /// Whether nothing is held.
    pub(super) fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Whether whole lines are held, which only wait for what may belong to them.
    pub(super) fn has_lines(&self) -> bool {
        memchr(b'\n', &self.buffer).is_some()
    }

    /// Adds what follows in the file. All that can be taken must have been taken before.
    pub(super) fn push(&mut self, mut data: &[u8], max_line: usize) {
        if self.skipping {
            let dropped = memchr(b'\n', data).map_or(data.len(), |newline| newline + 1);
            self.skipping = !data[..dropped].ends_with(b"\n");
            self.offset += dropped as u64;
            data = &data[dropped..];
        }
        self.buffer.extend_from_slice(data);
        let open = memrchr(b'\n', &self.buffer).map_or(0, |newline| newline + 1);
        if self.buffer.len() - open >= max_line.max(1) {
            let end = open + max_line.max(1);
            self.buffer[end - 1] = b'\n';
            self.cut = Some(end);
        }
    }

    /// Takes whole records; the last one only if it is `settled`: nothing that would continue it is to come.
    pub(super) fn take(&mut self, starts_record: fn(&[u8]) -> bool, settled: bool) -> Option<(u64, Vec<u8>)> {
        if let Some(end) = self.cut.take() {
            let given = (self.offset, self.buffer[..end].to_vec());
            self.offset += self.buffer.len() as u64;
            self.buffer.clear();
            self.skipping = true;
            return self.begun(given, starts_record);
        }
        let lines = memrchr(b'\n', &self.buffer)? + 1;
        let end = if settled || lines > LONGEST {
            lines
        } else {
            last_record(&self.buffer[..lines], starts_record)?
        };
        let rest = self.buffer.split_off(end);
        let data = std::mem::replace(&mut self.buffer, rest);
        let given = (self.offset, data);
        self.offset += end as u64;
        self.begun(given, starts_record)
    }

    /// Takes what is left, if the file ended there.
    pub(super) fn take_rest(&mut self) -> Option<(u64, Vec<u8>)> {
        let data = std::mem::take(&mut self.buffer);
        let offset = self.offset;
        self.offset += data.len() as u64;
        (!data.is_empty() && !self.aligning).then_some((offset, data))
    }

    /// Drops what is before the first record, if that has not come yet.
    fn begun(
        &mut self,
        (offset, mut data): (u64, Vec<u8>),
        starts_record: fn(&[u8]) -> bool,
    ) -> Option<(u64, Vec<u8>)> {
        if !self.aligning {
            return Some((offset, data));
        }
        let mut at = 0;
        for line in data.split_inclusive(|&b| b == b'\n') {
            if starts_record(line.strip_suffix(b"\n").unwrap_or(line)) {
                self.aligning = false;
                let offset = offset + at as u64;
                return Some((offset, data.split_off(at)));
            }
            at += line.len();
        }
        None
    }
}

/// Where the last record in whole lines begins; none if it is the first.
fn last_record(lines: &[u8], starts_record: fn(&[u8]) -> bool) -> Option<usize> {
    let mut end = lines.len();
    while end > 0 {
        let start = memrchr(b'\n', &lines[..end - 1]).map_or(0, |newline| newline + 1);
        if starts_record(&lines[start..end - 1]) {
            return (start > 0).then_some(start);
        }
        end = start;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts_record(line: &[u8]) -> bool {
        line.first() == Some(&b'>')
    }

    fn take(records: &mut Records, settled: bool) -> Vec<(u64, String)> {
        std::iter::from_fn(|| records.take(starts_record, settled))
            .map(|(offset, data)| (offset, String::from_utf8(data).unwrap()))
            .collect()
    }

    #[test]
    fn a_record_waits_for_its_end() {
        let mut records = Records::new(10);
        records.push(b">1\n>2\n a\n>3", 99);
        assert_eq!(take(&mut records, false), [(10, ">1\n".into())]);
        records.push(b" b\n", 99);
        assert_eq!(take(&mut records, false), [(13, ">2\n a\n".into())]);
        assert_eq!(take(&mut records, true), [(19, ">3 b\n".into())]);
        assert!(records.is_empty());
    }

    #[test]
    fn half_a_line_is_kept_until_the_file_is_gone() {
        let mut records = Records::new(0);
        records.push(b">1\n>2", 99);
        assert_eq!(take(&mut records, true), [(0, ">1\n".into())]);
        assert!(!records.has_lines());
        assert_eq!(records.take_rest(), Some((3, b">2".to_vec())));
        assert_eq!(records.take_rest(), None);
    }

    #[test]
    fn a_line_that_is_too_long_is_cut() {
        let mut records = Records::new(0);
        records.push(b">1\n>23456789", 6);
        assert_eq!(take(&mut records, false), [(0, ">1\n>2345\n".into())]);
        records.push(b"more", 6);
        records.push(b"more\n>3\n", 6);
        assert_eq!(take(&mut records, true), [(21, ">3\n".into())]);
    }

    #[test]
    fn begins_with_a_record() {
        let mut records = Records::aligned(100);
        records.push(b"rest of a line\ncontinued\n>1\n>2\n", 99);
        assert_eq!(take(&mut records, true), [(125, ">1\n>2\n".into())]);
        let mut records = Records::aligned(0);
        records.push(b"rest", 99);
        records.push(b" of it\n+\n", 99);
        assert_eq!(take(&mut records, true), []);
        records.push(b">1\n", 99);
        assert_eq!(take(&mut records, true), [(13, ">1\n".into())]);
    }
}
