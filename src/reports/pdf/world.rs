//! All that a template can see: the templates, the data, the fonts. No file, no network, no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::super::error::ReportError;
use super::fonts::Fonts;

const MAIN: &str = "/print.typ";
const DATA: &str = "/print.json";
const TEMPLATES: [(&str, &str); 4] = [
    (MAIN, include_str!("../templates/print.typ")),
    ("/style.typ", include_str!("../templates/style.typ")),
    ("/letter.typ", include_str!("../templates/letter.typ")),
    ("/table.typ", include_str!("../templates/table.typ")),
];

/// What every print shares, made by the first of them.
struct Shared {
    library: LazyHash<Library>,
    main: FileId,
    data: FileId,
    templates: Vec<Source>,
}

static SHARED: LazyLock<Option<Shared>> = LazyLock::new(|| {
    let templates: Option<Vec<Source>> =
        TEMPLATES.iter().map(|(path, text)| Some(Source::new(file(path)?, (*text).to_owned()))).collect();
    Some(Shared {
        library: LazyHash::new(Library::builder().build()),
        main: file(MAIN)?,
        data: file(DATA)?,
        templates: templates?,
    })
});

fn file(path: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?).intern())
}

/// The world of one print.
pub(super) struct Desktop {
    shared: &'static Shared,
    data: Bytes,
    fonts: Fonts,
}

impl Desktop {
    /// A world whose data is this JSON, set in these fonts.
    pub(super) fn with(json: Vec<u8>, fonts: Fonts) -> Result<Self, ReportError> {
        let shared = SHARED.as_ref().ok_or_else(|| ReportError::Typesetting("no templates".to_owned()))?;
        Ok(Self { shared, data: Bytes::new(json), fonts })
    }
}

impl World for Desktop {
    fn library(&self) -> &LazyHash<Library> {
        &self.shared.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.shared.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let known = self.shared.templates.iter().find(|source| source.id() == id);
        known.cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.shared.data { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
