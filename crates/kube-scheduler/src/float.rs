//! The few scores that upstream works out in floating point, to the last bit as it does: sums, products,
//! quotients and square roots of doubles are the same on every machine, natively and in wasm.

/// 100 less the standard deviation of the shares, in percent; a share is what is taken and what there is
/// (upstream: `balancedResourceScorer`).
pub(crate) fn balance(shares: &[(i64, i64)]) -> i64 {
    let fraction = |&(taken, whole): &(i64, i64)| (taken as f64 / whole as f64).min(1.0);
    let deviation = match shares {
        [] | [_] => 0.0,
        [a, b] => ((fraction(a) - fraction(b)) / 2.0).abs(),
        _ => {
            let mut sum = 0.0;
            for share in shares {
                sum += fraction(share);
            }
            let count = shares.len() as f64;
            let mean = sum / count;
            let mut squares = 0.0;
            for share in shares {
                squares += (fraction(share) - mean) * (fraction(share) - mean);
            }
            (squares / count).sqrt()
        }
    };
    ((1.0 - deviation) * 100.0) as i64
}

/// A size scaled by how many of the nodes have it (upstream: `scaledImageScore`).
pub(crate) fn scaled(size: i64, having: u32, nodes: usize) -> i64 {
    (size as f64 * (f64::from(having) / nodes as f64)) as i64
}

/// A part in percent (upstream: `NormalizeScore` of `InterPodAffinity`).
pub(crate) fn percent(part: i64, whole: i64) -> i64 {
    (100.0 * (part as f64 / whole as f64)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_cut_off_where_a_double_is() {
        for (row, part, whole, cut) in [
            ("two thirds", 2, 3, 66),
            ("what a double cannot tell from less than the whole percent", 29, 100, 28),
            ("all", 7, 7, 100),
        ] {
            assert_eq!(percent(part, whole), cut, "{row}");
        }
    }

    #[test]
    fn shares_that_are_alike_score_high() {
        for (row, shares, score) in [
            ("of one resource there is nothing to balance", &[(3, 4)][..], 100),
            ("half the distance of two", &[(3000, 4000), (0, 16)], 62),
            ("more than there is counts as all", &[(8, 4), (4, 4)], 100),
            ("the deviation of three", &[(1, 4), (2, 4), (3, 4)], 79),
            ("what a double cannot tell from less than the whole percent", &[(29, 100), (1, 100)], 86),
        ] {
            assert_eq!(balance(shares), score, "{row}");
        }
    }
}
