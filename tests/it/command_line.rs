//! The commands, as scripts use them: output, status, and what they say when they can't.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use sync_asmx::testing::Server;
use tempfile::TempDir;

use crate::harness::{command, on_terminal, terminal};

/// A server, and a folder for files.
struct Desk {
    server: Server,
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { server: Server::start(), folder: tempfile::tempdir().expect("a folder") }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(self.folder.path(), arguments);
        command.env("SYNC_ASMX_SERVER", self.server.url());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program")
    }

    /// What a command prints that is done.
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(&[arguments, &["--json"]].concat())).expect("JSON")
    }

    /// What a command shows on a terminal, where this is typed, and its status.
    fn on_terminal(&self, arguments: &str, typed: &str) -> (String, Option<i32>) {
        let mut script = terminal(self.folder.path(), arguments);
        script.env("SYNC_ASMX_SERVER", self.server.url());
        on_terminal(script, typed)
    }

    /// What a command says that can't be done.
    fn refused(&self, arguments: &[&str], status: i32) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).expect("text")
    }
}

const SAVE: [&str; 6] = ["call", "save-account-phone", "--member-id", "1001", "--number", "+1 519 555 0123"];

#[test]
fn a_call_prints_the_code_with_its_text() {
    let desk = Desk::new();
    assert_eq!(desk.done(&SAVE), "0 OK +1 519-555-0123\n");
    assert_eq!(desk.done(&[&SAVE[..], &["--soap", "1.2"]].concat()), "0 OK +1 519-555-0123\n");
    assert_eq!(desk.json(&SAVE)["saved_phone_number"], "+1 519-555-0123");
    let refused = desk.run(&[&SAVE[..], &["--type", "FAX"]].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(refused.stdout, b"308 Invalid Phone Number Type External Reference\n");
    desk.server.fault(r#"{"answer":{"soap_fault":"Timeout expired."}}"#);
    let fault = desk.refused(&SAVE, 1);
    assert!(fault.contains("HTTP 500: Server was unable to process request. ---> Timeout expired."), "{fault}");
}

#[test]
fn a_token_is_made_listed_suspended_and_deleted() {
    let desk = Desk::new();
    let token = desk.done(&["token", "create", "--method", "Save*"]);
    let token = token.trim_end();
    assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{token}");
    let call = |code: &str| {
        let output = desk.run(&[&SAVE[..], &["--token", token]].concat());
        let answer = String::from_utf8(output.stdout).expect("text");
        assert!(answer.starts_with(code), "{answer}");
    };
    call("0 ");
    assert_eq!(desk.json(&["token", "suspend", token])["suspended"], true);
    call("102 ");
    desk.done(&["token", "suspend", token, "--undo"]);
    call("0 ");
    assert!(desk.done(&["token", "list"]).contains(&format!("{token}\tSave*\n")));
    desk.done(&["token", "delete", token]);
    call("100 ");

    let temporary = desk.json(&["token", "create", "--from-template", "TEMPLATE-TOKEN", "--life-seconds", "600"]);
    assert!(temporary["token"].as_str().expect("a token").starts_with("TMP-"), "{temporary}");
    assert!(desk.refused(&["token", "create", "--from-template", "TEST-TOKEN"], 1).contains("from_template"));
    assert!(desk.refused(&["token", "list", "--program", "nobody"], 1).contains("nobody"));
}

#[test]
fn a_member_is_added_and_shown() {
    let desk = Desk::new();
    let edsger = ["member", "add", "1004", "--first-name", "Edsger", "--phone", "HOME=+1 519 555 0104"];
    desk.done(&edsger);
    assert_eq!(desk.done(&["member", "show", "1004"]), "1004\tEdsger \nphone\tHOME\t+15195550104\t-\tvalid\n");
    assert_eq!(desk.json(&["member", "show", "1004"])["phones"][0]["number"], "+15195550104");
    let taken = desk.refused(&["member", "add", "1005", "--phone", "HOME=+15195550104"], 1);
    assert!(taken.contains("1004"), "{taken}");
    assert!(desk.refused(&["member", "show", "4711"], 1).contains("4711"));
    assert!(desk.refused(&["member", "add", "1005", "--phone", "HOME"], 2).contains("TYPE=NUMBER"));
}

#[test]
fn a_member_is_replaced_only_if_that_is_asked_for() {
    let desk = Desk::new();
    let before = desk.done(&["member", "show", "1002"]);
    let parts = [
        "1002\tAlan Turing",
        "birthdate\t1912-06-23",
        "gender\tmale",
        "phone\tHOME\t+15195550199\t-\tvalid",
        "e-mail\tPRIMARY\talan@example.com\tvalid",
        "account id\tCARD\t590002\tactive",
        "account id\tCARD\t590022\tinactive",
    ];
    assert_eq!(before.lines().collect::<Vec<_>>(), parts);
    let refused = desk.refused(&["member", "add", "1002", "--first-name", "Al"], 1);
    assert!(refused.contains("there is a member 1002 already; --replace"), "{refused}");
    assert_eq!(desk.done(&["member", "show", "1002"]), before);
    desk.done(&["member", "add", "1002", "--first-name", "Al", "--replace"]);
    assert_eq!(desk.done(&["member", "show", "1002"]), "1002\tAl \n");
    desk.done(&["member", "add", "1004", "--replace"]);
}

#[test]
fn a_seed_replaces_programs_only_if_that_is_asked_for() {
    let desk = Desk::new();
    let exported = desk.done(&["export"]);
    fs::write(desk.folder.path().join("seed.json"), r#"{"programs":[{"name":"other"}]}"#).expect("a file");
    // An empty ledger has nothing to lose.
    desk.done(&["seed", "seed.json", "--ledger", "sqlite:copy.db"]);
    for (place, told) in [
        (&[][..], "this replaces 1 program, with 3 members"),
        (&["--ledger", "sqlite:copy.db"], "this replaces 1 program, with 0 members"),
    ] {
        let before = desk.done(&[&["export"][..], place].concat());
        let refused = desk.refused(&[&["seed", "seed.json"][..], place].concat(), 2);
        assert!(refused.contains(told) && refused.contains("--yes"), "{refused}");
        assert_eq!(desk.done(&[&["export"][..], place].concat()), before);
        desk.done(&[&["seed", "seed.json", "--yes"][..], place].concat());
        assert!(desk.done(&[&["export"][..], place].concat()).contains("other"));
    }
    // On a terminal a person is asked.
    fs::write(desk.folder.path().join("seed.json"), &exported).expect("a file");
    let (told, status) = desk.on_terminal("seed seed.json", "no\n");
    assert!(told.contains("this replaces 1 program, with 0 members") && told.contains("Go on? [y/N]"), "{told}");
    assert!(told.contains("error: nothing has changed") && status == Some(2), "{status:?} {told}");
    assert_ne!(desk.done(&["export"]), exported);
    let (told, status) = desk.on_terminal("seed seed.json", "yes\n");
    assert_eq!(status, Some(0), "{told}");
    assert_eq!(desk.done(&["export"]), exported);
}

#[test]
fn messages_are_listed_and_a_code_that_was_not_sent_is_refused() {
    let desk = Desk::new();
    assert_eq!(desk.done(&["message", "list"]), "\n");
    assert_eq!(desk.json(&["message", "list", "--to", "+15195550123"])["messages"], Value::Array(vec![]));
    assert!(desk.refused(&["message", "code", "+15195550123"], 1).contains("no code was sent to +15195550123"));
    assert!(desk.server.messages().is_empty() && desk.server.messages_to("+15195550123").is_empty());
}

#[test]
fn accounts_and_proofs_of_companions_move_with_a_ledger() {
    let desk = Desk::new();
    let mut state: Value = serde_json::from_str(&desk.done(&["export"])).expect("JSON");
    let demo = &mut state["programs"][0];
    assert_eq!(demo["cams_accounts"][0]["spaces"][0]["cust_space_id"], "cams-demo");
    assert_eq!(demo["pims_accounts"][0]["login"], "ada@example.com");
    demo["verifications"] = serde_json::json!([{
        "purpose": "pims_phone_number", "account": "ada@example.com", "number": "+15195550123",
        "verification": {"code": {"code": "123456", "made_at": "2026-01-01T00:00:00Z"}}
    }]);
    let file = desk.folder.path().join("seed.json");
    fs::write(&file, state.to_string()).expect("a file");
    desk.done(&["seed", "seed.json", "--ledger", "sqlite:copy.db"]);
    desk.done(&["seed", "seed.json", "--yes"]);
    let exported = desk.done(&["export"]);
    assert_eq!(desk.done(&["export", "--ledger", "sqlite:copy.db"]), exported);
    let demo = desk.done(&["export", "--program", "demo"]);
    for json in [&exported, &demo] {
        for part in ["testAccessKeySecret", "cams-demo", "ada@example.com", "123456"] {
            assert!(json.contains(part), "{part} in {json}");
        }
    }
}

#[test]
fn a_ledger_moves_from_a_server_to_a_file_and_back() {
    let desk = Desk::new();
    desk.done(&SAVE);
    let exported = desk.done(&["export"]);
    let file = desk.folder.path().join("seed.json");
    fs::write(&file, &exported).expect("a file");
    let path = file.to_str().expect("a path");
    desk.done(&["seed", path, "--ledger", "sqlite:copy.db"]);
    assert_eq!(desk.done(&["export", "--ledger", "sqlite:copy.db"]), exported);

    assert_eq!(desk.run(&[&SAVE[..5], &["+1 519 555 0177"]].concat()).status.code(), Some(0));
    assert_ne!(desk.done(&["export"]), exported);
    let mut seed = desk.command(&["seed", "-", "--yes"]).stdin(Stdio::piped()).spawn().expect("the program");
    seed.stdin.take().expect("a pipe").write_all(exported.as_bytes()).expect("a reader");
    assert!(seed.wait().expect("an end").success());
    assert_eq!(desk.done(&["export"]), exported);

    let demo: Value = serde_json::from_str(&desk.done(&["export", "--program", "demo"])).expect("JSON");
    assert_eq!(demo["name"], "demo");
    assert!(desk.refused(&["seed", "missing.json"], 1).contains("missing.json"));
    fs::write(&file, r#"{"programs":[{"name":""}]}"#).expect("a file");
    assert!(desk.refused(&["seed", path, "--yes"], 1).contains("programs[0].name"));
    assert!(desk.refused(&["seed", path, "--yes", "--ledger", "sqlite:copy.db"], 1).contains("programs[0].name"));
}

#[test]
fn a_ledger_is_piped_into_another_one() {
    let desk = Desk::new();
    let members: Vec<_> = (1..=1201)
        .map(|id| format!(r#"{{"member_id":{id},"phones":[{{"type":"HOME","number":"+1519{}"}}]}}"#, 2_000_000 + id))
        .collect();
    let seed = format!(
        r#"{{"programs":[{{"name":"many","phone_number_types":[{{"external_reference":"HOME","name":"Home"}}],
        "members":[{}]}},{{"name":"few"}}]}}"#,
        members.join(",\n")
    );
    fs::write(desk.folder.path().join("seed.json"), seed).expect("a file");
    desk.done(&["seed", "seed.json", "--ledger", "sqlite:one.db"]);
    let mut export = desk.command(&["export", "--ledger", "sqlite:one.db"]);
    let mut export = export.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
    let mut seed = desk.command(&["seed", "-", "--ledger", "sqlite:two.db"]);
    let seed = seed.stdin(export.stdout.take().expect("a pipe")).output().expect("the program");
    let export = export.wait_with_output().expect("its end");
    for output in [&export, &seed] {
        // How far it is would be told to a terminal only.
        assert!(output.status.success() && output.stderr.is_empty() && output.stdout.is_empty(), "{output:?}");
    }
    let exported = desk.done(&["export", "--ledger", "sqlite:two.db"]);
    assert_eq!(exported, desk.done(&["export", "--ledger", "sqlite:one.db"]));
    // A line for each member.
    assert_eq!(exported.lines().filter(|line| line.contains("member_id")).count(), 1201);
    let few: Value =
        serde_json::from_str(&desk.done(&["export", "--program", "few", "--ledger", "sqlite:two.db"])).expect("JSON");
    assert_eq!((&few["name"], &few["members"]), (&"few".into(), &Value::Array(vec![])));
    for place in [&["--ledger", "sqlite:two.db"][..], &[]] {
        let nobody = desk.refused(&[&["export", "--program", "nobody"][..], place].concat(), 1);
        assert!(nobody.contains("there is no program") && nobody.contains("nobody"), "{nobody}");
    }

    // A reader that has seen enough is no error.
    let mut export = desk.command(&["export", "--ledger", "sqlite:one.db"]);
    let mut export = export.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
    drop(export.stdout.take());
    let export = export.wait_with_output().expect("its end");
    assert!(export.status.success() && export.stderr.is_empty(), "{export:?}");
}

#[test]
fn a_seed_that_is_wrong_changes_nothing_wherever_that_shows() {
    let desk = Desk::new();
    let file = desk.folder.path().join("seed.json");
    let exported = desk.done(&["export"]);
    fs::write(&file, &exported).expect("a file");
    desk.done(&["seed", "seed.json", "--ledger", "sqlite:copy.db"]);
    let cut = &exported[..exported.len() - 20];
    let twice = exported.replace("\"member_id\":1003", "\"member_id\":1001");
    let taken = exported.replace(
        "\"first_name\":\"Grace\",\"last_name\":\"Hopper\",\"is_employee\":true,\"is_suspended\":true,\"phones\":[]",
        "\"phones\":[{\"type\":\"WORK\",\"number\":\"+15195550199\"}]",
    );
    let unreadable = exported.replace("+15195550199", "12");
    let line = 1 + exported.lines().position(|line| line.contains("+15195550199")).expect("a number");
    for (json, words) in [
        (cut, "EOF while parsing"),
        (&*twice, "member 1001 is there twice"),
        (&*taken, "member 1002 holds +15195550199 already, and duplicate_phone_check is on"),
        (&*unreadable, &*format!("line {line}, programs[0].members[1].phones[0].number: ")),
    ] {
        assert_ne!(json, exported, "{words}");
        fs::write(&file, json).expect("a file");
        let told = desk.refused(&["seed", "seed.json", "--yes", "--ledger", "sqlite:copy.db"], 1);
        assert!(told.starts_with("error: seed.json: ") && told.contains(words), "{words}: {told}");
        assert_eq!(desk.done(&["export", "--ledger", "sqlite:copy.db"]), exported, "{words}");
        desk.refused(&["seed", "seed.json", "--yes"], 1);
        assert_eq!(desk.done(&["export"]), exported, "{words}");
    }
    // What a server can't take at once.
    fs::write(&file, " ".repeat(30_000_000) + "{}").expect("a file");
    let told = desk.refused(&["seed", "seed.json"], 1);
    assert!(told.contains("seed.json: a server takes 30 MB at most") && told.contains("--ledger"), "{told}");
}

#[test]
fn health_tells_whether_a_server_is_there() {
    let desk = Desk::new();
    assert_eq!(desk.done(&["health"]), "ready\n");
    let nobody = desk.refused(&["health", "--server", "http://127.0.0.1:9"], 3);
    assert!(nobody.contains("http://127.0.0.1:9") && nobody.contains("is the server running"), "{nobody}");
    assert!(desk.refused(&["health", "--server", &desk.server.service_url()], 3).contains("is it sync-asmx?"));
}

#[test]
fn a_server_with_a_certificate_of_its_own_is_trusted_by_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = format!("--ledger=sqlite:{}/ledger.db", folder.path().display());
    let desk = Desk { server: Server::with_arguments(&[&ledger, "--tls-self-signed"]), folder };
    assert_eq!(desk.done(&["health", "--cacert", "tls/ca.pem"]), "ready\n");
    assert_eq!(desk.done(&[&SAVE[..], &["--cacert", "tls/ca.pem"]].concat()), "0 OK +1 519-555-0123\n");
    assert!(desk.refused(&["health"], 3).contains("certificate"));
    assert!(desk.refused(&["health", "--cacert", "tls/missing.pem"], 1).contains("tls/missing.pem"));
}

#[test]
fn the_bearer_token_opens_the_control_plane() {
    let server = Server::with_arguments(&["--admin-token=let-me-in"]);
    let desk = Desk { server, folder: tempfile::tempdir().expect("a folder") };
    assert_eq!(desk.done(&["health"]), "ready\n");
    assert!(desk.refused(&["token", "list"], 1).contains("token"));
    assert!(desk.refused(&["token", "list", "--admin-token", "let-you-in"], 1).contains("token"));
    let tokens = desk.done(&["token", "list", "--admin-token", "let-me-in"]);
    assert!(tokens.contains("TEST-TOKEN"), "{tokens}");
    fs::write(desk.folder.path().join("token"), "let-me-in\r\n").expect("a file");
    assert_eq!(desk.done(&["token", "list", "--admin-token-file", "token"]), tokens);
    let mut twin = desk.command(&["token", "list"]);
    assert!(twin.env("SYNC_ASMX_ADMIN_TOKEN_FILE", "token").status().expect("the program").success());
}

#[test]
fn the_url_of_a_ledger_may_stand_in_a_file() {
    let desk = Desk::new();
    fs::write(desk.folder.path().join("url"), "sqlite:copy.db\n").expect("a file");
    fs::write(desk.folder.path().join("seed.json"), desk.done(&["export"])).expect("a file");
    desk.done(&["seed", "seed.json", "--ledger-file", "url"]);
    assert_eq!(desk.done(&["export", "--ledger-file", "url"]), desk.done(&["export", "--ledger", "sqlite:copy.db"]));
    assert!(desk.done(&["backup", "backup.db", "--ledger-file", "url"]).contains("3 members"));
    let both = desk.refused(&["export", "--ledger-file", "url", "--ledger", "sqlite:copy.db"], 2);
    assert!(both.contains("--ledger-file") && both.contains("'--ledger <URL>'") && !both.contains("copy.db"), "{both}");
}

#[test]
fn an_address_is_saved_and_removed_by_call() {
    let desk = Desk::new();
    let save = ["call", "save-account-email", "--member-id", "1001", "--type", "WORK", "--address"];
    assert_eq!(desk.done(&[&save[..], &["Ada@Example.org"]].concat()), "0 OK Ada@example.org\n");
    assert_eq!(desk.json(&[&save[..], &["Ada@Example.org"]].concat())["saved_email_address"], "Ada@example.org");
    for (address, told) in [
        ("alan@example.com", "314 Duplicate Email Address - Already in Use under another Member\n"),
        ("ada.example.org", "1 Undefined Error\n"),
    ] {
        let refused = desk.run(&[&save[..], &[address]].concat());
        assert_eq!((refused.status.code(), String::from_utf8_lossy(&refused.stdout).as_ref()), (Some(1), told));
    }
    let remove = ["call", "delete-account-email-address", "--member-id", "1001", "--type"];
    assert_eq!(desk.done(&[&remove[..], &["WORK"]].concat()), "0 OK\n");
    let refused = desk.run(&[&remove[..], &["FAX"]].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(refused.stdout, b"307 Invalid Email Type External Reference\n");
    let help = desk.done(&["call", "save-account-email", "--help"]);
    for words in ["External reference of the e-mail type", "E-mail address", "Whether it is valid"] {
        assert!(help.contains(words), "{words}: {help}");
    }
}

#[test]
fn every_command_has_help_with_an_example_and_a_manual_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        let output = command(folder.path(), arguments).output().expect("the program");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    for path in [
        "serve",
        "seed",
        "export",
        "backup",
        "token create",
        "token list",
        "token suspend",
        "token delete",
        "member add",
        "member show",
        "message list",
        "message code",
        "call add-to-loyalty-club",
        "call remove-to-loyalty-club",
        "call member-is-in-loyalty-club",
        "call fetch-account-core",
        "call save-account-core",
        "call fetch-account-address",
        "call save-account-address",
        "call save-account-email",
        "call delete-account-email-address",
        "call save-account-phone",
        "call fetch-account-ids",
        "call save-account-id",
        "call delete-account-id",
        "call save-account-custom-fields",
        "health",
        "completions",
        "man",
    ] {
        let mut arguments: Vec<_> = path.split(' ').collect();
        arguments.push("--help");
        assert!(run(&arguments).contains(&format!("Example: sync-asmx {path}")), "{path}");
        run(&["man", "pages"]);
        let page = format!("pages/sync-asmx-{}.1", path.replace(' ', "-"));
        assert!(Path::new(&folder.path().join(page)).exists(), "{path}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(run(&["completions", shell]).contains("save-account-phone"), "{shell}");
    }
}
