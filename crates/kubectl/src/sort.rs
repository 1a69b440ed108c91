//! `--sort-by`: objects by a field (upstream: `kubectl/pkg/cmd/get/sorter.go`).

use orrery_api::Object;
use orrery_apimachinery::Order;
use orrery_apimachinery::Value;

/// Sorts by the field at `path`, such as `.metadata.name` or `{.status.containerStatuses[0].restartCount}`.
/// Objects without the field come first; equal ones keep their order.
pub(crate) fn sort_by(objects: &mut [Object], path: &str) {
    let path = path.trim_start_matches('{').trim_end_matches('}').replace('[', ".").replace(']', "");
    let steps: Vec<&str> = path.split('.').filter(|step| !step.is_empty()).collect();
    objects.order_by_key(|object| {
        Field::of(steps.iter().try_fold(&object.to_value(), |v, step| descend(v, step)))
    });
}

fn descend<'a>(value: &'a Value, step: &str) -> Option<&'a Value> {
    match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    }
}

/// What objects are sorted by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Absent,
    Number(i64),
    Text(String),
}

impl Field {
    fn of(value: Option<&Value>) -> Field {
        match value {
            Some(Value::Bool(b)) => Field::Number(i64::from(*b)),
            Some(Value::Number(n)) => n.as_i64().map_or(Field::Absent, Field::Number),
            Some(Value::String(text)) => Field::Text(text.clone()),
            _ => Field::Absent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_api::Pod;
    use orrery_apimachinery::ObjectMeta;

    #[test]
    fn numbers_sort_as_numbers_texts_as_texts_and_absent_fields_come_first() {
        let pod = |name: &str, generation| -> Object {
            let metadata = ObjectMeta { generation, ..ObjectMeta::named("default", name) };
            Pod { metadata, ..Default::default() }.into()
        };
        let mut pods = [pod("web-10", 0), pod("web-2", 12), pod("db", 7)];
        for (path, order) in [
            (".metadata.name", ["db", "web-10", "web-2"]),
            ("{.metadata.generation}", ["web-10", "db", "web-2"]),
            (".metadata.annotations.none", ["web-10", "db", "web-2"]),
        ] {
            sort_by(&mut pods, path);
            assert_eq!(pods.each_ref().map(|p| p.metadata().name.to_string()), order, "{path}");
        }
    }
}
