//! Open files of the test's own process.

/// Asks for as many as the system gives without privileges: some tests are a thousand clients.
pub fn raise_open_files() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a value that outlives the call.
    let known = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } == 0;
    limit.rlim_cur = limit.rlim_max;
    // SAFETY: as above. When it is refused, the test runs out of files and says so.
    let _ = known && unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) } == 0;
}
