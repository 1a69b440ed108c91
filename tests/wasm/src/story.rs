//! One run with some of everything in it.

use orrery_cluster::{Cluster, Config};
use orrery_kubectl::Stdin;
use orrery_sim::{Duration, SimTime};

const MANIFEST: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 20
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'nginx:1.27', resources: {requests: {cpu: 300m, memory: 64Mi}}}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: db}
spec:
  containers: [{name: db, image: 'redis:7', volumeMounts: [{name: data, mountPath: /data}]}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
";

/// Plays the run and returns its fingerprint and how many writes it made.
pub fn play(seed: u64) -> (u64, u64) {
    let mut cluster = Cluster::new(Config { seed, ..Config::lively(4) });
    cluster.run(SimTime::from_secs(5), &mut || true);
    let mut step = |line: &str, seconds: u64| {
        let argv: Vec<String> = line.split(' ').map(String::from).collect();
        let output = orrery_kubectl::run(&argv, &Stdin(MANIFEST.into()), &mut cluster);
        assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{line}");
        let until = cluster.now() + Duration::from_secs(seconds);
        cluster.run(until, &mut || true);
    };
    step("apply -f -", 60);
    step("set image deployment/web web=nginx:1.28", 60);
    step("scale deployment/web --replicas=7", 30);
    step("delete pod -l app=web --wait=false", 60);
    assert!(cluster.stop_node("node-1"));
    let until = cluster.now() + Duration::from_secs(600);
    cluster.run(until, &mut || true);
    assert!(cluster.start_node("node-1"));
    let until = cluster.now() + Duration::from_secs(60);
    cluster.run(until, &mut || true);
    (cluster.trace_hash(), cluster.api().revision())
}
