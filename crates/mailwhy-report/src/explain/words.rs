//! Every word that explanations add to the texts of the knowledge base, in each language: one that is missing does not
//! compile. The generator of `docs/codes` includes this file too, so it uses nothing but the closed lists.

use super::{Actor, Class, Retry, Scope, Stage};

/// The words of a language.
pub(crate) struct Words {
    // The names of closed lists.
    pub(crate) actor: fn(Actor) -> &'static str,
    /// Who does what has to be done by nobody.
    pub(crate) by_itself: &'static str,
    pub(crate) class: fn(Class) -> &'static str,
    /// Of a class of reply, where that is known.
    pub(crate) retry: fn(Retry, Option<Class>) -> &'static str,
    /// After [`Words::reaches`].
    pub(crate) scope: fn(Scope) -> &'static str,
    pub(crate) stage: fn(Stage) -> &'static str,
    /// Where a reply code comes from, by its stable name.
    pub(crate) status: fn(&str) -> &'static str,
    /// By the stable name.
    pub(crate) confidence: fn(&str) -> &'static str,

    // The line below the headline.
    pub(crate) reason: &'static str,
    pub(crate) at_stage: &'static str,
    pub(crate) who_acts: &'static str,
    pub(crate) reaches: &'static str,
    pub(crate) said_by: &'static str,
    pub(crate) listed_by: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) certainty: &'static str,

    // Headings.
    pub(crate) causes: &'static str,
    pub(crate) actions: &'static str,
    pub(crate) sources: &'static str,
    pub(crate) not: &'static str,
    pub(crate) senses: &'static str,
    pub(crate) by_stage: &'static str,
    pub(crate) codes: &'static str,
    pub(crate) providers: &'static str,
    pub(crate) related: &'static str,
    pub(crate) hosts: &'static str,
    pub(crate) domains: &'static str,
    pub(crate) lookup: &'static str,
    pub(crate) why: &'static str,
    pub(crate) won: &'static str,
    /// Before the provider, the codes or the stages without which a rule does not count.
    pub(crate) needs_provider: &'static str,
    pub(crate) only_with: &'static str,
    pub(crate) only_at: &'static str,
    pub(crate) more: fn(usize) -> String,

    // Notes.
    pub(crate) one_line: fn(usize, usize) -> String,
    pub(crate) bad_address: &'static str,
    pub(crate) not_bad_address: &'static str,
    pub(crate) conflict: &'static str,
    pub(crate) expired: &'static str,
    pub(crate) only_code: &'static str,
    pub(crate) many_senses: &'static str,
    pub(crate) unlisted: fn(&str) -> String,
    pub(crate) no_such_digit: fn(&str) -> String,
    pub(crate) collapsed: fn(&str) -> String,
    pub(crate) without_dots: fn(&str) -> String,
    pub(crate) dotted: fn(&str) -> String,
    pub(crate) unregistered: &'static str,
    pub(crate) service: &'static str,
    pub(crate) program: &'static str,
    pub(crate) blocklist: &'static str,

    // What stands for something that is not known.
    pub(crate) placeholder: fn(&str) -> Option<&'static str>,
}

pub(crate) static EN: Words = Words {
    actor: |actor| match actor {
        Actor::Nobody => "nobody",
        Actor::Sender => "the sender",
        Actor::SenderAdmin => "the sender's administrator",
        Actor::Recipient => "the recipient",
        Actor::RecipientAdmin => "the recipient's administrator",
    },
    by_itself: "nothing to do",
    class: |class| match class {
        Class::Success => "success",
        Class::Intermediate => "go on",
        Class::Transient => "temporary",
        Class::Permanent => "permanent",
    },
    retry: |retry, class| match (retry, class) {
        (Retry::Wait, None) => "a deferred message is tried again by itself",
        (Retry::Wait, Some(Class::Permanent)) => "send again later",
        (Retry::Wait, _) => "the server tries again by itself",
        (Retry::AfterFix, _) => "send again after the fix",
        (Retry::No, _) => "sending again does not help",
    },
    scope: |scope| match scope {
        Scope::Address => "this recipient address",
        Scope::Domain => "the recipient's domain",
        Scope::SenderAddress => "this sender address",
        Scope::SenderDomain => "the sender's domain",
        Scope::SenderIp => "everything from the sending IP address",
        Scope::Message => "this message",
        Scope::Connection => "this connection",
    },
    stage: |stage| match stage {
        Stage::Connect => "at connect",
        Stage::Helo => "after EHLO",
        Stage::Starttls => "at STARTTLS",
        Stage::Auth => "after AUTH",
        Stage::Mail => "after MAIL",
        Stage::Rcpt => "after RCPT",
        Stage::Data => "after DATA",
        Stage::EndOfData => "after the message",
        Stage::Quit => "at QUIT",
        Stage::Routing => "in our own routing",
        Stage::Local => "in local delivery",
    },
    status: |status| match status {
        "standard" => "standard (RFC 5321)",
        "extension" => "from an extension's RFC",
        "iana" => "only in the IANA registry",
        "collapsed" => "an enhanced code without its dots",
        "internal" => "inside one program, never on the wire",
        "client" => "written by mail clients",
        _ => "in no standard, but seen",
    },
    confidence: |confidence| match confidence {
        "exact" => "the words, or this provider's code, mean just this",
        "likely" => "likely: from general words or the code",
        _ => "a guess: from the code and the step alone",
    },

    reason: "reason",
    at_stage: "step",
    who_acts: "who acts",
    reaches: "concerns",
    said_by: "said by",
    listed_by: "list",
    rule: "rule",
    certainty: "How sure",

    causes: "Most likely",
    actions: "Do",
    sources: "Sources",
    not: "Not to be confused with",
    senses: "Sources disagree",
    by_stage: "Depends on the step",
    codes: "The codes alone",
    providers: "At these it means",
    related: "What is known of it",
    hosts: "Hosts",
    domains: "Domains",
    lookup: "Look up and removal",
    why: "Rules that matched, the strongest first",
    won: "decides",
    needs_provider: "needs provider",
    only_with: "only with",
    only_at: "only at",
    more: |n| format!("and {n} more"),

    one_line: |n, all| format!("This is line {n} of {all}; the others are not explained."),
    bad_address: "The address is proven bad: take it off every list.",
    not_bad_address: "This does not prove the address bad: do not strike it off a list because of it.",
    conflict: "The codes and the words contradict each other; the words were trusted.",
    expired: "The server gave up here after trying for too long; what is told is the last cause.",
    only_code: "Only the code is known. With the whole reply and the step it can be told more exactly.",
    many_senses: "This code is used for different things; see below which one applies.",
    unlisted: |code| {
        format!("{code} is unlisted: no standard and no provider that we know defines it. Its digits say:")
    },
    no_such_digit: |digit| format!("{digit}: no meaning is defined"),
    collapsed: |enhanced| format!("It is the enhanced code {enhanced} without its dots."),
    without_dots: |code| format!("Some write it without its dots: {code}."),
    dotted: |code| {
        format!("No such enhanced code is known: some lists write the reply code {code} with dots.")
    },
    unregistered: "Not in the IANA registry: only some servers use it.",
    service: "mail service",
    program: "mail server program",
    blocklist: "blocklist",

    placeholder: |name| {
        Some(match name {
            "provider" => "the receiving server",
            "sender_domain" => "SENDER-DOMAIN",
            "recipient" => "RECIPIENT",
            "recipient_domain" => "RECIPIENT-DOMAIN",
            "ip" => "OUR-IP",
            _ => return None,
        })
    },
};

pub(crate) static RU: Words = Words {
    actor: |actor| match actor {
        Actor::Nobody => "никто",
        Actor::Sender => "отправитель",
        Actor::SenderAdmin => "администратор отправителя",
        Actor::Recipient => "получатель",
        Actor::RecipientAdmin => "администратор получателя",
    },
    by_itself: "делать ничего не нужно",
    class: |class| match class {
        Class::Success => "успех",
        Class::Intermediate => "продолжайте",
        Class::Transient => "временный отказ",
        Class::Permanent => "окончательный отказ",
    },
    retry: |retry, class| match (retry, class) {
        (Retry::Wait, None) => "отложенное письмо сервер сам отправит снова",
        (Retry::Wait, Some(Class::Permanent)) => "отправить снова позже",
        (Retry::Wait, _) => "сервер повторит сам",
        (Retry::AfterFix, _) => "отправить снова, когда исправлено",
        (Retry::No, _) => "повторять бесполезно",
    },
    scope: |scope| match scope {
        Scope::Address => "этого адреса получателя",
        Scope::Domain => "домена получателя",
        Scope::SenderAddress => "этого адреса отправителя",
        Scope::SenderDomain => "домена отправителя",
        Scope::SenderIp => "всего, что идёт с этого IP-адреса",
        Scope::Message => "этого письма",
        Scope::Connection => "этого соединения",
    },
    stage: |stage| match stage {
        Stage::Connect => "при подключении",
        Stage::Helo => "после EHLO",
        Stage::Starttls => "на STARTTLS",
        Stage::Auth => "после AUTH",
        Stage::Mail => "после MAIL",
        Stage::Rcpt => "после RCPT",
        Stage::Data => "после DATA",
        Stage::EndOfData => "по окончании передачи",
        Stage::Quit => "на QUIT",
        Stage::Routing => "при маршрутизации у нас",
        Stage::Local => "при местной доставке",
    },
    status: |status| match status {
        "standard" => "стандартный (RFC 5321)",
        "extension" => "из RFC расширения",
        "iana" => "только в реестре IANA",
        "collapsed" => "расширенный код без точек",
        "internal" => "внутри одной программы, в сети не бывает",
        "client" => "пишут почтовые клиенты",
        _ => "в стандартах нет, но встречается",
    },
    confidence: |confidence| match confidence {
        "exact" => "слова ответа или код этой службы значат именно это",
        "likely" => "вероятно: по общим словам или по коду",
        _ => "догадка: только по коду и шагу",
    },

    reason: "причина",
    at_stage: "шаг",
    who_acts: "кто действует",
    reaches: "касается",
    said_by: "ответ от",
    listed_by: "список",
    rule: "правило",
    certainty: "Насколько точно",

    causes: "Вероятнее всего",
    actions: "Что делать",
    sources: "Источники",
    not: "Не путать с",
    senses: "Источники расходятся",
    by_stage: "Зависит от шага",
    codes: "Что значат сами коды",
    providers: "Кто что имеет в виду",
    related: "Что о нём известно",
    hosts: "Узлы",
    domains: "Домены",
    lookup: "Проверка и исключение",
    why: "Сработавшие правила, от сильного к слабому",
    won: "решает",
    needs_provider: "только от службы",
    only_with: "только с кодом",
    only_at: "только на шаге",
    more: |n| format!("и ещё {n}"),

    one_line: |n, all| format!("Это строка {n} из {all}; остальные здесь не объяснены."),
    bad_address: "Адрес заведомо негоден: уберите его из всех рассылок.",
    not_bad_address: "Это не доказывает, что адрес негоден: не вычёркивайте его только из-за этого ответа.",
    conflict: "Коды и слова противоречат друг другу; верим словам.",
    expired: "Сервер слишком долго пытался и сдался; здесь названа последняя причина.",
    only_code: "Известен только код. По всему ответу и шагу можно сказать точнее.",
    many_senses: "Этот код употребляют в разных смыслах; ниже — как понять, какой из них ваш.",
    unlisted: |code| {
        format!(
            "Кода {code} нет ни в стандартах, ни у известных нам почтовых служб. Его цифры говорят вот что:"
        )
    },
    no_such_digit: |digit| format!("{digit}: значение не определено"),
    collapsed: |enhanced| format!("Это расширенный код {enhanced}, записанный без точек."),
    without_dots: |code| format!("Иногда его пишут без точек: {code}."),
    dotted: |code| {
        format!("Такого расширенного кода нет: в некоторых перечнях с точками пишут код ответа {code}.")
    },
    unregistered: "В реестре IANA его нет: так отвечают лишь некоторые серверы.",
    service: "почтовая служба",
    program: "почтовый сервер (программа)",
    blocklist: "чёрный список",

    placeholder: |name| {
        Some(match name {
            "provider" => "сервер получателя",
            "sender_domain" => "ДОМЕН-ОТПРАВИТЕЛЯ",
            "recipient" => "ПОЛУЧАТЕЛЬ",
            "recipient_domain" => "ДОМЕН-ПОЛУЧАТЕЛЯ",
            "ip" => "НАШ-IP",
            _ => return None,
        })
    },
};

impl Words {
    /// Who does what is to be done.
    pub(crate) fn who_does(&self, actor: Actor) -> &'static str {
        if actor == Actor::Nobody { self.by_itself } else { (self.actor)(actor) }
    }
}

/// The text with what is known put in the place of `{recipient}` and its like, and with a word that says what belongs
/// there for what is not.
pub(crate) fn fill<'a>(text: &str, words: &'a Words, known: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out += before;
        let value = after
            .split_once('}')
            .and_then(|(name, after)| Some((known(name).or_else(|| (words.placeholder)(name))?, after)));
        match value {
            Some((value, after)) => {
                out += value;
                rest = after;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders() {
        let known = |name: &str| (name == "recipient").then_some("a@b.test");
        assert_eq!(
            fill("swaks --to {recipient} {sender_domain} {x} {", &EN, known),
            "swaks --to a@b.test SENDER-DOMAIN {x} {"
        );
    }
}
