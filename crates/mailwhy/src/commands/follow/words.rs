//! Every word of `mailwhy follow`, in each language: one that is missing does not compile.

use mailwhy::codes::Lang;

use crate::cli::What;

/// The words of a language.
pub struct Words {
    /// In ten columns or less.
    pub what: fn(What) -> &'static str,
    /// The rest of a storm: how many, in how many seconds.
    pub more: fn(u64, i64) -> String,
    /// Behind a cause because of which the server gave up.
    pub expired: &'static str,
    pub null_sender: &'static str,
    pub from: &'static str,

    pub live: &'static str,
    pub paused: fn(usize) -> String,
    pub per_minute: &'static str,
    pub last_hour: &'static str,
    pub causes: &'static str,
    pub no_causes: &'static str,
    pub events: &'static str,
    pub everything: &'static str,
    pub waiting: &'static str,
    pub none_found: &'static str,
    pub search: &'static str,
    pub searched: fn(&str) -> String,
    pub no_cause: &'static str,
    pub as_logged: &'static str,

    pub keys: &'static str,
    pub keys_explain: &'static str,
    pub keys_search: &'static str,
    pub help: &'static [(&'static str, &'static str)],
    pub help_title: &'static str,
    pub help_close: &'static str,

    pub missing: &'static str,
    pub appeared: &'static str,
    pub replaced: &'static str,
    pub cut: &'static str,
    pub cut_without_copy: &'static str,
}

impl Words {
    /// The words of this language.
    pub const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &EN,
            Lang::Ru => &RU,
        }
    }
}

static EN: Words = Words {
    what: |what| match what {
        What::Failed => "failed",
        What::Deferred => "deferred",
        What::Rejected => "refused",
        What::Host => "host",
        What::Delivered => "delivered",
        What::Arrived => "arrived",
        What::Login => "login",
        What::Queue => "queue",
        What::Panic => "panic",
        What::Other => "other",
    },
    more: |n, seconds| format!("… and {n} more like this in {seconds} s"),
    expired: "; gave up",
    null_sender: "<> (a bounce)",
    from: "from",

    live: "live",
    paused: |n| match n {
        0 => "paused".into(),
        _ => format!("paused, {n} new"),
    },
    per_minute: "/min",
    last_hour: "last hour",
    causes: "Top causes of the last hour",
    no_causes: "none",
    events: "Events",
    everything: "all chosen",
    waiting: "Nothing yet: waiting for the log to grow.",
    none_found: "Nothing of this kind.",
    search: "Search: ",
    searched: |text| format!("with \"{text}\""),
    no_cause: "The line reports no failure; there is nothing to explain.",
    as_logged: "As it stands in the log",

    keys: "f filter  Enter explain  Space pause  / search  ? help  q quit",
    keys_explain: "↑ ↓ scroll  n next event  p previous event  Esc back",
    keys_search: "Enter search  Esc cancel",
    help: &[
        ("f", "next filter"),
        ("F D R H S A", "only failed, deferred, refused, host trouble, delivered; all chosen"),
        ("↑ ↓  k j", "move; PgUp PgDn by a page; g G to the first, to the newest"),
        ("Enter", "explain: what it means, causes, what to do, the raw line"),
        ("Space", "pause the list; counting goes on"),
        ("/", "search in addresses, hosts, ids, replies; n N next, previous; Esc ends it"),
        ("?", "this help"),
        ("q  Ctrl-C", "quit"),
    ],
    help_title: "Keys",
    help_close: "any key closes this",

    missing: "is not there yet; waiting for it",
    appeared: "is there now",
    replaced: "was rotated; following the new file",
    cut: "was cut; beginning again",
    cut_without_copy: "was cut, and there is no copy of it: lines that were not read before are lost",
};

static RU: Words = Words {
    what: |what| match what {
        What::Failed => "не дошло",
        What::Deferred => "отложено",
        What::Rejected => "отклонено",
        What::Host => "узел",
        What::Delivered => "доставлено",
        What::Arrived => "принято",
        What::Login => "вход",
        What::Queue => "очередь",
        What::Panic => "авария",
        What::Other => "прочее",
    },
    more: |n, seconds| format!("… и ещё {n} таких же за {seconds} с"),
    expired: "; попытки исчерпаны",
    null_sender: "<> (отчёт о недоставке)",
    from: "от",

    live: "идёт",
    paused: |n| match n {
        0 => "пауза".into(),
        _ => format!("пауза, новых: {n}"),
    },
    per_minute: "/мин",
    last_hour: "за час",
    causes: "Главные причины за час",
    no_causes: "нет",
    events: "События",
    everything: "все выбранные",
    waiting: "Пока ничего: ждём новых строк журнала.",
    none_found: "Таких событий нет.",
    search: "Найти: ",
    searched: |text| format!("с «{text}»"),
    no_cause: "Строка не сообщает об отказе: объяснять нечего.",
    as_logged: "Строка журнала",

    keys: "f фильтр  Enter объяснить  Пробел пауза  / поиск  ? клавиши  q выход",
    keys_explain: "↑ ↓ листать  n следующее событие  p предыдущее  Esc назад",
    keys_search: "Enter найти  Esc отмена",
    help: &[
        ("f", "следующий фильтр"),
        ("F D R H S A", "не дошло, отложено, отклонено, узлы, доставлено; все выбранные"),
        ("↑ ↓  k j", "ходить по списку; PgUp PgDn по странице; g G в начало, к новому"),
        ("Enter", "объяснить: что это значит, почему, что делать, строка журнала"),
        ("Пробел", "остановить список; счёт идёт дальше"),
        ("/", "искать в адресах, узлах, ответах; n N дальше, назад; Esc — снять"),
        ("?", "эта подсказка"),
        ("q  Ctrl-C", "выход"),
    ],
    help_title: "Клавиши",
    help_close: "закрыть — любая клавиша",

    missing: "пока не существует: ждём, когда появится",
    appeared: "появился",
    replaced: "сменился при ротации: читаем новый файл",
    cut: "усечён: читаем сначала",
    cut_without_copy: "усечён, а копии нет: что не успели прочитать, потеряно",
};
