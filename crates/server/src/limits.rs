//! What the operating system allows this process.

/// How many files and sockets may be open: now, and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenFiles {
    pub(crate) soft: u64,
    pub(crate) hard: u64,
}

/// Reads the limit.
pub(crate) fn open_files() -> Option<OpenFiles> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the kernel fills the struct, which outlives the call.
    let result = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) };
    (result == 0).then_some(OpenFiles { soft: limit.rlim_cur, hard: limit.rlim_max })
}

/// Raises the limit to what is wanted, or as far as it goes. Tells what it is then.
pub(crate) fn raise_open_files(wanted: u64) -> Option<OpenFiles> {
    let now = open_files()?;
    if now.soft >= wanted {
        return Some(now);
    }
    // A privileged process may raise the hard limit too; others get as far as that.
    for (soft, hard) in [(wanted, now.hard.max(wanted)), (wanted.min(now.hard), now.hard)] {
        let limit = libc::rlimit { rlim_cur: soft, rlim_max: hard };
        // SAFETY: the kernel only reads the struct.
        if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) } == 0 {
            break;
        }
    }
    open_files()
}

/// Lets a closed pipe end the process quietly, as other tools do: `alo calls | head`. Not for the server, whose
/// sockets may close at any time.
pub(crate) fn end_with_the_reader() {
    // SAFETY: the default action needs no handler, and no other thread runs yet.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}

/// Lets the threads of this process whose name begins so yield to all others: what they do can wait, and on a machine of
/// one core a call must not wait for it. Tells how many there were.
pub(crate) fn yield_to_calls(name: &str) -> usize {
    const YIELDING: libc::c_int = 10;
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let named = threads.filter(|thread| {
        std::fs::read_to_string(thread.path().join("comm")).is_ok_and(|comm| comm.trim_end().starts_with(name))
    });
    let ids = named.filter_map(|thread| thread.file_name().to_str()?.parse::<libc::id_t>().ok());
    // SAFETY: two numbers go in and one comes out; a thread that has ended meanwhile is an error, and no harm.
    ids.filter(|id| unsafe { libc::setpriority(libc::PRIO_PROCESS, *id, YIELDING) } == 0).count()
}

/// Free bytes of the disk under a path, for a process without privileges.
pub(crate) fn free_bytes(path: &std::path::Path) -> Option<u64> {
    use std::os::unix::ffi::OsStrExt;
    let path = std::ffi::CString::new(path.as_os_str().as_bytes()).ok()?;
    // SAFETY: all zero is a valid value of this struct of integers.
    let mut stat: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: the path ends with a zero byte and the kernel fills the struct; both outlive the call.
    let result = unsafe { libc::statvfs(path.as_ptr(), &raw mut stat) };
    (result == 0).then(|| stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Whether the kernel believes its clock to be kept right by a time service.
pub(crate) fn clock_is_kept() -> Option<bool> {
    // SAFETY: all zero is a valid value of this struct of integers; modes 0 only reads.
    let mut state: libc::timex = unsafe { std::mem::zeroed() };
    // SAFETY: the kernel fills the struct, which outlives the call.
    let result = unsafe { libc::adjtimex(&raw mut state) };
    (result >= 0).then_some(result != libc::TIME_ERROR)
}

/// Open descriptors and resident bytes of this process.
pub(crate) fn usage() -> (usize, u64) {
    let descriptors = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    let pages = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok())
        .unwrap_or(0);
    (descriptors, pages * 4096)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_as_far_as_it_goes() {
        let before = open_files().expect("a limit");
        let wanted = before.soft.min(before.hard);
        assert!(raise_open_files(wanted).expect("a limit").soft >= wanted);
    }

    #[test]
    fn threads_yield_by_their_name() {
        let (ready, is_ready) = std::sync::mpsc::channel();
        let (done, is_done) = std::sync::mpsc::channel::<()>();
        let writer = std::thread::Builder::new().name("test-writer-1".into()).spawn(move || {
            ready.send(()).expect("the test waits");
            is_done.recv().expect("the test says so");
            // SAFETY: numbers go in and out; 0 is the calling thread.
            unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) }
        });
        is_ready.recv().expect("it runs");
        assert_eq!((yield_to_calls("test-writer"), yield_to_calls("nobody")), (1, 0));
        done.send(()).expect("it waits");
        assert_eq!(writer.expect("a thread").join().expect("no panic"), 10);
    }

    #[test]
    fn the_machine_can_be_asked() {
        assert!(free_bytes(std::path::Path::new("/")).is_some());
        assert!(free_bytes(std::path::Path::new("/no/such/place")).is_none());
        let (descriptors, resident) = usage();
        assert!(descriptors > 0 && resident > 0);
    }
}
