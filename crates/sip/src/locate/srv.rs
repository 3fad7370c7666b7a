//! The order of SRV records (RFC 2782): by priority, and among equals by chance, the heavier the more likely first.

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Srv {
    pub(super) priority: u16,
    pub(super) weight: u16,
    pub(super) port: u16,
    pub(super) host: String,
}

/// Puts records in the order to try; `roll` gives a number below its argument.
pub(super) fn in_order(mut records: Vec<Srv>, mut roll: impl FnMut(u64) -> u64) -> Vec<Srv> {
    // Those without weight first, so that they are chosen when the dice show nothing.
    records.sort_by_key(|record| (record.priority, record.weight));
    let mut ordered = Vec::with_capacity(records.len());
    while let Some(first) = records.first() {
        let group = records.iter().take_while(|record| record.priority == first.priority);
        let weights: Vec<u64> = group.map(|record| u64::from(record.weight)).collect();
        let mut left = roll(weights.iter().sum::<u64>() + 1);
        let chosen = weights.iter().position(|weight| {
            let here = left <= *weight;
            left = left.saturating_sub(*weight);
            here
        });
        ordered.push(records.remove(chosen.unwrap_or(0)));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(priority: u16, weight: u16, host: &str) -> Srv {
        Srv { priority, weight, port: 5060, host: host.to_owned() }
    }

    #[test]
    fn a_lower_priority_comes_first_whatever_the_weight() {
        let records = vec![record(20, 65_535, "later"), record(10, 0, "sooner"), record(10, 0, "too")];
        let hosts: Vec<String> = in_order(records, |_| 0).into_iter().map(|record| record.host).collect();
        assert_eq!(hosts, ["sooner", "too", "later"]);
    }

    #[test]
    fn among_equals_the_heavier_is_chosen_more_often() {
        let mut dice = crate::timer::Dice::new([3; 32]);
        let mut first = [0_u32; 3];
        for _ in 0..4_000 {
            let records = vec![record(1, 0, "0"), record(1, 10, "1"), record(1, 30, "2")];
            let ordered = in_order(records, |below| dice.below(below));
            assert_eq!(ordered.len(), 3);
            first[ordered[0].host.parse::<usize>().expect("a number")] += 1;
        }
        assert!((850..1150).contains(&first[1]) && (2750..3050).contains(&first[2]), "{first:?}");
        assert!(first[0] > 0, "one without weight has a small chance");
    }
}
