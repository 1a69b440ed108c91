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
    /// The stories could not be fetched.
    pub none: &'static str,
}

/// English.
pub const EN: StoryWords = StoryWords {
    stories: "Stories",
    manifests: "Manifests to try",
    story: "Story",
    next: "Next",
    hurry: "Skip ahead",
    back: "Back",
    auto: "By itself",
    leave: "Leave the story; the cluster stays",
    stay: "Stay and play",
    count: |at, of| format!("{at} of {of}"),
    held: |n| if n == 1 { "1 expectation holds".to_owned() } else { format!("{n} expectations hold") },
    own: "Play the editor's text as a scenario",
    own_says: "Write your own story: a cluster, steps, captions, expectations (docs/scenarios.md).",
    none: "The stories could not be fetched.",
};

/// 한국어.
pub const KO: StoryWords = StoryWords {
    stories: "이야기",
    manifests: "실험할 매니페스트",
    story: "이야기",
    next: "다음",
    hurry: "빨리 감기",
    back: "이전",
    auto: "자동 진행",
    leave: "이야기를 끝낸다. 클러스터는 그대로 남는다",
    stay: "남아서 직접 해 보기",
    count: |at, of| format!("{of} 중 {at}"),
    held: |n| format!("기대 {n}개 충족"),
    own: "편집기의 글을 시나리오로 재생한다",
    own_says: "이야기를 직접 쓴다. 클러스터, 단계, 자막, 기대하는 결과(docs/scenarios.md).",
    none: "이야기를 가져오지 못했다.",
};
