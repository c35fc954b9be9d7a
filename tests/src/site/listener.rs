//! A port that can be closed and opened again.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::{State, answers, locked};

/// Small, so that little of a body is buffered when its connection is cut.
const WRITE_BUFFER: usize = 64 << 10;
const WAITING_CONNECTIONS: u32 = 128;

/// A port of this machine, ours while this lives.
pub(super) struct Listener {
    port: u16,
    /// Bound and not listening while the port is closed: nobody else gets it meanwhile.
    closed: Option<TcpSocket>,
    accepting: Option<JoinHandle<()>>,
    connections: Arc<Mutex<JoinSet<()>>>,
}

impl Listener {
    /// Takes a free port and leaves it closed.
    ///
    /// # Panics
    /// Where no port is free.
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

    /// Accepts connections from now on. To be called in a runtime.
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
        // It was told to end, and says so as an error.
        let _ = accepting.await;
        let mut connections = std::mem::take(&mut *locked(&self.connections));
        connections.shutdown().await;
        self.closed = Some(bound(self.port));
    }
}

fn bound(port: u16) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("this machine has IPv4");
    // Connections that just ended hold the port for a minute otherwise.
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
    // A browser that went away, and a body that ends in a cut, are what tests are about.
    let _ = http1::Builder::new()
        .max_buf_size(WRITE_BUFFER)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
