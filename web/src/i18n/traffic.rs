//! The words of the traffic view and of requests that are followed. Reasons, addresses and rules are not translated.

use orrery_view::journey::{Failure, Place, Step};

/// What the traffic view says.
pub struct TrafficWords {
    /// Heading and button of the form.
    pub send_a_request: &'static str,
    /// Who asks.
    pub from: &'static str,
    /// What is asked for.
    pub to: &'static str,
    /// Sends it.
    pub send: &'static str,
    /// What to do first.
    pub hint: &'static str,
    /// Heading of the way.
    pub way: &'static str,
    /// The step before.
    pub previous: &'static str,
    /// The step after.
    pub next: &'static str,
    /// All steps at once.
    pub whole: &'static str,
    /// So many steps, of how many.
    pub step_of: fn(usize, usize) -> String,
    /// An address that was rewritten.
    pub rewritten: &'static str,
    /// How to send the same by hand.
    pub by_hand: &'static str,
    /// Heading of the requests before.
    pub past: &'static str,
    /// There are none.
    pub none_yet: &'static str,
    /// An answer, with its status.
    pub answered: fn(Option<u16>) -> String,
    /// Why not, in a few words, and what to change.
    pub failure: fn(Failure) -> (&'static str, &'static str),
    /// Where it was.
    pub place: fn(&Place) -> String,
    /// What happened there.
    pub step: fn(&Step) -> String,
    /// An Ingress names a Service that is not there.
    pub no_such_service: &'static str,
    /// A port of the person's machine that leads into a pod, and by whom.
    pub port_forward: &'static str,
    /// Endpoints that are ready, of all.
    pub ready: fn(usize, usize) -> String,
    /// The ports that every node opens.
    pub rules_on_node: &'static str,
    /// What a policy limits: what comes in, what goes out.
    pub isolated: fn(bool, bool) -> &'static str,
    /// Requests in a second.
    pub rate: &'static str,
    /// Turns a load on.
    pub start_load: &'static str,
    /// Heading of the loads.
    pub loads: &'static str,
    /// Turns a load off.
    pub stop: &'static str,
    /// It is off.
    pub stopped: &'static str,
    /// Requests that were sent, and that wait.
    pub sent: fn(u64, u64) -> String,
    /// Requests that came to nothing.
    pub errors: fn(u64) -> String,
    /// How long answers take: half of them, and all but one in a hundred.
    pub latency: fn(&str, &str) -> String,
    /// A pod that is gone.
    pub gone: &'static str,
    /// Heading of what is installed.
    pub add_ons: &'static str,
    /// Installs it.
    pub install: &'static str,
    /// Removes it.
    pub remove: &'static str,
    /// It is there.
    pub installed: &'static str,
    /// It is not.
    pub absent: &'static str,
    /// Heading of a node's rules.
    pub rules: &'static str,
    /// What the rules are searched for.
    pub filter: &'static str,
    /// There are none.
    pub no_rules: &'static str,
    /// Heading of what DNS answers.
    pub records: &'static str,
    /// A name that leads nowhere.
    pub no_address: &'static str,
    /// Heading of what is said of the picture for those who do not see it.
    pub in_words: &'static str,
    /// A pod behind a Service that gets nothing, and why.
    pub unready: fn(&str, &str) -> String,
}

/// English.
pub const EN: TrafficWords = TrafficWords {
    send_a_request: "Send a request",
    from: "from",
    to: "to",
    send: "Send",
    hint: "Choose who asks and what for; the way it takes is drawn and told hop by hop.",
    way: "The way it took",
    previous: "Previous hop",
    next: "Next hop",
    whole: "whole way",
    step_of: |n, of| format!("hop {n} of {of}"),
    rewritten: "rewritten here",
    by_hand: "The same by hand",
    past: "Last requests",
    none_yet: "None yet.",
    answered: |status| status.map_or("connected".to_owned(), |s| format!("answered {s}")),
    failure: |failure| match failure {
        Failure::UnknownName => (
            "no such name",
            "Check the Service's name and namespace: a pod finds web in its own namespace, web.shop in another.",
        ),
        Failure::NoEndpoints => (
            "no ready endpoints",
            "The Service has nobody to send to: compare its selector with the pods' labels, and look whether the pods are ready.",
        ),
        Failure::NoSuchPort => {
            ("no such port", "Ask for a port of the Service, or add this one to spec.ports.")
        }
        Failure::NotListening => (
            "connection refused",
            "No container listens there: make targetPort the port that the program opens.",
        ),
        Failure::Denied => (
            "denied by a NetworkPolicy",
            "Allow this source in a policy that selects the pod, or ask from a pod that is allowed.",
        ),
        Failure::NoRoute => ("no route", "Nobody has this address, or the node is off or cut off."),
        Failure::TimedOut => (
            "timed out",
            "Nobody answers. A ClusterIP works only inside the cluster; from outside use a node port, a load balancer or an Ingress.",
        ),
        Failure::NoLocalEndpoints => (
            "no endpoints on this node",
            "The policy Local keeps to the node's own pods: ask a node that has one, or set the policy to Cluster.",
        ),
        Failure::ConnectionReset => (
            "connection reset",
            "The pod ended before it had answered: let a preStop hook wait until nobody sends to it any more.",
        ),
        Failure::NoBackend => (
            "no rule or backend",
            "Check host, path and backend of the Ingress, and whether its controller is installed.",
        ),
    },
    place: |place| match place {
        Place::Outside => "Outside".to_owned(),
        Place::Dns => "DNS".to_owned(),
        Place::LoadBalancer(address) => format!("Load balancer {address}"),
        Place::Node(name) => format!("Node {name}"),
        Place::Service(_, name, port) => format!("Service {name}:{port}"),
        Place::Pod(_, name, Some(port)) => format!("Pod {name}:{port}"),
        Place::Pod(_, name, None) => format!("Pod {name}"),
        Place::NetworkPolicy(_, name) => format!("NetworkPolicy {name}"),
        Place::Ingress(_, name) => format!("Ingress {name}"),
    },
    step: |step| step.what.to_string(),
    no_such_service: "no such Service",
    port_forward: "A port of your machine, which the API server and the kubelet lead into the pod",
    ready: |ready, all| format!("{ready} of {all} ready"),
    rules_on_node: "kube-proxy",
    isolated: |ingress, egress| match (ingress, egress) {
        (true, true) => "isolated, in and out",
        (false, true) => "isolated, outgoing",
        _ => "isolated, incoming",
    },
    rate: "requests per second",
    start_load: "Steady load",
    loads: "Steady loads",
    stop: "Stop",
    stopped: "stopped",
    sent: |sent, waiting| {
        if waiting > 0 { format!("{sent} sent, {waiting} in flight") } else { format!("{sent} sent") }
    },
    errors: |n| if n == 1 { "1 error".to_owned() } else { format!("{n} errors") },
    latency: |half, most| format!("p50 {half} · p99 {most}"),
    gone: "gone",
    add_ons: "Add-ons",
    install: "Install",
    remove: "Remove",
    installed: "installed",
    absent: "not installed",
    rules: "kube-proxy's rules on this node",
    filter: "a Service, an address or a chain",
    no_rules: "No rule of that.",
    records: "DNS records",
    no_address: "no address",
    in_words: "Traffic in words",
    unready: |name, why| format!("{name} gets nothing: {why}"),
};

/// 한국어.
pub const KO: TrafficWords = TrafficWords {
    send_a_request: "요청 보내기",
    from: "보내는 곳",
    to: "받는 곳",
    send: "보내기",
    hint: "누가 무엇을 요청할지 고르면, 지나간 길을 홉마다 그리고 설명한다.",
    way: "지나간 길",
    previous: "이전 홉",
    next: "다음 홉",
    whole: "전체 경로",
    step_of: |n, of| format!("홉 {n}/{of}"),
    rewritten: "여기서 바뀌었다",
    by_hand: "직접 하려면",
    past: "최근 요청",
    none_yet: "아직 없다.",
    answered: |status| status.map_or("연결됨".to_owned(), |s| format!("응답 {s}")),
    failure: |failure| match failure {
        Failure::UnknownName => (
            "그런 이름이 없다",
            "서비스의 이름과 네임스페이스를 확인한다. 같은 네임스페이스에서는 web, 다른 네임스페이스에서는 web.shop처럼 부른다.",
        ),
        Failure::NoEndpoints => (
            "준비된 엔드포인트가 없다",
            "서비스가 보낼 파드가 없다. 셀렉터와 파드의 레이블을 견주고, 파드가 준비되었는지 본다.",
        ),
        Failure::NoSuchPort => {
            ("그런 포트가 없다", "서비스에 있는 포트로 요청하거나, spec.ports에 이 포트를 더한다.")
        }
        Failure::NotListening => (
            "연결이 거부되었다",
            "그 포트를 연 컨테이너가 없다. targetPort를 프로그램이 여는 포트와 같게 한다.",
        ),
        Failure::Denied => (
            "네트워크폴리시가 막았다",
            "파드를 선택하는 네트워크폴리시(NetworkPolicy)에서 이 출발지를 허용하거나, 허용된 파드에서 요청한다.",
        ),
        Failure::NoRoute => ("길이 없다", "이 주소를 가진 곳이 없거나, 노드가 꺼졌거나 끊겼다."),
        Failure::TimedOut => (
            "시간 초과",
            "아무도 응답하지 않는다. ClusterIP는 클러스터 안에서만 통한다. 밖에서는 노드 포트, 로드 밸런서, 인그레스를 쓴다.",
        ),
        Failure::NoLocalEndpoints => (
            "이 노드에는 엔드포인트가 없다",
            "정책 Local은 그 노드의 파드에만 보낸다. 파드가 있는 노드로 요청하거나 정책을 Cluster로 바꾼다.",
        ),
        Failure::ConnectionReset => (
            "연결이 끊겼다",
            "응답하기 전에 파드가 끝났다. preStop 훅으로 더 이상 요청이 오지 않을 때까지 기다리게 한다.",
        ),
        Failure::NoBackend => (
            "맞는 규칙이나 백엔드가 없다",
            "인그레스(Ingress)의 호스트, 경로, 백엔드와 컨트롤러가 설치되었는지 확인한다.",
        ),
    },
    place: |place| match place {
        Place::Outside => "외부".to_owned(),
        Place::Dns => "DNS".to_owned(),
        Place::LoadBalancer(address) => format!("로드 밸런서 {address}"),
        Place::Node(name) => format!("노드 {name}"),
        Place::Service(_, name, port) => format!("서비스 {name}:{port}"),
        Place::Pod(_, name, Some(port)) => format!("파드 {name}:{port}"),
        Place::Pod(_, name, None) => format!("파드 {name}"),
        Place::NetworkPolicy(_, name) => format!("네트워크폴리시 {name}"),
        Place::Ingress(_, name) => format!("인그레스 {name}"),
    },
    step: |step| match (&step.at, step.rewritten) {
        (Place::Dns, _) => format!("이름을 주소로 바꾸었다: {}", step.destination),
        (Place::Service(..), _) => format!("서비스 규칙이 정한 목적지: {}", step.destination),
        (Place::NetworkPolicy(..), _) => "지나가도 되는지 이 정책이 정했다".to_owned(),
        (Place::Pod(_, _, Some(_)), (false, false)) => "요청이 도착했다".to_owned(),
        (_, (true, true)) => {
            format!("출발지를 {}, 목적지를 {} 주소로 바꾸었다", step.source, step.destination)
        }
        (_, (false, true)) => format!("목적지를 {} 주소로 바꾸었다", step.destination),
        (_, (true, false)) => format!("출발지를 {} 주소로 바꾸었다", step.source),
        _ => format!("주소를 바꾸지 않고 {} 쪽으로 넘겼다", step.destination),
    },
    no_such_service: "그런 서비스가 없다",
    port_forward: "내 컴퓨터의 포트. API 서버와 kubelet을 거쳐 파드로 이어진다",
    ready: |ready, all| format!("{all}개 중 {ready}개 준비"),
    rules_on_node: "kube-proxy",
    isolated: |ingress, egress| match (ingress, egress) {
        (true, true) => "격리됨: 들어오고 나가는 트래픽",
        (false, true) => "격리됨: 나가는 트래픽",
        _ => "격리됨: 들어오는 트래픽",
    },
    rate: "초당 요청 수",
    start_load: "계속 보내기",
    loads: "계속되는 부하",
    stop: "멈추기",
    stopped: "멈춤",
    sent: |sent, waiting| {
        if waiting > 0 {
            format!("{sent}개 보냄, {waiting}개 대기")
        } else {
            format!("{sent}개 보냄")
        }
    },
    errors: |n| format!("오류 {n}개"),
    latency: |half, most| format!("p50 {half} · p99 {most}"),
    gone: "사라짐",
    add_ons: "애드온",
    install: "설치",
    remove: "제거",
    installed: "설치됨",
    absent: "설치되지 않음",
    rules: "이 노드의 kube-proxy 규칙",
    filter: "서비스, 주소 또는 체인",
    no_rules: "그런 규칙이 없다.",
    records: "DNS 레코드",
    no_address: "주소 없음",
    in_words: "글로 보는 트래픽",
    unready: |name, why| format!("{name}에는 보내지 않는다: {why}"),
};
