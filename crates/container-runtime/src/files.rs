//! The files of one container: what its image brings, and what its processes have written since it started.

use orrery_apimachinery::Str;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Bytes that a container may write as text; what is longer is kept as a length only.
const MOST_TEXT: usize = 1 << 20;

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    Directory,
    /// A text, and how many bytes of nothing in particular follow it (`dd if=/dev/zero`).
    File(Rc<String>, u64),
    Link(Str),
}

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A file.
    File,
}

/// A file system. A clone shares everything until one of the two is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files(Rc<BTreeMap<Str, Entry>>);

/// The directories that every image has.
const DIRECTORIES: [&str; 18] = [
    "/bin", "/dev", "/etc", "/home", "/lib", "/mnt", "/opt", "/proc", "/proc/1", "/root", "/run", "/sbin",
    "/srv", "/sys", "/tmp", "/usr", "/var", "/var/log",
];

impl Default for Files {
    /// A file system with the usual directories.
    fn default() -> Self {
        let mut map = BTreeMap::new();
        for path in DIRECTORIES {
            map.insert(path.into(), Entry::Directory);
        }
        Files(Rc::new(map))
    }
}

impl Files {
    /// What a path leads to, after links.
    fn follow<'a>(&'a self, path: &'a str) -> (&'a str, Option<&'a Entry>) {
        let mut at = path;
        for _ in 0..8 {
            match self.0.get(at) {
                Some(Entry::Link(to)) => at = to,
                found => return (at, found),
            }
        }
        (at, None)
    }

    /// What a path is; `None` when there is nothing.
    pub fn kind(&self, path: &str) -> Option<Kind> {
        if path == "/" {
            return Some(Kind::Directory);
        }
        match self.follow(path).1? {
            Entry::Directory => Some(Kind::Directory),
            _ => Some(Kind::File),
        }
    }

    /// The text of a file.
    pub fn read(&self, path: &str) -> Option<Rc<String>> {
        match self.follow(path).1? {
            Entry::File(text, _) => Some(text.clone()),
            _ => None,
        }
    }

    /// How many bytes a file has.
    pub fn size(&self, path: &str) -> u64 {
        match self.follow(path).1 {
            Some(Entry::File(text, more)) => text.len() as u64 + more,
            _ => 0,
        }
    }

    /// Where a link leads to.
    pub fn link(&self, path: &str) -> Option<&Str> {
        match self.0.get(path)? {
            Entry::Link(to) => Some(to),
            _ => None,
        }
    }

    /// Writes a file; its directories come to be if they are not there.
    pub fn write(&mut self, path: &str, content: &str) {
        let path = self.prepare(path);
        Rc::make_mut(&mut self.0).insert(path.clone(), Entry::File(Rc::default(), 0));
        self.append(&path, content);
    }

    /// Adds to the end of a file.
    pub fn append(&mut self, path: &str, content: &str) {
        let path = self.prepare(path);
        let entry = Rc::make_mut(&mut self.0).entry(path).or_insert_with(|| Entry::File(Rc::default(), 0));
        if let Entry::File(text, more) = entry {
            if *more > 0 || text.len() + content.len() > MOST_TEXT {
                *more += content.len() as u64;
            } else {
                Rc::make_mut(text).push_str(content);
            }
        }
    }

    /// Adds so many bytes of nothing in particular to a file.
    pub fn grow(&mut self, path: &str, bytes: u64) {
        let path = self.prepare(path);
        let entry = Rc::make_mut(&mut self.0).entry(path).or_insert_with(|| Entry::File(Rc::default(), 0));
        if let Entry::File(_, more) = entry {
            *more = more.saturating_add(bytes);
        }
    }

    /// Makes a directory and those above it.
    pub fn make_directory(&mut self, path: &str) {
        let mut at = path;
        while at.len() > 1 && self.kind(at).is_none() {
            Rc::make_mut(&mut self.0).insert(at.into(), Entry::Directory);
            at = parent(at);
        }
    }

    /// Makes a path lead to another.
    pub fn make_link(&mut self, path: &str, to: &str) {
        let to = normal(parent(path), to);
        self.make_directory(parent(path));
        Rc::make_mut(&mut self.0).insert(path.into(), Entry::Link(to.into()));
    }

    /// Removes a path and everything below it; false when there was nothing.
    pub fn remove(&mut self, path: &str) -> bool {
        if !self.0.contains_key(path) {
            return false;
        }
        let files = Rc::make_mut(&mut self.0);
        files.remove(path);
        let below = [path, "/"].concat();
        files.retain(|other, _| !other.starts_with(&below));
        true
    }

    /// The names in a directory, in order.
    pub fn list(&self, path: &str) -> Option<Vec<Str>> {
        if self.kind(path)? != Kind::Directory {
            return None;
        }
        let path = self.follow(path).0;
        let below = if path == "/" { path.into() } else { [path, "/"].concat() };
        let mut names: Vec<Str> = Vec::new();
        for other in self.0.keys() {
            if let Some(name) = other.strip_prefix(&*below).filter(|n| !n.is_empty() && !n.contains('/')) {
                names.push(name.into());
            }
        }
        Some(names)
    }

    /// Every file below a directory, by path: the path from there, how many bytes it has, and its text.
    pub fn below(&self, directory: &str) -> Vec<(Str, u64, Rc<String>)> {
        let directory = [directory.trim_end_matches('/'), "/"].concat();
        let mut found = Vec::new();
        for (path, entry) in &*self.0 {
            if let (Some(rest), Entry::File(text, more)) = (path.strip_prefix(&*directory), entry) {
                found.push((rest.into(), text.len() as u64 + more, text.clone()));
            }
        }
        found
    }

    /// The bytes of all files.
    pub fn bytes(&self) -> u64 {
        let size = |entry: &Entry| match entry {
            Entry::File(text, more) => text.len() as u64 + more,
            _ => 0,
        };
        self.0.values().map(size).sum()
    }

    /// The bytes of all files beyond those of `base`, which these began as.
    pub fn bytes_beyond(&self, base: &Files) -> u64 {
        if Rc::ptr_eq(&self.0, &base.0) { 0 } else { self.bytes().saturating_sub(base.bytes()) }
    }

    /// Where something written to `path` ends up; its directory comes to be.
    fn prepare(&mut self, path: &str) -> Str {
        let path: Str = self.follow(path).0.into();
        self.make_directory(parent(&path));
        path
    }
}

/// The directory that a path is in.
pub fn parent(path: &str) -> &str {
    match path.trim_end_matches('/').rfind('/') {
        Some(0) | None => "/",
        Some(at) => &path[..at],
    }
}

/// A path from the root, without `.`, `..` and double slashes.
pub fn normal(directory: &str, path: &str) -> String {
    let whole = if path.starts_with('/') { path.to_owned() } else { [directory, "/", path].concat() };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    ["/", &parts.join("/")].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_from_a_directory() {
        for (directory, path, expected) in [
            ("/", "a", "/a"),
            ("/var", "log/../x/./y", "/var/x/y"),
            ("/var", "/etc//hosts", "/etc/hosts"),
            ("/a", "../../..", "/"),
        ] {
            assert_eq!(normal(directory, path), expected, "{directory} {path}");
        }
        assert_eq!((parent("/a/b"), parent("/a"), parent("/")), ("/a", "/", "/"));
    }

    #[test]
    fn files_are_written_listed_and_removed() {
        let mut files = Files::default();
        files.write("/var/www/html/index.html", "hello");
        files.append("/var/www/html/index.html", "!");
        assert_eq!(files.read("/var/www/html/index.html").as_deref().map(|t| &**t), Some("hello!"));
        assert_eq!(files.kind("/var/www"), Some(Kind::Directory), "its directories came to be");
        files.make_link("/var/www/html/first", "index.html");
        assert_eq!(files.size("/var/www/html/first"), 6, "a link leads to the file");
        assert_eq!(files.list("/var/www/html"), Some(vec!["first".into(), "index.html".into()]));
        let before = files.clone();
        assert!(files.remove("/var/www") && !files.remove("/var/www"));
        assert_eq!(files.kind("/var/www/html/index.html"), None);
        assert_eq!(before.bytes(), 6, "a clone keeps what it had");
        let below: Vec<(Str, u64)> =
            before.below("/var/www").into_iter().map(|(path, size, _)| (path, size)).collect();
        assert_eq!(below, [("html/index.html".into(), 6)], "a link is no file of its own");
    }
}
