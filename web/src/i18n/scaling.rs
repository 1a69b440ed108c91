//! The words of autoscalers. Rules, reasons and metrics keep their names.

use orrery_view::hpa::Stage;

/// What is said of an autoscaler.
pub struct ScalingWords {
    /// Heading of the chain.
    pub chain: &'static str,
    /// A pod that is starting.
    pub unready: &'static str,
    /// A pod of which nothing was measured.
    pub missing: &'static str,
    /// A pod that ends.
    pub ignored: &'static str,
    /// A proposal of the past holds it for so many seconds.
    pub held: fn(u64) -> String,
    /// It looked so many seconds ago.
    pub looked: fn(u64) -> String,
    /// So many seconds old.
    pub age: fn(u64) -> String,
    /// A stage of the chain.
    pub stage: fn(Stage) -> &'static str,
    /// What the slider sets.
    pub usage: &'static str,
    /// Sets it.
    pub set: &'static str,
}

/// English.
pub const EN: ScalingWords = ScalingWords {
    chain: "How the numbers come to it",
    unready: "starting",
    missing: "not measured",
    ignored: "ignored",
    held: |s| format!("held by an earlier proposal for {s} s more (stabilization)"),
    looked: |s| format!("looked {s} s ago, every 15 s"),
    age: |s| if s == 0 { "now".to_owned() } else { format!("{s} s old") },
    stage: |stage| match stage {
        Stage::Containers => "containers",
        Stage::Cadvisor => "cAdvisor → kubelet",
        Stage::MetricsServer => "metrics-server",
        Stage::Api => "API server",
        Stage::Autoscaler => "HPA",
        Stage::Scale => "scale",
        Stage::Pods => "pods ready",
    },
    usage: "CPU of each pod",
    set: "Set",
};

/// 한국어.
pub const KO: ScalingWords = ScalingWords {
    chain: "숫자가 오는 길",
    unready: "시작하는 중",
    missing: "측정값 없음",
    ignored: "제외",
    held: |s| format!("이전 제안 때문에 {s}초 더 유지한다(안정화 윈도우)"),
    looked: |s| format!("{s}초 전에 확인했다. 15초마다 확인한다"),
    age: |s| if s == 0 { "지금".to_owned() } else { format!("{s}초 전") },
    stage: |stage| match stage {
        Stage::Containers => "컨테이너",
        Stage::Cadvisor => "cAdvisor → kubelet",
        Stage::MetricsServer => "metrics-server",
        Stage::Api => "API 서버",
        Stage::Autoscaler => "HPA",
        Stage::Scale => "스케일",
        Stage::Pods => "준비된 파드",
    },
    usage: "파드당 CPU",
    set: "적용",
};
