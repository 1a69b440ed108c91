//! What the API server refuses of Jobs and CronJobs, in upstream's words.

mod manifests;

use manifests::{created, object, updated};
use serde_json::{Value, json};

fn template(labels: Value) -> Value {
    json!({"metadata": {"labels": labels}, "spec": {"restartPolicy": "Never",
        "containers": [{"name": "c", "image": "busybox:1.36"}], "initContainers": [{"name": "i", "image": "busybox:1.36"}]}})
}

/// A job with what the server generates for it.
fn job(spec: Value) -> Value {
    let generated = json!({"batch.kubernetes.io/controller-uid": "u1", "batch.kubernetes.io/job-name": "x",
        "controller-uid": "u1", "job-name": "x"});
    let mut job = object(
        "batch/v1",
        "Job",
        json!({"metadata": {"uid": "u1"}, "spec": {"template": template(generated),
            "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "u1"}}}}),
    );
    orrery_apimachinery::patch::json_merge(&mut job, &json!({"spec": spec}));
    job
}

fn spec(spec: Value) -> Value {
    json!({"spec": spec})
}

#[test]
fn jobs_are_told_from_each_other_by_what_the_server_generates() {
    created(
        job(json!({})),
        &[
            (
                "a label of another job",
                spec(json!({"template": {"metadata": {"labels": {"job-name": "y"}}}})),
                r#"spec.template.metadata.labels[job-name]: Invalid value: map[string]string{"batch.kubernetes.io/controller-uid":"u1", "batch.kubernetes.io/job-name":"x", "controller-uid":"u1", "job-name":"y"}: must be 'x'"#,
            ),
            (
                "a label less",
                spec(json!({"template": {"metadata": {"labels": {"controller-uid": null}}}})),
                "spec.template.metadata.labels[controller-uid]: Required value: must be 'u1'",
            ),
            (
                "a selector of one's own",
                spec(
                    json!({"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}}}),
                ),
                r#"spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"a":"b", "batch.kubernetes.io/controller-uid":"u1"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: `selector` not auto-generated"#,
            ),
            (
                "the same, asked for",
                spec(
                    json!({"manualSelector": true, "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}}}),
                ),
                "",
            ),
            (
                "none",
                spec(json!({"selector": null})),
                "spec.selector: Required value\nspec.template.metadata.labels: Invalid value: map[string]string{\"batch.kubernetes.io/controller-uid\":\"u1\", \"batch.kubernetes.io/job-name\":\"x\", \"controller-uid\":\"u1\", \"job-name\":\"x\"}: `selector` does not match template `labels`",
            ),
        ],
    );
}

#[test]
fn jobs_end_and_count_within_limits() {
    created(
        job(json!({})),
        &[
            (
                "a pod that always runs on",
                spec(json!({"template": {"spec": {"restartPolicy": "Always"}}})),
                r#"spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never""#,
            ),
            (
                "negative numbers",
                spec(
                    json!({"parallelism": -1, "completions": -2, "activeDeadlineSeconds": -3, "backoffLimit": -4, "ttlSecondsAfterFinished": -5}),
                ),
                "spec.parallelism: Invalid value: -1: must be greater than or equal to 0\n\
                 spec.completions: Invalid value: -2: must be greater than or equal to 0\n\
                 spec.activeDeadlineSeconds: Invalid value: -3: must be greater than or equal to 0\n\
                 spec.backoffLimit: Invalid value: -4: must be greater than or equal to 0\n\
                 spec.ttlSecondsAfterFinished: Invalid value: -5: must be greater than or equal to 0",
            ),
            (
                "a mode that does not exist",
                spec(json!({"completionMode": "Sorted"})),
                r#"spec.completionMode: Unsupported value: "Sorted": supported values: "NonIndexed", "Indexed""#,
            ),
            (
                "what only indexes have",
                spec(
                    json!({"backoffLimitPerIndex": 1, "maxFailedIndexes": 2, "successPolicy": {"rules": [{"succeededCount": 1}]}}),
                ),
                "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode\n\
                 spec.maxFailedIndexes: Invalid value: 2: requires indexed completion mode\n\
                 spec.successPolicy: Invalid value: batch.SuccessPolicy{Rules:[]batch.SuccessPolicyRule{batch.SuccessPolicyRule{SucceededIndexes:(*string)(nil), SucceededCount:(*int32)(0xc000000000)}}}: requires indexed completion mode",
            ),
            (
                "a policy that does not exist",
                spec(json!({"podReplacementPolicy": "Never"})),
                r#"spec.podReplacementPolicy: Unsupported value: "Never": supported values: "Failed", "TerminatingOrFailed""#,
            ),
            (
                "a manager that is no path",
                spec(json!({"managedBy": "me"})),
                r#"spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")"#,
            ),
            (
                "a manager with blanks",
                spec(json!({"managedBy": "example.com/a b"})),
                r#"spec.managedBy: Invalid value: "a b": Invalid path (regex used for validation is '[A-Za-z0-9/\-._~%!$&'()*+,;=:]+')"#,
            ),
        ],
    );
}

#[test]
fn indexed_jobs_have_limits_of_their_own() {
    created(
        job(json!({"completionMode": "Indexed", "completions": 3, "parallelism": 1})),
        &[
            (
                "no end",
                spec(json!({"completions": null})),
                "spec.completions: Required value: when completion mode is Indexed",
            ),
            (
                "too much at once",
                spec(json!({"parallelism": 100_001})),
                "spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed",
            ),
            (
                "more failures than there can be",
                spec(json!({"maxFailedIndexes": 4})),
                "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified\n\
                 spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions",
            ),
            (
                "many indexes",
                spec(json!({"completions": 100_001, "parallelism": 10_001, "backoffLimitPerIndex": 1})),
                "spec.maxFailedIndexes: Required value: must be specified when completions is above 100000\n\
                 spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index",
            ),
            (
                "a name that leaves no room for the index",
                json!({"metadata": {"name": "a.b"}, "spec": {"manualSelector": true}}),
                r#"metadata.name: Invalid value: "a.b": will not able to create pod with invalid DNS label: a.b-2"#,
            ),
        ],
    );
}

#[test]
fn a_failure_policy_says_which_failures_mean_what() {
    let rule = |rule: Value| spec(json!({"podFailurePolicy": {"rules": [rule]}}));
    let codes = |codes: Value| rule(json!({"action": "Ignore", "onExitCodes": codes}));
    created(
        job(json!({"podReplacementPolicy": "Failed"})),
        &[
            ("all is well", codes(json!({"operator": "In", "containerName": "i", "values": [1, 2]})), ""),
            (
                "an empty rule",
                rule(json!({})),
                "spec.podFailurePolicy.rules[0].action: Required value: valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]\n\
                 spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required",
            ),
            (
                "a rule about too much",
                rule(json!({"action": "FailIndex", "onPodConditions": [{"type": "a b", "status": "Maybe"}],
                    "onExitCodes": {"operator": "Is", "containerName": "x", "values": [3, 1, 3]}})),
                "spec.podFailurePolicy.rules[0].action: Invalid value: \"FailIndex\": requires the backoffLimitPerIndex to be set\n\
                 spec.podFailurePolicy.rules[0].onExitCodes.operator: Unsupported value: \"Is\": supported values: \"In\", \"NotIn\"\n\
                 spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: \"x\": must be one of the container or initContainer names in the pod template\n\
                 spec.podFailurePolicy.rules[0].onExitCodes.values[2]: Duplicate value: 3\n\
                 spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: []int32{3, 1, 3}: must be ordered\n\
                 spec.podFailurePolicy.rules[0].onPodConditions[0].type: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')\n\
                 spec.podFailurePolicy.rules[0].onPodConditions[0].status: Unsupported value: \"Maybe\": supported values: \"False\", \"True\", \"Unknown\"\n\
                 spec.podFailurePolicy.rules[0]: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported",
            ),
            (
                "success as a failure",
                codes(json!({"operator": "In", "values": [0]})),
                "spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator",
            ),
            (
                "no codes",
                codes(json!({"operator": "NotIn", "values": []})),
                "spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: []int32{}: at least one value is required",
            ),
            (
                "too many rules",
                spec(
                    json!({"podFailurePolicy": {"rules": vec![json!({"action": "Count", "onPodConditions": [{"type": "A"}]}); 21]}}),
                ),
                "spec.podFailurePolicy.rules: Too many: 21: must have at most 20 items",
            ),
            (
                "containers that are restarted in place",
                spec(
                    json!({"podFailurePolicy": {"rules": []}, "podReplacementPolicy": "TerminatingOrFailed", "template": {"spec": {"restartPolicy": "OnFailure"}}}),
                ),
                "spec.podReplacementPolicy: Unsupported value: \"TerminatingOrFailed\": supported values: \"Failed\"\n\
                 spec.template.spec.restartPolicy: Invalid value: \"OnFailure\": only \"Never\" is supported when podFailurePolicy is specified",
            ),
        ],
    );
}

#[test]
fn a_success_policy_says_which_successes_are_enough() {
    let rule = |rule: Value| spec(json!({"successPolicy": {"rules": [rule]}}));
    let indexes = |text: &str| rule(json!({"succeededIndexes": text}));
    let unread = |text: &str, why: &str| {
        format!(
            "spec.successPolicy.rules[0].succeededIndexes: Invalid value: \"{text}\": error parsing succeededIndexes: {why}"
        )
    };
    let good = || job(json!({"completionMode": "Indexed", "completions": 5}));
    for (text, why) in [
        ("a", "cannot convert string to integer for index: \"a\""),
        ("5", "too large index: \"5\""),
        ("3-1", "non-increasing order, previous: 3, current: 1"),
        ("2,1", "non-increasing order, previous: 2, current: 1"),
        (
            "1-2-3",
            "the fragment \"1-2-3\" violates the requirement that an index interval can have at most two parts separated by '-'",
        ),
    ] {
        created(good(), &[(text, indexes(text), &unread(text, why))]);
    }
    created(
        good(),
        &[
            ("all is well", rule(json!({"succeededIndexes": "0,2-4", "succeededCount": 4})), ""),
            (
                "no rules",
                spec(json!({"successPolicy": {"rules": []}})),
                "spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified",
            ),
            (
                "an empty rule",
                rule(json!({})),
                "spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified",
            ),
            (
                "more than there are",
                rule(json!({"succeededIndexes": "0,2-4", "succeededCount": 6})),
                "spec.successPolicy.rules[0].succeededCount: Invalid value: 6: must be less than or equal to 5 (the number of specified completions)\n\
                 spec.successPolicy.rules[0].succeededCount: Invalid value: 6: must be less than or equal to 4 (the number of indexes in the specified succeededIndexes field)",
            ),
        ],
    );
}

#[test]
fn little_of_a_job_can_change() {
    updated(
        job(json!({"suspend": true, "completions": 2})),
        &[
            ("it goes on, with more at once", spec(json!({"suspend": false, "parallelism": 3})), ""),
            (
                "where its pods run, before it ran",
                spec(
                    json!({"template": {"metadata": {"annotations": {"a": "b"}}, "spec": {"nodeSelector": {"disk": "ssd"},
                    "affinity": {"nodeAffinity": {}}, "tolerations": [{"operator": "Exists"}]}}}),
                ),
                "",
            ),
            (
                "its end",
                spec(json!({"completions": 3})),
                "spec.completions: Invalid value: 3: field is immutable",
            ),
            (
                "its mode",
                spec(json!({"completionMode": "Indexed"})),
                "spec.completionMode: Invalid value: \"Indexed\": field is immutable",
            ),
            (
                "its policy",
                spec(
                    json!({"podReplacementPolicy": "Failed", "podFailurePolicy": {"rules": [{"action": "Count", "onPodConditions": [{"type": "A"}]}]}}),
                ),
                "spec.podFailurePolicy: Invalid value: batch.PodFailurePolicy{Rules:[]batch.PodFailurePolicyRule{batch.PodFailurePolicyRule{Action:\"Count\", OnExitCodes:(*batch.PodFailurePolicyOnExitCodesRequirement)(nil), OnPodConditions:[]batch.PodFailurePolicyOnPodConditionsPattern{batch.PodFailurePolicyOnPodConditionsPattern{Type:\"A\", Status:\"True\"}}}}}: field is immutable",
            ),
        ],
    );
    updated(
        job(json!({"completionMode": "Indexed", "completions": 2, "parallelism": 2})),
        &[
            ("it grows as a whole", spec(json!({"completions": 5, "parallelism": 5})), ""),
            (
                "it grows in one way",
                spec(json!({"completions": 5})),
                "spec.completions: Invalid value: 5: can only be modified in tandem with spec.parallelism",
            ),
        ],
    );
}

/// The message was recorded; only what it points to in the server's memory differs from time to time.
#[test]
fn the_template_of_a_job_that_ran_cannot_change() {
    updated(
        job(
            json!({"template": {"spec": {"initContainers": null, "containers": [{"name": "w", "image": "busybox:1.36", "command": ["work"]}]}}}),
        ),
        &[(
            "another policy",
            spec(json!({"template": {"spec": {"restartPolicy": "OnFailure"}}})),
            r#"spec.template: Invalid value: core.PodTemplateSpec{ObjectMeta:v1.ObjectMeta{Name:"", GenerateName:"", Namespace:"", SelfLink:"", UID:"", ResourceVersion:"", Generation:0, CreationTimestamp:time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC), DeletionTimestamp:<nil>, DeletionGracePeriodSeconds:(*int64)(nil), Labels:map[string]string{"batch.kubernetes.io/controller-uid":"u1", "batch.kubernetes.io/job-name":"x", "controller-uid":"u1", "job-name":"x"}, Annotations:map[string]string(nil), OwnerReferences:[]v1.OwnerReference(nil), Finalizers:[]string(nil), ManagedFields:[]v1.ManagedFieldsEntry(nil)}, Spec:core.PodSpec{Volumes:[]core.Volume(nil), InitContainers:[]core.Container(nil), Containers:[]core.Container{core.Container{Name:"w", Image:"busybox:1.36", Command:[]string{"work"}, Args:[]string(nil), WorkingDir:"", Ports:[]core.ContainerPort(nil), EnvFrom:[]core.EnvFromSource(nil), Env:[]core.EnvVar(nil), Resources:core.ResourceRequirements{Limits:core.ResourceList(nil), Requests:core.ResourceList(nil), Claims:[]core.ResourceClaim(nil)}, ResizePolicy:[]core.ContainerResizePolicy(nil), RestartPolicy:(*core.ContainerRestartPolicy)(nil), VolumeMounts:[]core.VolumeMount(nil), VolumeDevices:[]core.VolumeDevice(nil), LivenessProbe:(*core.Probe)(nil), ReadinessProbe:(*core.Probe)(nil), StartupProbe:(*core.Probe)(nil), Lifecycle:(*core.Lifecycle)(nil), TerminationMessagePath:"/dev/termination-log", TerminationMessagePolicy:"File", ImagePullPolicy:"IfNotPresent", SecurityContext:(*core.SecurityContext)(nil), Stdin:false, StdinOnce:false, TTY:false}}, EphemeralContainers:[]core.EphemeralContainer(nil), RestartPolicy:"OnFailure", TerminationGracePeriodSeconds:(*int64)(0xc000000000), ActiveDeadlineSeconds:(*int64)(nil), DNSPolicy:"ClusterFirst", NodeSelector:map[string]string(nil), ServiceAccountName:"", AutomountServiceAccountToken:(*bool)(nil), NodeName:"", SecurityContext:(*core.PodSecurityContext)(0xc000000000), ImagePullSecrets:[]core.LocalObjectReference(nil), Hostname:"", Subdomain:"", SetHostnameAsFQDN:(*bool)(nil), Affinity:(*core.Affinity)(nil), SchedulerName:"default-scheduler", Tolerations:[]core.Toleration(nil), HostAliases:[]core.HostAlias(nil), PriorityClassName:"", Priority:(*int32)(nil), PreemptionPolicy:(*core.PreemptionPolicy)(nil), DNSConfig:(*core.PodDNSConfig)(nil), ReadinessGates:[]core.PodReadinessGate(nil), RuntimeClassName:(*string)(nil), Overhead:core.ResourceList(nil), EnableServiceLinks:(*bool)(nil), TopologySpreadConstraints:[]core.TopologySpreadConstraint(nil), OS:(*core.PodOS)(nil), SchedulingGates:[]core.PodSchedulingGate(nil), ResourceClaims:[]core.PodResourceClaim(nil), Resources:(*core.ResourceRequirements)(nil)}}: field is immutable"#,
        )],
    );
}

fn cron_job() -> Value {
    object(
        "batch/v1",
        "CronJob",
        json!({"spec": {"schedule": "* * * * *", "timeZone": "Europe/Zurich", "jobTemplate": {"spec": {"template": template(json!({}))}}}}),
    )
}

#[test]
fn cron_jobs_have_a_schedule_a_zone_and_a_template() {
    let schedule = |text: &str| spec(json!({"schedule": text}));
    let zone = |name: &str| spec(json!({"timeZone": name}));
    let long = "c".repeat(53);
    created(
        cron_job(),
        &[
            ("no schedule", schedule(""), "spec.schedule: Required value"),
            (
                "words",
                schedule("every minute"),
                "spec.schedule: Invalid value: \"every minute\": expected exactly 5 fields, found 2: [every minute]",
            ),
            (
                "a zone in the schedule",
                schedule("TZ=UTC * * * * *"),
                "spec.schedule: Invalid value: \"TZ=UTC * * * * *\": cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
            ),
            (
                "no zone",
                zone(""),
                "spec.timeZone: Invalid value: \"\": timeZone must be nil or non-empty string",
            ),
            (
                "a zone elsewhere",
                zone("Mars/Base"),
                "spec.timeZone: Invalid value: \"Mars/Base\": unknown time zone Mars/Base",
            ),
            (
                "a zone that is no name",
                zone("Europe/../Zurich"),
                "spec.timeZone: Invalid value: \"Europe/../Zurich\": unknown time zone Europe/../Zurich",
            ),
            (
                "the zone of whoever looks",
                zone("Local"),
                "spec.timeZone: Invalid value: \"Local\": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
            ),
            (
                "a policy that does not exist",
                spec(json!({"concurrencyPolicy": "Sometimes"})),
                "spec.concurrencyPolicy: Unsupported value: \"Sometimes\": supported values: \"Allow\", \"Forbid\", \"Replace\"",
            ),
            (
                "negative numbers",
                spec(
                    json!({"startingDeadlineSeconds": -1, "successfulJobsHistoryLimit": -2, "failedJobsHistoryLimit": -3}),
                ),
                "spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0\n\
                 spec.successfulJobsHistoryLimit: Invalid value: -2: must be greater than or equal to 0\n\
                 spec.failedJobsHistoryLimit: Invalid value: -3: must be greater than or equal to 0",
            ),
            (
                "a template that says what is generated",
                spec(
                    json!({"jobTemplate": {"spec": {"manualSelector": true, "completions": -1, "selector": {}}}}),
                ),
                "spec.jobTemplate.spec.completions: Invalid value: -1: must be greater than or equal to 0\n\
                 spec.jobTemplate.spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: `selector` will be auto-generated\n\
                 spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: \"nil\", \"false\"",
            ),
            (
                "a name that leaves no room for the minute",
                json!({"metadata": {"name": &long}}),
                &format!("metadata.name: Invalid value: \"{long}\": must be no more than 52 characters"),
            ),
        ],
    );
    updated(
        cron_job(),
        &[("another schedule and no zone", spec(json!({"schedule": "@daily", "timeZone": null})), "")],
    );
}
