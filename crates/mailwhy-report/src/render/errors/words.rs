//! The words of `mailwhy errors` beside those of the report.

use mailwhy_codes::Lang;

use crate::Grouping;
use crate::render::values::Forms;

/// The words of a language.
pub(super) struct ErrorWords {
    pub(super) title: fn(Grouping) -> &'static str,
    pub(super) unclassified: &'static str,
    pub(super) attempts: &'static str,
    pub(super) messages: &'static str,
    pub(super) replies: Forms,
    pub(super) tendency: fn(&str) -> Option<&'static str>,
    /// What stands for what the log does not tell.
    pub(super) untold: fn(Grouping) -> &'static str,
    pub(super) nothing: &'static str,
    pub(super) nothing_unclassified: &'static str,
    pub(super) each_bar: fn(&str) -> String,
    pub(super) taken_for: &'static str,
    pub(super) report_them: &'static str,
}

impl ErrorWords {
    /// The words of this language.
    pub(super) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &EN,
            Lang::Ru => &RU,
        }
    }
}

static EN: ErrorWords = ErrorWords {
    title: |by| match by {
        Grouping::Reply => "What went wrong",
        Grouping::Reason => "What went wrong, by reason",
        Grouping::Provider => "What went wrong, by provider",
        Grouping::Domain => "What went wrong, by domain",
        Grouping::Host => "What went wrong, by remote host",
        Grouping::Code => "What went wrong, by reply code",
        Grouping::Enhanced => "What went wrong, by enhanced code",
        Grouping::Sender => "What went wrong, by sender",
        Grouping::User => "What went wrong, by user",
        Grouping::Rule => "What went wrong, by rule",
    },
    unclassified: "Replies that no rule knows",
    attempts: "attempts",
    messages: "messages",
    replies: ["other reply", "", "other replies"],
    tendency: |name| {
        Some(match name {
            "new" => "new",
            "rising" => "rising",
            "steady" => "steady",
            "falling" => "falling",
            "over" => "over",
            _ => return None,
        })
    },
    untold: |by| match by {
        Grouping::Code | Grouping::Enhanced => "(no code)",
        Grouping::Host => "(no remote host)",
        Grouping::User => "(no login)",
        _ => "(not in this log)",
    },
    nothing: "No failures found.",
    nothing_unclassified: "A rule knows every reply in this log.",
    each_bar: |step| format!("each bar {step}"),
    taken_for: "taken for",
    report_them: "Addresses, hosts, ids and numbers are masked: this can go into a bug report as it is.",
};

static RU: ErrorWords = ErrorWords {
    title: |by| match by {
        Grouping::Reply => "Что пошло не так",
        Grouping::Reason => "Что пошло не так, по причинам",
        Grouping::Provider => "Что пошло не так, по провайдерам",
        Grouping::Domain => "Что пошло не так, по доменам",
        Grouping::Host => "Что пошло не так, по удалённым узлам",
        Grouping::Code => "Что пошло не так, по кодам ответа",
        Grouping::Enhanced => "Что пошло не так, по расширенным кодам",
        Grouping::Sender => "Что пошло не так, по отправителям",
        Grouping::User => "Что пошло не так, по учётным записям",
        Grouping::Rule => "Что пошло не так, по правилам",
    },
    unclassified: "Ответы, которых не знает ни одно правило",
    attempts: "попыток",
    messages: "писем",
    replies: ["другой ответ", "других ответа", "других ответов"],
    tendency: |name| {
        Some(match name {
            "new" => "появилось недавно",
            "rising" => "растёт",
            "steady" => "без изменений",
            "falling" => "идёт на спад",
            "over" => "прекратилось",
            _ => return None,
        })
    },
    untold: |by| match by {
        Grouping::Code | Grouping::Enhanced => "(без кода)",
        Grouping::Host => "(без удалённого узла)",
        Grouping::User => "(без авторизации)",
        _ => "(в этом журнале не указано)",
    },
    nothing: "Сбоев не найдено.",
    nothing_unclassified: "Все ответы в этом журнале известны правилам.",
    each_bar: |step| format!("столбик — {step}"),
    taken_for: "принято за",
    report_them: "Адреса, узлы, идентификаторы и числа скрыты: это можно отправить разработчикам как есть.",
};
