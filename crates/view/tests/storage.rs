//! Manifests in, the storage view and the charts out.

use expect_test::expect;
use orrery_apiserver::Session;
use orrery_cluster::{Cluster, Config};
use orrery_manifest::objects;
use orrery_sim::{Duration, SimTime};
use orrery_view::charts::charts;
use orrery_view::storage::lives::{Life, StorageView, storage};

const KEPT: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {namespace: default, name: settings}
data: {level: debug, colour: blue}
---
apiVersion: v1
kind: PersistentVolume
metadata: {namespace: default, name: disk}
spec:
  capacity: {storage: 100Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: manual
  hostPath: {path: /mnt/a}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {namespace: default, name: reports}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: manual
  resources: {requests: {storage: 150Gi}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {namespace: default, name: data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 5Gi}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: default, name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1.27
        env:
        - {name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: level}}}
        - {name: EXTRA, valueFrom: {configMapKeyRef: {name: extra, key: x, optional: true}}}
        volumeMounts: [{name: conf, mountPath: /etc/app}, {name: data, mountPath: /data}]
      volumes:
      - {name: conf, configMap: {name: settings}}
      - {name: data, persistentVolumeClaim: {claimName: data}}
---
apiVersion: v1
kind: Pod
metadata: {namespace: default, name: lonely}
spec:
  containers: [{name: a, image: nginx, envFrom: [{secretRef: {name: nowhere}}]}]
  volumes: [{name: x, persistentVolumeClaim: {claimName: nobody}}]
";

fn cluster() -> Cluster {
    let mut cluster = Cluster::new(Config::lively(2));
    cluster.run(SimTime::from_secs(1), &mut || true);
    for located in objects(KEPT).objects {
        let (api, request) = cluster.send();
        api.create(&request, located.object).expect("the objects of this test are valid");
    }
    cluster.pass(Duration::from_secs(60));
    cluster
}

fn told(view: &StorageView) -> String {
    let mut text = String::new();
    for lane in &view.classes {
        let name = lane.id.as_ref().map_or("no class", |id| &id.name);
        let missing = if lane.missing { " (missing)" } else { "" };
        text += &format!("{name}{missing} {} {} {}\n", lane.provisioner, lane.binding, lane.reclaim);
        lane.lives.iter().for_each(|life| text += &one(life));
    }
    for setting in &view.settings {
        let keys: Vec<String> = setting.keys.iter().map(|(key, bytes)| format!("{key}={bytes}")).collect();
        let missing = if setting.missing { " (missing)" } else { "" };
        text += &format!("{} {}{missing} [{}]\n", setting.id.kind, setting.id.name, keys.join(" "));
        for reader in &setting.readers {
            text += &format!("  {} variables {:?} files {:?}\n", reader.name, reader.variables, reader.files);
        }
    }
    text
}

/// The name of a volume; those that were made for a claim have one like the other.
fn made(name: &str) -> &str {
    if name.starts_with("pvc-") { "pvc-…" } else { name }
}

fn one(life: &Life) -> String {
    let volume = life.volume.as_ref().map_or("-".to_owned(), |v| {
        let name = made(&v.id.name);
        format!("{name} {} {} {} {:?}", v.holds, v.modes, v.phase, v.only_on.as_deref().unwrap_or_default())
    });
    let claim = life.claim.as_ref().map_or("-".to_owned(), |c| {
        format!("{} {} {}{}", c.id.name, c.asks, c.phase, if c.missing { "(missing)" } else { "" })
    });
    let pods: Vec<&str> = life.pods.iter().map(|(mark, _)| &*mark.label).collect();
    let why = life.why.as_deref().unwrap_or_default();
    let against: Vec<String> =
        life.why_not.iter().map(|w| format!("{}: {}", made(&w.volume), w.reason)).collect();
    let against = against.join("; ");
    format!("  {volume} | {claim} | {} | {:?} {why} [{against}]\n", pods.join(" "), life.stage)
}

#[test]
fn every_volume_stands_with_its_class_its_claim_and_its_pods() {
    expect![[r#"
        manual (missing)   
          - | reports 150Gi Pending |  | None storageclass.storage.k8s.io "manual" not found [disk: requested PV is too small; pvc-…: already bound to a different claim.]
          disk 100Gi RWO Available "" | - |  | Some(Provisioned)  []
        standard rancher.io/local-path WaitForFirstConsumer Delete
          pvc-… 5Gi RWO Bound "node-1" | data 5Gi Bound | web | Some(InUse)  []
        no class   
          - | nobody  (missing) | lonely | None persistentvolumeclaim "nobody" not found []
        ConfigMap settings [colour=4 level=5]
          web variables ["LEVEL"] files ["/etc/app"]
        Secret nowhere (missing) []
          lonely variables ["*"] files []
    "#]].assert_eq(&told(&storage(&cluster(), None, None)));
}

#[test]
fn a_workload_is_charted_from_what_it_wanted_to_what_it_had() {
    let mut cluster = cluster();
    let (api, request) = cluster.send();
    let scaled =
        api.modify::<orrery_api::Deployment>(&request, "default", "web", |d| d.spec.replicas = Some(3));
    scaled.expect("three are allowed");
    cluster.pass(Duration::from_secs(60));
    let charts = charts(&cluster, Some("default"), None);
    let web = charts.iter().find(|chart| &*chart.name == "web").expect("it has changed");
    let ends: Vec<_> = web.lines.iter().map(|line| (line.role, line.points[0].1, line.last())).collect();
    expect!["[(Desired, 1000, Some(3000)), (Current, 1000, Some(3000)), (Ready, 0, Some(3000))]"]
        .assert_eq(&format!("{ends:?}"));
}
