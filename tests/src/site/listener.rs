//! A port that can be closed and opened again.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::answers;
use super::lock::locked;
use super::state::State;

/// Small, so that little of a body is buffered when its connection is cut.
const WRITE_BUFFER: usize = 64 << 10;
const WAITING_CONNECTIONS: u32 = 128;

/// A port of this machine, reserved while this value lives.
pub(super) struct Listener {
    port: u16,
    /// Bound but not listening while the port is closed, so that nobody else gets it.
    closed: Option<TcpSocket>,
    accepting: Option<JoinHandle<()>>,
    connections: Arc<Mutex<JoinSet<()>>>,
}

impl Listener {
    /// Takes a free port and leaves it closed.
    ///
    /// # Panics
    /// If no port is free.
    pub(super) fn on_free_port() -> Self {
        let socket = bound(0);
        let address = socket.local_addr().expect("a bound socket has an address");
        Self {
            port: address.port(),
            closed: Some(socket),
            accepting: None,
            connections: Arc::default(),
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Accepts connections from now on. Must be called in a runtime.
    pub(super) fn open(&mut self, state: &Arc<State>) {
        let Some(socket) = self.closed.take() else {
            return;
        };
        let listener = socket
            .listen(WAITING_CONNECTIONS)
            .expect("a bound socket can listen");
        let accepting = accept(listener, state.clone(), self.connections.clone());
        self.accepting = Some(tokio::spawn(accepting));
    }

    /// Ends every connection and refuses new ones.
    pub(super) async fn close(&mut self) {
        let Some(accepting) = self.accepting.take() else {
            return;
        };
        accepting.abort();
        // An aborted task returns an error.
        let _ = accepting.await;
        let mut connections = std::mem::take(&mut *locked(&self.connections));
        connections.shutdown().await;
        self.closed = Some(bound(self.port));
    }
}

fn bound(port: u16) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("this machine has IPv4");
    // Otherwise connections that just ended hold the port for a minute.
    socket
        .set_reuseaddr(true)
        .expect("a new socket takes options");
    socket
        .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .expect("the port is free");
    socket
}

async fn accept(listener: TcpListener, state: Arc<State>, connections: Arc<Mutex<JoinSet<()>>>) {
    // A connection that ended before it was accepted is no reason to stop.
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            locked(&connections).spawn(converse(stream, state.clone()));
        }
    }
}

async fn converse(stream: TcpStream, state: Arc<State>) {
    let service = service_fn(|request| {
        let state = state.clone();
        async move { Ok::<_, Infallible>(answers::answer(&state, &request).await) }
    });
    // Tests make browsers go away and bodies end early, so errors are expected.
    let _ = http1::Builder::new()
        .max_buf_size(WRITE_BUFFER)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
