//! One line of any bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mailwhy_logs::exim::Role;

fuzz_target!(|line: &[u8]| {
    if !line.contains(&b'\n') {
        let _ = mailwhy_fuzz::scan(line, Role::Main);
    }
});
