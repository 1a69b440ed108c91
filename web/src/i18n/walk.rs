//! The words of walking along causes, and of what is lit on the map.

/// What is said of a walk and of what is lit.
pub struct WalkWords {
    /// What the buttons are for.
    pub walk: &'static str,
    /// To an earlier cause.
    pub earlier: &'static str,
    /// To a later one.
    pub later: &'static str,
    /// Ends the walk.
    pub back: &'static str,
    /// What that does.
    pub back_title: &'static str,
    /// Which step of how many.
    pub step_of: fn(usize, usize) -> String,
    /// At the instant of the step what is asked about is not there.
    pub not_there: &'static str,
    /// The keys.
    pub key: &'static str,
    /// A chain of causes is lit on the map.
    pub lit_chain: &'static str,
    /// What the last line in the console is about is lit on the map.
    pub lit_line: &'static str,
    /// So many more are lit.
    pub lit_more: fn(usize) -> String,
    /// What is lit has no place on the map.
    pub off_map: &'static str,
    /// Nothing is lit any more.
    pub unlight: &'static str,
}

/// English.
pub const EN: WalkWords = WalkWords {
    walk: "Walk along the causes",
    earlier: "Earlier cause",
    later: "Later",
    back: "Back",
    back_title: "Back to where you were: the instant and the selection",
    step_of: |at, of| format!("{at} of {of}"),
    not_there: "At this instant it is not there.",
    key: "next hop and previous hop of a request; later and earlier cause",
    lit_chain: "Lit: what led here",
    lit_line: "Lit: what the last command is about",
    lit_more: |n| format!("and {n} more"),
    off_map: "not on the map",
    unlight: "Put out",
};

/// 한국어.
pub const KO: WalkWords = WalkWords {
    walk: "원인 따라가기",
    earlier: "앞선 원인",
    later: "다음",
    back: "돌아가기",
    back_title: "보던 시각과 선택으로 돌아가기",
    step_of: |at, of| format!("{of}단계 중 {at}"),
    not_there: "이 시각에는 없다.",
    key: "요청의 다음 홉과 이전 홉, 다음 원인과 앞선 원인",
    lit_chain: "표시: 여기까지 이어진 원인",
    lit_line: "표시: 마지막 명령의 대상",
    lit_more: |n| format!("그 밖에 {n}개"),
    off_map: "지도에 없음",
    unlight: "표시 지우기",
};
