//! The report as a mail.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::raw::Raw;
use mailwhy::report::{Format, Report, Style, render, subject};

/// The width of the text: readers of mail do not wrap tables well.
const WIDTH: usize = 78;

/// A message to these addresses, with the report as text and as HTML. Its sender is left to the mail server.
pub fn compose(report: &Report<'_>, style: &Style, addresses: &[String]) -> Result<Vec<u8>> {
    let style = Style { width: WIDTH, color: false, ..style.clone() };
    let print = |format| {
        let mut out = Vec::new();
        render(report, format, &style, &mut out)?;
        anyhow::Ok(String::from_utf8(out)?)
    };
    let to = addresses.iter().map(|address| Address::new_address(None::<&str>, address.as_str())).collect();
    let message = MessageBuilder::new()
        .to(Address::new_list(to))
        .subject(subject(report, style.lang, host().as_deref()))
        // Nobody should answer that he is on holiday.
        .header("Auto-Submitted", Raw::new("auto-generated"))
        .text_body(print(Format::Text)?)
        .html_body(print(Format::Html)?)
        .write_to_string()
        .context("cannot compose the message")?;
    Ok(message.replace("\r\n", "\n").into_bytes())
}

/// Hands a message over to the local mail server.
pub fn send(message: &[u8], sendmail: &Path) -> Result<()> {
    let name = sendmail.display();
    let mut command = Command::new(sendmail);
    let mut child = command
        .args(["-t", "-i"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| anyhow!("cannot run {name}: {error}\nhint: name another program with --sendmail"))?;
    let written = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(message));
    let done = child.wait_with_output().with_context(|| format!("cannot run {name}"))?;
    if !done.status.success() {
        let mut told = format!("{name} took no message ({})", done.status);
        let said = String::from_utf8_lossy(&done.stderr);
        if !said.trim().is_empty() {
            told += &format!(": {}", said.trim().replace('\n', "; "));
        }
        bail!(told);
    }
    written.with_context(|| format!("{name} did not read the message"))
}

/// What this host calls itself.
fn host() -> Option<String> {
    let name = gethostname::gethostname().into_string().ok()?;
    Some(name).filter(|name| !name.is_empty())
}
