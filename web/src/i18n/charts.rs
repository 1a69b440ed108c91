//! The words of the charts.

/// What the charts say.
pub struct ChartWords {
    /// All of them.
    pub heading: &'static str,
    /// There is nothing to chart yet.
    pub nothing: &'static str,
    /// What a click does.
    pub seek: &'static str,
    /// Pods of a workload.
    pub replicas: &'static str,
    /// A metric against its target.
    pub usage: &'static str,
    /// Requests in a second.
    pub requests: &'static str,
    /// Milliseconds until an answer.
    pub latency: &'static str,
    /// Wanted.
    pub desired: &'static str,
    /// There.
    pub current: &'static str,
    /// Ready.
    pub ready: &'static str,
    /// Measured.
    pub measured: &'static str,
    /// Target.
    pub target: &'static str,
    /// Answered.
    pub answered: &'static str,
    /// Failed.
    pub errors: &'static str,
}

/// English.
pub const EN: ChartWords = ChartWords {
    heading: "Charts",
    nothing: "Nothing has changed yet. Workloads, autoscalers and loads are charted here over virtual time.",
    seek: "Go to this moment",
    replicas: "pods",
    usage: "usage against target",
    requests: "requests per second",
    latency: "latency, ms",
    desired: "desired",
    current: "current",
    ready: "ready",
    measured: "usage",
    target: "target",
    answered: "answered",
    errors: "failed",
};

/// 한국어.
pub const KO: ChartWords = ChartWords {
    heading: "차트",
    nothing: "아직 달라진 것이 없다. 워크로드, 오토스케일러, 부하가 가상 시간에 따라 어떻게 변했는지 여기에 그린다.",
    seek: "이 시점으로 가기",
    replicas: "파드 수",
    usage: "목표 대비 사용량",
    requests: "초당 요청",
    latency: "지연 시간, ms",
    desired: "의도",
    current: "현재",
    ready: "준비됨",
    measured: "사용량",
    target: "목표",
    answered: "응답",
    errors: "실패",
};
