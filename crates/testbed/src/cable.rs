//! A way to a server that can be cut, or lost without a word, as when a node or a firewall dies.

use std::io;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A port that passes connections on to a server of this machine. It stops with its runtime.
pub struct Cable {
    /// The port on 127.0.0.1.
    pub port: u16,
    lost: watch::Sender<()>,
    cut: watch::Sender<()>,
}

impl Cable {
    /// Passes connections on to the port `server`.
    ///
    /// # Errors
    /// If no port can be opened.
    pub async fn to(server: u16) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let (lost, cut) = (watch::Sender::new(()), watch::Sender::new(()));
        tokio::spawn(relay(listener, server, lost.subscribe(), cut.subscribe()));
        Ok(Self { port, lost, cut })
    }

    /// Makes the open connections pass nothing any more. They stay open, and new ones pass.
    pub fn lose(&self) {
        self.lost.send_replace(());
    }

    /// Closes the open connections. New ones pass.
    pub fn cut(&self) {
        self.cut.send_replace(());
    }
}

async fn relay(
    listener: TcpListener,
    server: u16,
    lost: watch::Receiver<()>,
    cut: watch::Receiver<()>,
) -> io::Result<()> {
    loop {
        let (mut client, _) = listener.accept().await?;
        let mut server = TcpStream::connect(("127.0.0.1", server)).await?;
        let (mut lost, mut cut) = (lost.clone(), cut.clone());
        lost.mark_unchanged();
        cut.mark_unchanged();
        tokio::spawn(async move {
            tokio::select! {
                _ended = copy_bidirectional(&mut client, &mut server) => {}
                Ok(()) = lost.changed() => std::future::pending().await,
                Ok(()) = cut.changed() => {}
            }
        });
    }
}
