//! Every word that the renderers add to the report, in each language: one that is missing does not compile.

use mailwhy_codes::{Class, Lang, Retry};

use super::By;
use super::values::{Forms, NBSP};
use crate::explain::words_of;

/// The words of a language.
pub(crate) struct Words {
    // How numbers and times are written.
    pub(super) plural: fn(u64) -> usize,
    pub(super) group: char,
    pub(super) decimal_point: &'static str,
    pub(super) bytes: [&'static str; 5],
    /// Second, minute, hour, day.
    pub(super) time_units: [&'static str; 4],
    pub(super) months: [&'static str; 12],

    // What was read.
    pub(super) stdin: &'static str,
    pub(super) no_name: &'static str,
    pub(super) span: fn(&str, &str) -> String,
    pub(super) files: Forms,
    pub(super) lines: Forms,
    pub(super) not_understood: Forms,
    pub(super) cut: Forms,
    pub(super) partial: &'static str,

    // How it stands, in a sentence.
    pub(super) empty_log: &'static str,
    pub(super) nothing_understood: fn(&Self, u64) -> String,
    pub(super) no_messages: &'static str,
    pub(super) all_delivered: fn(&Self, u64) -> String,
    pub(super) none_failed: fn(&Self, u64) -> String,
    pub(super) none_told: &'static str,
    pub(super) panicked: &'static str,

    // The subject of a mail.
    pub(super) lost_mail: fn(&Self, u64) -> String,
    pub(super) no_mail: &'static str,

    // Messages and recipients.
    pub(super) messages: &'static str,
    pub(super) recipients: &'static str,
    pub(super) failures: &'static str,
    pub(super) delivered: &'static str,
    pub(super) failed: &'static str,
    pub(super) partly: &'static str,
    pub(super) queued: &'static str,
    pub(super) of_these_frozen: fn(&Self, u64) -> String,
    pub(super) discarded: &'static str,
    pub(super) removed: &'static str,
    pub(super) untold: &'static str,
    pub(super) waiting: &'static str,
    pub(super) after_deferral: &'static str,
    pub(super) bounces: &'static str,
    pub(super) began_before: &'static str,
    pub(super) peak: fn(&str) -> String,

    // Advice.
    pub(super) to_do: &'static str,
    pub(super) panics: &'static str,
    pub(super) who: &'static str,
    pub(super) lost: &'static str,
    pub(super) since: &'static str,
    pub(super) actor: fn(&str) -> Option<&'static str>,
    pub(super) greylisted: fn(&Self, u64, u64, Option<String>) -> String,

    // Titles of tables.
    pub(super) why: &'static str,
    pub(super) providers: &'static str,
    pub(super) domains: &'static str,
    pub(super) groups: &'static str,
    pub(super) hosts: &'static str,
    pub(super) senders: &'static str,
    pub(super) rejections: &'static str,
    pub(super) logins: &'static str,
    pub(super) when: &'static str,
    pub(super) times: &'static str,
    pub(super) codes: &'static str,
    pub(super) stages: &'static str,
    pub(super) errnos: &'static str,
    pub(super) kinds: &'static str,
    pub(super) unknown: &'static str,
    pub(super) file_list: &'static str,

    // Heads of columns.
    pub(super) col_failed: &'static str,
    pub(super) col_delayed: &'static str,
    pub(super) col_delivered: &'static str,
    pub(super) col_addresses: &'static str,
    pub(super) col_recipients: &'static str,
    pub(super) col_places: &'static str,
    pub(super) col_median: &'static str,
    pub(super) col_trouble: &'static str,
    pub(super) col_mostly: &'static str,
    pub(super) col_tries: &'static str,
    pub(super) col_times: &'static str,
    pub(super) col_last: &'static str,
    pub(super) col_stage: &'static str,
    pub(super) col_arrived: &'static str,
    pub(super) col_deferred: &'static str,
    pub(super) col_refused: &'static str,
    pub(super) col_total: &'static str,
    pub(super) col_peak: &'static str,
    pub(super) col_size: &'static str,
    pub(super) col_lines: &'static str,

    // Rows.
    pub(super) null_sender: &'static str,
    pub(super) guessed: fn(&Self, u64, u64) -> String,
    pub(super) from: &'static str,
    pub(super) accounts: &'static str,

    // Details.
    pub(super) confidence: fn(&str) -> Option<&'static str>,
    pub(super) rule: &'static str,
    pub(super) stage: &'static str,
    pub(super) bad_address: &'static str,
    pub(super) first: &'static str,
    pub(super) last: &'static str,

    // Hints.
    pub(super) more: fn(&str) -> String,
    pub(super) bad_addresses: Forms,
    pub(super) nothing: fn(By) -> &'static str,
}

impl Words {
    /// The words of this language.
    pub(crate) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &EN,
            Lang::Ru => &RU,
        }
    }
}

static EN: Words = Words {
    plural: |n| if n == 1 { 0 } else { 2 },
    group: ',',
    decimal_point: ".",
    bytes: ["B", "kB", "MB", "GB", "TB"],
    time_units: ["s", "min", "h", "d"],
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],

    stdin: "standard input",
    no_name: "mail log",
    span: |from, to| format!("{from} to {to}"),
    files: ["file", "", "files"],
    lines: ["line", "", "lines"],
    not_understood: ["not understood", "", "not understood"],
    cut: ["too long to be read whole", "", "too long to be read whole"],
    partial: "Stopped before the end: the figures cover only what was read until then.",

    empty_log: "The log is empty.",
    nothing_understood: |w, lines| {
        format!("Nothing was understood of {}. Is this the log of a mail server?", w.count(lines, w.lines))
    },
    no_messages: "The log holds no messages.",
    all_delivered: |w, n| match n {
        1 => "Nothing failed: the one recipient got the mail.".into(),
        _ => format!("Nothing failed: all {} recipients got their mail.", w.number(n)),
    },
    none_failed: |w, waiting| {
        format!(
            "Nothing failed for good; {} still waiting.",
            w.count(waiting, ["recipient is", "", "recipients are"])
        )
    },
    none_told: "Nothing failed; the log tells of no deliveries either.",
    panicked: "Something is wrong on this host: Exim could not do its work.",

    lost_mail: |w, n| match n {
        0 => "nothing failed".into(),
        _ => format!("{} not delivered", w.count(n, ["message", "", "messages"])),
    },
    no_mail: "no mail",

    messages: "messages",
    recipients: "recipients",
    failures: "failures",
    delivered: "delivered",
    failed: "failed",
    partly: "partly",
    queued: "still queued",
    of_these_frozen: |w, n| format!("({} frozen)", w.number(n)),
    discarded: "discarded",
    removed: "removed",
    untold: "outcome not in this log",
    waiting: "waiting",
    after_deferral: "delivered late",
    bounces: "bounces",
    began_before: "older than the log",
    peak: |when| format!("peak {when}"),

    panics: "Wrong on this host",
    to_do: "What to do now",
    who: "who acts",
    lost: "mail lost",
    since: "since",
    actor: |name| {
        Some(match name {
            "nobody" => "nobody",
            "sender" => "the sender",
            "sender-admin" => "you",
            "recipient" => "the recipient",
            "recipient-admin" => "their admin",
            _ => return None,
        })
    },
    greylisted: |w, all, arrived, median| {
        let delayed = format!("greylisting delayed {}", w.count(all, ["delivery", "", "deliveries"]));
        let by = median.map_or_else(String::new, |t| format!(" by {t} (median)"));
        match all.saturating_sub(arrived) {
            0 => format!("Nothing to do: {delayed}{by}; all arrived."),
            lost if lost <= arrived => {
                format!("Nothing to do: {delayed}{by}; all but {} arrived.", w.number(lost))
            }
            _ => format!("So far, {delayed}{by}; {} arrived.", w.number(arrived)),
        }
    },

    why: "Why mail was not delivered",
    providers: "Where mail goes",
    domains: "Mail by domain",
    groups: "The same reply again and again",
    hosts: "Hosts in trouble",
    senders: "Whose mail fails",
    rejections: "What we refused",
    logins: "Password guessing",
    when: "When",
    times: "What happened when",
    codes: "Replies by code",
    stages: "Replies by stage",
    errnos: "Deferrals by Exim's error number",
    kinds: "Lines by kind",
    unknown: "Lines not understood",
    file_list: "Files",

    col_failed: "failed",
    col_delayed: "delayed",
    col_delivered: "delivered",
    col_addresses: "addresses",
    col_recipients: "recipients",
    col_places: "mostly at",
    col_median: "median",
    col_trouble: "first trouble",
    col_mostly: "mostly",
    col_tries: "failed",
    col_times: "times",
    col_last: "last seen",
    col_stage: "stage",
    col_arrived: "arrived",
    col_deferred: "deferred",
    col_refused: "refused",
    col_total: "total",
    col_peak: "peak",
    col_size: "size",
    col_lines: "lines",

    null_sender: "(bounces)",
    guessed: |w, n, addresses| {
        format!(
            "{} from {}",
            w.count(n, ["attempt", "", "attempts"]),
            w.count(addresses, ["address", "", "addresses"])
        )
    },
    from: "from",
    accounts: "accounts",

    confidence: |name| {
        Some(match name {
            "exact" => "certain",
            "likely" => "likely",
            "guess" => "a guess",
            _ => return None,
        })
    },
    rule: "rule",
    stage: "stage",
    bad_address: "the address is bad",
    first: "first",
    last: "last",

    more: |n| format!("{n} more:"),
    bad_addresses: ["address was proven bad:", "", "addresses were proven bad:"],
    nothing: |by| match by {
        By::Reason => "No mail failed or was delayed.",
        By::Provider | By::Domain => "No mail went out.",
        By::Host => "No remote host was in trouble.",
        By::Reply | By::Code => "No server refused or delayed anything.",
        By::Sender => "No sender's mail failed.",
        By::Rejection => "We refused nothing.",
        By::Time => "The log holds no events.",
    },
};

static RU: Words = Words {
    plural: |n| match (n % 10, n % 100) {
        (_, 11..=14) => 2,
        (1, _) => 0,
        (2..=4, _) => 1,
        _ => 2,
    },
    group: NBSP,
    decimal_point: ",",
    bytes: ["Б", "кБ", "МБ", "ГБ", "ТБ"],
    time_units: ["с", "мин", "ч", "дн."],
    months: ["янв.", "фев.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сен.", "окт.", "ноя.", "дек."],

    stdin: "стандартный ввод",
    no_name: "почтовый журнал",
    span: |from, to| format!("с {from} по {to}"),
    files: ["файл", "файла", "файлов"],
    lines: ["строка", "строки", "строк"],
    not_understood: ["не распознана", "не распознаны", "не распознаны"],
    cut: ["прочитана не целиком", "прочитаны не целиком", "прочитаны не целиком"],
    partial: "Чтение прервано: здесь посчитано только то, что успели прочитать.",

    empty_log: "Журнал пуст.",
    nothing_understood: |w, lines| {
        let lines = w.count(lines, ["строки", "строк", "строк"]);
        format!("Из {lines} не удалось распознать ни одной. Это точно журнал почтового сервера?")
    },
    no_messages: "Писем в журнале нет.",
    all_delivered: |w, n| format!("Всё доставлено: отказов нет, получателей {}.", w.number(n)),
    none_failed: |w, waiting| {
        let waits = w.form(waiting, ["ждёт", "ждут", "ждут"]);
        let waiting = w.count(waiting, ["получатель", "получателя", "получателей"]);
        format!("Окончательных отказов нет; доставки ещё {waits} {waiting}.")
    },
    none_told: "Отказов нет, но и о доставках в журнале ничего нет.",
    panicked: "На этом сервере неполадки: Exim не мог выполнить свою работу.",

    lost_mail: |w, n| match n {
        0 => "отказов нет".into(),
        _ => format!("не доставлено {}", w.count(n, ["письмо", "письма", "писем"])),
    },
    no_mail: "писем нет",

    messages: "письма",
    recipients: "получатели",
    failures: "отказы",
    delivered: "доставлено",
    failed: "не доставлено",
    partly: "частично",
    queued: "в очереди",
    of_these_frozen: |w, n| format!("(заморожено {})", w.number(n)),
    discarded: "отброшено",
    removed: "удалено",
    untold: "исход неизвестен",
    waiting: "ждут",
    after_deferral: "доставлено с задержкой",
    bounces: "отчёты о недоставке",
    began_before: "пришли до начала журнала",
    peak: |when| format!("пик {when}"),

    panics: "Неполадки на этом сервере",
    to_do: "Что сделать сейчас",
    who: "кто действует",
    lost: "потеряно писем",
    since: "началось",
    actor: |name| {
        Some(match name {
            "nobody" => "никто",
            "sender" => "отправитель",
            "sender-admin" => "вы",
            "recipient" => "получатель",
            "recipient-admin" => "их админ",
            _ => return None,
        })
    },
    greylisted: |w, all, arrived, median| {
        let delayed = format!(
            "из-за серых списков {} {}",
            w.count(all, ["доставка", "доставки", "доставок"]),
            w.form(all, ["задержалась", "задержались", "задержались"]),
        );
        let by = median.map_or_else(String::new, |t| format!(" на {t} (медиана)"));
        let letters = |n| w.count(n, ["письмо", "письма", "писем"]);
        match all.saturating_sub(arrived) {
            0 => format!("Ничего делать не нужно: {delayed}{by}; всё дошло."),
            lost if lost <= arrived => {
                format!("Ничего делать не нужно: {delayed}{by}; не дошло только {}.", letters(lost))
            }
            _ => format!("Пока что {delayed}{by}; дошло {}.", letters(arrived)),
        }
    },

    why: "Почему не доставлено",
    providers: "Куда уходит почта",
    domains: "Почта по доменам",
    groups: "Один и тот же ответ раз за разом",
    hosts: "Проблемные узлы",
    senders: "Чья почта не доходит",
    rejections: "Что отклонили мы",
    logins: "Подбор паролей",
    when: "Когда",
    times: "Что когда происходило",
    codes: "Ответы по кодам",
    stages: "Ответы по этапам",
    errnos: "Отсрочки по номеру ошибки Exim",
    kinds: "Строки по видам",
    unknown: "Нераспознанные строки",
    file_list: "Файлы",

    col_failed: "не дошло",
    col_delayed: "задержано",
    col_delivered: "дошло",
    col_addresses: "адресов",
    col_recipients: "получателей",
    col_places: "где чаще всего",
    col_median: "медиана",
    col_trouble: "главная помеха",
    col_mostly: "чаще всего",
    col_tries: "неудач",
    col_times: "раз",
    col_last: "последний раз",
    col_stage: "этап",
    col_arrived: "пришло",
    col_deferred: "отложено",
    col_refused: "отклонено",
    col_total: "всего",
    col_peak: "пик",
    col_size: "размер",
    col_lines: "строк",

    null_sender: "(отчёты о недоставке)",
    guessed: |w, n, addresses| {
        format!(
            "{} с {}",
            w.count(n, ["попытка", "попытки", "попыток"]),
            w.count(addresses, ["адреса", "адресов", "адресов"])
        )
    },
    from: "откуда",
    accounts: "учётные записи",

    confidence: |name| {
        Some(match name {
            "exact" => "точно",
            "likely" => "вероятно",
            "guess" => "догадка",
            _ => return None,
        })
    },
    rule: "правило",
    stage: "этап",
    bad_address: "адрес негодный",
    first: "впервые",
    last: "в последний раз",

    more: |n| format!("ещё {n}:"),
    bad_addresses: [
        "адрес оказался негодным:",
        "адреса оказались негодными:",
        "адресов оказались негодными:",
    ],
    nothing: |by| match by {
        By::Reason => "Отказов и задержек нет.",
        By::Provider | By::Domain => "Почта никуда не уходила.",
        By::Host => "Проблемных узлов нет.",
        By::Reply | By::Code => "Ни один сервер ничего не отклонил и не отложил.",
        By::Sender => "Отправителей с недоставленной почтой нет.",
        By::Rejection => "Мы ничего не отклоняли.",
        By::Time => "Событий в журнале нет.",
    },
};

/// Whether to send again, as explanations say it.
pub(super) fn retry(lang: Lang, name: &'static str, class: Option<&str>) -> &'static str {
    let class = class.and_then(Class::from_name);
    Retry::from_name(name).map_or(name, |retry| (words_of(lang).retry)(retry, class))
}
