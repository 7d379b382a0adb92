#!lua name=pay1
-- The functions of the Payment Service, contract number 1. Within a number, arguments are only
-- appended and fields only added. A function validates everything first and writes last: Redis
-- rolls nothing back (order-flow section 1).

local VERSION = 14
local NAME, TAG = 'pay1', '{pay}'

local function order_key(id) return TAG .. ':o:' .. id end
local function log_key(id) return TAG .. ':o:' .. id .. ':log' end
local function refund_key(id, n) return TAG .. ':o:' .. id .. ':r:' .. n end
local function refund_log_key(id, n) return refund_key(id, n) .. ':log' end
-- Maps each Idempotency-Key of an order to its refund.
local function refund_keys_key(id) return TAG .. ':o:' .. id .. ':keys' end
local function method_key(id) return TAG .. ':m:' .. id end
-- The data of a user. `what` is one of these:
-- - orders: all orders, by their time of creation;
-- - open: the units of each order that is not final;
-- - ledger: the stream of ledger entries;
-- - methods: the saved cards, by their time of creation;
-- - keys, records: the Idempotency-Keys of saved cards, by their time of creation, and the record
--   of each;
-- - closed: exists once the account is being closed (90_close.lua).
local function user_key(user, what) return TAG .. ':u:' .. user .. ':' .. what end
-- WORK has everything that is not final, with the time of its next try: an order by its id, a
-- refund by `<order>/<n>`. OPEN has the orders that are not final, by their time of creation;
-- ORDERS has all.
local WORK, OPEN, ORDERS = TAG .. ':work', TAG .. ':open', TAG .. ':orders'
-- All orders, each with the score 0, so that ids with the same beginning are neighbours
-- (22_search.lua).
local NUMBERS = TAG .. ':numbers'
-- Refunds that failed and that nobody has seen to, as `<order>/<n>`, with the time of the failure.
local FAILED = TAG .. ':failed'
-- Emails to request from the Verification Service, with the time of the next try; and the number of
-- tries of each.
local MAIL, MAIL_TRIES = TAG .. ':mail', TAG .. ':mail:tries'
-- The state of the reconciler: its place in the journal of Inventory, the last entry of each order,
-- and the unsettled orders.
local JOURNAL, KINDS, UNSETTLED = TAG .. ':journal', TAG .. ':kinds', TAG .. ':unsettled'
-- The rest of an archived order: its key must never make another. Hashes with few short fields take
-- the least memory. Each value is the order's time of creation, or '1' if version 7 or an older one
-- archived it.
local function archived_key(id) return TAG .. ':archived:' .. string.sub(id, 1, 3) end
local function archived(id) return redis.call('HGET', archived_key(id), string.sub(id, 4)) end
local function is_archived(id) return archived(id) and true or false end
-- The ready-made answer about each final order (12_views.lua).
local VIEWS = TAG .. ':views'

-- The longest backoff, in ms.
local LONGEST = 15000
