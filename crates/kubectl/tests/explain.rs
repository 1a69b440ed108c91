//! `kubectl explain`, as kubectl 1.32 prints it.

use expect_test::{Expect, expect};
use orrery_apiserver::{Config, Still};
use orrery_kubectl::{Files, Output, Stdin, run};
use orrery_schema::Schema;

/// The table, and no files.
struct Table;

impl Files for Table {
    fn read(&self, _: &str) -> Option<String> {
        None
    }

    fn schema(&self) -> Option<&Schema> {
        Some(Schema::compiled_in())
    }
}

fn explain(line: &str, files: &dyn Files) -> Output {
    let argv: Vec<String> =
        ["explain"].into_iter().chain(line.split_whitespace()).map(String::from).collect();
    run(&argv, files, &mut Still::new(Config::default()))
}

/// A blank at the end of a line is shown as a dot.
fn check(line: &str, expected: Expect) {
    let output = explain(line, &Table);
    expected.assert_eq(&(output.stdout + &output.stderr).replace(" \n", "·\n"));
}

#[test]
fn a_kind_is_explained_with_its_group_and_its_fields() {
    check(
        "deploy",
        expect![[r#"
            GROUP:      apps
            KIND:       Deployment
            VERSION:    v1

            DESCRIPTION:
                Deployment enables declarative updates for Pods and ReplicaSets.
               ·
            FIELDS:
              apiVersion	<string>
                APIVersion defines the versioned schema of this representation of an object.
                Servers should convert recognized schemas to the latest internal value, and
                may reject unrecognized values. More info:
                https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources

              kind	<string>
                Kind is a string value representing the REST resource this object
                represents. Servers may infer this from the endpoint the client submits
                requests to. Cannot be updated. In CamelCase. More info:
                https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds

              metadata	<ObjectMeta>
                Standard object's metadata. More info:
                https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata

              spec	<DeploymentSpec>
                Specification of the desired behavior of the Deployment.

              status	<DeploymentStatus>
                Most recently observed status of the Deployment.


        "#]],
    );
    check(
        "hpa --api-version=autoscaling/v1",
        expect![[r#"
            GROUP:      autoscaling
            KIND:       HorizontalPodAutoscaler
            VERSION:    v1

            DESCRIPTION:
                configuration of a horizontal pod autoscaler.
               ·
            FIELDS:
              apiVersion	<string>
                APIVersion defines the versioned schema of this representation of an object.
                Servers should convert recognized schemas to the latest internal value, and
                may reject unrecognized values. More info:
                https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources

              kind	<string>
                Kind is a string value representing the REST resource this object
                represents. Servers may infer this from the endpoint the client submits
                requests to. Cannot be updated. In CamelCase. More info:
                https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds

              metadata	<ObjectMeta>
                Standard object metadata. More info:
                https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata

              spec	<HorizontalPodAutoscalerSpec>
                spec defines the behaviour of autoscaler. More info:
                https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#spec-and-status.

              status	<HorizontalPodAutoscalerStatus>
                status is the current information about the autoscaler.


        "#]],
    );
}

#[test]
fn a_field_is_explained_with_what_is_said_of_its_type() {
    check(
        "pods.spec.containers.resources",
        expect![[r#"
            KIND:       Pod
            VERSION:    v1

            FIELD: resources <ResourceRequirements>


            DESCRIPTION:
                Compute Resources required by this container. Cannot be updated. More info:
                https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
                ResourceRequirements describes the compute resource requirements.
               ·
            FIELDS:
              claims	<[]ResourceClaim>
                Claims lists the names of resources, defined in spec.resourceClaims, that
                are used by this container.
               ·
                This is an alpha field and requires enabling the DynamicResourceAllocation
                feature gate.
               ·
                This field is immutable. It can only be set for containers.

              limits	<map[string]Quantity>
                Limits describes the maximum amount of compute resources allowed. More info:
                https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/

              requests	<map[string]Quantity>
                Requests describes the minimum amount of compute resources required. If
                Requests is omitted for a container, it defaults to Limits if that is
                explicitly specified, otherwise to an implementation-defined value. Requests
                cannot exceed Limits. More info:
                https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/


        "#]],
    );
    check(
        "deployments.apps.spec.strategy",
        expect![[r#"
            GROUP:      apps
            KIND:       Deployment
            VERSION:    v1

            FIELD: strategy <DeploymentStrategy>


            DESCRIPTION:
                The deployment strategy to use to replace existing pods with new ones.
                DeploymentStrategy describes how to replace existing pods with new ones.
               ·
            FIELDS:
              rollingUpdate	<RollingUpdateDeployment>
                Rolling update config params. Present only if DeploymentStrategyType =
                RollingUpdate.

              type	<string>
              enum: Recreate, RollingUpdate
                Type of deployment. Can be "Recreate" or "RollingUpdate". Default is
                RollingUpdate.
               ·
                Possible enum values:
                 - `"Recreate"` Kill all existing pods before creating new ones.
                 - `"RollingUpdate"` Replace the old ReplicaSets by new one using rolling
                update i.e gradually scale down the old ReplicaSets and scale up the new
                one.


        "#]],
    );
    check(
        "pods.spec.containers.resources.limits",
        expect![[r#"
            KIND:       Pod
            VERSION:    v1

            FIELD: limits <map[string]Quantity>


            DESCRIPTION:
                Limits describes the maximum amount of compute resources allowed. More info:
                https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
                Quantity is a fixed-point representation of a number. It provides convenient
                marshaling/unmarshaling in JSON and YAML, in addition to String() and
                AsInt64() accessors.
               ·
                The serialization format is:
               ·
                ``` <quantity>        ::= <signedNumber><suffix>
               ·
                	(Note that <suffix> may be empty, from the "" case in <decimalSI>.)
               ·
                <digit>           ::= 0 | 1 | ... | 9 <digits>          ::= <digit> |
                <digit><digits> <number>          ::= <digits> | <digits>.<digits> |
                <digits>. | .<digits> <sign>            ::= "+" | "-" <signedNumber>    ::=
                <number> | <sign><number> <suffix>          ::= <binarySI> |
                <decimalExponent> | <decimalSI> <binarySI>        ::= Ki | Mi | Gi | Ti | Pi
                | Ei
               ·
                	(International System of units; See:
                http://physics.nist.gov/cuu/Units/binary.html)
               ·
                <decimalSI>       ::= m | "" | k | M | G | T | P | E
               ·
                	(Note that 1024 = 1Ki but 1000 = 1k; I didn't choose the capitalization.)
               ·
                <decimalExponent> ::= "e" <signedNumber> | "E" <signedNumber> ```
               ·
                No matter which of the three exponent forms is used, no quantity may
                represent a number greater than 2^63-1 in magnitude, nor may it have more
                than 3 decimal places. Numbers larger or more precise will be capped or
                rounded up. (E.g.: 0.1m will rounded up to 1m.) This may be extended in the
                future if we require larger or smaller quantities.
               ·
                When a Quantity is parsed from a string, it will remember the type of suffix
                it had, and will use the same type again when it is serialized.
               ·
                Before serializing, Quantity will be put in "canonical form". This means
                that Exponent/suffix will be adjusted up or down (with a corresponding
                increase or decrease in Mantissa) such that:
               ·
                - No precision is lost - No fractional digits will be emitted - The exponent
                (or suffix) is as large as possible.
               ·
                The sign will be omitted unless the number is negative.
               ·
                Examples:
               ·
                - 1.5 will be serialized as "1500m" - 1.5Gi will be serialized as "1536Mi"
               ·
                Note that the quantity will NEVER be internally represented by a floating
                point number. That is the whole point of this exercise.
               ·
                Non-canonical values will still parse as long as they are well formed, but
                will be re-emitted in their canonical form. (So always use canonical form,
                or don't diff.)
               ·
                This format is intended to make it difficult to use these numbers without
                writing some sort of special handling code in the hopes that that will cause
                implementors to also use a fixed point implementation.
               ·

        "#]],
    );
}

#[test]
fn the_values_of_an_enumeration_are_listed_one_by_one_for_a_field_and_four_at_most_among_others() {
    check(
        "service.spec.type",
        expect![[r#"
            KIND:       Service
            VERSION:    v1

            FIELD: type <string>
            ENUM:
                ClusterIP
                ExternalName
                LoadBalancer
                NodePort

            DESCRIPTION:
                type determines how the Service is exposed. Defaults to ClusterIP. Valid
                options are ExternalName, ClusterIP, NodePort, and LoadBalancer. "ClusterIP"
                allocates a cluster-internal IP address for load-balancing to endpoints.
                Endpoints are determined by the selector or if that is not specified, by
                manual construction of an Endpoints object or EndpointSlice objects. If
                clusterIP is "None", no virtual IP is allocated and the endpoints are
                published as a set of endpoints rather than a virtual IP. "NodePort" builds
                on ClusterIP and allocates a port on every node which routes to the same
                endpoints as the clusterIP. "LoadBalancer" builds on NodePort and creates an
                external load-balancer (if supported in the current cloud) which routes to
                the same endpoints as the clusterIP. "ExternalName" aliases this service to
                the specified externalName. Several other fields do not apply to
                ExternalName services. More info:
                https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types
               ·
                Possible enum values:
                 - `"ClusterIP"` means a service will only be accessible inside the cluster,
                via the cluster IP.
                 - `"ExternalName"` means a service consists of only a reference to an
                external name that kubedns or equivalent will return as a CNAME record, with
                no exposing or proxying of any pods involved.
                 - `"LoadBalancer"` means a service will be exposed via an external load
                balancer (if the cloud provider supports it), in addition to 'NodePort'
                type.
                 - `"NodePort"` means a service will be exposed on one port of every node,
                in addition to 'ClusterIP' type.
               ·

        "#]],
    );
    check(
        "pv.spec.hostPath",
        expect![[r#"
            KIND:       PersistentVolume
            VERSION:    v1

            FIELD: hostPath <HostPathVolumeSource>


            DESCRIPTION:
                hostPath represents a directory on the host. Provisioned by a developer or
                tester. This is useful for single-node development and testing only! On-host
                storage is not supported in any way and WILL NOT WORK in a multi-node
                cluster. More info:
                https://kubernetes.io/docs/concepts/storage/volumes#hostpath
                Represents a host path mapped into a pod. Host path volumes do not support
                ownership management or SELinux relabeling.
               ·
            FIELDS:
              path	<string> -required-
                path of the directory on the host. If the path is a symlink, it will follow
                the link to the real path. More info:
                https://kubernetes.io/docs/concepts/storage/volumes#hostpath

              type	<string>
              enum: "", BlockDevice, CharDevice, Directory, ....
                type for HostPath Volume Defaults to "" More info:
                https://kubernetes.io/docs/concepts/storage/volumes#hostpath
               ·
                Possible enum values:
                 - `""` For backwards compatible, leave it empty if unset
                 - `"BlockDevice"` A block device must exist at the given path
                 - `"CharDevice"` A character device must exist at the given path
                 - `"Directory"` A directory must exist at the given path
                 - `"DirectoryOrCreate"` If nothing exists at the given path, an empty
                directory will be created there as needed with file mode 0755, having the
                same group and ownership with Kubelet.
                 - `"File"` A file must exist at the given path
                 - `"FileOrCreate"` If nothing exists at the given path, an empty file will
                be created there as needed with file mode 0644, having the same group and
                ownership with Kubelet.
                 - `"Socket"` A UNIX socket must exist at the given path


        "#]],
    );
}

#[test]
fn recursion_lists_names_and_stops_at_types_within_themselves() {
    check(
        "pdb --recursive",
        expect![[r#"
            GROUP:      policy
            KIND:       PodDisruptionBudget
            VERSION:    v1

            DESCRIPTION:
                PodDisruptionBudget is an object to define the max disruption that can be
                caused to a collection of pods
               ·
            FIELDS:
              apiVersion	<string>
              kind	<string>
              metadata	<ObjectMeta>
                annotations	<map[string]string>
                creationTimestamp	<string>
                deletionGracePeriodSeconds	<integer>
                deletionTimestamp	<string>
                finalizers	<[]string>
                generateName	<string>
                generation	<integer>
                labels	<map[string]string>
                managedFields	<[]ManagedFieldsEntry>
                  apiVersion	<string>
                  fieldsType	<string>
                  fieldsV1	<FieldsV1>
                  manager	<string>
                  operation	<string>
                  subresource	<string>
                  time	<string>
                name	<string>
                namespace	<string>
                ownerReferences	<[]OwnerReference>
                  apiVersion	<string> -required-
                  blockOwnerDeletion	<boolean>
                  controller	<boolean>
                  kind	<string> -required-
                  name	<string> -required-
                  uid	<string> -required-
                resourceVersion	<string>
                selfLink	<string>
                uid	<string>
              spec	<PodDisruptionBudgetSpec>
                maxUnavailable	<IntOrString>
                minAvailable	<IntOrString>
                selector	<LabelSelector>
                  matchExpressions	<[]LabelSelectorRequirement>
                    key	<string> -required-
                    operator	<string> -required-
                    values	<[]string>
                  matchLabels	<map[string]string>
                unhealthyPodEvictionPolicy	<string>
                enum: AlwaysAllow, IfHealthyBudget
              status	<PodDisruptionBudgetStatus>
                conditions	<[]Condition>
                  lastTransitionTime	<string> -required-
                  message	<string> -required-
                  observedGeneration	<integer>
                  reason	<string> -required-
                  status	<string> -required-
                  type	<string> -required-
                currentHealthy	<integer> -required-
                desiredHealthy	<integer> -required-
                disruptedPods	<map[string]string>
                disruptionsAllowed	<integer> -required-
                expectedPods	<integer> -required-
                observedGeneration	<integer>

        "#]],
    );
    let tree = explain("crd.spec.versions.schema --recursive", &Table).stdout;
    assert_eq!(tree.matches("additionalItems").count(), 1, "{tree}");
}

#[test]
fn what_cannot_be_explained_is_told_in_the_words_of_upstream() {
    let mut told = String::new();
    for line in [
        "",
        "pod deployment",
        "pod.spec.nosuch",
        "pod.spec.nodeName.x",
        "pods.spec.containers[0]",
        "foo",
        "deploy --api-version=apps/v2",
        "deploy --api-version=batch/v1",
        "pod -o xml",
    ] {
        told.push_str(&format!("{}\n", explain(line, &Table).stderr.trim_end()));
    }
    expect![[r#"
        error: You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.
        error: We accept only this format: explain RESOURCE
        error: field "nosuch" does not exist
        error: field "x" does not exist
        error: invalid jsonpath syntax, first node must be field node
        the server doesn't have a resource type "foo"
        error: couldn't find resource for "apps/v2, Resource=deployments"
        error: GVR (batch/v1, Resource=deployments) not found in OpenAPI schema
        error: unrecognized format: xml
    "#]].assert_eq(&told);
}

#[test]
fn without_the_table_a_person_is_told_to_wait() {
    let output = explain("pods", &Stdin::default());
    assert_eq!((output.stdout.as_str(), output.code), ("", 1));
    assert_eq!(output.stderr, "error: the descriptions of fields are not here yet; try again in a moment\n");
}

const CRON_TABS: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct]}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        description: A table of what is to be done when.
        properties:
          spec:
            type: object
            required: [cronSpec]
            properties:
              cronSpec: {type: string, description: 'When it is done, in five fields that are apart by blanks and each of which can be a star.'}
              policy: {type: string, enum: [Allow, '', Forbid, Replace, Wait]}
              steps: {type: array, description: What is done., items: {type: object, description: One step., properties: {image: {type: string}}}}
              labels: {type: object, additionalProperties: {type: string}}
";

#[test]
fn a_custom_kind_is_explained_by_its_definition() {
    let mut server = Still::new(Config::default());
    let line = |line: &str| line.split(' ').map(String::from).collect::<Vec<_>>();
    run(&line("apply -f -"), &Stdin(CRON_TABS.into()), &mut server);
    let mut seen = String::new();
    for command in [
        "explain ct",
        "explain crontab.spec",
        "explain crontabs.spec.policy",
        "explain crontabs.spec.steps.image",
        "explain crontabs.metadata.name",
        "explain crontabs --recursive",
        "explain crontabs.spec.nosuch",
        "explain crontabs --api-version=stable.example.com/v2",
    ] {
        let output = run(&line(command), &Table, &mut server);
        let text: Vec<&str> = output.stdout.lines().take(40).collect();
        seen += &format!("$ {command}\n{}\n{}", text.join("\n"), output.stderr);
    }
    expect![[r#"
        $ explain ct
        GROUP:      stable.example.com
        KIND:       CronTab
        VERSION:    v1

        DESCRIPTION:
            A table of what is to be done when.
           ·
        FIELDS:
          apiVersion	<string>
            APIVersion defines the versioned schema of this representation of an object.
            Servers should convert recognized schemas to the latest internal value, and
            may reject unrecognized values. More info:
            https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources

          kind	<string>
            Kind is a string value representing the REST resource this object
            represents. Servers may infer this from the endpoint the client submits
            requests to. Cannot be updated. In CamelCase. More info:
            https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds

          metadata	<ObjectMeta>
            Standard object's metadata. More info:
            https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata

          spec	<Object>
            <no description>


        $ explain crontab.spec
        GROUP:      stable.example.com
        KIND:       CronTab
        VERSION:    v1

        FIELD: spec <Object>


        DESCRIPTION:
            <empty>
        FIELDS:
          cronSpec	<string> -required-
            When it is done, in five fields that are apart by blanks and each of which
            can be a star.

          labels	<map[string]string>
            <no description>

          policy	<string>
          enum: Allow, "", Forbid, Replace, ....
            <no description>

          steps	<[]Object>
            What is done.


        $ explain crontabs.spec.policy
        GROUP:      stable.example.com
        KIND:       CronTab
        VERSION:    v1

        FIELD: policy <string>
        ENUM:
            Allow
            ""
            Forbid
            Replace
            Wait

        DESCRIPTION:
            <empty>

        $ explain crontabs.spec.steps.image
        GROUP:      stable.example.com
        KIND:       CronTab
        VERSION:    v1

        FIELD: image <string>


        DESCRIPTION:
            <empty>

        $ explain crontabs.metadata.name
        GROUP:      stable.example.com
        KIND:       CronTab
        VERSION:    v1

        FIELD: name <string>


        DESCRIPTION:
            Name must be unique within a namespace. Is required when creating resources,
            although some resources may allow a client to request the generation of an
            appropriate name automatically. Name is primarily intended for creation
            idempotence and configuration definition. Cannot be updated. More info:
            https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names
           ·

        $ explain crontabs --recursive
        GROUP:      stable.example.com
        KIND:       CronTab
        VERSION:    v1

        DESCRIPTION:
            A table of what is to be done when.
           ·
        FIELDS:
          apiVersion	<string>
          kind	<string>
          metadata	<ObjectMeta>
            annotations	<map[string]string>
            creationTimestamp	<string>
            deletionGracePeriodSeconds	<integer>
            deletionTimestamp	<string>
            finalizers	<[]string>
            generateName	<string>
            generation	<integer>
            labels	<map[string]string>
            managedFields	<[]ManagedFieldsEntry>
              apiVersion	<string>
              fieldsType	<string>
              fieldsV1	<FieldsV1>
              manager	<string>
              operation	<string>
              subresource	<string>
              time	<string>
            name	<string>
            namespace	<string>
            ownerReferences	<[]OwnerReference>
              apiVersion	<string> -required-
              blockOwnerDeletion	<boolean>
              controller	<boolean>
              kind	<string> -required-
              name	<string> -required-
              uid	<string> -required-
            resourceVersion	<string>
            selfLink	<string>
            uid	<string>
          spec	<Object>
        $ explain crontabs.spec.nosuch
        GROUP:      stable.example.com
        KIND:       CronTab
        VERSION:    v1

        error: field "nosuch" does not exist
        $ explain crontabs --api-version=stable.example.com/v2

        error: couldn't find resource for "stable.example.com/v2, Resource=crontabs"
    "#]]
    .assert_eq(&seen.replace(" \n", "·\n"));
}
