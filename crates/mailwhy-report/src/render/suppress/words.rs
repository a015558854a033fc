//! The words of `mailwhy suppress` beside those of the report.

use mailwhy_codes::Lang;

use crate::render::values::Forms;

/// The words of a language.
pub(super) struct ListWords {
    pub(super) title: &'static str,
    pub(super) cleared: &'static str,
    pub(super) difference: &'static str,
    /// How many addresses must not be mailed again, and how many are not in the list any more.
    pub(super) bad: Forms,
    pub(super) were_cleared: Forms,
    pub(super) nothing: &'static str,
    pub(super) no_change: &'static str,
    pub(super) added: &'static str,
    pub(super) removed: &'static str,
    pub(super) kept: &'static str,
    pub(super) col_reason: &'static str,
    pub(super) col_count: &'static str,
    pub(super) col_last: &'static str,
    pub(super) col_expires: &'static str,
    pub(super) col_evidence: &'static str,
    pub(super) col_status: &'static str,
    pub(super) status: fn(&str) -> Option<&'static str>,
    pub(super) no_reason: &'static str,
    pub(super) never: &'static str,
    pub(super) save: &'static str,
}

impl ListWords {
    /// The words of this language.
    pub(super) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &EN,
            Lang::Ru => &RU,
        }
    }
}

static EN: ListWords = ListWords {
    title: "Do not mail again",
    cleared: "Not in the list",
    difference: "What changes in the list",
    bad: [
        "address is proven bad: a permanent reply said so.",
        "",
        "addresses are proven bad: a permanent reply said so.",
    ],
    were_cleared: ["address failed and is not in the list", "", "addresses failed and are not in the list"],
    nothing: "No address is proven bad.",
    no_change: "Nothing changes.",
    added: "added",
    removed: "removed",
    kept: "kept",
    col_reason: "reason",
    col_count: "failed",
    col_last: "last",
    col_expires: "try again",
    col_evidence: "because",
    col_status: "why not",
    status: |name| {
        Some(match name {
            "delivered" => "delivered since",
            "alias" => "other addresses behind it work",
            "expired" => "long ago",
            _ => return None,
        })
    },
    no_reason: "–",
    never: "never",
    save: "as a file:",
};

static RU: ListWords = ListWords {
    title: "Сюда больше не писать",
    cleared: "Не входят в список",
    difference: "Что меняется в списке",
    bad: [
        "адрес заведомо негоден: получен окончательный отказ.",
        "адреса заведомо негодны: получен окончательный отказ.",
        "адресов заведомо негодны: получен окончательный отказ.",
    ],
    were_cleared: [
        "адрес с отказами не вошёл в список",
        "адреса с отказами не вошли в список",
        "адресов с отказами не вошли в список",
    ],
    nothing: "Заведомо негодных адресов нет.",
    no_change: "Ничего не меняется.",
    added: "добавлено",
    removed: "убрано",
    kept: "осталось",
    col_reason: "причина",
    col_count: "отказов",
    col_last: "последний",
    col_expires: "проверить",
    col_evidence: "что ответили",
    col_status: "почему нет",
    status: |name| {
        Some(match name {
            "delivered" => "с тех пор доставлено",
            "alias" => "другие адреса за ним работают",
            "expired" => "было давно",
            _ => return None,
        })
    },
    no_reason: "–",
    never: "никогда",
    save: "в файл:",
};
