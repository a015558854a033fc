//! A line in the making.

use crate::random::Random;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Bytes to which pieces are added; faster than `write!`, of which a line needs a dozen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text(pub(crate) Vec<u8>);

impl Text {
    pub(crate) fn add(&mut self, piece: impl AsRef<[u8]>) -> &mut Self {
        self.0.extend_from_slice(piece.as_ref());
        self
    }

    /// The last piece.
    pub(crate) fn put(&mut self, piece: impl AsRef<[u8]>) {
        self.add(piece);
    }

    pub(crate) fn number(&mut self, number: u64) -> &mut Self {
        self.padded(number, 1)
    }

    /// With zeros before it, so that it has at least `width` digits.
    pub(crate) fn padded(&mut self, mut number: u64, width: usize) -> &mut Self {
        let mut digits = [b'0'; 20];
        let mut at = digits.len();
        while number > 0 {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
        }
        self.add(&digits[at.min(digits.len() - width)..])
    }

    /// As Exim writes the parts of message ids.
    pub(crate) fn base62(&mut self, mut number: u64, width: usize) -> &mut Self {
        let start = self.0.len();
        self.0.resize(start + width, b'0');
        for place in self.0[start..].iter_mut().rev() {
            *place = BASE62[(number % 62) as usize];
            number /= 62;
        }
        self
    }

    /// Letters and digits as in the ids of queues and messages; at most 10.
    pub(crate) fn token(&mut self, random: &mut Random, width: usize) -> &mut Self {
        self.base62(random.next(), width)
    }

    /// An id as the last piece.
    pub(crate) fn put_token(&mut self, random: &mut Random) {
        self.token(random, 10);
    }

    /// An id of hexadecimal digits as the last piece.
    pub(crate) fn put_hex(&mut self, random: &mut Random) {
        self.add(format!("{:012x}", random.next() >> 16));
    }

    /// An IPv4 address, or an IPv6 one of the documentation range where the highest byte says so.
    pub(crate) fn ip(&mut self, ip: Ip) -> &mut Self {
        let Ip(n) = ip;
        if n >> 24 == 0 {
            return self.add("2001:db8:").hex(n >> 12 & 0xfff).add("::").hex(n & 0xfff | 1);
        }
        for shift in [24, 16, 8, 0] {
            self.number(u64::from(n >> shift & 0xff)).add(if shift > 0 { "." } else { "" });
        }
        self
    }

    /// An address as the last piece.
    pub(crate) fn put_ip(&mut self, ip: Ip) {
        self.ip(ip);
    }

    fn hex(&mut self, number: u32) -> &mut Self {
        self.add(format!("{number:x}"))
    }
}

/// An address of a host.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Ip(pub(crate) u32);

impl Ip {
    /// Ours.
    pub(crate) const OWN: Self = Self(0xcb00_7119);

    /// One of those set aside for documentation and benchmarks.
    pub(crate) fn random(random: &mut Random) -> Self {
        let low = random.next() as u32;
        Self(match random.below(16) {
            0 => low >> 8,
            1..=3 => 0xc633_6400 | low & 0xff,
            4..=6 => 0xc000_0200 | low & 0xff,
            _ => 0xc612_0000 | low & 0x1_ffff,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut Text)) -> String {
        let mut text = Text::default();
        write(&mut text);
        String::from_utf8_lossy(&text.0).into_owned()
    }

    #[test]
    fn numbers() {
        assert_eq!(text(|t| t.number(0).add(" ").number(1_234).put("")), "0 1234");
        assert_eq!(text(|t| t.padded(7, 3).add(" ").padded(1_234, 3).put("")), "007 1234");
        assert_eq!(text(|t| t.base62(61, 2).add(" ").base62(62, 3).put("")), "0z 010");
    }

    #[test]
    fn addresses() {
        assert_eq!(text(|t| t.put_ip(Ip::OWN)), "203.0.113.25");
        assert_eq!(text(|t| t.put_ip(Ip(0x0012_3456))), "2001:db8:123::457");
    }
}
