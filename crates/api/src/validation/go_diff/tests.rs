//! Two objects in, the text of their difference out.

use super::diff;
use serde_json::json;

/// The difference with ordinary spaces.
fn shown(ty: &str, old: &serde_json::Value, new: &serde_json::Value) -> String {
    diff(ty, old, new).replace('\u{a0}', " ")
}

#[test]
fn a_smaller_claim_is_shown_in_both_sizes() {
    let claim = |size: &str| {
        json!({
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": size}},
            "storageClassName": "s31",
            "volumeMode": "Filesystem",
        })
    };
    let expected = r#"  core.PersistentVolumeClaimSpec{
  	AccessModes: {"ReadWriteOnce"},
  	Selector:    nil,
  	Resources: core.VolumeResourceRequirements{
  		Limits: nil,
- 		Requests: core.ResourceList{
- 			s"storage": {i: resource.int64Amount{value: 5368709120}, s: "5Gi", Format: "BinarySI"},
- 		},
+ 		Requests: core.ResourceList{
+ 			s"storage": {i: resource.int64Amount{value: 1073741824}, s: "1Gi", Format: "BinarySI"},
+ 		},
  	},
  	VolumeName:       "",
  	StorageClassName: &"s31",
  	... // 4 identical fields
  }
"#;
    assert_eq!(shown("PersistentVolumeClaimSpec", &claim("5Gi"), &claim("1Gi")), expected);
}

#[test]
fn another_mode_is_shown_with_what_stands_beside_it() {
    let claim = |mode: &str| json!({"accessModes": [mode], "resources": {"requests": {"storage": "5Gi"}}, "storageClassName": "s31"});
    let expected = r#"  core.PersistentVolumeClaimSpec{
- 	AccessModes: []core.PersistentVolumeAccessMode{"ReadWriteOnce"},
+ 	AccessModes: []core.PersistentVolumeAccessMode{"ReadWriteMany"},
  	Selector:    nil,
  	Resources:   {Requests: {s"storage": {i: {...}, s: "5Gi", Format: "BinarySI"}}},
  	... // 6 identical fields
  }
"#;
    assert_eq!(
        shown("PersistentVolumeClaimSpec", &claim("ReadWriteOnce"), &claim("ReadWriteMany")),
        expected
    );
}

#[test]
fn a_pod_on_another_node_is_shown_by_its_field_alone() {
    let pod = |node: &str| {
        json!({
            "containers": [{"name": "c", "image": "nginx"}],
            "nodeName": node,
            "securityContext": {},
            "serviceAccountName": "robot",
        })
    };
    let expected = r#"  core.PodSpec{
  	... // 9 identical fields
  	ServiceAccountName:           "robot",
  	AutomountServiceAccountToken: nil,
- 	NodeName:                     "node-1",
+ 	NodeName:                     "node-9",
  	SecurityContext:              &{},
  	ImagePullSecrets:             nil,
  	... // 20 identical fields
  }
"#;
    assert_eq!(shown("PodSpec", &pod("node-1"), &pod("node-9")), expected);
}
