#!lua name=gw1
-- The ledger of the sandbox card gateway (order-flow section 4). No call changes it together with
-- the order: the two must be able to disagree.

local TAG = '{gw}'
local function payment_key(order) return TAG .. ':p:' .. order end
local BOOKS = TAG .. ':payments'

local function now_ms()
    local time = redis.call('TIME')
    return string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
end

-- Returns the state of a payment; for a declined one, with the code of the first answer.
local function standing(order)
    local kept = redis.call('HMGET', payment_key(order), 'state', 'decline_code')
    return { kept[1] or 'none', kept[2] or '' }
end

-- Moves a payment to a state that it has entered `times` times before, with more fields and their
-- values.
local function move(order, state, times, ...)
    redis.call('HSET', payment_key(order), 'state', state, 'updated_at', now_ms(),
        'times:' .. state, string.format('%.0f', tonumber(times or '0') + 1), ...)
    return { state }
end

-- ARGV: order, amount, currency, user. No money moves.
local function create(_, args)
    local order = args[1]
    local kept = redis.call('HMGET', payment_key(order), 'state', 'amount', 'currency', 'times:created')
    if kept[1] == 'voided' and not kept[2] then return { 'voided' } end
    if kept[1] then
        if kept[2] ~= args[2] or kept[3] ~= args[3] then return { 'mismatch' } end
        return { kept[1] }
    end
    local now = now_ms()
    redis.call('ZADD', BOOKS, now, order)
    return move(order, 'created', kept[4], 'amount', args[2], 'currency', args[3], 'user', args[4], 'created_at', now)
end

-- ARGV: order, decline code or ''. Authorizes the money, once; a repeat gets the first answer.
local function authorize(_, args)
    local kept = redis.call('HMGET', payment_key(args[1]), 'state', 'times:authorized', 'times:declined')
    if kept[1] ~= 'created' then return standing(args[1]) end
    if args[2] == '' then return move(args[1], 'authorized', kept[2]) end
    move(args[1], 'declined', kept[3], 'decline_code', args[2])
    return { 'declined', args[2] }
end

-- ARGV: order
local function capture(_, args)
    local kept = redis.call('HMGET', payment_key(args[1]), 'state', 'times:captured')
    if kept[1] == 'authorized' then return move(args[1], 'captured', kept[2]) end
    return standing(args[1])
end

-- ARGV: order. The fence: if there is no payment, a tombstone blocks a late authorize.
local function void(_, args)
    local kept = redis.call('HMGET', payment_key(args[1]), 'state', 'was_authorized', 'times:voided')
    local state, was = kept[1], kept[2] or '0'
    if state == 'captured' then return { 'captured' } end
    if state == 'voided' then return { 'voided', was } end
    was = state == 'authorized' and '1' or '0'
    move(args[1], 'voided', kept[3], 'was_authorized', was)
    return { 'voided', was }
end

-- ARGV: order
local function read(_, args) return standing(args[1]) end

-- ARGV: order, n, amount. Refunds once for each n, and never more than was captured. Answers
-- `taken` if that n was refunded with another amount.
local function refund(_, args)
    local kept = redis.call('HMGET', payment_key(args[1]), 'state', 'amount', 'refunded', 'refund:' .. args[2])
    if kept[4] then return { kept[4] == args[3] and 'done' or 'taken' } end
    if kept[1] ~= 'captured' then return { 'failed', 'charge_not_captured' } end
    if tonumber(kept[3] or '0') + tonumber(args[3]) > tonumber(kept[2]) then return { 'failed', 'amount_too_large' } end
    redis.call('HINCRBY', payment_key(args[1]), 'refunded', args[3])
    redis.call('HSET', payment_key(args[1]), 'refund:' .. args[2], args[3], 'updated_at', now_ms())
    return { 'done' }
end

-- ARGV: order. Returns its refunds: number and amount of each.
local function refunds(_, args)
    local answer, fields = {}, redis.call('HGETALL', payment_key(args[1]))
    for at = 1, #fields, 2 do
        local n = string.match(fields[at], '^refund:(%d+)$')
        if n then answer[#answer + 1] = { n, fields[at + 1] } end
    end
    return answer
end

-- ARGV: since in ms, the last order seen or '', the most to return. Lists payments in order of
-- creation: order, fields.
local function list(_, args)
    local rank = redis.call('ZCARD', BOOKS)
    if args[2] ~= '' then
        local last = redis.call('ZRANK', BOOKS, args[2])
        if last then rank = last + 1 end
    else
        local first = redis.call('ZRANGE', BOOKS, args[1], '+inf', 'BYSCORE', 'LIMIT', 0, 1)[1]
        if first then rank = redis.call('ZRANK', BOOKS, first) end
    end
    local answer = {}
    for _, order in ipairs(redis.call('ZRANGE', BOOKS, rank, rank + tonumber(args[3]) - 1)) do
        answer[#answer + 1] = { order, redis.call('HGETALL', payment_key(order)) }
    end
    return answer
end

redis.register_function { function_name = 'gw1_version', flags = { 'no-writes' }, callback = function() return 4 end }
redis.register_function('gw1_create', create)
redis.register_function { function_name = 'gw1_authorize', callback = authorize, flags = { 'allow-oom' } }
redis.register_function { function_name = 'gw1_capture', callback = capture, flags = { 'allow-oom' } }
redis.register_function { function_name = 'gw1_void', callback = void, flags = { 'allow-oom' } }
redis.register_function { function_name = 'gw1_read', callback = read, flags = { 'no-writes' } }
redis.register_function { function_name = 'gw1_refund', callback = refund, flags = { 'allow-oom' } }
redis.register_function { function_name = 'gw1_refunds', callback = refunds, flags = { 'no-writes' } }
redis.register_function { function_name = 'gw1_list', callback = list, flags = { 'no-writes' } }
