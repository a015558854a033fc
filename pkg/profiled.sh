#!/usr/bin/env bash
# Builds target/dist/mailwhy for what it spends its time on (profile-guided optimisation).
#
#     pkg/profiled.sh && install target/dist/mailwhy ~/.cargo/bin/
#     pkg/profiled.sh && cargo deb -p mailwhy --no-build
#
# It builds mailwhy twice, and counts in between, on a log of its own, which code runs how often. That takes some ten minutes, and
# `llvm-profdata` of the same LLVM as rustc's.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-$PWD/target}
work=$target/profiled

llvm=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
profdata=
for program in "$(rustc --print target-libdir)/../bin/llvm-profdata" "llvm-profdata-$llvm"; do
  [ -n "$profdata" ] || profdata=$(command -v "$program" || true)
done
if [ -z "$profdata" ]; then
  printf 'pkg/profiled.sh: no llvm-profdata of LLVM %s\nhint: rustup component add llvm-tools, or apt install llvm-%s\n' \
    "$llvm" "$llvm" >&2
  exit 2
fi

# Builds mailwhy in a directory. Where a function was counted is known by its name, which depends on the profile and on `--target`:
# both builds must have the same.
build() {
  RUSTFLAGS="${RUSTFLAGS:-} $2" CARGO_TARGET_DIR=$1 cargo build --profile dist --locked --package mailwhy
}

# Runs the program that counts; 1 means that nothing was found.
count() {
  local status=0
  LLVM_PROFILE_FILE=$work/counts/%m_%p.profraw MAILWHY_CONFIG=/dev/null "$work/dist/mailwhy" "$@" >"$work/output" || status=$?
  [ "$status" -le 1 ]
}

mkdir -p "$work"
log=$work/mainlog
CARGO_TARGET_DIR=$work cargo run --release --locked --quiet --manifest-path bench/Cargo.toml --no-default-features -- \
  gen --bytes 64M --output "$log"
gzip -kf "$log"
build "$work" "-Cprofile-generate=$work/build-scripts"
rm -rf "$work/counts" "$work/build-scripts"
for threads in 1 2 1; do
  count report --threads "$threads" "$log"
done
count report --format json "$log.gz"
count errors "$log"
count suppress "$log"
count trace postmaster@example.com "$log"
count events "$log"
count events --verdict "$log"
grep -aE ' (\*\*|==) .* SMTP error ' "$log" | sed 's/.* SMTP error [^:]*: //' | head -n 50000 >"$work/replies"
count classify "$work/replies"
count explain 550 5.7.26
"$profdata" merge -o "$work/mailwhy.profdata" "$work/counts"
build "$target" "-Cprofile-use=$work/mailwhy.profdata"
