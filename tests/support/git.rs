//! Git, as the developers of two branches use it.

use std::path::Path;
use std::process::Command;

/// Runs Git in the folder; it must succeed. Settings of this machine and of its user do not matter.
pub fn git(folder: &Path, args: &str) -> String {
    let mut command = Command::new("git");
    for setting in ["user.name=Test", "user.email=test@localhost", "init.defaultBranch=main"] {
        command.args(["-c", setting]);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    // An outer Git, such as that of a hook, says where its own repository is.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    let output = command.current_dir(folder).args(args.split_whitespace()).output();
    let output = output.expect("Git is installed");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "git {args}: {text}");
    text
}

/// Commits everything in the folder.
pub fn commit(folder: &Path) {
    git(folder, "add --all");
    git(folder, "commit --quiet --message change");
}
