#!/bin/sh
# What the tests need of the system: a real mailbox, a real cron, a browser. Installed where we may
# (root on Debian); said loudly where we may not; with CI=true an error: nothing may be skipped.
set -eu

PACKAGES="dovecot-imapd dovecot-lmtpd cron chromium zsh fish gcc libc6-dev util-linux"

missing() {
    for package in $PACKAGES; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            printf '%s ' "$package"
    done
}

install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    export DEBIAN_FRONTEND=noninteractive
    # The tests start servers of their own: the packages' must not run.
    policy=/usr/sbin/policy-rc.d
    mine=
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && mine=1; }
    status=0
    { apt-get -qq update && apt-get -qq install -y --no-install-recommends "$@"; } >&2 || status=1
    [ -z "$mine" ] || rm -f "$policy"
    return $status
}

# shellcheck disable=SC2046
[ -z "$(missing)" ] || install $(missing) || true

left=$(missing)
[ -z "$left" ] && exit 0
echo "" >&2
echo "NOT INSTALLED: $left" >&2
echo "The tests that need a real mailbox (dovecot), a real cron or a browser WILL BE SKIPPED." >&2
echo "As root on Debian: apt-get install $left" >&2
echo "" >&2
[ "${CI:-}" != true ]
