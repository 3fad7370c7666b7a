//! How much one person can do at once. Calls and, later, chats draw on the same capacity, so that an agent in the middle
//! of three chats is not rung up as well.

/// How much a piece of work takes of a person, in parts of ten thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Load(u16);

impl Load {
    /// A call takes all of a person.
    pub const CALL: Load = Load(Capacity::WHOLE);

    /// A piece of work of which a person does so many at once, 1 to 100.
    pub const fn one_of(many: u16) -> Load {
        let many = if many == 0 { 1 } else { many };
        Load(Capacity::WHOLE / if many > 100 { 100 } else { many })
    }
}

/// What is taken of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Capacity {
    taken: u16,
}

impl Capacity {
    const WHOLE: u16 = 10_000;

    /// Whether there is room for it.
    pub fn fits(&self, load: Load) -> bool {
        self.taken + load.0 <= Self::WHOLE
    }

    /// Takes room for it; false when there is none.
    pub fn take(&mut self, load: Load) -> bool {
        let fits = self.fits(load);
        if fits {
            self.taken += load.0;
        }
        fits
    }

    /// Gives the room back.
    pub fn give_back(&mut self, load: Load) {
        self.taken = self.taken.saturating_sub(load.0);
    }

    /// Whether the person does nothing.
    pub fn is_free(&self) -> bool {
        self.taken == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_needs_all_of_a_person() {
        let mut lan = Capacity::default();
        assert!(lan.take(Load::CALL) && !lan.fits(Load::CALL) && !lan.fits(Load::one_of(3)));
        lan.give_back(Load::CALL);
        assert!(lan.take(Load::one_of(3)) && !lan.fits(Load::CALL), "one chat is enough to be left in peace");
    }

    #[test]
    fn a_person_does_as_many_as_were_agreed() {
        for many in 1..=10 {
            let mut lan = Capacity::default();
            let taken = (0..20).filter(|_| lan.take(Load::one_of(many))).count();
            assert_eq!(taken, usize::from(many), "{many} at once");
            (0..many).for_each(|_| lan.give_back(Load::one_of(many)));
            assert!(lan.is_free());
        }
    }
}
