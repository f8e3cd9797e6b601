//! The functions of `rime_api.h` (librime 1.8.5, Debian 12) that [`super`] calls, and the only unsafe code of the terminal.
//!
//! Looked up at run time: a terminal without librime starts and serves, and building needs no header. Not a bindings crate: those that
//! exist (`librime-sys`, `rime-api`) have had no release since 2023 or one author, run bindgen over the installed header at build time, and
//! link, so that a terminal without the library would not start at all. Structures begin with their own size, by which newer versions
//! of librime know what this one has; fields are only ever added behind.
//!
//! Everything that leaves this file is owned Rust; no pointer does.

#![allow(unsafe_code, reason = "a C interface; listed in tests/suite/tidy.rs")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::Once;

use libloading::{Library, Symbol};

/// Its name carries the version of the binary interface.
pub(super) const LIBRARY: &str = "librime.so.1";

static SETUP: Once = Once::new();

/// `rime_traits_t`. Folders are copied by the call; librime keeps `app_name`, which is a constant.
#[repr(C)]
struct Traits {
    data_size: c_int,
    shared_data_dir: *const c_char,
    user_data_dir: *const c_char,
    distribution_name: *const c_char,
    distribution_code_name: *const c_char,
    distribution_version: *const c_char,
    app_name: *const c_char,
    modules: *const *const c_char,
    min_log_level: c_int,
    log_dir: *const c_char,
    prebuilt_data_dir: *const c_char,
    staging_dir: *const c_char,
}

/// `RimeComposition`.
#[repr(C)]
struct Composing {
    length: c_int,
    cursor_pos: c_int,
    sel_start: c_int,
    sel_end: c_int,
    preedit: *mut c_char,
}

/// `rime_candidate_t`.
#[repr(C)]
struct Candidate {
    text: *mut c_char,
    comment: *mut c_char,
    reserved: *mut c_void,
}

/// `RimeMenu`.
#[repr(C)]
struct Menu {
    page_size: c_int,
    page_no: c_int,
    is_last_page: c_int,
    highlighted_candidate_index: c_int,
    num_candidates: c_int,
    candidates: *mut Candidate,
    select_keys: *mut c_char,
}

/// `rime_context_t`.
#[repr(C)]
struct Context {
    data_size: c_int,
    composition: Composing,
    menu: Menu,
    commit_text_preview: *mut c_char,
    select_labels: *mut *mut c_char,
}

/// `rime_commit_t`.
#[repr(C)]
struct Commit {
    data_size: c_int,
    text: *mut c_char,
}

/// The size that a structure declares: its own without that field, as `RIME_STRUCT_INIT` has it.
fn declared<T>() -> c_int {
    c_int::try_from(size_of::<T>() - size_of::<c_int>()).unwrap_or(0)
}

/// What is composed, in owned text.
pub(super) struct Seen {
    pub(super) preedit: String,
    pub(super) candidates: Vec<String>,
    pub(super) page: usize,
    pub(super) last: bool,
}

/// librime, once it is there. Never unloaded: it registers itself in tables that outlive any handle.
pub(super) struct Api {
    setup: extern "C" fn(*mut Traits),
    initialize: extern "C" fn(*mut Traits),
    finalize: extern "C" fn(),
    create_session: extern "C" fn() -> usize,
    select_schema: extern "C" fn(usize, *const c_char) -> c_int,
    process_key: extern "C" fn(usize, c_int, c_int) -> c_int,
    clear_composition: extern "C" fn(usize),
    get_context: extern "C" fn(usize, *mut Context) -> c_int,
    free_context: extern "C" fn(*mut Context) -> c_int,
    get_commit: extern "C" fn(usize, *mut Commit) -> c_int,
    free_commit: extern "C" fn(*mut Commit) -> c_int,
}

impl Api {
    /// `None` if librime is not installed, or is one without these functions.
    pub(super) fn load() -> Option<Self> {
        // SAFETY: running librime's initializers is what loading it is for; they need nothing from us.
        let library = unsafe { Library::new(LIBRARY) }.ok()?;
        // SAFETY: every name is looked up as the type that `rime_api.h` declares for it.
        let api = unsafe {
            Self {
                setup: symbol(&library, b"RimeSetup\0")?,
                initialize: symbol(&library, b"RimeInitialize\0")?,
                finalize: symbol(&library, b"RimeFinalize\0")?,
                create_session: symbol(&library, b"RimeCreateSession\0")?,
                select_schema: symbol(&library, b"RimeSelectSchema\0")?,
                process_key: symbol(&library, b"RimeProcessKey\0")?,
                clear_composition: symbol(&library, b"RimeClearComposition\0")?,
                get_context: symbol(&library, b"RimeGetContext\0")?,
                free_context: symbol(&library, b"RimeFreeContext\0")?,
                get_commit: symbol(&library, b"RimeGetCommit\0")?,
                free_commit: symbol(&library, b"RimeFreeCommit\0")?,
            }
        };
        std::mem::forget(library);
        Some(api)
    }

    /// Starts the one service of this process; logs go nowhere, short of what ends the process.
    pub(super) fn start(&self, shared_data_dir: &CStr, user_data_dir: &CStr) {
        const FATAL: c_int = 3;
        let mut traits = Traits {
            data_size: declared::<Traits>(),
            shared_data_dir: shared_data_dir.as_ptr(),
            user_data_dir: user_data_dir.as_ptr(),
            distribution_name: c"kiosk".as_ptr(),
            distribution_code_name: c"kiosk".as_ptr(),
            distribution_version: c"1".as_ptr(),
            app_name: c"rime.kiosk".as_ptr(),
            modules: ptr::null(),
            min_log_level: FATAL,
            // Empty, not null: the error output, and no file.
            log_dir: c"".as_ptr(),
            prebuilt_data_dir: ptr::null(),
            staging_dir: ptr::null(),
        };
        // Logging is set up with it, which ends the process the second time.
        SETUP.call_once(|| (self.setup)(&raw mut traits));
        (self.initialize)(&raw mut traits);
    }

    pub(super) fn stop(&self) {
        (self.finalize)();
    }

    pub(super) fn session(&self) -> Option<usize> {
        Some((self.create_session)()).filter(|session| *session != 0)
    }

    pub(super) fn select(&self, session: usize, schema: &CString) -> bool {
        (self.select_schema)(session, schema.as_ptr()) != 0
    }

    /// A key as X11 numbers it; whether librime cared.
    pub(super) fn key(&self, session: usize, keysym: u32) -> bool {
        c_int::try_from(keysym).is_ok_and(|keysym| (self.process_key)(session, keysym, 0) != 0)
    }

    pub(super) fn clear(&self, session: usize) {
        (self.clear_composition)(session);
    }

    /// Text that was taken since the last time.
    pub(super) fn commit(&self, session: usize) -> Option<String> {
        let mut commit = Commit { data_size: declared::<Commit>(), text: ptr::null_mut() };
        if (self.get_commit)(session, &raw mut commit) == 0 {
            return None;
        }
        // SAFETY: librime has filled the structure and said so.
        let taken = unsafe { text(commit.text) };
        (self.free_commit)(&raw mut commit);
        Some(taken)
    }

    /// `None` if the session is gone.
    pub(super) fn seen(&self, session: usize) -> Option<Seen> {
        // SAFETY: numbers and pointers only, for which zero is a value; librime fills in what it has.
        let mut context: Context = unsafe { std::mem::zeroed() };
        context.data_size = declared::<Context>();
        if (self.get_context)(session, &raw mut context) == 0 {
            return None;
        }
        // SAFETY: librime has filled the structure and said so: `candidates` has `num_candidates` entries, or is null.
        let seen = unsafe {
            Seen {
                preedit: text(context.composition.preedit),
                candidates: candidates(&context.menu),
                page: usize::try_from(context.menu.page_no).unwrap_or(0),
                last: context.menu.is_last_page != 0,
            }
        };
        (self.free_context)(&raw mut context);
        Some(seen)
    }
}

/// # Safety
/// `T` must be the type of the function with this name.
unsafe fn symbol<T: Copy>(library: &Library, name: &[u8]) -> Option<T> {
    // SAFETY: the caller's promise.
    unsafe { library.get(name) }.ok().map(|symbol: Symbol<'_, T>| *symbol)
}

/// # Safety
/// `at` must be null or a C string.
unsafe fn text(at: *const c_char) -> String {
    if at.is_null() {
        return String::new();
    }
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(at) }.to_string_lossy().into_owned()
}

/// # Safety
/// `menu` must be as librime filled it.
unsafe fn candidates(menu: &Menu) -> Vec<String> {
    let count = usize::try_from(menu.num_candidates).unwrap_or(0);
    if menu.candidates.is_null() {
        return Vec::new();
    }
    // SAFETY: the caller's promise: that many entries stand there.
    let entries = unsafe { std::slice::from_raw_parts(menu.candidates, count) };
    // SAFETY: their texts are C strings.
    entries.iter().map(|candidate| unsafe { text(candidate.text) }).collect()
}
