//! What comes from outside: the text of a file or of an address, looked at before anything is done with it.

use orrery_share::{Damage, File, Saved, decode};

use crate::engine::Engine;
use crate::reading::LARGEST;

/// No file and no answer is read beyond this many bytes.
pub const MOST_BYTES: usize = 4 << 20;
/// More objects than a cluster of the page takes at once.
const MOST_OBJECTS: usize = 20_000;

/// What a text turned out to hold.
#[derive(Clone, PartialEq, Debug)]
pub enum Found {
    /// A run that can be repeated.
    Run(Box<Saved>),
    /// Manifests.
    Manifests(Vec<File>),
}

/// Something that can be opened, and what there is to say about it first.
#[derive(Clone, PartialEq, Debug)]
pub struct Opening {
    /// What it is.
    pub found: Found,
    /// Objects of all its manifests.
    pub objects: usize,
}

/// Why nothing is opened.
#[derive(Clone, PartialEq, Debug)]
pub enum Refusal {
    /// There is nothing in it.
    Empty,
    /// It is larger than so many bytes.
    TooLarge(usize),
    /// It has so many objects.
    TooMany(usize, usize),
    /// It is no text.
    NoText,
    /// Neither a run nor manifests.
    Foreign,
    /// A run that is cut or damaged.
    Damaged(Damage),
    /// Not an address that can be asked.
    Address,
    /// The host cannot be reached, or does not let other pages read.
    Unreachable,
    /// The host answers with this status.
    Status(u16),
}

/// What is in the bytes of a file.
pub fn bytes(name: &str, bytes: Vec<u8>, engine: &Engine) -> Result<Opening, Refusal> {
    if bytes.len() > MOST_BYTES {
        return Err(Refusal::TooLarge(MOST_BYTES));
    }
    read(name, &String::from_utf8(bytes).map_err(|_| Refusal::NoText)?, engine)
}

/// What is in a text: a saved run, a link, or manifests.
fn read(name: &str, text: &str, engine: &Engine) -> Result<Opening, Refusal> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Refusal::Empty);
    }
    if text.contains('\0') {
        return Err(Refusal::NoText);
    }
    let fragment = trimmed.rsplit_once('#').filter(|(address, _)| address.starts_with("http"));
    let saved = match orrery_share::open(trimmed) {
        Err(Damage::NotARun) => decode(fragment.map_or(trimmed, |(_, fragment)| fragment)).map(Saved::from),
        saved => saved,
    };
    let found = match saved {
        Ok(saved) => Found::Run(Box::new(saved)),
        Err(Damage::NotALink | Damage::NotARun) => {
            Found::Manifests(vec![File { name: name.to_owned(), text: text.to_owned() }])
        }
        Err(damage) => return Err(Refusal::Damaged(damage)),
    };
    let objects = count(&found, engine)?;
    Ok(Opening { found, objects })
}

fn count(found: &Found, engine: &Engine) -> Result<usize, Refusal> {
    let (files, whole) = match found {
        Found::Run(saved) => (&saved.run.files, true),
        Found::Manifests(files) => (files, false),
    };
    if files.iter().map(|file| file.text.len()).sum::<usize>() > LARGEST {
        return Err(Refusal::TooLarge(LARGEST));
    }
    let objects = files.iter().map(|file| engine.objects(&file.text).objects.len()).sum();
    match objects {
        // A run is one even if its editor was empty. Manifests with a mistake belong into the editor, which says where it is;
        // any other text could be anything.
        0 if !whole && !files.iter().any(|file| file.text.contains("kind")) => Err(Refusal::Foreign),
        n if n > MOST_OBJECTS => Err(Refusal::TooMany(n, MOST_OBJECTS)),
        n => Ok(n),
    }
}

/// Something on its way into the page.
#[derive(Clone, PartialEq, Debug)]
pub struct Arrival {
    /// The file, or the whole address.
    pub name: String,
    /// Who gives it; none for a file of the person's own.
    pub host: Option<String>,
    /// How far it has come.
    pub state: State,
}

/// How far something has come.
#[derive(Clone, PartialEq, Debug)]
pub enum State {
    /// It is asked for.
    Asking,
    /// It is not opened.
    Refused(Refusal),
    /// It can be opened.
    Here(Opening),
}

impl Arrival {
    /// The address it came from; empty for a file.
    pub fn from(&self) -> String {
        self.host.as_ref().map(|_| self.name.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_run::{NODES, Run, SEED};
    use orrery_share::Link;

    const POD: &str =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: nginx}]}\n";

    #[test]
    fn what_comes_from_outside_is_told_apart_or_refused() {
        let engine = Engine::new(Run::new(SEED, NODES, None));
        let link = Link { seed: 7, nodes: 2, speed: 1.0, ..Link::default() };
        let (saved, fragment) = (orrery_share::save(&link.clone().into()), orrery_share::encode(&link));
        let is_run =
            |text: &str| matches!(read("a", text, &engine), Ok(Opening { found: Found::Run(_), .. }));
        assert!(
            is_run(&saved) && is_run(&fragment) && is_run(&format!("https://a.example/orrery/#{fragment}\n"))
        );
        let manifests = read("a", &format!("{POD}---\n{POD}"), &engine).unwrap();
        assert_eq!(manifests.objects, 2);
        let rows: [(&str, &[u8], Refusal); 6] = [
            ("nothing", b" \n", Refusal::Empty),
            ("a picture", &[0xff, 0xd8, 0xff], Refusal::NoText),
            ("a program", b"\x7fELF\0", Refusal::NoText),
            ("a poem", b"Shall I compare thee", Refusal::Foreign),
            ("YAML of something else", b"services: {web: {image: nginx}}", Refusal::Foreign),
            ("far too much", &vec![b'a'; MOST_BYTES + 1], Refusal::TooLarge(MOST_BYTES)),
        ];
        for (name, text, refusal) in rows {
            assert_eq!(bytes("a", text.to_vec(), &engine), Err(refusal), "{name}");
        }
        for cut in [&saved[..saved.len() - 5], &fragment[..fragment.len() - 5]] {
            assert!(matches!(read("a", cut, &engine), Err(Refusal::Damaged(_))), "{cut}");
        }
    }
}
