# shellcheck shell=sh
# Checks BACKUP_KEEP (7), the number of backups that stay. The first step of a backup does it as the
# last does, so that a wrong number costs no copy.
keep=${BACKUP_KEEP:-7}
case "$keep" in
'' | 0 | *[!0-9]*) echo "BACKUP_KEEP is $keep, but must be at least 1" >&2 && exit 1 ;;
esac
