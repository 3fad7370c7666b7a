//! A wall clock of one server, which a test can move: a library of thirty lines of C, loaded before the C library, adds
//! to what the system says. The monotonic clock goes on as it is.

use crate::Plan;
use std::path::PathBuf;
use std::process::Command;

const SOURCE: &str = include_str!("wall/shift.c");

/// The clock.
#[derive(Debug)]
pub struct Wall {
    folder: PathBuf,
}

impl Wall {
    /// Compiles the library.
    ///
    /// # Panics
    /// When there is no C compiler.
    pub fn new() -> Wall {
        let folder = std::env::temp_dir().join(format!("alo-e2e-wall-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the clock");
        let wall = Wall { folder };
        std::fs::write(wall.folder.join("shift.c"), SOURCE).expect("the source is written");
        let arguments = ["-O1", "-shared", "-fPIC", "-o", "shift.so", "shift.c"];
        let made = Command::new("cc").current_dir(&wall.folder).args(arguments).output();
        let made = made.expect("this test needs a C compiler (cc)");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        wall.jump(0);
        wall
    }

    /// Lets a server live by this clock.
    #[must_use]
    pub fn rules(&self, plan: Plan) -> Plan {
        let path = |name: &str| self.folder.join(name).display().to_string();
        plan.set("LD_PRELOAD", path("shift.so")).set("WALL_SHIFT_FILE", path("shift"))
    }

    /// So many seconds away from the true time, from now on.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn jump(&self, seconds: i64) {
        // Written in place, since the server has the file mapped; eight bytes are one store.
        let file = std::fs::File::options().create(true).truncate(false).write(true).open(self.shift());
        let written = file.and_then(|file| std::os::unix::fs::FileExt::write_all_at(&file, &seconds.to_ne_bytes(), 0));
        written.expect("the shift is written");
    }

    fn shift(&self) -> PathBuf {
        self.folder.join("shift")
    }
}

impl Default for Wall {
    fn default() -> Self {
        Wall::new()
    }
}

impl Drop for Wall {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
