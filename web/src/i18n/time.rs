//! The words of time and of runs: the transport, branches, comparing, and what is kept, saved and opened.

use orrery_share::Damage;

use crate::i18n::Words;
use crate::opening::Refusal;
use crate::pace;
use orrery_run::Pace;

/// What is said of time and of runs.
pub struct TimeWords {
    /// Heading of the list of runs.
    pub runs: &'static str,
    /// Gives the run as a file.
    pub save_run: &'static str,
    /// Takes a file.
    pub open_file: &'static str,
    /// What a file may be, and the other way.
    pub drop_here: &'static str,
    /// What happens to a file that is held over the page.
    pub drop_now: &'static str,
    /// What to do with a link that is too long.
    pub src_instead: &'static str,
    /// The field for an address.
    pub address: &'static str,
    /// Takes an address.
    pub open_address: &'static str,
    /// Heading of the list.
    pub kept_here: &'static str,
    /// There are none.
    pub no_runs: &'static str,
    /// The field for a run's name.
    pub name_of: fn(&str) -> String,
    /// Opens a run.
    pub open: &'static str,
    /// It is the one that is shown.
    pub open_now: &'static str,
    /// Forgets a run.
    pub remove: &'static str,
    /// Asks before that.
    pub confirm_remove: fn(&str) -> String,
    /// The browser has forgotten it.
    pub run_gone: &'static str,
    /// The run is not kept.
    pub run_not_kept: &'static str,
    /// What a trace hash is.
    pub trace: &'static str,
    /// How many things were done.
    pub steps: fn(usize) -> String,
    /// How many futures.
    pub branches: fn(usize) -> String,
    /// Where a run stands.
    pub until: fn(&str) -> String,
    /// How many nodes at the start.
    pub of_nodes: fn(usize) -> String,
    /// Heading of what comes from outside.
    pub open_this: &'static str,
    /// In front of a file's name.
    pub from_file: &'static str,
    /// In front of a host.
    pub from_host: &'static str,
    /// It is on its way.
    pub asking: &'static str,
    /// It is not opened.
    pub not_opened: &'static str,
    /// It is a run.
    pub a_run: &'static str,
    /// They are manifests.
    pub manifests: &'static str,
    /// What becomes of the run that is open.
    pub kept_before: &'static str,
    /// Takes manifests into the editor.
    pub add_to_editor: &'static str,
    /// Opens nothing.
    pub cancel: &'static str,
    /// Why nothing is opened.
    pub refusal: fn(&Refusal, &Words) -> String,
    /// The last run ended in a crash.
    pub crashed: &'static str,
    /// One step back.
    pub step_back: &'static str,
    /// One step on.
    pub step_on: &'static str,
    /// The choice of what a step is.
    pub step_by: &'static str,
    /// The names of paces, in the order of `pace::ALL`.
    pub paces: [&'static str; pace::ALL.len()],
    /// Time without anything in it is skipped.
    pub skip_idle: &'static str,
    /// What that means.
    pub skip_about: &'static str,
    /// Nothing more happens by itself.
    pub nothing_ahead: &'static str,
    /// Heading of branches and of comparing.
    pub futures: &'static str,
    /// What its button shows.
    pub futures_about: &'static str,
    /// Goes to another future: what was done on it, and since when.
    pub switch_to: fn(&str, &str) -> String,
    /// A branch by its number.
    pub branch: fn(usize) -> String,
    /// Nothing was done on it alone.
    pub untouched: &'static str,
    /// When it left another.
    pub since: fn(&str) -> String,
    /// It is the one that is shown.
    pub shown: &'static str,
    /// Goes to it.
    pub switch: &'static str,
    /// Puts its picture beside this one.
    pub side_by_side: &'static str,
    /// Takes that picture away.
    pub one_side: &'static str,
    /// Begins a branch.
    pub fork_here: fn(&str) -> String,
    /// What branches are.
    pub fork_about: &'static str,
    /// Heading of what was done.
    pub done_here: &'static str,
    /// Nothing was.
    pub nothing_done: &'static str,
    /// Heading of comparing.
    pub compare: &'static str,
    /// The one moment.
    pub before: &'static str,
    /// The other.
    pub after: &'static str,
    /// Compares them.
    pub compare_now: &'static str,
    /// Nothing differs.
    pub no_difference: &'static str,
    /// Behind a number.
    pub seconds: &'static str,
    /// In front of what was done.
    pub just_before: &'static str,
    /// Goes to the moment of an event.
    pub go_to: fn(&str) -> String,
    /// It compares.
    pub comparing: &'static str,
    /// How many times of heartbeats differ and are not shown.
    pub heartbeats: fn(usize) -> String,
    /// How much changed at a moment.
    pub changes: fn(usize) -> String,
    /// A branch was begun, when, and which one was left.
    pub forked: fn(usize, &str, usize) -> String,
    /// Goes back to a branch.
    pub back_to: fn(usize) -> String,
    /// A link holds one branch.
    pub one_branch: &'static str,
    /// The browser keeps nothing at all.
    pub nothing_kept: &'static str,
    /// What keys do.
    pub keys: KeyWords,
}

/// What keys of time do.
pub struct KeyWords {
    /// `,` and `.`.
    pub steps: &'static str,
    /// The arrows.
    pub seconds: &'static str,
    /// The arrows with Shift.
    pub actions: &'static str,
    /// `E`, with Shift back.
    pub events: &'static str,
    /// Digits.
    pub digits: &'static str,
    /// `S`.
    pub skip: &'static str,
    /// `J`.
    pub futures: &'static str,
    /// Ctrl+S.
    pub save: &'static str,
    /// Ctrl+O.
    pub open: &'static str,
    /// The switch for keys without Ctrl.
    pub letters: &'static str,
}

impl TimeWords {
    /// What a step of the transport goes by.
    pub fn pace(&self, pace: Pace) -> &'static str {
        pace::ALL.iter().position(|one| *one == pace).map_or("", |at| self.paces[at])
    }
}

fn mib(bytes: usize) -> usize {
    bytes >> 20
}

/// English.
pub const EN: TimeWords = TimeWords {
    runs: "Runs",
    save_run: "Save this run as a file",
    open_file: "Open a file",
    drop_here: "A saved run, a link in a text file, or manifests. A file can also be dropped anywhere on the page.",
    drop_now: "Drop the file to look at it",
    src_instead: "Save the run as a file and send that, or put the file where everybody can read it and send this page's address with ?src=https://… behind it.",
    address: "Address of a run or of manifests",
    open_address: "Open an address",
    kept_here: "Kept in this browser",
    no_runs: "Nothing yet. What you do is kept here, and nowhere else.",
    name_of: |run| format!("Name of {run}"),
    open: "Open",
    open_now: "Open now",
    remove: "Remove",
    confirm_remove: |run| format!("Remove \u{201c}{run}\u{201d} from this browser for good?"),
    run_gone: "This browser no longer has that run.",
    run_not_kept: "This browser has no room for the run. Save it as a file.",
    trace: "Fingerprint of the run up to this moment: equal runs have equal ones",
    steps: |n| if n == 1 { "1 step".into() } else { format!("{n} steps") },
    branches: |n| format!("{n} branches"),
    until: |time| format!("at {time}"),
    of_nodes: |n| if n == 1 { "1 node".into() } else { format!("{n} nodes") },
    open_this: "Open this?",
    from_file: "File",
    from_host: "From",
    asking: "Asking…",
    not_opened: "Nothing was opened. ",
    a_run: "A run",
    manifests: "Manifests, for a new cluster",
    kept_before: "The run that is open now stays in the list of runs.",
    add_to_editor: "Add to the editor",
    cancel: "Cancel",
    refusal: |why, w| {
        match why {
        Refusal::Empty => "There is nothing in it.".into(),
        Refusal::TooLarge(most) => format!("It is too large: the page reads {} MiB at most.", mib(*most)),
        Refusal::TooMany(n, most) => format!("It holds {n} objects: the page takes {most} at most."),
        Refusal::NoText => "It is no text. A run is a JSON file that this page saved, manifests are YAML or JSON.".into(),
        Refusal::Foreign => "It is neither a run of this page nor a manifest: no Kubernetes object is in it.".into(),
        Refusal::Damaged(Damage::Content(what)) => format!("It is a run, but it is damaged: {what}."),
        Refusal::Damaged(damage) => (w.bad_link)(&(w.damage)(damage)),
        Refusal::Address => "Only addresses that begin with https:// are asked.".into(),
        Refusal::Unreachable => "The host cannot be reached, or it does not let other sites read (it must answer with Access-Control-Allow-Origin). Download the file and open it here instead.".into(),
        Refusal::Status(404) => "The host has nothing at this address (404).".into(),
        Refusal::Status(status) => format!("The host answers with status {status}."),
    }
    },
    crashed: "The page crashed the last time, so the run was not started again. It is in the list of runs.",
    step_back: "Step back",
    step_on: "Step on",
    step_by: "What a step goes by",
    paces: ["reconcile", "change", "second", "event", "action"],
    skip_idle: "Skip idle",
    skip_about: "Jump over time in which nothing happens (S)",
    nothing_ahead: "nothing more happens by itself",
    futures: "Branches",
    futures_about: "Branches, and what differs between two moments (J)",
    switch_to: |what, when| format!("Other branch since {when}: {what}"),
    branch: |n| format!("Branch {n}"),
    untouched: "nothing done yet",
    since: |when| format!("since {when}"),
    shown: "shown",
    switch: "Switch",
    side_by_side: "Side by side",
    one_side: "Only one picture",
    fork_here: |when| format!("Fork at {when}"),
    fork_about: "Go back in time and do something else: what came before stays as a branch of its own.",
    done_here: "What was done on this branch",
    nothing_done: "Nothing yet.",
    compare: "Compare two moments",
    before: "From",
    after: "To",
    compare_now: "Compare",
    no_difference: "Nothing differs.",
    seconds: "s",
    just_before: "just before…",
    go_to: |when| format!("Go to {when}"),
    comparing: "Comparing",
    heartbeats: |n| {
        if n == 1 {
            "1 heartbeat time that differs is not shown.".into()
        } else {
            format!("{n} heartbeat times that differ are not shown.")
        }
    },
    changes: |n| if n == 1 { "1 change".into() } else { format!("{n} changes") },
    forked: |new, when, old| {
        format!(
            "You went on differently at {when}: this is branch {new} now. What came after stays on branch {old}."
        )
    },
    back_to: |branch| format!("Back to branch {branch}"),
    one_branch: "The link holds the branch that is shown, up to this moment. A saved file holds all branches.",
    nothing_kept: "This browser keeps nothing for this page: site data is blocked, or the window is private. Save the run as a file.",
    keys: KeyWords {
        steps: "step back, step on",
        seconds: "a second back, a second on",
        actions: "to the action before, to the next",
        events: "to the next event; with Shift to the one before",
        digits: "to a tenth of the run",
        skip: "skip idle time, or not",
        futures: "branches, and comparing",
        save: "save the run as a file",
        open: "runs, files and addresses",
        letters: "Keys of one letter are on",
    },
};

/// 한국어.
pub const KO: TimeWords = TimeWords {
    runs: "실행 기록",
    save_run: "이 실행을 파일로 저장",
    open_file: "파일 열기",
    drop_here: "저장한 실행, 링크가 든 텍스트 파일, 매니페스트를 열 수 있다. 페이지 아무 곳에나 파일을 끌어다 놓아도 된다.",
    drop_now: "파일을 놓으면 무엇인지 보여 준다",
    src_instead: "실행을 파일로 저장해 보낸다. 또는 누구나 읽을 수 있는 곳에 파일을 두고, 이 페이지의 주소 뒤에 ?src=https://…를 붙여 보낸다.",
    address: "실행 또는 매니페스트의 주소",
    open_address: "주소 열기",
    kept_here: "이 브라우저에 보관된 실행",
    no_runs: "아직 없다. 한 일은 이 브라우저에만 보관된다.",
    name_of: |run| format!("{run}의 이름"),
    open: "열기",
    open_now: "열려 있음",
    remove: "삭제",
    confirm_remove: |run| format!("\u{201c}{run}\u{201d} 실행을 이 브라우저에서 완전히 지울까?"),
    run_gone: "이 브라우저에 더는 없는 실행이다.",
    run_not_kept: "이 브라우저에 실행을 보관할 자리가 없다. 파일로 저장해 둔다.",
    trace: "이 시각까지의 지문. 같은 실행은 지문도 같다",
    steps: |n| format!("동작 {n}개"),
    branches: |n| format!("갈래 {n}개"),
    until: |time| format!("시각 {time}"),
    of_nodes: |n| format!("노드 {n}개"),
    open_this: "이것을 열까?",
    from_file: "파일",
    from_host: "출처",
    asking: "가져오는 중…",
    not_opened: "아무것도 열지 않았다. ",
    a_run: "실행",
    manifests: "새 클러스터에 적용할 매니페스트",
    kept_before: "지금 열린 실행은 실행 기록에 남는다.",
    add_to_editor: "편집기에 추가",
    cancel: "취소",
    refusal: |why, w| {
        match why {
        Refusal::Empty => "내용이 없다.".into(),
        Refusal::TooLarge(most) => format!("너무 크다. 이 페이지는 최대 {}MiB까지 읽는다.", mib(*most)),
        Refusal::TooMany(n, most) => format!("오브젝트가 {n}개다. 이 페이지는 최대 {most}개까지 받는다."),
        Refusal::NoText => "텍스트가 아니다. 실행은 이 페이지가 저장한 JSON 파일이고, 매니페스트는 YAML 또는 JSON이다.".into(),
        Refusal::Foreign => "이 페이지의 실행도, 매니페스트도 아니다. 쿠버네티스 오브젝트가 하나도 없다.".into(),
        Refusal::Damaged(Damage::Content(what)) => format!("실행이지만 손상되었다: {what}."),
        Refusal::Damaged(damage) => (w.bad_link)(&(w.damage)(damage)),
        Refusal::Address => "https://로 시작하는 주소만 열 수 있다.".into(),
        Refusal::Unreachable => "호스트에 연결할 수 없거나, 다른 사이트가 읽도록 허용하지 않는다(Access-Control-Allow-Origin으로 응답해야 한다). 파일로 내려받아 여기서 연다.".into(),
        Refusal::Status(404) => "그 주소에는 아무것도 없다(404).".into(),
        Refusal::Status(status) => format!("호스트가 {status} 상태로 응답했다."),
    }
    },
    crashed: "지난번에 페이지가 비정상 종료되어 실행을 다시 시작하지 않았다. 실행 기록에 남아 있다.",
    step_back: "한 단계 뒤로",
    step_on: "한 단계 앞으로",
    step_by: "한 단계의 단위",
    paces: ["조정", "변경", "1초", "이벤트", "동작"],
    skip_idle: "빈 시간 건너뛰기",
    skip_about: "아무 일도 없는 시간을 건너뛴다 (S)",
    nothing_ahead: "저절로 일어날 일이 더 없다",
    futures: "갈래",
    futures_about: "갈래, 그리고 두 시점의 차이 (J)",
    switch_to: |what, when| format!("{when}부터 다른 갈래: {what}"),
    branch: |n| format!("갈래 {n}"),
    untouched: "아직 한 일이 없음",
    since: |when| format!("{when}부터"),
    shown: "보는 중",
    switch: "전환",
    side_by_side: "나란히 보기",
    one_side: "하나만 보기",
    fork_here: |when| format!("{when}에서 갈라지기"),
    fork_about: "시간을 되돌려 다른 일을 하면, 그 뒤에 있던 일은 다른 갈래로 남는다.",
    done_here: "이 갈래에서 한 일",
    nothing_done: "아직 없다.",
    compare: "두 시점 비교",
    before: "앞",
    after: "뒤",
    compare_now: "비교",
    no_difference: "차이가 없다.",
    seconds: "초",
    just_before: "직전 시점…",
    go_to: |when| format!("이동: {when}"),
    comparing: "비교하는 중",
    heartbeats: |n| format!("달라진 하트비트 시각 {n}개는 표시하지 않았다."),
    changes: |n| format!("변경 {n}개"),
    forked: |new, when, old| {
        format!("{when}에서 다르게 이어 갔다. 이제 갈래 {new}이고, 그 뒤에 있던 일은 갈래 {old}에 남아 있다.")
    },
    back_to: |branch| format!("갈래 {branch}로 돌아가기"),
    one_branch: "링크에는 지금 보는 갈래가 이 시각까지 담긴다. 저장한 파일에는 모든 갈래가 담긴다.",
    nothing_kept: "이 브라우저는 이 페이지의 데이터를 보관하지 않는다. 사이트 데이터가 차단되었거나 비공개 창이다. 실행을 파일로 저장해 둔다.",
    keys: KeyWords {
        steps: "한 단계 뒤로, 앞으로",
        seconds: "1초 뒤로, 앞으로",
        actions: "이전 동작으로, 다음 동작으로",
        events: "다음 이벤트로. Shift와 함께 이전 이벤트로",
        digits: "실행의 10분의 몇 지점으로",
        skip: "빈 시간 건너뛰기 켜고 끄기",
        futures: "갈래와 비교",
        save: "실행을 파일로 저장",
        open: "실행 기록, 파일, 주소",
        letters: "한 글자 단축키 사용",
    },
};
