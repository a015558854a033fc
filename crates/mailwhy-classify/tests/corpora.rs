//! The rules against many replies at once. Those of real servers run where the corpora lie beside the project, and pass
//! elsewhere; those in `testdata/wordings` are ours.
#![expect(clippy::print_stdout, reason = "the misses are for whoever works on the rules")]

use std::path::Path;

use mailwhy_classify::{Classifier, Query, Verdict};
use mailwhy_codes::{self as codes, Enhanced, PROVIDERS, Stage};

/// The rows of a table, each cell by the name of its column.
struct Table {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table of the corpora, or of the project.
    fn read(name: &str) -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let own = name.starts_with("testdata/");
        let path = if own { root.join(name) } else { root.join("../shared").join(name) };
        let content = std::fs::read_to_string(path).ok()?;
        let mut lines = content.lines().map(|l| l.split('\t').map(str::to_owned).collect::<Vec<_>>());
        let names = lines.next()?;
        Some(Self { names, rows: lines.collect() })
    }

    fn cell<'a>(&self, row: &'a [String], name: &str) -> &'a str {
        let i = self.names.iter().position(|n| n == name).expect("a column of the table");
        row.get(i).map_or("", String::as_str)
    }
}

fn show(verdict: &Verdict) -> String {
    let provider = verdict.provider.map_or("-", |p| p.id);
    format!("{} by {} ({provider}, bad {})", verdict.reason.as_str(), verdict.rule, verdict.bad_address)
}

#[test]
fn labelled_replies() {
    let Some(table) = Table::read("corpus/replies.tsv") else { return };
    let classifier = Classifier::new();
    let (mut wrong, mut wrongly_bad, mut missed_bad) = (0, 0, 0);
    for row in &table.rows {
        let cell = |name| table.cell(row, name);
        let hint = cell("provider_hint").split('|').next().unwrap_or_default();
        let host = provider_host(hint).unwrap_or(hint);
        let mut query = Query::new(cell("input").as_bytes());
        query.host = Some(host.as_bytes());
        query.stage = Stage::from_name(cell("stage"));
        let verdict = classifier.classify(&query);
        let reason = verdict.reason.as_str();
        let case = format!("{} {} | {}", cell("case_id"), host, cell("input"));
        if reason != cell("reason") && !cell("also_ok").split(',').any(|r| r == reason) {
            wrong += 1;
            println!("{case}\n    want {} [{}], have {}", cell("reason"), cell("also_ok"), show(&verdict));
        }
        match (cell("bad_address"), verdict.bad_address) {
            ("no", true) => {
                wrongly_bad += 1;
                println!("{case}\n    NOT bad, have {}", show(&verdict));
            }
            ("yes", false) => {
                missed_bad += 1;
                println!("{case}\n    bad, have {}", show(&verdict));
            }
            _ => {}
        }
    }
    let all = table.rows.len();
    println!("{all} replies: {wrong} reasons wrong, {wrongly_bad} wrongly bad, {missed_bad} bad ones missed");
    assert!(wrong * 100 <= all * 3, "{wrong} of {all} reasons are wrong");
    assert!(wrongly_bad + missed_bad <= 2, "{wrongly_bad} wrongly bad, {missed_bad} missed");
}

/// What servers say in words of all kinds: labelled before the rules were tried on them, at the level that they reach.
#[test]
fn wordings() {
    for (name, level) in
        [("common", 990), ("servers", 990), ("unusual", 980), ("misleading", 980), ("blunt", 920)]
    {
        let table = Table::read(&format!("testdata/wordings/{name}.tsv")).expect("a table of the project");
        let classifier = Classifier::new();
        let (mut wrong, mut wrongly_bad, mut missed_bad) = (0, 0, 0);
        for row in &table.rows {
            let cell = |name| table.cell(row, name);
            let text = cell("text").replace("\\n", "\n");
            let mut query = Query::new(text.as_bytes());
            query.host = Some(cell("host").as_bytes()).filter(|h| !h.is_empty());
            query.stage = Stage::from_name(cell("stage"));
            let verdict = classifier.classify(&query);
            let reason = verdict.reason.as_str();
            let right = reason == cell("reason") || cell("also_ok").split(',').any(|r| r == reason);
            let bad = (cell("bad_address"), verdict.bad_address);
            wrong += usize::from(!right);
            wrongly_bad += usize::from(bad == ("no", true));
            missed_bad += usize::from(bad == ("yes", false));
            // Exim's own words around it must not be read as the server's.
            let wrapped = format!(
                "SMTP error from remote mail server after RCPT TO:<kay@shop.example>: \
                 host mx.shop.example [192.0.2.7]: {text}"
            );
            if cell("bad_address") == "no" && classifier.classify(&Query::new(wrapped.as_bytes())).bad_address
            {
                wrongly_bad += 1;
                println!("wrongly bad: {wrapped}");
            }
            if !right || matches!(bad, ("no", true) | ("yes", false)) {
                let want = [cell("reason"), cell("also_ok"), cell("bad_address")].join(" ");
                println!("{text}\n    want {want}, have {}", show(&verdict));
            }
        }
        let all = table.rows.len();
        println!(
            "{name}: {all} replies: {wrong} wrong, {wrongly_bad} wrongly bad, {missed_bad} bad ones missed"
        );
        assert!((all - wrong) * 1000 >= all * level, "{name}: {wrong} of {all} reasons are wrong");
        assert_eq!(wrongly_bad, 0, "{name}: an address is called bad that is not proven so");
        assert!(missed_bad * 100 <= all * 2, "{name}: {missed_bad} bad ones missed");
    }
}

/// What is said of who sends never proves the recipient's address bad, in whatever language.
#[test]
fn who_sends_is_no_bad_recipient() {
    let said: [(&[&str], &[&str]); 8] = [
        (
            &["sender", "your address", "your mailbox", "return address", "the IP address", "your user"],
            &[
                "does not exist",
                "is unknown",
                "is disabled",
                "has expired",
                "was deleted",
                "is not registered",
            ],
        ),
        (
            &["l'adresse de l'expéditeur", "votre adresse IP", "votre compte"],
            &["est inconnue", "n'existe pas", "a été bloquée", "introuvable"],
        ),
        (
            &["la dirección del remitente", "su dirección IP", "tu cuenta"],
            &["no existe", "está bloqueada", "desconocida"],
        ),
        (
            &["l'indirizzo del mittente", "il tuo indirizzo IP", "account mittente"],
            &["non esiste", "bloccato", "sospeso"],
        ),
        (
            &["Adresse des Absenders", "Ihre IP-Adresse", "Ihr Konto"],
            &["unbekannt", "existiert nicht", "ist gesperrt"],
        ),
        (&["adres nadawcy", "konto nadawcy", "Twój adres IP"], &["nie istnieje", "nieznany", "zablokowane"]),
        (
            &["адрес отправителя", "ваш IP-адрес", "IP адрес 192.0.2.7", "ящик отправителя"],
            &["не существует", "не найден", "неизвестен", "заблокирован", "удалён"],
        ),
        (&["发件人地址", "发件人邮箱"], &["不存在", "找不到", "被停用"]),
    ];
    let classifier = Classifier::new();
    for (who, what) in said {
        for text in who.iter().flat_map(|who| what.iter().map(move |what| format!("550 {who} {what}"))) {
            let verdict = classifier.classify(&Query::new(text.as_bytes()));
            assert!(!verdict.bad_address, "{text}: {}", show(&verdict));
        }
    }
}

#[test]
fn published_fragments() {
    let Some(table) = Table::read("reference/provider_replies.tsv") else { return };
    let classifier = Classifier::new();
    let (mut all, mut agree, mut named) = (0, 0, 0);
    for row in &table.rows {
        let cell = |name| table.cell(row, name);
        if cell("match_type") != "literal-ci" {
            continue;
        }
        let first = |name| cell(name).split(['/', '-']).next().unwrap_or_default().to_owned();
        let text = [first("basic_code"), first("enhanced_code"), cell("text_fragment").to_owned()].join(" ");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text =
            if cell("text_fragment").starts_with(&first("basic_code")) && !first("basic_code").is_empty() {
                cell("text_fragment").to_owned()
            } else {
                text
            };
        let host = fragment_host(cell("provider"));
        let mut query = Query::new(text.as_bytes());
        query.host = host.map(str::as_bytes);
        query.class = mailwhy_codes::Class::from_name(if cell("hard_soft") == "hard" {
            "permanent"
        } else {
            "transient"
        });
        let verdict = classifier.classify(&query);
        all += 1;
        if reasons_of(cell("category")).contains(&verdict.reason.as_str()) {
            agree += 1;
        } else {
            println!("{} | {text}\n    want {}, have {}", cell("provider"), cell("category"), show(&verdict));
        }
        if cell("generic_text") == "yes" && host.is_none() && verdict.provider.is_some() {
            named += 1;
            println!("{} | {text}\n    names {}", cell("provider"), show(&verdict));
        }
    }
    println!(
        "{all} fragments: {agree} agree ({}%), {named} general texts name a provider",
        agree * 100 / all.max(1)
    );
    assert!(agree * 100 >= all * 84, "{agree} of {all} agree");
}

/// The documents that the product grew from: every code in them is known, every message of Google's table has a cause of
/// its own, and every other message at least the meaning of its code.
#[test]
fn seed_documents() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seeds");
    let Ok(files) = std::fs::read_dir(dir) else { return };
    let classifier = Classifier::new();
    let (mut codes, mut messages, mut wrong) = (0, 0, Vec::new());
    for file in files {
        let content = std::fs::read(file.expect("readable").path()).expect("a file");
        for line in String::from_utf8_lossy(&content).lines() {
            let line = line.trim().trim_start_matches(['*', 'S', 'C', ':']).trim_start();
            let Some((code, enhanced, text)) = seed_entry(line) else { continue };
            codes += 1;
            let known = code.is_none_or(|c| codes::basic(c).is_some())
                && enhanced.is_none_or(|e| {
                    let collapsed = u16::from(e.class) * 100 + e.subject * 10 + e.detail;
                    codes::enhanced(e).is_some() || e.detail < 10 && codes::basic(collapsed).is_some()
                });
            if !known {
                wrong.push(format!("not known: {line}"));
            }
            // Codes without dots and explanations of articles are not what a server says.
            let (Some(code), true) = (code, text.is_ascii()) else { continue };
            if text.len() < 5 || !(400..600).contains(&code) {
                continue;
            }
            messages += 1;
            let of_google = line.contains(['«', '»']);
            let reply = enhanced.map_or(format!("{code} {text}"), |e| format!("{code} {e} {text}"));
            let mut query = Query::new(reply.as_bytes());
            query.host = of_google.then_some(b"gmail-smtp-in.l.google.com");
            let verdict = classifier.classify(&query);
            let specific = match of_google {
                true => verdict.rule.starts_with("gmail-"),
                false => !verdict.rule.starts_with("class:") && verdict.rule != "none",
            };
            if !specific {
                wrong.push(format!("{reply}: {}", show(&verdict)));
            }
        }
    }
    println!("{codes} codes, {messages} messages");
    assert!(codes > 200 && messages > 60, "only {codes} codes and {messages} messages were read");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The codes at the start of a line, and the English message behind them: `421, «4.3.0», Text. (Перевод)`.
fn seed_entry(line: &str) -> Option<(Option<u16>, Option<Enhanced>, &str)> {
    let (first, rest) = line.split_at_checked(line.find([' ', ',', '—'])?)?;
    let translation =
        |text: &str| text.find(" (").filter(|&at| !text[at + 2..].starts_with(|c: char| c.is_ascii()));
    let message = |text| {
        let text: &str = str::trim_matches(text, |c: char| !c.is_alphanumeric());
        text.get(..translation(text).unwrap_or(text.len())).unwrap_or_default().trim()
    };
    if let Some(digits) = first.strip_prefix("X.").or_else(|| first.get(2..).filter(|_| first.contains('.')))
    {
        let class = first.as_bytes()[0];
        let written = format!("{}.{digits}", if class == b'X' { '5' } else { char::from(class) });
        let enhanced = Enhanced::prefix(written.as_bytes()).filter(|(_, len)| *len == written.len())?.0;
        return Some((None, Some(enhanced), message(rest)));
    }
    let code: u16 = first.parse().ok().filter(|c| (200..600).contains(c))?;
    let rest = rest.trim_start_matches([' ', ',', '—', '–', '-', '«']);
    match Enhanced::prefix(rest.as_bytes()) {
        Some((enhanced, len)) => Some((Some(code), Some(enhanced), message(&rest[len..]))),
        None => Some((Some(code), None, message(rest))),
    }
}

/// The reasons that a category of the published lists may stand for.
fn reasons_of(category: &str) -> &'static [&'static str] {
    match category {
        "user-unknown" => {
            &["recipient-unknown", "recipient-moved", "suppressed", "recipient-disabled", "recipient-refused"]
        }
        "mailbox-disabled" => &["recipient-disabled", "recipient-refused", "recipient-unknown"],
        "mailbox-full" => &["mailbox-full"],
        "reputation/blocklist" => &["blocklisted", "bad-reputation", "rate-limited"],
        "rate-limit" => &["rate-limited", "bad-reputation", "greylisted"],
        "policy" => &[
            "policy",
            "recipient-refused",
            "sender-rejected",
            "sender-unauthenticated",
            "relay-denied",
            "spam-content",
            "domain-no-mail",
            "login-required",
            "blocklisted",
            "bad-message",
            "suppressed",
            "recipient-disabled",
            "domain-not-found",
        ],
        "protocol-error" => &[
            "protocol-error",
            "bad-message",
            "recipient-unknown",
            "sender-rejected",
            "no-reverse-dns",
            "rate-limited",
        ],
        "auth-failure" => &["sender-unauthenticated"],
        "auth-invalid" => &["login-failed", "login-required", "sender-rejected", "rate-limited"],
        "auth-required" => &["login-required"],
        "system-error" => &["remote-error", "remote-disk-full", "local-failure"],
        "dns-failure" => &[
            "domain-not-found",
            "domain-no-mail",
            "sender-rejected",
            "network",
            "no-reverse-dns",
            "tls-failed",
        ],
        "no-PTR" => &["no-reverse-dns"],
        "tls-required" => &["tls-failed"],
        "relay-denied" => &["relay-denied"],
        "message-too-large" => &["message-too-large"],
        "loop" => &["routing-loop"],
        "greylisting" => &["greylisted"],
        "virus" => &["malware"],
        "spam-content" => &["spam-content", "malware", "bad-reputation", "blocklisted"],
        "network" => &["network", "rate-limited"],
        "expired" => &["expired"],
        _ => &[
            "remote-error",
            "unknown",
            "recipient-refused",
            "bad-message",
            "protocol-error",
            "network",
            "policy",
            "local-failure",
            "recipient-unknown",
        ],
    }
}

/// A host of a provider that is named by a short word.
fn provider_host(name: &str) -> Option<&'static str> {
    let id = match name {
        "google" => "gmail",
        "exchangeonline" => "microsoft365",
        "webde" => "gmx",
        "emailsecuritycloud" => "symantec",
        "charter" => "spectrum",
        name => name,
    };
    PROVIDERS.iter().find(|p| p.id == id).and_then(|p| p.hosts.first()).copied()
}

/// A host of a provider as the published list names it.
fn fragment_host(name: &str) -> Option<&'static str> {
    let id = match name {
        "Gmail/Google Workspace" => "gmail",
        "Microsoft 365/Exchange Online" => "microsoft365",
        "Outlook.com/Hotmail" => "outlook",
        "Yahoo/AOL" => "yahoo",
        "Comcast/Xfinity" => "comcast",
        "Charter/Spectrum" => "spectrum",
        "AT&T/Prodigy" => "att",
        "iCloud/Apple" => "apple",
        "Mail.ru" => "mailru",
        "RU-CENTER" => "rucenter",
        "i.ua" => "iua",
        "GMX/web.de/1&1" => "gmx",
        "T-Online" => "tonline",
        "Orange.fr/Wanadoo/Laposte" => "orange",
        "Free.fr" => "free",
        "Interia.pl" => "interia",
        "ProtonMail" => "proton",
        "bytecamp.net" => "bytecamp",
        "QQ/Tencent" => "qq",
        "NetEase 163/126" => "netease",
        "Daum/Hanmail" => "daum",
        "NTT DoCoMo" => "docomo",
        "hot.ee" => "hotee",
        "hey.com" => "hey",
        "Cisco ESA/IronPort" => "cisco",
        "Symantec/Broadcom (MessageLabs)" => "symantec",
        "Trend Micro" => "trendmicro",
        "FireEye/Trellix ETP" => "trellix",
        "Amazon SES" => "ses",
        "Cloudflare Email Routing" => "cloudflare",
        name => return PROVIDERS.iter().find(|p| p.name == name).and_then(|p| p.hosts.first()).copied(),
    };
    PROVIDERS.iter().find(|p| p.id == id).and_then(|p| p.hosts.first()).copied()
}
