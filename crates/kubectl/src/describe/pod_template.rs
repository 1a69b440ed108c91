//! What the pods of a workload look like (upstream: `DescribePodTemplate`).

use super::container::{self, Containers};
use super::{Story, volume};
use orrery_api::{Container, PodTemplateSpec, Toleration, TopologySpreadConstraint, printers};
use orrery_apimachinery::Order;

/// The whole template.
pub(crate) fn describe(template: &PodTemplateSpec) -> String {
    let (mut story, spec) = (Story::default(), &template.spec);
    story.line(0, "Pod Template:");
    story.labels(1, "Labels", &template.metadata.labels);
    if !template.metadata.annotations.is_empty() {
        story.annotations(1, "Annotations", &template.metadata.annotations);
    }
    if let Some(account) = &spec.service_account_name {
        story.field(1, "Service Account", account);
    }
    if !spec.init_containers.is_empty() {
        containers(&mut story, "Init Containers", &spec.init_containers);
    }
    containers(&mut story, "Containers", &spec.containers);
    volume::describe(&mut story, 1, &spec.volumes);
    spread(&mut story, 1, &spec.topology_spread_constraints);
    if let Some(class) = &spec.priority_class_name {
        story.field(1, "Priority Class Name", class);
    }
    story.labels(1, "Node-Selectors", &spec.node_selector);
    tolerations(&mut story, 1, &spec.tolerations);
    story.0
}

fn containers(story: &mut Story, title: &str, list: &[Container]) {
    container::describe(story, &Containers { title, list, statuses: &[], pod: None });
}

/// How pods spread over the parts of the cluster (upstream: `describeTopologySpreadConstraints`).
pub(super) fn spread(story: &mut Story, level: usize, constraints: &[TopologySpreadConstraint]) {
    let mut constraints: Vec<_> = constraints.iter().collect();
    constraints.order_by(|a, b| a.topology_key.cmp(&b.topology_key));
    for (index, constraint) in constraints.into_iter().enumerate() {
        let head = if index == 0 { "Topology Spread Constraints:" } else { "" };
        let (key, otherwise) = (&constraint.topology_key, &constraint.when_unsatisfiable);
        let skew = constraint.max_skew;
        let mut text = format!("{head}\t{key}:{otherwise} when max skew {skew} is exceeded");
        if constraint.label_selector.is_some() {
            let selector = printers::selector(constraint.label_selector.as_ref());
            text += &format!(" for selector {selector}");
        }
        story.line(level, &text);
    }
}

/// Which taints do not keep a pod away (upstream: `printPodTolerationsMultiline`).
pub(super) fn tolerations(story: &mut Story, level: usize, tolerations: &[Toleration]) {
    let mut tolerations: Vec<_> = tolerations.iter().collect();
    tolerations.order_by(|a, b| a.key.cmp(&b.key));
    let told: Vec<String> = tolerations.into_iter().map(toleration).collect();
    story.list(level, "Tolerations", &told);
}

/// `key=value:Effect op=Exists for 30s`.
fn toleration(toleration: &Toleration) -> String {
    let mut text = toleration.key.as_deref().unwrap_or_default().to_owned();
    for (sign, part) in [("=", &toleration.value), (":", &toleration.effect)] {
        if let Some(part) = part {
            text += sign;
            text += part;
        }
    }
    if toleration.operator.as_deref() == Some("Exists") && toleration.value.is_none() {
        text += if text.is_empty() { "op=Exists" } else { " op=Exists" };
    }
    if let Some(seconds) = toleration.toleration_seconds {
        text += &format!(" for {seconds}s");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::describe;
    use expect_test::expect;
    use orrery_api::PodTemplate;
    use orrery_apimachinery::decode::decode;
    use serde_json::json;

    #[test]
    fn a_template_is_told_as_kubectl_tells_it() {
        let probe = |delay: i32, period: i32| {
            json!({
                "failureThreshold": 3, "httpGet": {"path": "/healthz", "port": 80, "scheme": "HTTP"},
                "initialDelaySeconds": delay, "periodSeconds": period, "successThreshold": 1, "timeoutSeconds": 1,
            })
        };
        let container = json!({
            "name": "nginx", "image": "nginx:1.26", "command": ["sh", "-c", "one\ntwo"],
            "env": [
                {"name": "MODE", "value": "prod"},
                {"name": "LOG", "valueFrom": {"configMapKeyRef": {"key": "log", "name": "app-config"}}},
                {"name": "PW", "valueFrom": {"secretKeyRef": {"key": "password", "name": "db-creds", "optional": true}}},
                {"name": "POD", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}},
                {"name": "CPUS", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
                {"name": "MEGS", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1Mi"}}},
            ],
            "envFrom": [{"configMapRef": {"name": "app-config", "optional": true}}],
            "livenessProbe": probe(3, 20), "readinessProbe": probe(0, 2),
            "ports": [{"containerPort": 80, "protocol": "TCP"}],
            "resources": {"limits": {"cpu": "200m", "memory": "128Mi"}, "requests": {"cpu": "100m"}},
            "volumeMounts": [{"mountPath": "/tmp", "name": "tmp"}, {"mountPath": "/etc/app", "name": "cfg", "readOnly": true}],
        });
        let template = json!({
            "metadata": {
                "labels": {"app": "web", "tier": "front"},
                "annotations": {"kubernetes.io/change-cause": "bump to 1.26", "notes": "a\nb"},
            },
            "spec": {
                "containers": [container], "priorityClassName": "gold",
                "tolerations": [
                    {"key": "gpu", "operator": "Equal", "value": "yes", "effect": "NoSchedule"}, {"operator": "Exists"},
                    {"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 30},
                ],
                "topologySpreadConstraints": [{
                    "topologyKey": "zone", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule",
                    "labelSelector": {"matchLabels": {"app": "web"}},
                }],
                "volumes": [
                    {"name": "cfg", "configMap": {"defaultMode": 420, "name": "app-config"}},
                    {"name": "tmp", "emptyDir": {}},
                    {"name": "all", "projected": {"sources": [{"downwardAPI": {}}, {"secret": {"name": "s"}}]}},
                    {"name": "who", "downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
                    {"name": "disk", "csi": {"driver": "d", "volumeAttributes": {"a": "1", "b": "2"}}},
                ],
            },
        });
        let (object, problems) = decode::<PodTemplate>(&json!({"template": template}));
        assert_eq!(problems, []);
        expect![[r#"
            Pod Template:
              Labels:	app=web
            	tier=front
              Annotations:	kubernetes.io/change-cause: bump to 1.26
            	notes:
            	  a
            	  b
              Containers:
               nginx:
                Image:	nginx:1.26
                Port:	80/TCP
                Host Port:	0/TCP
                Command:
                  sh
                  -c
                  one
                  two
                Limits:
                  cpu:	200m
                  memory:	128Mi
                Requests:
                  cpu:	100m
                Liveness:	http-get http://:80/healthz delay=3s timeout=1s period=20s #success=1 #failure=3
                Readiness:	http-get http://:80/healthz delay=0s timeout=1s period=2s #success=1 #failure=3
                Environment Variables from:
                  app-config	ConfigMap	Optional: true
                Environment:
                  MODE:	prod
                  LOG:	<set to the key 'log' of config map 'app-config'>	Optional: false
                  PW:	<set to the key 'password' in secret 'db-creds'>	Optional: true
                  POD:	 (v1:metadata.name)
                  CPUS:	1 (limits.cpu)
                  MEGS:	128 (limits.memory)
                Mounts:
                  /etc/app from cfg (ro)
                  /tmp from tmp (rw)
              Volumes:
               cfg:
                Type:	ConfigMap (a volume populated by a ConfigMap)
                Name:	app-config
                Optional:	false
               tmp:
                Type:	EmptyDir (a temporary directory that shares a pod's lifetime)
                Medium:	
                SizeLimit:	<unset>
               all:
                Type:	Projected (a volume that contains injected data from multiple sources)
                DownwardAPI:	true
                SecretName:	s
                SecretOptionalName:	<nil>
               who:
                Type:	DownwardAPI (a volume populated by information about the pod)
                Items:
                  metadata.labels -> labels
               disk:
                Type:	CSI (a Container Storage Interface (CSI) volume source)
                Driver:	d
                FSType:	
                ReadOnly:	false
                VolumeAttributes:	    a=1
                	    b=2
              Topology Spread Constraints:	zone:DoNotSchedule when max skew 1 is exceeded for selector app=web
              Priority Class Name:	gold
              Node-Selectors:	<none>
              Tolerations:	op=Exists
            	a:NoExecute op=Exists for 30s
            	gpu=yes:NoSchedule
        "#]]
        .assert_eq(&describe(&object.template));
    }
}
