//! Kinds that are served in more than one version. Objects are kept in the version that the registry names, and
//! are read and printed in any.

use crate::horizontal_pod_autoscaler_v1 as autoscaling_v1;
use crate::{HorizontalPodAutoscaler, Kind, Object};
use orrery_apimachinery::Value;
use orrery_apimachinery::decode::{GoType, Problem, Typed, decode, encode};

/// An older version that is served beside the registry's.
const OLDER: &[(Kind, &str)] = &[(Kind::HorizontalPodAutoscaler, AUTOSCALING_V1)];

const AUTOSCALING_V1: &str = "autoscaling/v1";

impl Kind {
    /// Whether objects of this kind state themselves so in `apiVersion` and `kind`.
    pub fn is_served_as(self, api_version: &str, kind: &str) -> bool {
        let served = match self {
            Kind::Custom(custom) => custom.served.contains(&api_version),
            _ => self.api_version() == api_version || OLDER.contains(&(self, api_version)),
        };
        served && self.name() == kind
    }

    /// What Go makes of objects that state themselves so; nothing for kinds that it keeps as maps.
    pub fn go_type_of(api_version: &str, kind: &str) -> Option<&'static GoType> {
        match Kind::by_gvk(api_version, kind)? {
            Kind::HorizontalPodAutoscaler if api_version == AUTOSCALING_V1 => {
                Some(autoscaling_v1::HorizontalPodAutoscaler::TYPE)
            }
            kind => Some(kind.go_type()),
        }
    }
}

impl Object {
    /// The object's JSON in a version in which its kind is served.
    pub fn to_value_in(&self, api_version: &str) -> Value {
        let mut value = match self {
            Object::HorizontalPodAutoscaler(autoscaler) if api_version == AUTOSCALING_V1 => {
                encode(&autoscaling_v1::HorizontalPodAutoscaler::from(&**autoscaler))
            }
            _ => return self.to_value(),
        };
        value["apiVersion"] = api_version.into();
        value["kind"] = self.kind().name().into();
        value
    }
}

/// Reads an object that states an older version; `None` when it does not.
pub(crate) fn decode_older(kind: Kind, value: &Value) -> Option<(Object, Vec<Problem>)> {
    let version = value.get("apiVersion")?.as_str()?;
    match kind {
        Kind::HorizontalPodAutoscaler if version == AUTOSCALING_V1 => {
            let (autoscaler, problems) = decode::<autoscaling_v1::HorizontalPodAutoscaler>(value);
            Some((HorizontalPodAutoscaler::from(autoscaler).into(), problems))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_autoscaler_of_the_first_version_is_kept_in_the_second_and_printed_in_both() {
        let v1 = json!({"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "web", "namespace": "default", "creationTimestamp": null},
            "spec": {"maxReplicas": 5, "scaleTargetRef": {"kind": "Deployment", "name": "web"},
                "targetCPUUtilizationPercentage": 70},
            "status": {"currentReplicas": 0, "desiredReplicas": 0}});
        let kind = Kind::by_gvk("autoscaling/v1", "HorizontalPodAutoscaler").expect("it is served");
        let (object, problems) = Object::decode(kind, &v1);
        assert_eq!(problems, []);
        let stored = object.to_value();
        assert_eq!(stored["apiVersion"], "autoscaling/v2");
        assert_eq!(stored["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"], 70);
        assert_eq!(object.to_value_in("autoscaling/v1"), v1);
    }
}
