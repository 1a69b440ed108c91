//! `kubectl describe`: what no recorded answer shows.

use super::session::check;
use expect_test::expect;

/// A pod with a volume of nearly every storage system.
const VOLUMES: &str = "
apiVersion: v1
kind: Pod
metadata: {name: disks}
spec:
  containers:
  - name: main
    image: nginx:1.27
    livenessProbe: {httpGet: {host: '::1', path: 'a b?c=d', port: 80}}
    startupProbe: {grpc: {port: 9000, service: alive}}
    volumeMounts: [{name: rbd, mountPath: /z, subPath: part}, {name: fc, mountPath: /a, readOnly: true}]
  volumes:
  - {name: rbd, rbd: {monitors: [m1, m2], image: i, user: u, secretRef: {name: s}}}
  - {name: fc, fc: {targetWWNs: [w1, w2], lun: 2, fsType: ext4}}
  - {name: flex, flexVolume: {driver: a/b, options: {z: '1', x: '2'}}}
  - {name: cephfs, cephfs: {monitors: [m], path: /p}}
  - {name: scale, scaleIO: {gateway: g, system: s, secretRef: {name: hidden}, volumeName: v}}
  - {name: share, azureFile: {secretName: s, shareName: files}}
  - {name: csi, csi: {driver: d, volumeAttributes: {a: '1', b: '2'}}}
  - {name: bare, csi: {driver: d}}
  - {name: empty, emptyDir: {sizeLimit: '0'}}
  - name: own
    ephemeral:
      volumeClaimTemplate:
        metadata: {labels: {a: '1', b: '2'}, annotations: {note: hello}}
        spec:
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: 1Gi}}
          dataSource: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: before}
  - {name: plain, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}
";

#[test]
fn a_pod_tells_of_its_volumes() {
    check(
        &[("apply -f -", VOLUMES), ("describe pod disks", "")],
        expect![[r#"
            $ apply -f -
            stderr: Warning: spec.volumes[0].rbd: deprecated in v1.28, non-functional in v1.31+
            stderr: Warning: spec.volumes[3].cephfs: deprecated in v1.28, non-functional in v1.31+
            stderr: Warning: spec.volumes[4].scaleIO: deprecated in v1.16, non-functional in v1.22+
            pod/disks created
            $ describe pod disks
            Name:             disks
            Namespace:        default
            Priority:         0
            Service Account:  default
            Node:             <none>
            Labels:           <none>
            Annotations:      <none>
            Status:           Pending
            IP:               
            IPs:              <none>
            Containers:
              main:
                Image:        nginx:1.27
                Port:         <none>
                Host Port:    <none>
                Liveness:     http-get http://[::1]:80/a%20b%3Fc=d delay=0s timeout=1s period=10s #success=1 #failure=3
                Startup:      grpc <pod>:9000 alive delay=0s timeout=1s period=10s #success=1 #failure=3
                Environment:  <none>
                Mounts:
                  /a from fc (ro)
                  /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-8m5hj (ro)
                  /z from rbd (rw,path="part")
            Volumes:
              rbd:
                Type:          RBD (a Rados Block Device mount on the host that shares a pod's lifetime)
                CephMonitors:  [m1 m2]
                RBDImage:      i
                FSType:        
                RBDPool:       rbd
                RadosUser:     u
                Keyring:       /etc/ceph/keyring
                SecretRef:     &LocalObjectReference{Name:s,}
                ReadOnly:      false
              fc:
                Type:        FC (a Fibre Channel disk)
                TargetWWNs:  w1, w2
                LUN:         2
                FSType:      ext4
                ReadOnly:    false
              flex:
                Type:       FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)
                Driver:     a/b
                FSType:     
                SecretRef:  nil
                ReadOnly:   false
                Options:    map[x:2 z:1]
              cephfs:
                Type:        CephFS (a CephFS mount on the host that shares a pod's lifetime)
                Monitors:    [m]
                Path:        /p
                User:        
                SecretFile:  
                SecretRef:   nil
                ReadOnly:    false
              scale:
                Type:               ScaleIO (a persistent volume backed by a block device in ScaleIO)
                Gateway:            g
                System:             s
                Protection Domain:  
                Storage Pool:       
                Storage Mode:       ThinProvisioned
                VolumeName:         v
                FSType:             xfs
                ReadOnly:           false
              share:
                Type:        AzureFile (an Azure File Service mount on the host and bind mount to the pod)
                SecretName:  s
                ShareName:   files
                ReadOnly:    false
              csi:
                Type:              CSI (a Container Storage Interface (CSI) volume source)
                Driver:            d
                FSType:            
                ReadOnly:          false
                VolumeAttributes:      a=1
                                       b=2
              bare:
                Type:              CSI (a Container Storage Interface (CSI) volume source)
                Driver:            d
                FSType:            
                ReadOnly:          false
                VolumeAttributes:  <none>
              empty:
                Type:       EmptyDir (a temporary directory that shares a pod's lifetime)
                Medium:     
                SizeLimit:  <unset>
              own:
                Type:          EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)
                StorageClass:  
                Volume:        
                Labels:            a=1
                                   b=2
                Annotations:       note: hello
                Capacity:      
                Access Modes:  
                VolumeMode:    Filesystem
                DataSource:
                  APIGroup:  snapshot.storage.k8s.io
                  Kind:      VolumeSnapshot
                  Name:      before
              plain:
                Type:          EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)
                StorageClass:  
                Volume:        
                Labels:            <none>
                Annotations:       <none>
                Capacity:      
                Access Modes:  
                VolumeMode:    Filesystem
              kube-api-access-8m5hj:
                Type:                    Projected (a volume that contains injected data from multiple sources)
                TokenExpirationSeconds:  3607
                ConfigMapName:           kube-root-ca.crt
                ConfigMapOptional:       <nil>
                DownwardAPI:             true
            QoS Class:                   BestEffort
            Node-Selectors:              <none>
            Tolerations:                 node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
                                         node.kubernetes.io/unreachable:NoExecute op=Exists for 300s
            Events:                      <none>
        "#]],
    );
}

const PERSISTENT: &str = "
apiVersion: v1
kind: PersistentVolume
metadata: {name: ceph, annotations: {volume.beta.kubernetes.io/storage-class: former}}
spec:
  accessModes: [ReadWriteOnce, ReadOnlyMany]
  capacity: {storage: 1Gi}
  storageClassName: present
  rbd: {monitors: [m], image: i, secretRef: {name: s, namespace: safe}}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [x, z]}, {key: b, operator: Exists}]}]}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: gluster}
spec:
  accessModes: [ReadWriteMany]
  capacity: {storage: 1Gi}
  glusterfs: {endpoints: e, path: p}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: scale}
spec:
  accessModes: [ReadWriteOnce]
  capacity: {storage: 1Gi}
  scaleIO: {gateway: g, system: s, secretRef: {name: shown}, volumeName: v}
";

#[test]
fn a_persistent_volume_tells_more_of_its_source_than_a_pod() {
    check(
        &[("apply -f -", PERSISTENT), ("describe pv", "")],
        expect![[r#"
            $ apply -f -
            stderr: Warning: metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead
            stderr: Warning: spec.rbd: deprecated in v1.28, non-functional in v1.31+
            persistentvolume/ceph created
            stderr: Warning: spec.glusterfs: deprecated in v1.25, non-functional in v1.26+
            persistentvolume/gluster created
            stderr: Warning: spec.scaleIO: deprecated in v1.16, non-functional in v1.22+
            persistentvolume/scale created
            $ describe pv
            Name:              ceph
            Labels:            <none>
            Annotations:       volume.beta.kubernetes.io/storage-class: former
            Finalizers:        [kubernetes.io/pv-protection]
            StorageClass:      former
            Status:            Pending
            Claim:             
            Reclaim Policy:    Retain
            Access Modes:      RWO,ROX
            VolumeMode:        Filesystem
            Capacity:          1Gi
            Node Affinity:     
              Required Terms:  
                Term 0:        a in [x, z]
                               b exists
            Message:           
            Source:
                Type:          RBD (a Rados Block Device mount on the host that shares a pod's lifetime)
                CephMonitors:  [m]
                RBDImage:      i
                FSType:        
                RBDPool:       
                RadosUser:     
                Keyring:       
                SecretRef:     &SecretReference{Name:s,Namespace:safe,}
                ReadOnly:      false
            Events:            <none>


            Name:            gluster
            Labels:          <none>
            Annotations:     <none>
            Finalizers:      [kubernetes.io/pv-protection]
            StorageClass:    
            Status:          Pending
            Claim:           
            Reclaim Policy:  Retain
            Access Modes:    RWX
            VolumeMode:      Filesystem
            Capacity:        1Gi
            Node Affinity:   <none>
            Message:         
            Source:
                Type:                Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)
                EndpointsName:       e
                EndpointsNamespace:  <unset>
                Path:                p
                ReadOnly:            false
            Events:                  <none>


            Name:            scale
            Labels:          <none>
            Annotations:     <none>
            Finalizers:      [kubernetes.io/pv-protection]
            StorageClass:    
            Status:          Pending
            Claim:           
            Reclaim Policy:  Retain
            Access Modes:    RWO
            VolumeMode:      Filesystem
            Capacity:        1Gi
            Node Affinity:   <none>
            Message:         
            Source:
                Type:               ScaleIO (a persistent volume backed by a block device in ScaleIO)
                Gateway:            g
                System:             s
                Protection Domain:  
                Storage Pool:       
                Storage Mode:       
                VolumeName:         v
                SecretName:         shown
                SecretNamespace:    
                FSType:             
                ReadOnly:           false
            Events:                 <none>
        "#]],
    );
}

const AUTOSCALER: &str = "
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 9
  metrics:
  - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}
  - {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 100Mi}}}
  - {type: ContainerResource, containerResource: {name: cpu, container: c, target: {type: Utilization, averageUtilization: 60}}}
  - {type: Pods, pods: {metric: {name: rate}, target: {type: AverageValue, averageValue: '5'}}}
  - {type: Object, object: {metric: {name: rate}, describedObject: {kind: Ingress, name: i}, target: {type: Value, value: '5'}}}
  - {type: Object, object: {metric: {name: rate}, describedObject: {kind: Ingress, name: i}, target: {type: AverageValue, averageValue: '5'}}}
  - {type: External, external: {metric: {name: queue}, target: {type: Value, value: '5'}}}
  - {type: External, external: {metric: {name: queue}, target: {type: AverageValue, averageValue: '5'}}}
  behavior: {scaleDown: {stabilizationWindowSeconds: 0, policies: [{type: Pods, value: 1, periodSeconds: 60}]}}
";

#[test]
fn an_autoscaler_tells_of_every_kind_of_metric() {
    check(
        &[("apply -f -", AUTOSCALER), ("describe hpa web", "")],
        expect![[r#"
        $ apply -f -
        horizontalpodautoscaler.autoscaling/web created
        $ describe hpa web
        Name:                                                                   web
        Namespace:                                                              default
        Labels:                                                                 <none>
        Annotations:                                                            <none>
        CreationTimestamp:                                                      Wed, 01 Jan 2025 00:00:00 +0000
        Reference:                                                              Deployment/web
        Metrics:                                                                ( current / target )
          resource cpu on pods  (as a percentage of request):                   <unknown> / 60%
          resource memory on pods:                                              <unknown> / 100Mi
          resource cpu of container "c" on pods  (as a percentage of request):  <unknown> / 60%
          "rate" on pods:                                                       <unknown> / 5
          "rate" on Ingress/i (target value):                                   <unknown> / 5
          "rate" on Ingress/i (target average value):                           <unknown> / 5
          "queue" (target value):                                               <unknown> / 5
          "queue" (target average value):                                       <unknown> / 5
        Min replicas:                                                           1
        Max replicas:                                                           9
        Behavior:
          Scale Up:
            Stabilization Window: 0 seconds
            Select Policy: Max
            Policies:
              - Type: Pods     Value: 4    Period: 15 seconds
              - Type: Percent  Value: 100  Period: 15 seconds
          Scale Down:
            Stabilization Window: 0 seconds
            Select Policy: Max
            Policies:
              - Type: Pods  Value: 1  Period: 60 seconds
        Deployment pods:    0 current / 0 desired
        Events:             <none>
    "#]],
    );
}

const OTHERS: &str = "
apiVersion: v1
kind: ReplicationController
metadata: {name: old, ownerReferences: [{apiVersion: a/v1, kind: Config, name: c, uid: u, controller: true}]}
spec: {replicas: 1, template: {metadata: {labels: {app: old}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i}]}}
  volumeClaimTemplates:
  - {metadata: {name: data, annotations: {a: b}}, spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: odd, annotations: {colours: \"\\e[31mred\\r\"}}
stringData: {a: bc}
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: lease}
spec: {holderIdentity: me, leaseDurationSeconds: 15}
";

#[test]
fn other_kinds_tell_what_upstream_tells() {
    check(
        &[
            ("apply -f -", OTHERS),
            ("describe rc old", ""),
            ("describe statefulset db", ""),
            ("describe secret odd", ""),
            ("describe lease lease", ""),
            ("describe rc,secret --show-events=false --chunk-size=1", ""),
            ("describe lease le", ""),
            ("describe lease -n kube-system", ""),
            ("describe lease -A -l a=b", ""),
            ("describe", ""),
            ("describe lease/", ""),
            ("describe lease lease -l a=b", ""),
            ("describe lease lease -o yaml", ""),
        ],
        expect![[r#"
            $ apply -f -
            replicationcontroller/old created
            statefulset.apps/db created
            secret/odd created
            lease.coordination.k8s.io/lease created
            $ describe rc old
            Name:         old
            Namespace:    default
            Selector:     app=old
            Labels:       app=old
            Annotations:  <none>
            Replicas:     0 current / 1 desired
            Pods Status:  0 Running / 0 Waiting / 0 Succeeded / 0 Failed
            Pod Template:
              Labels:  app=old
              Containers:
               c:
                Image:         i
                Port:          <none>
                Host Port:     <none>
                Environment:   <none>
                Mounts:        <none>
              Volumes:         <none>
              Node-Selectors:  <none>
              Tolerations:     <none>
            Events:            <none>
            $ describe statefulset db
            Name:               db
            Namespace:          default
            CreationTimestamp:  Wed, 01 Jan 2025 00:00:00 +0000
            Selector:           app=db
            Labels:             <none>
            Annotations:        <none>
            Replicas:           1 desired | 0 total
            Update Strategy:    RollingUpdate
              Partition:        0
            Pods Status:        0 Running / 0 Waiting / 0 Succeeded / 0 Failed
            Pod Template:
              Labels:  app=db
              Containers:
               c:
                Image:         i
                Port:          <none>
                Host Port:     <none>
                Environment:   <none>
                Mounts:        <none>
              Volumes:         <none>
              Node-Selectors:  <none>
              Tolerations:     <none>
            Volume Claims:
              Name:          data
              StorageClass:  fast
              Labels:        <none>
              Annotations:   a=b
              Capacity:      1Gi
              Access Modes:  [ReadWriteOnce]
            Events:          <none>
            $ describe secret odd
            Name:         odd
            Namespace:    default
            Labels:       <none>
            Annotations:  colours: ^[[31mred\r

            Type:  Opaque

            Data
            ====
            a:  2 bytes
            $ describe lease lease
            Name:         lease
            Namespace:    default
            Labels:       <none>
            Annotations:  <none>
            API Version:  coordination.k8s.io/v1
            Kind:         Lease
            Metadata:
              Creation Timestamp:  2025-01-01T00:00:00Z
              Resource Version:    6
              UID:                 5b3796bf-c599-4533-b24e-ee07da1a0e17
            Spec:
              Holder Identity:         me
              Lease Duration Seconds:  15
            Events:                    <none>
            $ describe rc,secret --show-events=false --chunk-size=1
            Name:         old
            Namespace:    default
            Selector:     app=old
            Labels:       app=old
            Annotations:  <none>
            Replicas:     0 current / 1 desired
            Pods Status:  0 Running / 0 Waiting / 0 Succeeded / 0 Failed
            Pod Template:
              Labels:  app=old
              Containers:
               c:
                Image:         i
                Port:          <none>
                Host Port:     <none>
                Environment:   <none>
                Mounts:        <none>
              Volumes:         <none>
              Node-Selectors:  <none>
              Tolerations:     <none>


            Name:         odd
            Namespace:    default
            Labels:       <none>
            Annotations:  colours: ^[[31mred\r

            Type:  Opaque

            Data
            ====
            a:  2 bytes
            $ describe lease le
            Name:         lease
            Namespace:    default
            Labels:       <none>
            Annotations:  <none>
            API Version:  coordination.k8s.io/v1
            Kind:         Lease
            Metadata:
              Creation Timestamp:  2025-01-01T00:00:00Z
              Resource Version:    6
              UID:                 5b3796bf-c599-4533-b24e-ee07da1a0e17
            Spec:
              Holder Identity:         me
              Lease Duration Seconds:  15
            Events:                    <none>

            $ describe lease -n kube-system
            stderr: No resources found in kube-system namespace.
            $ describe lease -A -l a=b
            stderr: No resources found
            $ describe
            stderr: error: You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.
            exit code 1
            $ describe lease/
            stderr: error: arguments in resource/name form must have a single resource and name
            exit code 1
            $ describe lease lease -l a=b
            stderr: error: name cannot be provided when a selector is specified
            exit code 1
            $ describe lease lease -o yaml
            stderr: error: unknown shorthand flag: 'o' in -o
            stderr: See 'kubectl describe --help' for usage.
            exit code 1
        "#]],
    );
}
