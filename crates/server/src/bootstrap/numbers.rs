//! `101-110,200` as numbers.

/// The most numbers one list may mean.
const MOST: usize = 10_000;

/// The numbers a list means, in its order, each once. Leading zeros are kept: `001-003`.
pub(crate) fn expand(list: &str) -> Result<Vec<String>, String> {
    let mut numbers: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for part in list.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').map_or((part, part), |(a, b)| (a.trim(), b.trim()));
        let bad = || format!("{part:?} is neither a number nor a range such as 101-110");
        let (from, to): (u64, u64) = (first.parse().map_err(|_| bad())?, last.parse().map_err(|_| bad())?);
        if to < from || first.len() != last.len() {
            return Err(format!("the range {part:?} must rise, with as many digits at both ends"));
        }
        if to - from >= MOST as u64 || numbers.len() + (to - from) as usize >= MOST {
            return Err(format!("{part:?} makes more than {MOST} extensions; run it in parts"));
        }
        let fresh = (from..=to).map(|n| format!("{n:0width$}", width = first.len()));
        numbers.extend(fresh.filter(|n| seen.insert(n.clone())));
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_single_numbers_are_expanded_once() {
        assert_eq!(expand("101-103, 200,102"), Ok(["101", "102", "103", "200"].map(str::to_owned).to_vec()));
        assert_eq!(expand("008-010"), Ok(["008", "009", "010"].map(str::to_owned).to_vec()));
        assert_eq!(expand(""), Ok(Vec::new()));
        assert_eq!(expand("1000-1999").map(|n| n.len()), Ok(1000));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for bad in ["a-b", "110-101", "99-101", "0-99999999", "1-"] {
            assert!(expand(bad).expect_err(bad).contains(bad), "{bad}");
        }
    }
}
