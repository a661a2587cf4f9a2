//! The trivial server: 204 to everything, and no answer at all to `/hold`. A process of its own on its own core.

use std::{
    env,
    io::{self, BufRead, BufReader, Write},
    process::{Child, Command, ExitCode, Stdio},
};

use nix::{
    sched::{CpuSet, sched_setaffinity},
    sys::resource::{Resource, getrlimit, setrlimit},
    unistd::Pid,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::Failure;

/// The server's core; the generator has core 0.
const CORE: usize = 1;

/// The running server; it ends with this.
pub struct Trivial {
    child: Child,
    pub base_url: String,
}

impl Trivial {
    pub fn start() -> Result<Self, Failure> {
        let mut child =
            Command::new(env::current_exe()?).arg("server").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        BufReader::new(child.stdout.take().ok_or("no stdout")?).read_line(&mut address)?;
        Ok(Self { child, base_url: format!("http://{}", address.trim()) })
    }
}

impl Drop for Trivial {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server's process.
pub fn serve() -> ExitCode {
    let mut core = CpuSet::new();
    let _ = core.set(CORE).and_then(|()| sched_setaffinity(Pid::from_raw(0), &core));
    let _ = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(_, hard)| setrlimit(Resource::RLIMIT_NOFILE, hard, hard));
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return ExitCode::FAILURE;
    };
    // Whoever started it is gone when its input ends.
    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0);
    });
    match runtime.block_on(listen()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

async fn listen() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(io::stdout(), "{}", listener.local_addr()?)?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(answer(stream));
    }
}

async fn answer(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = [0; 4096];
    let mut length = 0;
    loop {
        let read = stream.read(buffer.get_mut(length..).unwrap_or_default()).await?;
        if read == 0 {
            return Ok(());
        }
        length += read;
        let seen = buffer.get(..length).unwrap_or_default();
        if seen.ends_with(b"\r\n\r\n") {
            if seen.starts_with(b"GET /hold") {
                std::future::pending::<()>().await;
            }
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await?;
            length = 0;
        }
    }
}
