//! A way to a server that can freeze, as a server does whose processes are all stopped: its
//! connections stay, and nothing comes back.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;

use db_backend::ServerUrl;

use super::server::TestServer;

/// Passes everything on, until it freezes.
pub struct Proxy {
    /// The server's address through it.
    pub url: ServerUrl,
    state: Arc<State>,
    address: SocketAddr,
}

struct State {
    upstream: SocketAddr,
    /// What freezes it: a text that somebody sends to the server.
    trigger: &'static str,
    phase: Mutex<Phase>,
    thawed: Condvar,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Until the text is sent.
    Waiting,
    Frozen,
    /// Everything is let through.
    Thawed,
    /// And no new connection is made.
    Ended,
}

impl Proxy {
    /// A way to that server that freezes when that text is sent to it, before it gets there.
    pub fn freezing_at(server: &TestServer, trigger: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let text = server.url().expose();
        let (before, host) = text.rsplit_once('@').expect("test servers have a user");
        let upstream = host.split(['/', '?']).next().unwrap_or(host);
        let url = text.replace(upstream, &address.to_string());
        assert!(url.starts_with(before), "only the address is another one");
        let state = Arc::new(State {
            upstream: upstream.parse().expect("a test server is at an address and a port"),
            trigger,
            phase: Mutex::new(Phase::Waiting),
            thawed: Condvar::new(),
        });
        let serving = Arc::clone(&state);
        thread::spawn(move || serving.serve(&listener));
        Self { url: url.parse().expect("an address"), state, address }
    }

    /// Lets everything through from here on, also what waits.
    pub fn thaw(&self) {
        self.state.enter(Phase::Thawed);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.enter(Phase::Ended);
        // Wakes the thread that waits for connections.
        drop(TcpStream::connect(self.address));
    }
}

impl State {
    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().expect("no thread panics with it")
    }

    fn enter(&self, phase: Phase) {
        *self.phase() = phase;
        self.thawed.notify_all();
    }

    fn serve(self: &Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming() {
            if *self.phase() == Phase::Ended {
                return;
            }
            let (Ok(client), Ok(server)) = (client, TcpStream::connect(self.upstream)) else {
                return;
            };
            let ways =
                [(client.try_clone(), server.try_clone(), true), (Ok(server), Ok(client), false)];
            for (from, to, is_request) in ways {
                let (Ok(from), Ok(to), state) = (from, to, Arc::clone(self)) else { return };
                thread::spawn(move || state.pass_on(from, to, is_request));
            }
        }
    }

    fn pass_on(&self, mut from: TcpStream, mut to: TcpStream, is_request: bool) {
        let mut buffer = [0; 64 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let sent = &buffer[..length];
            let is_trigger = |part: &[u8]| part == self.trigger.as_bytes();
            let mut phase = self.phase();
            if *phase == Phase::Waiting
                && is_request
                && sent.windows(self.trigger.len()).any(is_trigger)
            {
                *phase = Phase::Frozen;
            }
            while *phase == Phase::Frozen {
                phase = self.thawed.wait(phase).expect("no thread panics with it");
            }
            drop(phase);
            if to.write_all(sent).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    }
}
