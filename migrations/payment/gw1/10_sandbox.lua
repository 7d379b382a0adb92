#!lua name=gw1
-- The sandbox card gateway's own books (order-flow section 4). They are never touched in one call with the order's: it must
-- be possible to disagree with them.

local TAG = '{gw}'
local function payment_key(order) return TAG .. ':p:' .. order end
local BOOKS = TAG .. ':payments'

local function now_ms()
    local time = redis.call('TIME')
    return string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
end

local function state_of(order) return redis.call('HGET', payment_key(order), 'state') end

-- How a payment stands; of one that was declined, with the first answer's code.
local function standing(order)
    local kept = redis.call('HMGET', payment_key(order), 'state', 'decline_code')
    return { kept[1] or 'none', kept[2] or '' }
end

local function move(order, state)
    redis.call('HSET', payment_key(order), 'state', state, 'updated_at', now_ms())
    redis.call('HINCRBY', payment_key(order), 'times:' .. state, 1)
    return { state }
end

-- ARGV: order, amount, currency, user. No money moves.
local function create(_, args)
    local kept = redis.call('HMGET', payment_key(args[1]), 'state', 'amount', 'currency')
    if kept[1] == 'voided' and not kept[2] then return { 'voided' } end
    if kept[1] then
        if kept[2] ~= args[2] or kept[3] ~= args[3] then return { 'mismatch' } end
        return { kept[1] }
    end
    redis.call('HSET', payment_key(args[1]), 'amount', args[2], 'currency', args[3], 'user', args[4],
        'created_at', now_ms())
    redis.call('ZADD', BOOKS, now_ms(), args[1])
    return move(args[1], 'created')
end

-- ARGV: order, decline code or ''. The money is set aside, once; a repeat gets the first answer.
local function authorize(_, args)
    local state = state_of(args[1])
    if state ~= 'created' then return standing(args[1]) end
    if args[2] == '' then return move(args[1], 'authorized') end
    redis.call('HSET', payment_key(args[1]), 'decline_code', args[2])
    move(args[1], 'declined')
    return { 'declined', args[2] }
end

-- ARGV: order
local function capture(_, args)
    local state = state_of(args[1])
    if state == 'authorized' then return move(args[1], 'captured') end
    return standing(args[1])
end

-- ARGV: order. The fence: where nothing is there, a tombstone keeps a late authorize out.
local function void(_, args)
    local state = state_of(args[1])
    local was = redis.call('HGET', payment_key(args[1]), 'was_authorized') or '0'
    if state == 'captured' then return { 'captured' } end
    if state == 'voided' then return { 'voided', was } end
    was = state == 'authorized' and '1' or '0'
    redis.call('HSET', payment_key(args[1]), 'was_authorized', was)
    move(args[1], 'voided')
    return { 'voided', was }
end

-- ARGV: order
local function read(_, args) return standing(args[1]) end

-- ARGV: order, n, amount. Once for each n, and never more than was captured.
local function refund(_, args)
    local kept = redis.call('HMGET', payment_key(args[1]), 'state', 'amount', 'refunded', 'refund:' .. args[2])
    if kept[4] then return { 'done' } end
    if kept[1] ~= 'captured' then return { 'failed', 'charge_not_captured' } end
    if tonumber(kept[3] or '0') + tonumber(args[3]) > tonumber(kept[2]) then return { 'failed', 'amount_too_large' } end
    redis.call('HINCRBY', payment_key(args[1]), 'refunded', args[3])
    redis.call('HSET', payment_key(args[1]), 'refund:' .. args[2], args[3], 'updated_at', now_ms())
    return { 'done' }
end

-- ARGV: since in ms, the last order seen or '', how many. Payments in the order in which they were made: order, fields.
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

redis.register_function { function_name = 'gw1_version', flags = { 'no-writes' }, callback = function() return 2 end }
redis.register_function('gw1_create', create)
redis.register_function { function_name = 'gw1_authorize', callback = authorize, flags = { 'allow-oom' } }
redis.register_function { function_name = 'gw1_capture', callback = capture, flags = { 'allow-oom' } }
redis.register_function { function_name = 'gw1_void', callback = void, flags = { 'allow-oom' } }
redis.register_function { function_name = 'gw1_read', callback = read, flags = { 'no-writes' } }
redis.register_function { function_name = 'gw1_refund', callback = refund, flags = { 'allow-oom' } }
redis.register_function { function_name = 'gw1_list', callback = list, flags = { 'no-writes' } }
