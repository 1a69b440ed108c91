//! kubectl: arguments in, standard output, standard error and exit code out. A command is a file.
//!
//! It reaches the cluster as the real one does: through the API server, one request after another,
//! while virtual time passes.

mod annotate;
mod api_resources;
pub mod apply;
mod args;
mod attach;
mod auth;
mod autoscale;
mod cluster_dump;
mod command;
mod complete;
mod component_statuses;
mod config;
mod cordon;
mod cp;
mod create;
mod custom_columns;
mod debug;
mod delete;
mod describe;
mod diff;
mod discovery;
mod drain;
pub mod edit;
mod events;
mod exec;
mod explain;
mod expose;
mod follow;
mod get;
mod go_types;
mod gotemplate;
mod help;
mod json;
pub mod jsonpath;
mod label;
mod logs;
mod manifest;
mod migrate;
mod order;
mod overrides;
mod pairs;
mod patch;
mod pods;
mod port_forward;
mod printer;
mod proxy;
mod raw;
mod record;
mod refused;
mod replace;
mod rollout;
mod run;
mod scale;
mod server;
mod set;
mod sha256;
mod sort;
mod tabs;
mod taint;
mod target;
mod top;
pub mod trial;
mod trouble;
mod wait;

pub use args::Args;
pub use command::Output;
pub use complete::{Known, complete};
pub use config::PATH as KUBECONFIG;
pub use edit::EDITED;
pub use follow::{Errand, Following, Seat};
pub use trouble::Failure;

use command::{Cx, DryRun};
use orrery_apiserver::Session;
use orrery_schema::Schema;
use orrery_sim::Duration;

/// How long a request travels to the server and back.
pub const ROUND_TRIP: Duration = Duration::from_millis(10);

/// How long the program takes before its first request.
pub const START_UP: Duration = Duration::from_millis(100);

/// What lies beside the program: files by name, as `-f` finds them, and what the API says of its fields.
pub trait Files {
    /// The text of the file called `name`; `-` is standard input.
    fn read(&self, name: &str) -> Option<String>;

    /// The table of fields; none while it is not here.
    fn schema(&self) -> Option<&Schema> {
        None
    }

    /// The texts of help ([`HELP`]); none while they are not here.
    fn help(&self) -> Option<&str> {
        None
    }
}

/// What commands tell of themselves, a text after each line `@ command`. It is large: compiled in only where it is
/// used.
pub const HELP: &str = include_str!("../help.txt");

/// No files at all but a standard input.
#[derive(Clone, Debug, Default)]
pub struct Stdin(pub String);

impl Files for Stdin {
    fn read(&self, name: &str) -> Option<String> {
        (name == "-").then(|| self.0.clone())
    }
}

/// What a command is called, which flags it takes, under which name it writes, and what it does.
struct Command {
    name: &'static str,
    /// As `args` reads them.
    flags: &'static str,
    /// The field manager; empty for kubectl's own.
    manager: &'static str,
    run: fn(&mut Cx<'_>, &Args) -> Result<(), Failure>,
}

/// A command, its own flags, and the groups of flags that it shares with others.
macro_rules! command {
    ($name:literal $manager:literal $run:path, $($flags:expr),*) => {
        Command { name: $name, flags: concat!($($flags, " "),*), manager: $manager, run: $run }
    };
}

macro_rules! files {
    () => {
        "filename:f= kustomize:k= recursive:R"
    };
}

macro_rules! printed {
    () => {
        "output:o= template= allow-missing-template-keys show-managed-fields"
    };
}

macro_rules! written {
    () => {
        concat!(printed!(), " dry-run?unchanged field-manager=")
    };
}

macro_rules! generated {
    () => {
        concat!(written!(), " save-config")
    };
}

macro_rules! created {
    () => {
        concat!(generated!(), " validate?strict")
    };
}

macro_rules! overridden {
    () => {
        "overrides= override-type="
    };
}

macro_rules! selected {
    () => {
        "all selector:l= field-selector= all-namespaces:A"
    };
}

/// The commands, by name.
const COMMANDS: &[Command] = &[
    command!("annotate" "kubectl-annotate" annotate::run, "record local overwrite list resource-version=", files!(), written!(), selected!()),
    command!("alpha" "" refused::alpha, ""),
    command!("api-resources" "" api_resources::run, "api-group= namespaced no-headers output:o= sort-by= verbs= categories= cached"),
    command!("api-versions" "" api_resources::versions, ""),
    command!("apply" "" apply::run, "record server-side force-conflicts overwrite force grace-period# timeout@ cascade?background wait prune prune-allowlist= openapi-patch selector:l= subresource= all", files!(), written!(), "validate?strict"),
    command!("apply edit-last-applied" "kubectl-client-side-apply" apply::edit_last_applied::run, "windows-line-endings field-manager= validate?strict", files!(), printed!()),
    command!("apply set-last-applied" "" apply::set_last_applied::run, "create-annotation dry-run?unchanged filename:f=", printed!()),
    command!("apply view-last-applied" "" apply::view_last_applied::run, "all selector:l= output:o=", files!()),
    command!("attach" "" attach::run, "container:c= stdin:i tty:t quiet:q pod-running-timeout@"),
    command!("auth" "" help::group, ""),
    command!("auth can-i" "" auth::can_i, "all-namespaces:A list no-headers quiet:q subresource="),
    command!("auth reconcile" "" auth::reconcile::run, "remove-extra-permissions remove-extra-subjects dry-run?unchanged", files!(), printed!()),
    command!("auth whoami" "" auth::whoami, printed!()),
    command!("autoscale" "kubectl-autoscale" autoscale::run, "record min# max# cpu-percent# name=", files!(), generated!()),
    command!("cluster-info" "" server::cluster_info, ""),
    command!("cluster-info dump" "" cluster_dump::run, "all-namespaces:A namespaces= output-directory= output:o= template= allow-missing-template-keys show-managed-fields pod-running-timeout@"),
    command!("certificate" "" help::group, ""),
    command!("certificate approve" "" refused::certificate, "force", files!(), printed!()),
    command!("certificate deny" "" refused::certificate, "force", files!(), printed!()),
    command!("completion" "" refused::completion, ""),
    command!("config" "" help::group, ""),
    command!("config current-context" "" config::current_context, ""),
    command!("config delete-cluster" "" config::delete_entry, ""),
    command!("config delete-context" "" config::delete_entry, ""),
    command!("config delete-user" "" config::delete_entry, ""),
    command!("config get-clusters" "" config::get_names, ""),
    command!("config get-contexts" "" config::get_contexts, "no-headers output:o="),
    command!("config get-users" "" config::get_names, ""),
    command!("config rename-context" "" config::rename_context, ""),
    command!("config set" "" config::set_property, "set-raw-bytes"),
    command!("config set-cluster" "" config::set_entry, "embed-certs proxy-url="),
    command!("config set-context" "" config::set_context, "current"),
    command!("config set-credentials" "" config::set_entry, "embed-certs username= password= auth-provider= auth-provider-arg= exec-command= exec-api-version= exec-arg= exec-env= exec-interactive-mode= exec-provide-cluster-info"),
    command!("config unset" "" config::set_property, ""),
    command!("config use-context" "" config::use_context, ""),
    command!("config view" "" config::view, "flatten merge minify raw", printed!()),
    command!("cordon" "" cordon::cordon, "dry-run?unchanged selector:l="),
    command!("cp" "" cp::run, "container:c= no-preserve retries#"),
    command!("create" "kubectl-create" create::run, "record", files!(), created!(), "edit raw= selector:l= windows-line-endings"),
    command!("create clusterrole" "kubectl-create" create::role::run, "verb= resource= resource-name= non-resource-url= aggregation-rule=", created!()),
    command!("create clusterrolebinding" "kubectl-create" create::role_binding::run, "clusterrole= user= group= serviceaccount=", created!()),
    command!("create configmap" "kubectl-create" create::config_map::run, "append-hash from-file= from-literal= from-env-file=", created!()),
    command!("create cronjob" "kubectl-create" create::cron_job::run, "image= schedule= restart=", created!()),
    command!("create deployment" "kubectl-create" create::deployment::run, "image= port# replicas:r#", created!()),
    command!("create ingress" "kubectl-create" create::ingress::run, "class= rule= default-backend= annotation=", created!()),
    command!("create job" "kubectl-create" create::job::run, "image= from=", created!()),
    command!("create namespace" "kubectl-create" create::namespace::run, created!()),
    command!("create poddisruptionbudget" "kubectl-create" create::pod_disruption_budget::run, "selector= min-available= max-unavailable=", created!()),
    command!("create priorityclass" "kubectl-create" create::priority_class::run, "value# global-default description= preemption-policy=", created!()),
    command!("create quota" "kubectl-create" create::quota::run, "hard= scopes=", created!()),
    command!("create role" "kubectl-create" create::role::run, "verb= resource= resource-name=", created!()),
    command!("create rolebinding" "kubectl-create" create::role_binding::run, "role= clusterrole= user= group= serviceaccount=", created!()),
    command!("create secret" "" help::group, ""),
    command!("create secret docker-registry" "kubectl-create" create::secret::docker_registry, "append-hash docker-email= docker-password= docker-server= docker-username= from-file=", created!()),
    command!("create secret generic" "kubectl-create" create::secret::run, "append-hash from-file= from-literal= from-env-file= type=", created!()),
    command!("create secret tls" "kubectl-create" create::secret::tls, "append-hash cert= key=", created!()),
    command!("create service" "" help::group, ""),
    command!("create service clusterip" "kubectl-create" create::service::run, "tcp= clusterip=", created!()),
    command!("create service externalname" "kubectl-create" create::service::run, "tcp= external-name=", created!()),
    command!("create service loadbalancer" "kubectl-create" create::service::run, "tcp=", created!()),
    command!("create service nodeport" "kubectl-create" create::service::run, "tcp= node-port#", created!()),
    command!("create serviceaccount" "kubectl-create" create::service_account::run, created!()),
    command!("create token" "" create::token::run, "audience= bound-object-kind= bound-object-name= bound-object-uid= duration@", printed!()),
    command!("debug" "" debug::run, "filename:f= custom= arguments-only attach container:c= copy-to= replace env= image= image-pull-policy= keep-annotations keep-init-containers keep-labels keep-liveness keep-readiness keep-startup profile= quiet:q same-node set-image= share-processes stdin:i target= tty:t"),
    command!("delete" "" delete::run, "interactive:i raw= force now grace-period# cascade?background wait ignore-not-found timeout@ output:o= dry-run?unchanged", files!(), selected!()),
    command!("describe" "" describe::run, "show-events chunk-size# selector:l= all-namespaces:A", files!()),
    command!("diff" "kubectl-client-side-apply" diff::run, "server-side force-conflicts show-managed-fields field-manager= prune prune-allowlist= selector:l= concurrency#", files!()),
    command!("drain" "" drain::run, "force ignore-daemonsets delete-emptydir-data grace-period# timeout@ pod-selector= disable-eviction skip-wait-for-delete-timeout# chunk-size# dry-run?unchanged selector:l="),
    command!("edit" "kubectl-edit" edit::run, "record output-patch subresource= windows-line-endings save-config validate?strict field-manager=", files!(), printed!()),
    command!("events" "" events::run, "for= types= no-headers watch:w chunk-size#", printed!(), "all-namespaces:A"),
    command!("exec" "" exec::run, "filename:f= container:c= stdin:i tty:t quiet:q pod-running-timeout@"),
    command!("explain" "" explain::run, "api-version= recursive output:o="),
    command!("expose" "kubectl-expose" expose::run, "record name= port= target-port= protocol= type= selector= labels:l= external-ip= load-balancer-ip= session-affinity= cluster-ip=", overridden!(), files!(), generated!()),
    command!("get" "" get::run, "label-columns:L= no-headers show-labels sort-by= ignore-not-found watch:w watch-only raw= chunk-size# output-watch-events server-print show-kind subresource= selector:l= field-selector= all-namespaces:A", files!(), printed!()),
    command!("kustomize" "" refused::kustomize, "as-current-user enable-alpha-plugins enable-helm env:e= helm-api-versions= helm-command= helm-debug helm-kube-version= load-restrictor= mount= network network-name= output:o="),
    command!("label" "kubectl-label" label::run, "record local overwrite list resource-version=", files!(), written!(), selected!()),
    command!("logs" "" logs::run, "all-containers all-pods insecure-skip-tls-verify-backend container:c= follow:f ignore-errors limit-bytes# max-log-requests# pod-running-timeout@ prefix previous:p selector:l= since@ since-time= tail# timestamps"),
    command!("options" "" help::options, ""),
    command!("patch" "kubectl-patch" patch::run, "record local patch:p= patch-file= type= subresource=", files!(), written!()),
    command!("plugin" "" help::group, ""),
    command!("plugin list" "" refused::plugin_list, "name-only"),
    command!("port-forward" "" port_forward::run, "address= pod-running-timeout@"),
    command!("proxy" "" proxy::run, "append-server-path disable-filter keepalive@ reject-methods= accept-hosts= accept-paths= address= api-prefix= port:p# reject-paths= unix-socket:u= www:w= www-prefix:P="),
    command!("replace" "kubectl-replace" replace::run, "record raw= subresource= force grace-period# timeout@ cascade?background wait", files!(), created!()),
    command!("rollout" "" help::group, ""),
    command!("rollout history" "" rollout::history::run, "selector:l= revision#", files!(), printed!()),
    command!("rollout pause" "kubectl-rollout" rollout::change::pause, "selector:l= field-manager=", files!(), printed!()),
    command!("rollout restart" "kubectl-rollout" rollout::change::restart, "selector:l= field-manager=", files!(), printed!()),
    command!("rollout resume" "kubectl-rollout" rollout::change::resume, "selector:l= field-manager=", files!(), printed!()),
    command!("rollout status" "" rollout::status::run, "selector:l= watch:w timeout@ revision#", files!()),
    command!("rollout undo" "" rollout::undo::run, "selector:l= to-revision# dry-run?unchanged", files!(), printed!()),
    command!("run" "kubectl-run" run::run, "record image= command env= port= labels:l= annotations= restart= image-pull-policy= expose privileged stdin:i tty:t attach rm quiet:q pod-running-timeout@ leave-stdin-open cascade?background force grace-period# timeout@ wait", overridden!(), files!(), generated!()),
    command!("scale" "" scale::run, "record all selector:l= replicas# current-replicas# resource-version= timeout@", files!(), printed!(), "dry-run?unchanged"),
    command!("set" "" help::group, ""),
    command!("set env" "kubectl-set" set::env::run, "record env:e= from= prefix= keys= containers:c= list resolve overwrite", files!(), written!(), "all selector:l= local"),
    command!("set image" "kubectl-set" set::image::run, "record", files!(), written!(), "all selector:l= local"),
    command!("set resources" "kubectl-set" set::resources::run, "record limits= requests= containers:c=", files!(), written!(), "all selector:l= local"),
    command!("set selector" "kubectl-set" set::selector::run, "record resource-version=", "filename:f= recursive:R", written!(), "all local"),
    command!("set serviceaccount" "kubectl-set" set::service_account::run, "record", files!(), written!(), "all local"),
    command!("set subject" "kubectl-set" set::subject::run, "user= group= serviceaccount=", files!(), written!(), "all selector:l= local"),
    command!("taint" "kubectl-taint" taint::run, "overwrite all selector:l= validate?strict", written!()),
    command!("top" "" help::group, ""),
    command!("top node" "" top::nodes, "selector:l= sort-by= no-headers show-capacity use-protocol-buffers"),
    command!("top pod" "" top::pods, "all-namespaces:A containers selector:l= field-selector= sort-by= no-headers sum use-protocol-buffers"),
    command!("uncordon" "" cordon::uncordon, "dry-run?unchanged selector:l="),
    command!("version" "" server::version, "client output:o="),
    command!("wait" "" wait::run, "for= timeout@ local filename:f= recursive:R", printed!(), selected!()),
];

/// Whether a word is a command, or the beginning of some.
pub fn is_command(word: &str) -> bool {
    COMMANDS.iter().any(|command| command.name.split(' ').next() == Some(word))
}

/// Commands that ask no server.
const ALONE: [&str; 12] = [
    "alpha",
    "auth",
    "certificate",
    "completion",
    "config",
    "create secret",
    "create service",
    "kustomize",
    "options",
    "plugin",
    "rollout",
    "set",
];

/// Whether a command asks no server: it tells of itself, or makes an object that nobody wishes to store.
fn is_alone(command: &str, dry_run: DryRun) -> bool {
    let writes_a_manifest = command == "run" || command.starts_with("create");
    let of_config = command.starts_with("config ") || command == "top";
    let sends_nothing = dry_run == DryRun::Local || (dry_run == DryRun::Client && writes_a_manifest);
    ALONE.contains(&command) || of_config || sends_nothing
}

/// Runs one command line, without the leading `kubectl`, to its end.
pub fn run(argv: &[String], files: &dyn Files, session: &mut dyn Session) -> Output {
    begin(argv, files, session, false).0
}

/// As [`run`], but what goes on is handed over, to be looked at while time passes.
pub fn start(argv: &[String], files: &dyn Files, session: &mut dyn Session) -> (Output, Option<Following>) {
    begin(argv, files, session, true)
}

fn begin(
    argv: &[String],
    files: &dyn Files,
    session: &mut dyn Session,
    hands_over: bool,
) -> (Output, Option<Following>) {
    session.begin(&["kubectl", &argv.join(" ")].join(" "));
    session.pass(START_UP);
    let now = session.now();
    let mut cx = Cx::new(session, files);
    cx.followed = hands_over.then_some(None);
    let outcome = match help::asked(argv) {
        Some(words) => help::print(&mut cx, &words).map(|()| Args::default()),
        None => obey(&mut cx, argv),
    };
    let (mut output, followed, documents) = (cx.output, cx.followed.flatten(), cx.documents);
    match outcome {
        Ok(args) => (output, followed.map(|what| Following::new(args, what, documents, now))),
        Err(failure) => {
            output.fail(&failure);
            (output, None)
        }
    }
}

/// Does what a command line says; the result is the line as it was read.
fn obey(cx: &mut Cx<'_>, argv: &[String]) -> Result<Args, Failure> {
    let mut args = Args::parse(argv).map_err(Failure::usage)?;
    let command = COMMANDS.iter().find(|command| command.name == args.command);
    let command = command.expect("parsed arguments name a command");
    let config = config::load(cx.files);
    let context = args.flag("context").filter(|name| !name.is_empty());
    if let Some(name) =
        context.filter(|name| !command.name.starts_with("config") && !config::has_context(&config, name))
    {
        let text = format!("Error in configuration: context was not found for specified context: {name}");
        return Err(Failure { text, code: 1 });
    }
    args.context_namespace = config::namespace(&config, context);
    if let Some(directory) = args.flag("kustomize").filter(|name| !name.is_empty()) {
        return Err(refused::kustomization(directory));
    }
    cx.manager = args.flag("field-manager").unwrap_or(command.manager).into();
    cx.dry_run = DryRun::parse(&args)?;
    if args.flag("record").is_some() {
        cx.output.tell(record::DEPRECATED);
    }
    if !is_alone(command.name, cx.dry_run) {
        follow::request_timeout(&args)?;
        cx.session.reach().map_err(|text| Failure { text, code: 1 })?;
    }
    (command.run)(cx, &args)?;
    match cx.warnings {
        1 if args.on("warnings-as-errors") => Err(Failure::usage("1 warning received")),
        n @ 2.. if args.on("warnings-as-errors") => Err(Failure::usage(format!("{n} warnings received"))),
        _ => Ok(args),
    }
}
