# shellcheck shell=sh
# Finds the addresses of both databases, as bootstrap does: in DATABASE_URL_USER and
# DATABASE_URL_VERIFICATION, or in files that DATABASE_URL_USER_FILE and
# DATABASE_URL_VERIFICATION_FILE name. The steps that use Postgres source this.
: "${DATABASE_URL_USER:=$(cat "${DATABASE_URL_USER_FILE:-/dev/null}")}"
: "${DATABASE_URL_VERIFICATION:=$(cat "${DATABASE_URL_VERIFICATION_FILE:-/dev/null}")}"
: "${DATABASE_URL_USER:?has no address, and DATABASE_URL_USER_FILE names no file with one}"
: "${DATABASE_URL_VERIFICATION:?has no address, and DATABASE_URL_VERIFICATION_FILE names no file with one}"
