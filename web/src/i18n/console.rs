//! The words of the console.

use orrery_share::{Action, Fault};

/// What the console says.
pub struct ConsoleWords {
    /// The shells in their tabs.
    pub shells: &'static str,
    /// One of them, by its number.
    pub shell: fn(u32) -> String,
    /// Another one.
    pub more: &'static str,
    /// No more of this one.
    pub close: &'static str,
    /// Something goes on in it.
    pub going: &'static str,
    /// Copies a line with what it printed.
    pub copy: &'static str,
    /// A command waits for time, which stands still.
    pub paused: &'static str,
    /// Lets time run.
    pub play: &'static str,
    /// Ends what goes on.
    pub stop: &'static str,
    /// What Tab offers.
    pub offers: &'static str,
    /// So many are offered.
    pub offered: fn(usize) -> String,
    /// What is looked for among the lines of before.
    pub search: &'static str,
    /// What a command opened to be edited, in a file.
    pub editing: fn(&str, &str) -> String,
    /// Applies what was edited.
    pub save: &'static str,
    /// Forgets it.
    pub discard: &'static str,
    /// How many lines a command printed.
    pub printed: fn(usize) -> String,
    /// What was done by a click, where no command does the same.
    pub by_hand: fn(&Action) -> String,
}

/// English.
pub const EN: ConsoleWords = ConsoleWords {
    shells: "Shells",
    shell: |id| format!("shell {id}"),
    more: "Another shell",
    close: "Close this shell",
    going: "something goes on here",
    copy: "Copy",
    paused: "This goes on while time runs. Time stands still.",
    play: "▶ Play",
    stop: "Ctrl-C",
    offers: "Completions",
    offered: |n| format!("{n} completions"),
    search: "Search earlier lines",
    editing: |what, file| format!("kubectl {what}: open in the editor as {file}."),
    save: "Save",
    discard: "Discard",
    printed: |n| format!("{n} lines"),
    by_hand: |action| {
        let (name, what) = deed(action, false);
        [name, what].concat() + " (no kubectl command does this)"
    },
};

/// Korean.
pub const KO: ConsoleWords = ConsoleWords {
    shells: "셸",
    shell: |id| format!("셸 {id}"),
    more: "셸 하나 더",
    close: "이 셸 닫기",
    going: "여기서 무언가 진행 중이다",
    copy: "복사",
    paused: "시간이 흘러야 진행된다. 지금은 시간이 멈춰 있다.",
    play: "▶ 재생",
    stop: "Ctrl-C",
    offers: "자동 완성",
    offered: |n| format!("자동 완성 {n}개"),
    search: "이전 명령 찾기",
    editing: |what, file| format!("kubectl {what}: 편집기에 {file} 파일로 열었다."),
    save: "저장",
    discard: "버리기",
    printed: |n| format!("{n}줄"),
    by_hand: |action| {
        let (name, what) = deed(action, true);
        [name, what].concat() + " (같은 일을 하는 kubectl 명령은 없다)"
    },
};

/// Whom a click was about, and what it did to it.
fn deed(action: &Action, ko: bool) -> (&str, &'static str) {
    let (name, words): (&str, [&'static str; 2]) = match action {
        Action::StopNode { name } => (name, [": power off", ": 전원 끔"]),
        Action::StartNode { name } => (name, [": power on", ": 전원 켬"]),
        Action::AddNode => ("", ["a machine joins", "머신이 하나 들어온다"]),
        Action::RemoveNode { name } => (name, [": the machine is taken away", ": 머신을 없앤다"]),
        Action::StopKubelet { name } => (name, [": kubelet stopped", ": kubelet 멈춤"]),
        Action::CutNode { name } => (name, [": cut off from the network", ": 네트워크에서 끊음"]),
        Action::JoinNode { name } => (name, [": joined to the network again", ": 네트워크에 다시 이음"]),
        Action::StrainNode { name, .. } => {
            (name, [": something uses up its resources", ": 리소스를 모두 써 버린다"])
        }
        Action::RelieveNode { name } => (name, [": its resources are free again", ": 리소스를 돌려받는다"]),
        Action::KillContainer { pod, .. } => (pod, [": a container is killed", ": 컨테이너를 죽인다"]),
        Action::EndContainer { pod, .. } => (pod, [": a container exits", ": 컨테이너가 끝난다"]),
        Action::HangContainer { pod, hangs: true, .. } => {
            (pod, [": a container hangs", ": 컨테이너가 응답하지 않는다"])
        }
        Action::HangContainer { pod, .. } => {
            (pod, [": a container answers again", ": 컨테이너가 다시 응답한다"])
        }
        Action::Part { name, fault } => (
            name,
            match fault {
                Fault::Stop => [": stopped", ": 멈춤"],
                Fault::Start => [": started", ": 시작"],
                Fault::Kill => [": killed", ": 죽임"],
                Fault::Cut => [": cut off", ": 끊음"],
                Fault::Join => [": joined again", ": 다시 이음"],
                Fault::Lose => [": loses its data", ": 데이터를 잃음"],
            },
        ),
        Action::Snapshot { name } => (name, [": a snapshot of etcd", ": etcd 스냅샷"]),
        Action::Restore { name } => (name, [": etcd is restored from it", ": 이 스냅샷으로 etcd 복원"]),
        Action::Registry { host, up: false } => {
            (host, [": the registry does not answer", ": 레지스트리가 응답하지 않는다"])
        }
        Action::Registry { host, .. } => {
            (host, [": the registry answers again", ": 레지스트리가 다시 응답한다"])
        }
        Action::Request { url, .. } => (url, [": a request", ": 요청"]),
        Action::Load { url, .. } => (url, [": a steady load", ": 지속 부하"]),
        Action::StopLoad { name } => (name, [": the load ends", ": 부하 끝"]),
        Action::Apply { .. } | Action::Delete { .. } | Action::Scale { .. } | Action::Kubectl { .. } => {
            ("", ["", ""])
        }
    };
    (name, words[usize::from(ko)])
}
