//! The words around a story; the story itself brings its own.

/// What is said around a story.
pub struct StoryWords {
    /// Heading of the stories.
    pub stories: &'static str,
    /// Heading of the manifests.
    pub manifests: &'static str,
    /// The band, for who cannot see it.
    pub story: &'static str,
    /// Goes on.
    pub next: &'static str,
    /// Hurries what is under way.
    pub hurry: &'static str,
    /// Goes back to the story from somewhere else.
    pub resume: &'static str,
    /// The list of chapters.
    pub chapter: &'static str,
    /// What the editor shows while the story has applied nothing.
    pub writes: fn(&str) -> String,
    /// Goes back.
    pub back: &'static str,
    /// It goes by itself.
    pub auto: &'static str,
    /// Ends it; the cluster stays.
    pub leave: &'static str,
    /// After the last caption.
    pub stay: &'static str,
    /// Which caption of how many.
    pub count: fn(usize, usize) -> String,
    /// So many expectations hold.
    pub held: fn(usize) -> String,
    /// Plays what is written in the editor.
    pub own: &'static str,
    /// What that is.
    pub own_says: &'static str,
    /// Looks for examples.
    pub find: &'static str,
    /// So many captions: plays them.
    pub captions: fn(usize) -> String,
    /// Opens the manifests that it begins with.
    pub open: &'static str,
    /// For who is here for the first time.
    pub invite: &'static str,
    /// Begins the first story.
    pub first: &'static str,
    /// Shows all.
    pub all: &'static str,
    /// Not now, and not again.
    pub no: &'static str,
    /// The scenarios could not be fetched.
    pub none: &'static str,
}

/// English.
pub const EN: StoryWords = StoryWords {
    stories: "Stories",
    manifests: "Manifests to try",
    story: "Story",
    next: "Next",
    hurry: "Skip ahead",
    resume: "Continue",
    chapter: "Chapter",
    writes: |title| {
        format!(
            "# {title}\n# What the story applies appears here.\n# Your own files come back\n# when you leave it.\n"
        )
    },
    back: "Back",
    auto: "By itself",
    leave: "Leave the story (Esc); the cluster stays",
    stay: "Stay and play",
    count: |at, of| format!("{at} of {of}"),
    held: |n| if n == 1 { "1 expectation holds".to_owned() } else { format!("{n} expectations hold") },
    own: "Play the editor's text as a scenario",
    own_says: "Write your own story: a cluster, steps, captions, expectations (docs/scenarios.md).",
    find: "Find by topic",
    captions: |n| if n == 1 { "Play: 1 caption".to_owned() } else { format!("Play: {n} captions") },
    open: "Open the manifests",
    invite: "Here for the first time? A story shows in two minutes what happens in a cluster, and lets you try it.",
    first: "What happens when a Deployment is applied",
    all: "All stories",
    no: "No, thanks",
    none: "The examples could not be fetched.",
};

/// 한국어.
pub const KO: StoryWords = StoryWords {
    stories: "이야기",
    manifests: "실험할 매니페스트",
    story: "이야기",
    next: "다음",
    hurry: "빨리 감기",
    resume: "이어서 보기",
    chapter: "장",
    writes: |title| {
        format!(
            "# {title}\n# 이야기가 적용하는 매니페스트가\n# 여기에 나타난다. 직접 쓴 파일은\n# 이야기를 끝내면 그대로 돌아온다.\n"
        )
    },
    back: "이전",
    auto: "자동 진행",
    leave: "이야기를 끝낸다(Esc). 클러스터는 그대로 남는다",
    stay: "남아서 직접 해 보기",
    count: |at, of| format!("{of} 중 {at}"),
    held: |n| format!("기대 {n}개 충족"),
    own: "편집기의 글을 시나리오로 재생한다",
    own_says: "이야기를 직접 쓴다. 클러스터, 단계, 자막, 기대하는 결과(docs/scenarios.md).",
    find: "주제로 찾기",
    captions: |n| format!("재생: 자막 {n}개"),
    open: "매니페스트 열기",
    invite: "처음 왔다면 이야기부터 본다. 2분이면 클러스터에서 일어나는 일을 보고, 이어서 직접 해 볼 수 있다.",
    first: "디플로이먼트를 적용하면 일어나는 일",
    all: "이야기 모두 보기",
    no: "괜찮다",
    none: "예제를 가져오지 못했다.",
};
