#!/usr/bin/env bash
# Builds the Debian package and the RPM, installs each in a clean root, and tries what it brought.
#
# As root, on Debian, with cargo, debootstrap, rpm, man-db and systemd (for systemd-analyze; nothing is started).
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}

work=$(mktemp -d "${TMPDIR:-/tmp}/mailwhy-pkg.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root

failed() {
  printf 'pkg/test.sh: %s\n' "$*" >&2
  exit 1
}

inside() {
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 chroot "$root" "$@"
}

# What every package must have brought.
try() {
  inside mailwhy --version | grep -q '^mailwhy [0-9]' || failed "no version"
  cp testdata/exim/sample/mainlog "$root/tmp/mainlog"
  inside mailwhy report /tmp/mainlog | grep -q 'WHAT TO DO NOW' || failed "no report"
  inside mailwhy report --lang ru --mail root -o /tmp/message /tmp/mainlog || failed "no mail"
  grep -q '^Content-Type: multipart/alternative;' "$root/tmp/message" || failed "no mail in two forms"
  inside mailwhy explain 421 >/dev/null || failed "no explanation"
  inside mailwhy config path | grep -qx /etc/mailwhy/config.toml || failed "the configuration of the host is not read"
  sed -i '1i lang = "ru"' "$root/etc/mailwhy/config.toml"
  inside mailwhy report /tmp/mainlog | grep -q 'ЧТО СДЕЛАТЬ СЕЙЧАС' || failed "the configuration does not count"
  sed -i 1d "$root/etc/mailwhy/config.toml"

  local page pages=0
  for page in "$root"/usr/share/man/man1/mailwhy*.1*; do
    [ -z "$(man --warnings -l "$page" 2>&1 >/dev/null)" ] || failed "man finds fault with $page"
    pages=$((pages + 1))
  done
  [ "$pages" -gt 8 ] || failed "only $pages manual pages"

  # Bash completes a command and its options; the other shells can at least read their scripts.
  local completed
  completed=$(inside bash -c '
    . /usr/share/bash-completion/completions/mailwhy
    COMP_WORDS=(mailwhy report --rot) COMP_CWORD=2
    _mailwhy mailwhy --rot report
    echo "${COMPREPLY[@]}"')
  [ "$completed" = --rotated ] || failed "bash completes --rot to '$completed'"
  if command -v zsh >/dev/null; then
    zsh -n "$root"/usr/share/zsh/*/_mailwhy
  fi
  if command -v fish >/dev/null; then
    fish -n "$root"/usr/share/fish/vendor_completions.d/mailwhy.fish
  fi

  systemd-analyze verify --root="$root" --man=no --recursive-errors=no mailwhy-report.service mailwhy-report.timer \
    >"$work/verify" 2>&1 || true
  ! grep mailwhy "$work/verify" || failed "systemd finds fault with the units"
  # 0 is all locked, 100 all open.
  systemd-analyze security --offline=true --root="$root" --threshold=20 --no-pager mailwhy-report.service \
    >"$work/security" || { cat "$work/security"; failed "the service is not locked up well"; }
  tail -1 "$work/security"
}

echo "== a clean root"
. /etc/os-release
debootstrap --variant=minbase "$VERSION_CODENAME" "$root" >"$work/log" || { tail "$work/log"; failed "no clean root"; }
# Ours refer to units of systemd itself.
mkdir -p "$root/usr/lib/systemd/system"
cp -rn /usr/lib/systemd/system/. "$root/usr/lib/systemd/system/"

echo "== the Debian package"
command -v cargo-deb >/dev/null || cargo install --quiet --locked cargo-deb
deb=$(cargo deb --quiet --locked --package mailwhy | tail -1)
ls -lh "$deb"
cp "$deb" "$root/tmp/mailwhy.deb"
inside dpkg -i /tmp/mailwhy.deb
[ -z "$(inside dpkg --verify mailwhy)" ] || failed "dpkg --verify"
try
inside dpkg -P mailwhy
left=$(cd "$root" && find etc usr -name '*mailwhy*')
[ -z "$left" ] || failed "left behind: $left"

echo "== the RPM"
rpmbuild -bb --quiet --build-in-place --define "__os_install_post %nil" --define "_topdir $work/rpm" --define "_rpmdir $work" pkg/rpm/mailwhy.spec
rpm=$(ls "$work"/*/mailwhy-*.rpm)
ls -lh "$rpm"
# The database of the root knows nothing of what dpkg put there.
rpm --root "$root" --install --nodeps "$rpm"
[ -z "$(rpm --root "$root" --verify --nodeps mailwhy)" ] || failed "rpm --verify"
# Its unit is for hosts with Exim, which has a user of its own.
echo 'exim:x:93:' >>"$root/etc/group"
try
rpm --root "$root" --erase mailwhy

echo "== both packages install, work and go"
