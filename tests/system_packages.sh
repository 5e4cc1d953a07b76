#!/bin/sh
# What the tests need of the system: real mail servers, a real cron, a browser. Installed where we
# may (root on Debian); said loudly where we may not; with CI=true an error: nothing may be skipped.
set -eu

PACKAGES="dovecot-imapd dovecot-lmtpd postfix cron chromium zsh fish gcc libc6-dev util-linux"

missing() {
    for package in $PACKAGES; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            printf '%s ' "$package"
    done
}

install_one() {
    # Unasked, it would become the machine's own mail server, listening to all the world.
    [ "$1" != postfix ] ||
        echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
    # Nothing is taken away for it: a machine that has another mail server keeps that one.
    apt-get -qq install -y --no-remove --no-install-recommends "$1"
}

install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    export DEBIAN_FRONTEND=noninteractive
    # The tests start servers of their own: the packages' must not run.
    policy=/usr/sbin/policy-rc.d
    mine=
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && mine=1; }
    apt-get -qq update >&2 || true
    status=0
    for package in "$@"; do
        install_one "$package" >&2 || status=1
    done
    [ -z "$mine" ] || rm -f "$policy"
    return $status
}

# shellcheck disable=SC2046
[ -z "$(missing)" ] || install $(missing) || true

left=$(missing)
[ -z "$left" ] && exit 0
echo "" >&2
echo "NOT INSTALLED: $left" >&2
echo "The tests that need a real mail server (dovecot, postfix), a real cron or a browser" >&2
echo "WILL BE SKIPPED." >&2
echo "As root on Debian: apt-get install $left" >&2
echo "" >&2
[ "${CI:-}" != true ]
