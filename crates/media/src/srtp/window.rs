//! Packet indices: the 16 bits on the wire become 48 (RFC 3711 section 3.3.1 and appendix A), and each is used once.

/// How far behind the newest a packet may come.
pub(super) const WIDTH: u64 = 128;

/// The indices of one stream that were used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    newest: u64,
    /// Bit n stands for the index n behind the newest.
    used: u128,
}

impl Window {
    /// Of a stream that begins here; nothing is used yet.
    pub(super) fn starting(index: u64) -> Window {
        Window { newest: index, used: 0 }
    }

    /// The index that a sequence number most likely stands for: the one nearest to the newest.
    pub(super) fn guess(&self, sequence: u16) -> Option<u64> {
        let ahead = i64::from(sequence.wrapping_sub(self.newest as u16) as i16);
        self.newest.checked_add_signed(ahead).filter(|index| *index < 1 << 48)
    }

    /// Whether this index was used, or is too old to tell.
    pub(super) fn has(&self, index: u64) -> bool {
        match self.newest.checked_sub(index) {
            Some(behind) => behind >= WIDTH || self.used >> behind & 1 == 1,
            None => false,
        }
    }

    /// Notes that it is used.
    pub(super) fn mark(&mut self, index: u64) {
        if index > self.newest {
            let ahead = index - self.newest;
            self.used = u32::try_from(ahead).ok().and_then(|ahead| self.used.checked_shl(ahead)).unwrap_or(0);
            self.newest = index;
        }
        let behind = self.newest - index;
        if behind < WIDTH {
            self.used |= 1 << behind;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_index_is_used_once_and_old_ones_never() {
        let mut window = Window::starting(1000);
        assert!(!window.has(1000));
        for index in [1000, 1003, 1001] {
            window.mark(index);
            assert!(window.has(index));
        }
        assert!(!window.has(1002) && !window.has(1004));
        window.mark(1000 + WIDTH + 2);
        assert!(!window.has(1004) && window.has(1003) && window.has(1002), "1002 is too old to tell");
        window.mark(1 << 40);
        assert!(!window.has((1 << 40) - 1));
    }

    #[test]
    fn a_sequence_number_means_the_nearest_index() {
        let window = Window::starting(0xFFFE);
        assert_eq!(window.guess(0xFFFF), Some(0xFFFF));
        assert_eq!(window.guess(2), Some(0x1_0002));
        let window = Window::starting(0x1_0002);
        assert_eq!(window.guess(0xFFFF), Some(0xFFFF));
        assert_eq!(Window::starting(3).guess(0xFFFF), None, "before the beginning");
    }
}
