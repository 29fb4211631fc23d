//! The network side: one port of 127.0.0.1, one task a connection.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

use super::Site;

/// Takes the port; nobody but this machine can reach it.
pub fn bind(port: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
        if error.kind() == ErrorKind::AddrInUse {
            anyhow!(
                "port {port} of 127.0.0.1 is in use, perhaps by another `cargo xtask serve`. \
                 Try another: `--port {}`",
                if port == u16::MAX { port - 1 } else { port + 1 }
            )
        } else {
            anyhow!("port {port} of 127.0.0.1 cannot be used: {error}. Try another with `--port`")
        }
    })
}

/// Answers until the process ends.
pub fn serve(listener: TcpListener, site: &Arc<Site>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await.context("accepting a connection")?;
            let site = Arc::clone(site);
            tokio::spawn(async move {
                let service = service_fn(move |request| respond(Arc::clone(&site), request));
                // A browser that hangs up is no news.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    })
}

/// Reads and compresses on a thread apart, so that a large file holds up no small one.
async fn respond(
    site: Arc<Site>,
    request: Request<Incoming>,
) -> Result<super::site::Answer, Infallible> {
    let answer = tokio::task::spawn_blocking(move || {
        site.answer(request.method(), request.uri().path(), request.headers())
    });
    Ok(answer.await.unwrap_or_else(|_| {
        let mut failed = Response::default();
        *failed.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        failed
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_said_to_be_and_another_is_offered() {
        let taken = bind(0).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = bind(port).unwrap_err().to_string();
        assert!(error.contains(&format!("port {port}")) && error.contains("--port"), "{error}");
    }
}
