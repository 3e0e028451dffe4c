//! Reading the running set over the socket, from daemons that live, are dead,
//! silent or something else.

use std::io::Write;
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use pm2sync::adapters::pm2::jlist::jlist;
use pm2sync::adapters::pm2::package::find_package;
use pm2sync::adapters::pm2::rpc::{RpcError, monitor_data, version};

use crate::adapters::home::{Home, LIMIT, environment, pm2, socket};

#[test]
fn a_home_without_a_daemon_is_not_running_and_stays_so() {
    let home = Home::new();
    assert!(matches!(monitor_data(&home.socket(), LIMIT), Err(RpcError::NotRunning { .. })));
    assert!(jlist(&pm2(), &home.path(), &home.work(), &environment(&[]), LIMIT).is_err());
    assert!(!home.path().exists(), "reading must not make a home");
}

#[test]
fn a_socket_that_a_dead_daemon_left_is_not_running() {
    let (_folder, socket) = socket();
    drop(UnixListener::bind(&socket).unwrap());
    assert!(matches!(monitor_data(&socket, LIMIT), Err(RpcError::NotRunning { .. })));
}

#[test]
fn a_silent_daemon_times_out() {
    let (_folder, socket) = socket();
    let _listener = UnixListener::bind(&socket).unwrap();
    let started = Instant::now();
    let error = monitor_data(&socket, Duration::from_millis(200)).unwrap_err();
    assert!(matches!(error, RpcError::TimedOut { .. }), "{error}");
    assert!(started.elapsed() < LIMIT);
}

#[test]
fn something_that_is_no_pm2_is_broken() {
    for said in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"\x11\xff\xff\xff\xff", b""] {
        let (_folder, socket) = socket();
        let listener = UnixListener::bind(&socket).unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(said).unwrap();
        });
        let error = monitor_data(&socket, LIMIT).unwrap_err();
        assert!(matches!(error, RpcError::Broken { .. }), "{error}");
        server.join().unwrap();
    }
}

#[test]
fn an_answer_that_is_cut_or_absurd_is_broken_and_takes_no_memory() {
    let request = b"\0\0\0\x0bs:pm2sync:0";
    let reply = |text: &str| {
        let mut frame = vec![0x12];
        frame.extend_from_slice(&u32::try_from(text.len()).unwrap().to_be_bytes());
        frame.extend_from_slice(text.as_bytes());
        frame.extend_from_slice(request);
        frame
    };
    let deep = format!("j:{{\"args\":[{}", "[".repeat(1 << 20));
    let cut = |frame: Vec<u8>| frame[..frame.len() - 3].to_vec();
    for said in [
        b"\x12\x03\xff\xff\xffj:{".to_vec(),
        b"\x1f\xff\xff\xff\xff".to_vec(),
        cut(reply(r#"j:{"args":[[]]}"#)),
        reply("j:{"),
        reply("j:null"),
        reply(r#"j:{"args":[]}"#),
        reply(r#"j:{"args":[{"0":1}]}"#),
        reply("s:nothing"),
        reply(&deep),
    ] {
        let (_folder, socket) = socket();
        let listener = UnixListener::bind(&socket).unwrap();
        let length = said.len();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.write_all(&said);
        });
        let error = monitor_data(&socket, LIMIT).unwrap_err();
        assert!(matches!(error, RpcError::Broken { .. }), "{length} bytes: {error}");
        server.join().unwrap();
    }
}

#[test]
fn an_answer_without_end_stops_at_the_limit() {
    let (_folder, socket) = socket();
    let listener = UnixListener::bind(&socket).unwrap();
    // Whole frames, each the answer to something that was never asked.
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        while stream.write_all(b"\x11\0\0\0\x04s:no").is_ok() {}
    });
    let error = monitor_data(&socket, Duration::from_millis(500)).unwrap_err();
    assert!(matches!(error, RpcError::TimedOut { .. }), "{error}");
    server.join().unwrap();
}

#[test]
fn the_socket_and_the_command_line_tell_the_same() {
    let home = Home::new();
    let mut agent = home.agent();
    home.start(&mut agent, home.idle("one"));
    home.start(&mut agent, home.idle("two"));
    let seen = |list: &serde_json::Value| {
        let entries = list.as_array().unwrap().iter();
        entries
            .map(|entry| (entry["pm_id"].clone(), entry["pid"].clone(), entry["name"].clone()))
            .collect::<Vec<_>>()
    };
    let socket = monitor_data(&home.socket(), LIMIT).unwrap();
    let command = jlist(&pm2(), &home.path(), &home.work(), &environment(&[]), LIMIT).unwrap();
    assert_eq!(seen(&socket), seen(&command));
    assert_eq!(seen(&socket), seen(&agent.list(LIMIT).unwrap().into()));
    assert_eq!(version(&home.socket(), LIMIT).unwrap(), find_package(&pm2()).unwrap().version);
}
