#!lua name=pay1
-- The Payment Service's functions, contract number 1. Within a number, arguments are only appended and fields only added.
-- A function validates everything first and writes last: Redis undoes nothing (order-flow section 1).

local VERSION = 7
local TAG = '{pay}'

local function order_key(id) return TAG .. ':o:' .. id end
local function log_key(id) return TAG .. ':o:' .. id .. ':log' end
local function refund_key(id, n) return TAG .. ':o:' .. id .. ':r:' .. n end
local function refund_log_key(id, n) return refund_key(id, n) .. ':log' end
-- Which refund each Idempotency-Key of an order made.
local function refund_keys_key(id) return TAG .. ':o:' .. id .. ':keys' end
local function method_key(id) return TAG .. ':m:' .. id end
local function user_key(user, what) return TAG .. ':u:' .. user .. ':' .. what end
-- Whatever is not final stands in WORK with the time of its next try: an order by its id, a refund by `<order>/<n>`.
-- OPEN has the orders that are not final by the time they came; ORDERS has all.
local WORK, OPEN, ORDERS = TAG .. ':work', TAG .. ':open', TAG .. ':orders'
-- Mails to ask of the Verification Service, with the time of their next try; and how often each was tried.
local MAIL, MAIL_TRIES = TAG .. ':mail', TAG .. ':mail:tries'
-- The reconciler's: the place in Inventory's journal, the last thing it said of each order, and what is not settled yet.
local JOURNAL, KINDS, UNSETTLED = TAG .. ':journal', TAG .. ':kinds', TAG .. ':unsettled'
-- What is left of an archived order: its key must never make another. Few fields to a hash, and short ones, take least room.
local function archived_key(id) return TAG .. ':archived:' .. string.sub(id, 1, 3) end
local function is_archived(id) return redis.call('HGET', archived_key(id), string.sub(id, 4)) and true or false end
-- Raised with each backup (order-flow section 7).
local EPOCH = TAG .. ':epoch'
-- What clients get of each final order, ready-made (12_views.lua).
local VIEWS = TAG .. ':views'

-- The longest backoff, in ms.
local LONGEST = 15000

local function now_ms()
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- tostring() of a large number loses digits.
local function text(number) return string.format('%.0f', number) end

-- The epoch, or 0 if there is none.
local function epoch() return tonumber(redis.call('GET', EPOCH) or '0') end

-- Wraps a function so that it takes the epoch of the shop as its first argument. A store that is older does nothing, and
-- answers `older` and its own epoch.
local function guarded(callback)
    return function(keys, args)
        local found = epoch()
        if found < tonumber(table.remove(args, 1)) then return { 'older', text(found) } end
        return callback(keys, args)
    end
end

-- Versions before 7 write `authorized` and `confirmed`, and note the payment's id from `reserved` to `reserved`.
local EDGES = {
    accepted = { reserved = true, cancelling = true },
    reserved = { reserved = true, authorized = true, confirming = true, cancelling = true },
    authorized = { confirming = true, cancelling = true },
    confirming = { confirmed = true, completed = true, cancelling = true },
    confirmed = { completed = true, cancelling = true },
    cancelling = { cancelled = true },
}
local REFUND_EDGES = { requested = { paid = true, failed = true }, paid = { done = true } }

local function is_final(status) return status == 'completed' or status == 'cancelled' end

-- The step of an order from one state to the next. Who calls it has compared state and version, and moves the work set.
local function move(id, version, from, to, now)
    local next_version = text(tonumber(version) + 1)
    redis.call('HSET', order_key(id), 'status', to, 'version', next_version, 'updated_at', now, 'attempts', '0')
    redis.call('RPUSH', log_key(id), next_version .. ' ' .. from .. ' ' .. to .. ' ' .. now)
end

-- Which trace a refund began in, so that what works on it later can tell. Services of before version 5 name none.
local function note_trace(key, traceparent)
    if traceparent and traceparent ~= '' then redis.call('HSET', key, 'trace', traceparent) end
end

-- A flat list of a hash's fields and values, with its name and the time.
local function fields_of(key, id)
    local answer = redis.call('HGETALL', key)
    for _, more in ipairs({ 'now', text(now_ms()), 'id', id }) do answer[#answer + 1] = more end
    return answer
end

-- What is due: at most so many members whose time has come, and such as have a time further ahead than `furthest`: those
-- were written before the clock stepped back.
local function due(set, now, furthest, limit)
    local found = redis.call('ZRANGE', set, '-inf', text(now), 'BYSCORE', 'LIMIT', 0, limit)
    local left = tonumber(limit) - #found
    if left > 0 then
        for _, member in ipairs(redis.call('ZRANGE', set, '(' .. text(now + furthest), '+inf', 'BYSCORE', 'LIMIT', 0, left)) do
            found[#found + 1] = member
        end
    end
    return found
end

-- The accounts of each kind of entry: debit, credit. Money goes from the customer to what is set aside, and on to the shop.
local ACCOUNTS = {
    authorization = { 'authorized', 'customer' },
    void = { 'customer', 'authorized' },
    capture = { 'shop', 'authorized' },
    refund = { 'customer', 'shop' },
}

-- Writes an entry into a user's ledger; n is the number of a refund or ''. Answers whether there was anything to enter: where
-- no money moves there is not.
local function enter(user, kind, order, amount, currency, now, n)
    if tonumber(amount) == 0 then return false end
    local accounts = ACCOUNTS[kind]
    if n == '' then
        redis.call('XADD', user_key(user, 'ledger'), '*', 'type', kind, 'order', order, 'amount', amount, 'currency', currency,
            'at', now, 'debit', accounts[1], 'credit', accounts[2])
    else
        redis.call('XADD', user_key(user, 'ledger'), '*', 'type', kind, 'order', order, 'amount', amount, 'currency', currency,
            'at', now, 'debit', accounts[1], 'credit', accounts[2], 'n', n)
    end
    return true
end

-- Writes an entry, and counts it in the order.
local function post(user, kind, order, amount, currency, now, n)
    if enter(user, kind, order, amount, currency, now, n) then redis.call('HINCRBY', order_key(order), 'count:' .. kind, 1) end
end

redis.register_function { function_name = 'pay1_version', flags = { 'no-writes' }, callback = function() return VERSION end }
