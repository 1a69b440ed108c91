//! Random workloads.

use crate::steps::Step;
use orrery_sim::Random;

/// A namespace that may hold only so much; what is drawn for it asks for more now and then.
pub(crate) const QUOTA: &str = "apiVersion: v1
kind: Namespace
metadata: {name: bounded}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: bound, namespace: bounded}
spec: {hard: {pods: 4, requests.cpu: 700m}}";

/// An image that can be pulled, another one, and one that cannot.
const IMAGES: [&str; 3] = ["nginx:1.25", "nginx:1.26", "nginx:nosuch"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Deployment,
    ReplicaSet,
    ReplicationController,
    StatefulSet,
    DaemonSet,
    Job,
}

const SHAPES: [Shape; 8] = [
    Shape::Deployment,
    Shape::Deployment,
    Shape::Deployment,
    Shape::StatefulSet,
    Shape::StatefulSet,
    Shape::DaemonSet,
    Shape::Job,
    Shape::ReplicaSet,
];

/// One workload, as its manifest says it now.
#[derive(Clone, Debug)]
pub(crate) struct Workload {
    number: u64,
    shape: Shape,
    namespace: &'static str,
    replicas: u64,
    image: &'static str,
    /// The processor time that each of its pods asks for.
    cpu: &'static str,
    /// The part of the spec that says how it is updated or run.
    manner: &'static str,
    /// The pods that a disruption budget keeps; none without one.
    keeps: Option<u64>,
}

fn pick<T: Copy>(of: &[T], random: &mut Random) -> T {
    of[usize::try_from(random.below(of.len() as u64)).expect("the lists are short")]
}

impl Workload {
    pub(crate) fn draw(number: u64, cpu: &'static str, random: &mut Random) -> Self {
        let shape = if random.below(12) == 0 { Shape::ReplicationController } else { pick(&SHAPES, random) };
        Workload {
            number,
            shape,
            namespace: if random.below(4) == 0 { "bounded" } else { "default" },
            replicas: random.below(6),
            image: pick(&IMAGES[..2], random),
            cpu,
            manner: shape.manner(random),
            keeps: (random.below(3) == 0).then(|| random.below(4)),
        }
    }

    pub(crate) fn name(&self) -> String {
        format!("w{}", self.number)
    }

    pub(crate) fn target(&self) -> String {
        format!("{}/{} -n {}", self.shape.resource(), self.name(), self.namespace)
    }

    pub(crate) fn scale(&mut self, random: &mut Random) -> Step {
        self.replicas = random.below(7);
        Step::Kubectl(format!("scale {} --replicas={}", self.target(), self.replicas))
    }

    pub(crate) fn change_image(&mut self, random: &mut Random) -> Step {
        // What a Job runs cannot be changed, and one that cannot start waits for ever.
        self.image = pick(if self.shape == Shape::Job { &IMAGES[..2] } else { &IMAGES }, random);
        Step::Kubectl(format!("set image {} main={}", self.target(), self.image))
    }

    pub(crate) fn change_manifest(&mut self, random: &mut Random) -> Step {
        self.manner = self.shape.manner(random);
        Step::Apply(self.manifest())
    }

    /// The workload with a Service before it, and its budget.
    pub(crate) fn manifest(&self) -> String {
        let (name, namespace) = (self.name(), self.namespace);
        let replicas = match self.shape {
            Shape::DaemonSet => String::new(),
            Shape::Job => format!("completions: {r}, parallelism: 2, ", r = self.replicas),
            _ => format!("replicas: {}, ", self.replicas),
        };
        let mut text = format!(
            "apiVersion: {version}
kind: {kind:?}
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{{replicas}{selector}{manner}template: {template}}}
---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{selector: {{app: {name}}}, ports: [{{port: 80}}]}}",
            version = self.shape.version(),
            kind = self.shape,
            selector = self.selector(),
            manner = self.manner,
            template = self.template(),
        );
        if let Some(keeps) = self.keeps {
            text += &format!(
                "\n---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{minAvailable: {keeps}, selector: {{matchLabels: {{app: {name}}}}}}}"
            );
        }
        text
    }

    fn selector(&self) -> String {
        let name = self.name();
        match self.shape {
            Shape::Job => String::new(),
            Shape::ReplicationController => format!("selector: {{app: {name}}}, "),
            Shape::StatefulSet => {
                format!("serviceName: {name}, selector: {{matchLabels: {{app: {name}}}}}, ")
            }
            _ => format!("selector: {{matchLabels: {{app: {name}}}}}, "),
        }
    }

    fn template(&self) -> String {
        let end = if self.shape == Shape::Job {
            ", restartPolicy: Never, containers: [{command: [sleep, '7'], "
        } else {
            ", containers: [{"
        };
        format!(
            "{{metadata: {{labels: {{app: {name}}}}}, spec: {{terminationGracePeriodSeconds: 3{end}name: main, image: \"{image}\", resources: {{requests: {{cpu: {cpu}, memory: 64Mi}}}}}}]}}}}",
            name = self.name(),
            image = self.image,
            cpu = self.cpu,
        )
    }
}

impl Shape {
    fn resource(self) -> &'static str {
        match self {
            Shape::Deployment => "deployment",
            Shape::ReplicaSet => "replicaset",
            Shape::ReplicationController => "replicationcontroller",
            Shape::StatefulSet => "statefulset",
            Shape::DaemonSet => "daemonset",
            Shape::Job => "job",
        }
    }

    fn version(self) -> &'static str {
        match self {
            Shape::Job => "batch/v1",
            Shape::ReplicationController => "v1",
            _ => "apps/v1",
        }
    }

    /// Ways to be updated or run, each a piece of a spec.
    fn manner(self, random: &mut Random) -> &'static str {
        match self {
            Shape::Deployment => pick(
                &[
                    "",
                    "strategy: {type: Recreate}, ",
                    "strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}, ",
                    "strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}, ",
                    "strategy: {rollingUpdate: {maxSurge: 50%, maxUnavailable: 40%}}, minReadySeconds: 3, ",
                    "strategy: {rollingUpdate: {maxSurge: 100%, maxUnavailable: 100%}}, revisionHistoryLimit: 1, ",
                ],
                random,
            ),
            Shape::StatefulSet => pick(
                &[
                    "",
                    "podManagementPolicy: OrderedReady, minReadySeconds: 2, ",
                    "updateStrategy: {type: OnDelete}, ",
                    "updateStrategy: {rollingUpdate: {partition: 2}}, ",
                    "persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}, ",
                ],
                random,
            ),
            Shape::DaemonSet => pick(
                &[
                    "",
                    "updateStrategy: {type: OnDelete}, ",
                    "updateStrategy: {rollingUpdate: {maxUnavailable: 2}}, ",
                    "updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}, ",
                ],
                random,
            ),
            _ => "",
        }
    }
}
