//! The folder for the files of one run's servers, and the user that the servers run as.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;
use nix::unistd::{Gid, Uid, User};
use tempfile::TempDir;

/// A file that a run keeps locked. The kernel unlocks it however the run ends, so a folder with an
/// unlocked file was left behind.
const LOCK_FILE: &str = "lock";

/// The users that servers may run as if this process is root, since PostgreSQL refuses to run as
/// root. The first one that exists is used.
const UNPRIVILEGED: [&str; 3] = ["postgres", "mysql", "nobody"];

/// The folder of one run. It is removed when this is dropped.
pub(super) struct RunFolder {
    folder: TempDir,
    account: Option<Account>,
    _lock: File,
}

#[derive(Debug, Clone, Copy)]
struct Account {
    uid: Uid,
    gid: Gid,
}

impl RunFolder {
    /// Creates a folder in `target/test-servers`, or in the system's temporary folder if the
    /// servers' user can't enter `target`. Removes the folders that killed runs have left behind.
    pub(super) fn create(target: &Path) -> anyhow::Result<Self> {
        let account =
            if Uid::effective().is_root() { Some(Account::unprivileged()?) } else { None };
        let wanted = target.join("test-servers");
        fs::create_dir_all(&wanted)
            .with_context(|| format!("can't create {}", wanted.display()))?;
        let parent = match account {
            Some(account) if !account.can_enter(&wanted) => {
                let parent = std::env::temp_dir();
                eprintln!(
                    "the servers' user can't enter {}; using {} instead",
                    wanted.display(),
                    parent.display()
                );
                parent
            }
            _ => {
                remove_leftovers(&wanted)?;
                wanted
            }
        };

        let folder = tempfile::Builder::new().prefix("tenantctl-servers-").tempdir_in(parent)?;
        let lock = File::create(folder.path().join(LOCK_FILE))?;
        lock.lock()?;
        // The servers' user must be able to enter. The servers' own folders inside are private.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        eprintln!("the servers' files are in {}", folder.path().display());
        Ok(Self { folder, account, _lock: lock })
    }

    /// Creates a folder that only the servers' user can read.
    pub(super) fn private_folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.folder.path().join(name);
        fs::create_dir(&folder)?;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        self.hand_over(&folder)?;
        Ok(folder)
    }

    /// Writes a file that only the servers' user can read.
    pub(super) fn private_file(&self, path: &Path, content: &str) -> anyhow::Result<()> {
        fs::write(path, content)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        self.hand_over(path)
    }

    fn hand_over(&self, path: &Path) -> anyhow::Result<()> {
        if let Some(account) = self.account {
            chown(path, Some(account.uid.as_raw()), Some(account.gid.as_raw()))?;
        }
        Ok(())
    }

    /// A command that runs as the servers' user, in a folder that this user can read. The
    /// developer's own settings for clients of these servers do not affect it.
    pub(super) fn command(&self, program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).env_clear().env("LC_ALL", "C").stdin(Stdio::null());
        command.envs(std::env::vars_os().filter(|(name, _)| name == "PATH"));
        if let Some(account) = self.account {
            account.run(&mut command);
        }
        command
    }
}

impl Account {
    fn unprivileged() -> anyhow::Result<Self> {
        for name in UNPRIVILEGED {
            if let Some(user) = User::from_name(name)? {
                return Ok(Self { uid: user.uid, gid: user.gid });
            }
        }
        anyhow::bail!("found no user to run the servers as; looked for {}", UNPRIVILEGED.join(", "))
    }

    fn run(self, command: &mut Command) {
        command.uid(self.uid.as_raw()).gid(self.gid.as_raw());
    }

    /// Whether this user can enter the folder. A checkout in root's home, for example, is private.
    fn can_enter(self, folder: &Path) -> bool {
        let mut command = Command::new("test");
        command.arg("-x").arg(folder).current_dir("/");
        self.run(&mut command);
        command.status().is_ok_and(|status| status.success())
    }
}

/// Removes the folders of killed runs. The servers of such a run ended with it (see `server`).
fn remove_leftovers(parent: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(parent)? {
        let folder = entry?.path();
        let Ok(lock) = File::open(folder.join(LOCK_FILE)) else { continue };
        if lock.try_lock().is_ok() {
            eprintln!("removing {}, which a killed run left behind", folder.display());
            fs::remove_dir_all(&folder)
                .with_context(|| format!("can't remove {}", folder.display()))?;
        }
    }
    Ok(())
}
