//! Every word that is said of single messages, in each language: one that is missing does not compile.

use mailwhy_codes::{Actor, Lang};
use mailwhy_logs::Kind;

use super::Cause;
use crate::render::Numbers;

/// What a sentence is about.
pub(crate) struct About<'a> {
    /// The recipient.
    pub(crate) to: &'a str,
    /// What went wrong.
    pub(crate) cause: Option<&'a Cause>,
    /// The host that took it; none for a local delivery.
    pub(crate) host: Option<&'a str>,
    pub(crate) tries: u64,
    pub(crate) seconds: Option<u64>,
    /// Whether the server gave up.
    pub(crate) expired: bool,
    /// Who removed it.
    pub(crate) by: Option<&'a str>,
}

/// How many recipients have it, failed, wait.
#[derive(Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) delivered: u64,
    pub(crate) failed: u64,
    pub(crate) deferred: u64,
}

impl Tally {
    pub(crate) fn all(self) -> u64 {
        self.delivered + self.failed + self.deferred
    }
}

/// What a client did, where nothing went wrong.
#[derive(Clone, Copy)]
pub(crate) enum Contact {
    Opened,
    Closed,
    /// It sent no mail.
    Unused,
}

/// The words of a language.
pub(crate) struct Words {
    pub(crate) numbers: &'static Numbers,

    // What became of a message, for one recipient.
    pub(crate) delivered: fn(&Self, &About<'_>) -> String,
    pub(crate) discarded_for: fn(&Self, &About<'_>) -> String,
    pub(crate) failed: fn(&Self, &About<'_>) -> String,
    pub(crate) deferred: fn(&Self, &About<'_>) -> String,
    pub(crate) frozen: fn(&Self, &About<'_>) -> String,
    pub(crate) removed: fn(&Self, &About<'_>) -> String,
    pub(crate) untold: fn(&Self, &About<'_>) -> String,

    // For several.
    pub(crate) several: fn(&Self, Tally, &str) -> String,
    /// In the place of the cause.
    pub(crate) differ: &'static str,
    pub(crate) several_unasked: fn(&Self, u64) -> String,
    pub(crate) several_frozen: &'static str,
    pub(crate) several_removed: fn(Option<&str>) -> String,

    // For none.
    pub(crate) queued: &'static str,
    pub(crate) frozen_untried: &'static str,
    pub(crate) removed_untried: fn(Option<&str>) -> String,
    pub(crate) discarded: &'static str,
    pub(crate) only_end: &'static str,
    pub(crate) nothing: &'static str,

    // Of what is no message of ours.
    pub(crate) refused: fn(Option<&str>, &Cause) -> String,
    pub(crate) put_off: fn(Option<&str>, &Cause) -> String,
    pub(crate) refused_unsaid: &'static str,
    pub(crate) login: fn(Option<&str>, &Cause) -> String,
    pub(crate) contact: fn(Contact) -> &'static str,
    pub(crate) other: fn(Kind) -> &'static str,

    // Whose turn it is.
    pub(crate) turn: fn(Actor) -> &'static str,
    pub(crate) their_turn: fn(&str) -> String,
    pub(crate) bad_address: &'static str,
    pub(crate) unproven_address: &'static str,
    pub(crate) good_address: &'static str,
    pub(crate) later: &'static str,
    pub(crate) after_fix: &'static str,
    pub(crate) never: &'static str,
    /// What an administrator does with a message on hold; for its id. A command stands at the end of its line.
    pub(crate) thaw: fn(&str) -> [String; 3],

    // The timeline, by the kind of step.
    pub(crate) step: fn(&str) -> &'static str,
    pub(crate) from: &'static str,
    pub(crate) by_program: fn(Option<&str>) -> String,
    pub(crate) signed_in: &'static str,
    pub(crate) queue: &'static str,
    pub(crate) delivery: &'static str,
    pub(crate) sender_told: &'static str,
    pub(crate) reports_on: &'static str,
    pub(crate) by: &'static str,
    pub(crate) in_all: &'static str,
    pub(crate) repeated: fn(&Self, u64, &str) -> String,
    pub(crate) address_for: &'static str,

    // The recipients.
    pub(crate) recipient: fn(&str) -> &'static str,
    pub(crate) more_recipients: fn(&Self, Tally) -> String,
    pub(crate) hidden_steps: fn(&Self, u64) -> String,
    pub(crate) and_more: fn(&Self, u64) -> String,
    pub(crate) null_sender: &'static str,
}

impl Words {
    /// The words of this language.
    pub(crate) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &EN,
            Lang::Ru => &RU,
        }
    }

    /// The cause behind what became of it.
    pub(crate) fn because(&self, cause: Option<&Cause>) -> String {
        cause.map_or_else(String::new, |cause| format!(": {}", cause.clause))
    }
}

static EN: Words = Words {
    numbers: Numbers::of(Lang::En),

    discarded_for: |_, a| {
        format!("Thrown away on this server, not kept for {}: an alias or a filter says so.", a.to)
    },
    delivered: |w, a| {
        let how = match a.host {
            Some(host) => format!("{host} took it"),
            None => "here on this server".into(),
        };
        match en_tries(w, a) {
            Some(tries) if a.tries > 1 => format!("Delivered to {}: {how}, after {tries}.", a.to),
            _ => format!("Delivered to {}: {how}.", a.to),
        }
    },
    failed: |w, a| {
        let first = format!("Not delivered to {}{}.", a.to, w.because(a.cause));
        match (en_tries(w, a), a.expired) {
            (Some(tries), true) => format!("{first} The server gave up after {tries}."),
            (Some(tries), false) if a.tries > 1 => format!("{first} It was the last of {tries}."),
            (_, true) => format!("{first} The server gave up."),
            _ => first,
        }
    },
    deferred: |w, a| {
        let tries = en_tries(w, a).map_or_else(String::new, |tries| format!(" {tries} so far;"));
        format!(
            "Not delivered yet to {}{}.{tries} {} server tries again by itself.",
            a.to,
            w.because(a.cause),
            if tries.is_empty() { "The" } else { "the" },
        )
    },
    frozen: |w, a| format!("On hold (frozen), not delivered to {}{}.", a.to, w.because(a.cause)),
    removed: |w, a| {
        let by = a.by.map_or_else(String::new, |by| format!(" by {by}"));
        format!("Removed from the queue{by}, not delivered to {}{}.", a.to, w.because(a.cause))
    },
    untold: |w, a| {
        format!(
            "The log does not tell how it ended for {}; last it was deferred{}.",
            a.to,
            w.because(a.cause)
        )
    },

    several: |w, n, why| {
        let n_of = |n| w.numbers.number(n);
        match (n.delivered, n.failed, n.deferred) {
            (all, 0, 0) => format!("Delivered to all {} recipients.", n_of(all)),
            (0, all, 0) => format!("Not delivered to any of {} recipients{}.", n_of(all), why),
            (delivered, failed, 0) => format!(
                "Delivered to {} of {} recipients, not to {}{}.",
                n_of(delivered),
                n_of(n.all()),
                n_of(failed),
                why
            ),
            (delivered, failed, deferred) => {
                let failed = if failed > 0 { format!("{} failed, ", n_of(failed)) } else { String::new() };
                format!(
                    "Delivered to {} of {} recipients so far, {failed}{} waiting{}.",
                    n_of(delivered),
                    n_of(n.all()),
                    w.numbers.count(deferred, ["is", "", "are"]),
                    why
                )
            }
        }
    },
    differ: ": the reasons differ",
    several_unasked: |w, n| {
        let others = ["other recipient was", "", "other recipients were"];
        format!("{} not looked for.", w.numbers.count(n, others))
    },
    several_frozen: "It is on hold (frozen).",
    several_removed: |by| match by {
        Some(by) => format!("It was removed from the queue by {by}."),
        None => "It was removed from the queue.".into(),
    },

    queued: "On the queue: nothing was tried yet, as far as the log tells.",
    frozen_untried: "On hold (frozen): nothing was tried, as far as the log tells.",
    removed_untried: |by| match by {
        Some(by) => format!("Removed from the queue by {by} before anything was tried."),
        None => "Removed from the queue before anything was tried.".into(),
    },
    discarded: "Thrown away: an ACL or a filter of this server discarded it.",
    only_end: "It has left the queue; the log does not tell who got it.",
    nothing: "The log does not tell what became of it.",

    refused: |stage, cause| match stage {
        Some(stage) => format!("We refused it {stage}: {}.", cause.clause),
        None => format!("We refused it: {}.", cause.clause),
    },
    put_off: |stage, cause| match stage {
        Some(stage) => format!("We put it off {stage}, to be sent again: {}.", cause.clause),
        None => format!("We put it off, to be sent again: {}.", cause.clause),
    },
    refused_unsaid: "We refused it.",
    login: |user, cause| match user {
        Some(user) => format!("Login as {user} failed: {}.", cause.clause),
        None => format!("Login failed: {}.", cause.clause),
    },
    contact: |contact| match contact {
        Contact::Opened => "The client connected.",
        Contact::Closed => "The client ended the connection.",
        Contact::Unused => "The client connected and sent no mail.",
    },
    other: |kind| match kind {
        Kind::Tls => "TLS trouble.",
        Kind::Connection => "Trouble with the connection.",
        Kind::Dns => "A name could not be looked up.",
        Kind::AclWarning => "An ACL of this server noted this.",
        Kind::Panic => "Exim itself is in trouble.",
        Kind::Unknown => "A line that was not understood.",
        _ => "The log also has this.",
    },

    turn: |actor| match actor {
        Actor::Nobody => "Nobody has to act.",
        Actor::Sender => "The sender's turn.",
        Actor::SenderAdmin => "Your turn (the sender's administrator).",
        Actor::Recipient => "The recipient's turn.",
        Actor::RecipientAdmin => "The turn of the recipient's administrator.",
    },
    their_turn: |who| format!("Who acts: {who}."),
    bad_address: "The address is bad: do not mail it again.",
    unproven_address: "Nothing proves the address bad.",
    good_address: "The address is not to blame.",
    later: "Send it again later.",
    after_fix: "Send it again after the fix.",
    never: "Sending it again does not help.",
    thaw: |id| {
        [
            format!("See why: exim -Mvl {id}"),
            format!("Release it: exim -M {id}"),
            format!("Remove it: exim -Mrm {id}"),
        ]
    },

    step: |kind| match kind {
        "arrival" => "arrived",
        "fake-reject" => "taken",
        "delivery" | "additional-delivery" | "cutthrough" => "delivered",
        "delivery-suppressed" => "not sent",
        "discarded" => "discarded",
        "failure" => "failed",
        "deferral" => "deferred",
        "host-error" => "tried",
        "completed" => "finished",
        "frozen" => "frozen",
        "unfrozen" => "released",
        "removed" => "removed",
        "rejected" => "refused",
        "auth-failure" => "login",
        "tls" => "TLS",
        "bounce" => "bounced",
        "delay-warning" => "warned",
        _ => "note",
    },
    from: "from",
    by_program: |user| match user {
        Some(user) => format!("from user {user} on this server"),
        None => "from a program on this server".into(),
    },
    signed_in: "signed in as",
    queue: "on the queue",
    delivery: "delivery",
    sender_told: "the sender was told:",
    reports_on: "a report on",
    by: "by",
    in_all: "after",
    repeated: |w, times, until| format!("{}, last {until}", w.numbers.count(times, ["time", "", "times"])),
    address_for: "for",

    recipient: |outcome| match outcome {
        "discarded" => "discarded",
        "delivered" => "delivered",
        "failed" => "failed",
        _ => "waiting",
    },
    more_recipients: |w, n| {
        let parts = [(n.delivered, "delivered"), (n.failed, "failed"), (n.deferred, "waiting")];
        let parts: Vec<_> = parts
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, word)| format!("{} {word}", w.numbers.number(*n)))
            .collect();
        format!(
            "{}: {}",
            w.numbers.count(n.all(), ["other recipient", "", "other recipients"]),
            parts.join(", ")
        )
    },
    hidden_steps: |w, n| {
        format!("{} left out: --format json or --raw shows them", w.numbers.count(n, ["step", "", "steps"]))
    },
    and_more: |w, n| format!("and {} more", w.numbers.number(n)),
    null_sender: "<> (a report)",
};

fn en_tries(w: &Words, a: &About<'_>) -> Option<String> {
    let over = a.seconds.filter(|&s| s > 0 && a.tries > 1);
    let over = over.map_or_else(String::new, |s| format!(" over {}", w.numbers.duration(s as f64)));
    (a.tries > 0).then(|| format!("{}{over}", w.numbers.count(a.tries, ["try", "", "tries"])))
}

/// With a full stop, which an abbreviated unit (`дн.`) already has.
fn stop(sentence: String) -> String {
    if sentence.ends_with('.') { sentence } else { sentence + "." }
}

static RU: Words = Words {
    numbers: Numbers::of(Lang::Ru),

    discarded_for: |_, a| {
        format!("Выброшено на этом сервере, для {} не сохранено: так велит псевдоним или фильтр.", a.to)
    },
    delivered: |w, a| {
        let how = match a.host {
            Some(host) => format!("письмо принял {host}"),
            None => "здесь, на этом сервере".into(),
        };
        match ru_tries(w, a) {
            Some(tries) if a.tries > 1 => format!("Доставлено на {}: {how} ({tries}).", a.to),
            _ => format!("Доставлено на {}: {how}.", a.to),
        }
    },
    failed: |w, a| {
        let first = format!("Не доставлено на {}{}.", a.to, w.because(a.cause));
        match (ru_tries(w, a), a.expired) {
            (Some(tries), true) => stop(format!("{first} Сервер сдался: {tries}")),
            (Some(tries), false) if a.tries > 1 => stop(format!("{first} Всего {tries}")),
            (_, true) => format!("{first} Сервер сдался."),
            _ => first,
        }
    },
    deferred: |w, a| {
        let tries = ru_tries(w, a).map_or_else(String::new, |tries| format!(" Пока {tries};"));
        format!(
            "Пока не доставлено на {}{}.{tries} {} повторит сам.",
            a.to,
            w.because(a.cause),
            if tries.is_empty() { "Сервер" } else { "сервер" },
        )
    },
    frozen: |w, a| format!("Заморожено в очереди, не доставлено на {}{}.", a.to, w.because(a.cause)),
    removed: |w, a| {
        let by = a.by.map_or_else(String::new, |by| format!(" (кем: {by})"));
        format!("Удалено из очереди{by}, не доставлено на {}{}.", a.to, w.because(a.cause))
    },
    untold: |w, a| {
        format!("Чем кончилось для {}, в журнале нет; последней была отсрочка{}.", a.to, w.because(a.cause))
    },

    several: |w, n, why| {
        let n_of = |n| w.numbers.number(n);
        let recipients = |n| w.numbers.count(n, ["получателя", "получателей", "получателей"]);
        match (n.delivered, n.failed, n.deferred) {
            (all, 0, 0) => format!(
                "Доставлено всем: {}.",
                w.numbers.count(all, ["получатель", "получателя", "получателей"])
            ),
            (0, all, 0) => format!("Не доставлено ни одному из {}{}.", recipients(all), why),
            (delivered, failed, 0) => format!(
                "Доставлено {} из {}, не доставлено {}{}.",
                n_of(delivered),
                recipients(n.all()),
                n_of(failed),
                why
            ),
            (delivered, failed, deferred) => {
                let failed = if failed > 0 {
                    format!("не доставлено {}, ", n_of(failed))
                } else {
                    String::new()
                };
                format!(
                    "Пока доставлено {} из {}, {failed}{}{}.",
                    n_of(delivered),
                    recipients(n.all()),
                    w.numbers.count(deferred, ["ждёт", "ждут", "ждут"]),
                    why
                )
            }
        }
    },
    differ: ": причины разные",
    several_unasked: |w, n| {
        let others = [
            "получатель под запрос не подходит",
            "получателя под запрос не подходят",
            "получателей под запрос не подходят",
        ];
        format!("Ещё {}.", w.numbers.count(n, others))
    },
    several_frozen: "Письмо заморожено в очереди.",
    several_removed: |by| match by {
        Some(by) => format!("Письмо удалено из очереди (кем: {by})."),
        None => "Письмо удалено из очереди.".into(),
    },

    queued: "В очереди: судя по журналу, доставить ещё не пробовали.",
    frozen_untried: "Заморожено в очереди: судя по журналу, доставить не пробовали.",
    removed_untried: |by| match by {
        Some(by) => format!("Удалено из очереди (кем: {by}) раньше, чем пробовали доставить."),
        None => "Удалено из очереди раньше, чем пробовали доставить.".into(),
    },
    discarded: "Выброшено: так решил ACL или фильтр этого сервера.",
    only_end: "Письмо ушло из очереди; кому оно доставлено, в журнале нет.",
    nothing: "Что стало с письмом, в журнале нет.",

    refused: |stage, cause| match stage {
        Some(stage) => format!("Мы не приняли письмо {stage}: {}.", cause.clause),
        None => format!("Мы не приняли письмо: {}.", cause.clause),
    },
    put_off: |stage, cause| match stage {
        Some(stage) => format!("Мы отложили приём {stage}, пусть отправят ещё раз: {}.", cause.clause),
        None => format!("Мы отложили приём, пусть отправят ещё раз: {}.", cause.clause),
    },
    refused_unsaid: "Мы не приняли письмо.",
    login: |user, cause| match user {
        Some(user) => format!("Вход под именем {user} не удался: {}.", cause.clause),
        None => format!("Вход не удался: {}.", cause.clause),
    },
    contact: |contact| match contact {
        Contact::Opened => "Клиент подключился.",
        Contact::Closed => "Клиент завершил соединение.",
        Contact::Unused => "Клиент подключился, но писем не передал.",
    },
    other: |kind| match kind {
        Kind::Tls => "Сбой TLS.",
        Kind::Connection => "Сбой соединения.",
        Kind::Dns => "Имя не нашлось в DNS.",
        Kind::AclWarning => "Это отметил ACL этого сервера.",
        Kind::Panic => "Неполадка в самом Exim.",
        Kind::Unknown => "Строка, которую не удалось разобрать.",
        _ => "В журнале есть ещё и это.",
    },

    turn: |actor| match actor {
        Actor::Nobody => "Делать ничего не нужно.",
        Actor::Sender => "Ход за отправителем.",
        Actor::SenderAdmin => "Ход за вами (администратором отправителя).",
        Actor::Recipient => "Ход за получателем.",
        Actor::RecipientAdmin => "Ход за администратором получателя.",
    },
    their_turn: |who| format!("Кто действует: {who}."),
    bad_address: "Адрес негоден: больше на него не пишите.",
    unproven_address: "Негодность адреса этим не доказана.",
    good_address: "Адрес ни при чём.",
    later: "Отправьте ещё раз позже.",
    after_fix: "Отправьте ещё раз, когда исправлено.",
    never: "Повторять бесполезно.",
    thaw: |id| {
        [
            format!("Узнать почему: exim -Mvl {id}"),
            format!("Отпустить: exim -M {id}"),
            format!("Удалить: exim -Mrm {id}"),
        ]
    },

    step: |kind| match kind {
        "arrival" => "принято",
        "fake-reject" => "взято",
        "delivery" | "additional-delivery" | "cutthrough" => "доставлено",
        "delivery-suppressed" => "не отправлено",
        "discarded" => "выброшено",
        "failure" => "отказ",
        "deferral" => "отложено",
        "host-error" => "попытка",
        "completed" => "закончено",
        "frozen" => "заморожено",
        "unfrozen" => "отпущено",
        "removed" => "удалено",
        "rejected" => "отклонено",
        "auth-failure" => "вход",
        "tls" => "TLS",
        "bounce" => "отчёт",
        "delay-warning" => "извещение",
        _ => "заметка",
    },
    from: "от",
    by_program: |user| match user {
        Some(user) => format!("от пользователя {user} на этом сервере"),
        None => "от программы на этом сервере".into(),
    },
    signed_in: "вход под именем",
    queue: "в очереди",
    delivery: "доставка",
    sender_told: "отправителю сообщено:",
    reports_on: "отчёт о письме",
    by: "кем:",
    in_all: "через",
    repeated: |w, times, until| {
        format!("{}, последний {until}", w.numbers.count(times, ["раз", "раза", "раз"]))
    },
    address_for: "для",

    recipient: |outcome| match outcome {
        "discarded" => "выброшено",
        "delivered" => "доставлено",
        "failed" => "отказ",
        _ => "ждёт",
    },
    more_recipients: |w, n| {
        let parts = [(n.delivered, "доставлено"), (n.failed, "отказов"), (n.deferred, "ждут")];
        let parts: Vec<_> = parts
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, word)| format!("{word} {}", w.numbers.number(*n)))
            .collect();
        let forms = ["другой получатель", "других получателя", "других получателей"];
        format!("{}: {}", w.numbers.count(n.all(), forms), parts.join(", "))
    },
    hidden_steps: |w, n| {
        let forms = ["шаг не показан", "шага не показаны", "шагов не показаны"];
        format!("{}: их покажет --format json или --raw", w.numbers.count(n, forms))
    },
    and_more: |w, n| format!("и ещё {}", w.numbers.number(n)),
    null_sender: "<> (отчёт)",
};

fn ru_tries(w: &Words, a: &About<'_>) -> Option<String> {
    let over = a.seconds.filter(|&s| s > 0 && a.tries > 1);
    let over = over.map_or_else(String::new, |s| format!(" за {}", w.numbers.duration(s as f64)));
    (a.tries > 0).then(|| format!("{}{over}", w.numbers.count(a.tries, ["попытка", "попытки", "попыток"])))
}
