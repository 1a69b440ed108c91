//! Which successes are enough (upstream: `success_policy.go`).

use super::indexes::Indexes;
use orrery_api::{JobSpec, SuccessPolicyRule};

/// The first rule that the succeeded indexes satisfy, in words.
pub(super) fn satisfied(spec: &JobSpec, completions: i32, succeeded: &Indexes) -> Option<String> {
    let policy = spec.success_policy.as_ref().filter(|_| succeeded.total() > 0)?;
    let place = policy.rules.iter().position(|rule| is_satisfied(rule, completions, succeeded))?;
    Some(format!("Matched rules at index {place}"))
}

fn is_satisfied(rule: &SuccessPolicyRule, completions: i32, succeeded: &Indexes) -> bool {
    let Some(indexes) = &rule.succeeded_indexes else {
        return rule.succeeded_count.is_some_and(|count| succeeded.total() >= count);
    };
    let required = Indexes::parse(indexes, completions);
    let enough = rule.succeeded_count.unwrap_or(i32::MAX).min(required.total());
    required.total() > 0 && required.shared_with(succeeded) >= enough
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_api::SuccessPolicy;

    #[test]
    fn a_rule_names_indexes_a_number_or_both() {
        let rule = |indexes: Option<&str>, count| SuccessPolicyRule {
            succeeded_indexes: indexes.map(Into::into),
            succeeded_count: count,
        };
        for (row, rules, succeeded, said) in [
            ("nothing succeeded yet", vec![rule(None, Some(0))], "", None),
            ("enough of any", vec![rule(None, Some(2))], "1,7", Some("Matched rules at index 0")),
            ("not enough", vec![rule(None, Some(3))], "1,7", None),
            ("all of those named", vec![rule(Some("1,3"), None)], "0-3", Some("Matched rules at index 0")),
            ("one of those named is missing", vec![rule(Some("1,4"), None)], "0-3", None),
            (
                "enough of those named",
                vec![rule(Some("2-8"), Some(2))],
                "0,3,5",
                Some("Matched rules at index 0"),
            ),
            ("others do not count", vec![rule(Some("2-8"), Some(2))], "0,1,3", None),
            ("named ones beyond the completions are no rule", vec![rule(Some("20-30"), None)], "0", None),
            (
                "the first that is satisfied is told",
                vec![rule(Some("9"), None), rule(Some("1"), None)],
                "1",
                Some("Matched rules at index 1"),
            ),
        ] {
            let spec = JobSpec { success_policy: Some(SuccessPolicy { rules }), ..Default::default() };
            assert_eq!(satisfied(&spec, 10, &Indexes::parse(succeeded, 10)).as_deref(), said, "{row}");
        }
    }
}
