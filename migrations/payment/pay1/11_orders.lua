-- The transitions of orders and refunds, and the ledger.

-- Versions before 7 write `authorized` and `confirmed`, and record the id of the payment in a step
-- from `reserved` to `reserved`.
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

-- Moves an order from one state to the next. The caller has compared state and version, and updates
-- the work set.
local function move(id, version, from, to, now)
    local next_version = text(tonumber(version) + 1)
    redis.call('HSET', order_key(id), 'status', to, 'version', next_version, 'updated_at', now, 'attempts', '0')
    redis.call('RPUSH', log_key(id), next_version .. ' ' .. from .. ' ' .. to .. ' ' .. now)
end

-- Stores the trace in which a refund began, for the logs of later work on it. Services before
-- version 5 name none.
local function note_trace(key, traceparent)
    if traceparent and traceparent ~= '' then redis.call('HSET', key, 'trace', traceparent) end
end

-- Returns a flat list of the fields and values of a hash, with its name and the time.
local function fields_of(key, id)
    local answer = redis.call('HGETALL', key)
    for _, more in ipairs({ 'now', text(now_ms()), 'id', id }) do answer[#answer + 1] = more end
    return answer
end

-- Returns at most `limit` members that are due: those with a time in the past, and those with a
-- time further ahead than `furthest`. The latter were written before the clock stepped back.
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

-- The counters of the report on sales. SALES has each day that has a hash, by its number since
-- 1970. A hash has fields such as `13:completed` and `13:revenue:USD`, by the hour in UTC.
local SALES, SALES_DAYS = TAG .. ':sales', 400
local function sales_key(day) return SALES .. ':' .. day end

-- Adds to a counter of this hour. The first addition also lists the day, and deletes the days that
-- are too old. A clock that is ahead for a moment must delete nothing: so as many days stay listed.
local function count(field, by, now)
    local hour = math.floor(tonumber(now) / 3600000)
    local day = text(math.floor(hour / 24))
    if redis.call('HINCRBY', sales_key(day), text(hour % 24) .. ':' .. field, by) ~= tonumber(by) then return end
    redis.call('ZADD', SALES, day, day)
    local excess = redis.call('ZCARD', SALES) - SALES_DAYS
    if excess <= 0 then return end
    for _, old in ipairs(redis.call('ZRANGE', SALES, '-inf', text(tonumber(day) - SALES_DAYS), 'BYSCORE', 'LIMIT', 0, math.min(excess, 10))) do
        redis.call('DEL', sales_key(old))
        redis.call('ZREM', SALES, old)
    end
end

-- The accounts of each kind of entry: debit, credit. Money moves from the customer to the
-- authorized amount, and on to the shop.
local ACCOUNTS = {
    authorization = { 'authorized', 'customer' },
    void = { 'customer', 'authorized' },
    capture = { 'shop', 'authorized' },
    refund = { 'customer', 'shop' },
}

-- The counter of each kind of entry that the report shows, without the currency.
local REPORTED = { capture = 'revenue:', refund = 'refunds:' }

-- Writes an entry into the ledger of a user, and counts it; n is the number of a refund or ''.
-- Returns whether it wrote an entry: if no money moves, there is none.
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
    if REPORTED[kind] then count(REPORTED[kind] .. currency, amount, now) end
    return true
end

-- Writes an entry, and counts it in the order.
local function post(user, kind, order, amount, currency, now, n)
    if enter(user, kind, order, amount, currency, now, n) then redis.call('HINCRBY', order_key(order), 'count:' .. kind, 1) end
end
