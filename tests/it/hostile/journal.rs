//! Messages that are made to be told slowly.

use super::AttackClient;

#[test]
fn others_are_served_while_hostile_messages_are_told() {
    let client = AttackClient::begin();
    let kept = 16 << 10;
    for unit in ["</", "<", ">", "\"", "SecurityToken", "&#", "%25", "<x:", "<!--", "\\u"] {
        let text = "<SecurityToken>".to_owned() + &unit.repeat(kept / unit.len());
        for _ in 0..10 {
            client.post(&text[..kept - 4]);
        }
    }
    let address = client.server.address();
    let mut told = client.connect();
    let request = format!("GET /_emulator/journal?limit=1000 HTTP/1.1\r\nHost: {address}\r\n\r\n");
    told.send(request.as_bytes()).expect("a server that reads");
    client.let_others_call(4);
    assert_eq!(told.read_answer().expect("the journal").status, 200);
    drop(told);
    client.end();
}
