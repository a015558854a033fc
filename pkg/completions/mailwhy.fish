# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_mailwhy_global_optspecs
    string join \n config= no-config h/help V/version
end

function __fish_mailwhy_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_mailwhy_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_mailwhy_using_subcommand
    set -l cmd (__fish_mailwhy_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c mailwhy -n "__fish_mailwhy_needs_command" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_needs_command" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -s V -l version -d 'Print version'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "report" -d 'What was not delivered, why, who must act and what to do'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "summary" -d 'What was not delivered, why, who must act and what to do'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "errors" -d 'What went wrong, one block for each cause, the most harmful first'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "suppress" -d 'Addresses that must not be mailed again'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "trace" -d 'Where a message is, and why it did not arrive'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "events" -d 'Every log line as JSON or CSV'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "explain" -d 'What a reply, a code or a log line means, why, and what to do about it'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "classify" -d 'One reply per line in, one verdict per line out'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "follow" -d 'What goes wrong while it goes wrong'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "rules" -d 'Checks rules of one\'s own and shows what rules do on a log'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "config" -d 'Shows what is configured, where each value comes from, and what can be'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "generate" -d 'Generates manual pages and completions for shells'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "check" -d 'A plugin for Nagios, Icinga and the like: one line with the state and performance data'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "sql" -d 'Asks the log in SQL'
complete -c mailwhy -n "__fish_mailwhy_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -s S -l since -d 'Leave out what is older: 2026-08-01, "2026-08-01 09:30", yesterday, "today 9:30", "2h ago"' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -s U -l until -d 'Leave out what is from that time on; a date alone is its midnight' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -l threads -d 'How many threads work; 0: one for each processor' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -l max-line -d 'Lines longer than this are cut' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -l max-ratio -d 'Stop reading an archive that unpacks to more than this many times its size' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -l rules -d 'Add the rules in this file to the built-in ones and to those in /etc/mailwhy/rules.toml' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -l lang -d 'The language of the texts [without it: LC_ALL, LC_MESSAGES, LANG]' -r -f -a "en\t'English'
ru\t'Русский'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -l format -d 'How to print it; without it as FILE\'s extension says (-o), or else as text' -r -f -a "text\t''
json\t''
csv\t''
md\t''
html\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -s o -l output -d 'Write to this file' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -l mail -d 'Send it by mail to these addresses, as text and as HTML; with -o the message is written there instead' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -l sendmail -d 'The program that takes the message: it is called with -t -i' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -s t -l top -d 'Rows in each table; 0: all' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -l by -d 'Only this table, with more rows' -r -f -a "reason\t''
provider\t''
domain\t''
host\t''
reply\t''
code\t''
sender\t''
rejection\t''
time\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Yes'
never\t'No'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -s R -l rotated -d 'Read the rotated logs beside each file too: mainlog.1, mainlog.2.gz, mainlog-20260801.gz'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -l no-progress -d 'Show no progress on standard error'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -l anonymize -d 'Put pseudonyms in the place of addresses, hosts, IP addresses, logins and subjects'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -s v -l verbose -d 'Show more: all tables, rules, samples, lines that were not understood'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -s S -l since -d 'Leave out what is older: 2026-08-01, "2026-08-01 09:30", yesterday, "today 9:30", "2h ago"' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -s U -l until -d 'Leave out what is from that time on; a date alone is its midnight' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -l threads -d 'How many threads work; 0: one for each processor' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -l max-line -d 'Lines longer than this are cut' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -l max-ratio -d 'Stop reading an archive that unpacks to more than this many times its size' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -l rules -d 'Add the rules in this file to the built-in ones and to those in /etc/mailwhy/rules.toml' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -l lang -d 'The language of the texts [without it: LC_ALL, LC_MESSAGES, LANG]' -r -f -a "en\t'English'
ru\t'Русский'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -l format -d 'How to print it; without it as FILE\'s extension says (-o), or else as text' -r -f -a "text\t''
json\t''
csv\t''
md\t''
html\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -s o -l output -d 'Write to this file' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -l mail -d 'Send it by mail to these addresses, as text and as HTML; with -o the message is written there instead' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -l sendmail -d 'The program that takes the message: it is called with -t -i' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -s t -l top -d 'Rows in each table; 0: all' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -l by -d 'Only this table, with more rows' -r -f -a "reason\t''
provider\t''
domain\t''
host\t''
reply\t''
code\t''
sender\t''
rejection\t''
time\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Yes'
never\t'No'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -s R -l rotated -d 'Read the rotated logs beside each file too: mainlog.1, mainlog.2.gz, mainlog-20260801.gz'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -l no-progress -d 'Show no progress on standard error'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -l anonymize -d 'Put pseudonyms in the place of addresses, hosts, IP addresses, logins and subjects'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -s v -l verbose -d 'Show more: all tables, rules, samples, lines that were not understood'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand summary" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -s S -l since -d 'Leave out what is older: 2026-08-01, "2026-08-01 09:30", yesterday, "today 9:30", "2h ago"' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -s U -l until -d 'Leave out what is from that time on; a date alone is its midnight' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l threads -d 'How many threads work; 0: one for each processor' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l max-line -d 'Lines longer than this are cut' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l max-ratio -d 'Stop reading an archive that unpacks to more than this many times its size' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l by -d 'What the failures of a group have in common' -r -f -a "reply\t''
reason\t''
provider\t''
domain\t''
host\t''
code\t''
enhanced\t''
sender\t''
user\t''
rule\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l reason -d 'Only failures with this reason, for example mailbox-full; may be given more than once' -r -f -a "recipient-unknown\t''
recipient-disabled\t''
recipient-moved\t''
recipient-refused\t''
mailbox-full\t''
domain-not-found\t''
domain-no-mail\t''
sender-unauthenticated\t''
no-reverse-dns\t''
sender-rejected\t''
login-required\t''
login-failed\t''
relay-denied\t''
blocklisted\t''
bad-reputation\t''
rate-limited\t''
greylisted\t''
spam-content\t''
malware\t''
message-too-large\t''
bad-message\t''
policy\t''
tls-failed\t''
protocol-error\t''
network\t''
routing-loop\t''
remote-error\t''
remote-disk-full\t''
expired\t''
local-failure\t''
suppressed\t''
accepted\t''
unknown\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l provider -d 'Only what this provider said, for example gmail; may be given more than once' -r -f -a "gmail\t''
microsoft365\t''
outlook\t''
exchange\t''
yahoo\t''
comcast\t''
cox\t''
spectrum\t''
att\t''
godaddy\t''
facebook\t''
rackspace\t''
hey\t''
verizon\t''
apple\t''
mailru\t''
yandex\t''
rambler\t''
rucenter\t''
iua\t''
gmx\t''
tonline\t''
orange\t''
free\t''
seznam\t''
interia\t''
infomaniak\t''
hostpoint\t''
proton\t''
improvmx\t''
zoho\t''
bytecamp\t''
qq\t''
netease\t''
naver\t''
daum\t''
docomo\t''
kddi\t''
hotee\t''
hanafos\t''
proofpoint\t''
mimecast\t''
barracuda\t''
cisco\t''
symantec\t''
trendmicro\t''
trellix\t''
zerospam\t''
cloudmark\t''
amavis\t''
postfix\t''
sendmail\t''
qmail\t''
qmail-chkuser\t''
dovecot\t''
opensmtpd\t''
courier\t''
haraka\t''
stalwart\t''
cyrus\t''
exim\t''
postgrey\t''
rspamd\t''
sqlgrey\t''
policyd-weight\t''
spamassassin\t''
opendmarc\t''
groupwise\t''
domino\t''
ses\t''
sparkpost\t''
mailgun\t''
sendgrid\t''
ovh\t''
cloudflare\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l code -d 'Only replies with this code: 550, 5xx, 5.7.26 or "550 5.7.26"; may be given more than once' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l rules -d 'Add the rules in this file to the built-in ones and to those in /etc/mailwhy/rules.toml' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l lang -d 'The language of the texts [without it: LC_ALL, LC_MESSAGES, LANG]' -r -f -a "en\t'English'
ru\t'Русский'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l format -d 'How to print it; without it as FILE\'s extension says (-o), or else as text' -r -f -a "text\t''
json\t''
csv\t''
md\t''
html\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -s o -l output -d 'Write to this file' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -s t -l top -d 'How many groups to show; 0: all' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Yes'
never\t'No'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -s R -l rotated -d 'Read the rotated logs beside each file too: mainlog.1, mainlog.2.gz, mainlog-20260801.gz'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l no-progress -d 'Show no progress on standard error'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l anonymize -d 'Put pseudonyms in the place of addresses, hosts, IP addresses, logins and subjects'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l unclassified -d 'Only replies that no rule knows, without addresses, hosts, ids and numbers: ready for a bug report'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -s v -l verbose -d 'Show more of each group: causes, all that can be done, whole replies, the rule, where a sample stands'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand errors" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -s S -l since -d 'Leave out what is older: 2026-08-01, "2026-08-01 09:30", yesterday, "today 9:30", "2h ago"' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -s U -l until -d 'Leave out what is from that time on; a date alone is its midnight' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l threads -d 'How many threads work; 0: one for each processor' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l max-line -d 'Lines longer than this are cut' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l max-ratio -d 'Stop reading an archive that unpacks to more than this many times its size' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l min-count -d 'Only addresses that failed so often, without a delivery between' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l reason -d 'Only addresses with this reason, for example recipient-unknown; may be given more than once' -r -f -a "recipient-unknown\t''
recipient-disabled\t''
recipient-moved\t''
recipient-refused\t''
mailbox-full\t''
domain-not-found\t''
domain-no-mail\t''
sender-unauthenticated\t''
no-reverse-dns\t''
sender-rejected\t''
login-required\t''
login-failed\t''
relay-denied\t''
blocklisted\t''
bad-reputation\t''
rate-limited\t''
greylisted\t''
spam-content\t''
malware\t''
message-too-large\t''
bad-message\t''
policy\t''
tls-failed\t''
protocol-error\t''
network\t''
routing-loop\t''
remote-error\t''
remote-disk-full\t''
expired\t''
local-failure\t''
suppressed\t''
accepted\t''
unknown\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l expire -d 'Leave an address out so long after its last failure: 180d, 1y, never' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l merge -d 'Begin with this list, one of ours (CSV) or one address a line, and print both as one' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l rules -d 'Add the rules in this file to the built-in ones and to those in /etc/mailwhy/rules.toml' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l lang -d 'The language of the texts [without it: LC_ALL, LC_MESSAGES, LANG]' -r -f -a "en\t'English'
ru\t'Русский'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l format -d 'How to print it; without it as FILE\'s extension says (-o), else as text on a terminal and as CSV elsewhere' -r -f -a "text\t''
csv\t''
json\t''
jsonl\t''
plain\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -s o -l output -d 'Write to this file' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Yes'
never\t'No'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -s R -l rotated -d 'Read the rotated logs beside each file too: mainlog.1, mainlog.2.gz, mainlog-20260801.gz'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l no-progress -d 'Show no progress on standard error'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l anonymize -d 'Put pseudonyms in the place of addresses, hosts, IP addresses, logins and subjects'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l cleared -d 'Show the addresses too that failed and are not in the list: delivered since, expired, or an alias of several'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l diff -d 'Print how the list changes instead: added, removed (delivered since, or expired) and kept addresses'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand suppress" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -s S -l since -d 'Leave out what is older: 2026-08-01, "2026-08-01 09:30", yesterday, "today 9:30", "2h ago"' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -s U -l until -d 'Leave out what is from that time on; a date alone is its midnight' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l threads -d 'How many threads work; 0: one for each processor' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l max-line -d 'Lines longer than this are cut' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l max-ratio -d 'Stop reading an archive that unpacks to more than this many times its size' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -s e -l what -d 'What to look for; may be given more than once, and any of them is enough. All arguments are files then' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l user -d 'Only messages that this account sent: the login of A=, or the local user of U=. All arguments are files then, unless there is a WHAT before them with -e' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l last -d 'Only the last N of them; 0: all' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l format -d 'How to print it; without it as FILE\'s extension says (-o), or else as text' -r -f -a "text\t'For people'
json\t'One object with all of them'
jsonl\t'One object in a line for each of them'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -s o -l output -d 'Write to this file' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l rules -d 'Add the rules in this file to the built-in ones and to those in /etc/mailwhy/rules.toml' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l lang -d 'The language of the texts [without it: LC_ALL, LC_MESSAGES, LANG]' -r -f -a "en\t'English'
ru\t'Русский'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Yes'
never\t'No'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -s R -l rotated -d 'Read the rotated logs beside each file too: mainlog.1, mainlog.2.gz, mainlog-20260801.gz'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l no-progress -d 'Show no progress on standard error'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l anonymize -d 'Put pseudonyms in the place of addresses, hosts, IP addresses, logins and subjects'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -s l -l literal -d 'Take every WHAT as it stands, and find it anywhere in a line'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -s I -l sensitive -d 'Tell capitals from small letters'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -s v -l invert -d 'Only what WHAT is nowhere in: messages without such a line, and such other lines'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -s M -l related -d 'With related messages: the bounce of a message, the message a bounce reports on, and those with the same Message-ID'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l failed -d 'Only what failed or was refused, at least for one of the recipients that were looked for'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l open -d 'Only what is still on the queue'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l delivered -d 'Only what was delivered, at least to one of the recipients that were looked for'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l raw -d 'Show the lines of the log too'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand trace" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -s S -l since -d 'Leave out what is older: 2026-08-01, "2026-08-01 09:30", yesterday, "today 9:30", "2h ago"' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -s U -l until -d 'Leave out what is from that time on; a date alone is its midnight' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -l threads -d 'How many threads work; 0: one for each processor' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -l max-line -d 'Lines longer than this are cut' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -l max-ratio -d 'Stop reading an archive that unpacks to more than this many times its size' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -l rules -d 'Add the rules in this file to the built-in ones and to those in /etc/mailwhy/rules.toml' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -l lang -d 'The language of the texts [without it: LC_ALL, LC_MESSAGES, LANG]' -r -f -a "en\t'English'
ru\t'Русский'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -l format -d 'How to print them; without it as FILE\'s extension says (-o), or else as JSON Lines' -r -f -a "jsonl\t'One object in a line'
csv\t'One table'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -s o -l output -d 'Write to this file' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -l kind -d 'Only these kinds of lines, for example failure,deferral,host-error' -r -f -a "arrival\t''
fake-reject\t''
delivery\t''
additional-delivery\t''
cutthrough\t''
delivery-suppressed\t''
failure\t''
deferral\t''
completed\t''
frozen\t''
unfrozen\t''
removed\t''
host-error\t''
rejected\t''
auth-failure\t''
tls\t''
connection\t''
dns\t''
queue-run\t''
daemon\t''
acl-warning\t''
panic\t''
note\t''
continuation\t''
unknown\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -l id -d 'Only lines of this message; may be given more than once' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -s R -l rotated -d 'Read the rotated logs beside each file too: mainlog.1, mainlog.2.gz, mainlog-20260801.gz'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -l no-progress -d 'Show no progress on standard error'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -l anonymize -d 'Put pseudonyms in the place of addresses, hosts, IP addresses, logins and subjects'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -l verdict -d 'Add the verdict to every line that reports a failure'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -l raw -d 'Add the line as it stands in the log (`raw`, or `raw_base64` where it is not UTF-8)'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand events" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand explain" -l stage -d 'The step at which it was said: connect, helo, starttls, auth, mail, rcpt, data, end-of-data …' -r -f -a "connect\t''
helo\t''
starttls\t''
auth\t''
mail\t''
rcpt\t''
data\t''
end-of-data\t''
quit\t''
routing\t''
local\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand explain" -l host -d 'The host that said it' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand explain" -l provider -d 'The provider that said it, as in `mailwhy explain --list providers`' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand explain" -l rules -d 'Add the rules in this file to the built-in ones and to those in /etc/mailwhy/rules.toml' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand explain" -l lang -d 'The language of the texts [without it: LC_ALL, LC_MESSAGES, LANG]' -r -f -a "en\t'English'
ru\t'Русский'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand explain" -l format -d 'How to print it; without it as FILE\'s extension says (-o), or else as text' -r -f -a "text\t''
json\t''
md\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand explain" -s o -l output -d 'Write to this file' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand explain" -l list -d 'Only list what can be explained' -r -f -a "codes\t'Reply codes'
enhanced\t'Enhanced status codes'
reasons\t'Reasons'
providers\t'Providers and server programs'
causes\t'Causes: the names of rules'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand explain" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Yes'
never\t'No'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand explain" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand explain" -l why -d 'Show which rules matched, which one decided and why the others did not'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand explain" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand classify" -l only -d 'Only these fields, in this order, for example reason,actor,bad_address' -r -f -a "reason\t''
class\t''
retry\t''
actor\t''
scope\t''
bad_address\t''
provider\t''
blocklist\t''
code\t''
enhanced\t''
stage\t''
confidence\t''
conflict\t''
rule\t''
title\t''
evidence\t''
fingerprint\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand classify" -l stage -d 'The step at which it was said: connect, helo, starttls, auth, mail, rcpt, data, end-of-data …' -r -f -a "connect\t''
helo\t''
starttls\t''
auth\t''
mail\t''
rcpt\t''
data\t''
end-of-data\t''
quit\t''
routing\t''
local\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand classify" -l host -d 'The host that said it' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand classify" -l provider -d 'The provider that said it, as in `mailwhy explain --list providers`' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand classify" -l rules -d 'Add the rules in this file to the built-in ones and to those in /etc/mailwhy/rules.toml' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand classify" -l lang -d 'The language of the texts [without it: LC_ALL, LC_MESSAGES, LANG]' -r -f -a "en\t'English'
ru\t'Русский'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand classify" -l format -d 'How to print them; without it as FILE\'s extension says (-o), or else as JSON Lines' -r -f -a "jsonl\t'One object in a line'
csv\t'One table'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand classify" -s o -l output -d 'Write to this file' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand classify" -l threads -d 'How many threads work; 0: one for each processor' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand classify" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand classify" -l tsv -d 'Lines have columns, separated by tabs: text, stage, host; the last two may be missing or empty'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand classify" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand classify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -l only -d 'Show only these things' -r -f -a "failed\t'A recipient failed for good'
deferred\t'A delivery was put off after an attempt'
rejected\t'Our server refused something of a client'
host\t'A host could not be delivered to, or refused our login'
delivered\t'A recipient was delivered'
arrived\t'A message came in'
login\t'A client\'s login failed'
queue\t'A message left the queue, was frozen, thawed or removed, or not tried now'
panic\t'Something is badly wrong on this host'
other\t'All else, also lines that are not understood'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -s n -l lines -d 'Begin with so many of the last things that are already in the files [default: 10; with --since all]' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -s S -l since -d 'Begin with what happened since then: 9:30, "2h ago", yesterday, "2026-08-01 09:30"' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -l rules -d 'Add the rules in this file to the built-in ones and to those in /etc/mailwhy/rules.toml' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -l lang -d 'The language of the texts [without it: LC_ALL, LC_MESSAGES, LANG]' -r -f -a "en\t'English'
ru\t'Русский'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -l format -d 'How to print' -r -f -a "text\t'For people'
jsonl\t'One object in a line, as `mailwhy events --verdict` has it, but without `line`'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -l burst -d 'Of the same cause show so many within 10 seconds and count the rest; 0: show all' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Yes'
never\t'No'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -l max-line -d 'Lines longer than this are cut' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -s a -l all -d 'Show everything, one entry for each line of the log'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -l raw -d 'Add the line as it stands in the log'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -l anonymize -d 'Put pseudonyms in the place of addresses, hosts, IP addresses, logins and subjects'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -l plain -d 'Print plain lines on a terminal too, instead of the screen with counters'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand follow" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and not __fish_seen_subcommand_from check coverage" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and not __fish_seen_subcommand_from check coverage" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and not __fish_seen_subcommand_from check coverage" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and not __fish_seen_subcommand_from check coverage" -f -a "check" -d 'Tests a file of rules: its form, its examples and near misses, conflicts, and what it takes over'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and not __fish_seen_subcommand_from check coverage" -f -a "coverage" -d 'Counts the hits of each rule over logs, and shows the replies that no rule knows'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from check" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from check" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -s S -l since -d 'Leave out what is older: 2026-08-01, "2026-08-01 09:30", yesterday, "today 9:30", "2h ago"' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -s U -l until -d 'Leave out what is from that time on; a date alone is its midnight' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -l threads -d 'How many threads work; 0: one for each processor' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -l max-line -d 'Lines longer than this are cut' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -l max-ratio -d 'Stop reading an archive that unpacks to more than this many times its size' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -l rules -d 'Add the rules in this file to the built-in ones and to those in /etc/mailwhy/rules.toml' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -l lang -d 'The language of the texts [without it: LC_ALL, LC_MESSAGES, LANG]' -r -f -a "en\t'English'
ru\t'Русский'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -l format -d 'How to print it; without it as FILE\'s extension says (-o), or else as text' -r -f -a "text\t''
json\t''"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -s o -l output -d 'Write to this file' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -s t -l top -d 'How many rules and unknown replies to show; 0: all [without it: 40 as text, all as JSON]' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -s R -l rotated -d 'Read the rotated logs beside each file too: mainlog.1, mainlog.2.gz, mainlog-20260801.gz'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -l no-progress -d 'Show no progress on standard error'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -l anonymize -d 'Put pseudonyms in the place of addresses, hosts, IP addresses, logins and subjects'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand rules; and __fish_seen_subcommand_from coverage" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and not __fish_seen_subcommand_from show path example" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and not __fish_seen_subcommand_from show path example" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and not __fish_seen_subcommand_from show path example" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and not __fish_seen_subcommand_from show path example" -f -a "show" -d 'Prints what is configured, and where each value comes from'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and not __fish_seen_subcommand_from show path example" -f -a "path" -d 'Prints which files are looked for, the strongest first'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and not __fish_seen_subcommand_from show path example" -f -a "example" -d 'Prints a file with every key, all of them commented out'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and __fish_seen_subcommand_from show" -l all -d 'Every option of every command, also those with built-in values'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and __fish_seen_subcommand_from show" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and __fish_seen_subcommand_from path" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and __fish_seen_subcommand_from path" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and __fish_seen_subcommand_from example" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and __fish_seen_subcommand_from example" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand config; and __fish_seen_subcommand_from example" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand generate; and not __fish_seen_subcommand_from man completions" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand generate; and not __fish_seen_subcommand_from man completions" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand generate; and not __fish_seen_subcommand_from man completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand generate; and not __fish_seen_subcommand_from man completions" -f -a "man" -d 'Writes the manual pages into a directory: mailwhy.1 and one for each command'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand generate; and not __fish_seen_subcommand_from man completions" -f -a "completions" -d 'Prints completions for a shell'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand generate; and __fish_seen_subcommand_from man" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand generate; and __fish_seen_subcommand_from man" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand generate; and __fish_seen_subcommand_from man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand generate; and __fish_seen_subcommand_from completions" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand generate; and __fish_seen_subcommand_from completions" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand generate; and __fish_seen_subcommand_from completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -s S -l since -d 'Leave out what is older: 2026-08-01, "2026-08-01 09:30", yesterday, "today 9:30", "2h ago"' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -s U -l until -d 'Leave out what is from that time on; a date alone is its midnight' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l threads -d 'How many threads work; 0: one for each processor' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l max-line -d 'Lines longer than this are cut' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l max-ratio -d 'Stop reading an archive that unpacks to more than this many times its size' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l rules -d 'Add the rules in this file to the built-in ones and to those in /etc/mailwhy/rules.toml' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l lang -d 'The language of the texts [without it: LC_ALL, LC_MESSAGES, LANG]' -r -f -a "en\t'English'
ru\t'Русский'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l state -d 'Look only at what is new since the last run, and remember here how far that was; survives rotation' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l min -d 'How many recipients are needed before a rate says something' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l failed -d 'Recipients that failed, in percent of all' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l deferred -d 'Recipients that were deferred at least once, in percent of all' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l provider-failed -d 'Recipients that failed at one provider, in percent of all there' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l provider-deferred -d 'Recipients that were deferred at one provider, in percent of all there' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l blocklisted -d 'Attempts that met a blocklist or ban of our address' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l silence -d 'Time without any message coming in or going out' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l queue-age -d 'Age of the oldest message on the queue, of those whose arrival was read' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l guesses -d 'Logins that failed at our server: guesses of passwords' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -s R -l rotated -d 'Read the rotated logs beside each file too: mainlog.1, mainlog.2.gz, mainlog-20260801.gz'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l no-progress -d 'Show no progress on standard error'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l anonymize -d 'Put pseudonyms in the place of addresses, hosts, IP addresses, logins and subjects'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -s f -l query-file -d 'Read the query from this file; every argument is a log file then' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -s S -l since -d 'Leave out what is older: 2026-08-01, "2026-08-01 09:30", yesterday, "today 9:30", "2h ago"' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -s U -l until -d 'Leave out what is from that time on; a date alone is its midnight' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -l threads -d 'How many threads work; 0: one for each processor' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -l max-line -d 'Lines longer than this are cut' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -l max-ratio -d 'Stop reading an archive that unpacks to more than this many times its size' -r
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -l rules -d 'Add the rules in this file to the built-in ones and to those in /etc/mailwhy/rules.toml' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -l lang -d 'The language of the texts [without it: LC_ALL, LC_MESSAGES, LANG]' -r -f -a "en\t'English'
ru\t'Русский'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -l format -d 'How to print the answer; without it as FILE\'s extension says (-o), or else as a table' -r -f -a "table\t'For people'
csv\t'With a header line'
json\t'An array of objects'
jsonl\t'One object in a line'"
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -s o -l output -d 'Write to this file' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -l config -d 'Read the configuration from this file instead of the usual ones' -r -F
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -l explain-tables -d 'Only describe the tables and their columns'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -s R -l rotated -d 'Read the rotated logs beside each file too: mainlog.1, mainlog.2.gz, mainlog-20260801.gz'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -l no-progress -d 'Show no progress on standard error'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -l anonymize -d 'Put pseudonyms in the place of addresses, hosts, IP addresses, logins and subjects'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -l no-config -d 'Read no configuration file'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand sql" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and not __fish_seen_subcommand_from report errors suppress trace events explain classify follow rules config generate check sql help" -f -a "report" -d 'What was not delivered, why, who must act and what to do'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and not __fish_seen_subcommand_from report errors suppress trace events explain classify follow rules config generate check sql help" -f -a "errors" -d 'What went wrong, one block for each cause, the most harmful first'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and not __fish_seen_subcommand_from report errors suppress trace events explain classify follow rules config generate check sql help" -f -a "suppress" -d 'Addresses that must not be mailed again'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and not __fish_seen_subcommand_from report errors suppress trace events explain classify follow rules config generate check sql help" -f -a "trace" -d 'Where a message is, and why it did not arrive'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and not __fish_seen_subcommand_from report errors suppress trace events explain classify follow rules config generate check sql help" -f -a "events" -d 'Every log line as JSON or CSV'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and not __fish_seen_subcommand_from report errors suppress trace events explain classify follow rules config generate check sql help" -f -a "explain" -d 'What a reply, a code or a log line means, why, and what to do about it'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and not __fish_seen_subcommand_from report errors suppress trace events explain classify follow rules config generate check sql help" -f -a "classify" -d 'One reply per line in, one verdict per line out'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and not __fish_seen_subcommand_from report errors suppress trace events explain classify follow rules config generate check sql help" -f -a "follow" -d 'What goes wrong while it goes wrong'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and not __fish_seen_subcommand_from report errors suppress trace events explain classify follow rules config generate check sql help" -f -a "rules" -d 'Checks rules of one\'s own and shows what rules do on a log'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and not __fish_seen_subcommand_from report errors suppress trace events explain classify follow rules config generate check sql help" -f -a "config" -d 'Shows what is configured, where each value comes from, and what can be'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and not __fish_seen_subcommand_from report errors suppress trace events explain classify follow rules config generate check sql help" -f -a "generate" -d 'Generates manual pages and completions for shells'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and not __fish_seen_subcommand_from report errors suppress trace events explain classify follow rules config generate check sql help" -f -a "check" -d 'A plugin for Nagios, Icinga and the like: one line with the state and performance data'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and not __fish_seen_subcommand_from report errors suppress trace events explain classify follow rules config generate check sql help" -f -a "sql" -d 'Asks the log in SQL'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and not __fish_seen_subcommand_from report errors suppress trace events explain classify follow rules config generate check sql help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "check" -d 'Tests a file of rules: its form, its examples and near misses, conflicts, and what it takes over'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "coverage" -d 'Counts the hits of each rule over logs, and shows the replies that no rule knows'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "show" -d 'Prints what is configured, and where each value comes from'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "path" -d 'Prints which files are looked for, the strongest first'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "example" -d 'Prints a file with every key, all of them commented out'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and __fish_seen_subcommand_from generate" -f -a "man" -d 'Writes the manual pages into a directory: mailwhy.1 and one for each command'
complete -c mailwhy -n "__fish_mailwhy_using_subcommand help; and __fish_seen_subcommand_from generate" -f -a "completions" -d 'Prints completions for a shell'
