//! A scripted SMTP and LMTP server on loopback addresses.
//!
//! The dialogue is kept here; what is answered comes from a [`Script`], which is asked at every step and says
//! `None` where a friendly server would just go on.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Where in the dialogue the server is asked.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Stage {
    Connect,
    Ehlo,
    Helo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    EndOfData,
}

/// One step of the dialogue.
#[derive(Debug)]
pub struct Ask<'a> {
    pub stage: Stage,
    /// The address that the client connected to.
    pub host: Ipv4Addr,
    /// The envelope sender, from MAIL on.
    pub sender: &'a str,
    /// The recipient in question; at DATA and at the end of data the first (LMTP: each) that was taken.
    pub recipient: &'a str,
    /// How often this host was asked the same before.
    pub before: usize,
}

/// What the server does. Lines of a text are separated by `\n`; the server writes CRLF.
#[derive(Debug)]
pub enum Answer {
    Say(Vec<u8>),
    /// Says it and hangs up.
    Close(Vec<u8>),
    /// Hangs up without a word.
    Drop,
    /// Never answers.
    Hang,
}

/// The behaviour of all servers of a sink.
pub type Script = fn(&Ask<'_>) -> Option<Answer>;

/// The running servers: the same port on each address. They stop when this is dropped.
pub struct Sink {
    port: u16,
    stop: Arc<AtomicBool>,
    listeners: Vec<(SocketAddr, JoinHandle<()>)>,
}

impl Sink {
    /// Listens on a free port of each address.
    pub fn start(hosts: &[Ipv4Addr], script: Script) -> io::Result<Self> {
        let sockets = bind(hosts)?;
        let stop = Arc::new(AtomicBool::new(false));
        let counts = Arc::new(Mutex::new(HashMap::new()));
        let port = sockets[0].local_addr()?.port();
        let listeners = sockets
            .into_iter()
            .zip(hosts)
            .map(|(socket, &host)| {
                let (stop, counts) = (Arc::clone(&stop), Arc::clone(&counts));
                let thread = thread::spawn(move || accept(&socket, host, script, &stop, &counts));
                (SocketAddr::from((host, port)), thread)
            })
            .collect();
        Ok(Self { port, stop, listeners })
    }

    /// The port that all addresses share.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for (address, thread) in self.listeners.drain(..) {
            // A connection wakes the listener, which then sees that it is to stop.
            let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
            let _ = thread.join();
        }
    }
}

type Counts = Mutex<HashMap<(Ipv4Addr, Stage, String), usize>>;

/// Takes the same free port on every address; another process may hold it on one of them, so this tries a few.
fn bind(hosts: &[Ipv4Addr]) -> io::Result<Vec<TcpListener>> {
    let mut last = io::Error::other("no address to listen on");
    for _ in 0..20 {
        let first = TcpListener::bind((hosts[0], 0))?;
        let port = first.local_addr()?.port();
        let others = hosts[1..].iter().map(|&host| TcpListener::bind((host, port)));
        match std::iter::once(Ok(first)).chain(others).collect() {
            Ok(sockets) => return Ok(sockets),
            Err(e) => last = e,
        }
    }
    Err(last)
}

fn accept(socket: &TcpListener, host: Ipv4Addr, script: Script, stop: &AtomicBool, counts: &Arc<Counts>) {
    for stream in socket.incoming() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let counts = Arc::clone(counts);
        thread::spawn(move || {
            if let Ok(mut dialogue) = Dialogue::new(stream, host, script, counts) {
                // The client may leave at any time.
                let _ = dialogue.run();
            }
        });
    }
}

/// One connection.
struct Dialogue {
    reader: BufReader<TcpStream>,
    host: Ipv4Addr,
    script: Script,
    counts: Arc<Counts>,
    lmtp: bool,
    sender: String,
    taken: Vec<String>,
}

/// Whether the dialogue goes on after an answer, and whether the answer was the friendly one.
#[derive(PartialEq)]
enum Next {
    Granted,
    Refused,
    Over,
}

impl Dialogue {
    fn new(stream: TcpStream, host: Ipv4Addr, script: Script, counts: Arc<Counts>) -> io::Result<Self> {
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let reader = BufReader::new(stream);
        Ok(Self { reader, host, script, counts, lmtp: false, sender: String::new(), taken: Vec::new() })
    }

    fn run(&mut self) -> io::Result<()> {
        if self.ask(Stage::Connect, "", b"220 ESMTP ready")? == Next::Over {
            return Ok(());
        }
        while let Some(line) = self.line()? {
            let line = String::from_utf8_lossy(&line).into_owned();
            let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let next = match word.as_str() {
                "EHLO" | "LHLO" => {
                    self.lmtp = word == "LHLO";
                    self.ask(Stage::Ehlo, "", b"250-ready\n250-SIZE 20000000\n250-8BITMIME\n250 PIPELINING")?
                }
                "HELO" => self.ask(Stage::Helo, "", b"250 ready")?,
                "STARTTLS" => self.ask(Stage::StartTls, "", b"454 4.7.0 TLS not available")?,
                "AUTH" => self.ask(Stage::Auth, "", b"235 2.7.0 Accepted")?,
                "MAIL" => {
                    self.sender = path(&line).to_owned();
                    self.taken.clear();
                    self.ask(Stage::Mail, "", b"250 2.1.0 Ok")?
                }
                "RCPT" => self.rcpt(path(&line))?,
                "DATA" => self.data()?,
                "RSET" => {
                    self.taken.clear();
                    self.give(Answer::Say(b"250 2.0.0 Ok".to_vec()))?
                }
                "QUIT" => self.give(Answer::Close(b"221 2.0.0 Bye".to_vec()))?,
                _ => self.give(Answer::Say(b"500 5.5.2 Unrecognized command".to_vec()))?,
            };
            if next == Next::Over {
                break;
            }
        }
        Ok(())
    }

    fn rcpt(&mut self, recipient: &str) -> io::Result<Next> {
        let next = self.ask(Stage::Rcpt, recipient, b"250 2.1.5 Ok")?;
        if next == Next::Granted {
            self.taken.push(recipient.to_owned());
        }
        Ok(next)
    }

    fn data(&mut self) -> io::Result<Next> {
        let Some(first) = self.taken.first().cloned() else {
            return self.give(Answer::Say(b"503 5.5.1 No valid recipients".to_vec()));
        };
        let next = self.ask(Stage::Data, &first, b"354 End data with <CR><LF>.<CR><LF>")?;
        if next != Next::Granted {
            return Ok(next);
        }
        while self.line()?.is_some_and(|line| line != b".") {}
        // LMTP answers once for each recipient (RFC 2033 section 4.2).
        let recipients = if self.lmtp { std::mem::take(&mut self.taken) } else { vec![first] };
        for recipient in recipients {
            let next = self.ask(Stage::EndOfData, &recipient, b"250 2.0.0 Ok: queued")?;
            if next == Next::Over {
                return Ok(next);
            }
        }
        Ok(Next::Granted)
    }

    /// Asks the script; `friendly` is said where it has no opinion.
    fn ask(&mut self, stage: Stage, recipient: &str, friendly: &[u8]) -> io::Result<Next> {
        let before = {
            let mut counts = self.counts.lock().expect("no holder panics");
            let count = counts.entry((self.host, stage, recipient.to_owned())).or_insert(0);
            std::mem::replace(count, *count + 1)
        };
        let ask = Ask { stage, host: self.host, sender: &self.sender, recipient, before };
        match (self.script)(&ask) {
            None => self.give(Answer::Say(friendly.to_vec())).map(|_| Next::Granted),
            Some(answer) => self.give(answer),
        }
    }

    fn give(&mut self, answer: Answer) -> io::Result<Next> {
        match answer {
            Answer::Say(text) => {
                self.say(&text)?;
                Ok(if text.starts_with(b"2") || text.starts_with(b"3") {
                    Next::Granted
                } else {
                    Next::Refused
                })
            }
            Answer::Close(text) => {
                self.say(&text)?;
                // Unread commands would make the close a reset, which may overtake the text.
                self.reader.get_ref().shutdown(Shutdown::Write)?;
                self.drain().map(|()| Next::Over)
            }
            Answer::Drop => self.reader.get_ref().shutdown(Shutdown::Both).map(|()| Next::Over),
            Answer::Hang => self.drain().map(|()| Next::Over),
        }
    }

    fn say(&mut self, text: &[u8]) -> io::Result<()> {
        let mut out = Vec::with_capacity(text.len() + 2);
        for line in text.split(|&b| b == b'\n') {
            out.extend_from_slice(line);
            out.extend_from_slice(b"\r\n");
        }
        self.reader.get_mut().write_all(&out)
    }

    /// Reads until the client has gone.
    fn drain(&mut self) -> io::Result<()> {
        while self.line()?.is_some() {}
        Ok(())
    }

    /// The next line without its end, or `None` at the end of the connection.
    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        if self.reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        while line.last().is_some_and(|b| matches!(b, b'\r' | b'\n')) {
            line.pop();
        }
        Ok(Some(line))
    }
}

/// The address between the angle brackets of a MAIL or RCPT command.
fn path(line: &str) -> &str {
    line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(path, _)| path)
}
