# shellcheck shell=sh
# The users of Redis: their rules come with the chart, their passwords from their Secrets.

# The seconds for which the previous password stays valid, as pods get the new one at different
# times.
GRACE=300

# The users with rules and a password, beside the admin. A pod from before a user was added has the
# rules alone.
ruled() {
    for file in /etc/estore/redis/*.acl; do
        user=$(basename "$file" .acl)
        [ ! -e "/etc/estore/secrets/$user" ] || echo "$user"
    done
}

hash_of() { printf %s "$(cat "/etc/estore/secrets/$1")" | sha256sum | cut -d' ' -f1; }

# earlier NAME: the hash of the previous password while it is valid. The file has the hash and the
# time at which it ends.
earlier() {
    read -r hash until 2>/dev/null <"/run/redis/$1.earlier" || return 0
    [ "$(date +%s)" -ge "$until" ] || printf '#%s' "$hash"
}

user() { # NAME RULES
    printf 'user %s reset on #%s %s %s\n' "$1" "$(hash_of "$1")" "$(earlier "$1")" "$2"
}

users() {
    # Off: no client is the default user. But not without rights. As it loads its file, Redis 7.0
    # checks the commands of each transaction against this user. It skips those that the user may
    # not run, and so loses them.
    echo 'user default off resetpass ~* &* +@all'
    # For this container's probes, which need no secret to check that the data is loaded.
    echo 'user probe reset on nopass +ping'
    for name in $(ruled); do
        user "$name" "$(tr '\n' ' ' <"/etc/estore/redis/$name.acl")"
    done
    user admin '~* &* +@all'
}

# The checksum of all files that the server reads and that may change, and of the previous passwords
# that are still valid.
fingerprint() {
    {
        cat /etc/estore/secrets/* /etc/estore/tls/* 2>/dev/null || true
        for name in $(ruled) admin; do earlier "$name"; done
    } | cksum
}

# Records the files that the server has read. The server accepts its admin's recorded password until
# it reads the next.
note() {
    fingerprint >/run/redis/fingerprint
    for name in $(ruled) admin; do hash_of "$name" >"/run/redis/$name.hash"; done
    cat /etc/estore/secrets/admin >/run/redis/admin.password
}
